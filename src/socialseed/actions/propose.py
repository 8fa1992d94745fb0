"""The pipeline's front door: a proposal becomes an action with its verdict and its way on."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

import orjson
from sqlalchemy import text

from socialseed.actions import platforms, schedule
from socialseed.actions.content import Content, checked
from socialseed.actions.events import Subject, tell
from socialseed.actions.facts import mode_of, own_post
from socialseed.actions.ground import Ground, gather
from socialseed.actions.states import PATIENCE, REPLANNABLE, opening
from socialseed.actions.verdicts import VERDICT_INTO, judge, reasons_json, verdict_values
from socialseed.core.errors import conflict, invalid, not_found
from socialseed.policy.attention import Waiting, weigh
from socialseed.policy.autonomy import audit_words, is_audited
from socialseed.policy.numbers import Policy
from socialseed.policy.risk.assess import requires_approval
from socialseed.policy.risk.types import Facts, Finding, Verdict
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx

MAX_KEY = 200


@dataclass(frozen=True, slots=True)
class Proposal:
    """What somebody asks an account to do. `target_data` as in the HTTP API."""

    account_id: UUID
    action_type: str
    target_account: str | None
    target_data: Mapping[str, object]
    not_before: datetime | None = None
    rule_id: UUID | None = None
    replaces: UUID | None = None
    idempotency_key: str | None = None
    request_digest: str | None = None


@dataclass(frozen=True, slots=True)
class Proposed:
    """The action, and whether the Idempotency-Key had made it before."""

    action_id: UUID
    replayed: bool
    status: str


@dataclass(frozen=True, slots=True)
class _Way:
    """Where the verdict sends a new action."""

    status: str
    mode: str
    requires_approval: bool
    scheduled_at: datetime | None
    expires_at: datetime | None
    autonomy_id: UUID | None = None
    audited: bool = False


_COLUMNS = (
    "id",
    "workspace_id",
    "account_id",
    "platform",
    "action_type",
    "target_account",
    "target_data",
    "content_hash",
    "target_key",
    "status",
    "mode",
    "requires_approval",
    "light",
    "risk_score",
    "reasons",
    "to_green",
    "rule_set",
    "facts_digest",
    "assessed_at",
    "proposed_by_kind",
    "proposed_by_id",
    "proposed_by_name",
    "rule_id",
    "replaces",
    "idempotency_key",
    "request_digest",
    "not_before",
    "expires_at",
    "held_until",
    "approved_at",
    "approved_hash",
    "scheduled_at",
    "deadline_at",
    "deep_link",
    "settled_at",
    "created_at",
    "worth",
    "review_seconds",
    "autonomy_id",
    "audit_sample",
)
_JSONB = {"target_data", "reasons", "to_green"}
# What is said beside the verdict is shown with its reasons, and is no part of the verdict.
_VALUES = ", ".join(f"CAST(:{c} AS jsonb)" if c in _JSONB else f":{c}" for c in _COLUMNS).replace(
    "CAST(:reasons AS jsonb)", "CAST(:reasons AS jsonb) || CAST(:beside AS jsonb)"
)
_STORE = text(
    f"WITH stored AS (INSERT INTO actions ({', '.join(_COLUMNS)}) VALUES ({_VALUES})"
    f" ON CONFLICT DO NOTHING RETURNING id, account_id, workspace_id),"
    f" judged AS ({VERDICT_INTO} FROM stored),"
    " lane AS (INSERT INTO lanes (account_id, workspace_id, next_due)"
    " SELECT account_id, workspace_id, :lane_due FROM stored"
    " WHERE CAST(:lane_due AS timestamptz) IS NOT NULL"
    " ON CONFLICT (account_id) DO UPDATE SET next_due = LEAST(lanes.next_due, EXCLUDED.next_due)),"
    " decided AS (INSERT INTO decisions (id, workspace_id, action_id, account_id, kind,"
    " content_hash, actor_kind, actor_name, reason, decided_at)"
    " SELECT :decision_id, workspace_id, id, account_id, 'auto_approved', :content_hash,"
    " 'system', 'SocialSeed', :decision_reason, :created_at FROM stored"
    " WHERE CAST(:decision_id AS uuid) IS NOT NULL)"
    " SELECT id FROM stored"
)


async def propose(tx: Tx, runtime: Runtime, proposal: Proposal) -> UUID:
    """The id of the action that `submit` makes or finds."""
    return (await submit(tx, runtime, proposal)).action_id


async def submit(tx: Tx, runtime: Runtime, proposal: Proposal) -> Proposed:
    """The action stands, assessed, in the state that its verdict gives it.

    With a known idempotency key and the same request it is the action of then. Raises INVALID for
    the content, not_found for the account, CONFLICT `duplicate_action` or `idempotency_mismatch`.
    """
    content = checked(
        proposal.account_id, proposal.action_type, proposal.target_account, proposal.target_data
    )
    if proposal.idempotency_key is not None and proposal.request_digest is None:
        proposal = replace(proposal, request_digest=digest_of(proposal, content))
    ground = await gather(
        tx,
        proposal.account_id,
        content,
        idempotency_key=proposal.idempotency_key,
        pace=runtime.settings.pace,
        ledger=runtime.ledger,
    )
    if ground.replay is not None:
        return _replayed(ground.replay, proposal)
    if ground.duplicate is not None:
        raise _duplicate(*ground.duplicate)
    _check(runtime, ground, content)
    action_id = tx.new_id()
    facts, verdict, way = _decide(tx, runtime, proposal, content, ground, action_id)
    values = {
        "id": action_id,
        **_values(tx, runtime, proposal, content, ground, verdict.light, way),
        **verdict_values(tx, facts, verdict, "propose"),
    }
    if await tx.session.scalar(_STORE, values) is None:
        return await _lost_race(tx, proposal, content)
    _tell(tx, _subject(action_id, ground, content, verdict), verdict, way)
    return Proposed(action_id, False, way.status)


async def replan(tx: Tx, runtime: Runtime, action_id: UUID) -> UUID:
    """A new action with the content of one that ended without effect, linked by `replaces`.

    Raises CONFLICT `not_replannable` unless the old one is rejected, expired, failed or cancelled.
    """
    old = (await tx.session.execute(_OLD, {"id": action_id})).first()
    if old is None:
        raise not_found("action")
    if old.status not in REPLANNABLE:
        raise conflict("not_replannable", "Only an action that ended without effect is repeated.")
    data = old.target_data if isinstance(old.target_data, dict) else orjson.loads(old.target_data)
    return await propose(
        tx,
        runtime,
        Proposal(
            old.account_id,
            old.action_type,
            old.target_account,
            data,
            rule_id=old.rule_id,
            replaces=action_id,
        ),
    )


_OLD = text(
    "SELECT account_id, action_type, target_account, target_data, rule_id, status"
    " FROM actions WHERE id = :id"
)


def _decide(
    tx: Tx,
    runtime: Runtime,
    proposal: Proposal,
    content: Content,
    ground: Ground,
    action_id: UUID,
) -> tuple[Facts, Verdict, _Way]:
    performs = platforms.manifest(runtime, ground.row.platform).performs
    mode = mode_of(ground, content, performs)
    slot = schedule.slot(
        runtime,
        ground.pace(runtime),
        content.action_type,
        tx.now,
        not_before=proposal.not_before,
        hold=mode == "api",
    )
    facts, verdict = judge(runtime, ground, content, mode, slot)
    way = _way(tx, ground, facts, verdict, slot)
    if way.status == "scheduled" and _drawn(tx, runtime, ground.policy, action_id):
        lives = timedelta(hours=ground.row.ttl_hours)
        status = opening("awaiting_approval")
        way = _Way(status, "api", True, None, tx.now + lives, audited=True)
    return facts, verdict, way


def _drawn(tx: Tx, runtime: Runtime, policy: Policy, action_id: UUID) -> bool:
    """Whether this one of those that need nobody is asked about all the same."""
    share = float(policy.number("autonomy.audit_share"))
    if runtime.seed is None:
        return tx.rng.random() < share
    return is_audited(runtime.seed, action_id, share)


def _check(runtime: Runtime, ground: Ground, content: Content) -> None:
    """What the platform's rows of the ledger ask of the content itself."""
    platforms.check_media(runtime, ground.row.platform, ground.row.tier, content)
    if content.action_type == "delete" and not own_post(ground, content):
        detail = f"Only a post of @{ground.row.username} itself is deleted: name its author."
        raise invalid("not_own_post", detail, "/target_data/post/author")


