"""Why something that is due is not sent now, and when the lane looks again. Sends nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from socialseed.accounts import egress
from socialseed.actions import breakers
from socialseed.actions.counters import opens_at
from socialseed.actions.events import phrase_of, tell
from socialseed.actions.ground import Ground
from socialseed.actions.remedies import LONGEST_WAIT
from socialseed.actions.schedule import slot, subject_of
from socialseed.actions.states import move, move_sql
from socialseed.actions.verdicts import JUDGED, VERDICT_INTO, reasons_json, verdict_values
from socialseed.connectors.egress import EGRESS_DOWN
from socialseed.core.errors import AppError, Remedy, UpstreamError
from socialseed.core.events import Event
from socialseed.identity.replans import replan
from socialseed.policy.pacing.days import waking_from
from socialseed.policy.pacing.slots import SLOWER, gap_after
from socialseed.policy.risk.assess import requires_approval
from socialseed.policy.risk.types import Facts, Finding, Verdict
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx

LOOK_AGAIN = timedelta(seconds=30)
LET_GO = timedelta(seconds=5)
LOOK_AT_ACCOUNT = timedelta(minutes=5)
LOOK_AT_GRANT = timedelta(hours=1)
_SOON = frozenset({"renewal_under_way", EGRESS_DOWN})
LATE = timedelta(minutes=15)  # overdue for longer: its slot is gone, and more may have gathered
LOOK_AT_SILENT = timedelta(hours=12)  # closing the incident gives new slots at once
_RANK = {"green": 0, "yellow": 1, "red": 2}

# The lane's row is locked by an earlier statement, so the snapshot here sees every approval.
_RELEASE = text(
    "UPDATE lanes SET leased_until = NULL, next_due = COALESCE(:until, (SELECT min(scheduled_at)"
    " FROM actions WHERE account_id = :account_id AND status = 'scheduled'))"
    " WHERE account_id = :account_id AND fence = :fence"
)
_LOCK = text("SELECT 1 FROM lanes WHERE account_id = :account_id AND fence = :fence FOR UPDATE")
_POSTPONE = text(
    "UPDATE actions SET scheduled_at = :at, deadline_at = :deadline_at"
    " WHERE id = :action_id AND status = 'scheduled' RETURNING id"
)
_NEXT_HOUR = text(
    "UPDATE actions SET scheduled_at = :at, deadline_at = :deadline_at WHERE account_id ="
    " :account_id AND status = 'scheduled' AND scheduled_at <= :now"
)
_BACK = text(
    "WITH moved AS ("
    + move_sql(
        f"{JUDGED}, approved_at = NULL, approved_hash = NULL, approved_by = NULL,"
        " requires_approval = true, scheduled_at = NULL, held_until = NULL, autonomy_id = NULL,"
        " expires_at = :expires_at, settled_at = :settled_at"
    )
    + f" RETURNING id), judged AS ({VERDICT_INTO} FROM moved) SELECT id FROM moved"
)
_UNREADABLE = text(
    move_sql("settled_at = :now, reasons = CAST(:reasons AS jsonb)") + " RETURNING id"
)


def rested_at(runtime: Runtime, ground: Ground, last_sent_at: datetime) -> datetime:
    """Before when nothing is sent after a sending at `last_sent_at`.

    Under green that is the least gap. Under a worse light of the account or of its platform it is
    the whole pause that pacing would leave there, slowed: what was scheduled under green waits too.
    """
    if runtime.settings.pace == "immediate":
        return last_sent_at
    light = ground.light
    slower = SLOWER.get(light, SLOWER["red"])
    least = timedelta(seconds=runtime.settings.min_gap_seconds * slower)
    if light == "green":
        return last_sent_at + least
    rhythm = ground.pace(runtime).rhythm
    return last_sent_at + max(least, gap_after(rhythm, last_sent_at))


def held_until(
    runtime: Runtime, ground: Ground, last_sent_at: datetime | None, now: datetime
) -> datetime | None:
    """When to look again at an account that may not send now; None when it may."""
    row = ground.row
    if ground.stops or not row.durable or not row.confirmed or row.egress_down:
        return now + LOOK_AGAIN
    if not row.is_active or not row.connected or row.needs_reconnect:
        return now + LOOK_AT_ACCOUNT
    if row.frozen_until is not None and row.frozen_until > now:
        frozen_until: datetime = row.frozen_until
        return min(frozen_until, now + LOOK_AT_ACCOUNT)
    if last_sent_at is not None and rested_at(runtime, ground, last_sent_at) > now:
        return rested_at(runtime, ground, last_sent_at)
    if runtime.settings.pace == "immediate":
        return None
    _, awake = next(waking_from(now, row.timezone, row.waking_start, row.waking_end))
    if awake.start > now:
        return slot(runtime, ground.pace(runtime), "all", now, hold=False)
    return None


async def release(tx: Tx, account_id: UUID, fence: int, *, until: datetime | None = None) -> None:
    """The lane is free and due at `until`, or with its next action. The caller holds its row."""
    await tx.session.execute(_RELEASE, {"account_id": account_id, "fence": fence, "until": until})


async def too_late(tx: Tx, runtime: Runtime, row: Row[tuple[Any, ...]], fence: int) -> bool:
    """Whether its slot is long gone; then all that the account has not sent gets new ones."""
    if runtime.settings.pace == "immediate" or tx.now - row.scheduled_at < LATE:
        return False
    await replan(tx, "what was due could not go out.", row.account_id)
    await release(tx, row.account_id, fence, until=tx.now + LOOK_AGAIN)
    return True


async def let_go(runtime: Runtime, workspace_id: UUID, account_id: UUID, fence: int) -> None:
    """The lane is free and looks again in a moment: what refused may refuse again."""
    async with runtime.begin(workspace_id, key=("let_go", account_id, fence)) as tx:
        bound = {"account_id": account_id, "fence": fence}
        if (await tx.session.execute(_LOCK, bound)).first() is not None:
            await release(tx, account_id, fence, until=tx.now + LET_GO)


async def no_grant(
    tx: Tx, row: Row[tuple[Any, ...]], fence: int, error: UpstreamError | AppError
) -> None:
    """The lane waits for an access token that works: nothing was begun, the action is as it was."""
    until = tx.now + (LOOK_AGAIN if error.code in _SOON else LOOK_AT_ACCOUNT)
    if isinstance(error, UpstreamError):
        if error.remedy is Remedy.WAIT:
            until = min(max(error.until or until, until), tx.now + LONGEST_WAIT)
        if error.code == EGRESS_DOWN:
            await egress.stopped(tx, row.account_id, error.detail)
    await release(tx, row.account_id, fence, until=until)
    sentence = f"Held: {error.detail}"
    tell(tx, "held", subject_of(row.id, row), "scheduled", sentence, until=until.isoformat())


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing of this kind before `after`; `why` is told."""

    after: datetime
    why: str


