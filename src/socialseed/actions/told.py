"""A platform told that a post was published, or was not: our own reading back is brought forward.

A notice decides nothing by itself: only what is read back does. The last look, which would say
that nothing was done, keeps its time, for platforms show late what they took early.
"""

from uuid import UUID

from sqlalchemy import text

from socialseed.actions.content import PUBLISHES
from socialseed.actions.remedies import LOOK_AFTER
from socialseed.actions.settle import LOOK, look_payload
from socialseed.actions.watchdog import VERIFY
from socialseed.jobs.port import Payload
from socialseed.runtime.runtime import Runtime

TOLD = "actions.told"
_POSTS = sorted({*PUBLISHES, "comment", "reply", "quote"})

_UNKNOWN = text(
    "UPDATE actions x SET deadline_at = :now FROM attempts t"
    " WHERE t.action_id = x.id AND t.outcome = 'unknown' AND x.account_id = :account_id"
    " AND x.status = 'outcome_unknown' AND x.deadline_at > :now"
    " AND x.action_type = ANY(CAST(:kinds AS text[]))"
    " AND coalesce((t.evidence->>'looks')::int, 0) < :last RETURNING x.id"
)
_CLAIMED = text(
    "UPDATE actions SET verify_due_at = :now WHERE account_id = :account_id"
    " AND status = 'succeeded' AND mode = 'human' AND verified IS NULL AND verify_due_at > :now"
    " AND action_type = ANY(CAST(:kinds AS text[])) RETURNING id"
)


async def told(runtime: Runtime, payload: Payload) -> None:
    """What the account posted with an unknown or only claimed outcome is read back now."""
    workspace_id, account_id = UUID(str(payload["workspace_id"])), UUID(str(payload["account_id"]))
    async with runtime.begin(workspace_id, key=("told", account_id)) as tx:
        values = {"account_id": account_id, "now": tx.now, "kinds": _POSTS}
        unknown = await tx.session.scalars(_UNKNOWN, {**values, "last": len(LOOK_AFTER) - 1})
        for action_id in unknown.all():
            key = f"reconcile:{action_id}:told:{tx.now.isoformat()}"
            await tx.defer(LOOK, look_payload(workspace_id, action_id), dedupe_key=key)
        for action_id in (await tx.session.scalars(_CLAIMED, values)).all():
            key = f"verify:{action_id}"
            await tx.defer(VERIFY, look_payload(workspace_id, action_id), dedupe_key=key)
