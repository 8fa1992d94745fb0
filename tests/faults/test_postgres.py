"""PostgreSQL goes away under load: restarted at once, its connections cut, its answers lost."""

import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from socialseed.app import embedded
from socialseed.app.home import open_home
from socialseed.bootstrap import build_runtime
from socialseed.sim.invariants import read_journal
from tests.faults.crew import Crew, make_crew, read_back_everything, until
from tests.support.postgres import TestServer, fresh_database
from tests.support.product import Product, running

pytestmark = [pytest.mark.fault, pytest.mark.timeout(900)]

ACCOUNTS, EACH = 16, 14
RESTARTS = 3
CUTS = 12
WORKERS = ("worker1", "worker2", "worker3")
_CUT = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
    " WHERE application_name LIKE 'socialseed%' AND pid <> pg_backend_pid()"
)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[embedded.Server]:
    """A server that nobody else uses."""
    cluster = embedded.prepare(open_home(tmp_path / "postgres"), shared_buffers="32MB")
    server = embedded.start(cluster)
    yield server
    embedded.stop(server)


@pytest.fixture
async def crew(server: embedded.Server, tmp_path: Path) -> AsyncIterator[Crew]:
    """Approved texts on several accounts, and workers that have begun to send them."""
    url = fresh_database(TestServer(server.url("postgres"), None))
    with running(tmp_path / "product", url) as product:
        async with build_runtime(product.settings()) as runtime:
            crew = await make_crew(product, runtime, ACCOUNTS)
            for account in crew.accounts:
                await crew.approved(account, EACH)
            for name in WORKERS:
                product.start_worker(name)
            await progress(product)
            yield crew


async def test_a_restarted_server_is_found_again(crew: Crew, server: embedded.Server) -> None:
    for _ in range(RESTARTS):
        await progress(crew.product)
        server.process.send_signal(signal.SIGQUIT)  # immediate: no checkpoint, like a crash
        server.process.wait(15)
        embedded.take_down_leftovers(server.cluster)
        server.process = embedded.start(server.cluster).process
    survived = await finish(crew)
    assert survived > 0, "the server must go away under load"


async def test_cut_connections_lose_nothing(crew: Crew) -> None:
    cut = 0
    for _ in range(CUTS):
        await progress(crew.product, by=1)
        connection = await asyncpg.connect(crew.product.database_url)
        cut += await connection.fetchval(_CUT)
        await connection.close()
    survived = await finish(crew)
    assert cut >= CUTS
    assert survived > 0, "the connections must be cut under load"


async def progress(product: Product, by: int = 5) -> None:
    """The platform has performed so many more."""
    before = len(read_journal(product.journal))

    async def more() -> bool:
        for name in WORKERS:
            if not product.alive(name):  # as the supervisor would
                product.start_worker(name)
        return len(read_journal(product.journal)) >= before + by

    assert await until(more, 40, 0.02), "the workers do not send"


async def finish(crew: Crew) -> int:
    """Everything was sent and the invariants hold; how many actions were left when asked."""
    left: list[int] = []

    async def drained() -> bool:
        left.append(sum(await crew.left()))
        return await crew.drained()

    await crew.runtime.engine.dispose()  # our own connections were cut as well
    assert await until(drained, 90, 0.2), left[-1]
    for name in WORKERS:
        crew.product.kill(name)
    await read_back_everything(crew)
    report = await crew.check()
    print(f"left {left[0]}: {dict(report.counts)}")
    assert report.violations == []
    # After many failures the light may have given some back to a person, as it should.
    ended = sum(report.counts[one] for one in ("succeeded", "failed", "awaiting_approval"))
    assert ended == ACCOUNTS * EACH
    return left[0]
