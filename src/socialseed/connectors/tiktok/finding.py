"""Reading back whether an order was performed. Private and unmoderated posts are not listed, so a
post that is missing proves nothing before a day has passed.
"""

from collections.abc import AsyncIterator
from datetime import timedelta

from socialseed.connectors.http import Http, lost
from socialseed.connectors.reading import dig, instant, page_url, same_text, segment, text
from socialseed.connectors.reading import items as listed
from socialseed.connectors.tiktok import business
from socialseed.connectors.tiktok.manifest import UNAUDITED, WEB
from socialseed.connectors.tiktok.mapping import captions, comment_entries, next_cursor, video_id
from socialseed.connectors.tiktok.reads import video_page
from socialseed.connectors.types import Grant, Order, Receipt
from socialseed.core.errors import Remedy, UpstreamError

PAGES = 5
SLACK = timedelta(minutes=2)  # their clock against ours
MODERATED_BY = timedelta(hours=24)  # "usually under a minute, sometimes hours"


async def find(http: Http, order: Order, grant: Grant) -> Receipt | None:
    """The receipt that TikTok's own reads give, or None when they show that nothing was done."""
    by = http.deadline()
    match order.action_type:
        case "publish_image" | "publish_video" | "publish_carousel":
            if grant.tier == UNAUDITED:
                raise _not_verifiable("TikTok does not list private posts.")
            return await _own_post(http, order, grant, by)
        case "comment" | "reply":
            return await _own_words(http, order, grant, by)
        case "like" | "unlike" | "delete":
            if order.comment_id is None or order.post_id is None:
                raise _not_verifiable("TikTok tells this of comments under own posts only.")
            return await _own_mark(http, order, grant, by)
        case _:
            raise _not_verifiable("TikTok offers no read that could tell whether this was done.")


async def _own_post(http: Http, order: Order, grant: Grant, by: float) -> Receipt | None:
    cursor: int | None = None
    for _ in range(PAGES):
        body = await video_page(http, grant, 20, cursor, by)
        for entry in listed(body, "data", "videos"):
            if _too_old(order, entry):
                _must_be_old(http, order)
                return None
            told = list(captions(entry)) or [""]
            if any(same_text(order.text, words) for words in told):
                url = page_url(dig(entry, "share_url"), WEB, http.gateway.base(WEB))
                return Receipt(video_id(entry), url, {"read": "video/list"})
        cursor = next_cursor(body)
        if cursor is None:
            _must_be_old(http, order)
            return None
    raise _too_many()


def _must_be_old(http: Http, order: Order) -> None:
    if order.since is None or http.clock.now() - order.since < MODERATED_BY:
        raise lost(True, "not_proven", "TikTok may still be checking the post.")


async def _own_words(http: Http, order: Order, grant: Grant, by: float) -> Receipt | None:
    """Our comment; a reply is looked for among all replies to the comment that it answers."""
    if order.action_type == "reply":
        edge, entries = "comment/reply/list", _replies(http, order, grant, by)
    else:
        edge, entries = "comment/list", _comments(http, order, grant, by, None)
    async for entry in entries:
        if _is_ours(order, grant, entry):
            return Receipt(text(entry, "comment_id"), None, {"read": edge})
    return None


async def _own_mark(http: Http, order: Order, grant: Grant, by: float) -> Receipt | None:
    """Whether the comment is liked, not liked, or gone, as the order wants it."""
    found: object = None
    async for entry in _comments(http, order, grant, by, order.comment_id):
        if text(entry, "comment_id") == order.comment_id:
            found = entry
            break
    done = {
        "like": dig(found, "liked") is True,
        "unlike": dig(found, "liked") is False,
        "delete": found is None,
    }
    read = {"read": "comment/list"}
    return Receipt(order.comment_id, None, read) if done[order.action_type] else None


async def _comments(
    http: Http, order: Order, grant: Grant, by: float, only: str | None
) -> AsyncIterator[object]:
    post_id = segment(order.post_id, "video")
    cursor: int | None = None
    for _ in range(PAGES):
        body = await business.comment_list(http, grant, post_id, only=only, cursor=cursor, by=by)
        for entry in comment_entries(body):
            yield entry
        cursor = next_cursor(body)
        if cursor is None:
            return
    raise _too_many()


async def _replies(http: Http, order: Order, grant: Grant, by: float) -> AsyncIterator[object]:
    post_id, comment_id = segment(order.post_id, "video"), segment(order.comment_id, "comment")
    cursor: int | None = None
    for _ in range(PAGES):
        body = await business.reply_list(http, grant, post_id, comment_id, cursor, by)
        for entry in comment_entries(body):
            yield entry
        cursor = next_cursor(body)
        if cursor is None:
            return
    raise _too_many()


def _is_ours(order: Order, grant: Grant, entry: object) -> bool:
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


def _too_many() -> UpstreamError:
    return lost(True, "not_proven", "There is more to read than one look allows.")


def _not_verifiable(detail: str) -> UpstreamError:
    return UpstreamError(Remedy.REJECT, "not_verifiable", detail)
