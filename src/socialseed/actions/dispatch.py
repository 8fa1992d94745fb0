"""Claims lanes that are due: one wake-up each, under a fresh fence and a lease. Sends nothing."""

from datetime import datetime, timedelta

from sqlalchemy import text

from socialseed.jobs.port import Entry
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.steps import reach
from socialseed.runtime.tx import Tx

SEND = "actions.send"
BATCH = 50

# A lane whose lease ran out is due whatever else is: somebody died with it in his hands.
_CLAIM = text("""
WITH due AS (
  SELECT l.account_id FROM lanes l
  WHERE l.leased_until <= :now OR (l.leased_until IS NULL AND l.next_due <= :now
    AND NOT EXISTS (SELECT 1 FROM stops s WHERE s.workspace_id = l.workspace_id
      AND s.lifted_at IS NULL AND (s.scope = 'workspace'
        OR (s.scope = 'account' AND s.scope_id = l.account_id::text)
        OR (s.scope = 'platform' AND s.scope_id =
          (SELECT platform FROM social_accounts a WHERE a.id = l.account_id)))))
  ORDER BY l.next_due NULLS FIRST, l.account_id LIMIT :batch FOR UPDATE OF l SKIP LOCKED)
UPDATE lanes SET leased_until = :leased_until, fence = lanes.fence + 1
FROM due WHERE lanes.account_id = due.account_id
RETURNING lanes.account_id, lanes.workspace_id, lanes.fence
""")


_NEXT = text(
    "SELECT least((SELECT min(next_due) FROM lanes WHERE leased_until IS NULL),"
    " (SELECT min(leased_until) FROM lanes))"
)


async def claim(runtime: Runtime, batch: int = BATCH) -> int:
    """Up to `batch` due lanes are leased and each has its wake-up queued. Returns how many.

    The lock and the wake-ups are two statements: in one, the snapshot is older than the lock.
    """
    async with runtime.begin(None, key="claim") as tx:
        lease = tx.now + timedelta(seconds=runtime.settings.lease_seconds)
        rows = (
            await tx.session.execute(_CLAIM, {"now": tx.now, "leased_until": lease, "batch": batch})
        ).all()
        if not rows:
            return 0
        entries = [
            Entry(
                {
                    "account_id": str(row.account_id),
                    "workspace_id": str(row.workspace_id),
                    "fence": row.fence,
                },
                f"lane:{row.account_id}:{row.fence}",
            )
            for row in sorted(rows, key=lambda row: row.account_id)
        ]
        await tx.jobs.enqueue_many(tx.session, SEND, entries, now=tx.now)
        reach("claim.before_commit")
    reach("claim.after_commit")
    return len(rows)


async def next_due(tx: Tx) -> datetime | None:
    """When a lane is next due, or its lease ends; None when nothing waits."""
    due: datetime | None = await tx.session.scalar(_NEXT)
    return due
