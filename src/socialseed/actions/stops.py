"""Emergency stop: for everything, a platform or an account. Once it is set, no action starts."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from socialseed.core.errors import conflict, invalid, not_found
from socialseed.core.events import Event
from socialseed.identity.replans import replan
from socialseed.policy.pacing import LONG_PAUSE
from socialseed.runtime.steps import reach
from socialseed.runtime.tx import Tx

SCOPES = ("workspace", "platform", "account")
MAX_REASON = 500


@dataclass(frozen=True, slots=True)
class ActiveStop:
    """A stop that holds now."""

    id: UUID
    scope: str
    scope_id: str | None
    reason: str
    created_at: datetime
    created_by: str


_LOCK = text("SELECT pg_advisory_xact_lock(:key)")
_SET = text(
    "INSERT INTO stops (id, workspace_id, scope, scope_id, reason, created_by, created_at)"
    " VALUES (:id, :workspace, :scope, :scope_id, :reason, :by, :now)"
    " ON CONFLICT (workspace_id, scope, scope_id) WHERE lifted_at IS NULL DO NOTHING RETURNING id"
)
_ACTIVE = text(
    "SELECT id, scope, nullif(scope_id, '') AS scope_id, reason, created_at, created_by FROM stops"
    " WHERE workspace_id = :workspace AND lifted_at IS NULL ORDER BY created_at, id"
)
_LIFT = text(
    "UPDATE stops SET lifted_at = :now, lifted_by = :by WHERE workspace_id = :workspace"
    " AND lifted_at IS NULL AND (CAST(:id AS uuid) IS NULL OR id = :id)"
    " RETURNING id, scope, scope_id, created_at"
)
# Whoever was still for days begins again gently.
_RESUMED = text(
    "UPDATE social_accounts SET resumed_at = :now, updated_at = :now WHERE is_active"
    " AND workspace_id = :workspace AND (:scope = 'workspace'"
    " OR (:scope = 'platform' AND platform = :scope_id)"
    " OR (:scope = 'account' AND id::text = :scope_id))"
)
_WAKE = text(
    "UPDATE lanes SET next_due = LEAST(next_due, :now)"
    " WHERE workspace_id = :workspace AND next_due IS NOT NULL"
)
_ACCOUNT = text("SELECT username FROM social_accounts WHERE id = :id")


def stop_key(workspace_id: UUID) -> int:
    """The advisory lock that senders share and a stop takes alone."""
    digest = hashlib.sha256(b"socialseed.stop" + workspace_id.bytes).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


async def set_stop(tx: Tx, scope: str, scope_id: str | None, reason: str) -> ActiveStop:
    """Nothing in the scope starts once this transaction has committed; what runs, ends.

    Setting a stop that already holds changes nothing. Raises INVALID, or not_found for an account.
    """
    what, scope_id = await _scope(tx, scope, scope_id)
    # Alone: every sender that read the flags before has committed, every later one sees the row.
    await tx.session.execute(_LOCK, {"key": stop_key(tx.tenant)})
    made = await tx.session.scalar(
        _SET,
        {
            "id": tx.new_id(),
            "workspace": tx.tenant,
            "scope": scope,
            "scope_id": scope_id or "",
            "reason": reason[:MAX_REASON],
            "by": tx.actor.name,
            "now": tx.now,
        },
    )
    if made is not None:
        sentence = f"{tx.actor.name} stopped {what}: {reason[:MAX_REASON]}"
        tx.emit(
            Event(
                "stop.set",
                sentence,
                UUID(scope_id) if scope == "account" and scope_id else None,
                data={"stop_id": str(made), "scope": scope, "scope_id": scope_id},
            )
        )
    reach("stop.before_commit")
    for stop in await active(tx):
        if stop.scope == scope and (stop.scope_id or "") == (scope_id or ""):
            return stop
    raise conflict("try_again", "The stop was lifted at the same moment. Set it again.")


async def lift(tx: Tx, stop_id: UUID | None) -> None:
    """The stop, or every stop when None, no longer holds; what was due gets new slots.

    Raises not_found for a stop that does not hold.
    """
    bound = {"workspace": tx.tenant, "id": stop_id, "now": tx.now, "by": tx.actor.name}
    lifted = (await tx.session.execute(_LIFT, bound)).all()
    if stop_id is not None and not lifted:
        raise not_found("stop")
    if not lifted:
        return
    await tx.session.execute(_WAKE, {"workspace": tx.tenant, "now": tx.now})
    for row in lifted:
        account_id = UUID(row.scope_id) if row.scope == "account" else None
        if tx.now - row.created_at >= LONG_PAUSE:
            scope = {"scope": row.scope, "scope_id": row.scope_id}
            bound = {"now": tx.now, "workspace": tx.tenant, **scope}
            await tx.session.execute(_RESUMED, bound)
        await replan(tx, "a stop was lifted.", account_id)
        what = "everything" if row.scope == "workspace" else f"the {row.scope} {row.scope_id}"
        tx.emit(
            Event(
                "stop.lifted",
                f"{tx.actor.name} lifted the stop of {what}.",
                account_id,
                data={"stop_id": str(row.id), "scope": row.scope, "scope_id": row.scope_id or None},
            )
        )


async def active(tx: Tx) -> list[ActiveStop]:
    """The stops that hold in this workspace, oldest first."""
    rows = (await tx.session.execute(_ACTIVE, {"workspace": tx.tenant})).all()
    return [ActiveStop(*row) for row in rows]


async def _scope(tx: Tx, scope: str, scope_id: str | None) -> tuple[str, str | None]:
    if scope == "workspace" and not scope_id:
        return "everything", None
    if scope == "platform" and scope_id:
        tx.connectors.get(scope_id, "/id")
        return f"everything on {scope_id}", scope_id
    if scope == "account" and scope_id:
        try:
            account_id = UUID(scope_id)
        except ValueError:
            raise not_found("account") from None
        name = await tx.session.scalar(_ACCOUNT, {"id": account_id})
        if name is None:
            raise not_found("account")
        return f"@{name}", str(account_id)
    raise invalid("bad_scope", "Use workspace, or platform or account with its id.", "/scope")
