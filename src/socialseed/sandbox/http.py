"""A small HTTP/1.1 server over h11. It owns the socket, so an answer can end in ways no ordinary
server offers: a reset before the first byte, or a body that stops half way.
"""

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qsl, unquote

import h11

MAX_BODY = 129 * 1024 * 1024  # TikTok's last part of an upload may have 128 MB
Ending = Literal["whole", "reset", "cut"]


@dataclass(slots=True)
class Request:
    """One received request, body included."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    def cookies(self) -> dict[str, str]:
        """The cookies sent along."""
        pairs = (part.partition("=") for part in self.headers.get("cookie", "").split(";"))
        return {name.strip(): value.strip() for name, _, value in pairs if name.strip()}


@dataclass(slots=True)
class Answer:
    """One response. `ending` says how the connection treats it.

    With `flow` the body is what that yields, of `flow_length` bytes, or chunked when that is None.
    """

    status: int = 200
    body: bytes = b""
    media_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    ending: Ending = "whole"
    flow: AsyncIterator[bytes] | None = None
    flow_length: int | None = None


def json_answer(
    body: object, status: int = 200, headers: dict[str, str] | None = None, media_type: str = ""
) -> Answer:
    """`body` as JSON."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    encoded = text.encode("utf-8", "backslashreplace")
    return Answer(status, encoded, media_type or "application/json", headers or {})


def html_answer(html: str, status: int = 200) -> Answer:
    """A page."""
    return Answer(status, html.encode(), "text/html; charset=utf-8")


def redirect(location: str, headers: dict[str, str] | None = None) -> Answer:
    """See other: the browser follows with GET."""
    return Answer(303, b"", "text/plain", {"location": location, **(headers or {})})


Handler = Callable[[Request], Awaitable[Answer]]


async def serve(handler: Handler, port: int, host: str = "127.0.0.1") -> asyncio.Server:
    """A server on `host`; port 0 picks a free one."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _converse(handler, reader, writer)
        except (ConnectionError, h11.RemoteProtocolError, asyncio.CancelledError):
            pass  # the peer went away, spoke nonsense, or the sandbox is stopping
        finally:
            writer.close()

    return await asyncio.start_server(connected, host, port, backlog=1024)


async def _converse(
    handler: Handler, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    connection = h11.Connection(h11.SERVER, max_incomplete_event_size=64 * 1024)
    while True:
        request = await _receive(connection, reader, writer)
        if request is None:
            return
        answer = await handler(request)
        if answer.ending == "reset":
            _reset(writer)
            return
        if answer.flow is not None:
            await _pour(connection, writer, answer, answer.flow)
        else:
            _send(connection, writer, answer, request.method == "HEAD")
        await writer.drain()
        if answer.ending == "cut":
            _reset(writer, linger=False)
            return
        if connection.our_state is h11.MUST_CLOSE or connection.their_state is h11.MUST_CLOSE:
            return
        connection.start_next_cycle()


async def _receive(
    connection: h11.Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> Request | None:
    head: h11.Request | None = None
    chunks: list[bytes] = []
    size = 0
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            if connection.they_are_waiting_for_100_continue:
                go_on = h11.InformationalResponse(status_code=100, headers=[])
                writer.write(connection.send(go_on) or b"")
            connection.receive_data(await reader.read(65536))
        elif isinstance(event, h11.Request):
            head = event
        elif isinstance(event, h11.Data):
            size += len(event.data)
            if size > MAX_BODY:
                return None
            chunks.append(bytes(event.data))
        elif isinstance(event, h11.EndOfMessage) and head is not None:
            return _request(head, b"".join(chunks))
        else:
            return None


def _request(head: h11.Request, body: bytes) -> Request:
    target = head.target.decode("latin-1")
    path, _, query = target.partition("?")
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in head.headers}
    return Request(
        method=head.method.decode("ascii"),
        path=unquote(path),
        query=dict(parse_qsl(query, keep_blank_values=True)),
        headers=headers,
        body=body,
    )


def _send(
    connection: h11.Connection, writer: asyncio.StreamWriter, answer: Answer, head_only: bool
) -> None:
    headers = [
        ("content-type", answer.media_type),
        ("content-length", str(len(answer.body))),
        *answer.headers.items(),
    ]
    head = connection.send(h11.Response(status_code=answer.status, headers=headers)) or b""
    if answer.ending == "cut":
        writer.write(head + answer.body[: len(answer.body) // 2])
        return
    body = b"" if head_only or not answer.body else connection.send(h11.Data(data=answer.body))
    if head_only:
        writer.write(head)
        connection.send_failed()
        return
    end = connection.send(h11.EndOfMessage())
    writer.write(head + (body or b"") + (end or b""))


async def _pour(
    connection: h11.Connection,
    writer: asyncio.StreamWriter,
    answer: Answer,
    flow: AsyncIterator[bytes],
) -> None:
    """Sends a body piece by piece, no faster than the peer takes it."""
    headers = [("content-type", answer.media_type), *answer.headers.items()]
    if answer.flow_length is not None:
        headers.append(("content-length", str(answer.flow_length)))
    head = h11.Response(status_code=answer.status, headers=headers)
    writer.write(connection.send(head) or b"")
    async for piece in flow:
        if piece:
            writer.write(connection.send(h11.Data(data=piece)) or b"")
            await writer.drain()
    writer.write(connection.send(h11.EndOfMessage()) or b"")


def _reset(writer: asyncio.StreamWriter, *, linger: bool = True) -> None:
    """Ends the connection at once; with `linger` the peer sees a TCP reset."""
    raw = writer.get_extra_info("socket")
    if linger and raw is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
    else:
        writer.close()
