"""`fixed-interval`: always at the limit, evenly spaced around the clock.

The limit is what the platform publishes for a kind, else our own ceiling.
"""

from datetime import datetime

from socialseed.sim.policies.pace import DAY, Setup


class FixedInterval:
    """Each kind by a clock of its own."""

    def __init__(self, setup: Setup, start: datetime) -> None:
        self._every = {}
        for kind in setup.kinds:
            ceiling = setup.ceiling(kind)
            self._every[kind] = DAY / (ceiling.platform or ceiling.ours)
        self._due = {kind: start + every for kind, every in self._every.items()}

    def next(self, after: datetime) -> tuple[datetime, str]:
        """The kind that is due first; what fell due during a pause is left out."""
        for kind, due in self._due.items():
            if due <= after:
                missed = (after - due) // self._every[kind] + 1
                self._due[kind] = due + missed * self._every[kind]
        kind = min(self._due, key=lambda one: self._due[one])
        at = self._due[kind]
        self._due[kind] = at + self._every[kind]
        return at, kind
