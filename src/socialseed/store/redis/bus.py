"""Fans the hint of new events out over Redis. Without it nothing is told: readers poll as well."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from redis.asyncio import Redis
from redis.exceptions import RedisError

CHANNEL = "socialseed_events"
RETRY_SECONDS = 1.0
LISTEN_SECONDS = 5.0
_FAILURES = (RedisError, OSError, TimeoutError)


class RedisBus:
    """`Bus` over publish and subscribe."""

    def __init__(self, client: "Redis") -> None:
        self._client = client

    async def publish(self, workspace_id: str) -> None:
        """Told, or silently not: a failure of Redis is nobody's error."""
        try:
            await self._client.publish(CHANNEL, workspace_id)
        except _FAILURES:
            return

    async def subscribe(self) -> AsyncIterator[str]:
        """Workspace ids as they are told, for ever, across failures of the server."""
        while True:
            try:
                async with self._client.pubsub(ignore_subscribe_messages=True) as channel:
                    await channel.subscribe(CHANNEL)
                    while True:
                        message = await channel.get_message(timeout=LISTEN_SECONDS)
                        if message is not None and message.get("type") == "message":
                            yield bytes(message["data"]).decode()
            except _FAILURES:
                await _pause()


async def _pause() -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(RETRY_SECONDS):
            await asyncio.Event().wait()
