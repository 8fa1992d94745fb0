"""Reading back whether an order was performed. A read that ends too early proves nothing."""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Final

from socialseed.connectors.http import lost
from socialseed.connectors.instagram import api, publishing
from socialseed.connectors.instagram.api import Line
from socialseed.connectors.instagram.manifest import WEB
from socialseed.connectors.instagram.performing import account_id
from socialseed.connectors.reading import dig, instant, items, page_url, same_text, segment, text
from socialseed.connectors.types import Order, Receipt
from socialseed.core.errors import Remedy, UpstreamError

PAGES: Final = 5
SLACK: Final = timedelta(minutes=2)  # their clock against ours
_KINDS: Final[Mapping[str, str]] = {
    "publish_image": "IMAGE",
    "publish_video": "VIDEO",
    "publish_carousel": "CAROUSEL_ALBUM",
}


async def find(line: Line, order: Order) -> Receipt | None:
    """The receipt that Instagram's own reads give, or None when they show that nothing was done."""
    match order.action_type:
        case "publish_image" | "publish_video" | "publish_carousel":
            return await _own_media(line, order)
        case "comment" | "reply":
            return await _own_comment(line, order)
        case "delete":
            return await _deleted(line, order)
        case _:
            raise _not_verifiable()


def _not_verifiable() -> UpstreamError:
    detail = "Instagram offers no read that could tell whether this was done."
    return UpstreamError(Remedy.REJECT, "not_verifiable", detail)


async def _own_media(line: Line, order: Order) -> Receipt | None:
    me_id = await account_id(line)
    kind = _KINDS[order.action_type]
    async for entry in _newest_first(line, order, f"/{me_id}/media", api.MEDIA_FIELDS):
        same_kind = text(entry, "media_type") in (None, kind)
        if same_kind and same_text(order.text, text(entry, "caption")):
            evidence = {"read": "GET /{ig-id}/media", "at": text(entry, "timestamp")}
            url = page_url(dig(entry, "permalink"), WEB, line.http.gateway.base(WEB))
            return Receipt(text(entry, "id"), url, evidence)
    if await publishing.was_published(line, order, me_id):
        raise lost(True, "not_proven", "The container was published, but no post is listed yet.")
    return None


async def _own_comment(line: Line, order: Order) -> Receipt | None:
    parent, edge = (
        (order.comment_id, "replies") if order.comment_id else (order.post_id, "comments")
    )
    path = f"/{segment(parent, 'post')}/{edge}"
    try:
        async for entry in _newest_first(line, order, path, api.REPLY_FIELDS):
            author = text(entry, "username") or text(entry, "from", "username")
            ours = author is None or author.casefold() == line.grant.account.casefold()
            if ours and same_text(order.text, text(entry, "text")):
                evidence = {"read": f"GET /{edge}", "at": text(entry, "timestamp")}
                return Receipt(text(entry, "id"), None, evidence)
    except UpstreamError as error:
        if error.code == "target_gone":  # a mention under another's post, or gone with its post
            raise _not_verifiable() from None
        raise
    return None


async def _newest_first(line: Line, order: Order, path: str, fields: str) -> AsyncIterator[object]:
    oldest = None if order.since is None else order.since - SLACK
    after: str | None = None
    for _ in range(PAGES):
        body = await api.page(line, path, {"fields": fields}, 50, after)
        for entry in items(body, "data"):
            made_at = instant(entry, "timestamp")
            if oldest is not None and made_at is not None and made_at < oldest:
                return
            yield entry
        after = api.following(body)
        if after is None:
            return
    raise lost(True, "not_proven", "There is more to read than one look allows.")


async def _deleted(line: Line, order: Order) -> Receipt | None:
    """Instagram says the same of what is gone and of what it does not show: a read of the account's
    own list has to work too, and must not hold it.
    """
    target = segment(order.comment_id or order.post_id, "post")
    try:
        await api.one(line, target, "id")
    except UpstreamError as error:
        if error.code != "target_gone":
            raise
    else:
        return None
    path = f"/{await account_id(line)}/media"
    newest = await api.listed(line, path, {"fields": "id"}, 50, 50)
    if any(text(entry, "id") == target for entry in newest):
        return None
    return Receipt(target, None, {"read": "GET /{media-id}"})
