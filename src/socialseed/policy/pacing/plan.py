"""An account's day before it happens: budget, sessions and slots, seeded and previewable.

Slots come in one fixed order of preference, so that a smaller budget keeps the first of them where
they are: a plan that is thinned does not move.
"""

import math
from bisect import bisect_right, insort
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from zoneinfo import ZoneInfo

from socialseed.core.rng import Rng, derive
from socialseed.policy.pacing.days import Span, waking

MIN_GAP = timedelta(seconds=45)
SLOWER = {"green": 1, "yellow": 2, "red": 4}
# Monday to Sunday; weekends are a little livelier. Ours, no platform's.
WEEKDAYS = (0.92, 0.95, 1.0, 1.0, 0.95, 1.0, 0.85)
QUIET_DAY_SHARE = 0.08
QUIET = 0.35
RAMP_AFTER_PAUSE = (0.4, 0.55, 0.7, 0.85)  # share on the first days after a pause of 3 days or more
LONG_PAUSE = timedelta(days=3)
_TRIES = 6  # instants drawn for each slot wanted, before a crowded day stays below its budget


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What an account's days hang on. `day` and `hour`: the most that its limits allow of all kinds
    together, already slowed by its light.
    """

    seed: str
    account: str
    timezone: str
    waking_start: int
    waking_end: int
    light: str
    day: int
    hour: int
    resumed_on: date | None = None  # local date on which a pause of three days or more ended last

    @property
    def gap(self) -> timedelta:
        """The least time between any two actions: yellow doubles it, red quadruples it."""
        return SLOWER.get(self.light, SLOWER["red"]) * MIN_GAP


@dataclass(frozen=True, slots=True)
class Ramp:
    """Where a date stands after a long pause: the `day`-th from 1, at this share of the usual."""

    day: int
    share: float


@dataclass(frozen=True, slots=True)
class Budget:
    """The most on one local date, and what made it so."""

    count: int
    quiet: bool
    ramp: Ramp | None


@dataclass(frozen=True, slots=True)
class DayPlan:
    """The waking hours that begin on a local date, with sessions and slots, in UTC and in order."""

    on: date
    waking: Span
    sessions: Sequence[Span]
    slots: Sequence[datetime]


@lru_cache(maxsize=4096)
def day_budget(rhythm: Rhythm, on: date) -> Budget:
    """The limit x weekday x quiet day x ramp after a pause: at least 1, at most the limit."""
    rng = derive(rhythm.seed, rhythm.account, "shape", on.isoformat())
    share = WEEKDAYS[on.weekday()] * rng.uniform(0.85, 1.0)
    quiet = rng.random() < QUIET_DAY_SHARE
    ramp = _ramp(rhythm, on)
    if quiet:
        share *= QUIET
    if ramp is not None:
        share *= ramp.share
    return Budget(min(rhythm.day, max(1, round(rhythm.day * share))), quiet, ramp)


def _ramp(rhythm: Rhythm, on: date) -> Ramp | None:
    since = (on - rhythm.resumed_on).days if rhythm.resumed_on is not None else -1
    if not 0 <= since < len(RAMP_AFTER_PAUSE):
        return None
    return Ramp(since + 1, RAMP_AFTER_PAUSE[since])


@lru_cache(maxsize=1024)
def day_plan(rhythm: Rhythm, on: date) -> DayPlan:
    """The plan of the waking hours that begin on `on`: slots a gap apart, all within sessions.

    No local hour has more slots than the limit, no local date more than its budget; waking hours
    past midnight share each date's budget by their length. The same arguments give the same plan
    in any process.
    """
    span = waking(on, rhythm.timezone, rhythm.waking_start, rhythm.waking_end)
    key = (rhythm.account, "day", on.isoformat())
    sessions = _sessions(span, derive(rhythm.seed, *key))
    drawn = _instants(sessions, derive(rhythm.seed, *key, "slots"))
    return DayPlan(on, span, sessions, _slots(rhythm, on, drawn))


def _sessions(span: Span, rng: Rng) -> Sequence[Span]:
    """Three to six sessions: the span in as many parts, each part rest, session, rest."""
    length = (span.end - span.start).total_seconds()
    if length <= 0:
        return ()
    count = min(rng.randint(3, 6), max(1, int(length // 3600)))
    part = length / count
    found = []
    for number in range(count):
        begin = part * (number + rng.uniform(0.05, 0.3))
        end = part * (number + rng.uniform(0.65, 0.95))
        found.append(Span(_at(span, begin), _at(span, end)))
    return tuple(found)


def _instants(sessions: Sequence[Span], rng: Rng) -> Iterator[datetime]:
    """Instants within the sessions, each as likely as any other, without end."""
    ends = list(accumulate((one.end - one.start).total_seconds() for one in sessions))
    while ends and ends[-1] > 0:
        drawn = rng.random() * ends[-1]
        index = bisect_right(ends, drawn)
        yield _at(sessions[index], drawn - (ends[index - 1] if index else 0))


def _slots(rhythm: Rhythm, on: date, drawn: Iterator[datetime]) -> Sequence[datetime]:
    """The first of the drawn instants that keep gap, hour and budget, in order of time."""
    zone, gap = ZoneInfo(rhythm.timezone), rhythm.gap
    left = _shares(rhythm, on)
    hours: Counter[tuple[date, int]] = Counter()
    found: list[datetime] = []
    for _, at in zip(range(_TRIES * sum(left.values()) + 24), drawn, strict=False):
        wall = at.astimezone(zone)
        hour = (wall.date(), wall.hour)
        if left.get(hour[0], 0) <= 0 or hours[hour] >= rhythm.hour or not clear(found, at, gap):
            continue
        insort(found, at)
        hours[hour] += 1
        left[hour[0]] -= 1
        if not any(left.values()):
            break
    return tuple(found)


def _shares(rhythm: Rhythm, on: date) -> dict[date, int]:
    """How much of the budgets of `on` and of the next date these waking hours may use."""
    evening, following = day_budget(rhythm, on).count, on + timedelta(days=1)
    return {
        on: evening - _night(rhythm, evening),
        following: _night(rhythm, day_budget(rhythm, following).count),
    }


def _night(rhythm: Rhythm, count: int) -> int:
    """The part of a date's budget that belongs to the waking hours begun the day before."""
    start, end = rhythm.waking_start, rhythm.waking_end
    if end > start:
        return 0
    share = end / (24 - start + end)
    # What cannot be divided goes to the longer part.
    return math.ceil(count * share) if share > 0.5 else math.floor(count * share)


def clear(others: Sequence[datetime], at: datetime, gap: timedelta) -> bool:
    """Whether none of `others` (in order) is nearer to `at` than `gap`."""
    index = bisect_right(others, at)
    before = index == 0 or at - others[index - 1] >= gap
    return before and (index == len(others) or others[index] - at >= gap)


def _at(span: Span, seconds: float) -> datetime:
    # Whole seconds, rounded down, so that every instant stays within its span.
    return span.start + timedelta(seconds=int(seconds))
