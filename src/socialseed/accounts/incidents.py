"""Incidents: something that stands between an account and its normal work, and the way back.

At most one is open per account, kind and action type.
"""

from collections.abc import Mapping
from uuid import UUID

import orjson
from sqlalchemy import text

from socialseed.accounts import events
from socialseed.core.errors import conflict, not_found
from socialseed.core.events import Plain
from socialseed.identity.replans import replan
from socialseed.runtime.tx import Tx

_OPEN = text(
    "INSERT INTO incidents (id, workspace_id, account_id, kind, action_type, opened_at, sentence,"
    " detail) SELECT :id, workspace_id, id, :kind, :action_type, :now, :sentence,"
    " CAST(:detail AS jsonb) FROM social_accounts WHERE id = :account_id"
    " ON CONFLICT DO NOTHING RETURNING id"
)
_CLOSE = text(
    "UPDATE incidents SET closed_at = :now WHERE account_id = :account_id AND kind = :kind"
    " AND action_type = :action_type AND closed_at IS NULL RETURNING id"
)
# What counts against an account's record, of the row `i`: not a proxy that is down, and not a
# connection that ended when it was due to.
AGAINST = (
    "(i.kind IN ('breaker','warning','silent_failure')"
    " OR (i.kind = 'reconnect' AND i.detail->>'revoked' = 'true'))"
)
# The job, of a room above, that looks whether the account may go on without being asked about.
REVIEW_AUTONOMY = "actions.review_autonomy"
# Ended by a person who looked; all others end when what they speak of ends.
CLOSABLE = frozenset({"silent_failure"})
_FOR_PERSON = text(
    "SELECT i.account_id, i.kind, i.action_type, i.closed_at, a.platform, a.username"
    " FROM incidents i JOIN social_accounts a ON a.id = i.account_id"
    " WHERE i.id = :id AND i.workspace_id = :workspace FOR UPDATE OF i"
)
_CLOSE_BY = text(
    "UPDATE incidents SET closed_at = :now, detail = detail || CAST(:detail AS jsonb)"
    " WHERE id = :id"
)
# What a person does about each kind, in order.
WAY_BACK: Mapping[str, tuple[str, ...]] = {
    "breaker": (
        "Nothing to do at once: after the pause a single call tries whether it works again.",
        "If it keeps failing, run the account's setup check: a scope or tier may be missing.",
        "Until then you can do this kind of action by hand on the platform.",
    ),
    "warning": (
        "Sign in on the platform itself and read what it says; solve its challenge if it asks.",
        "Leave the account alone until the freeze ends. Nothing is sent meanwhile.",
        "Afterwards it starts again slowly; everything is approved by you at first.",
    ),
    "reconnect": (
        "Connect the account again. What was scheduled waits and then goes on.",
        "If you did not revoke the access yourself, look at the platform's list of apps.",
    ),
    "silent_failure": (
        "Look at the account on the platform itself: is what it did there to be seen by others?",
        "If not, the platform limits it quietly: leave this kind of action alone for some weeks.",
        "If it is, close this with a note. What waited gets new times; the automatic asks you.",
    ),
    "egress": (
        "Check the proxy: address, user, password, and whether your plan still runs.",
        "The account waits; it never goes out without its proxy.",
        "Give it another proxy, or none, if this one stays down.",
    ),
}


async def open_(
    tx: Tx,
    account_id: UUID,
    kind: str,
    sentence: str,
    *,
    action_type: str = "",
    detail: Mapping[str, Plain] | None = None,
) -> bool:
    """True when the incident is new; one that is open already stays as it is.

    What the account earned is looked at again after the commit.
    """
    values = {
        "id": tx.new_id(),
        "account_id": account_id,
        "kind": kind,
        "action_type": action_type,
        "now": tx.now,
        "sentence": sentence,
        "detail": orjson.dumps(dict(detail or {})).decode(),
    }
    if await tx.session.scalar(_OPEN, values) is None:
        return False
    await review_autonomy(tx, account_id)
    return True


async def review_autonomy(tx: Tx, account_id: UUID) -> None:
    """What the account earned is looked at again after the commit."""
    payload = {"workspace_id": str(tx.tenant), "account_id": str(account_id)}
    key = f"{REVIEW_AUTONOMY}:{account_id}:{tx.now.isoformat()}"
    await tx.defer(REVIEW_AUTONOMY, payload, dedupe_key=key)


async def close(tx: Tx, account_id: UUID, kind: str, action_type: str = "") -> bool:
    """True when one was open; it is over now."""
    values = {"account_id": account_id, "kind": kind, "action_type": action_type, "now": tx.now}
    return await tx.session.scalar(_CLOSE, values) is not None


async def close_by_person(tx: Tx, incident_id: UUID, note: str) -> None:
    """A person looked: the incident is over, with the note, and what it held gets new slots soon.

    Raises not_found, CONFLICT `not_closable` for a kind that ends by itself, or `already_closed`.
    """
    bound = {"id": incident_id, "workspace": tx.tenant}
    row = (await tx.session.execute(_FOR_PERSON, bound)).first()
    if row is None:
        raise not_found("incident")
    if row.kind not in CLOSABLE:
        detail = "This ends by itself once its cause has ended: see its way back."
        raise conflict("not_closable", detail)
    if row.closed_at is not None:
        raise conflict("already_closed", "Somebody closed it already.")
    kept = orjson.dumps({"note": note, "closed_by": tx.actor.name}).decode()
    await tx.session.execute(_CLOSE_BY, {"id": incident_id, "now": tx.now, "detail": kept})
    words = row.action_type.replace("_", " ")
    told = f"goes on to {words}: {tx.actor.name} looked at it."
    more: dict[str, Plain] = {"action_type": row.action_type, "note": note}
    events.emit(tx, f"{row.kind}_closed", row.account_id, row.platform, row.username, told, **more)
    await replan(tx, f"{tx.actor.name} looked at what had paused.", row.account_id)
