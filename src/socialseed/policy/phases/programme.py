"""The phases as data: their days, what they open, and the count of days in local time."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from socialseed.policy.numbers import DEFAULTS, Policy

PHASES = ("phase_1", "phase_2", "phase_3")
NAMES = {"phase_1": "phase 1", "phase_2": "phase 2", "phase_3": "phase 3"}
# The product owner's table: phase 1 TikTok, phase 2 Instagram too, phase 3 every platform.
_OPENS = {"tiktok": "phase_1", "instagram": "phase_2"}
_LAST = "phase_3"


def programme_day(started_on: date, now: datetime, timezone: str) -> int:
    """Which day of the programme it is on the account's wall; the first is 1, never less.

    Dates are counted, so a day of 23 or 25 hours is one, and a zone on the other side of the date
    line moves the count by one at most.
    """
    return max(1, (now.astimezone(ZoneInfo(timezone)).date() - started_on).days + 1)


def first_day(phase: str, policy: Policy = DEFAULTS) -> int:
    """The programme day on which a phase may begin. Raises KeyError for an unknown phase."""
    return 1 if phase == PHASES[0] else policy.count(f"days.{phase}")


def opens_in(platform: str) -> str:
    """The first phase in which the platform is open."""
    return _OPENS.get(platform, _LAST)


def is_open(platform: str, phase: str) -> bool:
    """Whether an account of this phase may act on the platform. Never in an unknown phase."""
    return phase in PHASES and PHASES.index(phase) >= PHASES.index(opens_in(platform))


def opens_on_day(platform: str, policy: Policy = DEFAULTS) -> int:
    """The first programme day on which a phase opens the platform."""
    return first_day(opens_in(platform), policy)


def first_date(phase: str, started_on: date, policy: Policy = DEFAULTS) -> date:
    """The local date on which the phase's first day falls."""
    return started_on + timedelta(days=first_day(phase, policy) - 1)


def starting_phase(established: bool) -> str:
    """Where an account begins: phase 2 when its owner confirmed that it is established."""
    return "phase_2" if established else "phase_1"
