"""The frozen bundle of everything a process needs, and the only place that begins and commits."""

import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from socialseed.connectors.registry import Connectors
from socialseed.core.clock import Clock
from socialseed.core.rng import Rng, derive
from socialseed.core.settings import Settings
from socialseed.jobs.port import Jobs
from socialseed.policy.capabilities.ledger import LEDGER, Ledger
from socialseed.runtime.actor import SYSTEM, Actor
from socialseed.runtime.session import Session
from socialseed.runtime.tx import Tx
from socialseed.store.ports import Bus, RateLimiter

APP_ROLE = "socialseed_app"
# Begins and enters in one round trip, which only plain text can do: no value of it is a caller's.
_ENTER = (
    f"BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL ROLE {APP_ROLE};"
    " SET LOCAL app.workspace = '%s'; SET LOCAL statement_timeout = %d"
)
# A virtual world is made anew after a crash, so its commits need not wait for the disk. It makes
# the same few statements thousands of times in minutes: planning them anew is a sixth of its time.
_ENTER_VIRTUAL = (
    f"{_ENTER}; SET LOCAL synchronous_commit = off; SET LOCAL app.virtual = 'yes';"
    " SET LOCAL plan_cache_mode = force_generic_plan"
)
_APPEND = text(
    "SELECT append_events(:workspace, :at, :actor_kind, :actor_id, :actor_name,"
    " CAST(:events AS jsonb))"
)


def open_engine(url: str, *, pool_size: int, pooled: bool = False) -> AsyncEngine:
    """An engine for a postgresql:// address: no overflow, one second to get a connection.

    `pooled` is for PgBouncer or Supabase in transaction mode: no prepared statements are kept.
    """
    plain = url.split("://", 1)[1]
    arguments: dict[str, object] = {
        "timeout": 10,
        "server_settings": {
            "idle_in_transaction_session_timeout": "5000",
            "lock_timeout": "5000",
            "application_name": "socialseed",
        },
    }
    if pooled:
        arguments["statement_cache_size"] = 0
    return create_async_engine(
        f"postgresql+asyncpg://{plain}",
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=1.0,
        pool_pre_ping=False,
        pool_use_lifo=True,  # the connections used last have their plans at hand
        isolation_level="AUTOCOMMIT",  # transactions are those of `Session`
        hide_parameters=True,  # an error's text must not carry what a statement was bound to
        connect_args=arguments,
    )


@dataclass(frozen=True, slots=True)
class Runtime:
    """What a process runs on. Built once by `bootstrap`, never changed."""

    settings: Settings
    clock: Clock
    seed: str | None  # None: ids and draws from the system's source
    engine: AsyncEngine
    connectors: Connectors
    jobs: Jobs
    limiter: RateLimiter
    bus: Bus
    master_key: bytes
    virtual: bool = False  # a simulated world, thrown away when it is not finished
    ledger: Ledger = LEDGER  # what the platforms allow, for every part of the product
    _numbers: Iterator[int] = field(default_factory=itertools.count, repr=False)

    @asynccontextmanager
    async def begin(
        self,
        workspace: UUID | None,
        actor: Actor = SYSTEM,
        *,
        key: object = None,
        timeout_ms: int = 2000,
    ) -> AsyncIterator[Tx]:
        """One transaction: committed with its events at the end of the block, else rolled back.

        `workspace` None sees every workspace (the product's own work). Under a seeded runtime ids
        and draws hang on the instant and `key`, or on the transaction's number where it has none:
        repeatable while transactions begin in one order. A statement may take `timeout_ms`
        milliseconds.
        """
        now = self.clock.now()
        enter = _ENTER_VIRTUAL if self.virtual else _ENTER
        scope = "*" if workspace is None else UUID(int=workspace.int)
        session = await Session.begin(self.engine, enter % (scope, timeout_ms), self.connectors)
        try:
            tx = Tx(session, now, actor, workspace, self._rng(key, now.isoformat()), self.jobs)
            yield tx
            told = await _append_events(tx)
            await session.commit()
        except BaseException:
            await session.abandon()
            raise
        if told:
            await self.bus.publish(str(tx.tenant))

    def _rng(self, key: object, instant: str) -> Rng:
        if self.seed is None:
            return _system_rng()
        # Without a key two transactions of one virtual instant would make the same ids.
        return derive(self.seed, instant, ("tx", next(self._numbers)) if key is None else key)


def _system_rng() -> Rng:
    # A fresh generator seeds itself from the operating system.
    return Rng()


async def _append_events(tx: Tx) -> bool:
    events = tx.session.events
    if not events:
        return False
    await tx.session.flush()
    body = [
        {
            "type": event.type,
            "sentence": event.sentence,
            "account_id": event.account_id and str(event.account_id),
            "action_id": event.action_id and str(event.action_id),
            "data": dict(event.data),
        }
        for event in events
    ]
    await tx.session.execute(
        _APPEND,
        {
            "workspace": tx.tenant,
            "at": tx.now,
            "actor_kind": tx.actor.kind,
            "actor_id": str(tx.actor.id) if tx.actor.id else None,
            "actor_name": tx.actor.name,
            "events": orjson.dumps(body).decode(),
        },
    )
    return True
