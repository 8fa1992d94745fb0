"""Background work of webhooks: reading deliveries, what follows for accounts, keeping order."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from socialseed.accounts.webhooks.deliver import (
    KEEP,
    MAX_ATTEMPTS,
    PARKED,
    REVOKED,
    deliver,
    park,
)
from socialseed.accounts.webhooks.receive import DELIVER
from socialseed.accounts.webhooks.revoked import revoked
from socialseed.core.events import Event
from socialseed.jobs.port import Entry, Job, Payload
from socialseed.runtime.runtime import Runtime

A_ROUND = 500

_DUE = text(
    "SELECT id, platform, attempts FROM webhook_deliveries WHERE state = 'waiting'"
    " AND next_at <= :now ORDER BY next_at LIMIT :limit"
)
_OLD = (
    "DELETE FROM webhook_deliveries WHERE received_at < :before",
    "DELETE FROM webhook_notices WHERE taken_at < :before",
)


async def tell_parked(runtime: Runtime, payload: Payload) -> None:
    """The workspace's log says that a notice could not be read."""
    platform, trouble = str(payload["platform"]), str(payload["trouble"])
    name = runtime.connectors.name_of(platform)
    sentence = f"{name} sent a notice that could not be read. {trouble} Polling goes on without it."
    data = {"platform": platform, "trouble": trouble, "alert": "warning"}
    async with runtime.begin(UUID(str(payload["workspace_id"]))) as tx:
        tx.emit(Event("webhook.parked", sentence, data=data))


async def take_up(runtime: Runtime, payload: Payload) -> None:
    """Every delivery whose worker was lost or failed is tried again, or parked after five tries."""
    async with runtime.begin(None) as tx:
        rows = (await tx.session.execute(_DUE, {"now": tx.now, "limit": A_ROUND})).all()
        entries = [
            Entry({"delivery_id": str(row.id)}, f"webhook:{row.id}:{row.attempts}")
            for row in rows
            if row.attempts < MAX_ATTEMPTS
        ]
        if entries:
            await tx.jobs.enqueue_many(tx.session, DELIVER, entries, now=tx.now)
    for row in rows:
        if row.attempts >= MAX_ATTEMPTS:
            await park(runtime, row.id, row.platform, f"It failed {MAX_ATTEMPTS} times.")


async def forget(runtime: Runtime, payload: Payload) -> None:
    """Deliveries and notices older than thirty days are gone."""
    for statement in _OLD:
        async with runtime.begin(None, timeout_ms=30_000) as tx:
            await tx.session.execute(text(statement), {"before": tx.now - KEEP})


JOBS: tuple[Job, ...] = (
    Job(DELIVER, deliver),
    Job(REVOKED, revoked),
    Job(PARKED, tell_parked),
    Job("accounts.webhooks_round", take_up, every=timedelta(seconds=30)),
    Job("accounts.webhooks_forget", forget, every=timedelta(hours=1)),
)
