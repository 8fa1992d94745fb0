"""Hears of new events through LISTEN, on a connection of its own; opens it again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import asyncpg

CHANNEL = "socialseed_events"
RETRY_SECONDS = 1.0
CHECK_SECONDS = 30.0
_FAILURES = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)


class PostgresBus:
    """`Bus` on a direct address: a pooler in transaction mode does not carry LISTEN."""

    def __init__(self, url: str) -> None:
        self._dsn = "postgresql://" + url.split("://", 1)[1]

    async def publish(self, workspace_id: str) -> None:
        """Nothing to do: `append_events` notifies in the transaction, and its commit tells."""

    async def subscribe(self) -> AsyncIterator[str]:
        """Workspace ids as they are told, for ever. What is told while unconnected is lost."""
        while True:
            try:
                connection = await asyncpg.connect(self._dsn, timeout=5)
            except _FAILURES:
                await _pause()
                continue
            try:
                async for workspace_id in _heard(connection):
                    yield workspace_id
            finally:
                connection.terminate()
            await _pause()


async def _heard(connection: "asyncpg.Connection[asyncpg.Record]") -> AsyncIterator[str]:
    told: asyncio.Queue[str | None] = asyncio.Queue(10_000)

    def hear(_connection: object, _pid: int, _channel: str, payload: object) -> None:
        # A full queue drops the hint: readers poll as well.
        if not told.full():
            told.put_nowait(str(payload))

    def fall(_connection: object) -> None:
        if told.full():
            told.get_nowait()
        told.put_nowait(None)

    connection.add_termination_listener(fall)
    try:
        await connection.add_listener(CHANNEL, hear)
        while True:
            try:
                async with asyncio.timeout(CHECK_SECONDS):
                    workspace_id = await told.get()
            except TimeoutError:
                await connection.execute("SELECT 1", timeout=5)  # notices a half-open connection
                continue
            if workspace_id is None:
                return
            yield workspace_id
    except _FAILURES:
        return


async def _pause() -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(RETRY_SECONDS):
            await asyncio.Event().wait()
