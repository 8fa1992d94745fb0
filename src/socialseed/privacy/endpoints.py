"""HTTP of a person's rights: consents, export, deletion, erasure of third parties."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response

from socialseed.accounts.schemas import Platform
from socialseed.identity import consents, cookies
from socialseed.identity.access import Caller, allow, permit
from socialseed.identity.endpoints_auth import address_of
from socialseed.privacy import deletion, export, people
from socialseed.privacy.schemas import ConsentsIn, ConsentsOut, DeleteMeIn, ExportOut
from socialseed.runtime.tx import Tx

router = APIRouter(prefix="/privacy", tags=["privacy"])

Handle = Annotated[str, Path(min_length=1, max_length=100, pattern=r"^@?[\w.\-]+$")]
Exporter = Annotated[Tx, allow("privacy:export")]


@router.get("/consents", response_model=ConsentsOut)
async def get_consents(tx: Annotated[Tx, allow("privacy:read")]) -> dict[str, object]:
    """What the workspace has consented to, kind by kind."""
    return {"items": await consents.list_all(tx)}


@router.put("/consents", response_model=ConsentsOut)
async def put_consents(
    tx: Annotated[Tx, allow("workspace:write")], body: ConsentsIn
) -> dict[str, object]:
    """Gives or withdraws consent for the kinds that are named; the others stay."""
    for item in body.items:
        await consents.decide(tx, item.kind, item.granted)
    return {"items": await consents.list_all(tx)}


@router.post("/export", status_code=202, response_model=ExportOut)
async def ask_for_export(tx: Exporter) -> dict[str, object]:
    """Queues a copy of everything that belongs to the workspace."""
    return await export.ask(tx)


@router.get(
    "/export/{export_id}",
    response_model=ExportOut,
    responses={200: {"content": {"application/zip": {}}, "description": "State, or the zip file"}},
)
async def get_export(
    tx: Exporter, export_id: UUID, download: Annotated[bool, Query()] = False
) -> dict[str, object] | Response:
    """How far the export is; with `download=1` the zip file itself."""
    if not download:
        return await export.get(tx, export_id)
    headers = {
        "content-disposition": 'attachment; filename="socialseed-export.zip"',
        "cache-control": "no-store",
    }
    return Response(await export.download(tx, export_id), 200, headers, "application/zip")


@router.delete("/me", status_code=204)
async def delete_me(
    request: Request,
    response: Response,
    caller: Annotated[Caller, permit("self:delete")],
    body: DeleteMeIn,
) -> None:
    """Deletes the caller, and every workspace that has no other owner, for good."""
    await deletion.delete_me(caller, body.password, address_of(request))
    cookies.take_back(response, caller.runtime.settings)


@router.delete("/people/{platform}/{handle}", status_code=204)
async def erase_person(
    caller: Annotated[Caller, permit("workspace:write")], platform: Platform, handle: Handle
) -> None:
    """Erases what was observed of a person and leaves them alone from now on."""
    caller.runtime.connectors.known(platform)
    async with caller.runtime.begin(caller.workspace, caller.actor, timeout_ms=30_000) as tx:
        await people.erase_or_repeat(tx, platform, handle)
