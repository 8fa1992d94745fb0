"""A running API over a real database, with people who register and sign in through it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
from fastapi import FastAPI
from starlette.types import ASGIApp

from socialseed.app.http import create_app
from socialseed.core.clock import VirtualClock
from socialseed.core.settings import Settings
from socialseed.identity import endpoints as identity_endpoints
from socialseed.privacy import endpoints as privacy_endpoints
from socialseed.runtime.runtime import Runtime, open_engine
from tests.support.fakes import NoBus, NoJobs, NoLimiter
from tests.support.world import scripted

PASSWORD = "plum orchard lantern 41"
ORIGIN = "http://127.0.0.1:8000"


@asynccontextmanager
async def open_runtime(
    database_url: str, *, public_url: str | None = None
) -> AsyncIterator[Runtime]:
    """A runtime whose clock stands at noon of 1 March 2026 until a test moves it."""
    engine = open_engine(database_url, pool_size=10)
    yield Runtime(
        settings=Settings(public_url=public_url),
        clock=VirtualClock(datetime(2026, 3, 1, 12, tzinfo=UTC)),
        seed=None,
        engine=engine,
        connectors=scripted(),
        jobs=NoJobs(),
        limiter=NoLimiter(),
        bus=NoBus(),
        master_key=b"k" * 32,
    )
    await engine.dispose()


def make_app(runtime: Runtime) -> FastAPI:
    """The product's application with the routes of identity and privacy."""
    return create_app(runtime, (identity_endpoints.router, privacy_endpoints.router))


def browser(app: ASGIApp, **headers: str) -> httpx2.AsyncClient:
    """A client with cookies of its own that calls from the dashboard's origin."""
    return httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=app),
        base_url=f"{ORIGIN}/api/v1",
        headers={"origin": ORIGIN, "user-agent": "Browser/1", **headers},
    )


async def register(client: httpx2.AsyncClient, email: str, **more: str) -> dict[str, Any]:
    """The profile of a new user with PASSWORD."""
    answer = await client.post(
        "/auth/register", json={"email": email, "password": PASSWORD, **more}
    )
    assert answer.status_code == 201, answer.text
    profile: dict[str, Any] = answer.json()
    return profile


async def sign_in(client: httpx2.AsyncClient, email: str, password: str = PASSWORD) -> str:
    """The access token; the client holds the cookies."""
    answer = await client.post("/auth/login", json={"email": email, "password": password})
    assert answer.status_code == 200, answer.text
    token: str = answer.json()["access_token"]
    return token


async def signed_in(app: FastAPI, email: str, **more: str) -> httpx2.AsyncClient:
    """A browser in which a new user has signed in."""
    clock = app.state.runtime.clock
    clock.move_to(clock.now() + timedelta(seconds=1))  # people come one after the other
    client = browser(app)
    await register(client, email, **more)
    await sign_in(client, email)
    return client
