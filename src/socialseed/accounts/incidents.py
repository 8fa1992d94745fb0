"""Incidents: something that stands between an account and its normal work, and the way back.

At most one is open per account, kind and action type.
"""

from collections.abc import Mapping
from uuid import UUID

import orjson
from sqlalchemy import text

from socialseed.core.events import Plain
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
