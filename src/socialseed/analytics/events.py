"""Reads the event log: the tail for live streams, pages for the activity list. Writes nothing."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import text

from socialseed.analytics.sql import EVENT_JSON
from socialseed.core.pagination import decode_cursor, encode_cursor
from socialseed.identity.access import Caller
from socialseed.runtime.tx import Tx
from socialseed.web.stream import Line, Listener, Source

_HEADS = text("SELECT workspace_id, seq FROM event_heads WHERE workspace_id = ANY(:workspaces)")
_LINES = text(
    f"SELECT e.seq, CAST({EVENT_JSON} AS text) FROM events e"
    " WHERE e.workspace_id = :workspace AND e.seq > :after ORDER BY e.seq LIMIT :limit"
)
_ALIVE = text(
    "SELECT s.id, s.workspace_id FROM sessions s"
    " JOIN memberships m ON m.user_id = s.user_id AND m.workspace_id = s.workspace_id"
    " WHERE s.id = ANY(:ids) AND s.revoked_at IS NULL AND s.expires_at > :now"
    " UNION ALL SELECT k.id, k.workspace_id FROM api_keys k"
    " WHERE k.id = ANY(:ids) AND k.revoked_at IS NULL"
)
_PAGE = f"""
SELECT min(seq), count(*), CAST(coalesce(json_agg(item ORDER BY seq DESC), '[]') AS text) FROM (
    SELECT e.seq, {EVENT_JSON} AS item FROM events e
    WHERE e.workspace_id = :workspace AND e.seq < :before {{filters}}
    ORDER BY e.seq DESC LIMIT :limit
) page"""
_FILTERS = {"account": " AND e.account_id = :account", "type": " AND e.type = :type"}


async def heads(tx: Tx, workspaces: Collection[UUID]) -> Mapping[UUID, int]:
    """The number of the last event of each workspace that has any."""
    rows = await tx.session.execute(_HEADS, {"workspaces": list(workspaces)})
    return {row[0]: row[1] for row in rows}


async def lines(tx: Tx, workspace: UUID, after: int, limit: int) -> Sequence[Line]:
    """The events behind number `after`, oldest first."""
    rows = await tx.session.execute(
        _LINES, {"workspace": workspace, "after": after, "limit": limit}
    )
    return [Line(row[0], row[1].encode()) for row in rows]


async def alive(tx: Tx, listeners: Collection[Listener]) -> Collection[Listener]:
    """Those whose session or API key still stands in their workspace, all in one query."""
    ids = [listener.credential for listener in listeners]
    rows = await tx.session.execute(_ALIVE, {"ids": ids, "now": tx.now})
    return {Listener(row[0], row[1]) for row in rows} & set(listeners)


SOURCE = Source(heads=heads, lines=lines, alive=alive)


def listener_of(caller: Caller) -> Listener:
    """On whose right the caller's stream stays open: the session, or the key itself."""
    credential = caller.actor.session_id or caller.actor.id or caller.workspace
    return Listener(credential, caller.workspace)


def resume_from(last_event_id: str | None) -> int | None:
    """The number in a Last-Event-ID header; None for an absent or foreign one."""
    given = (last_event_id or "").strip()
    return int(given) if given.isdecimal() and len(given) < 18 else None


async def activity(
    tx: Tx, *, account_id: UUID | None, event_type: str | None, cursor: str | None, limit: int
) -> bytes:
    """One page as JSON, newest first. `event_type` is one type; both filters have their index."""
    before = decode_cursor(cursor, int)[0] if cursor else (1 << 62)
    wanted = {"account": account_id, "type": event_type}
    given = {name: value for name, value in wanted.items() if value is not None}
    query = text(_PAGE.format(filters="".join(_FILTERS[name] for name in given)))
    parameters = {"workspace": tx.tenant, "before": before, "limit": limit, **given}
    found = (await tx.session.execute(query, parameters)).one()
    last, count, items = found
    following = f'"{encode_cursor(last)}"' if count == limit else "null"
    return f'{{"items":{items},"next_cursor":{following}}}'.encode()
