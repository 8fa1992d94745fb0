"""The one client that talks to platforms: only their hosts, a total deadline, no redirects, capped.

It tells where a call failed. Before the first request byte: provably not performed (RETRY).
Afterwards: unknown (RECONCILE), unless the call changes nothing in the world. No secrets in errors.
A call with an egress leaves through its proxy or not at all.
"""

import asyncio
import base64
import logging
import ssl
import zlib
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Literal

import httpx2
import orjson
from socksio import SOCKSError

from socialseed.connectors.egress import EGRESS_DOWN, Allowed, Ways, down, listed_hosts
from socialseed.connectors.gateway import Gateway
from socialseed.connectors.quotas import QuotaBook
from socialseed.connectors.types import Egress
from socialseed.core.clock import Clock, SystemClock
from socialseed.core.errors import Remedy, UpstreamError
from socialseed.core.settings import Settings

MAX_BYTES = 2 * 1024 * 1024
CONNECT_SECONDS = 5.0
POOL_SECONDS = 5.0
OWN_SHARE = 0.9  # of the caller's deadline: ours falls first, because it knows what was sent
SHORTEST_WAIT = timedelta(seconds=60)
LONGEST_WAIT = timedelta(hours=24)

_UNSENT = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.UnsupportedProtocol,
    httpx2.InvalidURL,
)
# Our own limits, which say nothing of a proxy.
_LOCAL = (httpx2.PoolTimeout, httpx2.UnsupportedProtocol, httpx2.InvalidURL)
# httpcore asserts what a SOCKS server says; socksio refuses the rest.
_FAILURES = (
    TimeoutError,
    httpx2.RequestError,
    httpx2.StreamError,
    httpx2.InvalidURL,
    zlib.error,
    SOCKSError,
    AssertionError,
)
_PROXY_AUTHENTICATION = 407
_FIRST_BYTE = "send_request_headers.started"
# A proxy's greeting is over: what fails from here on is between us and the platform.
_THROUGH = frozenset({"proxy.start_tls.started", "socks.setup_socks5_connection.complete"})
_LIMITS = httpx2.Limits(max_connections=200, max_keepalive_connections=50)
_EGRESS_LIMITS = httpx2.Limits(max_connections=20, max_keepalive_connections=4)


@dataclass(frozen=True, slots=True)
class Upload:
    """One file of a multipart body."""

    field: str
    filename: str
    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Call:
    """One request to a platform's host. `effect`: true when performing it can be seen in the world.

    `by` is the instant of the event loop's clock at which the caller's whole work must be over.
    """

    method: Literal["GET", "POST", "PUT", "DELETE"]
    host: str
    path: str
    effect: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    json: object | None = None
    form: Mapping[str, str] | None = None
    upload: Upload | None = None
    content: bytes | None = None  # a raw body
    by: float | None = None
    egress: Egress | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer: status, lower-case headers, body."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    effect: bool

    @property
    def ok(self) -> bool:
        """True for 2xx."""
        return 200 <= self.status < 300

    def json(self) -> object:
        """The decoded body. Raises for anything that is not JSON: unknown after an effect."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            raise lost(self.effect, "undecodable_answer", "The answer was not JSON.") from None

    def json_or_none(self) -> object:
        """The decoded body, or None when it is not JSON."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return None


def lost(effect: bool, code: str, detail: str, status: int | None = None) -> UpstreamError:
    """The error for a call whose end nobody saw: RECONCILE after an effect, else RETRY."""
    remedy = Remedy.RECONCILE if effect else Remedy.RETRY
    return UpstreamError(remedy, code, detail, status=status)


