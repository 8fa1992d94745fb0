"""Drives the pipeline on a virtual clock, from instant to instant."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from socialseed.actions import dispatch
from socialseed.actions.watchdog import next_look, watch
from socialseed.jobs.inline import InlineJobs
from socialseed.runtime.runtime import Runtime

Handler = Callable[..., Awaitable[None]]
SMALLEST = timedelta(seconds=1)
STOPPED = timedelta(seconds=30)


async def run_until(
    runtime: Runtime,
    jobs: InlineJobs,
    handlers: Mapping[str, Handler],
    until: datetime,
    *,
    step: timedelta = SMALLEST,
) -> None:
    """Everything that the pipeline does by itself up to `until` is done; the clock stands there.

    `step` is the coarsest the clock moves at once when something is due: larger is faster, and
    what is due within one step goes out at its end. Only for a clock that is moved by waiting.
    """
    while True:
        await jobs.run_due(runtime, handlers, runtime.clock.now())
        async with runtime.begin(None) as tx:
            lane, overdue = await dispatch.next_due(tx), await next_look(tx)
        now = runtime.clock.now()
        if overdue is not None and overdue <= now:
            await watch(runtime, {})
        elif lane is None or lane > now or not await dispatch.claim(runtime):
            # A due lane that nobody may claim is stopped: it is looked at again, not every second.
            held = now + STOPPED if lane is not None and lane <= now else lane
            due = [at for at in (held, overdue, jobs.next_at) if at is not None]
            at = max(min(due, default=until), now) + step
            if at > until:
                await runtime.clock.wait_until(until)
                return
            await runtime.clock.wait_until(at)
