"""`uniform-random`: a random delay between two bounds, within active hours."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from socialseed.sim.policies.pace import Setup


class UniformRandom:
    """The kinds in turn. `minutes` between two acts; `hours` of the account's own day."""

    def __init__(
        self, setup: Setup, minutes: tuple[float, float], hours: tuple[float, float]
    ) -> None:
        self._setup, self._minutes, self._hours = setup, minutes, hours
        self._zone, self._turn = ZoneInfo(setup.timezone), 0

    def next(self, after: datetime) -> tuple[datetime, str]:
        """After the delay, or the next morning."""
        delay = timedelta(minutes=self._setup.rng.uniform(*self._minutes))
        at = after + delay
        wall = at.astimezone(self._zone)
        first, last = self._hours
        hour = wall.hour + wall.minute / 60
        if not first <= hour < last:
            day = wall.date() + timedelta(days=1 if hour >= last else 0)
            morning = datetime.combine(day, datetime.min.time(), self._zone)
            at = (morning + timedelta(hours=first)).astimezone(UTC) + delay
        self._turn += 1
        return at, self._setup.kinds[self._turn % len(self._setup.kinds)]
