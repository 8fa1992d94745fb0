"""HTTP of what an account has earned to do without being asked."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel

from socialseed.actions import autonomy
from socialseed.connectors.types import ActionType
from socialseed.identity.access import allow
from socialseed.runtime.tx import Tx
from socialseed.web.context import runtime_of

router = APIRouter(prefix="/accounts", tags=["accounts"])


class NeedsOut(BaseModel):
    lower_bound: float
    decided: int


class AutonomyOut(BaseModel):
    """One kind on one light. `lower_bound`: the share approved as it was that is proven at 95 %."""

    action_type: ActionType
    light: Literal["green", "yellow"]
    state: Literal["earned", "not_yet", "taken_back"]
    decided: int
    unedited: int
    lower_bound: float
    needs: NeedsOut
    missing: list[str]
    audit_share: float
    grant_id: UUID | None
    granted_at: datetime | None
    taken_back_at: datetime | None
    taken_back_because: str | None


class AutonomyList(BaseModel):
    items: list[AutonomyOut]


@router.get("/{account_id}/autonomy", response_model=AutonomyList)
async def list_autonomy(
    tx: Annotated[Tx, allow("actions:read")], request: Request, account_id: UUID
) -> dict[str, object]:
    """What the account may do without being asked, what not yet, and what is missing."""
    return await autonomy.list_of(tx, runtime_of(request), account_id)


@router.delete("/{account_id}/autonomy/{grant_id}", status_code=204)
async def take_autonomy_back(
    tx: Annotated[Tx, allow("actions:approve")], account_id: UUID, grant_id: UUID
) -> None:
    """Takes it back at once. It is not granted again for 30 days."""
    await autonomy.take_back(tx, account_id, grant_id)
