"""TikTok's connector over answers that a test writes itself."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import orjson

from socialseed.connectors.gateway import Gateway
from socialseed.connectors.http import open_client
from socialseed.connectors.tiktok.auth import App
from socialseed.connectors.tiktok.connector import TikTokConnector
from socialseed.connectors.types import Grant
from socialseed.core.clock import VirtualClock
from socialseed.core.settings import Settings
from tests.contracts.connector import NOW, SECRET

APP = App("key", "app-secret", "7001", "business-secret", ("https://media.example.com/",))
GRANT = Grant("mara_k", "open-1", SECRET, (), "audited", account_id="our-account")
OK = {"code": "ok", "message": "", "log_id": "1"}
SANDBOX = "http://127.0.0.1:9"


def good(data: object) -> dict[str, object]:
    """An answer of TikTok for Developers."""
    return {"data": data, "error": OK}


def fine(data: object) -> dict[str, object]:
    """An answer of API for Business."""
    return {"code": 0, "message": "OK", "request_id": "1", "data": data}


class TikTok:
    """Answers by method and end of the path, in turn where there are several; keeps requests.

    An answer is a body, or status, body and headers.
    """

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

    def sent(self, path: str) -> list[Any]:
        """The JSON bodies of the requests to this path."""
        return [orjson.loads(r.content) for r in self.requests if r.url.path.endswith(path)]

    def asked(self, path: str) -> list[dict[str, str]]:
        """The queries of the requests to this path."""
        return [dict(r.url.params) for r in self.requests if r.url.path.endswith(path)]


def _response(told: Any) -> httpx2.Response:
    if isinstance(told, Exception):
        raise told
    if isinstance(told, bytes):
        return httpx2.Response(200, content=told)
    if not isinstance(told, tuple):
        return httpx2.Response(200, json=told)
    status, body, headers = told
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    return httpx2.Response(status, content=content, headers=headers)


@asynccontextmanager
async def connector_over(
    tiktok: TikTok, app: App = APP, sandbox: str | None = SANDBOX
) -> AsyncIterator[TikTokConnector]:
    """The connector over these answers; `sandbox` None means the real hosts."""
    transport = httpx2.MockTransport(tiktok)
    gateway = Gateway(sandbox)
    async with open_client(Settings(), VirtualClock(NOW), gateway, transport) as http:
        yield TikTokConnector(http, app)
