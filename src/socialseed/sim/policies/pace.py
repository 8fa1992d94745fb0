"""When a tool acts next and with what: the port that each policy fills."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from socialseed.core.rng import Rng
from socialseed.policy.capabilities.ledger import LEDGER
from socialseed.policy.pacing.tables import CEILINGS

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

    def most(self, kind: str) -> int:
        """The platform's own number of a kind in a day, ours where it states none."""
        theirs = LEDGER.daily(self.platform, kind)
        return theirs.most if theirs is not None else CEILINGS[self.platform][kind]
