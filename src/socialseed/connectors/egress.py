"""Ways out: one client per egress, at most 200, never a direct one in the place of a proxy.

A proxy's host is resolved once for a client; every address is checked and the checked one is the
one connected to. With https the proxy's certificate proves the name instead.
"""

import asyncio
import ipaddress
import socket
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

import httpx2

from socialseed.connectors.types import Egress
from socialseed.core.errors import Remedy, UpstreamError

MOST_CLIENTS = 200
EGRESS_DOWN = "egress_down"
PORTS = {"http": 80, "https": 443, "socks5": 1080}


class Resolve(Protocol):
    """Finds the addresses of a host name."""

    async def __call__(self, host: str, port: int) -> list[str]: ...


async def resolve(host: str, port: int) -> list[str]:
    """The addresses that the system's resolver gives for `host`. Raises OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


def down(detail: str) -> UpstreamError:
    """The error for a proxy that let nothing through: provably not performed."""
    return UpstreamError(Remedy.RETRY, EGRESS_DOWN, detail)


@dataclass(frozen=True, slots=True)
class Allowed:
    """Which proxies may be used: those on public addresses, and what `private` and `listed` say."""

    private: bool = False  # the platforms are the sandbox
    listed: frozenset[str] = frozenset()  # host:port, lower case
    find: Resolve = resolve

    async def address(self, host: str, port: int) -> str:
        """The address to connect to. Raises `egress_down` when there is none that is allowed."""
        try:
            addresses = [ipaddress.ip_address(a.split("%")[0]) for a in await self.find(host, port)]
        except (OSError, UnicodeError):
            raise down("The proxy's host has no address.") from None
        if not addresses:
            raise down("The proxy's host has no address.")
        free = self.private or f"{host.lower()}:{port}" in self.listed
        if not free and not all(address.is_global for address in addresses):
            raise down("The proxy's address is not a public one.")
        return str(addresses[0])


def listed_hosts(setting: str) -> frozenset[str]:
    """The `host:port` pairs of a comma-separated setting, lower case."""
    return frozenset(part.strip().lower() for part in setting.split(",") if part.strip())


@dataclass(slots=True)
class _Way:
    client: httpx2.AsyncClient
    users: int = 0
    dropped: bool = False

    async def close_if_over(self) -> None:
        if self.dropped and self.users == 0:
            await self.client.aclose()


@dataclass(slots=True)
class Ways:
    """The clients of egresses. The least used is dropped; it is closed when its last call ends."""

    make: Callable[[httpx2.Proxy], httpx2.AsyncClient]
    allowed: Allowed
    most: int = MOST_CLIENTS
    _kept: OrderedDict[Egress, _Way] = field(default_factory=OrderedDict)

    @asynccontextmanager
    async def lend(self, egress: Egress) -> AsyncIterator[httpx2.AsyncClient]:
        """The egress's client for one call. Raises `egress_down` when there may be none."""
        way = self._kept.get(egress) or await self._open(egress)
        self._kept.move_to_end(egress)
        way.users += 1
        try:
            await self._trim()
            yield way.client
        finally:
            way.users -= 1
            await way.close_if_over()

    async def forget(self, egress: Egress) -> None:
        """The next call opens a new client, whose proxy is looked up anew."""
        way = self._kept.pop(egress, None)
        if way is not None:
            way.dropped = True
            await way.close_if_over()

    async def aclose(self) -> None:
        """Every client is closed."""
        while self._kept:
            _, way = self._kept.popitem()
            await way.client.aclose()

    @property
    def open(self) -> int:
        """How many clients are kept."""
        return len(self._kept)

    async def _open(self, egress: Egress) -> _Way:
        proxy = await self._proxy(egress)
        way = self._kept.get(egress)  # another call may have opened it during the look-up
        if way is None:
            way = self._kept[egress] = _Way(self.make(proxy))
        return way

    async def _proxy(self, egress: Egress) -> httpx2.Proxy:
        url = httpx2.URL(egress.url)
        port = url.port or PORTS[url.scheme]
        address = await self.allowed.address(url.host, port)
        auth = (url.username, url.password) if url.username or url.password else None
        host = url.host if url.scheme == "https" else address
        plain = httpx2.URL(scheme=url.scheme, host=host, port=port)
        return httpx2.Proxy(plain, auth=auth)

    async def _trim(self) -> None:
        while len(self._kept) > self.most:
            _, way = self._kept.popitem(last=False)
            way.dropped = True
            await way.close_if_over()
