"""Records what came of a call: the protocol's transaction C, at once after the answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from socialseed.accounts import egress, incidents, tokens
from socialseed.actions import breakers
from socialseed.actions.counters import GIVE_BACK
from socialseed.actions.events import tell
from socialseed.actions.intent import Intent
from socialseed.actions.remedies import Settlement, settlement
from socialseed.actions.states import move_sql, move_values
from socialseed.actions.verify import SAMPLED, sampled
from socialseed.connectors.types import Receipt
from socialseed.core import log
from socialseed.core.clock import wait_for
from socialseed.core.errors import UpstreamError
from socialseed.core.events import Event
from socialseed.identity.replans import replan
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.steps import reach
from socialseed.runtime.tx import Tx

LOOK = "actions.reconcile"
_PAUSES = (0.1, 0.3, 1.0, 2.0, 4.0)
_log = log.get(__name__)

# The lane first, as everywhere, so that no two of us wait for each other. The lane is only ours
# under its fence; the action is ours by the fence under which it began.
_RECORD = text(
    "WITH lane AS (UPDATE lanes SET leased_until = NULL,"
    " next_due = COALESCE(:lane_until, next_due)"
    " WHERE account_id = :account_id AND fence = :fence RETURNING account_id), moved AS ("
    + move_sql(
        "settled_at = :settled_at, scheduled_at = COALESCE(:again_at, scheduled_at),"
        " remote_id = :remote_id, remote_url = :remote_url, verified = :verified,"
        f" failure = CAST(:failure AS jsonb), verify_due_at = {SAMPLED}",
        "fence = :fence AND (SELECT count(*) FROM lane) >= 0",
    )
    + " RETURNING id), tried AS (UPDATE attempts SET ended_at = :ended_at, outcome = :outcome,"
    " evidence = CAST(:evidence AS jsonb), remote_id = :remote_id"
    " WHERE id = :attempt_id AND EXISTS (SELECT 1 FROM moved) RETURNING id),"
    f" given AS ({GIVE_BACK} AND :refund AND EXISTS (SELECT 1 FROM moved) RETURNING 1)"
    " SELECT (SELECT count(*) FROM moved) AS moved, (SELECT count(*) FROM given) AS given"
)
_FREEZE = text(
    "UPDATE social_accounts SET frozen_until = :until, light = 'red',"
    " light_reasons = CAST(:reasons AS jsonb), updated_at = :now WHERE id = :account_id"
)


@dataclass(frozen=True, slots=True)
class Ended:
    """What came of the call, and when; recording it may have to wait for the database."""

    outcome: Receipt | UpstreamError
    at: datetime


async def record(runtime: Runtime, intent: Intent, ended: Ended) -> None:
    """The action, its attempt, its counters and its lane say what came of the call.

    Tried again while the lease lasts if the database is away; then the watchdog finds the action
    executing and it becomes outcome_unknown. A row that was deleted meanwhile is left in peace.
    """
    for pause in _PAUSES:
        try:
            await _record(runtime, intent, ended)
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            _log.warning("settle.retry", action=str(intent.subject.action_id), error=repr(error))
            await runtime.clock.wait_until(wait_for(runtime.clock, pause))
        else:
            reach("settle.after_commit")
            return
    await _record(runtime, intent, ended)


async def _record(runtime: Runtime, intent: Intent, ended: Ended) -> None:
    key = ("settle", intent.attempt_id)
    async with runtime.begin(intent.workspace_id, key=key) as tx:
        found = settlement(ended.outcome, intent.n, tx.now, intent.subject.phrase)
        if not await _apply(tx, intent, found, ["executing"], ended.at):
            await _late(tx, intent, found, ended.at)
        reach("settle.before_commit")


async def _late(tx: Tx, intent: Intent, found: Settlement, ended_at: datetime) -> None:
    """Our lease ran out and the action was given up as unknown, but we hold the proof."""
    if found.status in ("succeeded", "failed"):
        await _apply(tx, intent, found, ["outcome_unknown"], ended_at)


async def _apply(
    tx: Tx, intent: Intent, found: Settlement, source: list[str], ended_at: datetime
) -> bool:
    values = {**_values(tx, intent, found, source), "ended_at": ended_at}
    done = (await tx.session.execute(_RECORD, values)).one()
    if done.moved == 0:
        return False
    if done.given:
        reach("refund.before_commit")
    tell(tx, found.event, intent.subject, found.status, found.sentence, attempt=intent.n)
    if found.look_at is not None:
        await tx.defer(
            LOOK, look_payload(intent.workspace_id, intent.subject.action_id), run_at=found.look_at
        )
    if found.egress_down is not None:
        await egress.stopped(tx, intent.subject.account_id, found.egress_down)
    if found.refused:
        await tokens.refused(tx, intent.subject.account_id)
    if found.freeze_until is not None:
        await _freeze(tx, intent, found)
    await breakers.note(
        tx,
        intent.subject,
        performed=found.outcome == "performed",
        troubled=intent.troubled,
        ended_at=ended_at,
    )
    return True


def look_payload(workspace_id: UUID, action_id: UUID) -> dict[str, str]:
    """What the job that reads back is given."""
    return {"workspace_id": str(workspace_id), "action_id": str(action_id)}


def _values(tx: Tx, intent: Intent, found: Settlement, source: list[str]) -> dict[str, object]:
    receipt = found.receipt
    deadline = found.look_at or (found.again_at and found.again_at + timedelta(hours=1))
    again = found.status == "scheduled"
    return {
        **move_values(intent.subject.action_id, source, found.status, tx.now, deadline),
        "account_id": intent.subject.account_id,
        "fence": intent.fence,
        "attempt_id": intent.attempt_id,
        "lane_until": found.lane_until,
        "again_at": found.again_at,
        "now": tx.now,
        "settled_at": None if again or found.status == "outcome_unknown" else tx.now,
        "remote_id": receipt.remote_id if receipt else None,
        "remote_url": receipt.remote_url if receipt else None,
        "verified": True if receipt else None,
        "failure": orjson.dumps(dict(found.failure)).decode() if found.failure else None,
        "outcome": found.outcome,
        "evidence": orjson.dumps(dict(found.evidence)).decode(),
        "refund": found.refund,
        **sampled(intent, tx.now, done=found.status == "succeeded"),
        "kinds": list(intent.claim.kinds),
        "spans": list(intent.claim.spans),
        "keys": list(intent.claim.keys),
    }


async def _freeze(tx: Tx, intent: Intent, found: Settlement) -> None:
    account_id, name = intent.subject.account_id, intent.subject.username
    reason = f"The platform warned this account: {found.evidence.get('detail')}"
    bound = {"account_id": account_id, "now": tx.now, "until": found.freeze_until}
    await tx.session.execute(_FREEZE, {**bound, "reasons": orjson.dumps([reason]).decode()})
    sentence = f"@{name} is frozen: the platform warned it. Nothing is sent until it is well."
    await incidents.open_(tx, account_id, "warning", sentence, detail={"reason": reason})
    data = {"light": "red", "reason": reason, "alert": "critical"}
    tx.emit(Event("account.light_changed", sentence, account_id, data=data))
    await replan(tx, "its light turned red.", account_id)
