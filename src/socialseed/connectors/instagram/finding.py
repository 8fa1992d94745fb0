"""Reading back whether an order was performed. A read that ends too early proves nothing."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

from socialseed.connectors.http import Http, lost
from socialseed.connectors.instagram import api
from socialseed.connectors.instagram.manifest import WEB
from socialseed.connectors.instagram.performing import own_id
from socialseed.connectors.reading import dig, instant, items, page_url, same_text, segment, text
from socialseed.connectors.types import Grant, Order, Receipt
from socialseed.core.errors import Remedy, UpstreamError

PAGES = 5
SLACK = timedelta(minutes=2)  # their clock against ours

Page = Callable[[str | None], Awaitable[object]]


async def find(http: Http, order: Order, grant: Grant) -> Receipt | None:
    """The receipt that Instagram's own reads give, or None when they show that nothing was done."""
    by = http.deadline()
    match order.action_type:
        case "publish_image":
            return await _own_media(http, order, grant, by)
        case "comment" | "reply":
            return await _own_comment(http, order, grant, by)
        case "delete":
            return await _deleted(http, order, grant, by)
        case _:
            detail = "Instagram offers no read that could tell whether this was done."
            raise UpstreamError(Remedy.REJECT, "not_verifiable", detail)


async def _own_media(http: Http, order: Order, grant: Grant, by: float) -> Receipt | None:
    me_id = await own_id(http, grant)

    async def page(after: str | None) -> object:
        return await api.media_of(http, grant, me_id, 50, after, by)

    async for entry in _newest_first(order, page):
        if same_text(order.text, text(entry, "caption")):
            evidence = {"read": "GET /{ig-id}/media", "at": text(entry, "timestamp")}
            url = page_url(dig(entry, "permalink"), WEB, http.gateway.base(WEB))
            return Receipt(text(entry, "id"), url, evidence)
    return None


async def _own_comment(http: Http, order: Order, grant: Grant, by: float) -> Receipt | None:
    parent, edge = (
        (order.comment_id, "replies") if order.comment_id else (order.post_id, "comments")
    )
    parent_id = segment(parent, "post")

    async def page(after: str | None) -> object:
        return await api.comments_on(http, grant, parent_id, edge, 50, after, by)

    async for entry in _newest_first(order, page):
        author = text(entry, "username") or text(entry, "from", "username")
        ours = author is None or author.lower() == grant.account.lower()
        if ours and same_text(order.text, text(entry, "text")):
            evidence = {"read": f"GET /{edge}", "at": text(entry, "timestamp")}
            return Receipt(text(entry, "id"), None, evidence)
    return None


async def _newest_first(order: Order, page: Page) -> AsyncIterator[object]:
    oldest = None if order.since is None else order.since - SLACK
    after: str | None = None
    for _ in range(PAGES):
        body = await page(after)
        for entry in items(body, "data"):
            made_at = instant(entry, "timestamp")
            if oldest is not None and made_at is not None and made_at < oldest:
                return
            yield entry
        after = text(body, "paging", "cursors", "after")
        if text(body, "paging", "next") is None or after is None:
            return
    raise lost(True, "not_proven", "There is more to read than one look allows.")


async def _deleted(http: Http, order: Order, grant: Grant, by: float) -> Receipt | None:
    post_id = segment(order.post_id, "post")
    try:
        await api.one(http, grant, post_id, "id", by)
    except UpstreamError as error:
        if error.code == "target_gone":
            return Receipt(post_id, None, {"read": "GET /{media-id}"})
        raise
    return None
