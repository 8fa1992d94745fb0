"""What Instagram's own contract tests share: a told Graph API and a connector that speaks to it."""

import json
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx2

from socialseed.connectors.gateway import Gateway
from socialseed.connectors.http import open_client
from socialseed.connectors.instagram.auth import App
from socialseed.connectors.instagram.connector import InstagramConnector
from socialseed.connectors.types import Grant
from socialseed.core.clock import VirtualClock
from socialseed.core.settings import Settings
from tests.contracts.connector import NOW, SECRET

ME = "17841400000000001"
PICTURE = "https://93.184.216.34/picture.jpg"
FILM = "https://93.184.216.34/film.mp4"
INSTAGRAM_SCOPES = (
    "instagram_business_basic",
    "instagram_business_content_publish",
    "instagram_business_manage_comments",
    "instagram_business_manage_insights",
)

Told = object | Callable[[httpx2.Request], object]


def graph(code: int, subcode: int | None = None, message: str = "…") -> httpx2.Response:
    """An error in the Graph API's envelope."""
    error: dict[str, object] = {"message": message, "type": "OAuthException", "code": code}
    if subcode is not None:
        error["error_subcode"] = subcode
    return httpx2.Response(400, json={"error": error})


class Meta:
    """Answers by `METHOD path-pattern`, in the order given, and remembers what it was asked."""

    def __init__(self, answers: Mapping[str, Told]) -> None:
        self.answers = dict(answers)
        self.requests: list[httpx2.Request] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        name = f"{request.method} {request.url.path}"
        for pattern, told in self.answers.items():
            if re.search(pattern, name):
                found = told(request) if callable(told) else told
                if isinstance(found, httpx2.Response):
                    return found
                if isinstance(found, bytes):
                    return httpx2.Response(200, content=found)
                return httpx2.Response(200, json=found)
        raise AssertionError(f"nothing is told for {name}")

    def asked(self, pattern: str) -> list[httpx2.Request]:
        """The requests whose `METHOD path` matches."""
        return [r for r in self.requests if re.search(pattern, f"{r.method} {r.url.path}")]


def body_of(request: httpx2.Request) -> Any:
    """A request's JSON."""
    return json.loads(request.content)


def grant_of(tier: str = "facebook_login", **more: Any) -> Grant:
    """What the account `mara_k` lets us act with."""
    about = {"account": "mara_k", "remote_id": ME, "access_token": SECRET, "scopes": ()}
    return Grant(**{**about, "tier": tier, "account_id": "ours", **more})


@asynccontextmanager
async def speaking_to(meta: Meta, clock: VirtualClock | None = None) -> AsyncIterator[Any]:
    """A connector whose network is `meta`."""
    transport, at = httpx2.MockTransport(meta), clock or VirtualClock(NOW)
    gateway = Gateway("http://127.0.0.1:9")
    async with open_client(Settings(), at, gateway, transport) as http:
        yield InstagramConnector(http, App("socialseed", "app-secret"))
