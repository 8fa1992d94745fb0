"""The phases as data: their days, what they open, and the count of days in local time."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from socialseed.policy.numbers import DEFAULTS, Policy

PHASES = ("phase_1", "phase_2", "phase_3")
NAMES = {"phase_1": "phase 1", "phase_2": "phase 2", "phase_3": "phase 3"}
_OPEN = {
    "phase_1": frozenset({"tiktok"}),
    "phase_2": frozenset({"tiktok", "instagram"}),
    "phase_3": frozenset({"tiktok", "instagram", "twitter"}),
}


def programme_day(started_on: date, now: datetime, timezone: str) -> int:
    """Which day of the programme it is on the account's wall; the first is 1, never less.

    Dates are counted, so a day of 23 or 25 hours is one, and a zone on the other side of the date
    line moves the count by one at most.
    """
    return max(1, (now.astimezone(ZoneInfo(timezone)).date() - started_on).days + 1)


def first_day(phase: str, policy: Policy = DEFAULTS) -> int:
    """The programme day on which a phase may begin. Raises KeyError for an unknown phase."""
    return 1 if phase == PHASES[0] else policy.count(f"days.{phase}")


def platforms_open(phase: str) -> frozenset[str]:
    """The platforms on which an account of this phase may act. None for an unknown phase."""
    return _OPEN.get(phase, frozenset())


def opens_on_day(platform: str, policy: Policy = DEFAULTS) -> int | None:
    """The first programme day on which any phase opens the platform; None if no phase does."""
    days = [first_day(phase, policy) for phase in PHASES if platform in _OPEN[phase]]
    return min(days) if days else None


def first_date(phase: str, started_on: date, policy: Policy = DEFAULTS) -> date:
    """The local date on which the phase's first day falls."""
    return started_on + timedelta(days=first_day(phase, policy) - 1)


def starting_phase(established: bool) -> str:
    """Where an account begins: phase 2 when its owner confirmed that it is established."""
    return "phase_2" if established else "phase_1"
