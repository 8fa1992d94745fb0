"""The ways to the sandbox: its process over HTTP, or its own front door within this process.

Either way its people live on to our instant before anybody looks at them.
"""

from pathlib import Path
from urllib.parse import parse_qsl, unquote

import httpx2

from socialseed.core.clock import Clock, iso
from socialseed.sandbox.app import App
from socialseed.sandbox.clock import to_ms
from socialseed.sandbox.http import Answer, Request
from socialseed.sandbox.world.world import World
from socialseed.sim.wire import Wire

ADDRESS = "http://sandbox.invalid"  # of the sandbox within: nothing is ever looked up or connected


class Remote(Wire):
    """A sandbox that runs as a process of its own."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        request.headers["sandbox-now"] = iso(self._clock.now())
        return await super().handle_async_request(request)


class Within(httpx2.AsyncBaseTransport):
    """A sandbox of our own: a new world of `people` persons on every platform together.

    Calls are answered one after the other by the very code that serves HTTP, without sockets.
    """

    def __init__(self, home: Path, seed: int, people: int, clock: Clock) -> None:
        self.world = World(home, seed, people, "manual", to_ms(clock.now()))
        self.world.journal.lazy = True
        self._app = App(self.world)
        self._clock = clock

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.world.clock.move_to(to_ms(self._clock.now()))
        url = request.url
        answer = await self._app(
            Request(
                request.method,
                unquote(url.raw_path.split(b"?", 1)[0].decode("ascii")),
                dict(parse_qsl(url.query.decode("ascii"), keep_blank_values=True)),
                dict(request.headers),
                await request.aread(),
            )
        )
        return httpx2.Response(
            answer.status,
            headers={"content-type": answer.media_type, **answer.headers},
            content=await _body(answer),
        )

    async def aclose(self) -> None:
        """Several clients share this transport, so that none of them closes it; see `close`."""

    def close(self) -> None:
        """The world's files are closed and its journal is whole."""
        self.world.journal.flush()
        self.world.close()


async def _body(answer: Answer) -> bytes:
    if answer.flow is None:
        return answer.body
    return b"".join([piece async for piece in answer.flow])
