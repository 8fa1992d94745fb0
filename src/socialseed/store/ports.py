"""Ports of the fast, forgetful helpers. None decides anything: wipe them, only speed is lost."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Allowance:
    """Whether a request may pass, and if not, after how many seconds it may come again."""

    allowed: bool
    retry_after: float


class RateLimiter(Protocol):
    """Counts requests of a key in fixed windows."""

    async def take(self, key: str, *, limit: int, window: timedelta, now: datetime) -> Allowance:
        """One unit is used when allowed."""
        ...


class Bus(Protocol):
    """Tells every process that a workspace has new events. A hint: readers poll as well."""

    async def publish(self, workspace_id: str) -> None:
        """Subscribers wake up soon, if they are reachable."""
        ...

    def subscribe(self) -> AsyncIterator[str]:
        """Workspace ids as they are told."""
        ...
