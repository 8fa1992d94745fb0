"""HTTP of ways out. Their logins are written here and shown nowhere."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from socialseed.accounts import egress_check, egress_queries, egress_service
from socialseed.accounts.egress_schemas import (
    EgressChange,
    EgressIn,
    EgressOut,
    EgressPage,
    PresetsOut,
)
from socialseed.core.pagination import MAX_LIMIT
from socialseed.identity.access import Caller, allow, permit
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx
from socialseed.web.context import runtime_of

router = APIRouter(prefix="/egress", tags=["egress"])


def _runtime(request: Request) -> Runtime:
    return runtime_of(request)


Reader = Annotated[Tx, allow("accounts:read")]
Writer = Annotated[Tx, allow("accounts:write")]
Product = Annotated[Runtime, Depends(_runtime)]
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT)]


@router.get("", response_model=EgressPage)
async def list_egresses(
    tx: Reader, limit: Limit = 50, cursor: str | None = None
) -> dict[str, object]:
    """The workspace's ways out, newest first."""
    return await egress_queries.page(tx, limit, cursor)


@router.post("", status_code=201, response_model=EgressOut)
async def create_egress(tx: Writer, runtime: Product, body: EgressIn) -> dict[str, object]:
    """Adds a way out. It is looked at soon."""
    egress_id = await egress_service.create(runtime, tx, body)
    return await egress_queries.detail(tx, egress_id)


@router.get("/presets", response_model=PresetsOut)
async def list_egress_presets(
    caller: Annotated[Caller, permit("accounts:read")],
) -> dict[str, object]:
    """The providers whose hosts and logins are known, with their sources."""
    return egress_queries.presets()


@router.get("/{egress_id}", response_model=EgressOut)
async def get_egress(tx: Reader, egress_id: UUID) -> dict[str, object]:
    """One way out, without its login."""
    return await egress_queries.detail(tx, egress_id)


@router.put("/{egress_id}", response_model=EgressOut)
async def change_egress(
    tx: Writer, runtime: Product, egress_id: UUID, body: EgressChange
) -> dict[str, object]:
    """Changes the fields that are given. It is looked at soon."""
    await egress_service.change(runtime, tx, egress_id, body)
    return await egress_queries.detail(tx, egress_id)


@router.delete("/{egress_id}", status_code=204)
async def delete_egress(tx: Writer, egress_id: UUID) -> None:
    """Deletes a way out that no account has."""
    await egress_service.delete(tx, egress_id)


@router.post("/{egress_id}/check", response_model=EgressOut)
async def check_egress(
    caller: Annotated[Caller, permit("accounts:write")], egress_id: UUID
) -> dict[str, object]:
    """Looks at it now: a request through the proxy, and a new session if only that one works."""
    await egress_check.check(caller.runtime, caller.workspace, egress_id)
    async with caller.begin() as tx:
        return await egress_queries.detail(tx, egress_id)
