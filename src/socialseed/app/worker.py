"""The worker process: claims due lanes, runs jobs, keeps time for cron. `python -m` this module.

One loop per concern, each alone responsible for living on after an error. SIGTERM: nothing more is
claimed, what is under way may end within twelve seconds, and what does not is read back later.
"""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import asyncpg
import uvloop

from socialseed.actions import dispatch, guard
from socialseed.actions.schedule import LANES_CHANNEL
from socialseed.bootstrap import JOBS, build_runtime
from socialseed.core import log
from socialseed.core.clock import wait_for
from socialseed.core.events import Plain
from socialseed.core.settings import Settings
from socialseed.jobs.pgqueuer_adapter import KEEP_LOG, Consumer, Handler, prune
from socialseed.jobs.port import Job, Payload
from socialseed.monitoring import heartbeat
from socialseed.runtime.runtime import Runtime

POLL = 0.5
BEAT = 10.0
AFTER_ERROR = 1.0
GRACE = 12.0
CRON_LOCK = 7_305_100_001
_log = log.get(__name__)


@dataclass(slots=True)
class Worker:
    """What the loops share: the runtime, when to stop, and hints that a lane may be due."""

    runtime: Runtime
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    hint: asyncio.Event = field(default_factory=asyncio.Event)
    may_send: asyncio.Event = field(default_factory=asyncio.Event)
    leads: asyncio.Event = field(default_factory=asyncio.Event)
    consumer: Consumer | None = None

    async def pause(self, seconds: float, *, hinted: bool = False) -> None:
        """Returns after `seconds`, or at once when the worker stops (or a lane may be due)."""
        waits = [asyncio.ensure_future(self.stopping.wait())]
        if hinted:
            waits.append(asyncio.ensure_future(self.hint.wait()))
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        if hinted:
            self.hint.clear()

    async def forever(self, name: str, turn: Callable[[], Awaitable[None]]) -> None:
        """`turn` until the worker stops; an error costs a second, never the loop."""
        while not self.stopping.is_set():
            try:
                await turn()
            except asyncio.CancelledError:
                raise
            except Exception as error:  # noqa: BLE001 - the worker loop outlives every error
                _log.error("worker.error", loop=name, error=repr(error))
                await self.pause(AFTER_ERROR)

    async def dispatch(self) -> None:
        """Claims while there is something due, then waits for a hint or half a second."""
        if not self.may_send.is_set():
            await self.pause(POLL)
        elif await dispatch.claim(self.runtime) == 0:
            await self.pause(POLL, hinted=True)

    async def consume(self) -> None:
        """Runs jobs on a direct connection until it is lost or the worker stops."""
        connection = await _connect(self.runtime.settings)
        try:
            self.consumer = Consumer(connection, _handlers(self))
            await self.consumer.run(concurrency=self.runtime.settings.worker_lanes)
        finally:
            await connection.close()

    async def listen(self) -> None:
        """Hears hints, and leads the cron jobs while it alone holds the lock for it."""
        connection = await _connect(self.runtime.settings)
        try:
            await connection.add_listener(LANES_CHANNEL, lambda *_: self.hint.set())
            while not self.stopping.is_set():
                held = await connection.fetchval("SELECT pg_try_advisory_lock($1)", CRON_LOCK)
                if held:
                    self.leads.set()
                    await self._lead(connection)
                await self.pause(5.0)
        finally:
            self.leads.clear()
            await connection.close()

    async def _lead(self, connection: asyncpg.Connection) -> None:
        # The lock is the session's: while this answers, nobody else leads.
        while not self.stopping.is_set():
            await connection.fetchval("SELECT 1")
            await self.pause(5.0)

    async def cron(self, job: Job, every: timedelta) -> None:
        """One round of a cron job if this worker leads, then its pause."""
        if self.leads.is_set():
            await job.handler(self.runtime, {})
            await self.pause(every.total_seconds())
        else:
            await self.pause(POLL)

    async def beat(self) -> None:
        """Says that the worker lives, and whether the database may be sent from."""
        runtime = self.runtime
        if await guard.beat(runtime):
            self.may_send.set()
        else:
            self.may_send.clear()
        async with runtime.begin(None) as tx:
            detail: dict[str, Plain] = {"pid": os.getpid(), "may_send": self.may_send.is_set()}
            await heartbeat.beat(tx, heartbeat.WORKER, detail)
        await self.pause(BEAT)

    async def sweep(self) -> None:
        """The job engine's own log stays small."""
        async with self.runtime.begin(None, timeout_ms=60_000) as tx:
            await prune(tx.session, tx.now - KEEP_LOG)
        await self.pause(3600.0)

    def stop(self) -> None:
        """Nothing more is claimed."""
        self.stopping.set()
        if self.consumer is not None:
            self.consumer.stop()


def _handlers(worker: Worker) -> Mapping[str, Handler]:
    def bound(job: Job) -> Handler:
        async def run(payload: Payload) -> None:
            await job.handler(worker.runtime, payload)
            worker.hint.set()

        return run

    return {job.name: bound(job) for job in JOBS}


async def _connect(settings: Settings) -> asyncpg.Connection:
    url = (settings.database_url or "").split("://", 1)[-1]
    return await asyncpg.connect(
        f"postgresql://{url}", timeout=10, server_settings={"application_name": "socialseed-worker"}
    )


async def run(settings: Settings) -> None:
    """Works until SIGTERM or SIGINT; returns within about twelve seconds of it."""
    async with build_runtime(settings) as runtime:
        worker = Worker(runtime)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, worker.stop)
        await _first_check(worker)
        loops = {
            "dispatch": worker.dispatch,
            "consume": worker.consume,
            "listen": worker.listen,
            "beat": worker.beat,
            "sweep": worker.sweep,
        }
        tasks = [asyncio.create_task(worker.forever(name, turn)) for name, turn in loops.items()]
        cron = [(job, job.every) for job in JOBS if job.every is not None]
        tasks.extend(asyncio.create_task(_cron(worker, *entry)) for entry in cron)
        _log.info("worker.started", jobs=len(JOBS))
        await worker.stopping.wait()
        _, late = await asyncio.wait(tasks, timeout=GRACE)
        for task in late:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        _log.info("worker.stopped", cut_short=len(late))


async def _cron(worker: Worker, job: Job, every: timedelta) -> None:
    async def turn() -> None:
        await worker.cron(job, every)

    await worker.forever(job.name, turn)


async def _first_check(worker: Worker) -> None:
    while not worker.stopping.is_set():
        try:
            if await guard.check(worker.runtime):
                worker.may_send.set()
        except Exception as error:  # noqa: BLE001 - the database may come up after us
            _log.warning("worker.waiting", error=repr(error))
            await worker.runtime.clock.wait_until(wait_for(worker.runtime.clock, AFTER_ERROR))
        else:
            return


def main() -> None:
    """The process."""
    settings = Settings()
    log.configure(settings.log_level, "worker")
    with contextlib.suppress(KeyboardInterrupt):
        uvloop.run(run(settings))
    sys.exit(0)


if __name__ == "__main__":
    main()
