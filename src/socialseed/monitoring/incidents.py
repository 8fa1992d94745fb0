"""Incidents as people read them: what is wrong, the last 72 hours around it, and the way back."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from socialseed.accounts import quotas
from socialseed.accounts.incidents import WAY_BACK
from socialseed.core.errors import not_found
from socialseed.core.pagination import decode_position, encode_cursor
from socialseed.runtime.tx import Tx

BEFORE = timedelta(hours=72)
MOST = 500  # rows of each kind in a bundle, the newest

_COLUMNS = (
    "SELECT i.id, i.account_id, a.platform, a.username, i.kind, i.action_type, i.opened_at,"
    " i.closed_at, i.sentence, i.detail FROM incidents i"
    " JOIN social_accounts a ON a.id = i.account_id WHERE i.workspace_id = :workspace"
)
_PAGE = text(
    f"{_COLUMNS} AND (CAST(:account AS uuid) IS NULL OR i.account_id = :account)"
    " AND (CAST(:before AS timestamptz) IS NULL OR (i.opened_at, i.id) <"
    "  (CAST(:before AS timestamptz), CAST(:before_id AS uuid)))"
    " AND (NOT :open_only OR i.closed_at IS NULL)"
    " ORDER BY i.opened_at DESC, i.id DESC LIMIT :limit"
)
_ONE = text(f"{_COLUMNS} AND i.id = :id")
_EVENTS = text(
    "SELECT seq, at, type, actor_name, action_id, sentence FROM events"
    " WHERE workspace_id = :workspace AND account_id = :account_id"
    " AND at >= :since AND at <= :until ORDER BY seq DESC LIMIT :most"
)
_ATTEMPTS = text(
    "SELECT t.id, t.action_id, x.action_type, x.target_account, t.n, t.started_at, t.ended_at,"
    " t.outcome, t.evidence FROM attempts t JOIN actions x ON x.id = t.action_id"
    " WHERE t.account_id = :account_id AND t.started_at >= :since AND t.started_at <= :until"
    " ORDER BY t.started_at DESC LIMIT :most"
)
_HEALTH = text(
    "SELECT measured_on, score, light, parts FROM health_metrics WHERE account_id = :account_id"
    " AND measured_at >= :since AND measured_at <= :until ORDER BY measured_on DESC LIMIT :most"
)


async def page(
    tx: Tx, account_id: UUID | None, limit: int, cursor: str | None, *, open_only: bool
) -> dict[str, object]:
    """The workspace's incidents, the newest first; of one account when it is named."""
    before, before_id = decode_position(cursor) if cursor else (None, None)
    values = {
        "workspace": tx.tenant,
        "account": account_id,
        "before": before,
        "before_id": before_id,
        "open_only": open_only,
        "limit": limit + 1,
    }
    rows = (await tx.session.execute(_PAGE, values)).all()
    shown = rows[:limit]
    more = len(rows) > limit
    last = encode_cursor(shown[-1].opened_at.isoformat(), str(shown[-1].id)) if more else None
    return {"items": [_incident(row) for row in shown], "next_cursor": last}


async def bundle(tx: Tx, incident_id: UUID) -> dict[str, object]:
    """One incident with everything recorded from 72 hours before it to its end, or to now.

    At most 500 rows of each kind, the newest. Raises NOT_FOUND.
    """
    row = (
        await tx.session.execute(_ONE, {"workspace": tx.tenant, "id": incident_id})
    ).one_or_none()
    if row is None:
        raise not_found("incident")
    values = {
        "workspace": tx.tenant,
        "account_id": row.account_id,
        "since": row.opened_at - BEFORE,
        "until": row.closed_at or tx.now,
        "most": MOST,
    }
    found = {
        name: [dict(one) for one in (await tx.session.execute(what, values)).mappings()]
        for name, what in (("events", _EVENTS), ("attempts", _ATTEMPTS), ("health", _HEALTH))
    }
    return {**_incident(row), **found, "quotas": await quotas.list_of(tx, row.account_id)}


def _incident(row: Row[Any]) -> dict[str, object]:
    return {
        "id": row.id,
        "account": {"id": row.account_id, "platform": row.platform, "username": row.username},
        "kind": row.kind,
        "action_type": row.action_type or None,
        "opened_at": row.opened_at,
        "closed_at": row.closed_at,
        "sentence": row.sentence,
        "way_back": list(WAY_BACK[row.kind]),
        "detail": row.detail,
    }
