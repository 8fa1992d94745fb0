"""The sandbox's own calls: webhooks and their challenges. Only to hosts it was allowed to call."""

import asyncio
from dataclasses import dataclass
from urllib.parse import urlsplit

import h11

MOST = 64 * 1024  # more of an answer is not read
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class NoAnswer(Exception):
    """The receiver could not be reached or did not answer in time."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What the receiver answered; at most `MOST` bytes of its body."""

    status: int
    body: bytes


async def ask(
    method: str, url: str, headers: dict[str, str], body: bytes, seconds: float
) -> Answered:
    """One request, answered within `seconds` in total. Redirects are not followed."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    head = [("host", parts.netloc), ("connection", "close"), ("user-agent", "platform-sandbox")]
    head += [*headers.items(), ("content-length", str(len(body)))]
    try:
        async with asyncio.timeout(seconds):
            reader, writer = await asyncio.open_connection(
                parts.hostname, parts.port or (443 if secure else 80), ssl=secure or None
            )
            try:
                return await _exchange(
                    reader, writer, h11.Request(method=method, target=target, headers=head), body
                )
            finally:
                writer.close()
    except (OSError, TimeoutError, ValueError, h11.ProtocolError) as error:
        raise NoAnswer(f"{type(error).__name__}: {error}".rstrip(": ")) from error


async def _exchange(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: h11.Request, body: bytes
) -> Answered:
    connection = h11.Connection(h11.CLIENT)
    writer.write(connection.send(head) or b"")
    writer.write(connection.send(h11.Data(data=body)) or b"")
    writer.write(connection.send(h11.EndOfMessage()) or b"")
    await writer.drain()
    status, found = 0, b""
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(65_536))
        elif isinstance(event, h11.Response):
            status = event.status_code
        elif isinstance(event, h11.Data):
            found += bytes(event.data)
            if len(found) >= MOST:
                return Answered(status, found[:MOST])
        elif isinstance(event, h11.EndOfMessage):
            return Answered(status, found)
        elif not isinstance(event, h11.InformationalResponse):
            raise NoAnswer("the connection ended early")
