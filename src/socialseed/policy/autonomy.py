"""Earned autonomy: whether an account may do one kind of action on one light without being asked
about each.

Days alone never earn it. What earns it is a record of approvals without an edit whose lower
confidence bound is high, on an account that nothing speaks against. A fact that is not known (None)
never grants, and another condition never grants more.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from socialseed.core.rng import derive
from socialseed.policy.numbers import Policy

LIGHTS = ("green", "yellow")  # red is always asked about
CONFIDENCE = 0.95  # one-sided; the convention
LOOK_BACK = 200  # SocialSeed: the last decisions that count, or as many as the policy asks for
QUIET = timedelta(days=30)  # SocialSeed: without an incident, and after a person took it back


@dataclass(frozen=True, slots=True)
class AutonomyFacts:
    """What is known of one account, kind and light. None: not known."""

    action_type: str
    light: str
    mode: str | None  # as the ledger says: api or human
    needs_approval: bool | None  # whether the platform wants a person to start each one
    proof: str | None  # of the ledger's row: fresh or expired
    phase: str | None
    account_light: str | None
    incidents: int | None  # within QUIET, or open yet
    taken_back: bool | None  # by a person, within QUIET
    decided: int | None  # of the last decisions of this account, kind and light
    unedited: int | None  # approved without an edit, of those


Condition = Callable[[AutonomyFacts, Policy], str | None]


@dataclass(frozen=True, slots=True)
class Standing:
    """What is missing; nothing means that it is earned. The bound is one of the true share."""

    missing: Sequence[str]
    lower_bound: float

    @property
    def earned(self) -> bool:
        """Whether every condition holds."""
        return not self.missing


def automatic_at_all(facts: AutonomyFacts, _policy: Policy) -> str | None:
    """Only what the API may do without a person, and never on red."""
    if facts.light not in LIGHTS:
        return "What is red is always asked about."
    if facts.mode != "api":
        return "It is done by hand."
    if facts.needs_approval is not False:
        return "The platform wants a person to agree to each one."
    return None


def last_phase(facts: AutonomyFacts, _policy: Policy) -> str | None:
    """Phase 3 is necessary, and not sufficient."""
    return None if facts.phase == "phase_3" else "The account must be in phase 3."


def no_incident(facts: AutonomyFacts, _policy: Policy) -> str | None:
    """One incident of the last 30 days, or an open one, is enough to say no."""
    if facts.incidents is None:
        return "It is not known whether there was an incident."
    if facts.incidents == 0:
        return None
    return f"There must be no incident for {QUIET.days} days; there were {facts.incidents}."


def not_taken_back(facts: AutonomyFacts, _policy: Policy) -> str | None:
    """What a person took back is not earned again for a while."""
    if facts.taken_back is False:
        return None
    return f"A person took it back less than {QUIET.days} days ago."


def enough_decided(facts: AutonomyFacts, policy: Policy) -> str | None:
    """Few decisions prove nothing."""
    least, decided = policy.count("autonomy.min_decided"), facts.decided or 0
    return None if decided >= least else f"{decided} of {least} decisions were made."


def bound_high(facts: AutonomyFacts, policy: Policy) -> str | None:
    """The share that the record proves, not the one that it shows."""
    least, bound = policy.number("autonomy.min_lower_bound"), _bound_of(facts)
    if bound >= least:
        return None
    return f"Approved without an edit is proven for {bound:.1%}; it must be {least:.1%}."


def proof_fresh(facts: AutonomyFacts, _policy: Policy) -> str | None:
    """The ledger's row must still be proof."""
    return None if facts.proof == "fresh" else "What the platform allows must be checked again."


def light_green(facts: AutonomyFacts, _policy: Policy) -> str | None:
    """Nothing is earned while the account itself is not well."""
    return None if facts.account_light == "green" else "The account's light must be green."


# What is needed to keep it, what weighs most first; a slower light alone takes nothing back, and
# old proof asks by itself.
TO_KEEP: Sequence[Condition] = (
    no_incident,
    not_taken_back,
    automatic_at_all,
    last_phase,
    enough_decided,
    bound_high,
)
TO_EARN: Sequence[Condition] = (*TO_KEEP, proof_fresh, light_green)


def standing(
    facts: AutonomyFacts, policy: Policy, conditions: Sequence[Condition] = TO_EARN
) -> Standing:
    """What the facts prove, and which of the conditions do not hold."""
    found = (condition(facts, policy) for condition in conditions)
    return Standing(tuple(told for told in found if told is not None), _bound_of(facts))


def look_back(policy: Policy) -> int:
    """How many of the last decisions are counted."""
    return max(LOOK_BACK, policy.count("autonomy.min_decided"))


def _bound_of(facts: AutonomyFacts) -> float:
    if facts.decided is None or facts.unedited is None:
        return 0.0
    return lower_bound(facts.unedited, facts.decided)


@lru_cache(maxsize=4096)
def lower_bound(successes: int, trials: int) -> float:
    """The exact one-sided 95 % lower bound (Clopper and Pearson, 1934) on a share, rounded down.

    Whatever the true share is, the bound lies above it in at most one of twenty records. 0.0 for
    what cannot be a record.
    """
    if not 0 < successes <= trials:
        return 0.0
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        if _at_least(successes, trials, middle) > 1 - CONFIDENCE:
            high = middle
        else:
            low = middle
    return low


def _at_least(successes: int, trials: int, share: float) -> float:
    """The probability of so many successes or more."""
    yes, no = math.log(share), math.log1p(-share)
    every = math.lgamma(trials + 1)
    return math.fsum(
        math.exp(
            every - math.lgamma(k + 1) - math.lgamma(trials - k + 1) + k * yes + (trials - k) * no
        )
        for k in range(successes, trials + 1)
    )


def is_audited(seed: str, action_id: object, share: float) -> bool:
    """Whether this action is asked about all the same. The same in every process."""
    return derive(seed, "audit", action_id).random() < share


def audit_words(share: float) -> str:
    """What a person is told of an action that was drawn."""
    if share >= 1:
        return "Every one of these still comes to you."
    if abs(1 / share - round(1 / share)) < 0.01 and round(1 / share) in _COUNTS:
        return f"One in {_COUNTS[round(1 / share)]} of these still comes to you."
    return f"{share:.0%} of these still come to you."


_COUNTS = {2: "two", 3: "three", 4: "four", 5: "five", 8: "eight", 10: "ten", 20: "twenty"}
