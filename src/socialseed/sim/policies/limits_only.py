"""`limits-only`: keeps our table of limits per hour and day, and sends as soon as that allows.

No phases, lights, pacing or approvals: the limits are those of a grown account in phase 3.
"""

from collections import Counter
from datetime import datetime, timedelta

from socialseed.policy.pacing import ALL, limits, next_window, window_keys
from socialseed.sim.policies.pace import Setup

GROWN_DAY, USUAL_LIMIT = 90, 200
AT_ONCE = timedelta(seconds=2)  # what a call takes


class LimitsOnly:
    """The kind with most room goes first."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._most = {
            (one.kind, one.window): one.limit
            for one in limits(setup.platform, "phase_3", GROWN_DAY, "green", None, USUAL_LIMIT)
        }
        self._used: Counter[tuple[str, str]] = Counter()

    def next(self, after: datetime) -> tuple[datetime, str]:
        """At once where a limit allows it, else when the hour or the day is over."""
        at = after + AT_ONCE
        while True:
            day, hour = window_keys(at, self._setup.timezone)
            free = {kind: self._room(kind, day, hour) for kind in self._setup.kinds}
            kind = max(free, key=lambda one: free[one])
            if min(free[kind], self._room(ALL, day, hour)) > 0:
                for name in (kind, ALL):
                    self._used[name, day] += 1
                    self._used[name, hour] += 1
                return at, kind
            at = next_window(at, self._setup.timezone, "hour") + AT_ONCE

    def _room(self, kind: str, day: str, hour: str) -> int:
        in_day = self._most[kind, "day"] - self._used[kind, day]
        return min(in_day, self._most[kind, "hour"] - self._used[kind, hour])
