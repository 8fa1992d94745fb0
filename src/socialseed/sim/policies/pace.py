"""When a tool acts next and with what: the port that each policy fills."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from socialseed.core.rng import Rng
from socialseed.policy.pacing.tables import CEILINGS, Ceiling

DAY = timedelta(days=1)


class Pace(Protocol):
    """One account's pace. `next` is asked after each act with the instant of the last one."""

    def next(self, after: datetime) -> tuple[datetime, str]:
        """The instant of the next act, later than `after`, and its kind."""
        ...


class Setup:
    """What a pace is made from."""

    def __init__(self, platform: str, kinds: Sequence[str], timezone: str, rng: Rng) -> None:
        self.platform, self.kinds, self.timezone, self.rng = platform, kinds, timezone, rng

    def ceiling(self, kind: str) -> Ceiling:
        """What the table of limits says of a kind."""
        return CEILINGS[self.platform][kind]
