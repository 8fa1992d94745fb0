"""Background work of accounts: measurements and looks at ways out, and the rounds that ask."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from socialseed.accounts import egress_check, quotas
from socialseed.accounts.connect import MEASURE
from socialseed.accounts.egress import CHECK_ONE
from socialseed.accounts.measure import measure
from socialseed.core.errors import AppError, Kind
from socialseed.jobs.port import Entry, Job, Payload
from socialseed.runtime.runtime import Runtime

MEASURE_ONE = "accounts.measure_one"
CHECK_DUE = "accounts.check_egresses"
EVERY = timedelta(minutes=10)
AFTER = timedelta(minutes=30)
A_ROUND = 500
# Connected accounts that were not measured for half an hour, the longest unmeasured first.
_DUE = text(
    "SELECT a.workspace_id, a.id FROM social_accounts a"
    " LEFT JOIN LATERAL (SELECT max(measured_at) AS at FROM health_metrics h"
    "  WHERE h.account_id = a.id) last ON true"
    " WHERE a.connected_at IS NOT NULL AND (last.at IS NULL OR last.at <= :before)"
    " ORDER BY last.at NULLS FIRST, a.id LIMIT :limit"
)


async def measure_one(runtime: Runtime, payload: Payload) -> None:
    """The account was measured; nothing happens when it is gone."""
    workspace_id, account_id = UUID(str(payload["workspace_id"])), UUID(str(payload["account_id"]))
    try:
        await measure(runtime, workspace_id, account_id)
    except AppError as error:
        if error.kind is not Kind.NOT_FOUND:
            raise


async def measure_due(runtime: Runtime, payload: Payload) -> None:
    """A measurement is queued for every account that is due, at most 500 a round."""
    if "account_id" in payload:
        await measure_one(runtime, payload)
        return
    async with runtime.begin(None) as tx:
        values = {"before": tx.now - AFTER, "limit": A_ROUND}
        rows = (await tx.session.execute(_DUE, values)).all()
        round_key = tx.now.strftime("%Y-%m-%dT%H:%M")
        entries = [
            Entry(
                {"workspace_id": str(workspace_id), "account_id": str(account_id)},
                f"{MEASURE_ONE}:{account_id}:{round_key}",
            )
            for workspace_id, account_id in rows
        ]
        if entries:
            await tx.jobs.enqueue_many(tx.session, MEASURE_ONE, entries, now=tx.now)


async def keep_quotas(runtime: Runtime, payload: Payload) -> None:
    """What platforms told this process of remaining calls is stored."""
    await quotas.keep(runtime)


JOBS: tuple[Job, ...] = (
    Job("accounts.keep_quotas", keep_quotas, timedelta(minutes=1)),
    Job(MEASURE, measure_due, EVERY),
    Job(MEASURE_ONE, measure_one),
    Job(CHECK_DUE, egress_check.check_due, egress_check.EVERY),
    Job(CHECK_ONE, egress_check.check_one),
)
