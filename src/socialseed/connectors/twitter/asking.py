"""The reads: pages followed until the limit, and figures gathered from the posts."""

import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import assert_never

from socialseed.connectors.http import Http
from socialseed.connectors.reading import items, segment, text
from socialseed.connectors.twitter import api, mapping
from socialseed.connectors.twitter.line import Line
from socialseed.connectors.twitter.manifest import ENTERPRISE, READ_SCOPES, WEB
from socialseed.connectors.twitter.performing import own_id
from socialseed.connectors.types import (
    Answer,
    Ask,
    Comments,
    Followers,
    FollowsBack,
    Grant,
    Hashtag,
    Insights,
    Look,
    Me,
    Measures,
    Mentions,
    OwnPosts,
    Post,
    PublishingQuota,
    Search,
)
from socialseed.core.errors import Remedy, UpstreamError

MOST_PAGES = 10
LOOKED_UP_AT_ONCE = 100  # X docs, users lookup, 2026-08
QUERY_MOST = 512  # self-serve; enterprise 4,096 (X docs, 2026-08)
ENTERPRISE_QUERY_MOST = 4096
MEASURED = timedelta(days=30)  # how long X keeps the owner's figures of a post
_ORIGINAL = "-is:retweet -is:reply"
_TAG = re.compile(r"\w{1,100}")
_PUBLIC = ("public_metrics",)
_OWNERS = ("public_metrics", "non_public_metrics", "organic_metrics")

Fetch = Callable[[str | None], Awaitable[object]]


async def read(http: Http, ask: Ask, grant: Grant) -> Answer:
    """The answer to an official read."""
    line = Line(http, grant, http.deadline())
    if not isinstance(ask, PublishingQuota):
        line.need(READ_SCOPES)
    match ask:
        case Me():
            return mapping.person(await api.users_me(line), _web(line))
        case Look():
            return await _look(line, ask.handle)
        case Insights():
            return await _insights(line, ask)
        case OwnPosts() | Mentions() | Search() | Comments() | Hashtag():
            return await _posts(line, ask)
        case FollowsBack():
            return await _follows_back(line, ask.handles)
        case PublishingQuota():
            detail = "X tells what is left of a day only in its answers to posting."
            raise UpstreamError(Remedy.REJECT, "not_offered", detail)
        case _:
            assert_never(ask)


def _web(line: Line) -> str:
    return line.http.gateway.base(WEB)


async def _look(line: Line, handle: str) -> Answer:
    try:
        return mapping.person(await api.user_by_name(line, handle.lstrip("@")), _web(line))
    except UpstreamError as error:
        if error.code in ("target_gone", "bad_target"):
            return None
        raise


async def _follows_back(line: Line, handles: Sequence[str]) -> Followers:
    """One call for all of them; a person whom X does not show is not told."""
    names = [segment(handle.lstrip("@"), "handle") for handle in handles]
    if not 1 <= len(names) <= LOOKED_UP_AT_ONCE:
        detail = f"X looks up 1 to {LOOKED_UP_AT_ONCE} people at once."
        raise UpstreamError(Remedy.REJECT, "bad_target", detail)
    return Followers(mapping.followers(await api.users_by_name(line, names)))


async def _posts(line: Line, ask: OwnPosts | Mentions | Search | Comments | Hashtag) -> list[Post]:
    match ask:
        case OwnPosts():
            me = await own_id(line)
            return await _gathered(line, ask.limit, lambda p: api.tweets_of(line, me, ask.limit, p))
        case Mentions():
            me = await own_id(line)
            return await _gathered(
                line, ask.limit, lambda p: api.mentions_of(line, me, ask.limit, p)
            )
        case Search():
            words = ask.keyword.strip()
            query = f"({words}) {_ORIGINAL}" if " " in words else f"{words} {_ORIGINAL}"
        case Hashtag():
            query = f"#{_tag(ask.tag)} {_ORIGINAL}"
        case Comments():
            query = f"conversation_id:{segment(ask.post_id, 'post')}"
    query = _short_enough(query, line.grant)
    found = await _gathered(line, ask.limit, lambda p: api.search_recent(line, query, ask.limit, p))
    root = ask.post_id if isinstance(ask, Comments) else None
    return [post for post in found if post.remote_id != root]


def _tag(given: str) -> str:
    tag = given.strip().removeprefix("#")
    if not _TAG.fullmatch(tag):
        raise UpstreamError(Remedy.REJECT, "bad_target", "A hashtag is letters, digits and _.")
    return tag


def _short_enough(query: str, grant: Grant) -> str:
    most = ENTERPRISE_QUERY_MOST if grant.tier == ENTERPRISE else QUERY_MOST
    if len(query) > most:
        detail = f"X searches for at most {most} characters."
        raise UpstreamError(Remedy.REJECT, "query_too_long", detail)
    return query


async def _gathered(line: Line, limit: int, fetch: Fetch) -> list[Post]:
    """The newest `limit` posts of a list. A page that fails ends it, unless it is the first."""
    found: dict[str, Post] = {}
    page: str | None = None
    for n in range(MOST_PAGES):
        try:
            body = await fetch(page)
        except UpstreamError:
            if n == 0:
                raise
            break
        for post in mapping.posts(body, _web(line)):
            found.setdefault(post.remote_id, post)
        following = text(body, "meta", "next_token")
        if len(found) >= limit or following is None or following == page:
            break
        page = following
    return list(found.values())[:limit]


async def _insights(line: Line, ask: Insights) -> Measures:
    if ask.post_id is None:
        return await _account_insights(line, ask.days)
    fields = ",".join(_OWNERS)
    try:
        entry = await api.tweet(line, ask.post_id, fields)
    except UpstreamError as error:
        if error.code not in ("refused", "invalid_request"):
            raise
        # The owner's figures end after 30 days; the public ones stay.
        entry = await api.tweet(line, ask.post_id, *_PUBLIC)
    return Measures(mapping.figures(entry, _OWNERS))


async def _account_insights(line: Line, days: int) -> Measures:
    """The profile's own counts, and what the posts of the last 30 days earned in `days`."""
    me = await api.users_me(line)
    values = mapping.figures(me, _PUBLIC)
    now = line.http.clock.now()
    since = now - min(timedelta(days=max(days, 1)), MEASURED)
    body = await api.tweets_of(line, text(me, "id") or "", 100, since=now - MEASURED, reposts=False)
    ids = [found for entry in items(body, "data") if (found := text(entry, "id"))]
    if ids:
        values |= mapping.summed(await api.analytics(line, ids[:100], since, now))
    return Measures(values)
