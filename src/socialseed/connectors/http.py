"""The one client that talks to platforms: only their hosts, a total deadline, no redirects, capped.

It tells where a call failed. Before the first request byte: provably not performed (RETRY).
Afterwards: unknown (RECONCILE), unless the call changes nothing in the world. No secrets in errors.
"""

import asyncio
import base64
import logging
import zlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Literal

import httpx2
import orjson

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
_FIRST_BYTE = "send_request_headers.started"


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

    client: httpx2.AsyncClient
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
        """The platform's whole answer, whatever its status. Raises RETRY or RECONCILE."""
        reached = _Reached()
        by = min(self.deadline(), call.by) if call.by is not None else self.deadline()
        if self.left(by) <= 0:
            raise UpstreamError(Remedy.RETRY, "no_time_left", "The call was not begun in time.")
        try:
            async with asyncio.timeout_at(by):
                return await self._exchange(call, reached)
        except TimeoutError:
            effect = call.effect and not reached.only_connecting
            raise lost(effect, "timed_out", "The platform did not answer in time.") from None
        except _UNSENT as error:
            detail = f"The platform could not be reached ({type(error).__name__})."
            raise UpstreamError(Remedy.RETRY, "unreachable", detail) from None
        except (httpx2.RequestError, httpx2.StreamError, zlib.error) as error:
            detail = f"The connection broke ({type(error).__name__})."
            raise lost(call.effect, "connection_broken", detail) from None

    async def _exchange(self, call: Call, reached: "_Reached") -> Reply:
        request = self.client.build_request(
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
        response = await self.client.send(request, stream=True)
        try:
            body = await read_capped(response, self.max_bytes)
        finally:
            await response.aclose()
        if body is None:
            raise lost(call.effect, "answer_too_big", "The answer was longer than allowed.")
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Reply(response.status_code, headers, body, call.effect)


class _Reached:
    """How far one exchange came, told by the transport."""

    def __init__(self) -> None:
        self._connecting = False
        self._sending = False

    async def note(self, event: str, _info: object) -> None:
        self._connecting = True
        self._sending = self._sending or event.endswith(_FIRST_BYTE)

    @property
    def only_connecting(self) -> bool:
        """True when the transport reported its steps and no request byte was among them."""
        return self._connecting and not self._sending


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


@asynccontextmanager
async def open_client(
    settings: Settings,
    clock: Clock | None = None,
    gateway: Gateway | None = None,
    transport: httpx2.AsyncBaseTransport | None = None,
) -> AsyncIterator[Http]:
    """The process's one client, closed after the block. `transport` replaces the network."""
    for name in ("httpx2", "httpcore2"):
        # These log whole addresses, in which some platforms want secrets.
        logging.getLogger(name).setLevel(logging.WARNING)
    async with httpx2.AsyncClient(
        transport=transport,
        follow_redirects=False,
        trust_env=False,
        limits=httpx2.Limits(max_connections=200, max_keepalive_connections=50),
        headers={"user-agent": "SocialSeed/0.1"},
    ) as client:
        yield Http(
            client,
            gateway or gateway_for(settings),
            clock or SystemClock(),
            settings.call_deadline_seconds * OWN_SHARE,
        )
