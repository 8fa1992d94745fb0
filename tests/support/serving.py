"""The whole HTTP application over a real database, in process or behind a loopback server."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import httpx2
from fastapi import APIRouter, FastAPI
from granian.constants import Interfaces
from granian.server.embed import Server
from sqlalchemy import text
from starlette.types import ASGIApp

from socialseed.app.http import create_app
from socialseed.core.clock import Clock, SystemClock
from socialseed.core.ids import uuid7
from socialseed.core.settings import Settings
from socialseed.identity.tokens import Claims, issue_access
from socialseed.runtime.runtime import Runtime, open_engine
from socialseed.store.postgres.bus import PostgresBus
from socialseed.store.postgres.limiter import PostgresLimiter
from tests.support.fakes import NoJobs
from tests.support.ledger import fresh
from tests.support.world import scripted


@asynccontextmanager
async def real_runtime(
    database_url: str, *, clock: Clock | None = None, pool_size: int = 5, **settings: object
) -> AsyncIterator[Runtime]:
    """A runtime on PostgreSQL alone, by the machine's clock unless another is given."""
    engine = open_engine(database_url, pool_size=pool_size)
    given = {"pool_size": pool_size, "dashboard_dir": Path("/nowhere"), **settings}
    runtime = Runtime(
        settings=Settings.model_validate(given),
        clock=clock or SystemClock(),
        seed=None,
        engine=engine,
        connectors=scripted(),
        jobs=NoJobs(),
        limiter=PostgresLimiter(engine),
        bus=PostgresBus(database_url),
        master_key=b"k" * 32,
        ledger=fresh(),
    )
    yield runtime
    await engine.dispose()


@dataclass(frozen=True)
class Person:
    """Somebody with a workspace, a session in it and a token for it."""

    user: UUID
    workspace: UUID
    session: UUID
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


async def make_person(runtime: Runtime, name: str = "ada", role: str = "owner") -> Person:
    """A new person in a new workspace."""
    now = runtime.clock.now()
    user, workspace, session = uuid7(now), uuid7(now), uuid7(now)
    claims = Claims(user, session, workspace, name)
    person = Person(user, workspace, session, issue_access(runtime, claims, now))
    given = {"user": user, "workspace": workspace, "session": session, "now": now, "role": role}
    given |= {"email": f"{name}@example.com", "later": now + timedelta(days=1)}
    async with runtime.begin(None) as tx:
        for statement in (
            "INSERT INTO users (id, email, password_hash, display_name, created_at)"
            " VALUES (:user, :email, '', :email, :now)",
            "INSERT INTO workspaces (id, name, wrapped_key, created_at)"
            " VALUES (:workspace, 'w', '', :now)",
            "INSERT INTO memberships (workspace_id, user_id, role, joined_at)"
            " VALUES (:workspace, :user, :role, :now)",
            "INSERT INTO sessions (id, user_id, workspace_id, user_agent, created_at, last_seen_at,"
            " expires_at) VALUES (:session, :user, :workspace, '', :now, :now, :later)",
        ):
            await tx.session.execute(text(statement), given)
    return person


def client_of(app: ASGIApp, person: Person | None = None) -> httpx2.AsyncClient:
    """A client that calls `app` in process."""
    return httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=app),
        base_url="http://127.0.0.1:8000",
        headers=person.headers if person else {},
    )


def app_of(runtime: Runtime, routers: Sequence[APIRouter] = (), **settings: object) -> FastAPI:
    """The application over `runtime`, with other settings where given."""
    if settings:
        runtime = replace(runtime, settings=runtime.settings.model_copy(update=settings))
    return create_app(runtime, routers)


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[str]:
    """The address of a server that runs `app` in this event loop until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Server(
        app, address="127.0.0.1", port=port, interface=Interfaces.ASGI, log_enabled=False
    )
    server.workers_kill_timeout = 5
    serving = asyncio.create_task(server.serve())
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        await _until_answers(client)
    yield f"http://127.0.0.1:{port}"
    await app.state.hub.stop()
    server.stop()  # type: ignore[no-untyped-call]
    await serving


async def _until_answers(client: httpx2.AsyncClient) -> None:
    for _ in range(200):
        try:
            await client.get("/health")
            return
        except httpx2.TransportError:
            await asyncio.to_thread(_a_moment)
    raise AssertionError("the server does not answer")


def _a_moment() -> None:
    import select

    select.select([], [], [], 0.02)
