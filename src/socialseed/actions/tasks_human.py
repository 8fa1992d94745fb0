"""Human tasks: done by hand, unlocked at the account's pace, settled by what a person tells."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text

from socialseed.actions import breakers, platforms
from socialseed.actions.content import clean_string
from socialseed.actions.counters import RAISE, claim_of
from socialseed.actions.decide import DECIDED, MAX_NOTE
from socialseed.actions.events import tell
from socialseed.actions.schedule import subject_of, wake_tasks
from socialseed.actions.states import move_sql, move_values, refuse
from socialseed.core.errors import forbidden, invalid, not_found
from socialseed.core.events import Plain
from socialseed.identity.policies import POLICY, policy_in
from socialseed.policy.pacing import Limit, limits
from socialseed.policy.phases import programme_day
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.steps import reach
from socialseed.runtime.tx import Tx

VERIFY_AFTER = timedelta(minutes=2)
LONGEST_LATER = timedelta(days=7)
# What a person tells, where the action goes, and what the failure says.
OUTCOMES: dict[str, tuple[str, str | None]] = {
    "done": ("succeeded", None),
    "target_gone": ("failed", "The person or post is gone."),
    "blocked": ("failed", "The platform did not let it happen."),
    "changed_mind": ("cancelled", None),
    "skipped": ("cancelled", None),
}
_TOLD = {
    "done": "did it by hand",
    "target_gone": "found the target gone",
    "blocked": "was not let through",
    "changed_mind": "changed their mind",
    "skipped": "skipped it",
}

_TASK = text(
    "SELECT x.id, x.workspace_id, x.account_id, x.platform, x.action_type, x.target_account,"
    " x.light, x.status, x.scheduled_at, a.username, a.timezone, a.phase, a.programme_started_on,"
    f" a.light AS account_light, a.health_score, a.daily_action_limit, {POLICY} AS policy,"
    " EXISTS (SELECT 1 FROM incidents i WHERE i.account_id = x.account_id AND i.kind = 'breaker'"
    " AND i.action_type = x.action_type AND i.closed_at IS NULL) AS troubled"
    " FROM actions x JOIN social_accounts a ON a.id = x.account_id"
    " WHERE x.id = :action_id AND x.mode = 'human' FOR UPDATE OF x"
)
_MOVE = (
    "WITH moved AS ("
    + move_sql(
        "settled_at = :now, executed_at = :executed_at, task_outcome = :outcome,"
        " verify_due_at = :verify_due_at, failure = CAST(:failure AS jsonb)",
        "mode = 'human'",
    )
    + f" RETURNING id, workspace_id, account_id, content_hash), decided AS ({DECIDED})"
)
_COMPLETE = text(_MOVE + " SELECT id FROM moved")
# What was done by hand counts as well; a full counter stays full, for a person may always tell us.
_COMPLETE_DONE = text(
    _MOVE + f", used AS ({RAISE}), sent AS (UPDATE lanes SET last_sent_at = :now"
    " WHERE account_id = :account_id) SELECT id FROM moved"
)
_LATER = text(
    "UPDATE actions SET scheduled_at = :at, unlocked_at = NULL, deadline_at = :at,"
    " expires_at = GREATEST(expires_at, :keep) WHERE id = :action_id"
    " AND status = 'awaiting_human' AND mode = 'human' RETURNING id"
)
# The lane is locked before the action, as the worker does it.
_LOCK_LANE = text(
    "SELECT l.account_id FROM lanes l JOIN actions x ON x.account_id = l.account_id"
    " WHERE x.id = :action_id FOR UPDATE OF l"
)


async def complete(
    tx: Tx,
    runtime: Runtime,
    action_id: UUID,
    outcome: str,
    reason: str | None = None,
    note: str | None = None,
) -> None:
    """The task is settled by what a person tells, also while a stop holds.

    `done` is a claim: verified stays null until it is read back, where a platform lets us. It
    uses the limits. `blocked` counts for the breaker of its kind. The account's next task opens.
    Raises FORBIDDEN for a machine, INVALID, not_found, CONFLICT `not_open`.
    """
    _person_only(tx)
    if outcome not in OUTCOMES:
        raise invalid("bad_outcome", f"Use one of: {', '.join(OUTCOMES)}.", "/outcome")
    said = clean_string(note, "/note", MAX_NOTE) if note is not None else None
    why = clean_string(reason, "/reason", MAX_NOTE) if reason is not None else None
    await tx.session.execute(_LOCK_LANE, {"action_id": action_id})
    row = await _task(tx, action_id)
    values = _values(tx, runtime, row, outcome)
    values |= {
        "decision_id": tx.new_id(),
        "kind": "completed",
        "actor_kind": tx.actor.kind,
        "actor_id": tx.actor.id,
        "actor_name": tx.actor.name,
        "reason": why or outcome,
        "note": said,
    }
    if outcome == "done":
        claim = claim_of(_limits(tx, row), row.action_type, tx.now, row.timezone)
        values |= {**claim.values(), "account_id": row.account_id, "workspace_id": row.workspace_id}
    statement = _COMPLETE_DONE if outcome == "done" else _COMPLETE
    if await tx.session.scalar(statement, values) is None:
        await refuse(tx, action_id, "not_open")
    subject = subject_of(action_id, row)
    sentence = f"{tx.actor.name} {_TOLD[outcome]}: {subject.phrase}."
    tell(tx, "completed", subject, OUTCOMES[outcome][0], sentence, outcome=outcome)
    if outcome in ("done", "blocked"):
        done = outcome == "done"
        await breakers.note(tx, subject, performed=done, troubled=row.troubled, ended_at=tx.now)
    await wake_tasks(tx, row.account_id)
    reach("complete.before_commit")


async def later(tx: Tx, action_id: UUID, minutes: int = 60) -> None:
    """The task is locked for `minutes` (1 to 7 days), and never unlocks earlier than it was to.

    Raises CONFLICT `not_open`.
    """
    _person_only(tx)
    if not 0 < minutes <= LONGEST_LATER.total_seconds() / 60:
        raise invalid("bad_minutes", "Choose between a minute and seven days.", "/minutes")
    await tx.session.execute(_LOCK_LANE, {"action_id": action_id})
    row = await _task(tx, action_id)
    at = max(tx.now + timedelta(minutes=minutes), row.scheduled_at or tx.now)
    bound = {"action_id": action_id, "at": at, "keep": at + timedelta(hours=24)}
    if await tx.session.scalar(_LATER, bound) is None:
        await refuse(tx, action_id, "not_open")
    sentence = f"{tx.actor.name} put it off."
    subject = subject_of(action_id, row)
    tell(tx, "snoozed", subject, "awaiting_human", sentence, until=at.isoformat())
    await wake_tasks(tx, row.account_id)


async def _task(tx: Tx, action_id: UUID) -> Row[tuple[Any, ...]]:
    row = (await tx.session.execute(_TASK, {"action_id": action_id})).first()
    if row is None:
        raise not_found("task")
    return row


def _limits(tx: Tx, row: Row[tuple[Any, ...]]) -> Sequence[Limit]:
    day = programme_day(row.programme_started_on, tx.now, row.timezone)
    return limits(
        row.platform,
        row.phase,
        day,
        row.account_light,
        row.health_score,
        row.daily_action_limit,
        policy_in(row.policy),
    )


def _values(tx: Tx, runtime: Runtime, row: Row[tuple[Any, ...]], outcome: str) -> dict[str, object]:
    status, sentence = OUTCOMES[outcome]
    done = outcome == "done"
    reads_back = row.action_type in platforms.manifest(runtime, row.platform).verifies
    failure: dict[str, Plain] | None = None
    if sentence is not None:
        next_step = "Nothing more to do." if outcome == "target_gone" else "Try another target."
        failure = {"code": outcome, "sentence": sentence, "next_step": next_step}
    return {
        **move_values(row.id, ["awaiting_human"], status, tx.now, None),
        "now": tx.now,
        "executed_at": tx.now if done else None,
        "outcome": outcome,
        "verify_due_at": tx.now + VERIFY_AFTER if done and reads_back else None,
        "failure": orjson.dumps(failure).decode() if failure else None,
    }


def _person_only(tx: Tx) -> None:
    if not tx.actor.is_person:
        raise forbidden("machine_may_not_approve", "Only a person tells what was done by hand.")
