"""The smallest change that turns a verdict green, found by trying it out on the facts. Pure.

Whatever is returned was applied to the facts and judged by the same rules: it is green, and no
part of it alone would be.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import combinations, islice

from socialseed.policy.risk.changes import WHEN, Change, catalogue, out_of_reach
from socialseed.policy.risk.scoring import findings_of, load
from socialseed.policy.risk.types import Facts, Finding, Rule
from socialseed.policy.risk.weights import YELLOW_FROM

MOST_STEPS = 5
MOST_CHANGES = 12  # the most helpful ones that are combined
MOST_TRIALS = 60  # combinations that are judged before it is given up


@dataclass(frozen=True, slots=True)
class _Help:
    """A change, and how many points fewer there are after it alone."""

    change: Change
    points: int


def to_green(
    facts: Facts, findings: Sequence[Finding], rules: Sequence[Rule]
) -> tuple[Change, ...]:
    """The fewest changes that leave it green under `rules`, of equally many those that cost least,
    in the order in which to apply them. Empty when it is green, or when none is within reach.

    `findings` are what the rules say of the facts.
    """
    total = load(findings)
    need = total - YELLOW_FROM + 1
    if need <= 0 or load([one for one in findings if out_of_reach(one)]) >= YELLOW_FROM:
        return ()
    helps = _helpful(facts, findings, rules, total)
    for steps in islice(_wanted(helps, need), MOST_TRIALS):
        if _green(facts, steps, rules):
            return _least(facts, steps, rules)
    return ()


def applied(facts: Facts, steps: Sequence[Change]) -> Facts:
    """The facts after the steps."""
    return reduce(lambda given, step: step.apply(given), steps, facts)


def _helpful(
    facts: Facts, findings: Sequence[Finding], rules: Sequence[Rule], total: int
) -> Sequence[_Help]:
    found: list[_Help] = []
    most = 0
    for change in catalogue(facts, findings):
        points = total - load(findings_of(change.apply(facts), rules))
        # Of two waits that help as much the longer one is of no use.
        if points <= (most if change.group == WHEN and change.hours > 0 else 0):
            continue
        if change.group == WHEN:
            most = points
        found.append(_Help(change, points))
    kept = sorted(found, key=lambda one: (-one.points, one.change.hours))[:MOST_CHANGES]
    return [one for one in found if one in kept]


def _wanted(helps: Sequence[_Help], need: int) -> Iterator[tuple[Change, ...]]:
    """Combinations that may suffice, the smallest and then the cheapest first."""
    for size in range(1, min(MOST_STEPS, len(helps)) + 1):
        most = sum(sorted((one.points for one in helps), reverse=True)[:size])
        if most < need:
            continue
        able = [
            tuple(one.change for one in some)
            for some in combinations(helps, size)
            if sum(one.points for one in some) >= need and _compatible(some)
        ]
        yield from sorted(able, key=lambda steps: sum(step.hours for step in steps))


def _compatible(some: Sequence[_Help]) -> bool:
    return len({one.change.group for one in some}) == len(some)


def _green(facts: Facts, steps: Sequence[Change], rules: Sequence[Rule]) -> bool:
    return load(findings_of(applied(facts, steps), rules)) < YELLOW_FROM


def _least(facts: Facts, steps: tuple[Change, ...], rules: Sequence[Rule]) -> tuple[Change, ...]:
    """`steps` without those that it does without."""
    for left_out in range(len(steps) if len(steps) > 1 else 0):
        fewer = steps[:left_out] + steps[left_out + 1 :]
        if _green(facts, fewer, rules):
            return _least(facts, fewer, rules)
    return steps
