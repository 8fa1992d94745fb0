"""HTTP of accounts, of connecting them, and of the platforms."""

from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from socialseed.accounts import connect, doctor, egress_endpoints, platforms, queries, service
from socialseed.accounts.platform_schemas import ChecksOut, PlatformsOut, SetupOut
from socialseed.accounts.schemas import (
    AccountChange,
    AccountDetailOut,
    AccountIn,
    AccountPage,
    ConnectIn,
    ConnectOut,
    HealthOut,
    Platform,
    PlatformLimitsOut,
    TestIn,
)
from socialseed.core.pagination import MAX_LIMIT
from socialseed.identity.access import Caller, allow, permit
from socialseed.identity.cookies import is_https
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx
from socialseed.web.context import runtime_of

router = APIRouter()
accounts = APIRouter(prefix="/accounts", tags=["accounts"])
platform_routes = APIRouter(prefix="/platforms", tags=["platforms"])

Reader = Annotated[Tx, allow("accounts:read")]
Writer = Annotated[Tx, allow("accounts:write")]
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT)]
CALLBACK_PATH = "/api/v1/accounts/callback"


@accounts.get("", response_model=AccountPage)
async def list_accounts(
    tx: Reader,
    platform: Platform | None = None,
    q: Annotated[str | None, Query(max_length=100)] = None,
    limit: Limit = 50,
    cursor: str | None = None,
) -> dict[str, object]:
    """The workspace's accounts, newest first."""
    tx.connectors.known(platform)
    return await queries.page(tx, platform, q, limit, cursor)


@accounts.post("", status_code=201, response_model=AccountDetailOut)
async def create_account(request: Request, tx: Writer, body: AccountIn) -> dict[str, object]:
    """Adds an account. It can propose at once and send when it is connected."""
    new = service.NewAccount(**body.model_dump())
    account_id = await service.create(tx, runtime_of(request), new)
    return await queries.detail(tx, account_id)


@accounts.post("/connect/{platform}", response_model=ConnectOut)
async def begin_connecting(
    caller: Annotated[Caller, permit("accounts:write")],
    platform: Platform,
    body: ConnectIn,
    response: Response,
) -> ConnectOut:
    """Where to send the browser, which holds the state in a cookie for ten minutes."""
    started = await connect.begin(caller, platform, body.account_id)
    _keep(response, caller.runtime, platform, started.state)
    return ConnectOut(authorize_url=started.authorize_url)


# Some portals take only addresses that end with a slash.
@accounts.get(
    "/callback/{platform}/",
    status_code=303,
    response_class=RedirectResponse,
    include_in_schema=False,
)
@accounts.get("/callback/{platform}", status_code=303, response_class=RedirectResponse)
async def finish_connecting(
    request: Request,
    platform: Platform,
    state: Annotated[str, Query(max_length=200)] = "",
    code: Annotated[str | None, Query(max_length=4000)] = None,
    error: Annotated[str | None, Query(max_length=200)] = None,
) -> RedirectResponse:
    """The platform sends the browser here. Leads to the account, connected or with the reason."""
    runtime_of(request).connectors.known(platform)
    kept = request.cookies.get(_cookie(platform), "")
    came = connect.Callback(platform, state, kept, code, error)
    done = await connect.finish(runtime_of(request), came)
    response = RedirectResponse(_page_of(done), status_code=303)
    response.delete_cookie(_cookie(platform), path=CALLBACK_PATH)
    return response


@accounts.get("/{account_id}", response_model=AccountDetailOut)
async def get_account(tx: Reader, account_id: UUID) -> dict[str, object]:
    """One account with its phase and limits."""
    return await queries.detail(tx, account_id)


@accounts.put("/{account_id}", response_model=AccountDetailOut)
async def change_account(
    request: Request, tx: Writer, account_id: UUID, body: AccountChange
) -> dict[str, object]:
    """Changes the fields that are given."""
    await service.update(tx, runtime_of(request), account_id, body)
    return await queries.detail(tx, account_id)


@accounts.delete("/{account_id}", status_code=204)
async def delete_account(
    caller: Annotated[Caller, permit("accounts:write")], account_id: UUID
) -> None:
    """Deletes the account with all that belonged to it and revokes its tokens."""
    await service.delete(caller.runtime, caller.workspace, caller.actor, account_id)


@accounts.get("/{account_id}/health", response_model=HealthOut)
async def get_health(tx: Reader, account_id: UUID) -> dict[str, object]:
    """The account's health, part by part, and its last thirty measured days."""
    return await queries.health(tx, account_id)


@accounts.get("/{account_id}/setup", response_model=SetupOut)
async def get_setup(tx: Reader, request: Request, account_id: UUID) -> dict[str, object]:
    """What of the account's setup works, what may be done now, what is missing, and what next."""
    return await doctor.report(tx, runtime_of(request), account_id)


@platform_routes.get("", response_model=PlatformsOut)
async def list_platforms(
    caller: Annotated[Caller, permit("platforms:read")],
) -> dict[str, object]:
    """What is possible on each platform, by whom it is said and since when."""
    return platforms.list_platforms(caller.runtime)


@platform_routes.get("/{platform}/limits", response_model=PlatformLimitsOut)
async def list_limits(
    tx: Annotated[Tx, allow("platforms:read")], platform: Platform
) -> dict[str, object]:
    """The limits of each phase, and who set each number."""
    tx.connectors.known(platform)
    return await platforms.list_limits(tx, platform)


@platform_routes.post("/{platform}/test", response_model=ChecksOut)
async def test_platform(
    caller: Annotated[Caller, permit("accounts:write")], platform: Platform, body: TestIn
) -> dict[str, object]:
    """Tries the app, the platform and perhaps one account, by reading only."""
    return await platforms.test(caller, platform, body.account_id)


router.include_router(accounts)
router.include_router(platform_routes)
router.include_router(egress_endpoints.router)


def _cookie(platform: str) -> str:
    return f"socialseed_connect_{platform}"


def _keep(response: Response, runtime: Runtime, platform: str, state: str) -> None:
    # Lax: the platform sends the browser back by a navigation from its own site.
    response.set_cookie(
        _cookie(platform),
        state,
        max_age=int(connect.STATE_LIFE.total_seconds()),
        path=CALLBACK_PATH,
        secure=is_https(runtime.settings),
        httponly=True,
        samesite="lax",
    )


def _page_of(done: connect.Finished) -> str:
    outcome = {"error": done.error} if done.error else {"connected": "1"}
    if done.account_id is None:
        return f"/accounts/?{urlencode(outcome)}"
    return f"/accounts/detail/?{urlencode({'id': str(done.account_id), **outcome})}"
