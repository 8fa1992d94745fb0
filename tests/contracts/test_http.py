"""The client: where a call failed decides what may be believed."""

import asyncio
import gzip
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from socialseed.connectors.gateway import Gateway
from socialseed.connectors.http import Call, Http, open_client, resume_at
from socialseed.connectors.media import fetch_image
from socialseed.core.errors import Remedy, UpstreamError
from socialseed.core.settings import Settings
from tests.contracts.connector import PICTURE

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
POST = Call("POST", "api.x.com", "/2/tweets", True, json={"text": "x"})


class Server:
    """A loopback server that answers with given bytes, then holds or closes the connection."""

    def __init__(self, answer: bytes, *, hold: bool = False, endless: bytes = b"") -> None:
        self.answer, self.hold, self.endless = answer, hold, endless
        self.received: list[bytes] = []

    async def __aenter__(self) -> "Server":
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self.server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.received.append(await reader.read(65536))
        writer.write(self.answer)
        try:
            while self.endless:
                writer.write(self.endless)
                await writer.drain()
            if self.hold:
                await reader.read()
        except ConnectionError:
            pass
        writer.close()


async def call(url: str, what: Call = POST, seconds: float = 5.0) -> object:
    settings = Settings(call_deadline_seconds=seconds)
    async with open_client(settings, None, Gateway(url)) as http:
        return await http.call(what)


async def refused(url: str, what: Call = POST, seconds: float = 5.0) -> UpstreamError:
    with pytest.raises(UpstreamError) as caught:
        await call(url, what, seconds)
    return caught.value


def response(body: bytes, *headers: str) -> bytes:
    head = "\r\n".join(("HTTP/1.1 200 OK", f"content-length: {len(body)}", *headers))
    return head.encode() + b"\r\n\r\n" + body


async def test_a_closed_port_is_proof_that_nothing_was_sent():
    async with Server(b"") as server:
        url = server.url
    error = await refused(url)
    assert error.remedy is Remedy.RETRY


async def test_an_unknown_host_is_proof_that_nothing_was_sent():
    error = await refused("http://nobody.invalid")
    assert error.remedy is Remedy.RETRY


async def test_a_failed_tls_greeting_is_proof_that_nothing_was_sent():
    async with Server(b"not tls at all") as server:
        error = await refused(server.url.replace("http://", "https://"))
        assert all(b"POST" not in received for received in server.received)
    assert error.remedy is Remedy.RETRY


@pytest.mark.parametrize(
    "answer",
    [b"", b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{", b"nonsense\r\n\r\n", b"HTTP/1.1 20"],
    ids=["closed", "truncated", "no http", "half a line"],
)
async def test_a_connection_that_breaks_after_sending_is_unknown(answer):
    async with Server(answer) as server:
        error = await refused(server.url)
        assert len(server.received) == 1
    assert error.remedy is Remedy.RECONCILE


async def test_no_answer_in_time_is_unknown_after_sending():
    async with Server(b"", hold=True) as server:
        error = await refused(server.url, seconds=0.3)
    assert (error.remedy, error.code) == (Remedy.RECONCILE, "timed_out")


async def test_a_lost_read_may_be_repeated():
    async with Server(b"") as server:
        error = await refused(server.url, Call("GET", "api.x.com", "/2/users/me"))
    assert error.remedy is Remedy.RETRY


async def test_an_endless_body_ends_at_the_cap():
    head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
    async with Server(head, endless=b"10000\r\n" + b"x" * 65536 + b"\r\n") as server:
        error = await refused(server.url)
    assert (error.remedy, error.code) == (Remedy.RECONCILE, "answer_too_big")


async def test_a_gzip_bomb_is_not_unpacked():
    bomb = gzip.compress(b"0" * (64 * 1024 * 1024))
    async with Server(response(bomb, "content-encoding: gzip")) as server:
        error = await refused(server.url)
    assert error.code == "answer_too_big"


async def test_gzip_is_read():
    body = gzip.compress(b'{"data": 1}')
    async with Server(response(body, "content-encoding: gzip")) as server:
        reply = await call(server.url)
    assert reply.json() == {"data": 1}  # type: ignore[attr-defined]


async def test_a_redirect_is_not_followed():
    answer = b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n"
    async with Server(answer) as server:
        reply = await call(server.url)
        assert len(server.received) == 1
    assert reply.status == 302  # type: ignore[attr-defined]


async def test_work_whose_time_is_over_is_not_begun():
    async with Server(b"") as server:
        spent = Call("POST", "api.x.com", "/2/tweets", True, by=0.0)
        error = await refused(server.url, spent)
        assert server.received == []
    assert (error.remedy, error.code) == (Remedy.RETRY, "no_time_left")


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "120"}, 120),
        ({"retry-after": "5"}, 60),
        ({"retry-after": "Sun, 01 Mar 2026 12:10:00 GMT"}, 600),
        ({"x-rate-limit-reset": str(int(NOW.timestamp()) + 300)}, 300),
        ({}, 60),
        ({"retry-after": "soon"}, 60),
        ({"retry-after": "-5"}, 60),
        ({"retry-after": "99999999999999999999"}, 60),
        ({"retry-after": "7200000"}, 86400),
        ({"x-rate-limit-reset": "99999999999"}, 60),
    ],
)
def test_when_to_come_again(headers, seconds):
    assert resume_at(headers, NOW) == NOW + timedelta(seconds=seconds)


async def picture(url: str, sandboxed: bool, addresses: list[str]) -> object:
    async def resolve(host: str, port: int) -> list[str]:
        return addresses

    asked: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return httpx2.Response(200, content=PICTURE)

    gateway = Gateway("http://127.0.0.1:9" if sandboxed else None)
    async with open_client(Settings(), None, gateway, httpx2.MockTransport(answer)) as http:
        assert isinstance(http, Http)
        await fetch_image(http, url, http.deadline(), resolve)
    return asked


@pytest.mark.parametrize(
    ("url", "sandboxed", "addresses"),
    [
        ("https://pictures.example/a.jpg", False, ["127.0.0.1"]),
        ("https://pictures.example/a.jpg", False, ["93.184.216.34", "10.0.0.7"]),
        ("https://pictures.example/a.jpg", True, ["169.254.169.254"]),
        ("https://pictures.example/a.jpg", False, ["::1"]),
        ("https://pictures.example/a.jpg", False, ["::ffff:127.0.0.1"]),
        ("http://pictures.example/a.jpg", False, ["93.184.216.34"]),
        ("file:///etc/passwd", True, ["127.0.0.1"]),
        ("https://user:word@pictures.example/a.jpg", False, ["93.184.216.34"]),
        ("https:///a.jpg", False, ["93.184.216.34"]),
    ],
)
async def test_a_picture_from_inside_is_not_fetched(url, sandboxed, addresses):
    with pytest.raises(UpstreamError, match="bad_media"):
        await picture(url, sandboxed, addresses)


async def test_the_checked_address_is_the_one_connected_to():
    asked = await picture("https://pictures.example/a.jpg", False, ["93.184.216.34"])
    request = asked[0]  # type: ignore[index]
    assert request.url.host == "93.184.216.34"
    assert request.headers["host"] == "pictures.example"
    assert request.extensions["sni_hostname"] == "pictures.example"