def _way(tx: Tx, ground: Ground, facts: Facts, verdict: Verdict, slot: datetime) -> _Way:
    lives = timedelta(hours=ground.row.ttl_hours)
    if verdict.forbidden:
        return _Way(opening("blocked"), facts.mode, True, None, None)
    if facts.mode == "human":
        # A task is its own approval: one card, one decision.
        return _Way(opening("awaiting_human"), "human", False, slot, slot + lives)
    grant = ground.earned.get(verdict.light)
    needed = requires_approval(
        facts.phase,
        facts.capability,
        verdict,
        facts.consent,
        facts.account_light,
        earned=grant is not None,
    )
    if needed:
        return _Way(opening("awaiting_approval"), "api", True, None, tx.now + lives)
    return _Way(opening("approved", "scheduled"), "api", False, slot, None, grant)


def _values(
    tx: Tx,
    runtime: Runtime,
    proposal: Proposal,
    content: Content,
    ground: Ground,
    light: str,
    way: _Way,
) -> dict[str, object]:
    auto = way.status == "scheduled"
    first = weigh(Waiting(proposal.account_id, content.action_type, light, way.expires_at), tx.now)
    held = tx.now + timedelta(seconds=runtime.settings.send_hold_seconds) if auto else None
    link = platforms.deep_link(runtime, ground.row.platform, content)
    return {
        "workspace_id": ground.row.workspace_id,
        "account_id": ground.row.id,
        "platform": ground.row.platform,
        "action_type": content.action_type,
        "target_account": content.target_account,
        "target_data": orjson.dumps(content.target_data).decode(),
        "content_hash": content.content_hash,
        "target_key": content.target_key,
        "status": way.status,
        "mode": way.mode,
        "requires_approval": way.requires_approval,
        "proposed_by_kind": tx.actor.kind,
        "proposed_by_id": tx.actor.id,
        "proposed_by_name": tx.actor.name,
        "rule_id": proposal.rule_id,
        "replaces": proposal.replaces,
        "idempotency_key": proposal.idempotency_key,
        "request_digest": proposal.request_digest,
        "not_before": proposal.not_before,
        "expires_at": way.expires_at,
        "held_until": held,
        "approved_at": tx.now if auto else None,
        "approved_hash": content.content_hash if auto else None,
        "scheduled_at": way.scheduled_at,
        "deadline_at": _deadline(tx, way),
        "deep_link": link if way.mode == "human" else None,
        "settled_at": tx.now if way.status == "blocked" else None,
        "created_at": tx.now,
        "worth": first.worth,
        "review_seconds": first.seconds,
        "lane_due": way.scheduled_at if auto else None,
        "decision_id": tx.new_id() if auto else None,
        "decision_reason": _why_nobody(ground, content, way) if auto else None,
        "autonomy_id": way.autonomy_id,
        "audit_sample": way.audited,
        "beside": reasons_json(_beside(ground.policy) if way.audited else ()),
    }


