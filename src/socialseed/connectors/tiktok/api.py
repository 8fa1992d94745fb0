"""TikTok for Developers over HTTP, one function per endpoint. Decides nothing."""

from collections.abc import Mapping

from socialseed.connectors.http import Call, Http, lost
from socialseed.connectors.reading import text
from socialseed.connectors.tiktok.manifest import API
from socialseed.connectors.tiktok.refusals import CALLS_A_MINUTE, refusal, told_quotas
from socialseed.connectors.tiktok.scopes import has, need
from socialseed.connectors.types import Grant

_BASIC_FIELDS = ("open_id", "union_id", "display_name")
_PROFILE_FIELDS = ("username", "bio_description")
_STATS_FIELDS = ("follower_count", "following_count", "likes_count", "video_count")
VIDEO_FIELDS = (
    "id,title,video_description,create_time,share_url,like_count,comment_count,share_count,"
    "view_count"
)
VIDEO_INIT = "/v2/post/publish/video/init/"
PHOTO_INIT = "/v2/post/publish/content/init/"


async def _open(http: Http, grant: Grant, call: Call) -> object:
    reply = await http.call(call)
    code = text(reply.json_or_none(), "error", "code")
    if not reply.ok or (code is not None and code != "ok"):
        now = http.clock.now()
        error = refusal(reply, now)
        quotas = told_quotas(error, call.path, CALLS_A_MINUTE.get(call.path), now)
        http.quotas.note("tiktok", grant.account_id, quotas)
        raise error
    body = reply.json()
    if code is None:
        raise lost(reply.effect, "undocumented_answer", "TikTok's answer had no envelope.")
    return body


async def _post(
    http: Http,
    grant: Grant,
    path: str,
    body: Mapping[str, object],
    *,
    by: float | None = None,
    fields: str | None = None,
    key: str | None = None,
) -> object:
    """`key` marks the calls that change the world; TikTok documents no use of it."""
    headers = {"authorization": f"Bearer {grant.access_token}"}
    if key is not None:
        headers["idempotency-key"] = key
    call = Call(
        "POST",
        API,
        path,
        key is not None,
        headers=headers,
        query={} if fields is None else {"fields": fields},
        json=dict(body),
        by=by,
        egress=grant.egress,
    )
    return await _open(http, grant, call)


async def user_info(http: Http, grant: Grant, by: float | None = None) -> object:
    """The answer that holds the own user object, with the fields that the owner granted."""
    need(grant, "user.info.profile")  # the handle is one of its fields
    fields = [*_PROFILE_FIELDS]
    if has(grant, "user.info.basic"):
        fields += _BASIC_FIELDS
    if has(grant, "user.info.stats"):
        fields += _STATS_FIELDS
    call = Call(
        "GET",
        API,
        "/v2/user/info/",
        headers={"authorization": f"Bearer {grant.access_token}"},
        query={"fields": ",".join(fields)},
        by=by,
        egress=grant.egress,
    )
    return await _open(http, grant, call)


async def video_list(
    http: Http, grant: Grant, limit: int, cursor: int | None = None, by: float | None = None
) -> object:
    """One page of own public posts, newest first, at most 20."""
    need(grant, "video.list")
    body: dict[str, object] = {"max_count": max(1, min(limit, 20))}
    if cursor is not None:
        body["cursor"] = cursor
    return await _post(http, grant, "/v2/video/list/", body, by=by, fields=VIDEO_FIELDS)


async def video_query(http: Http, grant: Grant, video_id: str) -> object:
    """The answer that holds one own public post, or none."""
    need(grant, "video.list")
    body = {"filters": {"video_ids": [video_id]}}
    return await _post(http, grant, "/v2/video/query/", body, fields=VIDEO_FIELDS)


async def creator_info(http: Http, grant: Grant, by: float) -> object:
    """What the creator allows just now, as the guidelines want it asked before every post."""
    need(grant, "video.publish")
    return await _post(http, grant, "/v2/post/publish/creator_info/query/", {}, by=by)


async def init_post(
    http: Http, grant: Grant, path: str, body: Mapping[str, object], key: str, by: float
) -> object:
    """The answer that names a post's `publish_id`, and its `upload_url` if we are to send it."""
    need(grant, "video.publish")
    answer = await _post(http, grant, path, body, by=by, key=key)
    if not text(answer, "data", "publish_id"):
        raise lost(True, "no_receipt", "TikTok took the post but gave no id for it.")
    return answer


async def post_status(http: Http, grant: Grant, publish_id: str, by: float) -> object:
    """How far a post is."""
    body = {"publish_id": publish_id}
    return await _post(http, grant, "/v2/post/publish/status/fetch/", body, by=by)
