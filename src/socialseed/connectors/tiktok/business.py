"""TikTok's API for Business over HTTP, one function per endpoint. Decides nothing.

Its envelope says `code` 0 for success and comes with HTTP 200 for errors too.
"""

from collections.abc import Mapping, Sequence
from datetime import date

import orjson

from socialseed.connectors.http import Call, Http, lost
from socialseed.connectors.reading import number, segment, text
from socialseed.connectors.tiktok.manifest import BUSINESS_API
from socialseed.connectors.tiktok.refusals import (
    BUSINESS_CALLS_A_MINUTE,
    business_refusal,
    told_quotas,
)
from socialseed.connectors.tiktok.scopes import has, need
from socialseed.connectors.types import Grant
from socialseed.core.errors import Remedy, UpstreamError

PREFIX = "/open_api/v1.3"
_PROFILE_FIELDS = ("display_name", "bio_description")
_STATS_FIELDS = ("followers_count", "following_count", "videos_count")
_DAILY_FIELDS = ("video_views", "profile_views", "likes", "comments", "shares", "followers_count")
_POST_FIELDS = ("item_id", "caption", "create_time", "share_url", "likes", "comments")
_INSIGHT_FIELDS = ("shares", "favorites", "video_views", "reach")


async def _business(http: Http, grant: Grant, call: Call) -> object:
    reply = await http.call(call)
    code = number(reply.json_or_none(), "code")
    if not reply.ok or (code is not None and code != 0):
        now = http.clock.now()
        error = business_refusal(reply, now)
        path = call.path.removeprefix(PREFIX)
        quotas = told_quotas(error, path, BUSINESS_CALLS_A_MINUTE, now)
        http.quotas.note("tiktok", grant.account_id, quotas)
        raise error
    body = reply.json()
    if code is None:
        raise lost(reply.effect, "undocumented_answer", "TikTok's answer had no envelope.")
    return body


def business_id(grant: Grant) -> str:
    """The account's id in API for Business, which is its open_id."""
    if not grant.remote_id:
        detail = "TikTok's id of this account is not known: connect it again."
        raise UpstreamError(Remedy.REAUTHORIZE, "no_open_id", detail)
    return segment(grant.remote_id, "account")


async def _get(
    http: Http, grant: Grant, path: str, query: Mapping[str, str], by: float | None = None
) -> object:
    call = Call(
        "GET",
        BUSINESS_API,
        f"{PREFIX}{path}",
        headers={"access-token": grant.access_token},
        query={"business_id": business_id(grant), **query},
        by=by,
        egress=grant.egress,
    )
    return await _business(http, grant, call)


async def _act(
    http: Http, grant: Grant, path: str, body: Mapping[str, object], key: str, by: float
) -> object:
    call = Call(
        "POST",
        BUSINESS_API,
        f"{PREFIX}{path}",
        True,
        headers={"access-token": grant.access_token, "idempotency-key": key},
        json={"business_id": business_id(grant), **body},
        by=by,
        egress=grant.egress,
    )
    return await _business(http, grant, call)


async def profile(http: Http, grant: Grant) -> object:
    """The answer that holds the own profile, with the fields that the owner granted."""
    need(grant, "user.info.username")
    fields = ["username", *(_PROFILE_FIELDS if has(grant, "user.info.basic") else ())]
    fields += _STATS_FIELDS if has(grant, "user.info.stats") else ()
    return await _get(http, grant, "/business/get/", {"fields": _names(fields)})


async def insights(http: Http, grant: Grant, first: date, last: date) -> object:
    """The answer whose `metrics` hold the daily figures from `first` to `last`, in UTC."""
    need(grant, "user.insights")
    query = {
        "fields": _names(_DAILY_FIELDS),
        "start_date": first.isoformat(),
        "end_date": last.isoformat(),
    }
    return await _get(http, grant, "/business/get/", query)


