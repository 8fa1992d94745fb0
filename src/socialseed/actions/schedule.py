"""When an approved action goes out: after the hold, at the account's own pace."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from socialseed.actions.events import Subject, tell
from socialseed.actions.states import move_sql, move_values, refuse
from socialseed.core.clock import local
from socialseed.core.errors import conflict
from socialseed.policy.pacing import ALL, Limit, Load, Rhythm, at_once, load_of, next_slot
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx

LANES_CHANNEL = "socialseed_lanes"

# A lane is due at the earlier of what it knew and what it is told: nobody's wake-up is lost.
LANE_DUE = (
    "INSERT INTO lanes (account_id, workspace_id, next_due)"
    " VALUES (:account_id, :workspace_id, :due_at)"
    " ON CONFLICT (account_id) DO UPDATE SET next_due = LEAST(lanes.next_due, EXCLUDED.next_due)"
)

_LOCK_LANE = text("SELECT fence FROM lanes WHERE account_id = :account_id FOR UPDATE")
_RUN_NOW = text(
    "WITH lane AS (UPDATE lanes SET next_due = LEAST(next_due, :now)"
    " WHERE account_id = :account_id RETURNING account_id),"
    " told AS (SELECT pg_notify('" + LANES_CHANNEL + "', '') FROM lane)"
    " UPDATE actions SET scheduled_at = :now, held_until = NULL, deadline_at = :deadline_at"
    " WHERE id = :action_id AND status = 'scheduled' AND EXISTS (SELECT 1 FROM told)"
    " RETURNING id"
)
_WAKE_TASKS = text(
    "UPDATE actions SET deadline_at = :now WHERE account_id = :account_id"
    " AND status = 'awaiting_human' AND unlocked_at IS NULL AND scheduled_at <= :now"
)
_ONE = text(
    "SELECT x.account_id, x.platform, x.action_type, x.target_account, x.light, x.status,"
    " a.username FROM actions x JOIN social_accounts a ON a.id = x.account_id WHERE x.id = :id"
)


@dataclass(frozen=True, slots=True)
class Pace:
    """What an account's pace hangs on: its rhythm, and what it did and was given."""

    rhythm: Rhythm
    load: Load


def pace_of(
    runtime: Runtime,
    account_id: UUID,
    row: Row[tuple[Any, ...]],
    light: str,
    limits: Sequence[Limit],
    counters: Iterable[Sequence[Any]],
    taken: Iterable[tuple[str, datetime]],
) -> Pace:
    """The pace of the account whose columns `row` has, with its light and the limits that hold now.

    `counters` as (kind, span, window key, used); `taken` as (kind, instant).
    """
    most = {one.window: one.limit for one in limits if one.kind == ALL}
    resumed_on = local(row.resumed_at, row.timezone).date() if row.resumed_at else None
    rhythm = Rhythm(
        runtime.seed or "socialseed",
        str(account_id),
        row.timezone,
        row.waking_start,
        row.waking_end,
        light,
        most["day"],
        most["hour"],
        resumed_on,
    )
    used: Mapping[tuple[str, str], int] = {(kind, key): count for kind, _, key, count in counters}
    return Pace(rhythm, load_of(row.timezone, row.last_sent_at, limits, used, taken))


def slot(
    runtime: Runtime,
    pace: Pace,
    kind: str,
    now: datetime,
    *,
    not_before: datetime | None = None,
    hold: bool = True,
    present: bool = False,
) -> datetime:
    """The instant at which the account would do one more of `kind`: by its plan, after the hold.

    `present`: a person who is there decides it, so it may go out in a session of his own.
    """
    held = now + timedelta(seconds=runtime.settings.send_hold_seconds if hold else 0)
    after = max(held, not_before) if not_before else held
    if runtime.settings.pace == "immediate":
        return after
    soon = at_once(pace.rhythm, pace.load, after, kind) if present else None
    return soon or next_slot(pace.rhythm, pace.load, after, kind)


async def execute_now(tx: Tx, action_id: UUID) -> None:
    """A scheduled action is due at once. Limits, the minimum gap and stops still hold.

    Raises not_found, or CONFLICT `not_scheduled` for anything that is not waiting to be sent.
    """
    row = (await tx.session.execute(_ONE, {"id": action_id})).first()
    if row is None or row.status != "scheduled":
        await refuse(tx, action_id, "not_scheduled")
        return
    # The lane first, as the worker does, so that the two never wait for each other.
    await tx.session.execute(_LOCK_LANE, {"account_id": row.account_id})
    moved = await tx.session.scalar(
        _RUN_NOW,
        {
            "account_id": row.account_id,
            "action_id": action_id,
            "now": tx.now,
            "deadline_at": tx.now + timedelta(hours=1),
        },
    )
    if moved is None:
        raise conflict("not_scheduled", "The action is being sent or was decided again by now.")
    subject = subject_of(action_id, row)
    tell(tx, "scheduled", subject, "scheduled", f"To {subject.phrase} is due now.")


async def wake_tasks(tx: Tx, account_id: UUID) -> None:
    """The account's open task is settled: what is due behind it is looked at within seconds."""
    await tx.session.execute(_WAKE_TASKS, {"account_id": account_id, "now": tx.now})


def subject_of(action_id: UUID, row: Row[tuple[Any, ...]]) -> Subject:
    """The subject of an event, from a row with the columns that every statement here selects."""
    return Subject(
        action_id,
        row.account_id,
        row.platform,
        row.username,
        row.action_type,
        row.target_account,
        row.light,
    )


_SCHEDULE = text(
    "WITH moved AS ("
    + move_sql(
        "approved_at = :now, approved_hash = :content_hash, approved_by = :approved_by,"
        " scheduled_at = :due_at, held_until = :held_until, snoozed_until = NULL,"
        " expires_at = NULL, autonomy_id = NULL",
        "content_hash = :content_hash AND account_id = :account_id",
    )
    + " RETURNING id), lane AS ("
    + LANE_DUE
    + "), decided AS (INSERT INTO decisions (id, workspace_id, action_id, account_id, kind,"
    " content_hash, actor_kind, actor_id, actor_name, decided_at)"
    " SELECT :decision_id, :workspace_id, id, :account_id, 'approved', :content_hash,"
    " :actor_kind, :actor_id, :actor_name, :now FROM moved) SELECT id FROM moved"
)


async def approve_and_schedule(
    tx: Tx, runtime: Runtime, row: Row[tuple[Any, ...]], content_hash: str, due_at: datetime
) -> None:
    """The action is approved for exactly this content by the actor and waits for `due_at`.

    One statement: the compare-and-set, the lane, the decision. Raises CONFLICT `not_pending`.
    """
    watch = due_at + timedelta(hours=1)
    moving = move_values(row.id, ["awaiting_approval"], "scheduled", tx.now, watch, via="approved")
    moved = await tx.session.scalar(
        _SCHEDULE,
        {
            **moving,
            "account_id": row.account_id,
            "workspace_id": row.workspace_id,
            "content_hash": content_hash,
            "approved_by": tx.actor.id,
            "due_at": due_at,
            "held_until": tx.now + timedelta(seconds=runtime.settings.send_hold_seconds),
            "decision_id": tx.new_id(),
            "actor_kind": tx.actor.kind,
            "actor_id": tx.actor.id,
            "actor_name": tx.actor.name,
            "now": tx.now,
        },
    )
    if moved is None:
        await refuse(tx, row.id, "not_pending")
