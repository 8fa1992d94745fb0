"""Looks at every row that did not move on by its deadline. Nothing here can fire anything twice."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from socialseed.actions import counters
from socialseed.actions.events import tell
from socialseed.actions.schedule import subject_of
from socialseed.actions.settle import LOOK, look_payload
from socialseed.actions.states import PLAIN_MOVE, move, move_sql
from socialseed.actions.unlock import unlock
from socialseed.identity.replans import replan
from socialseed.jobs.port import Payload
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx

BATCH = 500
VERIFY = "actions.verify"
MANY = 5  # of one account's actions that expire at once: the rest is planned anew
LOOK_LATER = timedelta(minutes=10)
STUCK_AGAIN = {"scheduled": timedelta(hours=1), "executing": timedelta(seconds=30)}

_OVERDUE = text(
    "SELECT id, workspace_id FROM actions WHERE deadline_at <= :now"
    " ORDER BY deadline_at, id LIMIT :batch"
)
_NEXT_LOOK = text(
    "SELECT least((SELECT min(deadline_at) FROM actions WHERE deadline_at IS NOT NULL),"
    " (SELECT min(verify_due_at) FROM actions WHERE verify_due_at IS NOT NULL))"
)
_VERIFY_DUE = text(
    "UPDATE actions SET verify_due_at = :later WHERE id IN (SELECT id FROM actions"
    " WHERE verify_due_at <= :now ORDER BY verify_due_at, id LIMIT :batch FOR UPDATE SKIP LOCKED)"
    " RETURNING id, workspace_id"
)
_LOCKED = text(
    "SELECT x.id, x.workspace_id, x.account_id, x.platform, x.action_type, x.target_account,"
    " x.light, x.status, x.scheduled_at, x.expires_at, x.unlocked_at, x.fence, a.username"
    " FROM actions x JOIN social_accounts a ON a.id = x.account_id"
    " WHERE x.id = ANY(CAST(:ids AS uuid[])) AND x.deadline_at <= :now"
    " ORDER BY x.id FOR UPDATE OF x SKIP LOCKED"
)
_EXPIRE = text(move_sql("settled_at = :now, snoozed_until = NULL") + " RETURNING id")
_PUT_OFF = text("UPDATE actions SET deadline_at = :deadline_at WHERE id = :action_id")
_REDRIVE = text(
    "INSERT INTO lanes (account_id, workspace_id, next_due)"
    " VALUES (:account_id, :workspace_id, :now) ON CONFLICT (account_id)"
    " DO UPDATE SET next_due = LEAST(lanes.next_due, EXCLUDED.next_due)"
)
_OLD_COUNTERS = text("DELETE FROM counters WHERE window_key < :before")


async def next_look(tx: Tx) -> datetime | None:
    """When something will be overdue or due for a check; None when nothing is watched."""
    at: datetime | None = await tx.session.scalar(_NEXT_LOOK)
    return at


async def watch(runtime: Runtime, payload: Payload) -> None:
    """Overdue rows moved on: proposals and tasks expired, tasks unlocked, abandoned sendings made
    unknown, lanes made due, readings back queued."""
    async with runtime.begin(None, key="watch") as tx:
        bound = {"now": tx.now, "batch": BATCH}
        overdue = (await tx.session.execute(_OVERDUE, bound)).all()
        later = {"later": tx.now + LOOK_LATER}
        claims = (await tx.session.execute(_VERIFY_DUE, {**bound, **later})).all()
        for row in sorted(claims, key=lambda claim: claim.id):  # RETURNING has no order of its own
            await tx.defer(
                VERIFY, look_payload(row.workspace_id, row.id), dedupe_key=f"verify:{row.id}"
            )
    by_workspace: dict[UUID, list[UUID]] = defaultdict(list)
    for row in overdue:
        by_workspace[row.workspace_id].append(row.id)
    for workspace_id, ids in by_workspace.items():
        async with runtime.begin(workspace_id, key=("watch", ids[0])) as tx:
            moved = await _move_on(tx, ids)
        if moved.stuck:
            await _redrive(runtime, workspace_id, moved.stuck)
        for account_id, due in sorted(moved.tasks.items()):
            await unlock(runtime, workspace_id, account_id, due)


async def tidy(runtime: Runtime, payload: Payload) -> None:
    """Counters of windows long past are gone."""
    async with runtime.begin(None, key="tidy") as tx:
        before = (tx.now - counters.KEEP).strftime("%Y-%m-%d")
        await tx.session.execute(_OLD_COUNTERS, {"before": before})


@dataclass(frozen=True, slots=True)
class _Moved:
    """What is left for transactions that hold the lane first: accounts with a lane to wake, and
    those with tasks that are due, with these.
    """

    stuck: set[UUID] = field(default_factory=set)
    tasks: defaultdict[UUID, list[UUID]] = field(default_factory=lambda: defaultdict(list))


async def _move_on(tx: Tx, ids: Sequence[UUID]) -> _Moved:
    rows = (await tx.session.execute(_LOCKED, {"ids": list(ids), "now": tx.now})).all()
    moved = _Moved()
    expired: Counter[UUID] = Counter()
    for row in rows:
        match row.status:
            case "awaiting_approval":
                expired[row.account_id] += await _expire(tx, row)
            case "awaiting_human":
                expired[row.account_id] += await _task(tx, row, moved)
            case "scheduled" | "executing":
                moved.stuck.add(row.account_id)
                await _put_off(tx, row, STUCK_AGAIN[row.status])
            case "outcome_unknown":
                await _look(tx, row)
            case "proposed" | "approved":
                await move(tx, PLAIN_MOVE, row.id, [row.status], "awaiting_approval")
            case _:
                await _put_off(tx, row, None)
    for account_id, count in expired.items():
        if count >= MANY:
            await replan(tx, f"{count} of its actions expired.", account_id)
    return moved


async def _redrive(runtime: Runtime, workspace_id: UUID, accounts: set[UUID]) -> None:
    # Only lanes are woken, and in a transaction that holds no action: what is executing becomes
    # unknown, and what is due is sent, under the fence of whoever claims the lane.
    async with runtime.begin(workspace_id, key=("redrive", workspace_id)) as tx:
        for account_id in sorted(accounts):
            bound = {"account_id": account_id, "workspace_id": workspace_id, "now": tx.now}
            await tx.session.execute(_REDRIVE, bound)


async def _expire(tx: Tx, row: Row[tuple[Any, ...]]) -> bool:
    if row.expires_at is None or row.expires_at > tx.now:
        await _put_off(tx, row, timedelta(hours=1))
        return False
    if await move(tx, _EXPIRE, row.id, [row.status], "expired", now=tx.now) is None:
        return False
    tell(tx, "expired", subject_of(row.id, row), "expired", "Nobody decided in time.")
    return True


async def _task(tx: Tx, row: Row[tuple[Any, ...]], moved: _Moved) -> bool:
    """Whether it expired. What is due is unlocked afterwards, or what waits behind it is."""
    if row.expires_at is not None and row.expires_at <= tx.now:
        moved.tasks[row.account_id].append(row.id)
        return await _expire(tx, row)
    if row.unlocked_at is None and row.scheduled_at <= tx.now:
        moved.tasks[row.account_id].append(row.id)
        return False
    at = row.expires_at if row.unlocked_at else row.scheduled_at
    await tx.session.execute(_PUT_OFF, {"action_id": row.id, "deadline_at": at})
    return False


async def _look(tx: Tx, row: Row[tuple[Any, ...]]) -> None:
    key = f"reconcile:{row.id}:{int(tx.now.timestamp()) // 60}"
    await tx.defer(LOOK, look_payload(row.workspace_id, row.id), dedupe_key=key)


async def _put_off(tx: Tx, row: Row[tuple[Any, ...]], span: timedelta | None) -> None:
    deadline_at = tx.now + span if span else None
    await tx.session.execute(_PUT_OFF, {"action_id": row.id, "deadline_at": deadline_at})