@dataclass(frozen=True, slots=True)
class Http:
    """The client with its limits. `clock` dates the instants that platforms tell as delays."""

    client: httpx2.AsyncClient  # straight out
    ways: Ways  # through a proxy
    gateway: Gateway
    clock: Clock
    deadline_seconds: float
    max_bytes: int = MAX_BYTES
    quotas: QuotaBook = field(default_factory=QuotaBook)

    def deadline(self) -> float:
        """The loop instant at which work that begins now must be over."""
        return asyncio.get_running_loop().time() + self.deadline_seconds

    def left(self, by: float) -> float:
        """Seconds until the loop instant `by`."""
        return by - asyncio.get_running_loop().time()

    async def call(self, call: Call) -> Reply:
        """The platform's whole answer, whatever its status. Raises RETRY or RECONCILE.

        RETRY `egress_down` says that the proxy let nothing through; its client is made anew.
        """
        reached = _Reached()
        by = min(self.deadline(), call.by) if call.by is not None else self.deadline()
        if self.left(by) <= 0:
            raise UpstreamError(Remedy.RETRY, "no_time_left", "The call was not begun in time.")
        try:
            async with asyncio.timeout_at(by):
                return await self._exchange(call, reached)
        except UpstreamError as error:
            raise await self._told(call, error) from None
        except _FAILURES as error:
            if isinstance(error, AssertionError) and call.egress is None:
                raise
            raise await self._told(call, _failed(call, reached, error)) from None

    async def _told(self, call: Call, error: UpstreamError) -> UpstreamError:
        if call.egress is not None and error.code == EGRESS_DOWN:
            await self.ways.forget(call.egress)
        return error

    async def _exchange(self, call: Call, reached: "_Reached") -> Reply:
        if call.egress is None:
            return await self._send(self.client, call, reached)
        async with self.ways.lend(call.egress) as client:
            return await self._send(client, call, reached)

    async def _send(self, client: httpx2.AsyncClient, call: Call, reached: "_Reached") -> Reply:
        request = client.build_request(
            call.method,
            self.gateway.base(call.host) + call.path,
            params=dict(call.query) or None,
            headers={**call.headers, "accept-encoding": "gzip"},
            timeout=httpx2.Timeout(None, connect=CONNECT_SECONDS, pool=POOL_SECONDS),
            extensions={"trace": reached.note},
            json=call.json,
            content=call.content,
            data=None if call.form is None else dict(call.form),
            files=_files(call.upload),
        )
        response = await client.send(request, stream=True)
        try:
            if call.egress is not None and response.status_code == _PROXY_AUTHENTICATION:
                raise down("The proxy refused our user name or password.")
            body = await read_capped(response, self.max_bytes)
        finally:
            await response.aclose()
        if body is None:
            raise lost(call.effect, "answer_too_big", "The answer was longer than allowed.")
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Reply(response.status_code, headers, body, call.effect)


def _failed(call: Call, reached: "_Reached", error: Exception) -> UpstreamError:
    """What may be believed after a transport's error."""
    kind = type(error).__name__
    if call.egress is not None and reached.only_greeting and not isinstance(error, _LOCAL):
        return down(f"The proxy let nothing through ({_refusal(error) or kind}).")
    if isinstance(error, TimeoutError):
        effect = call.effect and not reached.only_connecting
        return lost(effect, "timed_out", "The platform did not answer in time.")
    unsent = isinstance(error, _UNSENT) or (call.egress is not None and not reached.sending)
    if unsent:
        detail = f"The platform could not be reached ({kind})."
        return UpstreamError(Remedy.RETRY, "unreachable", detail)
    return lost(call.effect, "connection_broken", f"The connection broke ({kind}).")


def _refusal(error: Exception) -> str | None:
    """The status with which a proxy refused to CONNECT; its words may be anything."""
    status = str(error)[:3]
    return status if isinstance(error, httpx2.ProxyError) and status.isdigit() else None


class _Reached:
    """How far one exchange came, told by the transport."""

    def __init__(self) -> None:
        self._connecting = False
        self._through = False
        self.sending = False  # a byte of the request itself may have left

    async def note(self, event: str, info: object) -> None:
        self._connecting = True
        self._through = self._through or event in _THROUGH
        self.sending = self.sending or (event.endswith(_FIRST_BYTE) and not _is_greeting(info))

    @property
    def only_connecting(self) -> bool:
        """True when the transport reported its steps and no request byte was among them."""
        return self._connecting and not self.sending

    @property
    def only_greeting(self) -> bool:
        """True while a proxy has neither let us through nor been given the request."""
        return not self.sending and not self._through


def _is_greeting(info: object) -> bool:
    request = info.get("request") if isinstance(info, dict) else None
    return getattr(request, "method", None) == b"CONNECT"


