"""The forgetful ports on PostgreSQL: exact counts under concurrency, hints that survive a cut."""

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from sqlalchemy import text

from socialseed.core.events import Event
from socialseed.store.keys import window_start
from socialseed.store.postgres.bus import PostgresBus
from socialseed.store.postgres.limiter import PostgresLimiter
from tests.support.serving import make_person, real_runtime

NOON = datetime(2026, 3, 1, 12, 0, 20, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def runtime(database_url: str):
    async with real_runtime(database_url, pool_size=10) as opened:
        yield opened


async def test_a_window_allows_its_limit_and_says_when_the_next_begins(runtime):
    answers = [await runtime.limiter.take("a", limit=2, window=MINUTE, now=NOON) for _ in range(3)]
    assert [answer.allowed for answer in answers] == [True, True, False]
    assert answers[2].retry_after == 40
    other = await runtime.limiter.take("b", limit=2, window=MINUTE, now=NOON)
    longer = await runtime.limiter.take("a", limit=2, window=timedelta(hours=1), now=NOON)
    later = await runtime.limiter.take("a", limit=2, window=MINUTE, now=NOON + MINUTE)
    assert other.allowed and longer.allowed and later.allowed
    assert not (await runtime.limiter.take("a", limit=0, window=MINUTE, now=NOON)).allowed


async def test_concurrent_requests_stop_at_exactly_the_limit(runtime):
    answers = await asyncio.gather(
        *(runtime.limiter.take("a", limit=20, window=MINUTE, now=NOON) for _ in range(60))
    )
    assert sum(answer.allowed for answer in answers) == 20


async def test_keys_are_not_kept_in_the_open_and_old_ones_go(runtime):
    limiter = PostgresLimiter(runtime.engine, sweep_every=2)
    await limiter.take("ada@example.com", limit=5, window=MINUTE, now=NOON)
    async with runtime.begin(None) as tx:
        row = (await tx.session.execute(text("SELECT CAST(r AS text) FROM rate_limits r"))).scalar()
    assert "ada" not in str(row)
    await limiter.take("b", limit=5, window=MINUTE, now=NOON + timedelta(days=2))
    async with runtime.begin(None) as tx:
        assert await tx.session.scalar(text("SELECT count(*) FROM rate_limits")) == 1


def test_windows_begin_at_whole_multiples():
    assert window_start(NOON, MINUTE) == NOON.replace(second=0)
    assert window_start(NOON, timedelta(days=1)) == NOON.replace(hour=0, second=0)


async def heard(bus: PostgresBus, told: asyncio.Queue[str]) -> None:
    async for workspace in bus.subscribe():
        await told.put(workspace)


async def until_listening(database_url: str, but: int = 0) -> int:
    """The process number of a connection that listens, other than `but`."""
    connection = await asyncpg.connect(database_url)
    try:
        async with asyncio.timeout(10):
            while True:
                pid = await connection.fetchval(
                    "SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
                    " AND datname = current_database() AND pid <> $1",
                    but,
                )
                if pid is not None:
                    return int(pid)
    finally:
        await connection.close()


async def test_a_commit_is_told_and_a_cut_connection_is_opened_again(runtime, database_url: str):
    ada = await make_person(runtime)
    told: asyncio.Queue[str] = asyncio.Queue()
    listening = asyncio.create_task(heard(PostgresBus(database_url), told))
    pid = await until_listening(database_url)
    async with runtime.begin(ada.workspace) as tx:
        tx.emit(Event("probe.happened", "One."))
    async with asyncio.timeout(10):
        assert await told.get() == str(ada.workspace)
    with pytest.raises(ZeroDivisionError):
        async with runtime.begin(ada.workspace) as tx:
            tx.emit(Event("probe.happened", "Never."))
            raise ZeroDivisionError
    connection = await asyncpg.connect(database_url)
    await connection.execute("SELECT pg_terminate_backend($1)", pid)
    await connection.close()
    await until_listening(database_url, but=pid)
    async with runtime.begin(ada.workspace) as tx:
        tx.emit(Event("probe.happened", "Two."))
    async with asyncio.timeout(10):
        assert await told.get() == str(ada.workspace)
    assert told.empty()
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
