"""HTTP/1.1 over loopback for virtual worlds: a third of the processor time of the usual transport.

It speaks to one trusted server, the sandbox: no TLS, no proxy, no redirect. Real platforms are only
ever reached through `connectors.http` with the transport of its library.
"""

import asyncio
from collections import defaultdict
from dataclasses import dataclass

import httpx2

_HEAD_BYTES = 64 * 1024
_CONNECTIONS = 64  # kept open for each address


@dataclass(slots=True)
class _Line:
    """One connection that is kept open."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @property
    def usable(self) -> bool:
        """Whether the other side has neither closed it nor said something unasked."""
        return not self.writer.is_closing() and not self.reader.at_eof()


class Wire(httpx2.AsyncBaseTransport):
    """Sends each request on a connection of its own or on one that an earlier request left."""

    def __init__(self) -> None:
        self._idle: defaultdict[tuple[str, int], list[_Line]] = defaultdict(list)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """The whole answer. Raises httpx2's errors for what failed, by how far it came."""
        seconds = request.extensions.get("timeout", {}).get("read")
        try:
            async with asyncio.timeout(seconds):
                return await self._exchange(request)
        except TimeoutError:
            raise httpx2.ReadTimeout("no answer in time", request=request) from None

    async def _exchange(self, request: httpx2.Request) -> httpx2.Response:
        body = await request.aread()
        address = (request.url.host, request.url.port or 80)
        line = await self._line(address, request)
        whole = False
        try:
            trace = request.extensions.get("trace")
            if trace is not None:
                await trace("http11.send_request_headers.started", {"request": request})
            line.writer.write(_told(request) + body)
            response, stays = await _answer(line.reader, request.method)
            whole = stays and len(self._idle[address]) < _CONNECTIONS
        except (OSError, EOFError) as error:
            raise httpx2.ReadError(repr(error), request=request) from error
        except (ValueError, IndexError, asyncio.LimitOverrunError) as error:
            raise httpx2.RemoteProtocolError(repr(error), request=request) from error
        finally:
            if whole:
                self._idle[address].append(line)
            else:
                line.writer.close()
        return response

    async def _line(self, address: tuple[str, int], request: httpx2.Request) -> _Line:
        idle = self._idle[address]
        while idle:
            line = idle.pop()
            if line.usable:
                return line
            line.writer.close()
        try:
            return _Line(*await asyncio.open_connection(*address, limit=_HEAD_BYTES))
        except OSError as error:
            raise httpx2.ConnectError(repr(error), request=request) from error

    async def aclose(self) -> None:
        """No connection is left open."""
        for lines in self._idle.values():
            for line in lines:
                line.writer.close()
        self._idle.clear()


def _told(request: httpx2.Request) -> bytes:
    lines = [b"%s %s HTTP/1.1" % (request.method.encode(), request.url.raw_path)]
    lines += [b"%s: %s" % pair for pair in request.headers.raw]
    return b"\r\n".join(lines) + b"\r\n\r\n"


async def _answer(reader: asyncio.StreamReader, method: str) -> tuple[httpx2.Response, bool]:
    """The answer, and whether the connection may be used again."""
    head = (await reader.readuntil(b"\r\n\r\n"))[:-4].split(b"\r\n")
    status = int(head[0].split(b" ", 2)[1])
    pairs = [line.split(b":", 1) for line in head[1:]]
    headers = [(name, value.strip()) for name, value in pairs]
    known = {name.lower(): value for name, value in headers}
    stays = known.get(b"connection", b"").lower() != b"close"
    if method == "HEAD" or status in (204, 304):
        body = b""
    elif known.get(b"transfer-encoding", b"").lower() == b"chunked":
        body = await _chunks(reader)
    elif b"content-length" in known:
        body = await reader.readexactly(int(known[b"content-length"]))
    else:
        body, stays = await reader.read(), False
    return httpx2.Response(status, headers=headers, stream=httpx2.ByteStream(body)), stays


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    parts: list[bytes] = []
    while size := int((await reader.readline()).split(b";")[0], 16):
        parts.append(await reader.readexactly(size))
        await reader.readexactly(2)
    while (await reader.readline()).strip():
        pass  # trailers
    return b"".join(parts)
