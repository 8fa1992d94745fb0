"""Every question about actions. Lists are made as bytes by one statement and paged by key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.sql.elements import TextClause

from socialseed.actions.views import ACTION, DETAIL, SILENT, TASK, utc
from socialseed.core.errors import invalid, not_found
from socialseed.core.pagination import decode_cursor, encode_cursor
from socialseed.policy.pacing import window_keys
from socialseed.runtime.tx import Tx

_FROM = "FROM actions x JOIN social_accounts a ON a.id = x.account_id"
_LIKE = (
    "(CAST(:q AS text) IS NULL OR x.target_account ILIKE :q OR a.username ILIKE :q"
    " OR x.target_data->>'text' ILIKE :q)"
)
_ACCOUNT = "(CAST(:account_id AS uuid) IS NULL OR x.account_id = :account_id)"
_PLATFORM = "(CAST(:platform AS text) IS NULL OR x.platform = :platform)"
_LIGHT = "(CAST(:light AS text) IS NULL OR x.light = :light)"


def _listed(view: str, where: str, key: str, order: str) -> str:
    """Some rows as one JSON array, and the key of the last, if there are more than `:limit`."""
    return (
        f"WITH found AS (SELECT {view} AS body, {key} AS at, x.id,"
        f" row_number() OVER (ORDER BY {order}) AS n {_FROM} WHERE {where}"
        f" ORDER BY {order} LIMIT :limit + 1)"
        " SELECT coalesce(json_agg(body ORDER BY n) FILTER (WHERE n <= :limit), '[]')::text"
        " AS items, (SELECT json_build_array(at, id)::text FROM found WHERE n = :limit"
        " AND (SELECT max(n) FROM found) > :limit) AS last FROM found"
    )


_AFTER = (
    "(CAST(:at AS timestamptz) IS NULL"
    " OR ({key}, x.id) > (CAST(:at AS timestamptz), CAST(:id AS uuid)))"
)
_BEFORE = _AFTER.replace(">", "<")
# By worth downwards, then by age upwards: the first condition is the one the index can begin at.
_LESS_WORTH = (
    "(CAST(:at AS timestamptz) IS NULL OR (x.worth <= :worth AND (x.worth < :worth"
    " OR (x.created_at, x.id) > (CAST(:at AS timestamptz), CAST(:id AS uuid)))))"
)
_PENDING = text(
    _listed(
        ACTION,
        "x.workspace_id = :workspace AND x.status = 'awaiting_approval'"
        " AND coalesce(x.deferred_until > :now, false) = :deferred"
        f" AND (x.snoozed_until IS NULL OR x.snoozed_until <= :now) AND {_LIGHT} AND {_ACCOUNT}"
        f" AND {_PLATFORM} AND {_LIKE} AND {_LESS_WORTH}",
        "json_build_array(x.worth, x.created_at)",
        "x.worth DESC, x.created_at, x.id",
    )
)
_HISTORY = text(
    _listed(
        ACTION,
        "x.workspace_id = :workspace AND (CAST(:statuses AS text[]) IS NULL"
        " OR x.status = ANY(CAST(:statuses AS text[])))"
        " AND (CAST(:action_type AS text) IS NULL OR x.action_type = :action_type)"
        " AND (CAST(:since AS timestamptz) IS NULL OR x.created_at >= :since)"
        " AND (CAST(:until AS timestamptz) IS NULL OR x.created_at < :until)"
        f" AND {_LIGHT} AND {_ACCOUNT} AND {_PLATFORM} AND {_LIKE}"
        f" AND {_BEFORE.format(key='x.created_at')}",
        "x.created_at",
        "x.created_at DESC, x.id DESC",
    )
)
_TASKS = text(
    _listed(
        TASK,
        "x.workspace_id = :workspace AND x.status = 'awaiting_human'"
        " AND (:state = 'all' OR (x.unlocked_at IS NOT NULL) = (:state = 'open'))"
        f" AND {_ACCOUNT} AND {_AFTER.format(key='x.scheduled_at')}",
        "x.scheduled_at",
        "x.scheduled_at, x.id",
    )
)
_ONE = text(f"SELECT {ACTION}::text {_FROM} WHERE x.id = :id AND x.workspace_id = :workspace")
_DETAIL = text(f"SELECT {DETAIL}::text {_FROM} WHERE x.id = :id AND x.workspace_id = :workspace")
_TASK = text(
    f"SELECT {TASK}::text {_FROM} WHERE x.id = :id AND x.workspace_id = :workspace"
    " AND x.mode = 'human'"
)
_STOPPED = (
    "EXISTS (SELECT 1 FROM stops s WHERE s.workspace_id = x.workspace_id AND s.lifted_at IS NULL"
    " AND (s.scope = 'workspace' OR (s.scope = 'platform' AND s.scope_id = x.platform)"
    " OR (s.scope = 'account' AND s.scope_id = x.account_id::text)))"
)
_NEXT_TASK = text(f"""
WITH mine AS (SELECT x.id, x.scheduled_at, x.unlocked_at, x.account_id {_FROM}
  WHERE x.workspace_id = :workspace AND x.status = 'awaiting_human' AND a.is_active
  AND {_ACCOUNT} AND NOT {_STOPPED} AND NOT {SILENT}
  AND (a.frozen_until IS NULL OR a.frozen_until <= :now))
