"""Withdraws what nobody should do any more: answers to what was deleted, forbidden tasks."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from socialseed.actions.decide import CANCELLABLE, DECIDED
from socialseed.actions.events import tell
from socialseed.actions.schedule import subject_of
from socialseed.actions.states import move_sql, move_values
from socialseed.jobs.port import Payload
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx

GONE = "actions.gone"
REASON = "target_deleted"

# Whoever proposes replies of an account and whoever withdraws them take turns: either the proposal
# is there to be cancelled, or the deletion is there to be seen.
_TURN = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
# To delete what is gone is done already; it finds that out by itself.
_WAITING = text(
    "SELECT x.id, x.account_id, x.platform, x.action_type, x.target_account, x.light, a.username"
    " FROM actions x JOIN social_accounts a ON a.id = x.account_id"
    " WHERE x.account_id = :account_id AND x.target_key = ANY(CAST(:keys AS text[]))"
    " AND x.action_type <> 'delete' AND x.status = ANY(CAST(:from_statuses AS text[]))"
    " ORDER BY x.id FOR UPDATE OF x"
)
_CANCEL = text(
    "WITH moved AS ("
    + move_sql("settled_at = :now, held_until = NULL")
    + f" RETURNING id, workspace_id, account_id, content_hash), decided AS ({DECIDED})"
    " SELECT id FROM moved"
)


async def take_turn(tx: Tx, account_id: UUID) -> None:
    """Until this transaction ends nobody else proposes or withdraws replies of the account."""
    await tx.session.execute(_TURN, {"name": f"replies:{account_id}"})


async def gone(runtime: Runtime, payload: Payload) -> None:
    """What waits to answer one of these posts or comments is cancelled, with the reason told.

    What is being sent, or was, stays as it is.
    """
    workspace_id, account_id = UUID(str(payload["workspace_id"])), UUID(str(payload["account_id"]))
    told = payload["ids"]
    keys = [f"post:{one}" for one in told] if isinstance(told, list) else []
    async with runtime.begin(workspace_id, key=("gone", account_id, *keys)) as tx:
        await take_turn(tx, account_id)
        for row in await _waiting(tx, account_id, keys):
            name = tx.connectors.name_of(row.platform)
            await withdraw(tx, row, REASON, f"{name} says that what it was about was deleted.")


async def _waiting(tx: Tx, account_id: UUID, keys: Sequence[str]) -> Sequence[Row[Any]]:
    bound = {"account_id": account_id, "keys": list(keys), "from_statuses": CANCELLABLE}
    return (await tx.session.execute(_WAITING, bound)).all()


async def withdraw(tx: Tx, row: Row[Any], reason: str, why: str) -> None:
    """The action is cancelled by the system. `why` is told; `reason` is its code in the record."""
    bound = {
        **move_values(row.id, CANCELLABLE, "cancelled", tx.now, None),
        "now": tx.now,
        "decision_id": tx.new_id(),
        "kind": "cancelled",
        "actor_kind": tx.actor.kind,
        "actor_id": tx.actor.id,
        "actor_name": tx.actor.name,
        "reason": reason,
        "note": None,
    }
    await tx.session.execute(_CANCEL, bound)
    tell(tx, "cancelled", subject_of(row.id, row), "cancelled", f"Withdrawn: {why}", reason=reason)
