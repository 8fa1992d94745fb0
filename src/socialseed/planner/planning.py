"""Fills one account's queue: the best people of its rules, within budgets and limits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from socialseed.actions.propose import Proposal, submit
from socialseed.core.errors import AppError, Kind
from socialseed.core.rng import derive
from socialseed.planner.drafts import draft, target_data
from socialseed.planner.queries import Account, get_account, list_rules
from socialseed.policy.capabilities.ledger import find, mode_for
from socialseed.policy.pacing import ALL
from socialseed.policy.phases import platforms_open
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx
from socialseed.targeting.candidates import Waiting, list_waiting, mark
from socialseed.targeting.queries import Rule

MONTH = timedelta(days=30)
SPARE = 3  # candidates looked at for each proposal wanted
WRITES = frozenset({"comment", "reply", "quote"})
NEEDS_POST = WRITES | {"like", "repost"}


@dataclass(slots=True)
class _Room:
    """What is left of each limit while one account is planned."""

    left: dict[str, int]
    whole: dict[str, int]
    rules: dict[UUID, int]

    def share(self, kind: str) -> float:
        """How much of a kind's day is left, 0..1."""
        return self.left.get(kind, 0) / max(1, self.whole.get(kind, 0))

    def take(self, kind: str, rule_id: UUID) -> None:
        """One proposal of this kind by this rule."""
        self.left[kind] -= 1
        self.left[ALL] -= 1
        self.rules[rule_id] -= 1


async def plan_account(tx: Tx, runtime: Runtime, account_id: UUID, *, count: int) -> list[UUID]:
    """The ids of at most `count` new proposals; fewer when people, budgets or limits run out.

    None for an account that is paused, on red, or whose platform its phase has not opened.
    Raises NOT_FOUND. Everything happens in the caller's transaction.
    """
    account = await get_account(tx, account_id, tx.now - MONTH)
    closed = account.platform not in platforms_open(account.phase)
    if closed or not account.is_active or account.light == "red":
        return []
    budgets = [(rule, left) for rule, left in await list_rules(tx, account) if left > 0]
    rules = {rule.id: rule for rule, _ in budgets}
    room = _room(account, tx, {rule.id: left for rule, left in budgets})
    wanted = min(count, room.left[ALL])
    if wanted <= 0 or not rules:
        return []
    waiting = await list_waiting(tx, list(rules), wanted * SPARE + len(rules))
    return await _propose(tx, runtime, account, waiting, rules, room, wanted)


def _room(account: Account, tx: Tx, rules: dict[UUID, int]) -> _Room:
    whole = {one.kind: one.limit for one in account.limits(tx.now) if one.window == "day"}
    left = {kind: limit - account.today.get(kind, 0) for kind, limit in whole.items()}
    left[ALL] = whole[ALL] - sum(account.today.values())
    return _Room(left, whole, rules)


async def _propose(
    tx: Tx,
    runtime: Runtime,
    account: Account,
    waiting: Sequence[Waiting],
    rules: dict[UUID, Rule],
    room: _Room,
    wanted: int,
) -> list[UUID]:
    made: list[UUID] = []
    seen: set[str] = set()
    skipped: list[UUID] = []
    used: list[UUID] = []
    for candidate in waiting:
        if len(made) == wanted or room.left[ALL] <= 0:
            break
        rule = rules[candidate.rule_id]
        if candidate.handle.lower() in seen or room.rules[rule.id] <= 0:
            continue
        possible = kinds_for(account, rule, candidate)
        kind = max((k for k in possible if room.left.get(k, 0) > 0), key=room.share, default=None)
        if kind is None:
            # For good when nothing is possible; else the limit has room again tomorrow.
            skipped.extend(() if possible else (candidate.id,))
            continue
        action_id = await _one(tx, runtime, account, rule, candidate, kind)
        if action_id is None:
            skipped.append(candidate.id)
            continue
        made.append(action_id)
        used.append(candidate.id)
        seen.add(candidate.handle.lower())
        room.take(kind, rule.id)
    await mark(tx, used, "proposed")
    await mark(tx, skipped, "skipped")
    return made


def kinds_for(account: Account, rule: Rule, candidate: Waiting) -> list[str]:
    """The rule's kinds that make sense for this candidate and exist on the platform."""
    return [
        kind
        for kind in rule.action_types
        if (candidate.post is not None or kind not in NEEDS_POST)
        and mode_for(find(account.platform, kind, account.tier), False, False) != "forbidden"
    ]


async def _one(
    tx: Tx,
    runtime: Runtime,
    account: Account,
    rule: Rule,
    candidate: Waiting,
    kind: str,
) -> UUID | None:
    """The proposed action; None when it is a repeat, does not fit, or is blocked."""
    rng = derive(runtime.seed or "socialseed", "draft", candidate.id)
    text = draft(candidate, rule.text_template, rng) if kind in WRITES else None
    proposal = Proposal(
        account_id=account.id,
        action_type=kind,
        target_account=candidate.handle,
        target_data=target_data(candidate, text),
        rule_id=rule.id,
    )
    try:
        found = await submit(tx, runtime, proposal)
    except AppError as error:
        if error.kind not in (Kind.CONFLICT, Kind.INVALID):
            raise
        return None
    return None if found.status == "blocked" else found.action_id