def _files(upload: Upload | None) -> dict[str, tuple[str, bytes, str]] | None:
    if upload is None:
        return None
    return {upload.field: (upload.filename, upload.content, upload.media_type)}


async def read_capped(response: httpx2.Response, cap: int) -> bytes | None:
    """The decoded body, or None as soon as it is longer than `cap`: a gzip bomb is not unpacked."""
    if response.is_stream_consumed:  # a transport that answers from memory has read it already
        return response.content if len(response.content) <= cap else None
    packed = response.headers.get("content-encoding", "").lower() == "gzip"
    unpack = zlib.decompressobj(31) if packed else None
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += unpack.decompress(chunk, cap + 1 - len(body)) if unpack else chunk
        if len(body) > cap or (unpack and unpack.unconsumed_tail):
            return None
    return bytes(body)


def resume_at(headers: Mapping[str, str], now: datetime) -> datetime:
    """When a throttled caller may come again: Retry-After (seconds or date), else the reset header.

    At least a minute and at most a day from now; absent or absurd values become a minute.
    """
    told = _retry_after(headers.get("retry-after"), now)
    found = told or _reset(headers.get("x-rate-limit-reset"))
    if found is None or found > now + timedelta(days=365):
        return now + SHORTEST_WAIT
    return min(max(found, now + SHORTEST_WAIT), now + LONGEST_WAIT)


def _retry_after(value: str | None, now: datetime) -> datetime | None:
    if value is None:
        return None
    if value.strip().isdigit():
        seconds = min(int(value.strip()[:12]), 10**9)
        return now + timedelta(seconds=seconds)
    try:
        told = parsedate_to_datetime(value)
    except ValueError:
        return None
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def _reset(value: str | None) -> datetime | None:
    if value is None or not value.strip().isdigit() or len(value.strip()) > 10:
        return None
    return datetime.fromtimestamp(int(value.strip()), UTC)


def basic(client_id: str, client_secret: str) -> str:
    """The value of an Authorization header for a confidential OAuth client."""
    return "Basic " + base64.b64encode(f"{client_id}:{client_secret}".encode()).decode()


def gateway_for(settings: Settings) -> Gateway:
    """The real platforms in live mode, else the sandbox. Raises ValueError without its address."""
    if settings.platform_mode == "live":
        return Gateway(None)
    if settings.sandbox_url is None:
        raise ValueError("Sandbox mode needs SOCIALSEED_SANDBOX_URL.")
    return Gateway(settings.sandbox_url)


async def _nowhere(host: str, port: int) -> list[str]:
    """For a transport that asks no resolver: nothing is ever connected to."""
    return ["127.0.0.1"]


@asynccontextmanager
async def open_client(
    settings: Settings,
    clock: Clock | None = None,
    gateway: Gateway | None = None,
    transport: httpx2.AsyncBaseTransport | None = None,
    trust: ssl.SSLContext | None = None,
) -> AsyncIterator[Http]:
    """The process's one client and its ways out, closed after the block.

    `transport` replaces the network, that of proxies too. `trust` None: the usual authorities.
    """
    for name in ("httpx2", "httpcore2"):
        # These log whole addresses, in which some platforms want secrets.
        logging.getLogger(name).setLevel(logging.WARNING)
    trusted = trust or httpx2.create_ssl_context(trust_env=False)
    way = gateway or gateway_for(settings)

    def client(proxy: httpx2.Proxy | None, limits: httpx2.Limits) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(
            transport=transport,
            proxy=None if transport is not None else proxy,
            verify=trusted,
            follow_redirects=False,
            trust_env=False,
            limits=limits,
            headers={"user-agent": "SocialSeed/0.1"},
        )

    allowed = Allowed(way.sandbox_url is not None, listed_hosts(settings.egress_hosts))
    if transport is not None:
        allowed = Allowed(private=True, find=_nowhere)
    ways = Ways(lambda proxy: client(proxy, _EGRESS_LIMITS), allowed)
    async with client(None, _LIMITS) as straight, aclosing(ways):
        yield Http(
            straight,
            ways,
            way,
            clock or SystemClock(),
            settings.call_deadline_seconds * OWN_SHARE,
        )
