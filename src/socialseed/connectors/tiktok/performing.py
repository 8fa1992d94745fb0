"""The writes: posts, and what is said and liked under own posts. One call changes the world."""

from socialseed.connectors.http import Http
from socialseed.connectors.reading import segment
from socialseed.connectors.tiktok import business, publishing
from socialseed.connectors.tiktok.auth import App
from socialseed.connectors.types import Grant, Order, Receipt
from socialseed.core.errors import Remedy, UpstreamError

_ENDPOINT = {"endpoint": "business/comment"}


async def perform(http: Http, app: App, order: Order, grant: Grant) -> Receipt:
    """The receipt of a performed order."""
    by = http.deadline()
    match order.action_type:
        case "publish_image" | "publish_video" | "publish_carousel":
            return await publishing.publish(http, app, order, grant, by)
        case "comment" | "reply":
            return await _say(http, order, grant, by)
        case "like" | "unlike":
            comment_id = own_comment(order)
            action = order.action_type.upper()
            await business.like_comment(http, grant, comment_id, action, order.key, by)
            return Receipt(comment_id, None, _ENDPOINT)
        case "delete":
            comment_id = own_comment(order)
            await business.delete_comment(http, grant, comment_id, order.key, by)
            return Receipt(comment_id, None, _ENDPOINT)
        case _:
            raise _not_offered("This is not offered for TikTok.")


async def _say(http: Http, order: Order, grant: Grant, by: float) -> Receipt:
    body = {"video_id": segment(order.post_id, "video"), "text": order.text or ""}
    if order.action_type == "reply":
        body["comment_id"] = segment(order.comment_id, "comment")
    comment_id = await business.create_comment(http, grant, body, order.key, by)
    return Receipt(comment_id, None, _ENDPOINT)


def own_comment(order: Order) -> str:
    """The comment under an own post that the order names. Raises REJECT `not_offered` without."""
    if order.comment_id is None:
        detail = "TikTok offers this for comments under your own posts only, not for posts."
        raise _not_offered(detail)
    return segment(order.comment_id, "comment")


def _not_offered(detail: str) -> UpstreamError:
    return UpstreamError(Remedy.REJECT, "not_offered", detail)
