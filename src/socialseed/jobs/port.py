"""The port for background work: left in a transaction, run at least once after its commit."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import asyncpg

from socialseed.core.events import Plain

Payload = Mapping[str, Plain]


@dataclass(frozen=True, slots=True)
class Entry:
    """One of many jobs of the same name: what it is given and the key that makes it unique."""

    payload: Payload
    dedupe_key: str


class Session(Protocol):
    """An open transaction, as far as this floor may know it."""

    @property
    def driver(self) -> "asyncpg.Connection[asyncpg.Record]":
        """The driver's connection, inside the transaction."""
        ...

    def after_commit(self, act: Callable[[], None]) -> None:
        """`act` is called when, and only when, the transaction has committed."""
        ...


class Jobs(Protocol):
    """Where a transaction leaves work for later."""

    async def enqueue(
        self,
        session: Session,
        job: str,
        payload: Payload,
        *,
        run_at: datetime,
        now: datetime,
        dedupe_key: str | None = None,
    ) -> None:
        """Queued when, and only when, the session commits. A known dedupe_key is skipped."""
        ...

    async def enqueue_many(
        self,
        session: Session,
        job: str,
        entries: Sequence[Entry],
        *,
        now: datetime,
    ) -> None:
        """As `enqueue` for each entry, due at once, in one round trip."""
        ...


@dataclass(frozen=True, slots=True)
class Job:
    """One handler: its name in the queue, what it does, and, for cron jobs, how often it runs."""

    name: str
    handler: Callable[..., Awaitable[None]]  # (runtime, payload)
    every: timedelta | None = None
