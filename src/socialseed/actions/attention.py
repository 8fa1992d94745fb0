"""The queue in minutes: what each proposal is worth of the reviewer's time, and what waits.

Nothing is decided here. What today's minutes do not hold leaves the queue until tomorrow.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text
from sqlalchemy.sql.elements import TextClause

from socialseed.core.errors import not_found
from socialseed.core.events import Event
from socialseed.jobs.port import Payload
from socialseed.policy.attention import Pace, Share, Waiting, Weighed, plan, seconds_of, weigh
from socialseed.policy.numbers import policy_of
from socialseed.policy.pacing import next_window
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx

WORKSPACES_A_ROUND = 100
WEIGHED_AT_MOST = 2000  # proposals of one workspace; what is beyond keeps the worth it has
LONGEST_LOOK = 300  # seconds: whoever took longer did something else meanwhile
MEASURED_OVER = timedelta(days=28)
NUMBER = "attention.minutes_a_day"

_BUSY = text(
    "SELECT workspace_id FROM actions WHERE status = 'awaiting_approval' GROUP BY workspace_id"
    " ORDER BY md5(workspace_id::text || :turn) LIMIT :limit"
)
_PENDING = text(
    "SELECT x.id, x.account_id, x.action_type, x.light, x.expires_at, x.created_at, x.worth,"
    " x.review_seconds, x.deferred_until, a.timezone FROM actions x"
    " JOIN social_accounts a ON a.id = x.account_id WHERE x.workspace_id = :workspace"
    " AND x.status = 'awaiting_approval' AND (x.snoozed_until IS NULL OR x.snoozed_until <= :now)"
    " ORDER BY x.created_at, x.id LIMIT :limit"
)
# A look begins when the reviewer had the proposal before him, or with his decision before that.
_LOOKS = (
    "SELECT y.action_type, y.light, d.decided_at, extract(epoch FROM d.decided_at"
    " - greatest(y.opened_at, lag(d.decided_at) OVER"
    " (PARTITION BY d.actor_id ORDER BY d.decided_at))) AS seconds"
    " FROM decisions d JOIN actions y ON y.id = d.action_id"
    " WHERE d.workspace_id = :workspace AND d.kind IN ('approved','rejected')"
    " AND d.decided_at > :since AND y.opened_at IS NOT NULL"
)
_PACES = text(
    "SELECT action_type, light, percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) AS median,"
    f" count(*) AS decisions FROM ({_LOOKS}) looks WHERE seconds BETWEEN 0 AND :longest"
    " GROUP BY action_type, light"
)
_USED = text(
    f"SELECT coalesce(sum(least(seconds, :longest)), 0) FROM ({_LOOKS}) looks"
    " WHERE seconds >= 0 AND decided_at >= :today"
)
_ANSWERS = text(
    "SELECT d.account_id, y.action_type, count(*) AS tries,"
    " count(*) FILTER (WHERE d.kind = 'approved') AS hits"
    " FROM decisions d JOIN actions y ON y.id = d.action_id"
    " WHERE d.workspace_id = :workspace AND d.kind IN ('approved','rejected')"
    " AND d.decided_at > :since GROUP BY d.account_id, y.action_type"
)
_EFFECTS = text(
    "SELECT account_id, action_type, count(*) AS tries, count(*) FILTER (WHERE followed_back)"
    " AS hits FROM actions WHERE workspace_id = :workspace AND status = 'succeeded'"
    " AND action_type = 'follow' AND followed_back IS NOT NULL AND settled_at > :since"
    " GROUP BY account_id, action_type"
)
_POLICY = text(
    "SELECT version, numbers FROM policies WHERE workspace_id = :workspace"
    " ORDER BY version DESC LIMIT 1"
)
_STORE = text(
    "UPDATE actions x SET worth = n.worth, review_seconds = n.seconds,"
    " deferred_until = n.until, deferred_because = n.because"
    " FROM unnest(CAST(:ids AS uuid[]), CAST(:worths AS float8[]), CAST(:seconds AS float8[]),"
    " CAST(:untils AS timestamptz[]), CAST(:becauses AS text[]))"
    " AS n(id, worth, seconds, until, because)"
    " WHERE x.id = n.id AND x.status = 'awaiting_approval'"
)
_OPENED = text(
    "UPDATE actions SET opened_at = coalesce(opened_at, :now) WHERE id = :id"
    " AND status = 'awaiting_approval'"
)
_KNOWN = text("SELECT 1 FROM actions WHERE id = :id")
_STANDING = text(
    "SELECT count(*) FILTER (WHERE deferred_until > :now) AS deferred,"
    " count(*) FILTER (WHERE deferred_until IS NULL OR deferred_until <= :now) AS planned,"
    " coalesce(sum(review_seconds) FILTER (WHERE deferred_until IS NULL"
    " OR deferred_until <= :now), 0) AS seconds FROM actions WHERE workspace_id = :workspace"
    " AND status = 'awaiting_approval' AND (snoozed_until IS NULL OR snoozed_until <= :now)"
)


async def open_(tx: Tx, action_id: UUID) -> None:
    """The reviewer has the proposal before him; the first time is kept. Raises not_found.

    One that was decided meanwhile stays as it is: there is nothing left to measure, and whoever
    looked at it did nothing wrong.
    """
    if await tx.session.scalar(_KNOWN, {"id": action_id}) is None:
        raise not_found("action")
    await tx.session.execute(_OPENED, {"id": action_id, "now": tx.now})


async def plan_round(runtime: Runtime, payload: Payload) -> None:
    """The queue of each of at most 100 workspaces is weighed, each in its own transaction."""
    async with runtime.begin(None) as tx:
        bound = {"turn": tx.now.strftime("%H:%M"), "limit": WORKSPACES_A_ROUND}
        found = list((await tx.session.execute(_BUSY, bound)).scalars())
    for workspace_id in found:
        async with runtime.begin(workspace_id, key="attention", timeout_ms=10_000) as tx:
            await plan_queue(tx)


async def plan_queue(tx: Tx) -> None:
    """Every waiting proposal has its worth; those beyond today's minutes are deferred with why."""
    bound = {"workspace": tx.tenant, "now": tx.now, "limit": WEIGHED_AT_MOST}
    rows = (await tx.session.execute(_PENDING, bound)).all()
    if not rows:
        return
    paces = await _paces(tx)
    answers, effects = await _shares(tx, _ANSWERS), await _shares(tx, _EFFECTS)
    weighed = [
        weigh(
            Waiting(
                row.id,
                row.action_type,
                row.light,
                row.expires_at,
                answers.get((row.account_id, row.action_type), Share()),
                effects.get((row.account_id, row.action_type), Share()),
            ),
            tx.now,
            paces,
        )
        for row in rows
    ]
    minutes = await minutes_a_day(tx)
    left = max(0.0, minutes - await _used(tx)) if minutes else None
    kept = set(plan(weighed, left))
    await _store(tx, rows, weighed, kept, minutes)


