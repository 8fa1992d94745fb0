"""The stage: the whole product on a virtual clock, in step with the sandbox's clock.

Scripts put appointments on it; between two of them the pipeline does whatever falls due.
"""

import heapq
import itertools
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from socialseed.actions import dispatch
from socialseed.bootstrap import handlers
from socialseed.core.clock import VirtualClock
from socialseed.core.rng import Rng, derive
from socialseed.jobs.inline import Handler, InlineJobs
from socialseed.jobs.port import Job
from socialseed.runtime.runtime import Runtime
from socialseed.sim.desk import Desk

Act = Callable[[], Awaitable[None]]
WATCHDOG = "actions.watch"


@dataclass(slots=True)
class Stage:
    """One world in progress."""

    runtime: Runtime
    clock: VirtualClock
    jobs: InlineJobs
    desk: Desk
    seed: str
    open: dict[UUID, datetime] = field(default_factory=dict)  # since when an account could act
    _due: datetime | None = None  # when the next lane is due; only known while `_quiet`
    _quiet: bool = False
    _appointments: list[tuple[datetime, int, Act]] = field(default_factory=list)
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)
    _handlers: Mapping[str, Job] = field(default_factory=handlers)

    def draw(self, *key: object) -> Rng:
        """A generator for one decision of one scripted person."""
        return derive(self.seed, *key)

    def at(self, instant: datetime, act: Act) -> None:
        """`act` happens at `instant`, after what the pipeline does before it."""
        heapq.heappush(self._appointments, (instant, next(self._numbers), act))

    async def run_job(self, name: str) -> None:
        """One round of a job that production runs by the clock."""
        await self._handlers[name].handler(self.runtime, {})
        await self._run_queue()

    async def play(self, until: datetime) -> None:
        """Everything due before `until` has happened; the clock stands at `until`."""
        while self._appointments and self._appointments[0][0] < until:
            instant, _, act = heapq.heappop(self._appointments)
            await self._send_due(instant)
            self.clock.move_to(instant)
            self._quiet = False
            await act()
            await self._run_queue()
        await self._send_due(until)
        self.clock.move_to(until)

    def nothing_to_send(self) -> None:
        """Said by an act that gave the pipeline nothing to send, which spares a look."""
        self._quiet = True

    async def _send_due(self, until: datetime) -> None:
        """What is scheduled before `until` is sent, each at its own instant."""
        if self._quiet and (self._due is None or self._due >= until):
            return
        while True:
            async with self.runtime.begin(None) as tx:
                due = await dispatch.next_due(tx)
            self._due = due
            if due is None or due >= until:
                return
            self.clock.move_to(due)
            if not await dispatch.claim(self.runtime):
                return
            await self._run_queue()

    async def _run_queue(self) -> None:
        run: dict[str, Handler] = {name: job.handler for name, job in self._handlers.items()}
        await self.jobs.run_due(self.runtime, run, self.clock.now())
