"""TikTok's endpoints: the open API, its upload host and the business API."""

from collections.abc import Callable

from socialseed.sandbox.call import Call, Handler, Route, path_pattern
from socialseed.sandbox.platforms import (
    tiktok_business,
    tiktok_comments,
    tiktok_oauth,
    tiktok_open,
    tiktok_post,
    tiktok_upload,
)

_Verb = str | Callable[[Call], str]


def _open(method: str, path: str, handler: Handler, verb: _Verb, scope: str, limit: int) -> Route:
    return Route(
        method, path_pattern(f"/v2{path}"), handler, verb, tiktok_oauth.authenticate,
        (scope,) if scope else (), limit, 60, path,
    )  # fmt: skip


def _business(method: str, path: str, handler: Handler, verb: _Verb, scope: str) -> Route:
    return Route(
        method, path_pattern(f"/open_api/v1.3/business{path}"), handler, verb,
        tiktok_oauth.authenticate, (scope,) if scope else (), 40, 60, f"business{path}",
    )  # fmt: skip


def _grant_verb(call: Call) -> str:
    return "refresh" if call.arg("grant_type") == "refresh_token" else "token"


AUTHORIZE: tuple[Route, ...] = (
    Route("GET", path_pattern("/v2/auth/authorize"), tiktok_oauth.authorize, "authorize"),
    Route("POST", path_pattern("/v2/auth/authorize"), tiktok_oauth.decide, "authorize"),
)
UPLOAD: tuple[Route, ...] = (Route("PUT", path_pattern("/video"), tiktok_upload.upload, "media"),)
OPEN: tuple[Route, ...] = (
    Route("POST", path_pattern("/v2/oauth/token"), tiktok_oauth.token, _grant_verb),
    Route("POST", path_pattern("/v2/oauth/revoke"), tiktok_oauth.revoke, "revoke"),
    _open("GET", "/user/info", tiktok_open.user_info, "me", "", 600),
    _open("POST", "/video/list", tiktok_open.video_list, "posts", "video.list", 600),
    _open("POST", "/video/query", tiktok_open.video_query, "post_lookup", "video.list", 600),
    _open("POST", "/post/publish/creator_info/query", tiktok_post.creator_info, "limits",
          "video.publish", 20),
    _open("POST", "/post/publish/video/init", tiktok_post.video_init, "publish_video",
          "video.publish", 6),
    _open("POST", "/post/publish/inbox/video/init", tiktok_post.video_init, "media",
          "video.upload", 6),
    _open("POST", "/post/publish/content/init", tiktok_post.photo_init, tiktok_post.photo_verb,
          "", 6),
    _open("POST", "/post/publish/status/fetch", tiktok_post.status, "status", "", 30),
    _open("POST", "/post/publish/cancel", tiktok_post.cancel, "delete", "video.publish", 30),
)  # fmt: skip
_TT_USER = "/open_api/v1.3/tt_user"
BUSINESS: tuple[Route, ...] = (
    Route("POST", path_pattern(f"{_TT_USER}/oauth2/token"), tiktok_oauth.business_token, "token"),
    Route("POST", path_pattern(f"{_TT_USER}/oauth2/refresh_token"), tiktok_oauth.business_token,
          "refresh"),
    Route("POST", path_pattern(f"{_TT_USER}/oauth2/revoke"), tiktok_oauth.business_revoke,
          "revoke"),
    Route("POST", path_pattern(f"{_TT_USER}/token_info/get"), tiktok_oauth.token_info, "me"),
    _business("GET", "/get", tiktok_business.get, "insights", ""),
    _business("GET", "/video/list", tiktok_business.video_list, "insights", "video.list"),
    _business("GET", "/comment/list", tiktok_comments.comment_list, "comments", "comment.list"),
    _business("GET", "/comment/reply/list", tiktok_comments.comment_list, "comments",
              "comment.list"),
    _business("POST", "/comment/create", tiktok_comments.comment_create, "comment",
              "comment.list.manage"),
    _business("POST", "/comment/reply/create", tiktok_comments.comment_reply, "reply",
              "comment.list.manage"),
    _business("POST", "/comment/like", tiktok_comments.comment_like, tiktok_comments.like_verb,
              "comment.list.manage"),
    _business("POST", "/comment/hide", tiktok_comments.comment_hide, "other",
              "comment.list.manage"),
    _business("POST", "/comment/delete", tiktok_comments.comment_delete, "delete",
              "comment.list.manage"),
    _business("GET", "/mention/video/list", tiktok_business.mentioned_videos, "mentions",
              "comment.list"),
    _business("GET", "/mention/comment/list", tiktok_comments.mentioned_comments, "mentions",
              "comment.list"),
    _business("POST", "/video/publish", tiktok_business.publish, "publish_video", "video.publish"),
    _business("POST", "/photo/publish", tiktok_business.publish, tiktok_post.photo_verb,
              "video.publish"),
    _business("GET", "/publish/status", tiktok_business.publish_status, "status", "video.publish"),
    _business("GET", "/video/settings", tiktok_business.settings, "limits", "video.publish"),
    _business("GET", "/hashtag/suggestion", tiktok_business.hashtags, "search",
              "user.info.basic"),
)  # fmt: skip
