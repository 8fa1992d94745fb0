"""X's connector over answers that a test writes itself."""

import itertools
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx2

from socialseed.connectors.gateway import Gateway
from socialseed.connectors.http import open_client
from socialseed.connectors.twitter.auth import App
from socialseed.connectors.twitter.connector import TwitterConnector
from socialseed.connectors.types import Grant, Order
from socialseed.core.clock import VirtualClock
from socialseed.core.settings import Settings
from tests.contracts.connector import NOW, SECRET

PROBLEMS = "https://api.twitter.com/2/problems/"
GRANT = Grant("mara_k", "101", SECRET, (), "enterprise", account_id="our-account")

_keys = itertools.count(1)


def order(kind: str, **more: Any) -> Order:
    """An order with a key of its own."""
    return Order(f"w-{next(_keys)}", kind, since=NOW, **more)  # type: ignore[arg-type]


class X:
    """Answers by method and end of the path, in turn where there are several; keeps requests."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self.answers = {
            key: list(told) if isinstance(told, list) else told for key, told in answers.items()
        }
        self.requests: list[httpx2.Request] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        name = f"{request.method} {request.url.path}"
        for key, told in self.answers.items():
            method, _, path = key.partition(" ")
            if request.method == method and request.url.path.endswith(path):
                return _response(told.pop(0) if isinstance(told, list) else told)
        raise AssertionError(f"no answer for {name}")

    def paths(self) -> list[str]:
        """What was asked, without the host."""
        return [f"{r.method} {r.url.path.removeprefix('/api.x.com')}" for r in self.requests]


def _response(told: Any) -> httpx2.Response:
    """A tuple is status, body and headers; bytes are a file; anything else is a JSON body."""
    if isinstance(told, bytes):
        return httpx2.Response(200, content=told)
    status, body, headers = told if isinstance(told, tuple) else (200, told, {})
    return httpx2.Response(status, json=body, headers=headers)


@asynccontextmanager
async def connected(
    answer: Callable[[httpx2.Request], httpx2.Response], app: App | None = None
) -> AsyncIterator[TwitterConnector]:
    """The connector whose network is `answer`, on a clock that stands at NOW."""
    transport = httpx2.MockTransport(answer)
    gateway = Gateway("http://127.0.0.1:9")
    async with open_client(Settings(), VirtualClock(NOW), gateway, transport) as http:
        yield TwitterConnector(http, app or App("our-app", "our-secret"))
