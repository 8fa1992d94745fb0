"""An outcome that nobody knows: read back, never sent again; in the end a person decides."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text

from socialseed.accounts import tokens
from socialseed.actions.events import tell
from socialseed.actions.holds import release
from socialseed.actions.orders import KEPT, order_of
from socialseed.actions.remedies import LOOK_AFTER
from socialseed.actions.schedule import subject_of
from socialseed.actions.settle import LOOK, look_payload
from socialseed.actions.states import move_sql, move_values, refuse
from socialseed.connectors.types import Receipt
from socialseed.core.errors import AppError, UpstreamError, forbidden, invalid
from socialseed.jobs.port import Payload
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.steps import reach
from socialseed.runtime.tx import Tx

READ_AGAIN = timedelta(minutes=10)
GIVE_UP_AFTER = timedelta(hours=24)
NOT_VERIFIABLE = "not_verifiable"

_RECOVER = text(
    "WITH moved AS ("
    + move_sql()
    + " RETURNING id) UPDATE attempts SET ended_at = :now, outcome = 'unknown',"
    " evidence = evidence || CAST(:evidence AS jsonb)"
    " WHERE action_id IN (SELECT id FROM moved) AND outcome IS NULL RETURNING action_id"
)
_FIND = text(
    "SELECT x.id, x.workspace_id, x.account_id, x.platform, x.action_type, x.target_account,"
    " x.target_data, x.light, a.username, t.id AS attempt_id, t.started_at,"
    f" coalesce((t.evidence->>'looks')::int, 0) AS looks, x.deadline_at, {KEPT} FROM actions x"
    " JOIN social_accounts a ON a.id = x.account_id"
    " JOIN attempts t ON t.action_id = x.id AND t.outcome = 'unknown'"
    " WHERE x.id = :action_id AND x.status = 'outcome_unknown'"
)
_DECIDE = text(
    "WITH moved AS ("
    + move_sql(
        "settled_at = :now, remote_id = :remote_id, remote_url = :remote_url,"
        " verified = :verified, failure = CAST(:failure AS jsonb)"
    )
    + " RETURNING id), tried AS (UPDATE attempts SET outcome = :outcome,"
    " remote_id = :remote_id, evidence = evidence || CAST(:evidence AS jsonb)"
    " WHERE action_id IN (SELECT id FROM moved) AND outcome = 'unknown' RETURNING id)"
    " SELECT count(*) FROM moved"
)
_LOOK_ON = text(
    "WITH kept AS (UPDATE actions SET deadline_at = :deadline_at WHERE id = :action_id"
    " AND status = 'outcome_unknown' RETURNING id) UPDATE attempts SET"
    " evidence = evidence || CAST(:evidence AS jsonb) WHERE id = :attempt_id"
    " AND EXISTS (SELECT 1 FROM kept) RETURNING id"
)
_RESOLVED = text(
    "INSERT INTO decisions (id, workspace_id, action_id, account_id, kind, content_hash,"
    " actor_kind, actor_id, actor_name, reason, note, decided_at) SELECT :id, workspace_id, id,"
    " account_id, 'resolved', content_hash, :actor_kind, :actor_id, :actor_name, :reason, :note,"
    " :now FROM actions WHERE id = :action_id"
)


async def recover(tx: Tx, row: Row[tuple[Any, ...]], fence: int) -> None:
    """What an earlier holder of the lane left executing is outcome_unknown; the lane is free.

    The caller holds the lane's row under `fence`. Nothing is ever scheduled again from here.
    """
    look_at = tx.now + LOOK_AFTER[0]
    moved = await tx.session.scalar(
        _RECOVER,
        {
            **move_values(row.id, ["executing"], "outcome_unknown", tx.now, look_at),
            "now": tx.now,
            "evidence": '{"code": "interrupted", "detail": "The lease ran out before a result."}',
        },
    )
    await release(tx, row.account_id, fence)
    if moved is None:
        return
    await tx.defer(LOOK, look_payload(row.workspace_id, row.id), run_at=look_at)
    sentence = "It was interrupted, so the outcome is not known. It is read back, not sent again."
    tell(tx, "unknown", subject_of(row.id, row), "outcome_unknown", sentence)


async def look(runtime: Runtime, payload: Payload) -> None:
    """One reading back, if its time has come: succeeded, failed, later, or a person's."""
    workspace_id, action_id = UUID(str(payload["workspace_id"])), UUID(str(payload["action_id"]))
    async with runtime.begin(workspace_id, key=("look", action_id)) as tx:
        row = (await tx.session.execute(_FIND, {"action_id": action_id})).first()
        early = row is None or row.deadline_at is None or row.deadline_at > tx.now
    if row is None or early:
        return
    reach("reconcile.before_find")
    found = await _read_back(runtime, row)
    reach("reconcile.after_find")
    async with runtime.begin(workspace_id, key=("looked", action_id, row.looks)) as tx:
        if isinstance(found, Receipt):
            await _performed(tx, row, found)
        elif found is None:
            await _not_found(tx, row)
        else:
            await _cannot_tell(tx, row, found)
        reach("reconcile.before_commit")


