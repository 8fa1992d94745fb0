"""The official reads: which product answers, and pages followed until there is enough."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from socialseed.connectors.http import Http
from socialseed.connectors.reading import dig, first, items, segment
from socialseed.connectors.tiktok import api, business, mapping
from socialseed.connectors.tiktok.manifest import BUSINESS, WEB
from socialseed.connectors.types import (
    Comments,
    Grant,
    Insights,
    Measures,
    OwnPosts,
    Person,
    Post,
)
from socialseed.core.errors import Remedy, UpstreamError

MOST_PAGES = 10
Page = Callable[[int, int | None], Awaitable[object]]  # (how many, cursor) → body


async def me(http: Http, grant: Grant) -> Person | None:
    """The own profile."""
    web = http.gateway.base(WEB)
    if grant.tier == BUSINESS:
        body = await business.profile(http, grant)
        return mapping.business_person(dig(body, "data"), business.business_id(grant), web)
    return mapping.person(dig(await api.user_info(http, grant), "data", "user"), web)


async def own_posts(http: Http, ask: OwnPosts, grant: Grant) -> list[Post]:
    """The newest own posts; those that are not public are not told by Login Kit."""
    web = http.gateway.base(WEB)
    return await _collect(
        lambda limit, cursor: video_page(http, grant, limit, cursor),
        lambda body: mapping.videos(body, web),
        ask.limit,
    )


async def video_page(
    http: Http, grant: Grant, limit: int, cursor: int | None, by: float | None = None
) -> object:
    """One page of own posts, newest first, from the product that the account signed in to."""
    if grant.tier == BUSINESS:
        return await business.video_list(http, grant, limit, cursor, by)
    return await api.video_list(http, grant, limit, cursor, by)


async def comments(http: Http, ask: Comments, grant: Grant) -> list[Post]:
    """The newest comments on an own post, and the replies that come with them."""
    web = http.gateway.base(WEB)
    return await _collect(
        lambda limit, cursor: business.comment_list(
            http, grant, ask.post_id, cursor=cursor, limit=limit
        ),
        lambda body: mapping.comments(body, web),
        ask.limit,
    )


async def _collect(page: Page, entries: Callable[[object], list[Post]], limit: int) -> list[Post]:
    found: dict[str, Post] = {}  # TikTok repeats comments after the 500th
    cursor: int | None = None
    for _ in range(MOST_PAGES):
        body = await page(limit - len(found), cursor)
        for post in entries(body):
            found.setdefault(post.remote_id, post)
        cursor = mapping.next_cursor(body)
        if cursor is None or len(found) >= limit:
            break
    return list(found.values())[:limit]


async def insights(http: Http, ask: Insights, grant: Grant) -> Measures:
    """How a post or the account did: public counters, or what API for Business knows of it."""
    if ask.post_id is not None:
        return Measures(await _post_figures(http, segment(ask.post_id, "video"), grant))
    if _deep(grant, "user.insights"):
        # Today is never told: the figures lag by a day or two.
        last = (http.clock.now() - timedelta(days=1)).date()
        first_day = last - timedelta(days=max(1, min(ask.days, 60)) - 1)
        body = await business.insights(http, grant, first_day, last)
        return Measures(mapping.daily_figures(body))
    return Measures(mapping.totals(dig(await api.user_info(http, grant), "data", "user")))


async def _post_figures(http: Http, video_id: str, grant: Grant) -> Mapping[str, int]:
    if not _deep(grant, "video.insights"):
        body = await api.video_query(http, grant, video_id)
        entry = first(items(body, "data", "videos"))
        if entry is None:
            raise _gone()
        return mapping.counters(entry)
    cursor: int | None = None
    for _ in range(MOST_PAGES):
        body = await business.video_list(http, grant, 20, cursor)
        for entry in items(body, "data", "videos"):
            if mapping.video_id(entry) == video_id:
                return mapping.post_figures(entry)
        cursor = mapping.next_cursor(body)
        if cursor is None:
            break
    raise _gone()


def _deep(grant: Grant, scope: str) -> bool:
    return grant.tier == BUSINESS or scope in grant.scopes


def _gone() -> UpstreamError:
    detail = "TikTok lists no such public post of this account (any more)."
    return UpstreamError(Remedy.REJECT, "target_gone", detail)
