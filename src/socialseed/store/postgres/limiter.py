"""Counts requests in an unlogged table: one statement a request, exact under any concurrency."""

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from socialseed.store.keys import digest, window_start
from socialseed.store.ports import Allowance

KEPT = timedelta(days=1)
# A refused request writes nothing, so a flood costs no more than its look-ups.
_TAKE = text(
    "INSERT INTO rate_limits AS r (key_digest, window_start, used) VALUES (:key, :start, 1)"
    " ON CONFLICT (key_digest) DO UPDATE SET window_start = excluded.window_start,"
    " used = CASE WHEN r.window_start = excluded.window_start THEN r.used + 1 ELSE 1 END"
    " WHERE r.window_start <> excluded.window_start OR r.used < :limit RETURNING used"
)
_SWEEP = text("DELETE FROM rate_limits WHERE window_start < :before")


class PostgresLimiter:
    """`RateLimiter` on the process's own engine, outside of any business transaction."""

    def __init__(self, engine: AsyncEngine, *, sweep_every: int = 1000) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._sweep_every = sweep_every
        self._taken = 0

    async def take(self, key: str, *, limit: int, window: timedelta, now: datetime) -> Allowance:
        """One unit is used when allowed; otherwise the seconds until the window ends."""
        start = window_start(now, window)
        parameters = {"key": digest(key, window), "start": start, "limit": limit}
        async with self._engine.connect() as connection:
            used = await connection.scalar(_TAKE, parameters) if limit > 0 else None
            self._taken += 1
            if self._taken % self._sweep_every == 0:
                await connection.execute(_SWEEP, {"before": now - KEPT})
        if used is not None:
            return Allowance(True, 0.0)
        return Allowance(False, (start + window - now).total_seconds())
