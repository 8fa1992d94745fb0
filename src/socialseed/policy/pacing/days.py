"""An account's local time: its waking hours as instants, and the keys of its day and hour."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

# The fewest and the most hours of a day in which an account does anything. Ours: less leaves no
# room for a natural day, and nobody is at it around the clock.
AWAKE = (4, 18)


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` up to, not including, `end`."""

    start: datetime
    end: datetime

    def __contains__(self, at: datetime) -> bool:
        return self.start <= at < self.end


@lru_cache(maxsize=16384)
def window_keys(now: datetime, timezone: str) -> tuple[str, str]:
    """The account's local date and local hour. An hour that a clock change repeats has one key."""
    wall = now.astimezone(ZoneInfo(timezone)).isoformat()
    return wall[:10], wall[:13]


def next_window(now: datetime, timezone: str, window: str) -> datetime:
    """The first instant, in UTC, whose key of this window (hour or day) is not that of `now`."""
    zone = ZoneInfo(timezone)
    if window == "day":
        return _wall(now.astimezone(zone).date() + timedelta(days=1), 0, zone)
    here = window_keys(now, timezone)[1]
    # Zones differ by quarter hours at most, clock changes included; so every boundary is on one.
    at = now.replace(minute=now.minute - now.minute % 15, second=0, microsecond=0)
    steps = [at + timedelta(minutes=15 * n) for n in range(1, 10)]
    found = next(step for step in steps if window_keys(step, timezone)[1] != here)
    return found.astimezone(UTC)


@lru_cache(maxsize=4096)
def waking(on: date, timezone: str, waking_start: int, waking_end: int) -> Span:
    """The waking hours that begin on local date `on`. End not after start means: past midnight."""
    zone = ZoneInfo(timezone)
    last = on if waking_end > waking_start else on + timedelta(days=1)
    return Span(_wall(on, waking_start, zone), _wall(last, waking_end, zone))


def waking_from(
    at: datetime, timezone: str, waking_start: int, waking_end: int
) -> Iterator[tuple[date, Span]]:
    """The waking hours that end after `at`, in order, with their local dates, without end."""
    on = at.astimezone(ZoneInfo(timezone)).date() - timedelta(days=1)
    while True:
        span = waking(on, timezone, waking_start, waking_end)
        if span.end > at and span.end > span.start:
            yield on, span
        on += timedelta(days=1)


def _wall(on: date, hour: int, zone: ZoneInfo) -> datetime:
    """The first instant of a local hour, in UTC. An hour that a clock change skips starts at the
    change.
    """
    day, clock = (on + timedelta(days=1), 0) if hour == 24 else (on, hour)
    wanted = datetime.combine(day, time(clock), zone)
    at = wanted.astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) == wanted.replace(tzinfo=None):
        return at
    return _first_after_gap(at, wanted.replace(tzinfo=None), zone)


def _first_after_gap(at: datetime, wanted: datetime, zone: ZoneInfo) -> datetime:
    """The instant of the clock change that jumps over `wanted`; a gap is at most a day long."""
    base = at - timedelta(days=1, hours=2)
    minutes = range(0, 2 * 26 * 60)
    index = bisect_left(
        minutes,
        True,
        key=lambda m: (base + timedelta(minutes=m)).astimezone(zone).replace(tzinfo=None) >= wanted,
    )
    return base + timedelta(minutes=minutes[index])
