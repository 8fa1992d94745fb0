"""The transition table of an action and the only code that assigns a status.

A claim is no status: fence and lease stand on the lane, and the worker's transaction goes straight
from scheduled to executing under them.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.sql.elements import TextClause

from socialseed.core.errors import conflict, not_found
from socialseed.runtime.tx import Tx

TRANSITIONS: Final[Mapping[str, frozenset[str]]] = {
    "proposed": frozenset(
        {"awaiting_approval", "approved", "awaiting_human", "blocked", "cancelled"}
    ),
    "awaiting_approval": frozenset({"approved", "rejected", "expired", "cancelled", "blocked"}),
    "approved": frozenset({"scheduled", "awaiting_approval", "cancelled"}),
    "scheduled": frozenset({"executing", "awaiting_approval", "blocked", "cancelled"}),
    "executing": frozenset({"succeeded", "failed", "scheduled", "outcome_unknown"}),
    "outcome_unknown": frozenset({"succeeded", "failed"}),
    "awaiting_human": frozenset({"succeeded", "failed", "cancelled", "expired"}),
    # Only by undo, within the seconds of the hold.
    "rejected": frozenset({"awaiting_approval"}),
    "succeeded": frozenset(),
    "failed": frozenset(),
    "expired": frozenset(),
    "cancelled": frozenset(),
    "blocked": frozenset(),
}
FINAL: Final = frozenset({"succeeded", "failed", "rejected", "expired", "cancelled", "blocked"})
REPLANNABLE: Final = frozenset({"rejected", "expired", "failed", "cancelled"})

# When the watchdog looks at a row that did not move on, where no instant of its own says so.
PATIENCE: Final[Mapping[str, timedelta | None]] = {
    "proposed": timedelta(minutes=1),
    "awaiting_approval": timedelta(hours=72),
    "approved": timedelta(minutes=1),
    "scheduled": timedelta(hours=1),
    "executing": timedelta(minutes=2),
    "outcome_unknown": None,  # reconcile sets it while it looks; then a person decides
    "awaiting_human": timedelta(hours=72),
    **dict.fromkeys(FINAL, None),
}


class IllegalMove(RuntimeError):
    """A programming error: the table has no such arrow."""


def check(before: str, after: str) -> None:
    """Returns when the table has the arrow. Raises IllegalMove otherwise."""
    if after not in TRANSITIONS[before]:
        raise IllegalMove(f"{before} -> {after}")


def opening(*path: str) -> str:
    """The status in which a new row is stored after it went from proposed through `path`."""
    status = "proposed"
    for step in path:
        check(status, step)
        status = step
    return status


def move_sql(sets: str = "", guard: str = "") -> str:
    """The one UPDATE that assigns a status, a compare-and-set; bind it with `move_values`."""
    more = f", {sets}" if sets else ""
    also = f" AND {guard}" if guard else ""
    return (
        "UPDATE actions SET status = :to_status, deadline_at = :deadline_at"
        f"{more} WHERE id = :action_id AND status = ANY(CAST(:from_statuses AS text[])){also}"
    )


def move_values(
    action_id: UUID,
    source: Sequence[str],
    to: str,
    now: datetime,
    deadline_at: datetime | None,
    via: str | None = None,
) -> dict[str, object]:
    """What `move_sql` is bound with. Raises IllegalMove unless every source may go to `to`.

    `via` is a status passed through in the same statement, so that nobody ever sees it.
    """
    for before in source:
        check(before, via or to)
    if via is not None:
        check(via, to)
    patience = PATIENCE[to]
    due = deadline_at or (now + patience if patience else None)
    return {
        "action_id": action_id,
        "from_statuses": list(source),
        "to_status": to,
        "deadline_at": due,
    }


async def move(
    tx: Tx,
    statement: TextClause,
    action_id: UUID,
    source: Sequence[str],
    to: str,
    *,
    deadline_at: datetime | None = None,
    **values: object,
) -> Row[tuple[object, ...]] | None:
    """The action stands in `to` if it stood in one of `source` and the statement's guard held.

    `statement` is built from `move_sql` and returns a row; None means that nothing changed.
    """
    bound = {**move_values(action_id, source, to, tx.now, deadline_at), **values}
    return (await tx.session.execute(statement, bound)).first()


PLAIN_MOVE: Final = text(move_sql() + " RETURNING id")
_STATUS = text("SELECT status FROM actions WHERE id = :action_id")


async def refuse(tx: Tx, action_id: UUID, wanted: str) -> None:
    """Raises what a person is told when a move found the action elsewhere."""
    status = await tx.session.scalar(_STATUS, {"action_id": action_id})
    if status is None:
        raise not_found("action")
    raise conflict(wanted, f"The action is {str(status).replace('_', ' ')} by now.")
