"""What accounts have earned to do without being asked: granted on evidence, taken back at once.

A grant is for one account, kind and light. It is looked at again after decisions, after incidents
and every few hours; between an incident and that look no grant of the account is honoured.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text

from socialseed.accounts.abilities import abilities
from socialseed.accounts.events import label
from socialseed.accounts.incidents import AGAINST, REVIEW_AUTONOMY
from socialseed.actions import platforms
from socialseed.core.errors import conflict, not_found
from socialseed.core.events import Event, Plain
from socialseed.identity.policies import POLICY, policy_in
from socialseed.jobs.port import Entry, Payload
from socialseed.policy.autonomy import (
    CONFIDENCE,
    LIGHTS,
    QUIET,
    TO_EARN,
    TO_KEEP,
    AutonomyFacts,
    Standing,
    look_back,
    standing,
)
from socialseed.policy.capabilities.types import Capability
from socialseed.policy.numbers import Policy
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx

EVERY = timedelta(hours=6)
SOON = timedelta(minutes=10)
MOST = 5000  # decisions of one account that are looked through, the newest
A_ROUND = 500
BY_PERSON = "A person took it back."

_ACCOUNT = (
    f"SELECT a.id, a.platform, a.username, a.tier, a.phase, a.light, {POLICY} AS policy,"
    f" (SELECT count(*) FROM incidents i WHERE i.account_id = a.id AND {AGAINST}"
    "  AND (i.closed_at IS NULL OR i.opened_at > :quiet_since)) AS incidents"
    " FROM social_accounts a WHERE a.id = :id"
)
_READ = text(_ACCOUNT)
_LOCKED = text(f"{_ACCOUNT} FOR NO KEY UPDATE OF a")
# A decision that was undone says nothing; what was decided again after it does.
_RECORD = text(
    "SELECT k.action_type, k.light, count(*) AS decided, count(*) FILTER (WHERE k.unedited)"
    " AS unedited FROM (SELECT x.action_type, x.light,"
    "   d.kind = 'approved' AND NOT x.was_edited AS unedited,"
    "   row_number() OVER (PARTITION BY x.action_type, x.light"
    "    ORDER BY d.decided_at DESC, d.id DESC) AS n"
    "  FROM (SELECT * FROM decisions WHERE account_id = :id AND kind IN ('approved','rejected')"
    "   ORDER BY decided_at DESC, id DESC LIMIT :most) d"
    "  JOIN actions x ON x.id = d.action_id WHERE d.actor_kind = 'user' AND NOT EXISTS"
    "   (SELECT 1 FROM decisions u WHERE u.action_id = d.action_id AND u.kind = 'undone'"
    "    AND u.decided_at >= d.decided_at)) k"
    " WHERE k.n <= :last GROUP BY 1, 2"
)
_GRANTS = text(
    "SELECT DISTINCT ON (action_type, light) id, action_type, light, granted_at, revoked_at,"
    " revoked_because, revoked_by IS NOT NULL AND revoked_at > :quiet_since AS barred"
    " FROM autonomy_grants WHERE account_id = :id"
    " ORDER BY action_type, light, revoked_at IS NULL DESC, granted_at DESC, id DESC"
)
_GRANT = text(
    "INSERT INTO autonomy_grants (id, workspace_id, account_id, action_type, light, evidence,"
    " granted_at) SELECT :id, workspace_id, id, :action_type, :light, CAST(:evidence AS jsonb),"
    " :now FROM social_accounts WHERE id = :account_id ON CONFLICT DO NOTHING RETURNING id"
)
_REVOKE = text(
    "UPDATE autonomy_grants SET revoked_at = :now, revoked_because = :because, revoked_by = :by"
    " WHERE id = :id AND account_id = :account_id AND revoked_at IS NULL"
    " RETURNING action_type, light"
)
_KNOWN = text("SELECT 1 FROM autonomy_grants WHERE id = :id AND account_id = :account_id")
# Who may have earned something, and who holds what a lower phase takes back.
_ALL = text(
    "SELECT a.workspace_id, a.id FROM social_accounts a WHERE (a.phase = 'phase_3' OR EXISTS"
    " (SELECT 1 FROM autonomy_grants g WHERE g.account_id = a.id AND g.revoked_at IS NULL))"
    " AND (CAST(:after AS uuid) IS NULL OR a.id > :after) ORDER BY a.id LIMIT :limit"
)


@dataclass(frozen=True, slots=True)
class _Case:
    """One account with its record and its grants, the last of each kind and light."""

    row: Row[Any]
    policy: Policy
    record: Mapping[tuple[str, str], tuple[int, int]]
    grants: Mapping[tuple[str, str], Row[Any]]
    may: Mapping[str, Capability]  # what the API may do here
    now: datetime

    def facts(self, kind: str, light: str) -> AutonomyFacts:
        """What is known of this kind on this light."""
        may, grant = self.may.get(kind), self.grants.get((kind, light))
        decided, unedited = self.record.get((kind, light), (0, 0))
        return AutonomyFacts(
            action_type=kind,
            light=light,
            mode=may.mode if may is not None else None,
            needs_approval=may.needs_approval if may is not None else None,
            proof=may.proof(self.now.date()) if may is not None else None,
            phase=self.row.phase,
            account_light=self.row.light,
            incidents=self.row.incidents,
            taken_back=bool(grant is not None and grant.barred),
            decided=decided,
            unedited=unedited,
        )

    def held(self, kind: str, light: str) -> Row[Any] | None:
        """The grant that is held, if one is."""
        grant = self.grants.get((kind, light))
        return grant if grant is not None and grant.revoked_at is None else None


async def review(runtime: Runtime, payload: Payload) -> None:
    """What one account has earned is granted, and what it has lost is taken back."""
    workspace_id, account_id = UUID(str(payload["workspace_id"])), UUID(str(payload["account_id"]))
    async with runtime.begin(workspace_id, key=("autonomy", account_id)) as tx:
        case = await _case(tx, runtime, account_id, locked=True)
        if case is not None:
            await _reconsider(tx, case)


async def review_all(runtime: Runtime, payload: Payload) -> None:
    """A look is queued at every account that may have earned or lost something."""
    after: UUID | None = None
    while True:
        async with runtime.begin(None) as tx:
            bound = {"after": after, "limit": A_ROUND}
            rows = (await tx.session.execute(_ALL, bound)).all()
            entries = [
                Entry(
                    {"workspace_id": str(workspace_id), "account_id": str(account_id)},
                    f"{REVIEW_AUTONOMY}:{account_id}:{tx.now.isoformat()}",
                )
                for workspace_id, account_id in rows
            ]
            if entries:
                await tx.jobs.enqueue_many(tx.session, REVIEW_AUTONOMY, entries, now=tx.now)
        if len(rows) < A_ROUND:
            return
        after = rows[-1].id


async def review_soon(tx: Tx, account_id: UUID, phase: str) -> None:
    """After a decision: the account is looked at within ten minutes, once for all of them."""
    if phase != "phase_3":
        return
    step = int(SOON.total_seconds())
    due = (int(tx.now.timestamp()) // step + 1) * step
    payload = {"workspace_id": str(tx.tenant), "account_id": str(account_id)}
    key = f"{REVIEW_AUTONOMY}:{account_id}:{due}"
    run_at = datetime.fromtimestamp(due, tx.now.tzinfo)
    await tx.defer(REVIEW_AUTONOMY, payload, run_at=run_at, dedupe_key=key)


async def take_back(tx: Tx, account_id: UUID, grant_id: UUID) -> None:
    """The grant is not honoured any more, and not granted again for 30 days.

    Once this has committed nothing begins under it. Raises not_found, or CONFLICT `not_held` when
    it was taken back before.
    """
    row = (await tx.session.execute(_READ, _bound(tx, account_id))).first()
    known = {"id": grant_id, "account_id": account_id}
    if row is None or await tx.session.scalar(_KNOWN, known) is None:
        raise not_found("earned autonomy")
    if not await _revoke(tx, row, grant_id, BY_PERSON, by=tx.actor.id):
        raise conflict("not_held", "It was taken back already.")


async def list_of(tx: Tx, runtime: Runtime, account_id: UUID) -> dict[str, object]:
    """Each kind that the API may do here, on each light: whether it is earned, and what is missing.

    Raises not_found.
    """
    case = await _case(tx, runtime, account_id)
    if case is None:
        raise not_found("account")
    keys = dict.fromkeys([*((kind, light) for kind in case.may for light in LIGHTS), *case.grants])
    return {"items": [_item(case, kind, light) for kind, light in keys]}


async def _case(
    tx: Tx, runtime: Runtime, account_id: UUID, *, locked: bool = False
) -> _Case | None:
    bound = _bound(tx, account_id)
    row = (await tx.session.execute(_LOCKED if locked else _READ, bound)).first()
    if row is None:
        return None
    policy = policy_in(row.policy)
    counted = {"id": account_id, "most": MOST, "last": look_back(policy)}
    record = (await tx.session.execute(_RECORD, counted)).all()
    grants = (await tx.session.execute(_GRANTS, bound)).all()
    manifest = platforms.manifest(runtime, row.platform)
    found = abilities(runtime.ledger, row.platform, manifest, row.tier)
    return _Case(
        row=row,
        policy=policy,
        record={(one.action_type, one.light): (one.decided, one.unedited) for one in record},
        grants={(one.action_type, one.light): one for one in grants},
        may={
            one.holds.action_type: one.holds
            for one in found
            if one.holds.mode == "api" and not one.is_read
        },
        now=tx.now,
    )


def _bound(tx: Tx, account_id: UUID) -> dict[str, object]:
    return {"id": account_id, "quiet_since": tx.now - QUIET}


async def _reconsider(tx: Tx, case: _Case) -> None:
    for (kind, light), grant in case.grants.items():
        if grant.revoked_at is None:
            kept = standing(case.facts(kind, light), case.policy, TO_KEEP)
            if not kept.earned:
                await _revoke(tx, case.row, grant.id, kept.missing[0])
    for kind, light in sorted(case.record):
        if case.held(kind, light) is None:
            facts = case.facts(kind, light)
            found = standing(facts, case.policy, TO_EARN)
            if found.earned:
                await _grant(tx, case, facts, found)


async def _grant(tx: Tx, case: _Case, facts: AutonomyFacts, found: Standing) -> None:
    grant_id, account_id = tx.new_id(), UUID(str(case.row.id))
    evidence: dict[str, Plain] = {
        "decided": facts.decided,
        "unedited": facts.unedited,
        "lower_bound": round(found.lower_bound, 6),
        "confidence": CONFIDENCE,
        "needed": case.policy.number("autonomy.min_lower_bound"),
        "policy_version": case.policy.version,
    }
    values = {
        "id": grant_id,
        "account_id": account_id,
        "action_type": facts.action_type,
        "light": facts.light,
        "evidence": orjson.dumps(evidence).decode(),
        "now": tx.now,
    }
    if await tx.session.scalar(_GRANT, values) is None:
        return
    told = (
        f"may {_words(facts.action_type)} on {facts.light} without being asked each time:"
        f" {facts.unedited} of its last {facts.decided} were approved as they were."
    )
    data = {**evidence, "grant_id": str(grant_id)}
    _tell(tx, "earned", case.row, told, facts.action_type, facts.light, data)


async def _revoke(
    tx: Tx, row: Row[Any], grant_id: UUID, because: str, by: UUID | None = None
) -> bool:
    values = {
        "id": grant_id,
        "account_id": row.id,
        "because": because,
        "by": by,
        "now": tx.now,
    }
    gone = (await tx.session.execute(_REVOKE, values)).first()
    if gone is None:
        return False
    told = f"asks about each {_words(gone.action_type)} on {gone.light} again. {because}"
    data = {"grant_id": str(grant_id), "because": because}
    _tell(tx, "taken_back", row, told, gone.action_type, gone.light, data)
    return True


def _tell(
    tx: Tx,
    name: str,
    row: Row[Any],
    told: str,
    action_type: str,
    light: str,
    data: Mapping[str, Plain],
) -> None:
    body = {
        "platform": row.platform,
        "username": row.username,
        "action_type": action_type,
        "light": light,
        **data,
    }
    sentence = f"{label(tx, row.platform, row.username)} {told}"
    tx.emit(Event(f"autonomy.{name}", sentence, UUID(str(row.id)), data=body))


def _words(action_type: str) -> str:
    return action_type.replace("_", " ")


def _item(case: _Case, kind: str, light: str) -> dict[str, object]:
    grant, facts = case.grants.get((kind, light)), case.facts(kind, light)
    held = case.held(kind, light) is not None
    found = standing(facts, case.policy, TO_KEEP if held else TO_EARN)
    state = "earned" if held else "not_yet" if grant is None else "taken_back"
    return {
        "action_type": kind,
        "light": light,
        "state": state,
        "decided": facts.decided,
        "unedited": facts.unedited,
        "lower_bound": round(found.lower_bound, 4),
        "needs": {
            "lower_bound": case.policy.number("autonomy.min_lower_bound"),
            "decided": case.policy.count("autonomy.min_decided"),
        },
        "missing": list(found.missing),
        "audit_share": case.policy.number("autonomy.audit_share"),
        "grant_id": grant.id if grant is not None else None,
        "granted_at": grant.granted_at if grant is not None else None,
        "taken_back_at": grant.revoked_at if grant is not None else None,
        "taken_back_because": grant.revoked_because if grant is not None else None,
    }