SELECT json_build_object(
  'task', (SELECT {TASK} {_FROM} WHERE x.id =
    (SELECT id FROM mine WHERE unlocked_at IS NOT NULL
      ORDER BY unlocked_at, id LIMIT 1)),
  'next_unlock_at', (SELECT {utc("min(scheduled_at)")} FROM mine WHERE scheduled_at > :now),
  'open', (SELECT count(*) FROM mine WHERE unlocked_at IS NOT NULL))::text
""")
_SUMMARY = text(f"""
SELECT json_build_object(
  'green', count(*) FILTER (WHERE light = 'green'),
  'yellow', count(*) FILTER (WHERE light = 'yellow'),
  'red', count(*) FILTER (WHERE light = 'red'),
  'total', count(*), 'deferred', (SELECT count(*) FROM actions z
    WHERE z.workspace_id = :workspace AND z.status = 'awaiting_approval'
    AND z.deferred_until > :now), 'oldest_at', {utc("min(created_at)")},
  'decided_today', (SELECT count(*) FROM decisions d WHERE d.workspace_id = :workspace
    AND d.decided_at >= :today AND d.kind IN ('approved', 'rejected')),
  'median_decision_seconds', (SELECT round(percentile_cont(0.5) WITHIN GROUP
      (ORDER BY extract(epoch FROM d.decided_at - y.created_at)))::int
    FROM decisions d JOIN actions y ON y.id = d.action_id WHERE d.workspace_id = :workspace
    AND d.decided_at >= :week_ago AND d.kind IN ('approved', 'rejected')),
  'tasks_open', (SELECT count(*) FROM actions y WHERE y.workspace_id = :workspace
    AND y.status = 'awaiting_human' AND y.unlocked_at IS NOT NULL))::text
FROM actions WHERE workspace_id = :workspace AND status = 'awaiting_approval'
AND (snoozed_until IS NULL OR snoozed_until <= :now)
AND (deferred_until IS NULL OR deferred_until <= :now)
""")
_USED = text(
    "SELECT a.timezone, c.kind, c.span, c.window_key, c.used FROM social_accounts a"
    " LEFT JOIN counters c ON c.account_id = a.id AND c.window_key >= :since"
    " WHERE a.id = :account_id"
)


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list is narrowed to; None narrows nothing."""

    account_id: UUID | None = None
    platform: str | None = None
    light: str | None = None
    q: str | None = None
    statuses: Sequence[str] | None = None
    action_type: str | None = None
    since: datetime | None = None
    until: datetime | None = None


async def pending(
    tx: Tx, wanted: Filter, limit: int, cursor: str | None, *, deferred: bool = False
) -> bytes:
    """A page of what waits for a decision, most worth first, without the snoozed.

    `deferred`: only what today's minutes do not hold, which the page leaves out otherwise.
    """
    worth, at, row_id = _worth_key(cursor)
    values = {
        **_narrow(wanted),
        "now": tx.now,
        "deferred": deferred,
        "workspace": tx.tenant,
        "limit": limit,
        "worth": worth,
        "at": at,
        "id": row_id,
    }
    items, last = (await tx.session.execute(_PENDING, values)).one()
    after = b"null"
    if last:
        (worth_of_last, at_of_last), id_of_last = orjson.loads(last)
        after = orjson.dumps(encode_cursor(str(worth_of_last), at_of_last, id_of_last))
    return b'{"items":' + _bytes(items) + b',"next_cursor":' + after + b"}"


async def history(tx: Tx, wanted: Filter, limit: int, cursor: str | None) -> bytes:
    """A page of all actions, newest first."""
    more = {
        "statuses": list(wanted.statuses) if wanted.statuses else None,
        "action_type": wanted.action_type,
        "since": wanted.since,
        "until": wanted.until,
    }
    return await _page(tx, _HISTORY, {**_narrow(wanted), **more}, limit, cursor)


