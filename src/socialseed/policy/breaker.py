"""The breaker of one account and one kind of action: what its latest calls say about more. Pure.

After five failures in a row, or one by hand, nothing of this kind is done for a while; then one
probes. The account's other kinds, and other accounts, go on. The numbers are ours, not a
platform's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

TRIP = 5  # failures in a row
COOL_OFF = (
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(hours=24),
)
LOOK_BACK = timedelta(days=4)  # longer than the whole ladder

State = Literal["closed", "open", "half_open"]


@dataclass(frozen=True, slots=True)
class Try:
    """One try that ended at `at`; `ok` when the platform performed it. `by_hand`: on its page."""

    at: datetime
    ok: bool
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Breaker:
    """`until`: before this instant nothing is sent (open); afterwards one call probes (half_open).

    `level` is the step of the cool-off ladder, from 1; `failures` counts those in a row.
    """

    state: State
    failures: int = 0
    level: int = 0
    opened_at: datetime | None = None
    until: datetime | None = None


def breaker(tries: Sequence[Try], now: datetime) -> Breaker:
    """The breaker after `tries`, oldest first. Calls that ended while it was open change nothing:
    they had begun before.
    """
    failures = level = 0
    opened_at: datetime | None = None
    until: datetime | None = None
    for one in tries:
        if until is not None and one.at < until:
            continue
        if one.ok:
            failures, level, opened_at, until = 0, 0, None, None
            continue
        failures += 1
        # A person who was not let through saw the platform's own word: to go on while it is
        # refused is what platforms punish hardest, so it trips at once and for the longest time.
        if one.by_hand or until is not None or failures >= TRIP:
            level = len(COOL_OFF) if one.by_hand else min(level + 1, len(COOL_OFF))
            opened_at, until = one.at, one.at + COOL_OFF[level - 1]
    if until is None:
        return Breaker("closed", failures)
    return Breaker("open" if now < until else "half_open", failures, level, opened_at, until)
