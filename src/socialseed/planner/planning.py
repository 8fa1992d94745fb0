"""Fills one account's queue: the best people of its rules, within budgets and limits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from socialseed.actions.propose import Proposal, submit
from socialseed.core.errors import AppError, Kind
from socialseed.core.rng import derive
from socialseed.planner.drafts import fresh_draft, target_data
from socialseed.planner.queries import MONTH, Account, get_account, list_rules, list_said
from socialseed.policy.capabilities.ledger import mode_for
from socialseed.policy.pacing import ALL
from socialseed.policy.phases import is_open
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx
from socialseed.targeting.candidates import Waiting, list_waiting, mark
from socialseed.targeting.queries import Rule

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

    def roomiest(self, kinds: Sequence[str]) -> str | None:
        """The kind that has most of its day left, None when none has any."""
        return max((k for k in kinds if self.left.get(k, 0) > 0), key=self.share, default=None)

    def take(self, kind: str, rule_id: UUID) -> None:
        """One proposal of this kind by this rule."""
        self.left[kind] -= 1
        self.left[ALL] -= 1
        self.rules[rule_id] -= 1


@dataclass(frozen=True, slots=True)
class _Desk:
    """What planning one account works with."""

    runtime: Runtime
    account: Account
    rules: Mapping[UUID, Rule]
    room: _Room
    said: list[tuple[str, str]]


async def plan_account(tx: Tx, runtime: Runtime, account_id: UUID, *, count: int) -> list[UUID]:
    """The ids of at most `count` new proposals; fewer when people, budgets or limits run out.

    None for an account that is paused, on red, or whose platform its phase has not opened.
    Raises NOT_FOUND. Everything happens in the caller's transaction.
    """
    account = await get_account(tx, account_id, tx.now - MONTH)
    closed = not is_open(account.platform, account.phase)
    if closed or not account.is_active or account.light == "red":
        return []
    budgets = [(rule, left) for rule, left in await list_rules(tx, account) if left > 0]
    rules = {rule.id: rule for rule, _ in budgets}
    room = _room(account, tx, {rule.id: left for rule, left in budgets})
    wanted = min(count, room.left[ALL])
    if wanted <= 0 or not rules:
        return []
    waiting = await list_waiting(tx, list(rules), wanted * SPARE + len(rules))
    said = list(await list_said(tx, account.workspace_id, tx.now - MONTH))
    return await _propose(tx, _Desk(runtime, account, rules, room, said), waiting, wanted)


def _room(account: Account, tx: Tx, rules: dict[UUID, int]) -> _Room:
    whole = {one.kind: one.limit for one in account.limits(tx.now) if one.window == "day"}
    left = {kind: limit - account.today.get(kind, 0) for kind, limit in whole.items()}
    left[ALL] = whole[ALL] - sum(account.today.values())
    return _Room(left, whole, rules)


async def _propose(tx: Tx, desk: _Desk, waiting: Sequence[Waiting], wanted: int) -> list[UUID]:
    made: dict[UUID, UUID] = {}  # candidate → action
    seen: set[str] = set()
    skipped: list[UUID] = []
    for candidate in waiting:
        if len(made) == wanted:
            break
        if candidate.handle.lower() in seen or desk.room.rules[candidate.rule_id] <= 0:
            continue
        possible = kinds_for(desk.runtime, desk.account, desk.rules[candidate.rule_id], candidate)
        kind = desk.room.roomiest(possible)
        action_id = await _one(tx, desk, candidate, kind) if kind else None
        if kind and action_id:
            made[candidate.id] = action_id
            seen.add(candidate.handle.lower())
            desk.room.take(kind, candidate.rule_id)
        elif kind or not possible:
            # Else the limit has room again tomorrow.
            skipped.append(candidate.id)
    await mark(tx, list(made), "proposed")
    await mark(tx, skipped, "skipped")
    return list(made.values())


def kinds_for(runtime: Runtime, account: Account, rule: Rule, candidate: Waiting) -> list[str]:
    """The rule's kinds that make sense for this candidate and exist on the platform."""
    return [
        kind
        for kind in rule.action_types
        if (candidate.post is not None or kind not in NEEDS_POST)
        and is_possible(runtime, account, kind)
    ]


def is_possible(
    runtime: Runtime, account: Account, kind: str, summoned: bool = False, own_post: bool = False
) -> bool:
    """Whether the ledger has a way for this: by hand, or by the API with what was granted."""
    performs, ledger = runtime.connectors.get(account.platform).manifest.performs, runtime.ledger
    row = ledger.holding(account.platform, kind, account.tier, performs)
    mode = mode_for(row, summoned, own_post)
    if mode == "api":
        return not ledger.lacks(account.platform, kind, account.tier, account.scopes)
    return mode != "forbidden"


async def _one(tx: Tx, desk: _Desk, candidate: Waiting, kind: str) -> UUID | None:
    """The proposed action; None when it is a repeat, does not fit, or is blocked."""
    text = None
    if kind in WRITES:
        rng = derive(desk.runtime.seed or "socialseed", "draft", candidate.id)
        template = desk.rules[candidate.rule_id].text_template
        text = fresh_draft(candidate, template, rng, desk.said)
    proposal = Proposal(
        account_id=desk.account.id,
        action_type=kind,
        target_account=candidate.handle,
        target_data=target_data(candidate, text),
        rule_id=candidate.rule_id,
    )
    try:
        found = await submit(tx, desk.runtime, proposal)
    except AppError as error:
        if error.kind not in (Kind.CONFLICT, Kind.INVALID):
            raise
        return None
    if text is not None:
        desk.said.insert(0, (text, desk.account.username))
    return None if found.status == "blocked" else found.action_id
