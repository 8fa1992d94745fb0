"""TikTok's HTTP, one function per endpoint. Knows hosts, paths and envelopes; decides nothing."""

from collections.abc import Mapping

from socialseed.connectors.http import Call, Http, lost
from socialseed.connectors.reading import number, segment, text
from socialseed.connectors.tiktok.manifest import API, BUSINESS
from socialseed.connectors.tiktok.mapping import business_refusal, refusal
from socialseed.connectors.types import Grant
from socialseed.core.errors import Remedy, UpstreamError

USER_FIELDS = (
    "open_id,union_id,display_name,username,bio_description,follower_count,following_count,"
    "likes_count,video_count"
)
VIDEO_FIELDS = "id,title,video_description,create_time,share_url,like_count,comment_count"
_PREFIX = "/open_api/v1.3"


async def _open(http: Http, call: Call) -> object:
    reply = await http.call(call)
    code = text(reply.json_or_none(), "error", "code")
    if not reply.ok or (code is not None and code != "ok"):
        raise refusal(reply, http.clock.now())
    body = reply.json()
    if code is None:
        raise lost(reply.effect, "undocumented_answer", "TikTok's answer had no envelope.")
    return body


def _auth(grant: Grant) -> Mapping[str, str]:
    return {"authorization": f"Bearer {grant.access_token}"}


async def user_info(http: Http, grant: Grant) -> object:
    """The answer that holds the own user object."""
    query = {"fields": USER_FIELDS}
    return await _open(http, Call("GET", API, "/v2/user/info/", headers=_auth(grant), query=query))


async def video_list(
    http: Http, grant: Grant, limit: int, cursor: int | None = None, by: float | None = None
) -> object:
    """One page of own public posts, newest first."""
    body: dict[str, object] = {"max_count": max(1, min(limit, 20))}
    if cursor is not None:
        body["cursor"] = cursor
    call = Call(
        "POST",
        API,
        "/v2/video/list/",
        headers=_auth(grant),
        query={"fields": VIDEO_FIELDS},
        json=body,
        by=by,
    )
    return await _open(http, call)


async def creator_info(http: Http, grant: Grant, by: float) -> object:
    """What the creator allows just now, as the guidelines want it asked before every post."""
    path = "/v2/post/publish/creator_info/query/"
    return await _open(http, Call("POST", API, path, headers=_auth(grant), json={}, by=by))


async def init_post(
    http: Http, grant: Grant, path: str, body: Mapping[str, object], key: str, by: float
) -> str:
    """The publish id of a post that TikTok now fetches and publishes."""
    headers = {**_auth(grant), "idempotency-key": key}
    call = Call("POST", API, path, True, headers=headers, json=dict(body), by=by)
    publish_id = text(await _open(http, call), "data", "publish_id")
    if not publish_id:
        raise lost(True, "no_receipt", "TikTok took the post but gave no id for it.")
    return publish_id


async def post_status(http: Http, grant: Grant, publish_id: str, by: float) -> object:
    """How far a post is."""
    path = "/v2/post/publish/status/fetch/"
    body = {"publish_id": publish_id}
    return await _open(http, Call("POST", API, path, headers=_auth(grant), json=body, by=by))


async def _business(http: Http, call: Call) -> object:
    reply = await http.call(call)
    code = number(reply.json_or_none(), "code")
    if not reply.ok or (code is not None and code != 0):
        raise business_refusal(reply, http.clock.now())
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


async def comment_list(
    http: Http, grant: Grant, video_id: str, limit: int, cursor: int | None = None,
    by: float | None = None,
) -> object:  # fmt: skip
    """One page of the comments on an own post, newest first, with replies."""
    query = {
        "business_id": business_id(grant),
        "video_id": segment(video_id, "video"),
        "include_replies": "true",
        "status": "ALL",
        "sort_field": "create_time",
        "sort_order": "desc",
        "max_count": str(max(1, min(limit, 30))),
    }
    if cursor is not None:
        query["cursor"] = str(cursor)
    headers = {"access-token": grant.access_token}
    path = f"{_PREFIX}/business/comment/list/"
    return await _business(http, Call("GET", BUSINESS, path, headers=headers, query=query, by=by))


async def create_comment(
    http: Http, grant: Grant, body: Mapping[str, str], key: str, by: float
) -> str:
    """The id of a new comment, or of a reply when the body names a comment."""
    edge = "comment/reply/create" if "comment_id" in body else "comment/create"
    headers = {"access-token": grant.access_token, "idempotency-key": key}
    call = Call(
        "POST",
        BUSINESS,
        f"{_PREFIX}/business/{edge}/",
        True,
        headers=headers,
        json={"business_id": business_id(grant), **body},
        by=by,
    )
    comment_id = text(await _business(http, call), "data", "comment_id")
    if not comment_id:
        raise lost(True, "no_receipt", "TikTok took the comment but gave no id for it.")
    return comment_id
