"""Gives new slots to all that an account has not sent yet, in its order, when its plan has changed.

What is executing is never touched, and nothing moves before its undo window, its `not_before` or
what a platform asked to wait for.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from socialseed.actions.schedule import Pace
from socialseed.actions.standing import find_standing
from socialseed.core.events import Event, Plain
from socialseed.identity.replans import REPLAN
from socialseed.jobs.port import Entry, Payload
from socialseed.policy.pacing import OWN_SESSION, awake, next_slot
from socialseed.policy.pacing.plan import clear
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx

MOST = 2000  # actions of one account in one transaction; what is beyond keeps its slot
_MINUTE = timedelta(minutes=1)

_LOCK_LANE = text("SELECT 1 FROM lanes WHERE account_id = :account_id FOR UPDATE")
# The lane's row is locked by an earlier statement, so nothing here can begin meanwhile.
_WAITING = text("""
SELECT x.id, x.action_type, x.scheduled_at, x.held_until, x.not_before, x.approved_at,
  x.approved_by, (SELECT t.evidence->>'remedy' FROM attempts t WHERE t.action_id = x.id
    ORDER BY t.n DESC LIMIT 1) AS remedy
FROM actions x WHERE x.account_id = :account_id AND (x.status = 'scheduled'
  OR (x.status = 'awaiting_human' AND x.unlocked_at IS NULL AND x.scheduled_at > :now))
ORDER BY x.scheduled_at, x.id LIMIT :most FOR UPDATE OF x
""")
_MOVE = text("""
UPDATE actions x SET scheduled_at = n.at,
  deadline_at = CASE x.status WHEN 'scheduled' THEN n.at + interval '1 hour' ELSE n.at END,
  expires_at = n.at + (x.expires_at - x.scheduled_at)
FROM unnest(CAST(:ids AS uuid[]), CAST(:instants AS timestamptz[])) AS n(id, at)
WHERE x.id = n.id AND x.status IN ('scheduled', 'awaiting_human')
""")
_NEXT_DUE = text(
    "UPDATE lanes SET next_due = (SELECT min(scheduled_at) FROM actions"
    " WHERE account_id = :account_id AND status = 'scheduled') WHERE account_id = :account_id"
)
_WITH_WORK = text(
    "SELECT DISTINCT account_id FROM actions WHERE workspace_id = :workspace"
    " AND status IN ('scheduled', 'awaiting_human') ORDER BY account_id"
)


async def replan(runtime: Runtime, payload: Payload) -> None:
    """The account of the payload is planned anew; without one, a job for each with work waits."""
    workspace_id, why = UUID(str(payload["workspace_id"])), str(payload["why"])
    account = payload.get("account_id")
    if account is None:
        await _each(runtime, workspace_id, why)
        return
    async with runtime.begin(workspace_id, key=("replan", account)) as tx:
        await replan_account(tx, runtime, UUID(str(account)), why)


async def replan_account(tx: Tx, runtime: Runtime, account_id: UUID, why: str) -> int:
    """Each action that waits has the slot that the account's plan gives it now. Returns how many
    moved; nothing moves a second time.
    """
    if runtime.settings.pace == "immediate":
        return 0
    # The lane first, as the worker does, so that the two never wait for each other.
    await tx.session.execute(_LOCK_LANE, {"account_id": account_id})
    standing = await find_standing(tx, runtime, account_id, empty=True)
    bound = {"account_id": account_id, "now": tx.now, "most": MOST}
    waiting = (await tx.session.execute(_WAITING, bound)).all()
    if standing is None or not waiting:
        return 0
    slots = _slots(standing.pace, waiting, tx.now)
    moved = [(row.id, at) for row, at in zip(waiting, slots, strict=True) if at != row.scheduled_at]
    if not moved:
        return 0
    ids, instants = [one[0] for one in moved], [one[1] for one in moved]
    await tx.session.execute(_MOVE, {"ids": ids, "instants": instants})
    await tx.session.execute(_NEXT_DUE, {"account_id": account_id})
    what = "action has a new time" if len(moved) == 1 else "actions have new times"
    sentence = f"{len(moved)} {what} for @{standing.username}: {why}"
    data: dict[str, Plain] = {
        "count": len(moved),
        "why": why,
        "first_at": min(instants).isoformat(),
    }
    tx.emit(Event("account.replanned", sentence, account_id, data=data))
    return len(moved)


def _slots(
    pace: Pace, waiting: Sequence[Row[tuple[Any, ...]]], now: datetime
) -> Sequence[datetime]:
    """The new instants, in the order of `waiting`."""
    kept: dict[UUID, datetime] = {}
    for row in waiting:
        if _stays(pace, row, now):
            kept[row.id] = row.scheduled_at
            pace.load.add(row.action_type, row.scheduled_at)
    # A platform that asked to wait spoke to the account, not to one action.
    waits = [row.scheduled_at for row in waiting if row.remedy == "wait"]
    open_at = max([now, *waits])
    found = []
    for row in waiting:
        at = kept.get(row.id)
        if at is None:
            at = next_slot(pace.rhythm, pace.load, _earliest(row, open_at), row.action_type)
            pace.load.add(row.action_type, at)
        found.append(at)
    return found


def _earliest(row: Row[tuple[Any, ...]], open_at: datetime) -> datetime:
    tried_again_at = row.scheduled_at if row.remedy else None
    bounds: list[datetime | None] = [open_at, row.held_until, row.not_before, tried_again_at]
    return max(bound for bound in bounds if bound is not None)


def _stays(pace: Pace, row: Row[tuple[Any, ...]], now: datetime) -> bool:
    """Whether it is about to go out in the session of who approved it, and still fits there."""
    at: datetime = row.scheduled_at
    if row.approved_by is None or row.remedy is not None or at <= now:
        return False
    asked = max(row.approved_at, row.not_before or row.approved_at)
    load, gap = pace.load, pace.rhythm.gap
    rested = load.last_at is None or at - load.last_at >= gap
    return (
        at - asked <= OWN_SESSION + _MINUTE
        and rested
        and awake(pace.rhythm, at)
        and clear(load.taken, at, gap)
        and load.has_room(pace.rhythm, row.action_type, at)
    )


async def _each(runtime: Runtime, workspace_id: UUID, why: str) -> None:
    async with runtime.begin(workspace_id, key=("replan", workspace_id)) as tx:
        accounts = (await tx.session.scalars(_WITH_WORK, {"workspace": workspace_id})).all()
        stretch = int(tx.now.timestamp())
        entries = [
            Entry(
                {"workspace_id": str(workspace_id), "account_id": str(account), "why": why},
                f"{REPLAN}:{account}:{stretch}:all",
            )
            for account in accounts
        ]
        if entries:
            await tx.jobs.enqueue_many(tx.session, REPLAN, entries, now=tx.now)
