"""What came of it, over HTTP. Reads only."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse

from socialseed.analytics import export, growth, overview, performance, schemas
from socialseed.identity.access import Caller, allow, permit
from socialseed.runtime.tx import Tx

router = APIRouter(prefix="/analytics", tags=["analytics"])
Days = Annotated[int, Query(ge=1, le=90)]
_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "text/csv": {"schema": {"type": "string"}},
            "application/json": {"schema": {"type": "array", "items": {"type": "object"}}},
        }
    }
}


def _json(body: bytes) -> Response:
    return Response(body, media_type="application/json")


@router.get("/overview", response_class=Response, responses={200: {"model": schemas.Overview}})
async def read_overview(tx: Annotated[Tx, allow("analytics:read")], days: Days = 30) -> Response:
    """The figures of the first page."""
    return _json(await overview.overview(tx, days))


@router.get(
    "/growth/{account_id}", response_class=Response, responses={200: {"model": schemas.Growth}}
)
async def read_growth(
    tx: Annotated[Tx, allow("analytics:read")], account_id: UUID, days: Days = 30
) -> Response:
    """One account's local days, oldest first."""
    return _json(await growth.growth(tx, account_id, days))


@router.get(
    "/performance", response_class=Response, responses={200: {"model": schemas.Performance}}
)
async def read_performance(
    tx: Annotated[Tx, allow("analytics:read")], days: Days = 30, account_id: UUID | None = None
) -> Response:
    """What became of what was proposed."""
    return _json(await performance.performance(tx, days, account_id))


@router.get("/export", response_class=Response, responses=_FILE)
async def export_analytics(
    caller: Annotated[Caller, permit("analytics:read")],
    what: export.What = "actions",
    format: export.Format = "csv",
    days: Annotated[int, Query(ge=1, le=3650)] = 90,
) -> StreamingResponse:
    """A download, newest row first. Cells cannot become formulas."""
    name = export.filename(what, format, caller.runtime.clock.now())
    return StreamingResponse(
        export.chunks(caller, what, format, days),
        media_type="text/csv; charset=utf-8" if format == "csv" else "application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
