"""Fetching the media that a person approved, so that they can be handed to a platform as bytes.

Only https to public addresses (loopback too when the platforms are the sandbox); the address that
was checked is the one connected to; no redirects; bytes and time are capped.
"""

import asyncio
import ipaddress
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

import httpx2

from socialseed.connectors.http import CONNECT_SECONDS, Http, read_capped
from socialseed.core.errors import Remedy, UpstreamError

MIB = 1024 * 1024
MAX_IMAGE_BYTES = 5 * MIB  # X: image <= 5 MB (media upload best practices)
_KINDS = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"GIF8": "image/gif",
}
_HEAD_BYTES = 12  # enough to tell a film's container


@dataclass(frozen=True, slots=True)
class Image:
    """A picture and what its first bytes say it is."""

    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Video:
    """A film at its host: `size` bytes, read once, piece by piece, never held whole."""

    media_type: str
    size: int
    _chunks: AsyncIterator[bytes] = field(repr=False)
    _head: bytes = field(repr=False)
    _by: float = field(repr=False)

    async def pieces(self, size: int) -> AsyncIterator[bytes]:
        """All bytes in pieces of `size`, the last one shorter. Raises RETRY if they end early."""
        kept, told = bytearray(), 0
        chunk: bytes | None = self._head
        while chunk is not None:
            kept += chunk
            told += len(chunk)
            while len(kept) >= size:
                yield bytes(kept[:size])
                del kept[:size]
            chunk = await _next(self._chunks, self._by)
        if told != self.size:
            raise _unreachable()
        if kept:
            yield bytes(kept)


class Resolve(Protocol):
    """Finds the addresses of a host name."""

    async def __call__(self, host: str, port: int) -> list[str]: ...


async def resolve(host: str, port: int) -> list[str]:
    """The addresses that the system's resolver gives for `host`."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


async def fetch_image(
    http: Http, url: str | None, by: float, find: Resolve = resolve, most: int = MAX_IMAGE_BYTES
) -> Image:
    """The picture at `url`. Raises REJECT `bad_media` for an unusable one, RETRY if unreachable."""
    try:
        async with asyncio.timeout_at(by):
            response = await _opened(http, url, find)
            try:
                content = await read_capped(response, most)
            finally:
                await response.aclose()
    except (TimeoutError, httpx2.RequestError, OSError):
        raise _unreachable() from None
    if content is None:
        raise bad_media(f"The picture is larger than {most // MIB} MB.")
    return Image(content, _kind(content))


@asynccontextmanager
async def open_video(
    http: Http, url: str | None, by: float, most: int, find: Resolve = resolve
) -> AsyncIterator[Video]:
    """The film at `url`, open for reading. Raises REJECT `bad_media` for one that is unusable or
    longer than `most` bytes, RETRY if unreachable.
    """
    try:
        async with asyncio.timeout_at(by):
            response = await _opened(http, url, find)
    except (TimeoutError, httpx2.RequestError, OSError):
        raise _unreachable() from None
    try:
        size = _told_size(response, most)
        chunks = _chunks_of(response)
        head = b""
        while len(head) < _HEAD_BYTES and (chunk := await _next(chunks, by)) is not None:
            head += chunk
        yield Video(_container(head), size, chunks, head, by)
    finally:
        await response.aclose()


async def _opened(http: Http, url: str | None, find: Resolve) -> httpx2.Response:
    parts = urlsplit(url or "")
    sandboxed = http.gateway.sandbox_url is not None
    if parts.scheme != "https" and not (sandboxed and parts.scheme == "http"):
        raise bad_media("Use an https:// address for the file.")
    if not parts.hostname or parts.username or parts.password:
        raise bad_media("The file's address has no usable host.")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = await _checked(parts.hostname, port, sandboxed, find)
    given = httpx2.URL(str(url))
    request = http.client.build_request(
        "GET",
        given.copy_with(host=address),
        headers={"host": given.netloc.decode("ascii"), "accept-encoding": "identity"},
        timeout=httpx2.Timeout(None, connect=CONNECT_SECONDS),
        extensions={"sni_hostname": parts.hostname},
    )
    response = await http.client.send(request, stream=True)
    if response.status_code != 200:
        await response.aclose()
        raise bad_media(f"The file's host answered {response.status_code}.")
    return response


async def _checked(host: str, port: int, sandboxed: bool, find: Resolve) -> str:
    addresses = [ipaddress.ip_address(found.split("%")[0]) for found in await find(host, port)]
    if not addresses:
        raise bad_media("The file's host has no address.")
    for address in addresses:
        if not (address.is_global or (sandboxed and address.is_loopback)):
            raise bad_media("The file's address is not a public one.")
    return str(addresses[0])


def _told_size(response: httpx2.Response, most: int) -> int:
    told = response.headers.get("content-length", "")
    if not told.isdigit() or int(told) == 0:
        raise bad_media("The video's host does not tell how long the file is.")
    if int(told) > most:
        raise bad_media(f"The video is larger than {most // MIB} MB.")
    return int(told)


async def _chunks_of(response: httpx2.Response) -> AsyncIterator[bytes]:
    if response.is_stream_consumed:  # a transport that answers from memory has read it already
        yield response.content
        return
    async for chunk in response.aiter_raw():
        yield chunk


async def _next(chunks: AsyncIterator[bytes], by: float) -> bytes | None:
    try:
        async with asyncio.timeout_at(by):
            return await anext(chunks, None)
    except (TimeoutError, httpx2.RequestError, httpx2.StreamError, OSError):
        raise _unreachable() from None


def _kind(content: bytes) -> str:
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    for start, media_type in _KINDS.items():
        if content.startswith(start):
            return media_type
    raise bad_media("The file is not a JPEG, PNG, GIF or WebP picture.")


def _container(head: bytes) -> str:
    if head[4:8] == b"ftyp":
        return "video/quicktime" if head[8:12] == b"qt  " else "video/mp4"
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return "video/webm"
    raise bad_media("The file is not an MP4, QuickTime or WebM video.")


def bad_media(detail: str) -> UpstreamError:
    """The refusal of a file that no platform could take."""
    return UpstreamError(Remedy.REJECT, "bad_media", detail)


def _unreachable() -> UpstreamError:
    detail = "The file could not be fetched; nothing was published."
    return UpstreamError(Remedy.RETRY, "media_unreachable", detail)
