"""Instagram's endpoints on its hosts. The Graph version in front of a path may be any or none."""

import re

from socialseed.sandbox.call import Handler, Route, path_pattern
from socialseed.sandbox.platforms import (
    instagram_insights,
    instagram_nodes,
    instagram_oauth,
    instagram_publish,
    instagram_reads,
    instagram_writes,
)

_BASIC = ("instagram_business_basic", "instagram_basic")
_PUBLISH = ("instagram_business_content_publish", "instagram_content_publish")
_COMMENTS = ("instagram_business_manage_comments", "instagram_manage_comments")
_INSIGHTS = ("instagram_business_manage_insights", "instagram_manage_insights")
_COUNTED = 1  # the budget itself follows from what the account was seen: see instagram_limits


def _versioned(path: str) -> re.Pattern[str]:
    pattern = path_pattern(path).pattern
    return re.compile(pattern.replace("^", r"^(?:/v\d+\.\d+)?", 1))


def _api(method: str, path: str, handler: Handler, verb: str, scopes: tuple[str, ...]) -> Route:
    chosen = {
        "node": instagram_nodes.node_verb, "publish": instagram_publish.publish_verb,
    }.get(verb, verb)  # fmt: skip
    return Route(
        method, _versioned(path), handler, chosen, instagram_oauth.authenticate, scopes, _COUNTED,
        3600, "likes" if path.endswith("/likes") else "instagram",
    )  # fmt: skip


AUTHORIZE: tuple[Route, ...] = (
    Route("GET", path_pattern("/oauth/authorize"), instagram_oauth.authorize, "authorize"),
    Route("POST", path_pattern("/oauth/authorize"), instagram_oauth.decide, "authorize"),
)
FACEBOOK_AUTHORIZE: tuple[Route, ...] = (
    Route("GET", _versioned("/dialog/oauth"), instagram_oauth.authorize, "authorize"),
    Route("POST", _versioned("/dialog/oauth"), instagram_oauth.decide, "authorize"),
)
TOKEN: tuple[Route, ...] = (
    Route("POST", path_pattern("/oauth/access_token"), instagram_oauth.short_token, "token"),
)
_BOTH: tuple[Route, ...] = (
    _api("GET", "/{id}/media", instagram_reads.media_list, "posts", _BASIC),
    _api("POST", "/{id}/media", instagram_publish.create_container, "media", _PUBLISH),
    _api("POST", "/{id}/media_publish", instagram_publish.publish, "publish", _PUBLISH),
    _api("GET", "/{id}/stories", instagram_reads.stories, "posts", _BASIC),
    _api("POST", "/{id}/messages", instagram_writes.message, "other",
         ("instagram_business_manage_messages", "instagram_manage_messages")),
    _api("GET", "/{id}/comments", instagram_reads.comments, "comments", _COMMENTS),
    _api("POST", "/{id}/comments", instagram_writes.comment, "comment", _COMMENTS),
    _api("GET", "/{id}/replies", instagram_reads.replies, "comments", _COMMENTS),
    _api("POST", "/{id}/replies", instagram_writes.reply, "reply", _COMMENTS),
    _api("POST", "/{id}/mentions", instagram_writes.answer_mention, "reply", _COMMENTS),
    _api("GET", "/{id}/tags", instagram_reads.tags, "mentions", _COMMENTS),
    _api("GET", "/{id}/content_publishing_limit", instagram_reads.publishing_limit, "limits",
         _PUBLISH),
    _api("GET", "/{id}/insights", instagram_insights.insights, "insights", _INSIGHTS),
    _api("GET", "/{id}", instagram_nodes.node, "node", _BASIC),
    _api("POST", "/{id}", instagram_writes.update_node, "other", _COMMENTS),
    _api("DELETE", "/{id}", instagram_writes.delete, "delete", _BASIC),
)  # fmt: skip
GRAPH: tuple[Route, ...] = (
    Route("GET", _versioned("/access_token"), instagram_oauth.long_token, "token"),
    Route("GET", _versioned("/refresh_access_token"), instagram_oauth.refresh, "refresh"),
    _api("GET", "/me", instagram_reads.me, "me", _BASIC),
    *_BOTH,
)
FACEBOOK: tuple[Route, ...] = (
    Route("GET", _versioned("/oauth/access_token"), instagram_oauth.facebook_token, "token"),
    _api("GET", "/me/accounts", instagram_oauth.my_pages, "me", ()),
    _api("GET", "/{id}/permissions", instagram_oauth.permissions, "permissions", ()),
    _api("DELETE", "/{id}/permissions", instagram_oauth.revoke, "revoke", ()),
    _api("GET", "/ig_hashtag_search", instagram_reads.hashtag_search, "search", _BASIC),
    _api("GET", "/{id}/top_media", instagram_reads.hashtag_media, "search", _BASIC),
    _api("GET", "/{id}/recent_media", instagram_reads.hashtag_media, "search", _BASIC),
    _api("GET", "/{id}/recently_searched_hashtags", instagram_reads.recent_hashtags, "search",
         _BASIC),
    _api("POST", "/{id}/likes", instagram_writes.like, "like", ("instagram_manage_engagement",)),
    _api("DELETE", "/{id}/likes", instagram_writes.unlike, "unlike",
         ("instagram_manage_engagement",)),
    _api("GET", "/me", instagram_oauth.facebook_me, "me", ()),
    *_BOTH,
)  # fmt: skip
RUPLOAD: tuple[Route, ...] = (
    Route("POST", re.compile(r"^/ig-api-upload/(?:v\d+\.\d+/)?(?P<id>[^/]+)/?$"),
          instagram_publish.upload, "media", instagram_oauth.authenticate, _PUBLISH),
)  # fmt: skip