def _why_nobody(ground: Ground, content: Content, way: _Way) -> str:
    if way.autonomy_id is None:
        return f"No rule of {ground.row.phase} asks for one."
    kind = content.action_type.replace("_", " ")
    return f"The account has earned to {kind} without being asked: autonomy {way.autonomy_id}."


def _beside(policy: Policy) -> Sequence[Finding]:
    told = audit_words(float(policy.number("autonomy.audit_share")))
    return (Finding("audit_sample", "info", 0, told),)


def _deadline(tx: Tx, way: _Way) -> datetime | None:
    if way.status == "awaiting_human":
        return way.scheduled_at  # the watchdog tells that it unlocked
    if way.expires_at is not None:
        return way.expires_at
    patience = PATIENCE[way.status]
    return (way.scheduled_at or tx.now) + patience if patience else None


def digest_of(proposal: Proposal, content: Content) -> str:
    """A digest of everything that a caller asked for."""
    body = [
        content.content_hash,
        orjson.dumps(content.target_data, option=orjson.OPT_SORT_KEYS).decode(),
        proposal.not_before,
    ]
    return hashlib.sha256(orjson.dumps(body)).hexdigest()


def _replayed(found: tuple[UUID, str | None], proposal: Proposal) -> Proposed:
    if found[1] != proposal.request_digest:
        raise conflict(
            "idempotency_mismatch",
            "This Idempotency-Key was used for another request. Send a new key for a new action.",
        )
    return Proposed(found[0], True, "")


def _duplicate(action_id: UUID, status: str) -> Exception:
    words = status.replace("_", " ")
    return conflict(
        "duplicate_action", f"The same is already {words} for this account: action {action_id}."
    )


async def _lost_race(tx: Tx, proposal: Proposal, content: Content) -> Proposed:
    """Somebody stored the same key or target while we were thinking."""
    ground = await gather(
        tx, proposal.account_id, content, idempotency_key=proposal.idempotency_key
    )
    if ground.replay is not None:
        return _replayed(ground.replay, proposal)
    if ground.duplicate is not None:
        raise _duplicate(*ground.duplicate)
    raise conflict("try_again", "Something else changed at the same moment. Send it once more.")


def _subject(action_id: UUID, ground: Ground, content: Content, verdict: Verdict) -> Subject:
    return Subject(
        action_id,
        ground.account_id,
        ground.row.platform,
        ground.row.username,
        content.action_type,
        content.target_account,
        verdict.light,
    )


def _tell(tx: Tx, subject: Subject, verdict: Verdict, way: _Way) -> None:
    who = tx.actor.name
    tell(tx, "proposed", subject, way.status, f"{who} proposed to {subject.phrase}.")
    why = verdict.findings[0].sentence if verdict.findings else "Nothing speaks against it."
    tell(
        tx,
        "assessed",
        subject,
        way.status,
        f"{verdict.light.capitalize()}, {verdict.score} of 100: {why}",
        score=verdict.score,
    )
    if way.status == "blocked":
        tell(tx, "blocked", subject, way.status, f"Blocked: {why}")
    elif way.status == "scheduled" and way.scheduled_at is not None:
        sentence = f"To {subject.phrase} needed no approval and was scheduled."
        tell(tx, "scheduled", subject, way.status, sentence, at=way.scheduled_at.isoformat())
