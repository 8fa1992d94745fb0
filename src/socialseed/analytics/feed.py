"""The event feed: live over server-sent events, and back in time as pages."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response

from socialseed.analytics import events
from socialseed.analytics.schemas import ActivityPage
from socialseed.core.pagination import MAX_LIMIT
from socialseed.identity.access import Caller, allow, permit
from socialseed.runtime.tx import Tx
from socialseed.web.context import hub_of
from socialseed.web.stream import EventStream

router = APIRouter(tags=["feed"])
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}
}


@router.get("/events", response_class=Response, responses=_STREAM)
async def live_events(
    request: Request,
    caller: Annotated[Caller, permit("events:read")],
    last_event_id: Annotated[str | None, Header()] = None,
) -> EventStream:
    """Every event of the workspace as it is committed, from behind Last-Event-ID if that is given.

    The first message is `{"type":"hello","seq":n}`. A `seq` beyond the last one you saw, with no
    replay behind it, means that too much was missed: read again what you show.
    """
    listener = events.listener_of(caller)
    return await hub_of(request).open(listener, events.resume_from(last_event_id))


@router.get("/activity", response_class=Response, responses={200: {"model": ActivityPage}})
async def list_activity(
    tx: Annotated[Tx, allow("events:read")],
    account_id: UUID | None = None,
    type: Annotated[str | None, Query(max_length=64, pattern=r"^[a-z_]+\.[a-z_]+$")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    """What happened, newest first."""
    body = await events.activity(
        tx, account_id=account_id, event_type=type, cursor=cursor, limit=limit
    )
    return Response(body, media_type="application/json")
