"""Reading back whether an order was performed. A read that ends too early proves nothing."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import assert_never

from socialseed.connectors.http import Http, lost
from socialseed.connectors.reading import dig, items, text
from socialseed.connectors.twitter import api
from socialseed.connectors.twitter.line import Line
from socialseed.connectors.twitter.manifest import FIND_SCOPES
from socialseed.connectors.twitter.mapping import reference, says
from socialseed.connectors.twitter.performing import needed, own_id, post_url
from socialseed.connectors.types import Grant, Order, Receipt
from socialseed.core.errors import Remedy, UpstreamError

PAGES = 5
SLACK = timedelta(minutes=2)  # their clock against ours


async def find(http: Http, order: Order, grant: Grant) -> Receipt | None:
    """The receipt that X's own reads give, or None when they show that nothing was done."""
    line = Line(http, grant, http.deadline())
    scopes = FIND_SCOPES.get(order.action_type)
    if scopes is None:
        raise _not_verifiable()
    line.need(scopes)
    match order.action_type:
        case "publish_text" | "publish_image" | "publish_video" | "reply" | "comment" | "quote":
            return await _own_post(line, order)
        case "repost":
            return await _own_post(line, order) or await _reposted(line, order)
        case "delete":
            return await _deleted(line, order)
        case "like" | "unlike":
            return await _liked(line, order)
        case "follow" | "unfollow":
            return await _followed(line, order)
        case "publish_carousel":
            raise _not_verifiable()
        case _:
            assert_never(order.action_type)


def _not_verifiable() -> UpstreamError:
    return UpstreamError(Remedy.REJECT, "not_verifiable", "This is not offered for X.")


async def _entries(fetch: Callable[[str | None], Awaitable[object]]) -> AsyncIterator[object]:
    """All entries of a list. Raises RECONCILE when it is longer than one look allows."""
    page: str | None = None
    for _ in range(PAGES):
        body = await fetch(page)
        for entry in items(body, "data"):
            yield entry
        page = text(body, "meta", "next_token")
        if page is None:
            return
    raise lost(True, "not_proven", "There is more to read than one look allows.")


async def _holds(fetch: Callable[[str | None], Awaitable[object]], remote_id: str) -> bool:
    async for entry in _entries(fetch):
        if text(entry, "id") == remote_id:
            return True
    return False


async def _own_post(line: Line, order: Order) -> Receipt | None:
    me = await own_id(line)
    since = order.since - SLACK if order.since else None
    async for entry in _entries(lambda p: api.tweets_of(line, me, 100, p, since=since)):
        if _is_it(order, entry):
            tweet_id = needed(text(entry, "id"), "post")
            evidence = {"read": "GET /2/users/:id/tweets", "at": text(entry, "created_at")}
            return Receipt(tweet_id, post_url(line, tweet_id), evidence)
    return None


def _is_it(order: Order, entry: object) -> bool:
    if order.action_type == "repost":
        return reference(entry, "retweeted") == needed(order.post_id, "post")
    if reference(entry, "retweeted") is not None:
        return False
    answered = reference(entry, "replied_to")
    if order.action_type in ("reply", "comment"):
        asked = order.comment_id or order.post_id
        return answered == asked and says(entry, order.text, is_reply=True)
    if order.action_type == "quote" and reference(entry, "quoted") != order.post_id:
        return False
    return answered is None and says(entry, order.text)


async def _reposted(line: Line, order: Order) -> Receipt | None:
    me, post_id = await own_id(line), needed(order.post_id, "post")
    if await _holds(lambda p: api.retweeted_by(line, post_id, p), me):
        return Receipt(post_id, None, {"read": "GET /2/tweets/:id/retweeted_by"})
    return None


async def _deleted(line: Line, order: Order) -> Receipt | None:
    post_id = needed(order.post_id, "post")
    try:
        await api.tweet(line, post_id)
    except UpstreamError as error:
        if error.code == "target_gone":
            return Receipt(post_id, None, {"read": "GET /2/tweets/:id"})
        raise
    return None


async def _liked(line: Line, order: Order) -> Receipt | None:
    me, post_id = await own_id(line), needed(order.post_id, "post")
    holds = await _holds(lambda p: api.liked_tweets(line, me, p), post_id)
    return _state(order, post_id, "like", holds, "GET /2/users/:id/liked_tweets")


async def _followed(line: Line, order: Order) -> Receipt | None:
    extra = ",connection_status"
    if order.target_id:
        user = await api.user_by_id(line, order.target_id, extra)
    else:
        user = await api.user_by_name(line, needed(order.target_handle, "person"), extra)
    them = needed(text(user, "id"), "person")
    if isinstance(dig(user, "connection_status"), list):
        status = items(user, "connection_status")
        holds = "following" in status or "follow_request_sent" in status
        return _state(order, them, "follow", holds, "connection_status")
    line.need(("follows.read",))
    me = await own_id(line)
    holds = await _holds(lambda p: api.following(line, me, p), them)
    return _state(order, them, "follow", holds, "GET /2/users/:id/following")


def _state(order: Order, remote_id: str, made_by: str, holds: bool, read: str) -> Receipt | None:
    wanted = order.action_type == made_by
    return Receipt(remote_id, None, {"read": read}) if holds is wanted else None
