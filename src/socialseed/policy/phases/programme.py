"""The phases as data: their days, what they open, and the count of days in local time."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

PHASES = ("phase_1", "phase_2", "phase_3")
FIRST_DAY = {"phase_1": 1, "phase_2": 31, "phase_3": 61}
NAMES = {"phase_1": "phase 1", "phase_2": "phase 2", "phase_3": "phase 3"}
# The product owner's table: phase 1 TikTok, phase 2 Instagram too, phase 3 every platform.
_OPENS = {"tiktok": "phase_1", "instagram": "phase_2"}
_LAST = "phase_3"


def programme_day(started_on: date, now: datetime, timezone: str) -> int:
    """Which day of the programme it is on the account's wall; the first is 1, never less."""
    return max(1, (now.astimezone(ZoneInfo(timezone)).date() - started_on).days + 1)


def is_open(platform: str, phase: str) -> bool:
    """Whether an account of this phase may act on the platform. Never in an unknown phase."""
    return phase in PHASES and FIRST_DAY[phase] >= opens_on_day(platform)


def opens_on_day(platform: str) -> int:
    """The first programme day on which a phase opens the platform."""
    return FIRST_DAY[_OPENS.get(platform, _LAST)]


def first_date(phase: str, started_on: date) -> date:
    """The local date on which the phase's first day falls."""
    return started_on + timedelta(days=FIRST_DAY[phase] - 1)


def starting_phase(established: bool) -> str:
    """Where an account begins: phase 2 when its owner confirmed that it is established."""
    return "phase_2" if established else "phase_1"
