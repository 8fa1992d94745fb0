"""What one account did in the last days, kept ready for counting. Instants in seconds."""

from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import datetime

WEEK = 7 * 86_400.0
_MOST = 20_000


@dataclass(frozen=True, slots=True)
class Facts:
    """The account as the platform sees it. `timezone` is an IANA name."""

    created_at: datetime
    followers: int
    timezone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Observation:
    """One act, tried or done. `verb` is the journal's word (`follow`, `like`, `comment`, …).

    `target` names who or what it was aimed at. `unwanted`: the person it reached did not want it
    and complained. `rejected`: the platform's rules refused it. `defied`: a restriction refused it.
    """

    at: datetime
    verb: str
    target: str | None = None
    text: str | None = None
    unwanted: bool = False
    rejected: bool = False
    defied: bool = False


@dataclass(slots=True)
class History:
    """Rising lists of instants, one for each thing that is counted."""

    acts: list[float] = field(default_factory=list)
    by_group: dict[str, list[float]] = field(default_factory=dict)
    nights: list[float] = field(default_factory=list)
    left: list[float] = field(default_factory=list)
    rejected: list[float] = field(default_factory=list)
    followed: dict[str, float] = field(default_factory=dict)

    def note(self, group: str, at: float) -> None:
        """An act of `group` happened."""
        for times in (self.acts, self.by_group.setdefault(group, [])):
            times.append(at)
            _trim(times, at)

    def note_follow(self, target: str, at: float) -> None:
        """`target` is followed since `at`."""
        self.followed[target] = at
        if len(self.followed) > _MOST:
            del self.followed[next(iter(self.followed))]

    def take_follow(self, target: str) -> float | None:
        """Since when `target` was followed; it is no longer."""
        return self.followed.pop(target, None)


def count_since(times: list[float], since: float) -> int:
    """How many of the rising `times` are at `since` or later."""
    return len(times) - bisect_left(times, since)


def add(times: list[float], at: float) -> None:
    """`at` is in the list, and what is older than a week is not."""
    times.append(at)
    _trim(times, at)


def _trim(times: list[float], at: float) -> None:
    if times[0] < at - WEEK or len(times) > _MOST:
        del times[: max(bisect_left(times, at - WEEK), len(times) - _MOST)]
