"""Users and their workspaces: made, named, set up. Signing in is in `signin`."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from socialseed.core.errors import AppError, conflict
from socialseed.core.events import Event
from socialseed.identity import members, passwords
from socialseed.identity.roles import require
from socialseed.runtime.actor import Actor
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx


@dataclass(frozen=True, slots=True)
class NewUser:
    """Somebody who registers. `email` is lower case already (schemas.email_of)."""

    email: str
    password: str
    display_name: str | None = None
    workspace_name: str | None = None

    @property
    def shown_as(self) -> str:
        """The chosen name, else the email's first part."""
        return self.display_name or self.email.partition("@")[0]


@dataclass(frozen=True, slots=True)
class Ids:
    """A user and the workspace they own."""

    user_id: UUID
    workspace_id: UUID


async def sign_up(runtime: Runtime, user: NewUser) -> Ids:
    """A user who owns a new workspace and has joined those that invited the address.

    Raises INVALID `weak_password`, CONFLICT `email_taken`, LIMITED `busy`.
    """
    with passwords.place_in_pool():
        await passwords.refuse_weak(
            user.password, [user.email, user.shown_as, user.workspace_name or ""]
        )
        async with runtime.begin(None, key=user.email) as tx:
            if await _is_taken(tx, user.email):
                raise _taken()
            ids = Ids(tx.new_id(), tx.new_id())
        password_hash = await passwords.hashed(user.password)
    actor = Actor("user", ids.user_id, user.shown_as, "owner")
    try:
        async with runtime.begin(ids.workspace_id, actor) as tx:
            await make_workspace(tx, runtime, ids, user, password_hash)
    except IntegrityError as error:  # the same address, at the same moment
        raise _taken() from error
    await members.accept_invitations(runtime, actor, user.email)
    return ids


def _taken() -> AppError:
    return conflict("email_taken", "This address is registered. Sign in instead.")


async def _is_taken(tx: Tx, email: str) -> bool:
    found = await tx.session.scalar(
        text("SELECT 1 FROM users WHERE email = :email"), {"email": email}
    )
    return found is not None


async def make_workspace(
    tx: Tx, runtime: Runtime, ids: Ids, user: NewUser, password_hash: str
) -> None:
    """User, workspace with a data key of its own, and owner membership, under the given ids.

    `tx` must be of the new workspace and its actor the new user. A known address raises
    IntegrityError.
    """
    await tx.session.execute(
        text(
            "INSERT INTO users (id, email, password_hash, display_name, created_at)"
            " VALUES (:id, :email, :hash, :name, :now)"
        ),
        {
            "id": ids.user_id,
            "email": user.email,
            "hash": password_hash,
            "name": user.shown_as,
            "now": tx.now,
        },
    )
    name = user.workspace_name or f"{user.shown_as}’s workspace"
    await members.open_workspace(tx, runtime, name)
    tx.emit(
        Event(
            "user.registered",
            f"{user.shown_as} registered and opened {name}.",
            data={"user_id": str(ids.user_id)},
        )
    )


async def rename(tx: Tx, name: str) -> None:
    """The caller is shown as `name`; in events from the next sign-in or refresh on."""
    await tx.session.execute(
        text("UPDATE users SET display_name = :name WHERE id = :id"),
        {"name": name, "id": tx.actor.id},
    )


async def change_settings(
    tx: Tx, mine: Mapping[str, object], workspace: Mapping[str, object]
) -> None:
    """The given settings have the given values, the others stay.

    `workspace` may hold `name`. Raises FORBIDDEN when the role may not change the workspace.
    """
    if mine:
        await tx.session.execute(
            text("UPDATE users SET settings = settings || CAST(:new AS jsonb) WHERE id = :id"),
            {"new": orjson.dumps(dict(mine)).decode(), "id": tx.actor.id},
        )
    if not workspace:
        return
    require(tx.actor, "workspace:write")
    chosen = {key: value for key, value in workspace.items() if key != "name"}
    await tx.session.execute(
        text(
            "UPDATE workspaces SET name = coalesce(CAST(:name AS text), name),"
            " settings = settings || CAST(:new AS jsonb) WHERE id = :id"
        ),
        {
            "name": workspace.get("name"),
            "new": orjson.dumps(chosen).decode(),
            "id": tx.tenant,
        },
    )
