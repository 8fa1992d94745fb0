"""The floors of the API: `python -m benchmarks.floor`, a bare ASGI application on the same server.

`hello` answers a constant; `pending` answers one page of 50 actions by one statement on asyncpg.
"""

import argparse
import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import uvloop
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server

from socialseed.actions.views import ACTION

PENDING = (
    "SELECT coalesce(json_agg(body), '[]')::text FROM (SELECT"
    f" {ACTION} AS body FROM actions x JOIN social_accounts a ON a.id = x.account_id"
    " WHERE x.workspace_id = $1 AND x.status = 'awaiting_approval'"
    " ORDER BY x.created_at, x.id LIMIT 50) found"
)
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Floor:
    """The least that answers."""

    def __init__(self, pool: asyncpg.Pool, workspace: str) -> None:
        self._pool, self._workspace = pool, workspace

    async def __call__(self, scope: dict[str, Any], receive: object, send: Send) -> None:
        if scope["type"] != "http":
            return
        body = b'{"hello":"world"}'
        if scope["path"] == "/pending":
            async with self._pool.acquire() as connection:
                items = await connection.fetchval(PENDING, self._workspace)
            body = b'{"items":' + items.encode() + b"}"
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


async def serve(port: int, workspace: str) -> None:
    """Serves on loopback until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    pool = await asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=10, max_size=10)
    server = Server(
        Floor(pool, workspace),
        address="127.0.0.1",
        port=port,
        interface=Interfaces.ASGI,
        http=HTTPModes.auto,
        http1_settings=HTTP1Settings(header_read_timeout=10_000),
        websockets=False,
        backlog=4096,
        backpressure=10_000,
        log_enabled=False,
    )
    serving = asyncio.create_task(server.serve())
    await stop.wait()
    server.stop()  # type: ignore[no-untyped-call]
    await serving
    await pool.close()


def main() -> None:
    """The process."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.floor")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--workspace", default="00000000-0000-0000-0000-000000000000")
    given = parser.parse_args()
    uvloop.run(serve(given.port, given.workspace))


if __name__ == "__main__":
    main()
