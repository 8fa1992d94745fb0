"""Fetching the picture that a person approved, so that it can be handed to a platform as bytes.

Only https to public addresses (loopback too when the platforms are the sandbox); the address that
was checked is the one connected to; no redirects; bytes and time are capped.
"""

import asyncio
import ipaddress
import socket
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

import httpx2

from socialseed.connectors.http import CONNECT_SECONDS, Http, read_capped
from socialseed.core.errors import Remedy, UpstreamError

MAX_IMAGE_BYTES = 5 * 1024 * 1024  # X: image <= 5 MB (media upload best practices)
_KINDS = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"GIF8": "image/gif",
}


@dataclass(frozen=True, slots=True)
class Image:
    """A picture and what its first bytes say it is."""

    content: bytes
    media_type: str


class Resolve(Protocol):
    """Finds the addresses of a host name."""

    async def __call__(self, host: str, port: int) -> list[str]: ...


async def resolve(host: str, port: int) -> list[str]:
    """The addresses that the system's resolver gives for `host`."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


async def fetch_image(http: Http, url: str | None, by: float, find: Resolve = resolve) -> Image:
    """The picture at `url`. Raises REJECT `bad_media` for an unusable one, RETRY if unreachable."""
    parts = urlsplit(url or "")
    sandboxed = http.gateway.sandbox_url is not None
    if parts.scheme != "https" and not (sandboxed and parts.scheme == "http"):
        raise _bad("Use an https:// address for the picture.")
    if not parts.hostname or parts.username or parts.password:
        raise _bad("The picture's address has no usable host.")
    try:
        async with asyncio.timeout_at(by):
            port = parts.port or (443 if parts.scheme == "https" else 80)
            address = await _checked(parts.hostname, port, sandboxed, find)
            content = await _get(http, str(url), parts.hostname, address)
    except (TimeoutError, httpx2.RequestError, OSError):
        detail = "The picture could not be fetched; nothing was published."
        raise UpstreamError(Remedy.RETRY, "media_unreachable", detail) from None
    return Image(content, _kind(content))


async def _checked(host: str, port: int, sandboxed: bool, find: Resolve) -> str:
    addresses = [ipaddress.ip_address(found.split("%")[0]) for found in await find(host, port)]
    if not addresses:
        raise _bad("The picture's host has no address.")
    for address in addresses:
        if not (address.is_global or (sandboxed and address.is_loopback)):
            raise _bad("The picture's address is not a public one.")
    return str(addresses[0])


async def _get(http: Http, url: str, host: str, address: str) -> bytes:
    given = httpx2.URL(url)
    request = http.client.build_request(
        "GET",
        given.copy_with(host=address),
        headers={"host": given.netloc.decode("ascii"), "accept-encoding": "identity"},
        timeout=httpx2.Timeout(None, connect=CONNECT_SECONDS),
        extensions={"sni_hostname": host},
    )
    response = await http.client.send(request, stream=True)
    try:
        if response.status_code != 200:
            raise _bad(f"The picture's host answered {response.status_code}.")
        content = await read_capped(response, MAX_IMAGE_BYTES)
    finally:
        await response.aclose()
    if content is None:
        raise _bad("The picture is larger than 5 MB.")
    return content


def _kind(content: bytes) -> str:
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    for start, media_type in _KINDS.items():
        if content.startswith(start):
            return media_type
    raise _bad("The file is not a JPEG, PNG, GIF or WebP picture.")


def _bad(detail: str) -> UpstreamError:
    return UpstreamError(Remedy.REJECT, "bad_media", detail)
