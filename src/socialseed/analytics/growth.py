"""One account's days and what was performed on them, in the account's own local dates."""

from uuid import UUID

from sqlalchemy import text

from socialseed.analytics.sql import DAYS
from socialseed.core.errors import not_found
from socialseed.runtime.tx import Tx


def _totals(condition: str) -> str:
    return f"""(SELECT json_build_object(
        'gained', coalesce(sum(gained), 0), 'lost', coalesce(sum(lost), 0),
        'net', coalesce(sum(gained) - sum(lost), 0), 'actions', coalesce(sum(actions), 0),
        'claimed', coalesce(sum(actions) - sum(verified), 0),
        'verified', coalesce(sum(verified), 0)) FROM rows WHERE {condition})"""


_GROWTH = text(
    f"""
WITH a AS (
    SELECT id, timezone, CAST(CAST(:now AS timestamptz) AT TIME ZONE timezone AS date) AS today
    FROM social_accounts WHERE id = :account AND workspace_id = :workspace
), days AS (
    SELECT a.today - n AS on_day, n < {DAYS} AS present FROM a, generate_series(0, 2 * {DAYS} - 1) n
), done AS (
    SELECT CAST(x.settled_at AT TIME ZONE a.timezone AS date) AS on_day, count(*) AS actions,
           count(*) FILTER (WHERE x.verified IS TRUE) AS verified
    FROM a JOIN actions x ON x.account_id = a.id AND x.status = 'succeeded'
    WHERE x.settled_at >= CAST(a.today - 2 * {DAYS} + 1 AS timestamp) AT TIME ZONE a.timezone
    GROUP BY 1
), rows AS (
    SELECT d.on_day, d.present, p.followers, coalesce(p.gained, 0) AS gained,
           coalesce(p.lost, 0) AS lost, coalesce(done.actions, 0) AS actions,
           coalesce(done.verified, 0) AS verified
    FROM a CROSS JOIN days d
    LEFT JOIN performance_stats p ON p.account_id = a.id AND p.measured_on = d.on_day
    LEFT JOIN done ON done.on_day = d.on_day
)
SELECT CAST(json_build_object('account_id', a.id, 'days', {DAYS},
    'series', (SELECT json_agg(json_build_object('on', on_day, 'followers', followers,
        'gained', gained, 'lost', lost, 'actions', actions, 'verified', verified) ORDER BY on_day)
        FROM rows WHERE present),
    'totals', {_totals("present")}, 'previous', {_totals("NOT present")}) AS text) FROM a"""
)


async def growth(tx: Tx, account_id: UUID, days: int) -> bytes:
    """The account's last `days` local days as JSON. Raises NOT_FOUND.

    Claimed is what somebody says was done; verified is what an official read showed.
    """
    found = await tx.session.scalar(
        _GROWTH, {"workspace": tx.tenant, "account": account_id, "now": tx.now, "days": days}
    )
    if found is None:
        raise not_found("account")
    return str(found).encode()
