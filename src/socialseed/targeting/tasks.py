"""Background work of targeting: one search, and the round that asks for searches that are due."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from socialseed.core.errors import AppError, Kind
from socialseed.jobs.port import Job, Payload
from socialseed.runtime.actor import PLANNER
from socialseed.runtime.runtime import Runtime
from socialseed.targeting.discover import discover
from socialseed.targeting.service import DISCOVER, discover_soon

RULES_A_ROUND = 20
FEW_WAITING = 15
# Active rules with few people left, that were not searched for within an hour (six if they found
# some).
_DUE = text(
    "SELECT r.workspace_id, r.id FROM targeting_criteria r"
    " WHERE r.is_active AND (r.discovered_at IS NULL"
    " OR r.discovered_at < CAST(:now AS timestamptz) - interval '1 hour')"
    " AND (SELECT count(*) FROM (SELECT 1 FROM candidates c WHERE c.rule_id = r.id"
    "  AND c.state = 'new' LIMIT :few) w) < :few"
    " ORDER BY r.discovered_at NULLS FIRST, r.id LIMIT :limit"
)


async def discover_by_rule(runtime: Runtime, payload: Payload) -> None:
    """The rule was searched for; nothing happens when it is gone."""
    workspace_id, rule_id = UUID(str(payload["workspace_id"])), UUID(str(payload["rule_id"]))
    try:
        await discover(runtime, workspace_id, rule_id)
    except AppError as error:
        if error.kind is not Kind.NOT_FOUND:
            raise


async def rediscover(runtime: Runtime, payload: Payload) -> None:
    """A search is queued for rules that run out of people, at most twenty a round."""
    values = {"few": FEW_WAITING, "limit": RULES_A_ROUND}
    async with runtime.begin(None, PLANNER) as tx:
        rows = (await tx.session.execute(_DUE, {"now": tx.now, **values})).all()
    for workspace_id, rule_id in rows:
        async with runtime.begin(workspace_id, PLANNER, key=("rediscover", rule_id)) as tx:
            await discover_soon(tx, rule_id)


JOBS = (
    Job(DISCOVER, discover_by_rule),
    Job("targeting.rediscover", rediscover, every=timedelta(minutes=10)),
)
