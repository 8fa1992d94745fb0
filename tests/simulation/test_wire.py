"""The loopback transport of virtual worlds: however an answer is framed, and however it breaks."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx2
import pytest

from socialseed.sim.wire import Wire

OK = b"HTTP/1.1 200 OK\r\n"


@dataclass(frozen=True)
class Ends:
    """An answer after which the server closes the connection."""

    said: bytes


Answer = bytes | Ends | None


@asynccontextmanager
async def told_by(*answers: Answer) -> AsyncIterator[tuple[httpx2.AsyncClient, list[int]]]:
    """A client whose requests are answered so, in order; None: never. And each one's connection."""
    left, used, opened = list(answers), [], iter(range(100))
    over = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number, answer = next(opened), None
        try:
            while not isinstance(answer, Ends):
                head = await reader.readuntil(b"\r\n\r\n")
                length = head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0]
                await reader.readexactly(int(length or 0))
                used.append(number)
                answer = left.pop(0)
                if answer is None:
                    await over.wait()
                    return
                writer.write(answer.said if isinstance(answer, Ends) else answer)
        except asyncio.IncompleteReadError:
            pass  # the client has closed it
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    async with httpx2.AsyncClient(transport=Wire(), base_url=base, timeout=20) as client:
        yield client, used
    over.set()
    server.close()


def framed(body: bytes, *more: bytes) -> bytes:
    lines = [b"Content-Length: %d" % len(body), *more]
    return OK + b"\r\n".join(lines) + b"\r\n\r\n" + body


CHUNKED = (
    OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=1\r\n there\r\n0\r\nT: 1\r\n\r\n"
)


@pytest.mark.parametrize(
    "answer",
    [framed(b"hello there"), CHUNKED, Ends(OK + b"\r\nhello there")],
    ids=["length", "chunks", "until the end"],
)
async def test_the_whole_body_arrives_however_it_is_framed(answer: Answer):
    async with told_by(answer) as (client, _):
        found = await client.get("/x")
        assert (found.status_code, found.text) == (200, "hello there")


@pytest.mark.parametrize(
    ("answers", "connections"),
    [
        ([framed(b"a"), framed(b"b")], [0, 0]),
        ([CHUNKED, framed(b"b")], [0, 0]),
        ([b"HTTP/1.1 204 None\r\n\r\n", framed(b"b")], [0, 0]),
        ([Ends(framed(b"a", b"Connection: close")), framed(b"b")], [0, 1]),
        ([Ends(OK + b"\r\na"), framed(b"b")], [0, 1]),
    ],
)
async def test_a_connection_is_used_again_unless_the_answer_ends_it(
    answers: Sequence[Answer], connections: Sequence[int]
):
    async with told_by(*answers) as (client, used):
        for _ in answers:
            await client.post("/x", json={"a": 1})
        assert used == connections


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Ends(OK + b"Content-Length: 9\r\n\r\nhel"), httpx2.ReadError),
        (Ends(b""), httpx2.ReadError),
        (b"nonsense\r\n\r\n", httpx2.RemoteProtocolError),
        (OK + b"no colon\r\n\r\n", httpx2.RemoteProtocolError),
        (OK + b"A: " + b"a" * 70_000, httpx2.RemoteProtocolError),
    ],
)
async def test_what_is_broken_is_an_error_of_the_library_and_the_next_call_goes_well(
    answer: Answer, error: type[Exception]
):
    async with told_by(answer, framed(b"fine")) as (client, _):
        with pytest.raises(error):
            await client.get("/x")
        assert (await client.get("/y")).text == "fine"


async def test_silence_ends_with_the_deadline():
    async with told_by(None) as (client, _):
        with pytest.raises(httpx2.ReadTimeout):
            await client.get("/x", timeout=0.05)


async def test_nobody_there_is_a_refused_connection():
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    async with httpx2.AsyncClient(transport=Wire()) as client:
        with pytest.raises(httpx2.ConnectError):
            await client.get(f"http://127.0.0.1:{port}/")
