"""What a person decides about a proposal: approve, edit, reject, snooze, undo, cancel, in bulk.

A machine never decides: refused by permission, and here again by the kind of actor.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text

from socialseed.actions import autonomy, platforms
from socialseed.actions import ground as gathering
from socialseed.actions.content import Content, checked, clean_string
from socialseed.actions.events import tell
from socialseed.actions.schedule import Pace, approve_and_schedule, slot, subject_of, wake_tasks
from socialseed.actions.states import move, move_sql, refuse
from socialseed.actions.verdicts import JUDGED, VERDICT_INTO, judge, verdict_values
from socialseed.core.errors import AppError, conflict, forbidden, invalid, not_found
from socialseed.identity.policies import POLICY
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.steps import reach
from socialseed.runtime.tx import Tx

REASONS = ("off_topic", "wrong_person", "bad_text", "too_risky", "bad_timing", "other")
MAX_NOTE = 1000
MAX_BULK = 200
MAX_SNOOZE = timedelta(days=14)
CANCELLABLE = ["proposed", "awaiting_approval", "approved", "scheduled", "awaiting_human"]

_LOAD = text(f"""
SELECT x.id, x.workspace_id, x.account_id, x.platform, x.action_type, x.target_account,
  x.target_data, x.content_hash, x.status, x.mode, x.light, x.proposed_by_kind, x.proposed_by_id,
  x.not_before, x.expires_at, x.held_until, x.unlocked_at,
  a.username, a.timezone, a.waking_start, a.waking_end,
  a.light AS account_light, a.phase, a.programme_started_on, a.health_score, a.daily_action_limit,
  a.resumed_at, l.last_sent_at,
  coalesce((w.settings->>'no_self_approval')::boolean, false) AS no_self_approval,
  coalesce((w.settings->>'approval_ttl_hours')::int, 72) AS ttl_hours,
  {POLICY} AS policy,
  (SELECT json_agg(json_build_array(kind, span, window_key, used)) FROM counters
    WHERE account_id = a.id AND window_key >= :since_key) AS counters,
  (SELECT json_agg(json_build_array(action_type, scheduled_at)) FROM actions y
    WHERE y.account_id = a.id AND (y.status IN ('scheduled','executing')
      OR (y.status = 'awaiting_human' AND y.scheduled_at > :now))) AS taken
