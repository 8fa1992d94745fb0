"""When the next action goes out: the next free slot of the account's day plan.

Only what a person approves while the account is awake may go out at once, in a session of its own.
Everything is repeatable: each draw hangs on the seed, the account and an instant or a date.
"""

from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from socialseed.core.rng import derive
from socialseed.policy.pacing.days import waking_from, window_keys
from socialseed.policy.pacing.plan import (
    MIN_GAP,
    SLOWER,
    DayPlan,
    Rhythm,
    clear,
    day_budget,
    day_plan,
)
from socialseed.policy.pacing.tables import ALL, Limit

__all__ = ["MAX_GAP", "MIN_GAP", "OWN_SESSION", "SLOWER", "Load", "at_once", "awake", "gap_after"]
__all__ += ["load_of", "next_slot", "planned"]

MAX_GAP = timedelta(minutes=40)
OWN_SESSION = timedelta(minutes=30)  # how long somebody's approvals go out in a session of his own
_REACT = (2.0, 35.0)  # seconds between approval and sending when nothing else is in the way
_REST_SHARE = 0.12  # of gaps that are a rest of 8 to 20 minutes
_MEAN_GAP = 110.0  # seconds above the minimum
_HORIZON = 3660  # days; nothing waits for a slot longer than this


@dataclass(frozen=True, slots=True)
class Load:
    """What an account did and has been given, by local hour and day. Grows with each `add`."""

    timezone: str
    last_at: datetime | None
    limits: Mapping[tuple[str, str], int]  # by kind and window
    counts: Counter[tuple[str, str]]  # by kind and window key: what is sent and what is given away
    taken: list[datetime]  # instants given away, in order

    def add(self, kind: str, at: datetime) -> None:
        """One more instant is given to an action of this kind."""
        insort(self.taken, at)
        for key in window_keys(at, self.timezone):
            for counted in {ALL, kind}:
                self.counts[counted, key] += 1

    def has_room(self, rhythm: Rhythm, kind: str, at: datetime) -> bool:
        """Whether one more of this kind at `at` stays within hour, day and the day's budget."""
        day, hour = window_keys(at, self.timezone)
        if self.counts[ALL, day] >= day_budget(rhythm, date.fromisoformat(day)).count:
            return False
        most = self.limits.get
        return (
            self.counts[ALL, hour] < rhythm.hour
            and self.counts[kind, day] < most((kind, "day"), rhythm.day)
            and self.counts[kind, hour] < most((kind, "hour"), rhythm.hour)
        )


def load_of(
    timezone: str,
    last_at: datetime | None,
    limits: Iterable[Limit],
    used: Mapping[tuple[str, str], int],
    taken: Iterable[tuple[str, datetime]],
) -> Load:
    """The load of an account. `last_at`: the last action sent; `used`: the counters by kind and
    window key; `taken`: kind and instant of all that waits for its time.
    """
    found: dict[tuple[str, str], int] = {(one.kind, one.window): one.limit for one in limits}
    load = Load(timezone, last_at, found, Counter(used), [])
    for kind, at in taken:
        load.add(kind, at.astimezone(UTC))
    return load


def next_slot(rhythm: Rhythm, load: Load, after: datetime, kind: str = ALL) -> datetime:
    """The first free slot of the account's plans, in UTC, not before `after`.

    A gap from everything taken and from the last one sent, within each hour's and day's limits and
    the day's budget; what is beyond them flows to the next day.
    """
    for on in _dates(rhythm, after):
        if _full(rhythm, load, on):
            continue
        for at in planned(rhythm, load, day_plan(rhythm, on), after, kind):
            return at
    raise LookupError("nothing is free within ten years")


def planned(
    rhythm: Rhythm, load: Load, plan: DayPlan, after: datetime, kind: str = ALL
) -> Iterable[datetime]:
    """The slots of one plan that are free now, in order, not before `after`."""
    earliest = after.astimezone(UTC)
    if load.last_at is not None:
        earliest = max(earliest, load.last_at.astimezone(UTC) + rhythm.gap)
    for at in plan.slots[bisect_left(plan.slots, earliest) :]:
        if clear(load.taken, at, rhythm.gap) and load.has_room(rhythm, kind, at):
            yield at


def at_once(rhythm: Rhythm, load: Load, after: datetime, kind: str = ALL) -> datetime | None:
    """The instant soon after `after` at which somebody who is there himself has it done; None when
    it must wait for the plan.

    Within waking hours and half an hour; only the minimum gap and a little more is kept from the
    last one sent, and an irregular gap behind each one given away, so that many do not burst.
    """
    at = after.astimezone(UTC) + _draw(_REACT, rhythm, "react", after, len(load.taken))
    if load.last_at is not None:
        breath = _draw((0.0, 12.0), rhythm, "breath", load.last_at)
        at = max(at, load.last_at.astimezone(UTC) + rhythm.gap + breath)
    end = after + OWN_SESSION
    while True:
        at = _whole_second(at)
        if at > end or not awake(rhythm, at):
            return None
        free = _clear_of(rhythm, load.taken, at)
        if free == at:
            return at if load.has_room(rhythm, kind, at) else None
        at = free


def awake(rhythm: Rhythm, at: datetime) -> bool:
    """Whether `at` is within the account's waking hours."""
    hours = (rhythm.timezone, rhythm.waking_start, rhythm.waking_end)
    return next(waking_from(at, *hours))[1].start <= at


def gap_after(rhythm: Rhythm, at: datetime) -> timedelta:
    """The pause that follows an action at `at`: at least MIN_GAP, usually minutes, now and then a
    rest. A yellow light doubles it, a red one quadruples it.
    """
    rng = derive(rhythm.seed, rhythm.account, "gap", at.astimezone(UTC).isoformat())
    if rng.random() < _REST_SHARE:
        extra = rng.uniform(480.0, 1200.0)
    else:
        extra = rng.expovariate(1 / _MEAN_GAP)
    slower = SLOWER.get(rhythm.light, SLOWER["red"])
    return slower * min(MIN_GAP + timedelta(seconds=round(extra)), MAX_GAP)


def _dates(rhythm: Rhythm, after: datetime) -> Iterable[date]:
    """The local dates whose waking hours may hold something after `after`, in order."""
    first = after.astimezone(ZoneInfo(rhythm.timezone)).date() - timedelta(days=1)
    return (first + timedelta(days=number) for number in range(_HORIZON))


def _full(rhythm: Rhythm, load: Load, on: date) -> bool:
    """Whether nothing is left of the budgets that the waking hours begun on `on` may use."""
    both = (on, on + timedelta(days=1)) if rhythm.waking_end <= rhythm.waking_start else (on,)
    return all(load.counts[ALL, one.isoformat()] >= day_budget(rhythm, one).count for one in both)


def _draw(between: tuple[float, float], rhythm: Rhythm, *key: object) -> timedelta:
    text = (part.isoformat() if isinstance(part, datetime) else part for part in key)
    return timedelta(seconds=round(derive(rhythm.seed, rhythm.account, *text).uniform(*between)))


def _clear_of(rhythm: Rhythm, others: Sequence[datetime], at: datetime) -> datetime:
    """`at`, or the end of the gap behind the neighbour that stands too close."""
    index = bisect_right(others, at)
    if index < len(others) and others[index] - at < rhythm.gap:
        return others[index] + gap_after(rhythm, others[index])
    if index > 0:
        return max(at, others[index - 1] + gap_after(rhythm, others[index - 1]))
    return at


def _whole_second(at: datetime) -> datetime:
    return at if at.microsecond == 0 else at.replace(microsecond=0) + timedelta(seconds=1)
