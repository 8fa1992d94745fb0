"""Real proxies on the loopback: HTTP (CONNECT and forward) and SOCKS5, which can be killed."""

import asyncio
import base64
import struct
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from threading import Thread
from typing import Literal

from tests.support.product import free_port

Mode = Literal["ok", "swallow", "cut", "garbage"]
Way = tuple[str, int]


@dataclass
class LocalProxy:
    """One proxy. `targets` and `logins` say what it was asked and by whom.

    Modes: `swallow` never answers a greeting; `cut` hands the request on and drops the answer;
    `garbage` speaks no protocol. `refuse` is what a CONNECT is answered with instead of 200.
    `accepts` None takes anybody but those in `turns_away`; `routes` leads a name elsewhere, as a
    resolver of its own. `requests` counts those that went through in the clear.
    """

    scheme: Literal["http", "socks5"]
    accepts: set[str] | None = None  # user:password
    routes: Mapping[str, Way] = field(default_factory=dict)
    mode: Mode = "ok"
    refuse: int | None = None
    port: int = field(default_factory=free_port)
    targets: list[str] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    turns_away: set[str] = field(default_factory=set)
    relayed: int = 0
    requests: int = 0
    _server: asyncio.Server | None = None
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    async def start(self) -> None:
        """It listens."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def kill(self) -> None:
        """Its port is closed and every connection through it is gone."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in list(self._open):
            writer.transport.abort()
        # Every connection's task gets its turn to end.
        for _ in range(20):
            await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            if self.mode == "swallow":
                await reader.read()
            elif self.mode == "garbage":
                await reader.read(64)
                writer.write(b"\x00 no protocol at all")
            elif self.scheme == "http":
                await self._http(reader, writer)
            else:
                await self._socks(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()

    async def _http(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.rstrip("\r\n").split("\r\n")
        method, target, version = first.split(" ")
        headers = {line.partition(":")[0].lower(): line.partition(":")[2].strip() for line in lines}
        self.targets.append(target)
        if not self._admits(_basic(headers.get("proxy-authorization", ""))):
            writer.write(b"HTTP/1.1 407 Who are you\r\ncontent-length: 0\r\n\r\n")
            return
        if method == "CONNECT":
            await self._connect(target, reader, writer)
            return
        where = target.removeprefix("http://").partition("/")
        kept = [line for line in lines if not line.lower().startswith(("proxy-", "connection:"))]
        plain = "\r\n".join([f"{method} /{where[2]} {version}", *kept, "connection: close"])
        await self._relay(_split(where[0]), reader, writer, f"{plain}\r\n\r\n".encode("latin-1"))

    async def _connect(
        self, target: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if self.refuse is not None:
            writer.write(f"HTTP/1.1 {self.refuse} No\r\ncontent-length: 0\r\n\r\n".encode())
            return
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await self._relay(_split(target), reader, writer)

    async def _socks(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _, count = await reader.readexactly(2)
        offered = await reader.readexactly(count)
        if 2 in offered:
            writer.write(b"\x05\x02")
            await reader.readexactly(1)
            user = (await reader.readexactly((await reader.readexactly(1))[0])).decode()
            password = (await reader.readexactly((await reader.readexactly(1))[0])).decode()
            admitted = self._admits(f"{user}:{password}")
            writer.write(b"\x01\x00" if admitted else b"\x01\x01")
        else:
            admitted = self._admits("")
            writer.write(b"\x05\x00" if admitted else b"\x05\xff")
        if not admitted:
            return
        _, _, _, kind = await reader.readexactly(4)
        size = {1: 4, 4: 16}.get(kind) or (await reader.readexactly(1))[0]
        raw = await reader.readexactly(size)
        host = ".".join(map(str, raw)) if kind == 1 else raw.decode()
        (port,) = struct.unpack("!H", await reader.readexactly(2))
        self.targets.append(f"{host}:{port}")
        if self.refuse is not None:
            writer.write(b"\x05\x02\x00\x01" + bytes(6))
            return
        writer.write(b"\x05\x00\x00\x01" + bytes(6))
        await self._relay((host, port), reader, writer)

    def _admits(self, shown: str) -> bool:
        self.logins.append(shown)
        if self.accepts is not None:
            return shown in self.accepts
        return shown not in self.turns_away

    async def _relay(
        self,
        where: Way,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        first: bytes = b"",
    ) -> None:
        host, port = self.routes.get(where[0], where)
        above, below = await asyncio.open_connection(host, port)
        self._open.add(below)
        self.relayed += 1
        try:
            self._count(first)
            below.write(first)
            if self.mode == "cut":
                await self._one_exchange(reader, above, below)
                writer.transport.abort()
                return
            up = asyncio.ensure_future(self._up(reader, below))
            await _pump(above, writer)
            up.cancel()
            with suppress(asyncio.CancelledError):
                await up
        finally:
            self._open.discard(below)
            below.close()

    async def _one_exchange(
        self,
        reader: asyncio.StreamReader,
        above: asyncio.StreamReader,
        below: asyncio.StreamWriter,
    ) -> None:
        """The request reaches the other side, and its answer comes back to the proxy alone."""
        up = asyncio.ensure_future(self._up(reader, below))
        await above.read(65536)
        up.cancel()
        with suppress(asyncio.CancelledError):
            await up

    async def _up(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while chunk := await source.read(65536):
            self._count(chunk)
            sink.write(chunk)
            await sink.drain()

    def _count(self, chunk: bytes) -> None:
        self.requests += chunk.count(b" HTTP/1.1\r\n")


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    while chunk := await source.read(65536):
        sink.write(chunk)
        await sink.drain()


def _basic(header: str) -> str:
    return base64.b64decode(header.removeprefix("Basic ")).decode() if header else ""


def _split(target: str) -> Way:
    host, _, port = target.rpartition(":")
    return (host, int(port)) if host else (target, 80)


@asynccontextmanager
async def proxy(
    scheme: Literal["http", "socks5"],
    *,
    accepts: set[str] | None = None,
    routes: Mapping[str, Way] | None = None,
    mode: Mode = "ok",
    refuse: int | None = None,
) -> AsyncIterator[LocalProxy]:
    """A proxy that listens until the block ends."""
    made = LocalProxy(scheme, accepts, routes or {}, mode, refuse)
    await made.start()
    try:
        yield made
    finally:
        await made.kill()


class StandingProxy:
    """A proxy on a thread of its own, for tests without a loop; `start` and `kill` take effect
    before they return."""

    def __init__(self, proxy: LocalProxy) -> None:
        self.proxy = proxy
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def start(self) -> None:
        """It listens."""
        asyncio.run_coroutine_threadsafe(self.proxy.start(), self._loop).result(10)

    def kill(self) -> None:
        """Its port is closed and every connection through it is gone."""
        asyncio.run_coroutine_threadsafe(self.proxy.kill(), self._loop).result(10)

    def end(self) -> None:
        """Nothing of it is left."""
        self.kill()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


@contextmanager
def standing(
    scheme: Literal["http", "socks5"], *, accepts: set[str] | None = None
) -> Iterator[StandingProxy]:
    """A proxy that listens until the block ends, for tests without a loop."""
    made = StandingProxy(LocalProxy(scheme, accepts))
    try:
        made.start()
        yield made
    finally:
        made.end()
