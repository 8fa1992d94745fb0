"""Who belongs to a workspace, in which role, and who is invited. A workspace keeps an owner."""

from uuid import UUID

from sqlalchemy import text

from socialseed.core.errors import conflict, forbidden, not_found
from socialseed.core.events import Event
from socialseed.identity import sessions
from socialseed.runtime.actor import Actor
from socialseed.runtime.keyring import new_wrapped_key
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx

_JOIN = text(
    "INSERT INTO memberships (workspace_id, user_id, role, joined_at)"
    " VALUES (:workspace, :user, :role, :now) ON CONFLICT DO NOTHING RETURNING 1"
)
# Locks the owners in one order: two owners who remove each other cannot both succeed.
_OWNERS = text(
    "SELECT user_id FROM memberships WHERE workspace_id = :workspace AND role = 'owner'"
    " ORDER BY user_id FOR UPDATE"
)


def _only_owners_handle_owners(tx: Tx, *roles: str) -> None:
    if "owner" in roles and tx.actor.role != "owner":
        raise forbidden("forbidden", "Only an owner may add, change or remove an owner.")


async def add(tx: Tx, email: str, role: str) -> dict[str, object]:
    """The person with this address has this role: at once, or when they register.

    Raises CONFLICT `already_member`, FORBIDDEN when an admin would make an owner.
    """
    _only_owners_handle_owners(tx, role)
    user = (
        await tx.session.execute(
            text("SELECT id, display_name FROM users WHERE email = :email"), {"email": email}
        )
    ).one_or_none()
    if user is None:
        await _invite(tx, email, role)
        return {
            "user_id": None,
            "email": email,
            "display_name": email.partition("@")[0],
            "role": role,
            "joined_at": None,
        }
    await _join(tx, user.id, user.display_name, role)
    return {
        "user_id": user.id,
        "email": email,
        "display_name": user.display_name,
        "role": role,
        "joined_at": tx.now,
    }


async def _invite(tx: Tx, email: str, role: str) -> None:
    await tx.session.execute(
        text(
            "INSERT INTO invitations (workspace_id, email, role, created_at)"
            " VALUES (:workspace, :email, :role, :now)"
            " ON CONFLICT (workspace_id, email) DO UPDATE SET role = excluded.role"
        ),
        {"workspace": tx.tenant, "email": email, "role": role, "now": tx.now},
    )
    tx.emit(
        Event(
            "member.invited",
            f"{tx.actor.name} invited somebody as {role}.",
            data={"role": role},
        )
    )


async def _join(tx: Tx, user_id: UUID, name: str, role: str) -> None:
    joined = await tx.session.scalar(
        _JOIN, {"workspace": tx.tenant, "user": user_id, "role": role, "now": tx.now}
    )
    if joined is None:
        raise conflict("already_member", f"{name} belongs to this workspace. Change the role.")
    tx.emit(
        Event(
            "member.added",
            f"{name} joined as {role}.",
            data={"user_id": str(user_id), "role": role},
        )
    )


async def withdraw(tx: Tx, email: str) -> None:
    """The invitation is gone. Raises NOT_FOUND."""
    gone = await tx.session.scalar(
        text(
            "DELETE FROM invitations WHERE workspace_id = :workspace AND email = :email RETURNING 1"
        ),
        {"workspace": tx.tenant, "email": email},
    )
    if gone is None:
        raise not_found("invitation")


async def accept_invitations(runtime: Runtime, actor: Actor, email: str) -> None:
    """The user has joined every workspace that invited `email`. Safe to repeat."""
    assert actor.id is not None
    async with runtime.begin(None) as tx:
        rows = await tx.session.scalars(
            text("SELECT workspace_id FROM invitations WHERE email = :email ORDER BY created_at"),
            {"email": email},
        )
        waiting = list(rows.all())
    for workspace_id in waiting:
        async with runtime.begin(workspace_id, actor) as tx:
            await _accept(tx, actor.id, actor.name, email)


