"""Every read of simulations, made into JSON by PostgreSQL."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import orjson
from sqlalchemy import text

from socialseed.core.errors import not_found
from socialseed.core.pagination import decode_position, encode_cursor
from socialseed.runtime.tx import Tx

_ITEM = (
    "json_build_object('id', s.id, 'status', s.status, 'progress', s.progress,"
    " 'wanted', s.wanted, 'summary', s.summary, 'failure', s.failure,"
    " 'requested_at', s.requested_at, 'finished_at', s.finished_at,"
    " 'requested_by_name', s.requested_by_name)"
)
_ONE = text(f"SELECT {_ITEM}::text FROM simulations s WHERE s.id = :id")
_LIST = text(
    f"SELECT {_ITEM} AS body, s.requested_at, s.id FROM simulations s"
    " WHERE s.workspace_id = :workspace AND (s.requested_at, s.id) < (:at, :before)"
    " ORDER BY s.requested_at DESC, s.id DESC LIMIT :limit"
)
_NUMBERS = text(
    "SELECT numbers FROM policies WHERE workspace_id = :workspace ORDER BY version DESC LIMIT 1"
)
_BEHIND_ALL = datetime.fromisoformat("9999-12-31T00:00:00+00:00")
_LAST_ID = UUID(int=2**128 - 1)


async def one_json(tx: Tx, simulation_id: UUID) -> bytes:
    """The simulation as JSON. Raises NOT_FOUND."""
    body: str | None = await tx.session.scalar(_ONE, {"id": simulation_id})
    if body is None:
        raise not_found("simulation")
    return body.encode()


async def list_json(tx: Tx, limit: int, cursor: str | None) -> bytes:
    """A page of simulations, newest first, as JSON."""
    at, before = (_BEHIND_ALL, _LAST_ID) if cursor is None else decode_position(cursor)
    values = {"workspace": tx.tenant, "at": at, "before": before, "limit": limit + 1}
    rows = (await tx.session.execute(_LIST, values)).mappings().all()
    shown, more = rows[:limit], len(rows) > limit
    last = shown[-1] if more else None
    following = encode_cursor(last["requested_at"].isoformat(), str(last["id"])) if last else None
    return orjson.dumps({"items": [row["body"] for row in shown], "next_cursor": following})


async def numbers_today(tx: Tx) -> Mapping[str, int | float]:
    """What the workspace's policy moves now."""
    found = await tx.session.scalar(_NUMBERS, {"workspace": tx.tenant})
    return found if isinstance(found, dict) else {}
