"""Unlocks human tasks: one at a time for each account, and only while nothing is against it.

It is the same look as before a sending: stops, rest, limits, pauses, rules. What is not ready stays
locked until a later look, and what nobody may do any more is withdrawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text

from socialseed.actions import holds
from socialseed.actions.content import Content, checked
from socialseed.actions.events import tell
from socialseed.actions.ground import Ground, gather
from socialseed.actions.schedule import subject_of
from socialseed.actions.verdicts import JUDGED, VERDICT_INTO, judge, verdict_values
from socialseed.actions.withdraw import withdraw
from socialseed.core.errors import AppError
from socialseed.policy.pacing.days import waking_from
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx

BEHIND = timedelta(hours=3)  # the open one wakes the next when it is settled; this is the net below
LOOK_AT_ACCOUNT = timedelta(minutes=5)

# Whoever raises counters or unlocks holds the lane, so that none of them counts the other's units
# as free. An account that never sent anything has no lane yet.
_LANE = text(
    "INSERT INTO lanes (account_id, workspace_id) VALUES (:account_id, :workspace_id)"
    " ON CONFLICT (account_id) DO UPDATE SET workspace_id = EXCLUDED.workspace_id"
)
_FIRST = text(
    "SELECT x.id, x.workspace_id, x.account_id, x.platform, x.action_type, x.target_account,"
    " x.target_data, x.content_hash, x.light, x.status, x.scheduled_at, x.expires_at,"
    " x.unlocked_at, a.username FROM actions x JOIN social_accounts a ON a.id = x.account_id"
    " WHERE x.account_id = :account_id AND x.status = 'awaiting_human'"
    " AND (x.unlocked_at IS NOT NULL OR x.scheduled_at <= :now)"
    " ORDER BY x.unlocked_at IS NULL, x.scheduled_at, x.id LIMIT 1 FOR UPDATE OF x"
)
_UNLOCK = text(
    f"WITH opened AS (UPDATE actions SET unlocked_at = :now, deadline_at = expires_at, {JUDGED}"
    " WHERE id = :action_id AND status = 'awaiting_human' AND unlocked_at IS NULL RETURNING id)"
    f" {VERDICT_INTO} FROM opened"
)
_PUT_OFF = text(
    "UPDATE actions SET scheduled_at = :at, deadline_at = :at,"
    " expires_at = expires_at + (:at - scheduled_at) WHERE id = :action_id"
)
_BEHIND = text(
    "UPDATE actions SET deadline_at = LEAST(expires_at, :at) WHERE account_id = :account_id"
    " AND status = 'awaiting_human' AND unlocked_at IS NULL AND deadline_at <= :now"
)


@dataclass(frozen=True, slots=True)
class _Not:
    """Not before `until`; `why` is told when a person should know."""

    until: datetime
    why: str | None = None


async def unlock(
    runtime: Runtime, workspace_id: UUID, account_id: UUID, due: Sequence[UUID]
) -> None:
    """Of the account's tasks one is open, or it is known when to look again. `due`: those that
    made us look.

    At most one task of an account is ever unlocked.
    """
    async with runtime.begin(workspace_id, key=("unlock", account_id, *due)) as tx:
        bound = {"account_id": account_id, "workspace_id": workspace_id, "now": tx.now}
        await tx.session.execute(_LANE, bound)
        row = (await tx.session.execute(_FIRST, bound)).first()
        if row is None:
            return
        at = tx.now + BEHIND
        if row.unlocked_at is None:
            at = await _consider(tx, runtime, row) or at
        await tx.session.execute(_BEHIND, {**bound, "at": at})


async def _consider(tx: Tx, runtime: Runtime, row: Row[tuple[Any, ...]]) -> datetime | None:
    """The task is open (None), put off, or withdrawn; then when to look at the account again."""
    content = _content(row)
    if content is None:
        await withdraw(tx, row, "content_damaged", "The stored content cannot be carried out.")
        return tx.now
    ground = await gather(
        tx,
        row.account_id,
        content,
        action_id=row.id,
        pace=runtime.settings.pace,
        ledger=runtime.ledger,
    )
    barred = await _not_yet(tx, runtime, ground, row.action_type)
    if barred is not None:
        await tx.session.execute(_PUT_OFF, {"action_id": row.id, "at": barred.until})
        if barred.why:
            until = barred.until.isoformat()
            told = f"Held: {barred.why}"
            tell(tx, "held", subject_of(row.id, row), "awaiting_human", told, until=until)
        return barred.until
    found, verdict = judge(runtime, ground, content, "human", None)
    if verdict.forbidden:
        why = verdict.findings[0]
        await withdraw(tx, row, why.code, why.sentence)
        return tx.now
    values = verdict_values(tx, found, verdict, "send")
    more = {"action_id": row.id, "workspace_id": row.workspace_id, "now": tx.now}
    await tx.session.execute(_UNLOCK, {**values, **more})
    subject = subject_of(row.id, row)
    sentence = f"Ready to be done by hand: {subject.phrase}."
    tell(tx, "task_unlocked", subject, "awaiting_human", sentence)
    return None


async def _not_yet(tx: Tx, runtime: Runtime, ground: Ground, action_type: str) -> _Not | None:
    """What bars the task now. What a person does himself needs no connection and no proxy."""
    now, account = tx.now, ground.row
    if ground.stops or not account.durable or not account.confirmed or not account.is_active:
        return _Not(now + LOOK_AT_ACCOUNT)
    if account.frozen_until is not None and account.frozen_until > now:
        return _Not(account.frozen_until, "the account rests after a warning of its platform.")
    if account.last_sent_at is not None:
        rested = holds.rested_at(runtime, ground, account.last_sent_at)
        if rested > now:
            return _Not(rested)
    if runtime.settings.pace != "immediate":
        hours = (account.timezone, account.waking_start, account.waking_end)
        if next(waking_from(now, *hours))[1].start > now:
            return _Not(holds.slot_after(runtime, ground, action_type, now))
    pause = await holds.paused(tx, runtime, ground, action_type)
    if pause is None:
        return None
    return _Not(holds.slot_after(runtime, ground, action_type, pause.after), pause.why)


def _content(row: Row[tuple[Any, ...]]) -> Content | None:
    data = row.target_data
    parts = orjson.loads(data) if isinstance(data, str | bytes) else data
    try:
        return checked(row.account_id, row.action_type, row.target_account, parts)
    except AppError:
        return None
