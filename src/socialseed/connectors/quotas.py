"""What platforms tell of remaining calls: the latest word per account, endpoint and scope."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

MOST_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Quota:
    """One window of one endpoint, as the platform's headers told it at `told_at`.

    `scope` user: counts this account's calls; app: those of all accounts of the developer app.
    """

    endpoint: str
    scope: Literal["user", "app"]
    limit: int | None
    remaining: int | None
    resets_at: datetime | None
    told_at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """A quota and by whose call it was told. `account_id` is our own id."""

    account_id: str
    quota: Quota


@dataclass(slots=True)
class QuotaBook:
    """The latest quotas of this process, at most 20,000; the oldest word is dropped first."""

    _kept: OrderedDict[tuple[str, str, str, str], Told] = field(default_factory=OrderedDict)

    def note(self, platform: str, account_id: str, quotas: Sequence[Quota]) -> None:
        """Replaces what was known of these endpoints. Without an account nothing is kept."""
        for quota in quotas if account_id else ():
            key = (platform, account_id, quota.endpoint, quota.scope)
            self._kept.pop(key, None)
            self._kept[key] = Told(account_id, quota)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)

    def drain(self) -> list[Told]:
        """Everything noted since the last call, and forgets it."""
        found = list(self._kept.values())
        self._kept.clear()
        return found
