"""What identity reads. Users and workspaces have no row-level security: a query scopes itself."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from socialseed.core.errors import not_found
from socialseed.identity.tokens import fingerprint, unauthenticated
from socialseed.runtime.actor import Actor
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx

_SEEN_EVERY = timedelta(minutes=1)

_ROLE = text(
    "SELECT m.role FROM sessions s"
    " JOIN memberships m ON m.workspace_id = s.workspace_id AND m.user_id = s.user_id"
    " WHERE s.id = :session AND s.user_id = :user AND s.workspace_id = :workspace"
    " AND s.revoked_at IS NULL AND s.expires_at > :now"
)
_MACHINE = text(
    "SELECT id, workspace_id, name, last_used_at FROM api_keys"
    " WHERE key_hash = :hash AND revoked_at IS NULL"
)
_USED = text("UPDATE api_keys SET last_used_at = :now WHERE id = :id")


async def role_in_session(tx: Tx) -> str | None:
    """The caller's role in the workspace, None when session or membership has ended."""
    role: str | None = await tx.session.scalar(
        _ROLE,
        {
            "session": tx.actor.session_id,
            "user": tx.actor.id,
            "workspace": tx.tenant,
            "now": tx.now,
        },
    )
    return role


async def role_of(tx: Tx, user_id: UUID) -> str | None:
    """The role of `user_id` in this workspace, None for a stranger."""
    role: str | None = await tx.session.scalar(
        text("SELECT role FROM memberships WHERE workspace_id = :workspace AND user_id = :user"),
        {"workspace": tx.tenant, "user": user_id},
    )
    return role


async def machine(runtime: Runtime, key: str) -> tuple[UUID, Actor]:
    """Workspace and actor of an API key; its use is noted once a minute. Raises UNAUTHENTICATED."""
    async with runtime.begin(None) as tx:
        row = (await tx.session.execute(_MACHINE, {"hash": fingerprint(key)})).one_or_none()
        if row is None:
            raise unauthenticated("This API key is unknown or was revoked.")
        if row.last_used_at is None or row.last_used_at <= tx.now - _SEEN_EVERY:
            await tx.session.execute(_USED, {"now": tx.now, "id": row.id})
    return row.workspace_id, Actor("api_key", row.id, row.name)


async def machine_is_valid(tx: Tx, actor: Actor) -> bool:
    """Whether the API key behind `actor` was not revoked."""
    found = await tx.session.scalar(
        text("SELECT 1 FROM api_keys WHERE id = :id AND revoked_at IS NULL"), {"id": actor.id}
    )
    return found is not None


@dataclass(frozen=True, slots=True)
class WorkspaceSettings:
    """How this workspace decides."""

    no_self_approval: bool = False  # who proposed may not approve
    approval_ttl_hours: int = 72  # a proposal that waits longer expires


_PROFILE = text(
    "SELECT u.id, u.email, u.display_name, u.created_at,"
    " jsonb_build_object('single_key_shortcuts', true, 'theme', 'system', 'reduced_motion', false)"
    "   || u.settings AS settings,"
    " jsonb_build_object('id', w.id, 'name', w.name, 'role', mine.role, 'settings',"
    "   jsonb_build_object('no_self_approval', false, 'approval_ttl_hours', 72) || w.settings"
    " ) AS workspace,"
    " (SELECT jsonb_agg(jsonb_build_object('id', o.id, 'name', o.name, 'role', m.role)"
    "    ORDER BY m.joined_at, o.id)"
    "  FROM memberships m JOIN workspaces o ON o.id = m.workspace_id WHERE m.user_id = u.id"
    " ) AS workspaces"
    " FROM users u JOIN memberships mine ON mine.user_id = u.id"
    " JOIN workspaces w ON w.id = mine.workspace_id"
    " WHERE u.id = :user AND w.id = :workspace"
)
# The workspace of the newest sign-in, else the one joined last: who was invited lands with them.
_HOME = text(
    "SELECT m.workspace_id FROM memberships m JOIN workspaces w ON w.id = m.workspace_id"
    " LEFT JOIN LATERAL (SELECT max(s.created_at) AS at FROM sessions s"
    "   WHERE s.user_id = m.user_id AND s.workspace_id = m.workspace_id) last ON true"
    " WHERE m.user_id = :user AND (CAST(:wanted AS uuid) IS NULL OR m.workspace_id = :wanted)"
    " ORDER BY last.at DESC NULLS LAST, m.joined_at DESC, w.created_at LIMIT 1"
)


async def workspace_settings(tx: Tx) -> WorkspaceSettings:
    """The workspace's settings, with defaults where none were chosen."""
    stored = await tx.session.scalar(
        text("SELECT settings FROM workspaces WHERE id = :id"), {"id": tx.tenant}
    )
    chosen = stored or {}
    return WorkspaceSettings(
        no_self_approval=bool(chosen.get("no_self_approval", False)),
        approval_ttl_hours=int(chosen.get("approval_ttl_hours", 72)),
    )


async def consent(tx: Tx, kind: str) -> bool | None:
    """The workspace's consent for one kind of automation; None while nobody has decided."""
    granted: bool | None = await tx.session.scalar(
        text("SELECT granted FROM consents WHERE workspace_id = :workspace AND kind = :kind"),
        {"workspace": tx.tenant, "kind": kind},
    )
    return granted


async def profile(tx: Tx, user_id: UUID, workspace_id: UUID) -> dict[str, object]:
    """The user as they see themselves in this workspace. `tx` must see every workspace."""
    found = await tx.session.execute(_PROFILE, {"user": user_id, "workspace": workspace_id})
    row = found.mappings().one_or_none()
    if row is None:
        raise not_found("user")
    return dict(row)


async def home_of(tx: Tx, user_id: UUID, wanted: UUID | None = None) -> UUID | None:
    """Where a sign-in lands. `tx` must see every workspace. None when not a member (any more)."""
    home: UUID | None = await tx.session.scalar(_HOME, {"user": user_id, "wanted": wanted})
    return home
