"""Reading back whether an order was performed. A read that ends too early proves nothing."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import assert_never

from socialseed.connectors.http import Http, lost
from socialseed.connectors.reading import dig, items, same_text, text
from socialseed.connectors.twitter import api
from socialseed.connectors.twitter.mapping import reference, without_handles, written_text
from socialseed.connectors.twitter.performing import needed, own_id, post_url
from socialseed.connectors.types import Grant, Order, Receipt
from socialseed.core.errors import Remedy, UpstreamError

PAGES = 5
SLACK = timedelta(minutes=2)  # their clock against ours


async def find(http: Http, order: Order, grant: Grant) -> Receipt | None:
    """The receipt that X's own reads give, or None when they show that nothing was done."""
    by = http.deadline()
    match order.action_type:
        case "publish_text" | "publish_image" | "reply" | "comment" | "quote" | "repost":
            return await _own_post(http, order, grant, by)
        case "delete":
            return await _deleted(http, order, grant, by)
        case "like" | "unlike":
            return await _liked(http, order, grant, by)
        case "follow" | "unfollow":
            return await _followed(http, order, grant, by)
        case "publish_video" | "publish_carousel":
            raise UpstreamError(Remedy.REJECT, "not_verifiable", "This is not offered for X.")
        case _:
            assert_never(order.action_type)


async def _own_post(http: Http, order: Order, grant: Grant, by: float) -> Receipt | None:
    me = await own_id(http, grant, by)
    async for entry in _timeline(http, order, grant, me, by):
        if _is_it(order, entry):
            tweet_id = needed(text(entry, "id"), "post")
            evidence = {"read": "GET /2/users/:id/tweets", "at": text(entry, "created_at")}
            return Receipt(tweet_id, post_url(http, grant, tweet_id), evidence)
    return await _reposted(http, order, grant, me, by) if order.action_type == "repost" else None


async def _reposted(http: Http, order: Order, grant: Grant, me: str, by: float) -> Receipt | None:
    post_id, page = needed(order.post_id, "post"), None
    for _ in range(PAGES):
        body = await api.retweeted_by(http, grant, post_id, page, by)
        if any(text(entry, "id") == me for entry in items(body, "data")):
            return Receipt(post_id, None, {"read": "GET /2/tweets/:id/retweeted_by"})
        page = text(body, "meta", "next_token")
        if page is None:
            return None
    raise _too_many()


async def _timeline(
    http: Http, order: Order, grant: Grant, me: str, by: float
) -> AsyncIterator[object]:
    since = order.since - SLACK if order.since else None
    page: str | None = None
    for _ in range(PAGES):
        body = await api.tweets_of(http, grant, me, 100, since=since, page=page, by=by)
        for entry in items(body, "data"):
            yield entry
        page = text(body, "meta", "next_token")
        if page is None:
            return
    raise _too_many()


def _is_it(order: Order, entry: object) -> bool:
    if order.action_type == "repost":
        return reference(entry, "retweeted") == needed(order.post_id, "post")
    if reference(entry, "retweeted") is not None:
        return False
    answered = reference(entry, "replied_to")
    if order.action_type in ("reply", "comment"):
        if answered != (order.comment_id or order.post_id):
            return False
        return same_text(without_handles(order.text), written_text(entry, True))
    if order.action_type == "quote" and reference(entry, "quoted") != order.post_id:
        return False
    return answered is None and same_text(order.text, written_text(entry, False))


async def _deleted(http: Http, order: Order, grant: Grant, by: float) -> Receipt | None:
    post_id = needed(order.post_id, "post")
    try:
        await api.tweet(http, grant, post_id, by)
    except UpstreamError as error:
        if error.code == "target_gone":
            return Receipt(post_id, None, {"read": "GET /2/tweets/:id"})
        raise
    return None


async def _liked(http: Http, order: Order, grant: Grant, by: float) -> Receipt | None:
    me, post_id = await own_id(http, grant, by), needed(order.post_id, "post")
    page: str | None = None
    for _ in range(PAGES):
        body = await api.liked_tweets(http, grant, me, page, by)
        if any(text(entry, "id") == post_id for entry in items(body, "data")):
            return _state(order, post_id, "like", True, "GET /2/users/:id/liked_tweets")
        page = text(body, "meta", "next_token")
        if page is None:
            return _state(order, post_id, "like", False, "GET /2/users/:id/liked_tweets")
    raise _too_many()


async def _followed(http: Http, order: Order, grant: Grant, by: float) -> Receipt | None:
    extra = ",connection_status"
    if order.target_id:
        user = await api.user_by_id(http, grant, order.target_id, by, extra)
    else:
        handle = needed(order.target_handle, "person")
        user = await api.user_by_name(http, grant, handle, by, extra)
    them = needed(text(user, "id"), "person")
    if isinstance(dig(user, "connection_status"), list):
        status = items(user, "connection_status")
        holds = "following" in status or "follow_request_sent" in status
        return _state(order, them, "follow", holds, "connection_status")
    return await _in_following(http, order, grant, them, by)


async def _in_following(
    http: Http, order: Order, grant: Grant, them: str, by: float
) -> Receipt | None:
    me, page = await own_id(http, grant, by), None
    for _ in range(PAGES):
        body = await api.following(http, grant, me, page, by)
        if any(text(entry, "id") == them for entry in items(body, "data")):
            return _state(order, them, "follow", True, "GET /2/users/:id/following")
        page = text(body, "meta", "next_token")
        if page is None:
            return _state(order, them, "follow", False, "GET /2/users/:id/following")
    raise _too_many()


def _state(order: Order, remote_id: str, made_by: str, holds: bool, read: str) -> Receipt | None:
    wanted = order.action_type == made_by
    return Receipt(remote_id, None, {"read": read}) if holds is wanted else None


def _too_many() -> UpstreamError:
    return lost(True, "not_proven", "There is more to read than one look allows.")
