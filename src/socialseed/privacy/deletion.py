"""Real deletion of a user, and of each workspace that would be left without an owner.

A workspace's data key is destroyed and committed first: from then on nothing sealed can be opened,
even if the rows were to outlive it in a backup. A send that is in flight finds its rows gone.
"""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from socialseed.core.events import Event
from socialseed.identity.access import Caller
from socialseed.identity.signin import check_password
from socialseed.runtime.actor import Actor
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx

FORMER = "A former member"
_TIMEOUT_MS = 120_000
_TRIES = 5
_LOCKED_OUT = frozenset({"40P01", "55P03"})  # deadlock, lock timeout: nothing was changed

_OWNERS = text(
    "SELECT user_id FROM memberships WHERE workspace_id = :workspace AND role = 'owner'"
    " ORDER BY user_id FOR UPDATE"
)

# Nothing sealed can be opened, nobody else can come in, nothing new is sent.
_CLOSE = (
    "UPDATE workspaces SET wrapped_key = ''::bytea WHERE id = :id",
    "UPDATE sessions SET revoked_at = :now WHERE workspace_id = :id AND revoked_at IS NULL",
    "UPDATE api_keys SET revoked_at = :now WHERE workspace_id = :id AND revoked_at IS NULL",
    "DELETE FROM memberships WHERE workspace_id = :id AND user_id <> :user",
    "UPDATE social_accounts SET is_active = false WHERE workspace_id = :id",
    "UPDATE lanes SET next_due = NULL WHERE workspace_id = :id",
)
# The order in which everybody else locks: lane, action, account, log. Deleting the workspace first
# would hold the row that their foreign keys need while waiting for rows that they hold.
_LOCK_IN_ORDER = (
    "SELECT 1 FROM lanes WHERE workspace_id = :id ORDER BY account_id FOR UPDATE",
    "SELECT 1 FROM actions WHERE workspace_id = :id ORDER BY id FOR UPDATE",
    "SELECT 1 FROM social_accounts WHERE workspace_id = :id ORDER BY id FOR UPDATE",
    "SELECT 1 FROM event_heads WHERE workspace_id = :id FOR UPDATE",
)
_LEAVE = (
    "DELETE FROM memberships WHERE workspace_id = :workspace AND user_id = :user",
    "UPDATE actions SET proposed_by_name = :name"
    " WHERE workspace_id = :workspace AND proposed_by_id = :user",
    "UPDATE decisions SET actor_name = :name WHERE workspace_id = :workspace AND actor_id = :user",
    "UPDATE policies SET changed_by_name = :name"
    " WHERE workspace_id = :workspace AND changed_by = :user",
    "UPDATE simulations SET requested_by_name = :name"
    " WHERE workspace_id = :workspace AND requested_by = :user",
)


async def delete_me(caller: Caller, password: str, address: str) -> None:
    """The caller's account is gone with all that only they owned. Their sessions die first.

    In workspaces that others own they are shown as a former member from now on; the append-only
    log of such a workspace keeps the name under which they acted. Raises FORBIDDEN
    `wrong_password`, LIMITED.
    """
    assert caller.actor.id is not None
    await check_password(caller.runtime, caller.actor, password, address)
    await delete_user(caller.runtime, caller.actor.id)


async def delete_user(runtime: Runtime, user_id: UUID) -> None:
    """As `delete_me`, without asking. Safe to repeat after an interruption."""
    async with runtime.begin(None) as tx:
        values = {"user": user_id, "now": tx.now}
        await tx.session.execute(
            text("UPDATE sessions SET revoked_at = :now WHERE user_id = :user"), values
        )
        rows = await tx.session.scalars(
            text("SELECT workspace_id FROM memberships WHERE user_id = :user"), values
        )
        workspaces = list(rows.all())
    actor = Actor("user", user_id, FORMER)
    for workspace_id in workspaces:
        async with runtime.begin(workspace_id, actor, timeout_ms=_TIMEOUT_MS) as tx:
            stays = await _leave_or_close(tx, user_id)
        if not stays:
            await erase_workspace(runtime, workspace_id)
    async with runtime.begin(None, timeout_ms=_TIMEOUT_MS) as tx:
        await tx.session.execute(
            text(
                "DELETE FROM invitations WHERE email = (SELECT email FROM users WHERE id = :user)"
            ),
            {"user": user_id},
        )
        await tx.session.execute(text("DELETE FROM users WHERE id = :user"), {"user": user_id})


async def _run(tx: Tx, statement: str, values: Mapping[str, object]) -> None:
    named = {key: value for key, value in values.items() if f":{key}" in statement}
    await tx.session.execute(text(statement), named)


async def _leave_or_close(tx: Tx, user_id: UUID) -> bool:
    """True when the user has left a workspace that stays; False when it was closed for good."""
    owners = (await tx.session.scalars(_OWNERS, {"workspace": tx.tenant})).all()
    if list(owners) == [user_id]:
        for statement in _CLOSE:
            await _run(tx, statement, {"id": tx.tenant, "user": user_id, "now": tx.now})
        return False
    values = {"workspace": tx.tenant, "user": user_id, "name": FORMER}
    for statement in _LEAVE:
        await _run(tx, statement, values)
    tx.emit(Event("member.removed", "A member deleted their account.", data={}))
    return True


async def erase_workspace(runtime: Runtime, workspace_id: UUID) -> None:
    """No row of the workspace is left. Tried again when a sender held a lock at that moment."""
    for attempt in range(1, _TRIES + 1):
        try:
            async with runtime.begin(None, timeout_ms=_TIMEOUT_MS) as tx:
                for statement in _LOCK_IN_ORDER:
                    await tx.session.execute(text(statement), {"id": workspace_id})
                await tx.session.execute(
                    text("DELETE FROM workspaces WHERE id = :id"), {"id": workspace_id}
                )
        except DBAPIError as error:
            state = getattr(error.orig, "sqlstate", None)
            if state not in _LOCKED_OUT or attempt == _TRIES:
                raise
        else:
            return
