"""HTTP of webhooks: public, for platforms alone. What is not signed by one is refused unread."""

from typing import Any

from fastapi import APIRouter, Request, Response

from socialseed.accounts.webhooks import receive
from socialseed.web.context import runtime_of

router = APIRouter(prefix="/webhooks", tags=["webhooks"])
_CHALLENGED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The proof, as the platform wants it.",
        "content": {"text/plain": {}, "application/json": {}},
    }
}


@router.get("/{platform}", response_class=Response, responses=_CHALLENGED)
async def answer_challenge(request: Request, platform: str) -> Response:
    """Proves to a platform that this address is ours (`hub.challenge`, `crc_token`)."""
    answer = receive.handshake(runtime_of(request), platform, dict(request.query_params))
    kind = "application/json" if answer.startswith("{") else "text/plain"
    return Response(answer, media_type=kind)


@router.post("/{platform}")
async def take_delivery(request: Request, platform: str) -> dict[str, bool]:
    """Stores what a platform signed; it is read afterwards. The same bytes count once."""
    body = await request.body()
    await receive.receive(runtime_of(request), platform, request.headers, body)
    return {"received": True}