async def paused(tx: Tx, runtime: Runtime, ground: Ground, action_type: str) -> Pause | None:
    """What bars one more step of this kind, by the API or by hand: a full limit, a kind without
    effect until a person has closed the incident, an open breaker. None when nothing does.
    """
    full = ground.full(action_type)
    if full is not None:
        what = "actions" if full.kind == "all" else full.kind.replace("_", " ")
        why = f"{full.limit} {what} per {full.window} are used up ({full.source})."
        return Pause(opens_at(full, tx.now, ground.row.timezone), why)
    immediate = runtime.settings.pace == "immediate"
    if ground.row.silent:
        # At the pace `immediate` nothing gets new slots when the incident is closed.
        wait = LOOK_AT_GRANT if immediate else LOOK_AT_SILENT
        why = "the platform acknowledged such steps without showing them; look at it first."
        return Pause(tx.now + wait, why)
    if not ground.troubled or immediate:
        return None
    state = await breakers.read(tx, ground.account_id, action_type)
    if state.state != "open" or state.until is None:
        return None
    why = f"{state.failures} tries to {phrase_of(action_type)} failed in a row."
    return Pause(state.until, why)


def not_granted(ground: Ground, action_type: str) -> Pause | None:
    """What the call needs and the owner did not grant; then it is looked at in an hour."""
    lacking = ground.lacks(action_type)
    if not lacking:
        return None
    why = f"{', '.join(lacking)} was not granted. Reconnect @{ground.row.username}."
    return Pause(ground.now + LOOK_AT_GRANT, why)


