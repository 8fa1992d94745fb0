"""Which phase an account is in: days are necessary, health and a clean record too; incidents
demote.

The gates besides the days are ours, not a platform's: health 70, no warning for 7 days, 20
decisions of which 70 % were approved without an edit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from socialseed.policy.phases.programme import (
    FIRST_DAY,
    NAMES,
    PHASES,
    first_date,
    is_open,
)

MIN_HEALTH = 70
MIN_DECIDED = 20
MIN_UNEDITED_SHARE = 0.7


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
    incidents_since_change: int = 0  # restrictions by the platform since the phase last changed


@dataclass(frozen=True, slots=True)
class OpensNext:
    """The next phase, the local date on which its first day falls, and what else is missing."""

    phase: str
    on: date
    missing: Sequence[str]


@dataclass(frozen=True, slots=True)
class PhaseVerdict:
    """The phase from now on and why; None for `opens_next` in the last one."""

    phase: str
    reasons: Sequence[str]
    opens_next: OpensNext | None


def phase_of(facts: PhaseFacts) -> PhaseVerdict:
    """The phase that the facts allow: one step down on an incident, at most one step up, else the
    same.
    """
    if facts.incidents_since_change > 0 and facts.phase != PHASES[0]:
        down = PHASES[PHASES.index(facts.phase) - 1]
        reason = f"The platform restricted the account, so it went back to {NAMES[down]}."
        return PhaseVerdict(down, (reason,), _next_of(down, facts))
    upcoming = _next_of(facts.phase, facts)
    if upcoming is None or upcoming.missing or not _day_reached(upcoming.phase, facts):
        return PhaseVerdict(facts.phase, (_why_here(facts),), upcoming)
    reason = (
        f"Day {facts.programme_day}, health and record are good enough for {NAMES[upcoming.phase]}."
    )
    return PhaseVerdict(upcoming.phase, (reason,), _next_of(upcoming.phase, facts))


def _why_here(facts: PhaseFacts) -> str:
    if (
        facts.established
        and facts.phase == "phase_2"
        and facts.programme_day < FIRST_DAY["phase_2"]
    ):
        return "Its owner confirmed that the account is established, so it began in phase 2."
    return f"The account is on day {facts.programme_day} of its programme, in {NAMES[facts.phase]}."


def _day_reached(phase: str, facts: PhaseFacts) -> bool:
    if phase == "phase_2" and facts.established:
        return True
    return facts.programme_day >= FIRST_DAY[phase]


def _next_of(phase: str, facts: PhaseFacts) -> OpensNext | None:
    index = PHASES.index(phase) + 1
    if index == len(PHASES):
        return None
    upcoming = PHASES[index]
    return OpensNext(
        upcoming, first_date(upcoming, facts.started_on), tuple(_missing(phase, facts))
    )


def _missing(phase: str, facts: PhaseFacts) -> list[str]:
    missing = []
    if facts.health_score is None:
        missing.append("Health has not been measured yet.")
    elif facts.health_score < MIN_HEALTH:
        missing.append(f"Health must be at least {MIN_HEALTH}; it is {facts.health_score}.")
    if facts.warnings_last_7_days > 0 or facts.incidents_since_change > 0:
        missing.append("There must be no warning by the platform for 7 days.")
    # Where the platform is still closed there is nothing to decide on, so no record can be asked
    # for.
    if is_open(facts.platform, phase):
        missing.extend(_missing_record(facts))
    return missing


def _missing_record(facts: PhaseFacts) -> list[str]:
    if facts.decided < MIN_DECIDED:
        return [f"You need to decide {MIN_DECIDED - facts.decided} more proposals."]
    share = facts.approved_without_edits_share
    if share is None or share < MIN_UNEDITED_SHARE:
        known = "unknown" if share is None else f"{share:.0%}"
        return [
            f"{MIN_UNEDITED_SHARE:.0%} of decisions must be approvals without edits; it is {known}."
        ]
    return []
