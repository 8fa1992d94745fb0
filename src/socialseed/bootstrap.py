"""The composition root: builds the runtime and names every router and job of the product."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import httpx2
from fastapi import APIRouter
from pydantic import SecretStr

from socialseed.accounts import endpoints as accounts_endpoints
from socialseed.accounts import tasks as accounts_tasks
from socialseed.accounts.webhooks import endpoints as webhooks_endpoints
from socialseed.accounts.webhooks import tasks as webhooks_tasks
from socialseed.actions import endpoints as actions_endpoints
from socialseed.actions import people_endpoints
from socialseed.actions import tasks as actions_tasks
from socialseed.analytics import endpoints as analytics_endpoints
from socialseed.analytics import feed
from socialseed.connectors.http import Http, open_client
from socialseed.connectors.instagram.connector import InstagramConnector
from socialseed.connectors.protocol import Connector
from socialseed.connectors.registry import Connectors
from socialseed.connectors.tiktok.connector import TikTokConnector
from socialseed.connectors.twitter.connector import TwitterConnector
from socialseed.core.clock import Clock, SystemClock
from socialseed.core.crypto import KEY_BYTES, load_or_make_key
from socialseed.core.settings import Settings
from socialseed.identity import endpoints as identity_endpoints
from socialseed.jobs.pgqueuer_adapter import PgQueuerJobs
from socialseed.jobs.port import Job, Jobs
from socialseed.monitoring import endpoints as monitoring_endpoints
from socialseed.planner import endpoints as planner_endpoints
from socialseed.planner import tasks as planner_tasks
from socialseed.policy.capabilities.ledger import LEDGER, Ledger, parse
from socialseed.privacy import endpoints as privacy_endpoints
from socialseed.privacy import tasks as privacy_tasks
from socialseed.runtime.runtime import Runtime, open_engine
from socialseed.simulations import endpoints as simulations_endpoints
from socialseed.simulations import tasks as simulations_tasks
from socialseed.store.ports import Bus, RateLimiter
from socialseed.store.postgres.bus import PostgresBus
from socialseed.store.postgres.limiter import PostgresLimiter
from socialseed.store.redis.bus import RedisBus
from socialseed.store.redis.limiter import RedisLimiter, open_redis
from socialseed.targeting import endpoints as targeting_endpoints
from socialseed.targeting import tasks as targeting_tasks

ROUTERS: Sequence[APIRouter] = (
    identity_endpoints.router,
    accounts_endpoints.router,
    webhooks_endpoints.router,
    planner_endpoints.router,
    actions_endpoints.router,
    people_endpoints.router,
    targeting_endpoints.router,
    simulations_endpoints.router,
    analytics_endpoints.router,
    feed.router,
    monitoring_endpoints.router,
    privacy_endpoints.router,
)
JOBS: Sequence[Job] = (
    *actions_tasks.JOBS,
    *accounts_tasks.JOBS,
    *webhooks_tasks.JOBS,
    *planner_tasks.JOBS,
    *targeting_tasks.JOBS,
    *simulations_tasks.JOBS,
    *privacy_tasks.JOBS,
)
Registry = Mapping[str, Callable[[Http, Settings], Connector]]
CONNECTORS: Registry = {
    "tiktok": TikTokConnector.of,
    "instagram": InstagramConnector.of,
    "twitter": TwitterConnector.of,
}


@asynccontextmanager
async def build_runtime(
    settings: Settings,
    *,
    clock: Clock | None = None,
    seed: str | None = None,
    jobs: Jobs | None = None,
    virtual: bool = False,
    transport: httpx2.AsyncBaseTransport | None = None,
    registry: Registry = CONNECTORS,
) -> AsyncIterator[Runtime]:
    """Everything a process runs on, closed after the block.

    Tests and simulation bring their own clock, seed and jobs; all else is as in production.
    `virtual` is for a world that is made anew after a crash: its commits do not wait for the disk.
    `registry` says which platforms there are.
    `transport` carries the calls to platforms in place of the network's own.
    Raises ValueError when no database is named, or a key or a ledger is damaged.
    """
    if settings.database_url is None:
        raise ValueError(
            "DATABASE_URL is not set. `socialseed up` sets it for the embedded server."
        )
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(open_client(settings, clock, transport=transport))
        engine = open_engine(settings.database_url, pool_size=settings.pool_size)
        stack.push_async_callback(engine.dispose)
        limiter: RateLimiter = PostgresLimiter(engine)
        bus: Bus = PostgresBus(settings.database_url)
        if settings.redis_url:
            redis = open_redis(settings.redis_url)
            stack.push_async_callback(redis.aclose)
            limiter, bus = RedisLimiter(redis), RedisBus(redis)
        found = {word: connector(http, settings) for word, connector in registry.items()}
        connectors = Connectors(found, http.quotas, http)
        yield Runtime(
            settings=settings,
            clock=clock if clock is not None else SystemClock(),
            seed=seed,
            engine=engine,
            connectors=connectors,
            jobs=jobs if jobs is not None else PgQueuerJobs(),
            limiter=limiter,
            bus=bus,
            master_key=_master_key(settings),
            virtual=virtual,
            ledger=with_sheets(_ledger(settings), connectors),
        )


def _ledger(settings: Settings) -> Ledger:
    return LEDGER if settings.ledger is None else parse(settings.ledger.read_text("utf-8"))


def with_sheets(ledger: Ledger, connectors: Connectors) -> Ledger:
    """The ledger with the rows that platforms bring in their own folders.

    Raises ValueError for a platform that the ledger has already.
    """
    for connector in connectors.by_platform.values():
        if connector.manifest.sheet:
            ledger = ledger.joined(parse(connector.manifest.sheet))
    return ledger


def _plain(secret: SecretStr) -> str:
    return secret.get_secret_value()


def _master_key(settings: Settings) -> bytes:
    if settings.key_encryption_key is None:
        return load_or_make_key(settings.home / "keys" / "master.key")
    key = bytes.fromhex(_plain(settings.key_encryption_key))
    if len(key) != KEY_BYTES:
        raise ValueError(f"SOCIALSEED_KEY_ENCRYPTION_KEY must be {KEY_BYTES} bytes in hexadecimal.")
    return key


def handlers() -> Mapping[str, Job]:
    """Every job by its name in the queue."""
    return {job.name: job for job in JOBS}
