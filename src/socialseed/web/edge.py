"""The outermost ring: body cap, admission, headers, compression, the access log, the last resort.

Plain ASGI, so that streams pass through untouched. Knows no route and no domain.
"""

import asyncio
import re
import secrets
import time
import traceback
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from socialseed.core import log
from socialseed.web import problems
from socialseed.web.body import BodyTooLarge, BodyTooSlow, check_body, check_path, read_body

GZIP_FROM = 1024
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_GZIP_TYPES = ("application/json", "application/problem+json")
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
API_CSP = "default-src 'none'; frame-ancestors 'none'"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_log = log.get("web.edge")

Observe = Callable[[str, str, int, float], None]  # method, route template, status, seconds


class Admission:
    """At most `running` requests work at once; `waiting` more stand in line for `seconds`."""

    def __init__(self, running: int, waiting: int = 2000, seconds: float = 2.0) -> None:
        self._slots = asyncio.Semaphore(running)
        self._waiting = 0
        self._most = waiting
        self._seconds = seconds

    async def enter(self) -> bool:
        """True: the caller works until `leave`. False: refuse it."""
        if not self._slots.locked():
            await self._slots.acquire()
            return True
        if self._waiting >= self._most:
            return False
        self._waiting += 1
        try:
            async with asyncio.timeout(self._seconds):
                await self._slots.acquire()
        except TimeoutError:
            return False
        finally:
            self._waiting -= 1
        return True

    def leave(self) -> None:
        """The slot is free."""
        self._slots.release()


@dataclass(slots=True)
class _Exchange:
    """What the edge remembers of one request while it lasts."""

    request_id: str
    gzip: bool
    status: int = 0
    started: bool = False
    admitted: bool = False
    held: Message | None = None  # the start of a response that may yet be compressed
    begun: float = field(default_factory=time.perf_counter)


class Edge:
    """ASGI middleware around everything that the process serves."""

    def __init__(
        self, app: ASGIApp, *, running: int, secure: bool, observe: Observe = lambda *_: None
    ) -> None:
        self._app = app
        self._admission = Admission(running)
        self._observe = observe
        self._headers = dict(HEADERS)
        if secure:
            self._headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        exchange = _Exchange(
            given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8),
            "gzip" in headers.get("accept-encoding", ""),
        )

        async def answer(message: Message) -> None:
            await self._send(exchange, message, send)

        with structlog.contextvars.bound_contextvars(request_id=exchange.request_id):
            try:
                await self._serve(exchange, scope, receive, answer)
            except Exception as error:  # noqa: BLE001
                await self._last_resort(exchange, scope, receive, answer, error)
            finally:
                self._release(exchange)
                self._tell(exchange, scope)

    async def _serve(self, exchange: _Exchange, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body, receive = await read_body(scope, receive)
        except (BodyTooLarge, BodyTooSlow) as refused:
            response = problems.from_status(refused.status, scope["path"], {"Connection": "close"})
            await response(scope, receive, send)
            return
        refusal = check_path(scope) or check_body(scope, body)
        if refusal is not None:
            await problems.from_app_error(refusal, scope["path"])(scope, receive, send)
            return
        if scope["path"].startswith("/api/"):
            exchange.admitted = await self._admission.enter()
            if not exchange.admitted:
                await _busy(scope["path"])(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _release(self, exchange: _Exchange) -> None:
        if exchange.admitted:
            exchange.admitted = False
            self._admission.leave()

    async def _send(self, exchange: _Exchange, message: Message, send: Send) -> None:
        if message["type"] == "http.response.start":
            self._start(exchange, message)
            if exchange.gzip and _compressible(message):
                exchange.held = message
                return
            exchange.started = True
            await send(message)
            return
        if exchange.held is not None:
            start, exchange.held = exchange.held, None
            whole = not message.get("more_body", False)
            if whole and len(message.get("body", b"")) >= GZIP_FROM:
                message = _compress(start, message)
            exchange.started = True
            await send(start)
        await send(message)

    def _start(self, exchange: _Exchange, message: Message) -> None:
        exchange.status = message["status"]
        headers = MutableHeaders(raw=message.setdefault("headers", []))
        message["headers"] = headers.raw
        for name, value in self._headers.items():
            headers.setdefault(name, value)
        headers.setdefault("Content-Security-Policy", API_CSP)
        headers.setdefault("Cache-Control", "no-store")
        headers["X-Request-Id"] = exchange.request_id
        if headers.get("content-type", "").startswith("text/event-stream"):
            self._release(exchange)  # a stream works hardly at all: it keeps no slot

    async def _last_resort(
        self, exchange: _Exchange, scope: Scope, receive: Receive, send: Send, error: Exception
    ) -> None:
        # The message itself may quote what a user typed, so only the kind and the place are logged.
        frames = traceback.format_tb(error.__traceback__)[-8:]
        _log.error("request_failed", error=type(error).__name__, path=scope["path"], frames=frames)
        if not exchange.started:
            exchange.held = None
            response = problems.internal(scope["path"], exchange.request_id)
            await response(scope, receive, send)

    def _tell(self, exchange: _Exchange, scope: Scope) -> None:
        seconds = time.perf_counter() - exchange.begun
        # 499: the client left before there was an answer.
        status = exchange.status or 499
        method, route = _labels(scope)
        self._observe(method, route, status, seconds)
        _log.info(
            "request",
            method=method,
            route=route,
            status=status,
            ms=round(seconds * 1000, 1),
        )


def _labels(scope: Scope) -> tuple[str, str]:
    """Method and route template: a bounded set, whatever is asked for."""
    # A nested router's route only knows its own part of the path; its context knows the whole.
    context = scope.get("fastapi", {}).get("effective_route_context")
    route = getattr(context, "path", None) or getattr(scope.get("route"), "path", None)
    if route is None:
        route = "/api/*" if scope["path"].startswith("/api/") else "/*"
    return scope["method"] if scope["method"] in METHODS else "OTHER", route


def _busy(instance: str) -> Response:
    return problems.unavailable("busy", "Too many requests at once. Try again shortly.", instance)


def _compressible(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    kind = headers.get("content-type", "").split(";")[0]
    return kind in _GZIP_TYPES and "content-encoding" not in headers


def _compress(start: Message, message: Message) -> Message:
    packer = zlib.compressobj(1, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    body = packer.compress(message["body"]) + packer.flush()
    headers = MutableHeaders(raw=start["headers"])
    headers["Content-Encoding"] = "gzip"
    headers["Content-Length"] = str(len(body))
    headers.add_vary_header("Accept-Encoding")
    start["headers"] = headers.raw
    return {**message, "body": body}
