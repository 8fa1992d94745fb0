"""Phases: how far an account is in its programme and what that opens."""

from socialseed.policy.phases.manager import OpensNext, PhaseFacts, PhaseVerdict, phase_of
from socialseed.policy.phases.programme import (
    PHASES,
    first_date,
    is_open,
    opens_on_day,
    programme_day,
    starting_phase,
)

__all__ = [
    "PHASES",
    "OpensNext",
    "PhaseFacts",
    "PhaseVerdict",
    "first_date",
    "is_open",
    "opens_on_day",
    "phase_of",
    "programme_day",
    "starting_phase",
]
