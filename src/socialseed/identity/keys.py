"""API keys: shown once, stored as a digest, for machines that propose and read."""

from uuid import UUID

from sqlalchemy import text

from socialseed.core.errors import conflict, not_found
from socialseed.core.events import Event
from socialseed.identity.tokens import API_KEY_PREFIX, fingerprint, new_opaque
from socialseed.runtime.tx import Tx

MAX_KEYS = 100  # per workspace
_PREFIX_LENGTH = 12


async def create(tx: Tx, name: str) -> dict[str, object]:
    """A new key of this workspace; `key` in the answer is the only time it is seen."""
    count = await tx.session.scalar(
        text("SELECT count(*) FROM api_keys WHERE workspace_id = :w AND revoked_at IS NULL"),
        {"w": tx.tenant},
    )
    if count >= MAX_KEYS:
        raise conflict("too_many_keys", "Revoke an API key that is no longer used first.")
    key = API_KEY_PREFIX + new_opaque()
    new = {
        "id": tx.new_id(),
        "name": name,
        "prefix": key[:_PREFIX_LENGTH],
        "created_at": tx.now,
    }
    await tx.session.execute(
        text(
            "INSERT INTO api_keys"
            " (id, workspace_id, name, prefix, key_hash, created_by, created_at)"
            " VALUES (:id, :workspace, :name, :prefix, :hash, :user, :created_at)"
        ),
        {**new, "workspace": tx.tenant, "hash": fingerprint(key), "user": tx.actor.id},
    )
    tx.emit(
        Event(
            "api_key.created",
            f"{tx.actor.name} made the API key {name}.",
            data={"api_key_id": str(new["id"])},
        )
    )
    return {**new, "last_used_at": None, "key": key}


async def revoke(tx: Tx, key_id: UUID) -> None:
    """The key opens nothing any more. Raises NOT_FOUND."""
    name = await tx.session.scalar(
        text(
            "UPDATE api_keys SET revoked_at = :now"
            " WHERE id = :id AND workspace_id = :workspace AND revoked_at IS NULL RETURNING name"
        ),
        {"now": tx.now, "id": key_id, "workspace": tx.tenant},
    )
    if name is None:
        raise not_found("API key")
    tx.emit(
        Event(
            "api_key.revoked",
            f"{tx.actor.name} revoked the API key {name}.",
            data={"api_key_id": str(key_id)},
        )
    )
