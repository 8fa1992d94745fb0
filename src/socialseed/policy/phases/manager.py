"""Which phase an account is in: days are necessary, health and a clean record too; incidents
demote.

The numbers of the gates are the workspace's policy: see `numbers`, which says where each is from.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from socialseed.policy.numbers import DEFAULTS, Policy
from socialseed.policy.phases.gates import Gate, PhaseFacts, day_reached, gates_before
from socialseed.policy.phases.programme import NAMES, PHASES, first_date, first_day


@dataclass(frozen=True, slots=True)
class OpensNext:
    """The next phase, the local date on which its first day falls, and what else is missing."""

    phase: str
    on: date
    missing: Sequence[str]


@dataclass(frozen=True, slots=True)
class PhaseVerdict:
    """The phase from now on and why; no `opens_next` and no gates in the last one."""

    phase: str
    reasons: Sequence[str]
    opens_next: OpensNext | None
    gates: Sequence[Gate] = ()


def phase_of(facts: PhaseFacts, policy: Policy = DEFAULTS) -> PhaseVerdict:
    """The phase that the facts allow: one step down on an incident or when the policy moved its
    day away, at most one step up when every gate is met, else the same.
    """
    why_down = _why_down(facts, policy)
    if why_down is not None:
        return _verdict(PHASES[PHASES.index(facts.phase) - 1], why_down, facts, policy)
    here = standing(facts, policy)
    if here.opens_next is None or not all(gate.met for gate in here.gates):
        return here
    up = here.opens_next.phase
    reason = f"Day {facts.programme_day}, health and record are good enough for {NAMES[up]}."
    return _verdict(up, reason, facts, policy)


def standing(facts: PhaseFacts, policy: Policy = DEFAULTS) -> PhaseVerdict:
    """The present phase, why it is that, and what stands before the next."""
    return _verdict(facts.phase, _why_here(facts, policy), facts, policy)


def _verdict(phase: str, reason: str, facts: PhaseFacts, policy: Policy) -> PhaseVerdict:
    index = PHASES.index(phase) + 1
    if index == len(PHASES):
        return PhaseVerdict(phase, (reason,), None)
    upcoming = PHASES[index]
    gates = gates_before(upcoming, facts, policy)
    on = first_date(upcoming, facts.started_on, policy)
    if upcoming == "phase_2" and facts.established:
        on = facts.started_on
    missing = tuple(gate.sentence for gate in gates if not gate.met and gate.code != "day")
    return PhaseVerdict(phase, (reason,), OpensNext(upcoming, on, missing), gates)


def _why_down(facts: PhaseFacts, policy: Policy) -> str | None:
    if facts.phase == PHASES[0]:
        return None
    down = NAMES[PHASES[PHASES.index(facts.phase) - 1]]
    if facts.incidents_since_change > 0:
        return f"The platform restricted the account, so it went back to {down}."
    needed = first_day(facts.phase, policy)
    # One day of grace: a zone on the other side of the date line takes one away.
    if facts.programme_day < needed - 1 and not day_reached(facts.phase, facts, policy):
        name = NAMES[facts.phase].capitalize()
        return f"{name} begins on day {needed} here, and it is day {facts.programme_day}."
    return None


def _why_here(facts: PhaseFacts, policy: Policy) -> str:
    early = facts.programme_day < first_day("phase_2", policy)
    if facts.established and facts.phase == "phase_2" and early:
        day = f"it is on day {facts.programme_day} of its programme"
        return f"As an established account it began in phase 2; {day}."
    return f"The account is on day {facts.programme_day} of its programme, in {NAMES[facts.phase]}."
