"""What a person said he did by hand, read back where the platform lets us. Claims stay claims."""

import asyncio
from datetime import timedelta
from uuid import UUID

import orjson
from sqlalchemy import text

from socialseed.accounts import tokens
from socialseed.actions.events import tell
from socialseed.actions.orders import order_of
from socialseed.actions.schedule import subject_of
from socialseed.core.errors import AppError, Remedy, UpstreamError
from socialseed.jobs.port import Payload
from socialseed.runtime.runtime import Runtime

LOOKS_WITHIN = timedelta(hours=6)
AGAIN = timedelta(minutes=30)

_CLAIMED = text(
    "SELECT x.id, x.workspace_id, x.account_id, x.platform, x.action_type, x.target_account,"
    " x.target_data, x.light, x.status, x.created_at, x.settled_at, a.username FROM actions x"
    " JOIN social_accounts a ON a.id = x.account_id WHERE x.id = :action_id"
    " AND x.status = 'succeeded' AND x.mode = 'human' AND x.verified IS NULL"
    " AND x.verify_due_at IS NOT NULL"
)
_SAID = text(
    "UPDATE actions SET verified = :verified, verify_due_at = :again_at,"
    " remote_id = COALESCE(:remote_id, remote_id), remote_url = COALESCE(:remote_url, remote_url)"
    " WHERE id = :action_id AND verified IS NULL RETURNING id"
)


async def verify(runtime: Runtime, payload: Payload) -> None:
    """One claimed task is verified true or false, looked at again, or left as a claim.

    Not found counts as false only after six hours: platforms show late what they took early.
    """
    workspace_id, action_id = UUID(str(payload["workspace_id"])), UUID(str(payload["action_id"]))
    async with runtime.begin(workspace_id, key=("claimed", action_id)) as tx:
        row = (await tx.session.execute(_CLAIMED, {"action_id": action_id})).first()
    if row is None:
        return
    data = row.target_data
    parts = orjson.loads(data) if isinstance(data, str | bytes) else data
    order = order_of(row.id, row.action_type, row.target_account, parts, row.created_at)
    receipt, again = None, False
    try:
        async with asyncio.timeout(runtime.settings.call_deadline_seconds):
            grant = await tokens.grant(runtime, workspace_id, row.account_id)
            receipt = await runtime.connectors.get(row.platform).find(order, grant)
            asked = True
    except UpstreamError as error:
        asked, again = False, error.remedy is not Remedy.REJECT
    except (AppError, TimeoutError):
        asked, again = False, True
    async with runtime.begin(workspace_id, key=("verified", action_id)) as tx:
        young = tx.now - row.settled_at < LOOKS_WITHIN
        verified = True if receipt else (False if asked and not young else None)
        look = verified is None and young and (again or asked)
        said = await tx.session.scalar(
            _SAID,
            {
                "action_id": action_id,
                "verified": verified,
                "again_at": tx.now + AGAIN if look else None,
                "remote_id": receipt.remote_id if receipt else None,
                "remote_url": receipt.remote_url if receipt else None,
            },
        )
        if said is not None and verified is not None:
            told = "The platform confirms it." if verified else "The platform does not show it."
            tell(tx, "verified", subject_of(row.id, row), "succeeded", told, verified=verified)
