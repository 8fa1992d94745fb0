"""The official reads, as asked for by the product."""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from socialseed.connectors.instagram import api, mapping
from socialseed.connectors.instagram.api import Line
from socialseed.connectors.instagram.manifest import WEB
from socialseed.connectors.instagram.performing import account_id
from socialseed.connectors.instagram.scopes import need
from socialseed.connectors.reading import segment, text
from socialseed.connectors.types import Insights, Measures, Mentions, Person, Post
from socialseed.core.errors import Remedy, UpstreamError

_NOT_IN_A_TAG = re.compile(r"[^\w]", re.UNICODE)
MOST_DAYS: Final = 30
# An unsupported metric fails the whole call: each kind of media has its own list.
_FEED: Final = (
    "views", "reach", "likes", "comments", "saved", "shares", "total_interactions", "follows",
    "profile_visits", "profile_activity", "reposts",
)  # fmt: skip
_REELS: Final = (
    "views", "reach", "likes", "comments", "saved", "shares", "total_interactions", "reposts",
    "ig_reels_avg_watch_time", "ig_reels_video_view_total_time",
)  # fmt: skip
_STORY: Final = ("views", "reach", "replies", "shares", "follows", "profile_visits", "reposts")
_COMMON: Final = ("views", "reach", "likes", "comments", "saved", "shares", "total_interactions")
_BY_PRODUCT: Final = {"FEED": _FEED, "REELS": _REELS, "STORY": _STORY}
_ACCOUNT: Final = (
    "reach", "views", "accounts_engaged", "total_interactions", "likes", "comments", "saves",
    "shares", "replies", "reposts", "profile_links_taps",
)  # fmt: skip
_ACCOUNT_CORE: Final = ("reach", "views", "accounts_engaged", "total_interactions")


async def me(line: Line) -> Person | None:
    """The own profile."""
    return mapping.person(await api.me(line), _web(line))


async def look(line: Line, handle: str) -> Person | None:
    """Another professional account, or None: personal and age-gated ones are not shown."""
    need(line.grant, "discover")
    me_id = await account_id(line)
    try:
        return mapping.person(await api.discover(line, me_id, handle.lstrip("@")), _web(line))
    except UpstreamError as error:
        if error.code in ("target_gone", "bad_target"):
            return None
        raise


async def own_posts(line: Line, limit: int) -> list[Post]:
    """The newest own media."""
    need(line.grant, "basic")
    path = f"/{await account_id(line)}/media"
    found = await api.listed(line, path, {"fields": api.MEDIA_FIELDS}, limit, 100)
    return mapping.posts(found, _web(line))


async def hashtag(line: Line, word: str, limit: int) -> list[Post]:
    """Posts under a hashtag: of the last 24 hours, else the top ones. No authors are told."""
    need(line.grant, "hashtags")
    me_id = await account_id(line)
    tag = await api.hashtag_id(line, me_id, _NOT_IN_A_TAG.sub("", word).lower())
    if tag is None:
        return []
    for edge in ("recent_media", "top_media"):
        found = mapping.posts(await api.hashtag_media(line, me_id, tag, edge, limit), _web(line))
        if found:
            return found
    return []


async def mentions(line: Line, ask: Mentions) -> list[Post]:
    """Media in which the account is tagged, or the one mention that a notice named."""
    need(line.grant, "comments")
    me_id = await account_id(line)
    if ask.media_id or ask.comment_id:
        if not line.facebook:
            detail = "Instagram shows a single mention only to apps with Facebook login."
            raise UpstreamError(Remedy.REJECT, "tier_lacks_it", detail)
        said = await api.mentioned(line, me_id, ask.media_id, ask.comment_id)
        return mapping.posts([said], _web(line))
    query = {"fields": api.TAGGED_FIELDS}
    found = await api.listed(line, f"/{me_id}/tags", query, ask.limit, 50)
    return mapping.posts(found, _web(line))


async def comments(line: Line, post_id: str, limit: int) -> list[Post]:
    """Comments on one own post, newest first, each followed by its replies."""
    need(line.grant, "comments")
    path = f"/{segment(post_id, 'post')}/comments"
    found = await api.listed(line, path, {"fields": api.COMMENT_FIELDS}, limit, 50)
    return mapping.threads(found, _web(line))[:limit]


async def insights(line: Line, ask: Insights) -> Measures:
    """Figures of one own post, or of the account over the last `days` (at most 30)."""
    need(line.grant, "insights")
    if ask.post_id is not None:
        return await _of_post(line, segment(ask.post_id, "post"))
    now = line.http.clock.now()
    days = timedelta(days=min(max(ask.days, 1), MOST_DAYS))
    query = {
        "metric_type": "total_value",
        "period": "day",
        "since": str(int((now - days).timestamp())),
        "until": str(int(now.timestamp())),
    }
    path = f"/{await account_id(line)}/insights"
    return await _figures(line, path, query, (_ACCOUNT, _ACCOUNT_CORE))


async def _of_post(line: Line, post_id: str) -> Measures:
    media = await api.one(line, post_id, "media_product_type")
    names = _BY_PRODUCT.get(text(media, "media_product_type") or "", _COMMON)
    return await _figures(line, f"/{post_id}/insights", {}, (names, _COMMON))


async def _figures(
    line: Line, path: str, query: dict[str, str], lists: Sequence[Sequence[str]]
) -> Measures:
    """The first list of metrics that Instagram takes as a whole."""
    for names in lists:
        try:
            body = await api.get(line, path, {**query, "metric": ",".join(names)})
        except UpstreamError as error:
            if error.code == "not_enough_viewers":
                return Measures({})
            if error.code != "invalid_request" or names is lists[-1]:
                raise
        else:
            return mapping.measures(body)
    raise AssertionError("one list at least")


async def publishing_quota(line: Line) -> Measures:
    """How many posts the last 24 hours took, and how many they may."""
    need(line.grant, "publish")
    path = f"/{await account_id(line)}/content_publishing_limit"
    return mapping.quota(await api.get(line, path, {"fields": "quota_usage,config"}))


def _web(line: Line) -> str:
    return line.http.gateway.base(WEB)