async def put_off(
    tx: Tx,
    runtime: Runtime,
    row: Row[tuple[Any, ...]],
    fence: int,
    ground: Ground,
    pause: Pause,
) -> None:
    """The action has the account's first free slot after the pause, and the lane is free."""
    at = slot_after(runtime, ground, row.action_type, pause.after)
    bound = {"action_id": row.id, "at": at, "deadline_at": at + timedelta(hours=1)}
    await tx.session.execute(_POSTPONE, bound)
    await release(tx, row.account_id, fence)
    told = f"Held: {pause.why}"
    tell(tx, "held", subject_of(row.id, row), "scheduled", told, until=at.isoformat())


def slot_after(runtime: Runtime, ground: Ground, action_type: str, after: datetime) -> datetime:
    """The account's first free slot for this kind from `after` on."""
    pace, now = ground.pace(runtime), ground.now
    return slot(runtime, pace, action_type, now, not_before=after, hold=False)


async def limit_reached(runtime: Runtime, workspace_id: UUID, account_id: UUID, fence: int) -> None:
    """A counter refused although the facts had room: what is due waits, soon with new slots."""
    async with runtime.begin(workspace_id, key=("limit", account_id, fence)) as tx:
        bound = {"account_id": account_id, "fence": fence}
        if (await tx.session.execute(_LOCK, bound)).first() is None:
            return
        at = tx.now + timedelta(hours=1)
        values = {"account_id": account_id, "now": tx.now, "at": at}
        await tx.session.execute(_NEXT_HOUR, {**values, "deadline_at": at + timedelta(hours=1)})
        await release(tx, account_id, fence)
        if runtime.settings.pace != "immediate":
            await replan(tx, "a limit was reached.", account_id)


async def sent_back(
    tx: Tx,
    row: Row[tuple[Any, ...]],
    fence: int,
    ground: Ground,
    facts: Facts,
    verdict: Verdict,
) -> bool:
    """Whether the last look before sending took the approval away.

    Forbidden: blocked. Worse than what was agreed to, or no longer automatic: a person decides.
    """
    back = _back_to(row, ground, facts, verdict)
    if back is None:
        return False
    to, why = back
    expires_at = tx.now + timedelta(hours=ground.row.ttl_hours)
    blocked = to == "blocked"
    await move(
        tx,
        _BACK,
        row.id,
        ["scheduled"],
        to,
        deadline_at=None if blocked else expires_at,
        **verdict_values(tx, facts, verdict, "send"),
        workspace_id=row.workspace_id,
        expires_at=None if blocked else expires_at,
        settled_at=tx.now if blocked else None,
    )
    await release(tx, row.account_id, fence)
    name, word = ("blocked", "Blocked") if blocked else ("held", "Back to you")
    tell(tx, name, subject_of(row.id, row), to, f"{word} just before sending: {why}")
    return True


def _back_to(
    row: Row[tuple[Any, ...]], ground: Ground, facts: Facts, verdict: Verdict
) -> tuple[str, str] | None:
    """Where it goes instead, and why; None when it may be sent."""
    why = verdict.findings[0].sentence if verdict.findings else "It is asked about again."
    if verdict.forbidden:
        return "blocked", why
    if _RANK[verdict.light] > _RANK[row.light]:
        return "awaiting_approval", why
    if row.approved_by is not None:
        return None
    # Only the grant under which it was scheduled counts, and only while it is held.
    earned = row.autonomy_id in ground.earned.values()
    told = (facts.phase, facts.capability, verdict, facts.consent, facts.account_light)
    if not requires_approval(*told, earned=earned):
        return None
    lost = row.autonomy_id is not None and not earned
    return "awaiting_approval", "What the account had earned was taken back." if lost else why


async def unreadable(tx: Tx, row: Row[tuple[Any, ...]], fence: int) -> None:
    """An action whose content is not what was approved, or cannot be carried out, is blocked."""
    sentence = "The stored content is not the content that was approved."
    finding = Finding("content_damaged", "forbid", 100, sentence)
    await move(
        tx,
        _UNREADABLE,
        row.id,
        ["scheduled"],
        "blocked",
        now=tx.now,
        reasons=reasons_json([finding]),
    )
    await release(tx, row.account_id, fence)
    tx.emit(blocked_event(row, sentence))


def blocked_event(row: Row[tuple[Any, ...]], sentence: str) -> Event:
    """As `tell`, for a row whose action type may be unknown."""
    data = {"status": "blocked", "light": row.light, "action_type": row.action_type}
    return Event("action.blocked", f"Blocked: {sentence}", row.account_id, row.id, data)