async def _store(
    tx: Tx,
    rows: Sequence[Row[tuple[Any, ...]]],
    weighed: Sequence[Weighed],
    kept: set[UUID],
    minutes: int,
) -> None:
    because = f"Beyond your {minutes} minutes a day: {len(kept)} others are worth more of them."
    changed: list[tuple[UUID, float, float, datetime | None, str | None]] = []
    for row, one in zip(rows, weighed, strict=True):
        until = None if one.id in kept else next_window(tx.now, row.timezone, "day")
        if (row.worth, row.review_seconds, row.deferred_until) != (one.worth, one.seconds, until):
            changed.append((one.id, one.worth, one.seconds, until, because if until else None))
    if not changed:
        return
    ids, worths, seconds, untils, becauses = zip(*changed, strict=True)
    values = {
        "ids": list(ids),
        "worths": list(worths),
        "seconds": list(seconds),
        "untils": list(untils),
        "becauses": list(becauses),
    }
    await tx.session.execute(_STORE, values)
    before = {row.id for row in rows if row.deferred_until and row.deferred_until > tx.now}
    after = {one.id for one in weighed} - kept
    if before != after:
        sentence = f"{len(kept)} proposals fit your {minutes} minutes a day; {len(after)} wait."
        data = {"planned": len(kept), "deferred": len(after), "minutes_a_day": minutes}
        tx.emit(Event("attention.planned", sentence, data=data))


async def standing(tx: Tx) -> dict[str, object]:
    """The JSON of `GET /approvals/attention`."""
    row = (await tx.session.execute(_STANDING, {"workspace": tx.tenant, "now": tx.now})).one()
    paces = await _paces(tx)
    kinds = sorted({*paces, ("publish_text", "green"), ("reply", "green")})
    return {
        "minutes_a_day": await minutes_a_day(tx),
        "minutes_used": round(await _used(tx), 1),
        "minutes_planned": round(row.seconds / 60, 1),
        "planned": row.planned,
        "deferred": row.deferred,
        "seconds_each": [
            {"action_type": kind, "light": light, "median_seconds": seconds, "measured": measured}
            for kind, light in kinds
            for seconds, measured in [seconds_of(kind, light, paces)]
        ],
    }


async def minutes_a_day(tx: Tx) -> int:
    """The workspace's budget; 0 means none."""
    row = (await tx.session.execute(_POLICY, {"workspace": tx.tenant})).first()
    if row is None:
        return policy_of(None).count(NUMBER)
    numbers = row.numbers
    kept = orjson.loads(numbers) if isinstance(numbers, str | bytes) else numbers
    return policy_of(kept, row.version).count(NUMBER)


def _since(tx: Tx) -> dict[str, object]:
    return {"workspace": tx.tenant, "since": tx.now - MEASURED_OVER, "longest": LONGEST_LOOK}


async def _paces(tx: Tx) -> Mapping[tuple[str, str], Pace]:
    rows = (await tx.session.execute(_PACES, _since(tx))).all()
    return {
        (row.action_type, row.light): Pace(round(float(row.median), 1), row.decisions)
        for row in rows
    }


async def _used(tx: Tx) -> float:
    """The minutes that decisions took today, in UTC days."""
    today = tx.now.replace(hour=0, minute=0, second=0, microsecond=0)
    return float(await tx.session.scalar(_USED, {**_since(tx), "today": today}) or 0) / 60


async def _shares(tx: Tx, statement: TextClause) -> Mapping[tuple[UUID, str], Share]:
    bound = {"workspace": tx.tenant, "since": tx.now - MEASURED_OVER}
    rows = (await tx.session.execute(statement, bound)).all()
    return {(row.account_id, row.action_type): Share(row.hits, row.tries) for row in rows}
