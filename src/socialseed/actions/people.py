"""Leaving a person alone: for every account of the workspace, whatever was planned already."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from socialseed.actions.decide import CANCELLABLE
from socialseed.actions.events import tell
from socialseed.actions.schedule import subject_of
from socialseed.actions.states import move, move_sql
from socialseed.core.events import Event
from socialseed.profiles import service as profiles
from socialseed.profiles.service import Because
from socialseed.runtime.tx import Tx

_OPEN = text(
    "SELECT x.id, x.account_id, x.platform, x.action_type, x.target_account, x.light, x.status,"
    " a.username FROM actions x JOIN social_accounts a ON a.id = x.account_id"
    " WHERE x.workspace_id = :workspace AND x.platform = :platform AND x.target_handle = :handle"
    " AND x.status = ANY(CAST(:open AS text[])) ORDER BY x.id FOR UPDATE OF x"
)
_CANCEL = text(move_sql("settled_at = :now, held_until = NULL") + " RETURNING id")


async def leave_alone(tx: Tx, platform: str, handle: str, because: Because) -> int:
    """The person is on the do-not-contact list and what was still open towards them is cancelled.

    Returns how much that was. What is being sent at this moment can no longer be held back.
    """
    bare = profiles.bare(handle)
    await profiles.leave_alone(tx, platform, bare, because)
    why = "asked for it" if because == "their_wish" else "you chose so"
    told = f"{tx.actor.name} put @{bare} on the do-not-contact list: {why}."
    data = {"platform": platform, "handle": bare, "because": because}
    tx.emit(Event("person.left_alone", told, data=data))
    values = {
        "workspace": tx.tenant,
        "platform": platform,
        "handle": bare.lower(),
        "open": CANCELLABLE,
    }
    rows = (await tx.session.execute(_OPEN, values)).all()
    return sum([await _cancel(tx, row) for row in rows])


async def contact_again(tx: Tx, platform: str, handle: str) -> None:
    """The person is off the list. Raises not_found, CONFLICT `their_wish`."""
    await profiles.may_contact_again(tx, platform, handle)
    bare = profiles.bare(handle)
    told = f"{tx.actor.name} took @{bare} off the do-not-contact list."
    tx.emit(Event("person.contact_allowed", told, data={"platform": platform, "handle": bare}))


async def _cancel(tx: Tx, row: Row[tuple[Any, ...]]) -> bool:
    action_id: UUID = row.id
    if await move(tx, _CANCEL, action_id, [row.status], "cancelled", now=tx.now) is None:
        return False
    told = "Cancelled: the person is to be left alone."
    tell(tx, "cancelled", subject_of(action_id, row), "cancelled", told)
    return True
