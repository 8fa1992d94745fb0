"""PgQueuer as the engine behind the port. It carries wake-ups and decides nothing."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta

import asyncpg
import orjson
from pgqueuer import PgQueuer
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.domain.errors import RetryRequested
from pgqueuer.domain.models import Job as QueuedJob
from sqlalchemy.exc import SQLAlchemyError

from socialseed.jobs.port import Entry, Payload, Session

Handler = Callable[[Payload], Awaitable[None]]
KEEP_LOG = timedelta(days=1)
MAX_ATTEMPTS = 10
FIRST_DELAY = timedelta(seconds=0.3)


class PgQueuerJobs:
    """Leaves jobs in the transaction of the session that asks. Keeps no state."""

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
        queries = Queries(AsyncpgDriver(session.driver))
        await queries.enqueue(
            [job],
            [orjson.dumps(dict(payload))],
            [_priority(job)],
            [max(run_at - now, timedelta(0))],
            [dedupe_key],
            on_conflict="skip",
        )

    async def enqueue_many(
        self, session: Session, job: str, entries: Sequence[Entry], *, now: datetime
    ) -> None:
        """See the port."""
        if not entries:
            return
        queries = Queries(AsyncpgDriver(session.driver))
        await queries.enqueue(
            [job] * len(entries),
            [orjson.dumps(dict(entry.payload)) for entry in entries],
            [_priority(job)] * len(entries),
            None,
            [entry.dedupe_key for entry in entries],
            on_conflict="skip",
        )


def _priority(job: str) -> int:
    # What a person approved must not wait behind a round of measuring every account.
    return 1 if job.startswith("actions.") else 0


class Consumer:
    """Takes jobs from the queue and runs them, on a connection of its own."""

    def __init__(self, connection: asyncpg.Connection, handlers: Mapping[str, Handler]) -> None:
        logging.getLogger("pgqueuer").setLevel(logging.WARNING)
        self._queue = PgQueuer.from_asyncpg_connection(connection)
        for name, handler in handlers.items():
            self._register(name, handler)

    def _register(self, name: str, handler: Handler) -> None:
        async def run(job: QueuedJob) -> None:
            try:
                await handler(orjson.loads(job.payload or b"{}"))
            except (SQLAlchemyError, OSError) as error:
                # The database was away or the pool empty: handlers bear to run again.
                if job.attempts >= MAX_ATTEMPTS:
                    raise
                delay = FIRST_DELAY * 2 ** min(job.attempts, 5)
                raise RetryRequested(delay=delay, reason=type(error).__name__) from error

        self._queue.qm.entrypoint(name, accepts_context=False)(run)

    async def run(self, *, concurrency: int) -> None:
        """Runs at most `concurrency` jobs at a time until `stop`; waits for those under way."""
        await self._queue.qm.run(
            dequeue_timeout=timedelta(seconds=5),
            batch_size=max(1, concurrency // 2),
            max_concurrent_tasks=max(2, concurrency),
            shutdown_on_listener_failure=True,
        )

    def stop(self) -> None:
        """Takes no more jobs."""
        self._queue.shutdown.set()


async def prune(session: Session, before: datetime) -> None:
    """The engine's own log of finished jobs holds nothing older than `before`."""
    await session.driver.execute(
        "DELETE FROM pgqueuer_log WHERE created < $1 AND aggregated", before
    )
