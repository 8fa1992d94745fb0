"""The pages that identity shows: sessions, API keys, members, invitations."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text

from socialseed.core.errors import not_found
from socialseed.core.pagination import decode_cursor, decode_position, encode_cursor
from socialseed.runtime.tx import Tx

Shown = dict[str, object]


def _descending(at: str, row_id: str) -> str:
    return (
        f" AND (CAST(:at AS timestamptz) IS NULL OR ({at}, {row_id}) < (:at, CAST(:id AS uuid)))"
        f" ORDER BY {at} DESC, {row_id} DESC LIMIT :limit"
    )


_SESSIONS = text(
    "SELECT id, created_at, last_seen_at, user_agent, id = :current AS current FROM sessions"
    " WHERE user_id = :user AND revoked_at IS NULL AND expires_at > :now"
    + _descending("last_seen_at", "id")
)
_KEYS = text(
    "SELECT id, name, prefix, created_at, last_used_at FROM api_keys"
    " WHERE workspace_id = :workspace AND revoked_at IS NULL" + _descending("created_at", "id")
)
_MEMBER = (
    "SELECT m.user_id, u.email, u.display_name, m.role, m.joined_at FROM memberships m"
    " JOIN users u ON u.id = m.user_id WHERE m.workspace_id = :workspace"
)
_ONE_MEMBER = text(f"{_MEMBER} AND m.user_id = :user")
_MEMBERS = text(
    f"{_MEMBER} AND (CAST(:at AS timestamptz) IS NULL"
    " OR (m.joined_at, m.user_id) > (:at, CAST(:id AS uuid)))"
    " ORDER BY m.joined_at, m.user_id LIMIT :limit"
)
_INVITATIONS = text(
    "SELECT email, role, created_at FROM invitations WHERE workspace_id = :workspace"
    " AND (CAST(:after AS text) IS NULL OR email > :after) ORDER BY email LIMIT :limit"
)


async def sessions(
    tx: Tx, user_id: UUID, current: UUID | None, limit: int, cursor: str | None
) -> Shown:
    """The user's living sessions, newest use first. `tx` must see every workspace."""
    bound = {"user": user_id, "current": current, "now": tx.now}
    return await _by_instant(tx, _SESSIONS, bound, ("last_seen_at", "id"), limit, cursor)


async def api_keys(tx: Tx, limit: int, cursor: str | None) -> Shown:
    """The workspace's living API keys, newest first, without what would open anything."""
    bound = {"workspace": tx.tenant}
    return await _by_instant(tx, _KEYS, bound, ("created_at", "id"), limit, cursor)


async def members(tx: Tx, limit: int, cursor: str | None) -> Shown:
    """Who belongs to the workspace, in the order of joining."""
    bound = {"workspace": tx.tenant}
    return await _by_instant(tx, _MEMBERS, bound, ("joined_at", "user_id"), limit, cursor)


async def member(tx: Tx, user_id: UUID) -> Shown:
    """One member. Raises NOT_FOUND."""
    rows = await tx.session.execute(_ONE_MEMBER, {"workspace": tx.tenant, "user": user_id})
    found = rows.mappings().one_or_none()
    if found is None:
        raise not_found("member")
    return dict(found)


async def invitations(tx: Tx, limit: int, cursor: str | None) -> Shown:
    """Roles that wait for somebody to register, by address."""
    after = decode_cursor(cursor, str)[0] if cursor else None
    bound = {"workspace": tx.tenant, "after": after, "limit": limit + 1}
    rows = (await tx.session.execute(_INVITATIONS, bound)).mappings().all()
    return _page(rows, limit, ("email",))


async def _by_instant(
    tx: Tx,
    statement: TextClause,
    bound: Mapping[str, object],
    key: tuple[str, str],
    limit: int,
    cursor: str | None,
) -> Shown:
    at, row_id = decode_position(cursor) if cursor else (None, None)
    values = {**bound, "at": at, "id": row_id, "limit": limit + 1}
    rows = (await tx.session.execute(statement, values)).mappings().all()
    return _page(rows, limit, key)


def _page(rows: Sequence[Mapping[Any, Any]], limit: int, key: Sequence[str]) -> Shown:
    shown = [dict(row) for row in rows[:limit]]
    last = encode_cursor(*(str(shown[-1][name]) for name in key)) if len(rows) > limit else None
    return {"items": shown, "next_cursor": last}