async def tasks(
    tx: Tx, state: str, account_id: UUID | None, limit: int, cursor: str | None
) -> bytes:
    """A page of human tasks by the time they unlock. `state`: open, locked or all."""
    bound = {"state": state, "account_id": account_id, "now": tx.now}
    return await _page(tx, _TASKS, bound, limit, cursor)


async def next_task(tx: Tx, account_id: UUID | None) -> bytes:
    """The unlocked task that has waited longest; none while a stop holds for its account, while it
    rests after a warning, or while steps of its kind show no effect.
    """
    bound = {"workspace": tx.tenant, "account_id": account_id, "now": tx.now}
    return _bytes(await tx.session.scalar(_NEXT_TASK, bound))


async def action(tx: Tx, action_id: UUID) -> bytes:
    """One action. Raises not_found."""
    bound = {"id": action_id, "workspace": tx.tenant}
    return _found(await tx.session.scalar(_ONE, bound), "action")


async def detail(tx: Tx, action_id: UUID) -> bytes:
    """One action with its timeline, verdict, attempts and what it waits for. Raises not_found."""
    bound = {"id": action_id, "workspace": tx.tenant, "now": tx.now}
    return _found(await tx.session.scalar(_DETAIL, bound), "action")


async def task(tx: Tx, action_id: UUID) -> bytes:
    """One human task. Raises not_found."""
    bound = {"id": action_id, "workspace": tx.tenant, "now": tx.now}
    return _found(await tx.session.scalar(_TASK, bound), "task")


async def summary(tx: Tx) -> bytes:
    """How much waits for a decision, by light, and how fast decisions are made."""
    bound = {
        "workspace": tx.tenant,
        "now": tx.now,
        "today": tx.now.replace(hour=0, minute=0, second=0, microsecond=0),
        "week_ago": tx.now - timedelta(days=7),
    }
    return _bytes(await tx.session.scalar(_SUMMARY, bound))


async def used_today(tx: Tx, account_id: UUID) -> dict[tuple[str, str], int]:
    """Units used by (kind, window) in the account's present local day and hour; absent means 0.

    Raises not_found.
    """
    since = (tx.now - timedelta(hours=38)).strftime("%Y-%m-%d")
    rows = (await tx.session.execute(_USED, {"account_id": account_id, "since": since})).all()
    if not rows:
        raise not_found("account")
    day, hour = window_keys(tx.now, rows[0].timezone)
    return {(row.kind, row.span): row.used for row in rows if row.window_key in (day, hour)}


def _narrow(wanted: Filter) -> dict[str, object]:
    return {
        "account_id": wanted.account_id,
        "platform": wanted.platform,
        "light": wanted.light,
        "q": f"%{_escaped(wanted.q)}%" if wanted.q else None,
    }


def _escaped(q: str) -> str:
    return q.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


async def _page(
    tx: Tx, statement: TextClause, bound: Mapping[str, object], limit: int, cursor: str | None
) -> bytes:
    at, row_id = _key(cursor)
    values = {**bound, "workspace": tx.tenant, "limit": limit, "at": at, "id": row_id}
    items, last = (await tx.session.execute(statement, values)).one()
    after = orjson.dumps(encode_cursor(*orjson.loads(last))) if last else b"null"
    return b'{"items":' + _bytes(items) + b',"next_cursor":' + after + b"}"


def _key(cursor: str | None) -> tuple[datetime | None, UUID | None]:
    if cursor is None:
        return None, None
    at, row_id = decode_cursor(cursor, str, str)
    try:
        return datetime.fromisoformat(str(at)), UUID(str(row_id))
    except ValueError:
        detail = "Use next_cursor of the page before, unchanged."
        raise invalid("bad_cursor", detail, "/cursor") from None


def _worth_key(cursor: str | None) -> tuple[float | None, datetime | None, UUID | None]:
    if cursor is None:
        return None, None, None
    worth, at, row_id = decode_cursor(cursor, str, str, str)
    try:
        return float(str(worth)), datetime.fromisoformat(str(at)), UUID(str(row_id))
    except ValueError:
        detail = "Use next_cursor of the page before, unchanged."
        raise invalid("bad_cursor", detail, "/cursor") from None


def _found(body: object, what: str) -> bytes:
    if body is None:
        raise not_found(what)
    return _bytes(body)


def _bytes(body: object) -> bytes:
    return str(body).encode()
