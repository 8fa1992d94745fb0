"""HTTP of signing in and out. Register, login, refresh and logout are public; the rest is not."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response

from socialseed.core.errors import AppError, Kind
from socialseed.identity import cookies, lists, queries, service, sessions, signin
from socialseed.identity.access import Caller, permit
from socialseed.identity.schemas import (
    Cursor,
    Limit,
    LoginIn,
    ProfileOut,
    RegisterIn,
    SessionPage,
    SwitchIn,
    TokenOut,
    email_of,
)
from socialseed.identity.sessions import Opened
from socialseed.identity.tokens import ACCESS_LIFETIME, issue_access, unauthenticated
from socialseed.runtime.runtime import Runtime
from socialseed.web.context import runtime_of

router = APIRouter(prefix="/auth", tags=["auth"])

REGISTRATIONS = 60  # per address and minute: hashing is bounded, this bounds the rows
Myself = Annotated[Caller, permit("self:write")]


def address_of(request: Request) -> str:
    """The peer's address. Forwarded headers are for the server in front to resolve, not for us."""
    return request.client.host if request.client else "unknown"


def _tokens(response: Response, runtime: Runtime, opened: Opened) -> TokenOut:
    access = issue_access(runtime, opened.claims, runtime.clock.now())
    cookies.give(
        response,
        runtime.settings,
        access=access,
        refresh=opened.refresh,
        refresh_seconds=int(sessions.REFRESH_LIFETIME.total_seconds()),
    )
    response.headers["cache-control"] = "no-store"
    return TokenOut(access_token=access, expires_in=int(ACCESS_LIFETIME.total_seconds()))


async def _refuse_flood(request: Request, runtime: Runtime) -> None:
    allowance = await runtime.limiter.take(
        f"register:{address_of(request)}",
        limit=REGISTRATIONS,
        window=timedelta(minutes=1),
        now=runtime.clock.now(),
    )
    if not allowance.allowed:
        raise AppError(
            Kind.LIMITED,
            "throttled",
            "Too many registrations from this address. Wait a minute.",
            retry_after=allowance.retry_after,
        )


def _login_name(email: str) -> str:
    try:
        return email_of(email)
    except ValueError:
        return email.strip().lower()


@router.post("/register", status_code=201, response_model=ProfileOut)
async def register(request: Request, body: RegisterIn) -> dict[str, object]:
    """Makes a user with a workspace of their own. Does not sign in."""
    runtime = runtime_of(request)
    cookies.refuse_foreign_page(request, runtime.settings)
    await _refuse_flood(request, runtime)
    user = service.NewUser(body.email, body.password, body.display_name, body.workspace_name)
    ids = await service.sign_up(runtime, user)
    async with runtime.begin(None) as tx:
        return await queries.profile(tx, ids.user_id, ids.workspace_id)


@router.post("/login")
async def login(request: Request, response: Response, body: LoginIn) -> TokenOut:
    """Gives an access token for ten minutes, and both cookies."""
    runtime = runtime_of(request)
    cookies.refuse_foreign_page(request, runtime.settings)
    agent = request.headers.get("user-agent", "")
    attempt = signin.Attempt(_login_name(body.email), body.password, address_of(request), agent)
    return _tokens(response, runtime, await signin.sign_in(runtime, attempt))


@router.post("/refresh")
async def refresh(request: Request, response: Response) -> TokenOut:
    """Changes the refresh cookie for a new pair. Parallel calls get the same pair's successor."""
    runtime = runtime_of(request)
    token = request.cookies.get(cookies.refresh_name(runtime.settings))
    if not token:
        raise unauthenticated("There is no session to continue. Sign in.")
    cookies.refuse_cross_site(request, runtime.settings)
    opened = await sessions.refresh(runtime, token)
    if opened is None:
        raise unauthenticated("This session has ended. Sign in again.")
    return _tokens(response, runtime, opened)


@router.post("/logout", status_code=204)
async def logout(request: Request, response: Response) -> None:
    """Ends the session of the cookie, else of the access token. Repeating it is no error."""
    runtime = runtime_of(request)
    token = request.cookies.get(cookies.refresh_name(runtime.settings))
    if token:
        cookies.refuse_cross_site(request, runtime.settings)
        await sessions.end_by_token(runtime, token)
    else:
        await sessions.end_by_access(runtime, request.headers.get("authorization", ""))
    cookies.take_back(response, runtime.settings)


@router.get("/sessions", response_model=SessionPage)
async def list_sessions(
    caller: Annotated[Caller, permit("self:read")], limit: Limit = 50, cursor: Cursor = None
) -> dict[str, object]:
    """The caller's living sessions in all workspaces, newest use first."""
    me = caller.actor
    assert me.id is not None
    async with caller.runtime.begin(None) as tx:
        return await lists.sessions(tx, me.id, me.session_id, limit, cursor)


@router.delete("/sessions/{session_id}", status_code=204)
async def end_session(caller: Myself, session_id: UUID) -> None:
    """Ends one of the caller's sessions; its next request is refused."""
    await sessions.end_own(caller.runtime, caller.actor, session_id)


@router.post("/workspace")
async def switch_workspace(
    request: Request, response: Response, caller: Myself, body: SwitchIn
) -> TokenOut:
    """Continues in another workspace of the caller: a new session, the present one ends."""
    agent = request.headers.get("user-agent", "")
    opened = await signin.switch(caller.runtime, caller.actor, body.workspace_id, agent)
    return _tokens(response, caller.runtime, opened)
