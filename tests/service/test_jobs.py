"""Jobs are queued when, and only when, their transaction commits; a known key is queued once."""

import asyncio
import dataclasses
from datetime import timedelta

import asyncpg
import pytest

from socialseed.core.clock import SystemClock
from socialseed.jobs.inline import InlineJobs
from socialseed.jobs.pgqueuer_adapter import Consumer, PgQueuerJobs
from socialseed.jobs.port import Entry
from tests.support.pipeline import World, make_world


@pytest.fixture
async def world(database_url: str):
    made = await make_world(database_url)
    yield made
    await made.runtime.engine.dispose()


@pytest.mark.parametrize("jobs", [InlineJobs(), PgQueuerJobs()], ids=["inline", "pgqueuer"])
async def test_a_rollback_takes_the_job_with_it_and_a_key_is_queued_once(
    world: World, database_url: str, jobs
):
    runtime = dataclasses.replace(world.runtime, jobs=jobs, clock=SystemClock())
    ran: list[int] = []

    async def handler(payload) -> None:
        ran.append(payload["n"])

    with pytest.raises(ZeroDivisionError):
        async with runtime.begin(world.workspace) as tx:
            await tx.defer("a", {"n": 0})
            raise ZeroDivisionError
    async with runtime.begin(world.workspace) as tx:
        await tx.defer("a", {"n": 1}, dedupe_key="k")
        await tx.defer("a", {"n": 2}, dedupe_key="k")
        entries = [Entry({"n": 3}, "x"), Entry({"n": 4}, "y"), Entry({"n": 5}, "x")]
        await jobs.enqueue_many(tx.session, "a", entries, now=tx.now)
        await tx.defer("a", {"n": 6}, run_at=tx.now + timedelta(hours=1))
    if isinstance(jobs, InlineJobs):
        async with runtime.begin(world.workspace) as tx:
            now = tx.now

        async def inline(_runtime, payload) -> None:
            await handler(payload)

        await jobs.run_due(runtime, {"a": inline}, now)
    else:
        connection = await asyncpg.connect(database_url)
        consumer = Consumer(connection, {"a": handler})
        running = asyncio.create_task(consumer.run(concurrency=4))
        async with asyncio.timeout(20):
            while len(ran) < 3:
                await connection_turn(runtime)
        consumer.stop()
        await running
        await connection.close()
    assert sorted(ran) == [1, 3, 4]


async def connection_turn(runtime) -> None:
    """Lets the consumer go on, for as long as a round trip takes."""
    async with runtime.begin(None):
        pass
