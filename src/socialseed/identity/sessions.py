"""Sign-ins and their refresh tokens: one chain of single-use tokens per session.

A token that is used twice within ten seconds gets the same successor, for browsers refresh in
parallel; one that is used later was stolen or copied, and ends the session.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Row, text

from socialseed.core import log
from socialseed.core.crypto import Place, seal, unseal
from socialseed.core.errors import AppError, not_found
from socialseed.core.events import Event
from socialseed.identity.tokens import Claims, derive_key, fingerprint, new_opaque, read_access
from socialseed.runtime.actor import SYSTEM, Actor
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx

REFRESH_LIFETIME = timedelta(days=14)
SESSION_LIFETIME = timedelta(days=90)
GRACE = timedelta(seconds=10)

_logger = log.get("identity.sessions")

_TOKEN = text(
    "SELECT t.used_at, t.expires_at, t.successor_sealed, s.id AS session_id, s.user_id,"
    " s.workspace_id, s.revoked_at, s.expires_at AS session_expires_at, u.display_name"
    " FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id JOIN users u ON u.id = s.user_id"
    " WHERE t.token_hash = :hash"
)
_USE = text(
    "UPDATE refresh_tokens SET used_at = :now, successor_sealed = :sealed"
    " WHERE token_hash = :hash AND used_at IS NULL RETURNING 1"
)
_NEW_TOKEN = text(
    "INSERT INTO refresh_tokens (token_hash, session_id, issued_at, expires_at)"
    " VALUES (:hash, :session, :now, :expires)"
)
_TIDY = text("DELETE FROM refresh_tokens WHERE session_id = :session AND expires_at < :now")
_SEEN = text("UPDATE sessions SET last_seen_at = :now WHERE id = :session")
_REVOKE = text(
    "UPDATE sessions SET revoked_at = :now WHERE id = :session AND revoked_at IS NULL RETURNING 1"
)


@dataclass(frozen=True, slots=True)
class Opened:
    """A living session: whose it is, and its newest refresh token."""

    claims: Claims
    refresh: str


async def open_session(tx: Tx, user_id: UUID, name: str, user_agent: str) -> Opened:
    """A new session of `user_id` in this workspace, with its first refresh token."""
    session_id = tx.new_id()
    await tx.session.execute(
        text(
            "INSERT INTO sessions (id, user_id, workspace_id, user_agent, created_at, last_seen_at,"
            " expires_at) VALUES (:id, :user, :workspace, :agent, :now, :now, :expires)"
        ),
        {
            "id": session_id,
            "user": user_id,
            "workspace": tx.tenant,
            "agent": user_agent,
            "now": tx.now,
            "expires": tx.now + SESSION_LIFETIME,
        },
    )
    refresh = new_opaque()
    await _store(tx, refresh, session_id)
    return Opened(Claims(user_id, session_id, tx.tenant, name), refresh)


async def _store(tx: Tx, token: str, session_id: UUID) -> None:
    await tx.session.execute(
        _NEW_TOKEN,
        {
            "hash": fingerprint(token),
            "session": session_id,
            "now": tx.now,
            "expires": tx.now + REFRESH_LIFETIME,
        },
    )


def _successor_place(token: str, workspace_id: UUID) -> Place:
    return Place("refresh_tokens", "successor_sealed", fingerprint(token).hex(), workspace_id)


def _successor_key(token: str) -> bytes:
    # Only who holds the old token can open its successor; the database alone cannot.
    return derive_key(token.encode("utf-8", "surrogatepass"), "refresh successor v1")


async def refresh(runtime: Runtime, token: str) -> Opened | None:
    """The session of `token` with the token to use next; None when there is nothing to continue.

    Of any number of parallel calls one rotates, and all get its successor. A token that was used
    more than GRACE ago ends the session.
    """
    async with runtime.begin(None) as tx:
        row = await _find(tx, token)
        if row is None or not _alive(tx, row):
            return None
        if row.used_at is None:
            fresh = await _rotate(tx, token, row)
            if fresh is not None:
                return Opened(_claims(row), fresh)
            # Another call won while this one looked: a new statement sees what it committed.
            row = await _find(tx, token)
            if row is None or not _alive(tx, row):
                return None
        if tx.now - row.used_at <= GRACE:
            place = _successor_place(token, row.workspace_id)
            plain = unseal(_successor_key(token), place, bytes(row.successor_sealed))
            return Opened(_claims(row), plain.decode())
    await _end_replayed(runtime, row)
    return None


async def _find(tx: Tx, token: str) -> Row[tuple[object, ...]] | None:
    return (await tx.session.execute(_TOKEN, {"hash": fingerprint(token)})).one_or_none()


def _alive(tx: Tx, row: Row[tuple[object, ...]]) -> bool:
    return row.revoked_at is None and min(row.expires_at, row.session_expires_at) > tx.now


def _claims(row: Row[tuple[object, ...]]) -> Claims:
    return Claims(row.user_id, row.session_id, row.workspace_id, row.display_name)


async def _rotate(tx: Tx, token: str, row: Row[tuple[object, ...]]) -> str | None:
    fresh = new_opaque()
    sealed = seal(_successor_key(token), _successor_place(token, row.workspace_id), fresh.encode())
    won = await tx.session.scalar(
        _USE, {"now": tx.now, "sealed": sealed, "hash": fingerprint(token)}
    )
    if won is None:
        return None
    await _store(tx, fresh, row.session_id)
    await tx.session.execute(_SEEN, {"now": tx.now, "session": row.session_id})
    await tx.session.execute(_TIDY, {"now": tx.now, "session": row.session_id})
    return fresh


async def _end_replayed(runtime: Runtime, row: Row[tuple[object, ...]]) -> None:
    _logger.warning(
        "A used refresh token came again; its session was ended.",
        session=str(row.session_id),
        user=str(row.user_id),
    )
    async with runtime.begin(row.workspace_id, SYSTEM) as tx:
        await _revoke(
            tx,
            row.session_id,
            f"A session of {row.display_name} was ended: an old refresh token was used again.",
            "replayed_token",
        )


async def _revoke(tx: Tx, session_id: UUID, sentence: str, cause: str) -> bool:
    done = await tx.session.scalar(_REVOKE, {"session": session_id, "now": tx.now})
    if done is not None:
        tx.emit(
            Event("session.revoked", sentence, data={"session_id": str(session_id), "cause": cause})
        )
    return done is not None


async def end_own(runtime: Runtime, actor: Actor, session_id: UUID) -> None:
    """The caller's session is dead, in whichever workspace. Raises NOT_FOUND for anyone else's."""
    async with runtime.begin(None) as tx:
        workspace: UUID | None = await tx.session.scalar(
            text("SELECT workspace_id FROM sessions WHERE id = :id AND user_id = :user"),
            {"id": session_id, "user": actor.id},
        )
    if workspace is None:
        raise not_found("session")
    async with runtime.begin(workspace, actor) as tx:
        await _revoke(tx, session_id, f"{actor.name} ended a session.", "by_owner")


async def end_by_token(runtime: Runtime, token: str) -> None:
    """The session of a refresh token is dead. An unknown token changes nothing."""
    async with runtime.begin(None) as tx:
        row = await _find(tx, token)
    if row is not None:
        actor = Actor("user", row.user_id, row.display_name, None, row.session_id)
        await end_own(runtime, actor, row.session_id)


async def end_all_in_workspace(tx: Tx, user_id: UUID, cause: str) -> None:
    """Every session of `user_id` in this workspace is dead; one event for each."""
    rows = await tx.session.scalars(
        text("SELECT id FROM sessions WHERE user_id = :user AND workspace_id = :workspace"),
        {"user": user_id, "workspace": tx.tenant},
    )
    for session_id in rows.all():
        await _revoke(tx, session_id, "A session was ended.", cause)


async def end_by_access(runtime: Runtime, authorization: str) -> None:
    """The session of a `Bearer` access token is dead. A token that is no good changes nothing."""
    try:
        claims = read_access(runtime, authorization.removeprefix("Bearer ").strip())
        actor = Actor("user", claims.user_id, claims.name, None, claims.session_id)
        await end_own(runtime, actor, claims.session_id)
    except AppError:
        return
