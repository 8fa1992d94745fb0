"""Reading back whether an order was performed. Private and unmoderated posts are not listed, so a
post that is missing proves nothing before a day has passed.
"""

from datetime import timedelta

from socialseed.connectors.http import Http, lost
from socialseed.connectors.reading import (
    dig,
    instant,
    items,
    number,
    page_url,
    same_text,
    segment,
    text,
)
from socialseed.connectors.tiktok import api
from socialseed.connectors.tiktok.manifest import AUDITED, WEB
from socialseed.connectors.tiktok.mapping import comment_entries
from socialseed.connectors.types import Grant, Order, Receipt
from socialseed.core.errors import Remedy, UpstreamError

PAGES = 5
SLACK = timedelta(minutes=2)  # their clock against ours
MODERATED_BY = timedelta(hours=24)  # "usually under a minute, sometimes hours"


async def find(http: Http, order: Order, grant: Grant) -> Receipt | None:
    """The receipt that TikTok's own reads give, or None when they show that nothing was done."""
    by = http.deadline()
    match order.action_type:
        case "publish_image" | "publish_video":
            if grant.tier != AUDITED:
                raise _not_verifiable("TikTok does not list private posts.")
            return await _own_post(http, order, grant, by)
        case "comment" | "reply":
            return await _own_comment(http, order, grant, by)
        case _:
            raise _not_verifiable("TikTok offers no read that could tell whether this was done.")


async def _own_post(http: Http, order: Order, grant: Grant, by: float) -> Receipt | None:
    cursor: int | None = None
    for _ in range(PAGES):
        body = await api.video_list(http, grant, 20, cursor, by)
        for entry in items(body, "data", "videos"):
            if _too_old(order, entry):
                _must_be_old(http, order)
                return None
            words = text(entry, "title") or text(entry, "video_description")
            if same_text(order.text, words):
                url = page_url(dig(entry, "share_url"), WEB, http.gateway.base(WEB))
                return Receipt(text(entry, "id"), url, {"read": "video/list"})
        cursor = _next(body)
        if cursor is None:
            _must_be_old(http, order)
            return None
    raise _too_many()


def _must_be_old(http: Http, order: Order) -> None:
    if order.since is None or http.clock.now() - order.since < MODERATED_BY:
        raise lost(True, "not_proven", "TikTok may still be checking the post.")


async def _own_comment(http: Http, order: Order, grant: Grant, by: float) -> Receipt | None:
    video_id = segment(order.post_id, "video")
    cursor: int | None = None
    for _ in range(PAGES):
        body = await api.comment_list(http, grant, video_id, 30, cursor, by)
        for entry in comment_entries(body):
            if _is_it(order, grant, entry):
                return Receipt(text(entry, "comment_id"), None, {"read": "comment/list"})
        cursor = _next(body)
        if cursor is None:
            return None
    raise _too_many()


def _is_it(order: Order, grant: Grant, entry: object) -> bool:
    if _too_old(order, entry) or not same_text(order.text, text(entry, "text")):
        return False
    author = text(entry, "username")
    if author is not None and author.lower() != grant.account.lower():
        return False
    parent = text(entry, "parent_comment_id")
    return order.comment_id is None or parent in (None, "", "0", order.comment_id)


def _too_old(order: Order, entry: object) -> bool:
    made_at = instant(entry, "create_time")
    return order.since is not None and made_at is not None and made_at < order.since - SLACK


def _next(body: object) -> int | None:
    return number(body, "data", "cursor") if dig(body, "data", "has_more") is True else None


def _too_many() -> UpstreamError:
    return lost(True, "not_proven", "There is more to read than one look allows.")


def _not_verifiable(detail: str) -> UpstreamError:
    return UpstreamError(Remedy.REJECT, "not_verifiable", detail)
