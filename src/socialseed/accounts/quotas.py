"""Remaining calls as the platforms told them: stored by the process that called, read by all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson
from sqlalchemy import text

from socialseed.core.clock import iso
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx

_KEEP = text(
    "INSERT INTO quotas (account_id, endpoint, scope, workspace_id, allowed, remaining, resets_at,"
    " told_at) SELECT a.id, q.endpoint, q.scope, a.workspace_id, q.allowed, q.remaining,"
    " q.resets_at, q.told_at FROM jsonb_to_recordset(CAST(:told AS jsonb)) AS q (account_id uuid,"
    " endpoint text, scope text, allowed int, remaining int, resets_at timestamptz,"
    " told_at timestamptz) JOIN social_accounts a ON a.id = q.account_id"
    " ORDER BY a.id, q.endpoint, q.scope"
    " ON CONFLICT (account_id, endpoint, scope) DO UPDATE SET allowed = excluded.allowed,"
    " remaining = excluded.remaining, resets_at = excluded.resets_at, told_at = excluded.told_at"
    " WHERE quotas.told_at <= excluded.told_at"
)
_LIST = text(
    "SELECT account_id, endpoint, scope, allowed, remaining, resets_at, told_at FROM quotas"
    " WHERE account_id = :account_id ORDER BY endpoint, scope LIMIT 100"
)
_LOWEST = text(
    "SELECT DISTINCT ON (a.platform) a.platform, a.username, q.endpoint, q.allowed, q.remaining,"
    " q.resets_at FROM quotas q JOIN social_accounts a ON a.id = q.account_id"
    " WHERE q.workspace_id = :workspace AND q.resets_at > :now AND q.allowed > 0"
    " ORDER BY a.platform, q.remaining::float8 / q.allowed, q.told_at DESC"
)


@dataclass(frozen=True, slots=True)
class Lowest:
    """The window of a platform that has the smallest share of its calls left."""

    platform: str
    username: str
    endpoint: str
    limit: int
    remaining: int
    resets_at: datetime


async def keep(runtime: Runtime) -> None:
    """What this process was told since the last time stands in the table."""
    told = runtime.connectors.quotas.drain()
    if not told:
        return
    rows = [
        {
            "account_id": one.account_id,
            "endpoint": one.quota.endpoint,
            "scope": one.quota.scope,
            "allowed": one.quota.limit,
            "remaining": one.quota.remaining,
            "resets_at": iso(one.quota.resets_at) if one.quota.resets_at else None,
            "told_at": iso(one.quota.told_at),
        }
        for one in told
    ]
    async with runtime.begin(None) as tx:
        await tx.session.execute(_KEEP, {"told": orjson.dumps(rows).decode()})


async def list_of(tx: Tx, account_id: UUID) -> list[dict[str, object]]:
    """An account's windows as last told, at most 100."""
    rows = (await tx.session.execute(_LIST, {"account_id": account_id})).all()
    return [
        {
            "endpoint": row.endpoint,
            "scope": row.scope,
            "limit": row.allowed,
            "remaining": row.remaining,
            "resets_at": row.resets_at,
            "told_at": row.told_at,
        }
        for row in rows
    ]


async def lowest(tx: Tx) -> Sequence[Lowest]:
    """Of each platform the running window with the least left."""
    values = {"workspace": tx.tenant, "now": tx.now}
    rows = (await tx.session.execute(_LOWEST, values)).all()
    return [
        Lowest(row.platform, row.username, row.endpoint, row.allowed, row.remaining, row.resets_at)
        for row in rows
    ]
