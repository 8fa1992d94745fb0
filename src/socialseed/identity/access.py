"""Who calls and whether they may: `allow` and `permit` are a route's whole security posture.

A caller is an access token or an API key in `Authorization: Bearer`, or the access cookie. When a
header is sent the cookie is ignored, so that a request has one identity. A route without either
dependency is public.
"""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from typing import Annotated, cast
from uuid import UUID

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from socialseed.identity import cookies, queries
from socialseed.identity.roles import known, may, require
from socialseed.identity.tokens import API_KEY_PREFIX, read_access, unauthenticated
from socialseed.runtime.actor import Actor
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx
from socialseed.web.context import runtime_of

# Only for the OpenAPI document and the parsing of the header; absence is decided below.
_BEARER = HTTPBearer(auto_error=False, description="An access token or an API key `ssk_…`.")
Header = Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]


@dataclass(frozen=True, slots=True)
class Caller:
    """An allowed caller without an open transaction, for work with beats outside of one."""

    runtime: Runtime
    actor: Actor
    workspace: UUID

    def begin(self) -> AbstractAsyncContextManager[Tx]:
        """A transaction of the caller's workspace in the caller's name."""
        return self.runtime.begin(self.workspace, self.actor)


async def _identify(
    request: Request, runtime: Runtime, header: HTTPAuthorizationCredentials | None
) -> tuple[UUID, Actor]:
    if header is not None:
        token = header.credentials
        if token.startswith(API_KEY_PREFIX):
            return await queries.machine(runtime, token)
    elif "authorization" in request.headers:
        raise unauthenticated("Send Authorization: Bearer with an access token or an API key.")
    else:
        token = request.cookies.get(cookies.access_name(runtime.settings), "")
        if not token:
            raise unauthenticated()
        cookies.refuse_cross_site(request, runtime.settings)
    claims = read_access(runtime, token)
    actor = Actor("user", claims.user_id, claims.name, None, claims.session_id)
    return claims.workspace_id, actor


async def _admit(tx: Tx, permission: str) -> Tx:
    # In the request's own transaction: a revoked session or a changed role counts at once.
    actor = tx.actor
    if actor.is_person:
        role = await queries.role_in_session(tx)
        if role is None:
            raise unauthenticated("This session has ended. Sign in again.")
        actor = replace(actor, role=role)
    require(actor, permission)
    return replace(tx, actor=actor)


@dataclass(frozen=True, slots=True)
class _Allow:
    permission: str

    async def __call__(self, request: Request, header: Header) -> AsyncIterator[Tx]:
        runtime = runtime_of(request)
        workspace, actor = await _identify(request, runtime, header)
        async with runtime.begin(workspace, actor) as tx:
            yield await _admit(tx, self.permission)


@dataclass(frozen=True, slots=True)
class _Permit:
    permission: str

    async def __call__(self, request: Request, header: Header) -> Caller:
        runtime = runtime_of(request)
        workspace, actor = await _identify(request, runtime, header)
        async with runtime.begin(workspace, actor) as tx:
            admitted = await _admit(tx, self.permission)
        return Caller(runtime, admitted.actor, workspace)


def _checked(permission: str) -> str:
    if not known(permission):
        raise ValueError(f"No role has {permission!r}: see identity/roles.py.")
    return permission


def allow(permission: str) -> object:
    """Gives the route a Tx of the caller's workspace, committed before the response is sent.

    `tx: Annotated[Tx, allow("actions:approve")]`. Raises UNAUTHENTICATED or FORBIDDEN. A raised
    error rolls the transaction back. Raises ValueError at import for an unknown permission.
    """
    return cast(object, Depends(_Allow(_checked(permission)), scope="function"))


def permit(permission: str) -> object:
    """Gives the route a Caller and no open transaction. Refuses as `allow` does."""
    return cast(object, Depends(_Permit(_checked(permission)), scope="function"))


async def still_admitted(caller: Caller, permission: str) -> bool:
    """Whether the session of a long-lived stream is still alive and its role still suffices."""
    if not caller.actor.is_person:
        async with caller.runtime.begin(None) as tx:
            return await queries.machine_is_valid(tx, caller.actor)
    async with caller.begin() as tx:
        role = await queries.role_in_session(tx)
    return role is not None and may(replace(caller.actor, role=role), permission)
