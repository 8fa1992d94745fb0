"""The writes: preparation that changes nothing first, then exactly one call that does."""

from typing import assert_never

from socialseed.connectors.http import Http, lost
from socialseed.connectors.reading import dig, segment, text
from socialseed.connectors.twitter import api, uploading, words
from socialseed.connectors.twitter.line import Line
from socialseed.connectors.twitter.manifest import (
    ENTERPRISE,
    ENTERPRISE_ONLY,
    PERFORM_SCOPES,
    WEB,
)
from socialseed.connectors.types import Grant, Order, Receipt
from socialseed.core.errors import Remedy, UpstreamError

RESERVE_SECONDS = 4.0  # for the call that publishes


async def perform(http: Http, order: Order, grant: Grant) -> Receipt:
    """The receipt of a performed order."""
    line = Line(http, grant, http.deadline())
    _allowed(line, order)
    match order.action_type:
        case "publish_text" | "publish_image" | "publish_video" | "reply" | "comment" | "quote":
            return await _publish(line, order)
        case "delete":
            post_id = needed(order.post_id, "post")
            done = await api.delete_tweet(line, post_id, order.key)
            return _receipt(done, "deleted", True, post_id)
        case "like" | "unlike" | "repost":
            return await _relate_post(line, order)
        case "follow" | "unfollow":
            return await _relate_person(line, order)
        case "publish_carousel":
            raise _not_offered()
        case _:
            assert_never(order.action_type)


def _allowed(line: Line, order: Order) -> None:
    scopes = PERFORM_SCOPES.get(order.action_type)
    if scopes is None:
        raise _not_offered()
    if order.action_type in ENTERPRISE_ONLY and line.grant.tier != ENTERPRISE:
        detail = "X offers this through its API to enterprise apps only."
        raise UpstreamError(Remedy.REJECT, "tier_lacks_it", detail)
    line.need(scopes)


def _not_offered() -> UpstreamError:
    return UpstreamError(Remedy.REJECT, "not_offered", "This is not offered for X.")


async def _publish(line: Line, order: Order) -> Receipt:
    attached = order.action_type in ("publish_image", "publish_video")
    self_serve = line.grant.tier != ENTERPRISE
    words.check(order.text or "", attached=attached, self_serve=self_serve)
    body: dict[str, object] = {"text": order.text} if order.text else {}
    preparing = line.ending(RESERVE_SECONDS)
    match order.action_type:
        case "reply" | "comment":
            answered = segment(order.comment_id or order.post_id, "post")
            body["reply"] = {"in_reply_to_tweet_id": answered}
        case "quote":
            body["quote_tweet_id"] = segment(order.post_id, "post")
        case "publish_image":
            body["media"] = {"media_ids": await uploading.pictures(preparing, order)}
        case "publish_video":
            body["media"] = {"media_ids": [await uploading.film(preparing, order.media_url)]}
    tweet_id = await api.create_tweet(line, body, order.key)
    return Receipt(tweet_id, post_url(line, tweet_id), {"endpoint": "POST /2/tweets"})


async def _relate_post(line: Line, order: Order) -> Receipt:
    me, post_id = await own_id(line), needed(order.post_id, "post")
    if order.action_type == "unlike":
        done = await api.unrelate(line, me, "likes", post_id, order.key)
        return _receipt(done, "liked", False, post_id)
    edge, field = ("likes", "liked") if order.action_type == "like" else ("retweets", "retweeted")
    done = await api.relate(line, me, edge, "tweet_id", post_id, order.key)
    return _receipt(done, field, True, post_id)


async def _relate_person(line: Line, order: Order) -> Receipt:
    me = await own_id(line)
    target = order.target_id or text(
        await api.user_by_name(line, needed(order.target_handle, "person")), "id"
    )
    them = needed(target, "person")
    if order.action_type == "unfollow":
        done = await api.unrelate(line, me, "following", them, order.key)
        return _receipt(done, "following", False, them)
    done = await api.relate(line, me, "following", "target_user_id", them, order.key)
    if dig(done, "data", "pending_follow") is True:
        return Receipt(them, None, {"pending_follow": True})
    return _receipt(done, "following", True, them)


def _receipt(body: object, field: str, expected: bool, remote_id: str) -> Receipt:
    told = dig(body, "data", field)
    if told is not expected:
        raise lost(True, "no_receipt", "X answered, but did not say that it was done.")
    return Receipt(remote_id, None, {field: expected})


async def own_id(line: Line) -> str:
    """The account's own id, from the grant or from X."""
    return line.grant.remote_id or needed(text(await api.users_me(line), "id"), "account")


def post_url(line: Line, tweet_id: str) -> str:
    """Where a post of the account can be seen."""
    return f"{line.http.gateway.base(WEB)}/{line.grant.account}/status/{tweet_id}"


def needed(value: str | None, what: str) -> str:
    """`value`, or REJECT when the order lacks it."""
    if not value:
        raise UpstreamError(Remedy.REJECT, "bad_target", f"The order names no {what}.")
    return value
