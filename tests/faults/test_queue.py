"""The queue under a backlog: what was approved does not wait behind the product's own reading."""

import asyncio
from contextlib import suppress

import asyncpg
import pytest

from socialseed.actions.dispatch import SEND
from socialseed.jobs.pgqueuer_adapter import Consumer
from socialseed.jobs.port import Entry, Payload
from socialseed.runtime.runtime import Runtime
from tests.faults.crew import until
from tests.support.product import Product

pytestmark = pytest.mark.fault

BACKLOG = 60


async def test_a_sending_goes_before_a_backlog_of_other_work(
    product: Product, runtime: Runtime
) -> None:
    ran: list[str] = []

    async def note(payload: Payload) -> None:
        ran.append(str(payload["name"]))

    for job, count in (("accounts.measure_one", BACKLOG), (SEND, 1)):
        async with runtime.begin(None) as tx:
            entries = [Entry({"name": job}, f"{job}:{number}") for number in range(count)]
            await tx.jobs.enqueue_many(tx.session, job, entries, now=tx.now)

    connection = await asyncpg.connect(product.database_url)
    consumer = Consumer(connection, {"accounts.measure_one": note, SEND: note})
    running = asyncio.create_task(consumer.run(concurrency=4))

    async def all_ran() -> bool:
        return len(ran) == BACKLOG + 1

    done = await until(all_ran, 20)
    consumer.stop()
    with suppress(asyncio.CancelledError):
        await running
    await connection.close()
    assert done
    assert ran.index(SEND) < 4
