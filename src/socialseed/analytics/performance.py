"""What became of what was proposed: in all, by account, by kind and by targeting rule."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from socialseed.core.errors import not_found
from socialseed.runtime.tx import Tx

_COUNTS = (
    "'proposed', proposed, 'approved', approved, 'approved_without_edits', plain,"
    " 'rejected', rejected, 'succeeded', succeeded, 'claimed', succeeded - verified,"
    " 'verified', verified, 'failed', failed, 'unknown', unknown, 'followed_back', back"
)
_SUMMED = ("proposed", "approved", "plain", "rejected", "succeeded", "verified", "failed")
_SUMS = ", ".join(f"coalesce(sum({name}), 0) AS {name}" for name in (*_SUMMED, "unknown", "back"))
# Rows are read once into groups by all three; the four views are sums over those few.
# GROUPING() has a bit for each column that a row is NOT grouped by: account 4, kind 2, rule 1.
_PERFORMANCE = f"""
WITH grouped AS (
    SELECT x.account_id, x.action_type, x.rule_id, count(*) AS proposed,
        count(approved_by) AS approved,
        count(*) FILTER (WHERE approved_by IS NOT NULL AND NOT was_edited) AS plain,
        count(*) FILTER (WHERE status = 'rejected') AS rejected,
        count(*) FILTER (WHERE status = 'succeeded') AS succeeded,
        count(*) FILTER (WHERE status = 'succeeded' AND verified IS TRUE) AS verified,
        count(*) FILTER (WHERE status = 'failed') AS failed,
        count(*) FILTER (WHERE status = 'outcome_unknown') AS unknown,
        count(*) FILTER (WHERE status = 'succeeded' AND action_type = 'follow' AND followed_back)
            AS back
    FROM actions x WHERE x.workspace_id = :workspace AND x.created_at >= :since {{account}}
    GROUP BY 1, 2, 3
), counted AS (
    SELECT GROUPING(account_id, action_type, rule_id) AS kept, account_id, action_type, rule_id,
        {_SUMS}
    FROM grouped
    GROUP BY GROUPING SETS ((), (account_id), (action_type), (rule_id))
)
SELECT CAST(json_build_object('days', CAST(:days AS int),
    'totals', (SELECT json_build_object({_COUNTS}) FROM counted WHERE kept = 7),
    'by_account', (SELECT coalesce(json_agg(json_build_object('account_id', c.account_id,
        'platform', a.platform, 'username', a.username, {_COUNTS}) ORDER BY c.proposed DESC, a.id),
        '[]') FROM counted c JOIN social_accounts a ON a.id = c.account_id WHERE c.kept = 3),
    'by_kind', (SELECT coalesce(json_agg(json_build_object('action_type', action_type, {_COUNTS})
        ORDER BY proposed DESC, action_type), '[]') FROM counted WHERE kept = 5),
    'by_rule', (SELECT coalesce(json_agg(json_build_object('rule_id', c.rule_id, 'name', r.name,
        {_COUNTS}) ORDER BY c.proposed DESC, r.id), '[]')
        FROM counted c JOIN targeting_criteria r ON r.id = c.rule_id WHERE c.kept = 6)) AS text)"""
_EVERY = text(_PERFORMANCE.format(account=""))
_ONE = text(_PERFORMANCE.format(account="AND x.account_id = :account"))
_EXISTS = text("SELECT 1 FROM social_accounts WHERE id = :account AND workspace_id = :workspace")


async def performance(tx: Tx, days: int, account_id: UUID | None) -> bytes:
    """What became of the proposals of the last `days` times 24 hours, as JSON.

    Approved counts a person's approvals. Raises NOT_FOUND for an account of nobody here.
    """
    given: dict[str, object] = {
        "workspace": tx.tenant,
        "since": tx.now - timedelta(days=days),
        "days": days,
    }
    if account_id is None:
        return str(await tx.session.scalar(_EVERY, given)).encode()
    account = {"account": account_id, "workspace": tx.tenant}
    if await tx.session.scalar(_EXISTS, account) is None:
        raise not_found("account")
    return str(await tx.session.scalar(_ONE, {**given, **account})).encode()