async def _accept(tx: Tx, user_id: UUID, name: str, email: str) -> None:
    role = await tx.session.scalar(
        text(
            "DELETE FROM invitations WHERE workspace_id = :workspace AND email = :email"
            " RETURNING role"
        ),
        {"workspace": tx.tenant, "email": email},
    )
    if role is not None and not await _is_member(tx, user_id):
        await _join(tx, user_id, name, role)


async def _is_member(tx: Tx, user_id: UUID) -> bool:
    return await _role_for_update(tx, user_id) is not None


async def _role_for_update(tx: Tx, user_id: UUID) -> str | None:
    role: str | None = await tx.session.scalar(
        text(
            "SELECT role FROM memberships WHERE workspace_id = :workspace AND user_id = :user"
            " FOR UPDATE"
        ),
        {"workspace": tx.tenant, "user": user_id},
    )
    return role


async def _keep_an_owner(tx: Tx, without: UUID) -> None:
    owners = (await tx.session.scalars(_OWNERS, {"workspace": tx.tenant})).all()
    if list(owners) == [without]:
        raise conflict("last_owner", "Make somebody else an owner first.")


async def change_role(tx: Tx, user_id: UUID, role: str) -> None:
    """The member has `role` from their next request on. Raises NOT_FOUND, CONFLICT `last_owner`."""
    if role != "owner":
        await _keep_an_owner(tx, user_id)
    before = await _role_for_update(tx, user_id)
    if before is None:
        raise not_found("member")
    _only_owners_handle_owners(tx, before, role)
    await tx.session.execute(
        text(
            "UPDATE memberships SET role = :role"
            " WHERE workspace_id = :workspace AND user_id = :user"
        ),
        {"role": role, "workspace": tx.tenant, "user": user_id},
    )
    tx.emit(
        Event(
            "member.changed",
            f"{tx.actor.name} changed a member from {before} to {role}.",
            data={"user_id": str(user_id), "from": before, "to": role},
        )
    )


async def remove(tx: Tx, user_id: UUID) -> None:
    """The member is out: their sessions here are dead, their API keys revoked.

    Raises NOT_FOUND, CONFLICT `last_owner`.
    """
    await _keep_an_owner(tx, user_id)
    role = await _role_for_update(tx, user_id)
    if role is None:
        raise not_found("member")
    _only_owners_handle_owners(tx, role)
    keys = {"workspace": tx.tenant, "user": user_id, "now": tx.now}
    await tx.session.execute(
        text("DELETE FROM memberships WHERE workspace_id = :workspace AND user_id = :user"), keys
    )
    await tx.session.execute(
        text(
            "UPDATE api_keys SET revoked_at = :now"
            " WHERE workspace_id = :workspace AND created_by = :user AND revoked_at IS NULL"
        ),
        keys,
    )
    await sessions.end_all_in_workspace(tx, user_id, "member_removed")
    tx.emit(
        Event(
            "member.removed",
            f"{tx.actor.name} removed a member ({role}).",
            data={"user_id": str(user_id), "role": role},
        )
    )


async def give_workspace(runtime: Runtime, actor: Actor) -> UUID:
    """A new workspace for somebody who was removed from every other. Returns its id."""
    async with runtime.begin(None, key=str(actor.id)) as tx:
        workspace_id = tx.new_id()
    async with runtime.begin(workspace_id, actor) as tx:
        await open_workspace(tx, runtime, f"{actor.name}’s workspace")
    return workspace_id


async def open_workspace(tx: Tx, runtime: Runtime, name: str) -> None:
    """The transaction's workspace exists, with a data key of its own and the actor as its owner."""
    await tx.session.execute(
        text(
            "INSERT INTO workspaces (id, name, wrapped_key, created_at)"
            " VALUES (:id, :name, :key, :now)"
        ),
        {
            "id": tx.tenant,
            "name": name,
            "key": new_wrapped_key(runtime.master_key, tx.tenant),
            "now": tx.now,
        },
    )
    await tx.session.execute(
        _JOIN, {"workspace": tx.tenant, "user": tx.actor.id, "role": "owner", "now": tx.now}
    )