async def video_list(
    http: Http, grant: Grant, limit: int, cursor: int | None = None, by: float | None = None
) -> object:
    """One page of own posts, newest first, at most 20, with insights where they were granted."""
    need(grant, "video.list")
    fields = [*_POST_FIELDS, *(_INSIGHT_FIELDS if has(grant, "video.insights") else ())]
    query = {"fields": _names(fields), "max_count": str(max(1, min(limit, 20)))}
    if cursor is not None:
        query["cursor"] = str(cursor)
    return await _get(http, grant, "/business/video/list/", query, by)


async def comment_list(
    http: Http,
    grant: Grant,
    video_id: str,
    *,
    only: str | None = None,
    cursor: int | None = None,
    limit: int = 30,
    by: float | None = None,
) -> object:
    """One page of the comments on an own post, newest first, hidden ones too, with replies.

    `only` asks for this comment; a page may hold others all the same.
    """
    need(grant, "comment.list")
    query = {
        "video_id": segment(video_id, "video"),
        "include_replies": "true",
        "status": "ALL",
        "sort_field": "create_time",
        "sort_order": "desc",
        "max_count": str(max(1, min(limit, 30))),
    }
    if only is not None:
        query["comment_ids"] = _names([only])
    if cursor is not None:
        query["cursor"] = str(cursor)
    return await _get(http, grant, "/business/comment/list/", query, by)


async def reply_list(
    http: Http, grant: Grant, video_id: str, comment_id: str, cursor: int | None, by: float
) -> object:
    """One page of all replies to one comment; a list of comments holds only some of them."""
    need(grant, "comment.list")
    query = {
        "video_id": segment(video_id, "video"),
        "comment_id": segment(comment_id, "comment"),
        "status": "ALL",
        "sort_field": "create_time",
        "sort_order": "desc",
        "max_count": "30",
    }
    if cursor is not None:
        query["cursor"] = str(cursor)
    return await _get(http, grant, "/business/comment/reply/list/", query, by)


async def create_comment(
    http: Http, grant: Grant, body: Mapping[str, str], key: str, by: float
) -> str:
    """The id of a new comment, or of a reply when the body names a comment."""
    need(grant, "comment.list.manage")
    edge = "reply/create" if "comment_id" in body else "create"
    answer = await _act(http, grant, f"/business/comment/{edge}/", body, key, by)
    comment_id = text(answer, "data", "comment_id")
    if not comment_id:
        raise lost(True, "no_receipt", "TikTok took the comment but gave no id for it.")
    return comment_id


async def like_comment(
    http: Http, grant: Grant, comment_id: str, action: str, key: str, by: float
) -> None:
    """The comment under an own post is liked (`LIKE`) or not any more (`UNLIKE`)."""
    need(grant, "comment.list.manage")
    body = {"comment_id": comment_id, "action": action}
    await _act(http, grant, "/business/comment/like/", body, key, by)


async def delete_comment(http: Http, grant: Grant, comment_id: str, key: str, by: float) -> None:
    """The own comment is gone."""
    need(grant, "comment.list.manage")
    body = {"comment_id": comment_id}
    await _act(http, grant, "/business/comment/delete/", body, key, by)


async def settings(http: Http, grant: Grant, by: float) -> object:
    """What the creator allows just now."""
    return await _get(http, grant, "/business/video/settings/", {}, by)


async def publish(
    http: Http, grant: Grant, kind: str, body: Mapping[str, object], key: str, by: float
) -> str:
    """The share id of a post, `kind` video or photo, that TikTok now fetches and publishes."""
    need(grant, "video.publish")
    answer = await _act(http, grant, f"/business/{kind}/publish/", body, key, by)
    share_id = text(answer, "data", "share_id")
    if not share_id:
        raise lost(True, "no_receipt", "TikTok took the post but gave no id for it.")
    return share_id


async def publish_status(http: Http, grant: Grant, share_id: str, by: float) -> object:
    """How far a post is."""
    return await _get(http, grant, "/business/publish/status/", {"publish_id": share_id}, by)


def _names(names: Sequence[str]) -> str:
    return orjson.dumps(list(names)).decode()
