"""Phases: how far an account is in its programme and what that opens."""

from socialseed.policy.phases.gates import Gate, PhaseFacts
from socialseed.policy.phases.manager import OpensNext, PhaseVerdict, phase_of, standing
from socialseed.policy.phases.programme import (
    PHASES,
    first_date,
    first_day,
    is_open,
    opens_on_day,
    programme_day,
    starting_phase,
)

__all__ = [
    "PHASES",
    "Gate",
    "OpensNext",
    "PhaseFacts",
    "PhaseVerdict",
    "first_date",
    "first_day",
    "is_open",
    "opens_on_day",
    "phase_of",
    "programme_day",
    "standing",
    "starting_phase",
]
