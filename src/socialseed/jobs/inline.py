"""Jobs kept in memory and run in due order on a virtual clock, for tests and the simulation."""

import heapq
import itertools
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from socialseed.core.clock import Clock
from socialseed.jobs.port import Entry, Payload, Session

Handler = Callable[..., Awaitable[None]]  # (runtime, payload)


class Clocked(Protocol):
    """A runtime, as far as this floor may know it."""

    @property
    def clock(self) -> Clock:
        """Moved to each job's instant."""
        ...


@dataclass(frozen=True, slots=True)
class Waiting:
    """One queued job."""

    job: str
    payload: Payload
    run_at: datetime
    dedupe_key: str | None


@dataclass(slots=True)
class InlineJobs:
    """The queue of one process. A job is in it once the transaction that left it has committed."""

    _heap: list[tuple[datetime, int, Waiting]] = field(default_factory=list)
    _keys: set[str] = field(default_factory=set)
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

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
        """See the port."""
        self._leave(session, [Waiting(job, dict(payload), run_at, dedupe_key)])

    async def enqueue_many(
        self, session: Session, job: str, entries: Sequence[Entry], *, now: datetime
    ) -> None:
        """See the port."""
        self._leave(session, [Waiting(job, dict(e.payload), now, e.dedupe_key) for e in entries])

    def _leave(self, session: Session, jobs: Sequence[Waiting]) -> None:
        session.after_commit(lambda: self._committed(jobs))

    def _committed(self, jobs: Sequence[Waiting]) -> None:
        for waiting in jobs:
            if waiting.dedupe_key is not None:
                if waiting.dedupe_key in self._keys:
                    continue
                self._keys.add(waiting.dedupe_key)
            heapq.heappush(self._heap, (waiting.run_at, next(self._numbers), waiting))

    @property
    def next_at(self) -> datetime | None:
        """When the first waiting job is due; None when there is none."""
        return self._heap[0][0] if self._heap else None

    def __len__(self) -> int:
        return len(self._heap)

    async def run_due(
        self, runtime: Clocked, handlers: Mapping[str, Handler], until: datetime
    ) -> int:
        """Every job due by `until` has run, with those they left; the clock stands at the last.

        Returns how many ran. A handler's error ends the run: nothing is hidden from a test.
        """
        done = 0
        while self._heap and self._heap[0][0] <= until:
            _, _, waiting = heapq.heappop(self._heap)
            if waiting.dedupe_key is not None:
                self._keys.discard(waiting.dedupe_key)
            await runtime.clock.wait_until(waiting.run_at)
            await handlers[waiting.job](runtime, waiting.payload)
            done += 1
        return done
