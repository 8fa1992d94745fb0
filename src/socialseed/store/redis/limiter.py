"""Counts requests in Redis. Without Redis everything is allowed: it never decides anything."""

from datetime import datetime, timedelta
from typing import cast

from redis.asyncio import Redis
from redis.exceptions import RedisError

from socialseed.store.keys import digest, window_start
from socialseed.store.ports import Allowance

PAUSE = timedelta(seconds=5)  # how long a failing server is left alone
TIMEOUT_SECONDS = 0.25
_FAILURES = (RedisError, OSError, TimeoutError)
# Atomic, and a refused request is not counted. KEYS: counter. ARGV: limit, seconds to live.
_TAKE = """
local used = tonumber(redis.call('GET', KEYS[1]) or '0')
if used >= tonumber(ARGV[1]) then return 0 end
redis.call('INCR', KEYS[1])
if used == 0 then redis.call('EXPIRE', KEYS[1], ARGV[2]) end
return 1
"""


def open_redis(url: str) -> "Redis":
    """A client that gives up soon: a black hole must not slow anybody down."""
    return Redis.from_url(
        url,
        socket_timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
        max_connections=20,
    )


class RedisLimiter:
    """`RateLimiter` in fixed windows that Redis forgets by itself."""

    def __init__(self, client: "Redis") -> None:
        self._client = client
        self._take = client.register_script(_TAKE)
        self._left_alone_until: datetime | None = None

    async def take(self, key: str, *, limit: int, window: timedelta, now: datetime) -> Allowance:
        """One unit is used when allowed. While Redis cannot be reached, all are allowed."""
        if self._left_alone_until is not None and now < self._left_alone_until:
            return Allowance(True, 0.0)
        start = window_start(now, window)
        name = f"socialseed:limit:{digest(key, window).hex()}:{start.timestamp():.0f}"
        to_live = max(1, round(2 * window.total_seconds()))
        try:
            allowed = cast(int, await self._take(keys=[name], args=[limit, to_live]))
        except _FAILURES:
            self._left_alone_until = now + PAUSE
            return Allowance(True, 0.0)
        self._left_alone_until = None
        if allowed:
            return Allowance(True, 0.0)
        return Allowance(False, (start + window - now).total_seconds())
