"""An account's day before it happens: sessions and rests within its waking hours, seeded,
previewable.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from socialseed.core.rng import Rng, derive
from socialseed.policy.pacing.days import Span, waking
from socialseed.policy.pacing.slots import MIN_GAP, SLOWER

# Monday to Sunday; weekends are a little livelier. Ours, no platform's.
WEEKDAYS = (0.92, 0.95, 1.0, 1.0, 0.95, 1.0, 0.85)
QUIET_DAY_SHARE = 0.08
QUIET = 0.35
RAMP_AFTER_PAUSE = (0.4, 0.55, 0.7, 0.85)  # share on the first days after a pause of 3 days or more


@dataclass(frozen=True, slots=True)
class DayPlan:
    """Waking hours, sessions within them and slots within those, all in UTC and in order."""

    on: date
    waking: Span
    sessions: Sequence[Span]
    slots: Sequence[datetime]


def day_plan(
    seed: str,
    account_id: object,
    on: date,
    timezone: str,
    waking_start: int,
    waking_end: int,
    light: str,
    budget: int,
    days_since_pause: int | None = None,
) -> DayPlan:
    """The plan of one local day: at most `budget` slots, each MIN_GAP or more apart, within
    sessions.

    `days_since_pause`: whole days since a pause of three days or more ended, None for no such
    pause. The same arguments give the same plan in any process. `light` thins the slots as it slows
    the pace.
    """
    rng = derive(seed, account_id, "day", on.isoformat())
    span = waking(on, timezone, waking_start, waking_end)
    sessions = _sessions(span, rng)
    gap = SLOWER.get(light, SLOWER["red"]) * MIN_GAP
    count = _count(budget, on, light, days_since_pause, rng)
    return DayPlan(on, span, sessions, _slots(sessions, count, gap, rng))


def _count(budget: int, on: date, light: str, days_since_pause: int | None, rng: Rng) -> int:
    share = WEEKDAYS[on.weekday()] * rng.uniform(0.85, 1.0)
    if rng.random() < QUIET_DAY_SHARE:
        share *= QUIET
    if days_since_pause is not None and 0 <= days_since_pause < len(RAMP_AFTER_PAUSE):
        share *= RAMP_AFTER_PAUSE[days_since_pause]
    return min(budget, round(budget * share))


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


def _slots(sessions: Sequence[Span], count: int, gap: timedelta, rng: Rng) -> Sequence[datetime]:
    """`count` instants, or as many as fit, spread over the sessions by their length."""
    total = sum((one.end - one.start).total_seconds() for one in sessions)
    found: list[datetime] = []
    for one in sessions:
        length = (one.end - one.start).total_seconds()
        share = round(count * length / total)
        fits = int(length // gap.total_seconds())
        found.extend(_within(one, min(share, fits, count - len(found)), gap, rng))
    return tuple(found)


def _within(session: Span, count: int, gap: timedelta, rng: Rng) -> list[datetime]:
    """`count` instants at least `gap` apart: what remains beside the gaps is cut at random."""
    spare = (session.end - session.start - count * gap).total_seconds()
    cuts = sorted(rng.uniform(0, max(spare, 0)) for _ in range(count))
    return [_at(session, cut + number * gap.total_seconds()) for number, cut in enumerate(cuts)]


def _at(span: Span, seconds: float) -> datetime:
    # Whole seconds, rounded down, never shorten a distance that is whole seconds itself by a full
    # one.
    return span.start + timedelta(seconds=int(seconds))
