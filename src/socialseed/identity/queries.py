"""What identity reads. Users and workspaces have no row-level security: a query scopes itself."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from socialseed.identity.tokens import fingerprint, unauthenticated
from socialseed.runtime.actor import Actor
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx

_SEEN_EVERY = timedelta(minutes=1)

_ROLE = text(
    "SELECT m.role FROM sessions s"
    " JOIN memberships m ON m.workspace_id = s.workspace_id AND m.user_id = s.user_id"
    " WHERE s.id = :session AND s.user_id = :user AND s.workspace_id = :workspace"
    " AND s.revoked_at IS NULL AND s.expires_at > :now"
)
_MACHINE = text(
    "SELECT id, workspace_id, name, last_used_at FROM api_keys"
    " WHERE key_hash = :hash AND revoked_at IS NULL"
)
_USED = text("UPDATE api_keys SET last_used_at = :now WHERE id = :id")


async def role_in_session(tx: Tx) -> str | None:
    """The caller's role in the workspace, None when session or membership has ended."""
    role: str | None = await tx.session.scalar(
        _ROLE,
        {
            "session": tx.actor.session_id,
            "user": tx.actor.id,
            "workspace": tx.tenant,
            "now": tx.now,
        },
    )
    return role


async def role_of(tx: Tx, user_id: UUID) -> str | None:
    """The role of `user_id` in this workspace, None for a stranger."""
    role: str | None = await tx.session.scalar(
        text("SELECT role FROM memberships WHERE workspace_id = :workspace AND user_id = :user"),
        {"workspace": tx.tenant, "user": user_id},
    )
    return role


async def machine(runtime: Runtime, key: str) -> tuple[UUID, Actor]:
    """Workspace and actor of an API key; its use is noted once a minute. Raises UNAUTHENTICATED."""
    async with runtime.begin(None) as tx:
        row = (await tx.session.execute(_MACHINE, {"hash": fingerprint(key)})).one_or_none()
        if row is None:
            raise unauthenticated("This API key is unknown or was revoked.")
        if row.last_used_at is None or row.last_used_at <= tx.now - _SEEN_EVERY:
            await tx.session.execute(_USED, {"now": tx.now, "id": row.id})
    return row.workspace_id, Actor("api_key", row.id, row.name)


async def machine_is_valid(tx: Tx, actor: Actor) -> bool:
    """Whether the API key behind `actor` was not revoked."""
    found = await tx.session.scalar(
        text("SELECT 1 FROM api_keys WHERE id = :id AND revoked_at IS NULL"), {"id": actor.id}
    )
    return found is not None
