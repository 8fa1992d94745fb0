"""The API process, `python -m socialseed.app.api`: one event loop, on loopback by default."""

import asyncio
import signal
import sys
from contextlib import AsyncExitStack

import uvloop
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server
from pydantic import ValidationError

from socialseed.app.http import create_app
from socialseed.bootstrap import ROUTERS, build_runtime
from socialseed.core import log
from socialseed.core.settings import Settings
from socialseed.web.stream import Hub

STOP_SECONDS = 6  # for requests under way; with the streams' end it stays below ten
MAX_REQUESTS = 10_000
_log = log.get("app.api")


class Unstartable(Exception):
    """What is wrong with the settings, in words."""


async def serve(settings: Settings) -> None:
    """Serves until SIGTERM or SIGINT, then ends streams first and requests under way after them.

    Raises Unstartable.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        try:
            runtime = await stack.enter_async_context(build_runtime(settings))
        except ValueError as error:
            raise Unstartable(str(error)) from error
        app = create_app(runtime, ROUTERS)
        server = _server(app, settings)
        serving = asyncio.create_task(server.serve())
        stopping = asyncio.create_task(stop.wait())
        _log.info("serving", address=f"http://{settings.host}:{settings.port}")
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        hub: Hub = app.state.hub
        await hub.stop()
        server.stop()  # type: ignore[no-untyped-call]
        await serving
        stopping.cancel()
    _log.info("stopped")


def _server(app: object, settings: Settings) -> Server:
    server = Server(
        app,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        http=HTTPModes.auto,
        http1_settings=HTTP1Settings(header_read_timeout=10_000),
        websockets=False,
        backlog=4096,
        backpressure=MAX_REQUESTS,
        log_enabled=False,
    )
    server.workers_kill_timeout = STOP_SECONDS
    return server


def main() -> int:
    """The exit code: 2 when the settings are unsafe or wrong, which is said on standard error."""
    try:
        settings = Settings()
    except ValidationError as error:
        for entry in error.errors(include_input=False, include_url=False):
            place = ".".join(str(part) for part in entry["loc"])
            print(f"{place}: {entry['msg']}".lstrip(": "), file=sys.stderr)
        return 2
    log.configure(settings.log_level, "api")
    try:
        uvloop.run(serve(settings))
    except Unstartable as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