async def resolve(tx: Tx, action_id: UUID, outcome: str, note: str) -> None:
    """A person has decided what came of an unknown outcome; the decision is recorded with the note.

    Raises FORBIDDEN for a machine, INVALID, not_found, CONFLICT `not_unknown`.
    """
    if not tx.actor.is_person:
        raise forbidden("machine_may_not_approve", "Only a person decides an unknown outcome.")
    if outcome not in ("succeeded", "failed"):
        raise invalid("bad_outcome", "Use succeeded or failed.", "/outcome")
    row = (await tx.session.execute(_FIND, {"action_id": action_id})).first()
    if row is None:
        await refuse(tx, action_id, "not_unknown")
        return
    told = "was done" if outcome == "succeeded" else "was not done"
    sentence = f"{tx.actor.name} decided that it {told}."
    evidence = {"resolved_by": tx.actor.name, "note": note}
    await _decide(tx, row, outcome, sentence, evidence, verified=None, receipt=None)
    await tx.session.execute(
        _RESOLVED,
        {
            "id": tx.new_id(),
            "action_id": action_id,
            "actor_kind": tx.actor.kind,
            "actor_id": tx.actor.id,
            "actor_name": tx.actor.name,
            "reason": outcome,
            "note": note,
            "now": tx.now,
        },
    )


async def _read_back(
    runtime: Runtime, row: Row[tuple[Any, ...]]
) -> Receipt | UpstreamError | AppError | TimeoutError | None:
    data = row.target_data
    parts = orjson.loads(data) if isinstance(data, str | bytes) else data
    order = order_of(row.id, row.action_type, row.target_account, parts, row.started_at, row.kept)
    try:
        async with asyncio.timeout(runtime.settings.call_deadline_seconds):
            grant = await tokens.grant(runtime, row.workspace_id, row.account_id)
            return await runtime.connectors.get(row.platform).find(order, grant)
    except (UpstreamError, AppError, TimeoutError) as error:
        return error


async def _performed(tx: Tx, row: Row[tuple[Any, ...]], receipt: Receipt) -> None:
    sentence = "Read back: the platform has it."
    evidence = {"read_back": dict(receipt.evidence), "looks": row.looks + 1}
    await _decide(tx, row, "succeeded", sentence, evidence, verified=True, receipt=receipt)


async def _not_found(tx: Tx, row: Row[tuple[Any, ...]]) -> None:
    looks = row.looks + 1
    if looks >= len(LOOK_AFTER):
        sentence = f"Read back {looks} times: the platform does not have it."
        await _decide(tx, row, "failed", sentence, {"looks": looks}, verified=False, receipt=None)
        return
    # A platform may show late what it took early: look again before saying no.
    await _look_on(tx, row, looks, tx.now + LOOK_AFTER[looks])


async def _cannot_tell(
    tx: Tx, row: Row[tuple[Any, ...]], error: UpstreamError | AppError | TimeoutError
) -> None:
    code = getattr(error, "code", "time_out")
    too_old = tx.now - row.started_at > GIVE_UP_AFTER
    if code != NOT_VERIFIABLE and not too_old:
        await _look_on(tx, row, row.looks, tx.now + READ_AGAIN)
        return
    kept = await _look_on(tx, row, row.looks, None, for_person=True)
    if kept:
        sentence = "No official read can tell what came of it: a person decides."
        tell(tx, "unknown", subject_of(row.id, row), "outcome_unknown", sentence, decide=True)


async def _look_on(
    tx: Tx, row: Row[tuple[Any, ...]], looks: int, at: datetime | None, for_person: bool = False
) -> bool:
    evidence = {"looks": looks, "for_person": for_person}
    kept = await tx.session.scalar(
        _LOOK_ON,
        {
            "action_id": row.id,
            "attempt_id": row.attempt_id,
            "deadline_at": at,
            "evidence": orjson.dumps(evidence).decode(),
        },
    )
    if kept is not None and at is not None:
        await tx.defer(LOOK, look_payload(row.workspace_id, row.id), run_at=at)
    return kept is not None


async def _decide(
    tx: Tx,
    row: Row[tuple[Any, ...]],
    status: str,
    sentence: str,
    evidence: dict[str, Any],
    *,
    verified: bool | None,
    receipt: Receipt | None,
) -> None:
    failure = {
        "code": "not_performed",
        "sentence": sentence,
        "next_step": "Propose it anew if it is still wanted.",
    }
    moved = await tx.session.scalar(
        _DECIDE,
        {
            **move_values(row.id, ["outcome_unknown"], status, tx.now, None),
            "now": tx.now,
            "remote_id": receipt.remote_id if receipt else None,
            "remote_url": receipt.remote_url if receipt else None,
            "verified": verified,
            "failure": orjson.dumps(failure).decode() if status == "failed" else None,
            "outcome": "performed" if status == "succeeded" else "not_performed",
            "evidence": orjson.dumps(evidence).decode(),
        },
    )
    if moved:
        tell(tx, "reconciled", subject_of(row.id, row), status, sentence)
