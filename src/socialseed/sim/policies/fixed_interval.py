"""`fixed-interval`: always at the limit, evenly spaced around the clock.

The limit is what the platform publishes for a kind, else our own ceiling.
"""

from datetime import datetime

from socialseed.sim.policies.pace import DAY, Setup


class FixedInterval:
    """One even stream; the kinds take turns in the proportion of their limits."""

    def __init__(self, setup: Setup) -> None:
        self._rates = {kind: setup.most(kind) for kind in setup.kinds}
        self._every = DAY / sum(self._rates.values())
        self._sent = dict.fromkeys(self._rates, 0)

    def next(self, after: datetime) -> tuple[datetime, str]:
        """An interval later, the kind that is furthest behind."""
        kind = min(self._sent, key=lambda one: (self._sent[one] + 1) / self._rates[one])
        self._sent[kind] += 1
        return after + self._every, kind
