"""When the next action goes out: at once if the account is awake and rested, else as soon as it is.

Gaps are irregular but repeatable: each hangs on the seed, the account and the instant before it.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from socialseed.core.rng import derive
from socialseed.policy.pacing.days import waking_from

MIN_GAP = timedelta(seconds=45)
MAX_GAP = timedelta(minutes=40)
SLOWER = {"green": 1, "yellow": 2, "red": 4}
_REACT = (2.0, 35.0)  # seconds between approval and sending when nothing else is in the way
_WAKE_UP = (60.0, 1200.0)  # seconds after the start of the waking hours
_REST_SHARE = 0.12  # of gaps that are a rest of 8 to 20 minutes
_MEAN_GAP = 110.0  # seconds above the minimum


def next_slot(
    seed: str,
    account_id: object,
    after: datetime,
    last_at: datetime | None,
    timezone: str,
    waking_start: int,
    waking_end: int,
    light: str,
    taken: Sequence[datetime],
) -> datetime:
    """The first free instant, in UTC, not before `after`: within waking hours, a gap from all
    others.

    `last_at`: the last action already sent; only the minimum gap and a little more is kept from it,
    so that a single approved action need not wait. `taken`: instants already given away; each keeps
    a gap of its own behind it. A yellow light doubles all gaps, a red one quadruples them. Whole
    seconds.
    """
    slower = SLOWER.get(light, SLOWER["red"])
    others = sorted(at.astimezone(UTC) for at in taken)
    at = after.astimezone(UTC) + _draw(_REACT, seed, account_id, "react", after, len(others))
    if last_at is not None:
        breath = _draw((0.0, 12.0), seed, account_id, "breath", last_at)
        at = max(at, last_at.astimezone(UTC) + slower * MIN_GAP + breath)
    while True:
        at = _whole_second(at)
        awake = _awake(at, seed, account_id, timezone, waking_start, waking_end)
        free = _clear_of(awake, others, seed, account_id, light)
        if free == at:
            return at
        at = free


def gap_after(seed: str, account_id: object, at: datetime, light: str = "green") -> timedelta:
    """The pause that follows an action at `at`: at least MIN_GAP, usually minutes, now and then a
    rest.
    """
    slower = SLOWER.get(light, SLOWER["red"])
    rng = derive(seed, account_id, "gap", at.astimezone(UTC).isoformat())
    if rng.random() < _REST_SHARE:
        extra = rng.uniform(480.0, 1200.0)
    else:
        extra = rng.expovariate(1 / _MEAN_GAP)
    return slower * min(MIN_GAP + timedelta(seconds=round(extra)), MAX_GAP)


def _draw(between: tuple[float, float], seed: str, *key: object) -> timedelta:
    text = (part.isoformat() if isinstance(part, datetime) else part for part in key)
    return timedelta(seconds=round(derive(seed, *text).uniform(*between)))


def _awake(
    at: datetime, seed: str, account_id: object, timezone: str, waking_start: int, waking_end: int
) -> datetime:
    for on, span in waking_from(at, timezone, waking_start, waking_end):
        if at >= span.start:
            return at
        rise = span.start + _draw(_WAKE_UP, seed, account_id, "wake", on.isoformat())
        if rise in span:
            return rise
    raise AssertionError("waking hours come every day")


def _clear_of(
    at: datetime, others: Sequence[datetime], seed: str, account_id: object, light: str
) -> datetime:
    """`at`, or the end of the gap behind the neighbour that stands too close."""
    index = bisect_right(others, at)
    least = SLOWER.get(light, SLOWER["red"]) * MIN_GAP
    if index < len(others) and others[index] - at < least:
        return others[index] + gap_after(seed, account_id, others[index], light)
    if index > 0:
        free_at = others[index - 1] + gap_after(seed, account_id, others[index - 1], light)
        if at < free_at:
            return free_at
    return at


def _whole_second(at: datetime) -> datetime:
    return at if at.microsecond == 0 else at.replace(microsecond=0) + timedelta(seconds=1)
