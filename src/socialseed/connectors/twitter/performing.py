"""The writes: preparation that changes nothing first, then exactly one call that does."""

from typing import assert_never

from socialseed.connectors.http import Http, lost
from socialseed.connectors.media import fetch_image
from socialseed.connectors.reading import dig, text
from socialseed.connectors.twitter import api
from socialseed.connectors.twitter.manifest import ENTERPRISE, ENTERPRISE_ONLY, WEB
from socialseed.connectors.types import Grant, Order, Receipt
from socialseed.core.errors import Remedy, UpstreamError


async def perform(http: Http, order: Order, grant: Grant) -> Receipt:
    """The receipt of a performed order."""
    by = http.deadline()
    if order.action_type in ENTERPRISE_ONLY and grant.tier != ENTERPRISE:
        detail = "X offers this through its API to enterprise apps only."
        raise UpstreamError(Remedy.REJECT, "tier_lacks_it", detail)
    match order.action_type:
        case "publish_text" | "publish_image" | "reply" | "comment" | "quote":
            return await _publish(http, order, grant, by)
        case "delete":
            post_id = needed(order.post_id, "post")
            done = await api.delete_tweet(http, grant, post_id, order.key, by)
            return _receipt(done, "deleted", True, post_id)
        case "like" | "unlike" | "repost":
            return await _relate_post(http, order, grant, by)
        case "follow" | "unfollow":
            return await _relate_person(http, order, grant, by)
        case "publish_video" | "publish_carousel":
            raise UpstreamError(Remedy.REJECT, "not_offered", "This is not offered for X.")
        case _:
            assert_never(order.action_type)


async def _publish(http: Http, order: Order, grant: Grant, by: float) -> Receipt:
    body: dict[str, object] = {"text": order.text or ""}
    match order.action_type:
        case "reply" | "comment":
            answered = needed(order.comment_id or order.post_id, "post")
            body["reply"] = {"in_reply_to_tweet_id": answered}
        case "quote":
            body["quote_tweet_id"] = needed(order.post_id, "post")
        case "publish_image":
            body["media"] = {"media_ids": [await _picture(http, order, grant, by)]}
    tweet_id = await api.create_tweet(http, grant, body, order.key, by)
    return Receipt(tweet_id, post_url(http, grant, tweet_id), {"endpoint": "POST /2/tweets"})


async def _picture(http: Http, order: Order, grant: Grant, by: float) -> str:
    image = await fetch_image(http, order.media_url, by)
    media_id = await api.upload_image(http, grant, image, by)
    if order.alt_text:
        await api.describe_image(http, grant, media_id, order.alt_text, by)
    return media_id


async def _relate_post(http: Http, order: Order, grant: Grant, by: float) -> Receipt:
    me, post_id = await own_id(http, grant, by), needed(order.post_id, "post")
    if order.action_type == "unlike":
        done = await api.unrelate(http, grant, me, "likes", post_id, order.key, by)
        return _receipt(done, "liked", False, post_id)
    edge, field = ("likes", "liked") if order.action_type == "like" else ("retweets", "retweeted")
    done = await api.relate(http, grant, me, edge, "tweet_id", post_id, order.key, by)
    return _receipt(done, field, True, post_id)


async def _relate_person(http: Http, order: Order, grant: Grant, by: float) -> Receipt:
    me = await own_id(http, grant, by)
    target = order.target_id or text(
        await api.user_by_name(http, grant, needed(order.target_handle, "person"), by), "id"
    )
    them = needed(target, "person")
    if order.action_type == "unfollow":
        done = await api.unrelate(http, grant, me, "following", them, order.key, by)
        return _receipt(done, "following", False, them)
    done = await api.relate(http, grant, me, "following", "target_user_id", them, order.key, by)
    if dig(done, "data", "pending_follow") is True:
        return Receipt(them, None, {"pending_follow": True})
    return _receipt(done, "following", True, them)


def _receipt(body: object, field: str, expected: bool, remote_id: str) -> Receipt:
    told = dig(body, "data", field)
    if told is not expected:
        raise lost(True, "no_receipt", "X answered, but did not say that it was done.")
    return Receipt(remote_id, None, {field: expected})


async def own_id(http: Http, grant: Grant, by: float) -> str:
    """The account's own id, from the grant or from X."""
    return grant.remote_id or needed(text(await api.users_me(http, grant, by), "id"), "account")


def post_url(http: Http, grant: Grant, tweet_id: str) -> str:
    """Where a post of the account can be seen."""
    return f"{http.gateway.base(WEB)}/{grant.account}/status/{tweet_id}"


def needed(value: str | None, what: str) -> str:
    """`value`, or REJECT when the order lacks it."""
    if not value:
        raise UpstreamError(Remedy.REJECT, "bad_target", f"The order names no {what}.")
    return value
