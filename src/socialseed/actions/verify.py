"""What was claimed, read back where the platform lets us: what a person said he did by hand, and a
sample of what the platform itself acknowledged. Claims stay claims; nothing is ever sent again.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text

from socialseed.accounts import tokens, verification
from socialseed.actions.events import tell
from socialseed.actions.intent import Intent
from socialseed.actions.orders import order_of
from socialseed.actions.schedule import subject_of
from socialseed.connectors.types import Receipt
from socialseed.core.errors import AppError, Remedy, UpstreamError
from socialseed.core.rng import derive
from socialseed.jobs.port import Payload
from socialseed.policy.suspicion import FIRST, THEN
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx

READ_AFTER = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class _Patience:
    """Not found is false only after `within`: platforms show late what they took early."""

    within: timedelta
    again: timedelta


# Whoever did it by hand may tell before it is done; what the platform acknowledged is there soon.
_PATIENCE = {
    "human": _Patience(timedelta(hours=6), timedelta(minutes=30)),
    "api": _Patience(timedelta(minutes=30), timedelta(minutes=10)),
}
# When a step that was just acknowledged is read back: the first of its kind, then one in ten.
SAMPLED = (
    "CASE WHEN :read_it OR (:reads_back AND (SELECT count(*) FROM (SELECT 1 FROM actions y"
    " WHERE y.account_id = :account_id AND y.action_type = :action_type"
    f" AND y.read_back_at IS NOT NULL LIMIT {FIRST}) earlier) < {FIRST})"
    " THEN CAST(:read_at AS timestamptz) END"
)
_CLAIMED = text(
    "SELECT x.id, x.workspace_id, x.account_id, x.platform, x.action_type, x.target_account,"
    " x.target_data, x.light, x.status, x.mode, x.created_at, x.executed_at, x.settled_at,"
    " a.username FROM actions x JOIN social_accounts a ON a.id = x.account_id"
    " WHERE x.id = :action_id AND x.status = 'succeeded' AND x.read_back_at IS NULL"
    " AND x.verify_due_at IS NOT NULL"
)
_SAID = text(
    "UPDATE actions SET verified = COALESCE(:verified, verified), verify_due_at = :again_at,"
    " read_back_at = :read_back_at, remote_id = COALESCE(remote_id, :remote_id),"
    " remote_url = COALESCE(remote_url, :remote_url)"
    " WHERE id = :action_id AND read_back_at IS NULL RETURNING id"
)


def sampled(intent: Intent, now: datetime, *, done: bool) -> Mapping[str, object]:
    """What SAMPLED is bound with, beside the account."""
    reads_back = done and intent.reads_back
    drawn = derive("read back", intent.subject.action_id).random() < THEN
    return {
        "reads_back": reads_back,
        "read_it": reads_back and drawn,
        "read_at": now + READ_AFTER,
        "action_type": intent.subject.action_type,
    }


async def verify(runtime: Runtime, payload: Payload) -> None:
    """One claim is verified true or false, looked at again, or left as a claim."""
    workspace_id, action_id = UUID(str(payload["workspace_id"])), UUID(str(payload["action_id"]))
    async with runtime.begin(workspace_id, key=("claimed", action_id)) as tx:
        row = (await tx.session.execute(_CLAIMED, {"action_id": action_id})).first()
    if row is None:
        return
    found = await _look(runtime, row)
    async with runtime.begin(workspace_id, key=("verified", action_id)) as tx:
        await _record(tx, row, found)


@dataclass(frozen=True, slots=True)
class _Look:
    """`told`: the platform said whether it is there. `later`: it may say so another time."""

    receipt: Receipt | None = None
    told: bool = False
    later: bool = False


async def _look(runtime: Runtime, row: Row[tuple[Any, ...]]) -> _Look:
    data = row.target_data
    parts = orjson.loads(data) if isinstance(data, str | bytes) else data
    since = row.executed_at if row.mode == "api" else row.created_at
    order = order_of(row.id, row.action_type, row.target_account, parts, since)
    try:
        async with asyncio.timeout(runtime.settings.call_deadline_seconds):
            grant = await tokens.grant(runtime, row.workspace_id, row.account_id)
            found = await runtime.connectors.get(row.platform).find(order, grant)
            return _Look(found, told=True, later=True)
    except UpstreamError as error:
        return _Look(later=error.remedy is not Remedy.REJECT)
    except (AppError, TimeoutError):
        return _Look(later=True)


async def _record(tx: Tx, row: Row[tuple[Any, ...]], look: _Look) -> None:
    patience = _PATIENCE[row.mode]
    young = tx.now - row.settled_at < patience.within
    verified = True if look.receipt else (False if look.told and not young else None)
    again = verified is None and young and look.later
    await verification.one_at_a_time(tx, row.account_id, row.action_type)
    said = await tx.session.scalar(
        _SAID,
        {
            "action_id": row.id,
            "verified": verified,
            "again_at": tx.now + patience.again if again else None,
            "read_back_at": None if verified is None else tx.now,
            "remote_id": look.receipt.remote_id if look.receipt else None,
            "remote_url": look.receipt.remote_url if look.receipt else None,
        },
    )
    if said is None or verified is None:
        return
    told = "The platform confirms it." if verified else "The platform does not show it."
    tell(tx, "verified", subject_of(row.id, row), "succeeded", told, verified=verified)
    if not verified:
        await verification.judge(tx, row.account_id, row.platform, row.username, row.action_type)
