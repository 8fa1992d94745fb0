"""What stands before the next phase, gate by gate: what it is now and what it needs to be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from socialseed.policy.numbers import Policy
from socialseed.policy.phases.programme import first_day, is_open

CLEAN_DAYS = 7  # SocialSeed: as long as a platform's warning weighs on the light and the freeze


@dataclass(frozen=True, slots=True)
class PhaseFacts:
    """What a phase depends on."""

    platform: str
    phase: str  # the present one
    started_on: date
    programme_day: int
    established: bool
    health_score: int | None
    warnings_last_7_days: int
    decided: int  # proposals of this account approved or rejected by a person
    approved_without_edits_share: float | None  # of those
    incidents_since_change: int = 0  # the platform's own, since the phase last changed
    incidents_last_7_days: int = 0  # every one that counts against the record, or is open yet


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition of a promotion. `sentence`: what is missing, if it is."""

    code: str
    label: str
    met: bool
    found: str
    needs: str
    sentence: str


def gates_before(upcoming: str, facts: PhaseFacts, policy: Policy) -> Sequence[Gate]:
    """Every gate before the phase `upcoming`, the day first.

    Where the platform is still closed there is nothing to decide on, so no record is asked for.
    """
    found = [_day(upcoming, facts, policy), _health(facts, policy), _clean(facts)]
    if is_open(facts.platform, facts.phase):
        found += [_decided(facts, policy), _unedited(facts, policy)]
    return tuple(found)


def day_reached(phase: str, facts: PhaseFacts, policy: Policy) -> bool:
    """Whether the days alone allow the phase. An established account needs none for phase 2."""
    if phase == "phase_2" and facts.established:
        return True
    return facts.programme_day >= first_day(phase, policy)


def _day(upcoming: str, facts: PhaseFacts, policy: Policy) -> Gate:
    needed = first_day(upcoming, policy)
    needs = f"day {needed}"
    if upcoming == "phase_2" and facts.established:
        needs = "no day: the account is established"
    return Gate(
        "day",
        "Day of the programme",
        day_reached(upcoming, facts, policy),
        f"day {facts.programme_day}",
        needs,
        f"It must be day {needed} of the programme; it is day {facts.programme_day}.",
    )


def _health(facts: PhaseFacts, policy: Policy) -> Gate:
    least, score = policy.count("gates.min_health"), facts.health_score
    if score is None:
        told = "Health has not been measured yet."
        return Gate("health", "Health", False, "not measured", f"at least {least}", told)
    told = f"Health must be at least {least}; it is {score}."
    return Gate("health", "Health", score >= least, str(score), f"at least {least}", told)


def _clean(facts: PhaseFacts) -> Gate:
    # A warning is an incident too; whoever tells of more of them is believed.
    count = max(facts.warnings_last_7_days, facts.incidents_last_7_days)
    found = "1 incident" if count == 1 else f"{count or 'no'} incidents"
    return Gate(
        "clean_record",
        "Clean record",
        count == 0,
        f"{found} in {CLEAN_DAYS} days",
        f"none for {CLEAN_DAYS} days",
        f"There must be no warning and no other incident for {CLEAN_DAYS} days: {found} so far.",
    )


def _decided(facts: PhaseFacts, policy: Policy) -> Gate:
    least = policy.count("gates.min_decided")
    return Gate(
        "decided",
        "Decisions",
        facts.decided >= least,
        f"{facts.decided} decided",
        f"at least {least}",
        f"You need to decide {least - facts.decided} more proposals.",
    )


def _unedited(facts: PhaseFacts, policy: Policy) -> Gate:
    least, share = policy.number("gates.min_unedited_share"), facts.approved_without_edits_share
    known = "unknown" if share is None else f"{share:.0%}"
    return Gate(
        "unedited",
        "Approved without an edit",
        share is not None and share >= least,
        known,
        f"at least {least:.0%}",
        f"{least:.0%} of decisions must be approvals without edits; it is {known}.",
    )
