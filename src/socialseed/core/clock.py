"""Time. The only place that reads the machine's clock; everybody else gets an instant."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Tells the instant and waits for one. Only worker loops and streams may wait."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...

    async def wait_until(self, at: datetime) -> None:
        """Returns when `now()` has reached `at`; at once if it has already."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251

    async def wait_until(self, at: datetime) -> None:
        delay = (at - self.now()).total_seconds()
        await asyncio.sleep(max(0.0, delay))  # noqa: TID251


class VirtualClock:
    """A clock that stands still until it is moved. Waiting moves it."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def move_to(self, at: datetime) -> None:
        """`now()` is `at` afterwards. An earlier `at` changes nothing."""
        self._now = max(self._now, at.astimezone(UTC))

    async def wait_until(self, at: datetime) -> None:
        self.move_to(at)


def wait_for(clock: Clock, seconds: float) -> datetime:
    """The instant `seconds` from now, for `wait_until`."""
    return clock.now() + timedelta(seconds=seconds)


def local(at: datetime, timezone: str) -> datetime:
    """`at` as seen on the wall in `timezone` (an IANA name)."""
    return at.astimezone(ZoneInfo(timezone))


def iso(at: datetime) -> str:
    """ISO 8601 in UTC with `Z` and milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
