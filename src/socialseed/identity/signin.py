"""Signing in, in three beats: may they try, does the password match, then the session."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from socialseed.core.errors import AppError, Kind, not_found
from socialseed.core.events import Event
from socialseed.identity import members, passwords, queries, sessions, throttle
from socialseed.identity.sessions import Opened
from socialseed.runtime.actor import Actor
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx

_USER = text("SELECT id, display_name, password_hash FROM users WHERE email = :email")


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody who says who they are."""

    email: str
    password: str
    address: str
    user_agent: str


@dataclass(frozen=True, slots=True)
class _Known:
    id: UUID
    name: str


async def sign_in(runtime: Runtime, attempt: Attempt) -> Opened:
    """A new session. Unknown users cost the same time and get the same answer.

    Raises UNAUTHENTICATED `bad_credentials`, LIMITED `throttled` or `busy`.
    """
    user = await _verified(runtime, attempt)
    if user is None:
        raise AppError(
            Kind.UNAUTHENTICATED, "bad_credentials", "Email and password do not match an account."
        )
    actor = Actor("user", user.id, user.name)
    await members.accept_invitations(runtime, actor, attempt.email)
    async with runtime.begin(None) as tx:
        home = await queries.home_of(tx, user.id)
    if home is None:
        home = await members.give_workspace(runtime, actor)
    return await _open(runtime, actor, home, attempt.user_agent)


async def _verified(runtime: Runtime, attempt: Attempt) -> _Known | None:
    keys = throttle.keys_of(runtime, attempt.email, attempt.address)
    with passwords.place_in_pool():
        async with runtime.begin(None) as tx:
            await throttle.refuse_blocked(tx, keys)
            row = (await tx.session.execute(_USER, {"email": attempt.email})).one_or_none()
        good = await passwords.matches(row.password_hash if row else None, attempt.password)
    async with runtime.begin(None) as tx:
        if row is None or not good:
            await throttle.count_failure(tx, keys)
            return None
        await throttle.forgive(tx, keys)
    return _Known(row.id, row.display_name)


async def _open(runtime: Runtime, actor: Actor, workspace: UUID, user_agent: str) -> Opened:
    assert actor.id is not None
    async with runtime.begin(workspace, actor) as tx:
        opened = await sessions.open_session(tx, actor.id, actor.name, user_agent[:300])
        tx.emit(
            Event(
                "user.signed_in",
                f"{actor.name} signed in.",
                data={"user_id": str(actor.id), "session_id": str(opened.claims.session_id)},
            )
        )
    return opened


async def check_password(runtime: Runtime, actor: Actor, password: str, address: str) -> None:
    """Returns when `password` is the caller's. Raises FORBIDDEN `wrong_password`, LIMITED.

    Failures count as failed sign-ins.
    """
    async with runtime.begin(None) as tx:
        email = await _email_of(tx, actor)
    if await _verified(runtime, Attempt(email, password, address, "")) is None:
        raise AppError(Kind.FORBIDDEN, "wrong_password", "The password is not right.")


async def _email_of(tx: Tx, actor: Actor) -> str:
    email: str | None = await tx.session.scalar(
        text("SELECT email FROM users WHERE id = :id"), {"id": actor.id}
    )
    if email is None:
        raise not_found("user")
    return email


async def switch(runtime: Runtime, actor: Actor, workspace: UUID, user_agent: str) -> Opened:
    """A session of the same person in another of their workspaces; the present one has ended.

    Raises NOT_FOUND for a workspace that is not theirs.
    """
    assert actor.id is not None
    async with runtime.begin(None) as tx:
        home = await queries.home_of(tx, actor.id, workspace)
    if home is None:
        raise not_found("workspace")
    opened = await _open(runtime, actor, home, user_agent)
    if actor.session_id is not None:
        await sessions.end_own(runtime, actor, actor.session_id)
    return opened