FROM actions x JOIN social_accounts a ON a.id = x.account_id
JOIN workspaces w ON w.id = x.workspace_id LEFT JOIN lanes l ON l.account_id = a.id
WHERE x.id = ANY(CAST(:ids AS uuid[])) ORDER BY x.id FOR UPDATE OF x
""")
DECIDED = (
    "INSERT INTO decisions (id, workspace_id, action_id, account_id, kind, content_hash,"
    " actor_kind, actor_id, actor_name, reason, note, decided_at)"
    " SELECT :decision_id, workspace_id, id, account_id, :kind, content_hash,"
    " :actor_kind, :actor_id, :actor_name, :reason, :note, :now FROM moved"
)


def _deciding(sets: str, guard: str = "") -> str:
    moved = move_sql(sets, guard) + " RETURNING id, workspace_id, account_id, content_hash"
    return f"WITH moved AS ({moved}), decided AS ({DECIDED}) SELECT id FROM moved"


_REJECT = text(
    _deciding("settled_at = :now, held_until = :held_until, snoozed_until = NULL", "mode = 'api'")
)
_CANCEL = text(_deciding("settled_at = :now, held_until = NULL"))
_UNDO = text(
    _deciding(
        "approved_at = NULL, approved_hash = NULL, approved_by = NULL, scheduled_at = NULL,"
        " held_until = NULL, settled_at = NULL, expires_at = :expires_at, autonomy_id = NULL",
        "held_until > :now",
    )
)
_SNOOZE = text(
    "WITH moved AS (UPDATE actions SET snoozed_until = :until,"
    " expires_at = GREATEST(expires_at, :keep), deadline_at = GREATEST(expires_at, :keep)"
    " WHERE id = :action_id AND status = 'awaiting_approval'"
    f" RETURNING id, workspace_id, account_id, content_hash), decided AS ({DECIDED})"
    " SELECT id FROM moved"
)
_WAKE = text(
    "WITH moved AS (UPDATE actions SET snoozed_until = NULL WHERE id = :action_id"
    " AND status = 'awaiting_approval' AND snoozed_until > :now"
    f" RETURNING id, workspace_id, account_id, content_hash), decided AS ({DECIDED})"
    " SELECT id FROM moved"
)
_EDIT = text(
    "WITH moved AS (UPDATE actions SET target_data = CAST(:target_data AS jsonb),"
    " content_hash = :content_hash, target_key = :target_key, was_edited = true,"
    f" {JUDGED} WHERE id = :action_id AND status = 'awaiting_approval'"
    f" AND content_hash = :old_hash RETURNING id), judged AS ({VERDICT_INTO} FROM moved)"
    " SELECT id FROM moved"
)


@dataclass(frozen=True, slots=True)
class Edits:
    """What an approver changes before approving; None leaves a field as it is."""

    text: str | None = None
    media_url: str | None = None
    alt_text: str | None = None


@dataclass(frozen=True, slots=True)
class BulkResult:
    """What became of one action of a bulk decision."""

    id: UUID
    status: str | None
    problem: AppError | None


async def approve(
    tx: Tx,
    runtime: Runtime,
    action_id: UUID,
    content_hash: str | None = None,
    edits: Edits | None = None,
) -> None:
    """The action is approved for exactly this content and scheduled after the hold.

    Edits are assessed anew and the approval is bound to the new hash. Raises FORBIDDEN
    `machine_may_not_approve` or `self_approval`; not_found; CONFLICT `not_pending`,
    `content_changed`; INVALID `edit_forbidden`.
    """
    _person_only(tx)
    row = await _load_one(tx, action_id)
    await _approve_row(
        tx, runtime, row, content_hash, edits, gathering.pace_in(runtime, row, tx.now)
    )
    await autonomy.review_soon(tx, row.account_id, row.phase)
    reach("approve.before_commit")


async def reject(
    tx: Tx, runtime: Runtime, action_id: UUID, reason: str, note: str | None = None
) -> None:
    """The action is rejected with its reason; `undo` may take that back within the hold."""
    _person_only(tx)
    row = await _load_one(tx, action_id)
    await _reject_row(tx, runtime, row, reason, note)
    await autonomy.review_soon(tx, row.account_id, row.phase)


async def snooze(tx: Tx, action_id: UUID, until: datetime) -> None:
    """The action leaves the queue until `until`, and does not expire within an hour of it."""
    _person_only(tx)
    if not tx.now < until <= tx.now + MAX_SNOOZE:
        raise invalid("bad_until", "Choose an instant within the next 14 days.", "/until")
    row = await _load_one(tx, action_id)
    bound = {"action_id": action_id, "until": until, "keep": until + timedelta(hours=1)}
    decision = _decision(tx, "snoozed", None, None)
    if await tx.session.scalar(_SNOOZE, {**bound, **decision}) is None:
        await refuse(tx, action_id, "not_pending")
    sentence = f"{tx.actor.name} put it off."
    tell(
        tx,
        "snoozed",
        subject_of(action_id, row),
        "awaiting_approval",
        sentence,
        until=until.isoformat(),
    )


async def undo(tx: Tx, action_id: UUID) -> None:
    """The last decision is taken back: the action is pending again, in the queue.

    An approval or a rejection within its hold, a snooze while it lasts. Raises CONFLICT `too_late`
    when the hold has passed or the action went on.
    """
    _person_only(tx)
    row = await _load_one(tx, action_id)
    decision = _decision(tx, "undone", None, None)
    if row.status == "awaiting_approval":
        woken = await tx.session.scalar(_WAKE, {"action_id": action_id, **decision})
        moved = woken is not None
    else:
        expires_at = tx.now + timedelta(hours=row.ttl_hours)
        moved = (
            await move(
                tx,
                _UNDO,
                action_id,
                ["scheduled", "rejected"],
                "awaiting_approval",
                deadline_at=expires_at,
                expires_at=expires_at,
                **decision,
            )
            is not None
        )
    if not moved:
        raise conflict("too_late", "The hold has passed: this decision can no longer be undone.")
    sentence = f"{tx.actor.name} took the decision back."
    tell(tx, "undone", subject_of(action_id, row), "awaiting_approval", sentence)


async def cancel(tx: Tx, action_id: UUID, reason: str | None = None) -> None:
    """The action will not be done. Raises CONFLICT `not_cancellable` once it has begun."""
    _person_only(tx)
    row = await _load_one(tx, action_id)
    decision = _decision(tx, "cancelled", reason, None)
    if (
        await move(tx, _CANCEL, action_id, CANCELLABLE, "cancelled", deadline_at=None, **decision)
        is None
    ):
        await refuse(tx, action_id, "not_cancellable")
    tell(tx, "cancelled", subject_of(action_id, row), "cancelled", f"{tx.actor.name} cancelled it.")
    if row.unlocked_at is not None:
        await wake_tasks(tx, row.account_id)


async def bulk(
    tx: Tx, runtime: Runtime, ids: Sequence[UUID], decision: str, reason: str | None = None
) -> list[BulkResult]:
    """Each action decided on its own; approval is for green ones only (`not_green`)."""
    _person_only(tx)
    if not 1 <= len(ids) <= MAX_BULK:
        raise invalid("bad_count", f"Send 1 to {MAX_BULK} ids.", "/ids")
    if decision not in ("approve", "reject"):
        raise invalid("bad_decision", "Use approve or reject.", "/decision")
    rows = {row.id: row for row in await _load(tx, list(dict.fromkeys(ids)))}
    paces: dict[UUID, Pace] = {}
    results = []
    for action_id in dict.fromkeys(ids):
        row = rows.get(action_id)
        try:
            if row is None:
                raise not_found("action")
            if row.account_id not in paces:
                paces[row.account_id] = gathering.pace_in(runtime, row, tx.now)
            status = await _bulk_one(tx, runtime, row, decision, reason, paces[row.account_id])
        except AppError as problem:
            results.append(BulkResult(action_id, row.status if row else None, problem))
        else:
            results.append(BulkResult(action_id, status, None))
    for account_id, phase in {row.account_id: row.phase for row in rows.values()}.items():
        await autonomy.review_soon(tx, account_id, phase)
    return results


async def _bulk_one(
    tx: Tx,
    runtime: Runtime,
    row: Row[tuple[Any, ...]],
    decision: str,
    reason: str | None,
    pace: Pace,
) -> str:
    if decision == "reject":
        await _reject_row(tx, runtime, row, reason or "other", None)
        return "rejected"
    if row.status == "awaiting_approval" and row.light != "green":
        raise conflict("not_green", "Only green ones are approved together. Open this one.")
    await _approve_row(tx, runtime, row, None, None, pace)
    return "scheduled"


async def _approve_row(
    tx: Tx,
    runtime: Runtime,
    row: Row[tuple[Any, ...]],
    content_hash: str | None,
    edits: Edits | None,
    pace: Pace,
) -> None:
    _check_pending(tx, row)
    if content_hash is not None and content_hash != row.content_hash:
        raise conflict("content_changed", "The content is not the one you saw. Look at it again.")
    if row.no_self_approval:
        _not_by_its_author(tx, row, edits)
    kind = row.action_type
    due_at = slot(runtime, pace, kind, tx.now, not_before=row.not_before, present=True)
    approved_hash = row.content_hash
    if edits is not None and edits != Edits():
        approved_hash = await _edit(tx, runtime, row, edits, due_at)
    await approve_and_schedule(tx, runtime, row, approved_hash, due_at)
    pace.load.add(kind, due_at)
    subject = subject_of(row.id, row)
    name = tx.actor.name
    tell(tx, "approved", subject, "approved", f"{name} approved to {subject.phrase}.")
    when = due_at.isoformat()
    sentence = f"To {subject.phrase} is scheduled at @{row.username}'s pace."
    tell(tx, "scheduled", subject, "scheduled", sentence, at=when)


async def _edit(
    tx: Tx, runtime: Runtime, row: Row[tuple[Any, ...]], edits: Edits, due_at: datetime
) -> str:
    content = _edited(row, edits)
    if content.content_hash == row.content_hash:
        return content.content_hash
    ground = await gathering.gather(
        tx,
        row.account_id,
        content,
        action_id=row.id,
        pace=runtime.settings.pace,
        ledger=runtime.ledger,
    )
    if ground.duplicate is not None:
        raise conflict("duplicate_action", f"The same is done by action {ground.duplicate[0]}.")
    platforms.check_media(runtime, row.platform, ground.row.tier, content)
    facts, verdict = judge(runtime, ground, content, "api", due_at)
    if verdict.forbidden:
        raise invalid("edit_forbidden", verdict.findings[0].sentence, "/edits/text")
    edited = await tx.session.scalar(
        _EDIT,
        {
            **verdict_values(tx, facts, verdict, "edit"),
            "action_id": row.id,
            "workspace_id": row.workspace_id,
            "target_data": orjson.dumps(content.target_data).decode(),
            "content_hash": content.content_hash,
            "target_key": content.target_key,
            "old_hash": row.content_hash,
        },
    )
    if edited is None:
        await refuse(tx, row.id, "not_pending")
    sentence = f"{tx.actor.name} edited it: now {verdict.light}, {verdict.score} of 100."
    subject = subject_of(row.id, row)
    tell(tx, "edited", subject, "awaiting_approval", sentence, score=verdict.score)
    return content.content_hash


def _edited(row: Row[tuple[Any, ...]], edits: Edits) -> Content:
    data = row.target_data
    parts = orjson.loads(data) if isinstance(data, str | bytes) else dict(data)
    changes = {"text": edits.text, "media_url": edits.media_url, "alt_text": edits.alt_text}
    parts.update({key: value for key, value in changes.items() if value is not None})
    return checked(row.account_id, row.action_type, row.target_account, parts)


async def _reject_row(
    tx: Tx, runtime: Runtime, row: Row[tuple[Any, ...]], reason: str, note: str | None
) -> None:
    if reason not in REASONS:
        raise invalid("bad_reason", f"Use one of: {', '.join(REASONS)}.", "/reason")
    said = clean_string(note, "/note", MAX_NOTE) if note is not None else None
    held = tx.now + timedelta(seconds=runtime.settings.send_hold_seconds)
    decision = _decision(tx, "rejected", reason, said)
    moved = await move(
        tx,
        _REJECT,
        row.id,
        ["awaiting_approval"],
        "rejected",
        deadline_at=None,
        held_until=held,
        **decision,
    )
    if moved is None:
        await refuse(tx, row.id, "not_pending")
    words = reason.replace("_", " ")
    sentence = f"{tx.actor.name} rejected it: {words}."
    tell(tx, "rejected", subject_of(row.id, row), "rejected", sentence, reason=reason)


def _check_pending(tx: Tx, row: Row[tuple[Any, ...]]) -> None:
    if row.status != "awaiting_approval":
        words = str(row.status).replace("_", " ")
        raise conflict("not_pending", f"The action is {words} by now.")
    if row.expires_at is not None and row.expires_at <= tx.now:
        raise conflict("not_pending", "The proposal has expired. Plan it anew.")


def _not_by_its_author(tx: Tx, row: Row[tuple[Any, ...]], edits: Edits | None) -> None:
    own = row.proposed_by_kind == "user" and row.proposed_by_id == tx.actor.id
    if own or edits is not None:
        raise forbidden(
            "self_approval", "In this workspace nobody approves what he proposed or edited himself."
        )


def _person_only(tx: Tx) -> None:
    if not tx.actor.is_person:
        raise forbidden(
            "machine_may_not_approve",
            "An API key may propose and read. Sign in as a person to decide.",
        )


async def _load(tx: Tx, ids: Sequence[UUID]) -> Sequence[Row[tuple[Any, ...]]]:
    values = {"ids": list(ids), "now": tx.now, "since_key": gathering.since_key(tx.now)}
    return (await tx.session.execute(_LOAD, values)).all()


async def _load_one(tx: Tx, action_id: UUID) -> Row[tuple[Any, ...]]:
    rows = await _load(tx, [action_id])
    if not rows:
        raise not_found("action")
    return rows[0]


def _decision(tx: Tx, kind: str, reason: str | None, note: str | None) -> dict[str, object]:
    return {
        "decision_id": tx.new_id(),
        "kind": kind,
        "actor_kind": tx.actor.kind,
        "actor_id": tx.actor.id,
        "actor_name": tx.actor.name,
        "reason": reason,
        "note": note,
        "now": tx.now,
    }
