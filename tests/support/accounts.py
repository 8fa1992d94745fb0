"""A runtime whose connectors speak to a sandbox or a stand-in, and workspaces with accounts."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import text

from socialseed.accounts import endpoints, service
from socialseed.accounts.connect import store
from socialseed.app.http import create_app
from socialseed.bootstrap import CONNECTORS
from socialseed.connectors.gateway import Gateway
from socialseed.connectors.http import Http, open_client
from socialseed.connectors.registry import Connectors
from socialseed.connectors.types import Tokens
from socialseed.core.clock import VirtualClock
from socialseed.core.settings import Settings
from socialseed.identity import endpoints as identity_endpoints
from socialseed.runtime.keyring import new_wrapped_key
from socialseed.runtime.runtime import Runtime, open_engine
from tests.support.fakes import NoBus, NoJobs, NoLimiter

_SECRET = SecretStr("secret")
_APPS = Settings(
    tiktok_client_secret=_SECRET, instagram_client_secret=_SECRET, twitter_client_secret=_SECRET
)


def connectors_of(http: Http) -> Connectors:
    """Every registered platform's connector over one client."""
    found = {word: connector(http, _APPS) for word, connector in CONNECTORS.items()}
    return Connectors(found, http.quotas, http)


@asynccontextmanager
async def open_connected(
    database_url: str, sandbox_url: str, transport=None, clock=None, settings=None
) -> AsyncIterator[Runtime]:
    """A runtime with connectors; `transport` replaces the network, `clock` the standing one."""
    engine = open_engine(database_url, pool_size=10)
    # How long one waits for a connection on a busy machine is not what these tests are about.
    engine.sync_engine.pool._timeout = 60.0  # type: ignore[attr-defined]
    settings = settings or Settings()
    clock = clock or VirtualClock(datetime(2026, 3, 1, 12, tzinfo=UTC))
    async with open_client(settings, clock, Gateway(sandbox_url), transport) as http:
        yield Runtime(
            settings=settings,
            clock=clock,
            seed=None,
            engine=engine,
            connectors=connectors_of(http),
            jobs=NoJobs(),
            limiter=NoLimiter(),
            bus=NoBus(),
            master_key=b"k" * 32,
        )
    await engine.dispose()


def app_of(runtime: Runtime) -> FastAPI:
    """The routes of identity and accounts."""
    return create_app(runtime, (identity_endpoints.router, endpoints.router))


async def make_workspace(runtime: Runtime) -> uuid.UUID:
    """A workspace with a data key."""
    workspace = uuid.uuid4()
    async with runtime.begin(None) as tx:
        await tx.session.execute(
            text(
                "INSERT INTO workspaces (id, name, wrapped_key, created_at)"
                " VALUES (:id, 'w', :key, :now)"
            ),
            {
                "id": workspace,
                "key": new_wrapped_key(runtime.master_key, workspace),
                "now": tx.now,
            },
        )
    return workspace


async def make_account(runtime: Runtime, workspace, platform="twitter", username="mara_k", **more):
    """An account that is not connected."""
    async with runtime.begin(workspace) as tx:
        new = service.NewAccount(platform, username, "Europe/Berlin", **more)
        return await service.create(tx, runtime, new)


async def give_tokens(runtime: Runtime, workspace, account_id, tokens: Tokens) -> None:
    """The account is connected with these tokens."""
    async with runtime.begin(workspace) as tx:
        await store(runtime, tx, account_id, tokens)
        await tx.session.execute(
            text("UPDATE social_accounts SET connected_at = :now WHERE id = :id"),
            {"now": tx.now, "id": account_id},
        )
