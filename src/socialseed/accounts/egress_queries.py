"""What ways out look like from outside: everything but their logins."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from socialseed.accounts.egress_presets import PRESETS
from socialseed.core.errors import not_found
from socialseed.core.pagination import decode_position, encode_cursor
from socialseed.runtime.tx import Tx

_SHOWN = (
    "SELECT g.id, g.name, g.preset, g.scheme, g.host, g.port, g.country, g.state, g.checked_at,"
    " g.last_error, g.exit_address, g.created_at, g.user_sealed IS NOT NULL AS has_login,"
    " (SELECT count(*) FROM social_accounts a WHERE a.egress_id = g.id) AS accounts"
    " FROM egresses g WHERE g.workspace_id = :workspace"
)
_ONE = text(_SHOWN + " AND g.id = :id")
_PAGE = text(
    _SHOWN
    + " AND (CAST(:before AS timestamptz) IS NULL"
    + "  OR (g.created_at, g.id) < (CAST(:before AS timestamptz), CAST(:before_id AS uuid)))"
    + " ORDER BY g.created_at DESC, g.id DESC LIMIT :limit"
)


async def page(tx: Tx, limit: int, cursor: str | None) -> dict[str, object]:
    """The workspace's ways out, newest first."""
    before, before_id = decode_position(cursor) if cursor else (None, None)
    values = {"workspace": tx.tenant, "before": before, "before_id": before_id, "limit": limit + 1}
    rows = (await tx.session.execute(_PAGE, values)).all()
    shown = rows[:limit]
    more = len(rows) > limit
    last = encode_cursor(shown[-1].created_at.isoformat(), str(shown[-1].id)) if more else None
    return {"items": [_json(row) for row in shown], "next_cursor": last}


async def detail(tx: Tx, egress_id: UUID) -> dict[str, object]:
    """One way out. Raises NOT_FOUND."""
    values = {"workspace": tx.tenant, "id": egress_id}
    row = (await tx.session.execute(_ONE, values)).one_or_none()
    if row is None:
        raise not_found("egress")
    return _json(row)


def _json(row: Row[Any]) -> dict[str, object]:
    sticky = bool(PRESETS[row.preset].sticky) and row.has_login
    return {**row._mapping, "sticky": sticky}


def presets() -> dict[str, object]:
    """Every provider that is known, with its source."""
    found = [
        {
            "preset": preset.word,
            "name": preset.name,
            "host": preset.host,
            "ports": dict(preset.ports),
            "sticky": bool(preset.sticky),
            "country": bool(preset.country),
            "note": preset.note,
            "source": preset.source,
            "as_of": preset.as_of,
            "unverified": preset.unverified,
        }
        for preset in PRESETS.values()
    ]
    return {"items": found}
