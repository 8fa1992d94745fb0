"""HTTP of users, API keys and members; `router` carries the sign-in routes too."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from socialseed.core.errors import invalid
from socialseed.identity import (
    endpoints_auth,
    endpoints_policy,
    keys,
    lists,
    members,
    queries,
    service,
)
from socialseed.identity.access import Caller, allow, permit
from socialseed.identity.schemas import (
    ApiKeyIn,
    ApiKeyPage,
    Cursor,
    InvitationPage,
    Limit,
    MemberIn,
    MemberOut,
    MemberPage,
    NewApiKeyOut,
    ProfileIn,
    ProfileOut,
    RoleIn,
    SettingsIn,
    email_of,
)
from socialseed.runtime.tx import Tx

router = APIRouter()
router.include_router(endpoints_auth.router)
router.include_router(endpoints_policy.router)
users = APIRouter(prefix="/users", tags=["users"])

KeyKeeper = Annotated[Tx, allow("keys:write")]
MemberKeeper = Annotated[Tx, allow("members:write")]


async def _profile(caller: Caller) -> dict[str, object]:
    assert caller.actor.id is not None
    async with caller.runtime.begin(None) as tx:
        return await queries.profile(tx, caller.actor.id, caller.workspace)


@users.get("/profile", response_model=ProfileOut)
async def get_profile(caller: Annotated[Caller, permit("self:read")]) -> dict[str, object]:
    """Who the caller is, in which workspace, and where else they belong."""
    return await _profile(caller)


@users.put("/profile", response_model=ProfileOut)
async def put_profile(
    caller: Annotated[Caller, permit("self:write")], body: ProfileIn
) -> dict[str, object]:
    """Changes the name that others see."""
    async with caller.begin() as tx:
        await service.rename(tx, body.display_name)
    return await _profile(caller)


@users.put("/settings", response_model=ProfileOut)
async def put_settings(
    caller: Annotated[Caller, permit("self:write")], body: SettingsIn
) -> dict[str, object]:
    """Changes the given settings only. The workspace's need an admin."""
    given = body.model_dump(exclude_none=True)
    workspace = given.pop("workspace", {})
    async with caller.begin() as tx:
        await service.change_settings(tx, given, workspace)
    return await _profile(caller)


@users.get("/api-keys", response_model=ApiKeyPage)
async def list_keys(tx: KeyKeeper, limit: Limit = 50, cursor: Cursor = None) -> dict[str, object]:
    """The workspace's API keys, by name and prefix."""
    return await lists.api_keys(tx, limit, cursor)


@users.post("/api-keys", status_code=201, response_model=NewApiKeyOut)
async def create_key(tx: KeyKeeper, body: ApiKeyIn) -> dict[str, object]:
    """Makes a key that may propose and read. The key itself is in this answer only."""
    return await keys.create(tx, body.name)


@users.delete("/api-keys/{key_id}", status_code=204)
async def revoke_key(tx: KeyKeeper, key_id: UUID) -> None:
    """Revokes a key at once."""
    await keys.revoke(tx, key_id)


@users.get("/members", response_model=MemberPage)
async def list_members(
    tx: MemberKeeper, limit: Limit = 50, cursor: Cursor = None
) -> dict[str, object]:
    """Who belongs to the workspace."""
    return await lists.members(tx, limit, cursor)


@users.post("/members", status_code=201, response_model=MemberOut)
async def add_member(tx: MemberKeeper, body: MemberIn) -> dict[str, object]:
    """Adds a registered person, or invites an address that joins when it registers."""
    return await members.add(tx, body.email, body.role)


@users.put("/members/{user_id}", response_model=MemberOut)
async def put_member(tx: MemberKeeper, user_id: UUID, body: RoleIn) -> dict[str, object]:
    """Changes a member's role from their next request on."""
    await members.change_role(tx, user_id, body.role)
    return await lists.member(tx, user_id)


@users.delete("/members/{user_id}", status_code=204)
async def remove_member(tx: MemberKeeper, user_id: UUID) -> None:
    """Removes a member with their sessions and API keys of this workspace."""
    await members.remove(tx, user_id)


@users.get("/invitations", response_model=InvitationPage)
async def list_invitations(
    tx: MemberKeeper, limit: Limit = 50, cursor: Cursor = None
) -> dict[str, object]:
    """Addresses that were invited and have not registered yet."""
    return await lists.invitations(tx, limit, cursor)


@users.delete("/invitations/{email}", status_code=204)
async def withdraw_invitation(tx: MemberKeeper, email: str) -> None:
    """Withdraws an invitation."""
    try:
        address = email_of(email)
    except ValueError as error:
        raise invalid("bad_email", str(error), "/email") from error
    await members.withdraw(tx, address)


router.include_router(users)
