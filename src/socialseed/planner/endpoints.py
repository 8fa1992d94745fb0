"""HTTP of an account's day."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from socialseed.identity.access import allow
from socialseed.planner.preview import preview
from socialseed.runtime.tx import Tx
from socialseed.web.context import runtime_of

router = APIRouter(prefix="/accounts", tags=["accounts"])


@router.get("/{account_id}/plan")
async def get_plan(
    tx: Annotated[Tx, allow("accounts:read")],
    request: Request,
    account_id: UUID,
    on: Annotated[date | None, Query(ge=date(2000, 1, 1), le=date(2199, 12, 31))] = None,
) -> dict[str, object]:
    """The account's waking hours, sessions, slots and limits on one local day."""
    return await preview(tx, runtime_of(request), account_id, on)
