"""HTTP of the do-not-contact list."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict

from socialseed.actions import people
from socialseed.actions.content import clean_string
from socialseed.connectors.types import Platform
from socialseed.core.pagination import MAX_LIMIT
from socialseed.identity.access import allow
from socialseed.profiles import queries
from socialseed.profiles.service import Because
from socialseed.runtime.tx import Tx

router = APIRouter(prefix="/people", tags=["people"])
Handle = Annotated[str, Path(min_length=1, max_length=100, pattern=r"^@?[\w.\-]+$")]


class LeaveAloneIn(BaseModel):
    """Their own wish is for good; an own choice the workspace's owner may undo."""

    model_config = ConfigDict(extra="forbid")
    because: Because = "their_wish"


class LeftAloneOut(BaseModel):
    platform: Platform
    handle: str
    since: datetime
    because: Because


class LeftAlonePage(BaseModel):
    items: list[LeftAloneOut]
    next_cursor: str | None


class CancelledOut(BaseModel):
    """How many open actions towards the person were cancelled."""

    cancelled: int


@router.get("/do-not-contact")
async def list_left_alone(
    tx: Annotated[Tx, allow("actions:read")],
    platform: Platform | None = None,
    q: Annotated[str | None, Query(max_length=100)] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 50,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
) -> LeftAlonePage:
    """Everybody whom no account of the workspace turns to, the newest first."""
    word = clean_string(q, "/q", 100) if q else None
    found = await queries.list_left_alone(tx, platform, word, limit, cursor)
    items = [
        LeftAloneOut.model_validate(
            {
                "platform": one.platform,
                "handle": one.handle,
                "since": one.do_not_contact_at,
                "because": one.do_not_contact_because or "their_wish",
            }
        )
        for one in found.items
    ]
    return LeftAlonePage(items=items, next_cursor=found.next_cursor)


@router.post("/{platform}/{handle}/do-not-contact")
async def leave_alone(
    tx: Annotated[Tx, allow("actions:approve")],
    platform: Platform,
    handle: Handle,
    body: LeaveAloneIn,
) -> CancelledOut:
    """No account of the workspace turns to this person from now on; what is open is cancelled."""
    return CancelledOut(cancelled=await people.leave_alone(tx, platform, handle, body.because))


@router.delete("/{platform}/{handle}/do-not-contact", status_code=204)
async def contact_again(
    tx: Annotated[Tx, allow("people:restore")], platform: Platform, handle: Handle
) -> None:
    """Undoes what the workspace itself chose. Only an owner may."""
    await people.contact_again(tx, platform, handle)
