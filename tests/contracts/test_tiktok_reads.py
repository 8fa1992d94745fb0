"""What is read from TikTok: pages, permissions, figures, and both products' words for the same."""

from collections.abc import Awaitable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from socialseed.connectors.gateway import Gateway
from socialseed.connectors.http import open_client
from socialseed.connectors.tiktok import mapping
from socialseed.connectors.tiktok.connector import TikTokConnector
from socialseed.connectors.types import (
    Comments,
    Egress,
    Finish,
    FollowsBack,
    Hashtag,
    Insights,
    Look,
    Me,
    Measures,
    Mentions,
    Order,
    OwnPosts,
    Person,
    PublishingQuota,
    Renew,
    Revoke,
    Search,
)
from socialseed.core.clock import VirtualClock
from socialseed.core.errors import Remedy, UpstreamError
from socialseed.core.settings import Settings
from tests.contracts.connector import NOW
from tests.contracts.tiktok_world import APP, GRANT, SANDBOX, TikTok, connector_over, fine, good

BUSINESS = replace(GRANT, tier="business")
USER = {
    "open_id": "open-1",
    "display_name": "Mara",
    "username": "mara_k",
    "bio_description": "clay",
    "follower_count": 10,
    "following_count": 0,
    "likes_count": 9007199254740993,
    "video_count": 3,
    "a_field_of_tomorrow": {"x": 1},
}
VIDEO = {
    "id": "7077642457847994444",
    "title": "Peach",
    "create_time": 1647892800,
    "share_url": "https://www.tiktok.com/@mara_k/video/7077642457847994444",
    "view_count": 100,
    "like_count": 9,
    "comment_count": 1,
    "share_count": 0,
}
COMMENT = {
    "comment_id": "7123456789012345678",
    "video_id": "7077642457847994444",
    "user_id": "old",
    "unique_identifier": "u-1",
    "username": "ann",
    "display_name": "Ann",
    "text": "Lovely",
    "create_time": "1700000000",
    "likes": 2,
    "replies": 1,
    "liked": False,
    "status": "PUBLIC",
    "reply_list": [
        {"comment_id": "8", "username": "bo", "text": "Yes", "parent_comment_id": "7123"}
    ],
}


def page(videos: Sequence[object], cursor: int, more: bool) -> dict[str, object]:
    return good({"videos": videos, "cursor": cursor, "has_more": more})


async def test_a_profile_is_read_whole():
    tiktok = TikTok({"GET /v2/user/info/": good({"user": USER})})
    async with connector_over(tiktok) as connector:
        me = await connector.read(Me(), GRANT)
    url = "http://127.0.0.1:9/www.tiktok.com/@mara_k"
    assert me == Person("open-1", "mara_k", "Mara", "clay", url, 10, 0, 3)


async def test_only_granted_fields_are_asked_for():
    tiktok = TikTok({"GET /v2/user/info/": good({"user": {"open_id": "1", "username": "m"}})})
    some = replace(GRANT, scopes=("user.info.profile", "user.info.basic"))
    async with connector_over(tiktok) as connector:
        me = await connector.read(Me(), some)
    assert isinstance(me, Person)
    assert me.followers is None
    assert "follower_count" not in tiktok.asked("/v2/user/info/")[0]["fields"]


_POST = {"post_id": "11", "comment_id": "12", "text": "x", "media_url": "https://x.example/1.jpg"}


@pytest.mark.parametrize(
    ("work", "scope"),
    [
        (Me(), "user.info.profile"),
        (OwnPosts(), "video.list"),
        (Comments("11"), "comment.list"),
        (Insights("11"), "video.list"),
        (Order("k", "publish_image", **_POST), "video.publish"),  # type: ignore[arg-type]
        (Order("k", "publish_video", **_POST), "video.publish"),  # type: ignore[arg-type]
        (Order("k", "comment", **_POST), "comment.list.manage"),  # type: ignore[arg-type]
        (Order("k", "reply", **_POST), "comment.list.manage"),  # type: ignore[arg-type]
        (Order("k", "like", **_POST), "comment.list.manage"),  # type: ignore[arg-type]
        (Order("k", "unlike", **_POST), "comment.list.manage"),  # type: ignore[arg-type]
        (Order("k", "delete", **_POST), "comment.list.manage"),  # type: ignore[arg-type]
    ],
)
async def test_what_was_not_granted_is_refused_before_any_call(work, scope):
    tiktok = TikTok({})
    grant = replace(GRANT, scopes=("something.else",))
    async with connector_over(tiktok) as connector:
        with pytest.raises(UpstreamError) as caught:
            if isinstance(work, Order):
                await connector.perform(work, grant)
            else:
                await connector.read(work, grant)
    assert (caught.value.remedy, caught.value.code) == (Remedy.REJECT, "scope_missing")
    assert scope in caught.value.detail
    assert tiktok.requests == []


async def test_pages_are_followed_until_there_is_enough():
    first = [{**VIDEO, "id": str(n)} for n in range(20)]
    second = [{**VIDEO, "id": str(n)} for n in range(20, 30)]
    tiktok = TikTok({"POST /v2/video/list/": [page(first, 1643332803000, True),
                                             page(second, 1, True)]})  # fmt: skip
    async with connector_over(tiktok) as connector:
        found = await connector.read(OwnPosts(25), GRANT)
    assert isinstance(found, list)
    assert [post.remote_id for post in found] == [str(n) for n in range(25)]
    bodies = tiktok.sent("/v2/video/list/")
    assert bodies == [{"max_count": 20}, {"max_count": 5, "cursor": 1643332803000}]


async def test_pages_without_end_are_given_up():
    tiktok = TikTok({"POST /v2/video/list/": page([], 5, True)})
    async with connector_over(tiktok) as connector:
        assert await connector.read(OwnPosts(20), GRANT) == []
    assert len(tiktok.requests) == 10


@pytest.mark.parametrize("lacking", [None, *VIDEO])
def test_a_post_survives_what_is_missing_or_new(lacking):
    entry = {name: value for name, value in VIDEO.items() if name != lacking}
    body = good({"videos": [{**entry, "new": [1], "title2": None}]})
    post = mapping.videos(body, "https://www.tiktok.com")[0]
    assert post.remote_id == ("" if lacking == "id" else VIDEO["id"])
    assert post.text == ("" if lacking == "title" else "Peach")
    assert post.likes == (None if lacking == "like_count" else 9)
    assert post.comments == (None if lacking == "comment_count" else 1)
    assert (post.created_at is None) == (lacking == "create_time")


@pytest.mark.parametrize("lacking", [None, *COMMENT])
def test_a_comment_survives_what_is_missing_or_new(lacking):
    entry = {name: value for name, value in COMMENT.items() if name != lacking}
    found = mapping.comments(fine({"comments": [{**entry, "new": {}}]}), "https://x")
    post = found[0]
    assert post.remote_id == ("" if lacking == "comment_id" else COMMENT["comment_id"])
    assert post.text == ("" if lacking == "text" else "Lovely")
    assert (post.author is None) == (lacking == "username")
    if post.author is not None:
        assert post.author.remote_id == ("old" if lacking == "unique_identifier" else "u-1")
    assert len(found) == (1 if lacking == "reply_list" else 2)
    assert found[-1].parent_id == (None if lacking == "reply_list" else "7123")


async def test_a_comment_that_is_told_twice_is_read_once():
    one = fine({"comments": [COMMENT], "cursor": 30, "has_more": True})
    two = fine({"comments": [COMMENT, {"comment_id": "9", "text": "new"}], "has_more": False})
    tiktok = TikTok({"GET /business/comment/list/": [one, two]})
    async with connector_over(tiktok) as connector:
        found = await connector.read(Comments("11", 20), GRANT)
    assert isinstance(found, list)
    assert [post.remote_id for post in found] == ["7123456789012345678", "8", "9"]
    assert tiktok.asked("/business/comment/list/")[1]["cursor"] == "30"


async def test_public_counters_are_the_insights_of_login_kit():
    tiktok = TikTok(
        {
            "POST /v2/video/query/": good({"videos": [VIDEO]}),
            "GET /v2/user/info/": good({"user": USER}),
        }
    )
    async with connector_over(tiktok) as connector:
        post = await connector.read(Insights("7077642457847994444"), GRANT)
        account = await connector.read(Insights(), GRANT)
    assert post == Measures(
        {"view_count": 100, "like_count": 9, "comment_count": 1, "share_count": 0}
    )
    assert isinstance(account, Measures)
    assert account.values["likes_count"] == 9007199254740993
    assert tiktok.sent("/v2/video/query/")[0] == {"filters": {"video_ids": [VIDEO["id"]]}}


async def test_a_post_that_is_gone_has_no_insights():
    tiktok = TikTok({"POST /v2/video/query/": good({"videos": []})})
    async with connector_over(tiktok) as connector:
        with pytest.raises(UpstreamError, match="target_gone"):
            await connector.read(Insights("1"), GRANT)


async def test_a_business_account_knows_its_days():
    days = [
        {"date": "2026-02-27", "likes": 2, "video_views": 40, "followers_count": 11},
        {"date": "2026-02-28", "likes": 3, "followers_count": 12},
    ]
    tiktok = TikTok({"GET /business/get/": fine({"metrics": days[::-1]})})
    async with connector_over(tiktok) as connector:
        told = await connector.read(Insights(days=2), BUSINESS)
    assert told == Measures({"likes": 5, "video_views": 40, "followers_count": 12})
    asked = tiktok.asked("/business/get/")[0]
    assert (asked["start_date"], asked["end_date"]) == ("2026-02-27", "2026-02-28")
    assert asked["business_id"] == "open-1"


async def test_a_business_account_knows_its_posts():
    told = {"item_id": "7", "caption": "Cup", "likes": 3, "reach": 50, "create_time": "1700000000"}
    seen = {**told, "average_time_watched": 6.5, "favorites": 1, "video_views": 60}
    tiktok = TikTok({"GET /business/video/list/": fine({"videos": [seen], "has_more": False})})
    async with connector_over(tiktok) as connector:
        posts = await connector.read(OwnPosts(5), BUSINESS)
        figures = await connector.read(Insights("7"), BUSINESS)
    assert isinstance(posts, list)
    assert (posts[0].remote_id, posts[0].text, posts[0].likes) == ("7", "Cup", 3)
    assert posts[0].created_at == datetime.fromtimestamp(1700000000, UTC)
    assert figures == Measures({"likes": 3, "reach": 50, "favorites": 1, "video_views": 60})


async def test_a_business_profile_is_the_same_person():
    data = {"username": "mara_k", "display_name": "Mara", "followers_count": 10}
    tiktok = TikTok({"GET /business/get/": fine(data)})
    async with connector_over(tiktok) as connector:
        me = await connector.read(Me(), BUSINESS)
    assert isinstance(me, Person)
    assert (me.remote_id, me.handle, me.followers) == ("open-1", "mara_k", 10)
    assert tiktok.requests[0].headers["access-token"] == GRANT.access_token
    assert "authorization" not in tiktok.requests[0].headers


@pytest.mark.parametrize(
    "ask", [Look("a"), Search("a"), Hashtag("a"), Mentions(), PublishingQuota(), FollowsBack(["a"])]
)
async def test_what_tiktok_does_not_offer_is_refused_before_any_call(ask):
    tiktok = TikTok({})
    async with connector_over(tiktok) as connector:
        with pytest.raises(UpstreamError, match="not_offered"):
            await connector.read(ask, GRANT)
    assert tiktok.requests == []


@pytest.mark.parametrize(
    ("answer", "endpoint", "scope", "limit", "lasts"),
    [
        ((429, {"error": {"code": "rate_limit_exceeded"}}, {}), "/v2/video/list/", "user", 600,
         timedelta(minutes=1)),
        ((403, {"error": {"code": "spam_risk_too_many_posts"}}, {}), "/v2/video/list/", "user",
         None, timedelta(hours=24)),
        ((403, {"error": {"code": "reached_active_user_cap"}}, {}), "/v2/video/list/", "app", None,
         timedelta(hours=24)),
    ],
)  # fmt: skip
async def test_a_refusal_for_too_many_calls_is_remembered(answer, endpoint, scope, limit, lasts):
    tiktok = TikTok({"POST /v2/video/list/": answer})
    async with connector_over(tiktok) as connector:
        with pytest.raises(UpstreamError) as caught:
            await connector.read(OwnPosts(), GRANT)
        told = [one.quota for one in connector.http.quotas.drain()]
    assert caught.value.until == NOW + lasts
    assert [(q.endpoint, q.scope, q.limit, q.remaining, q.resets_at) for q in told] == [
        (endpoint, scope, limit, 0, NOW + lasts)
    ]


async def test_the_business_api_counts_by_endpoint():
    tiktok = TikTok({"GET /business/comment/list/": {"code": 40100, "message": "…", "data": {}}})
    async with connector_over(tiktok) as connector:
        with pytest.raises(UpstreamError):
            await connector.read(Comments("11"), GRANT)
        told = [one.quota for one in connector.http.quotas.drain()]
    assert [(q.endpoint, q.limit) for q in told] == [("/business/comment/list/", 40)]


async def test_every_call_leaves_through_the_accounts_proxy_or_not_at_all():
    dead = Egress("e1", "Home", "http://user:pass@127.0.0.1:1")
    grants = [replace(GRANT, egress=dead, tier=tier) for tier in ("audited", "business")]
    asks = (Me(), OwnPosts(), Comments("11"), Insights("11"), Insights())
    kinds = ("publish_image", "publish_video", "comment", "reply", "like", "unlike", "delete")
    orders = [Order("k", kind, **_POST) for kind in kinds]  # type: ignore[arg-type]
    steps = [
        step
        for tier in ("audited", "business")
        for step in (
            Finish("c", "v", "https://a.example/", tier, dead),
            Renew("a", "r", tier, dead),
            Revoke("a", tier, dead),
        )
    ]
    # A call past the proxy would find nobody at the sandbox's address: another error.
    async with open_client(Settings(), VirtualClock(NOW), Gateway(SANDBOX)) as http:
        connector = TikTokConnector(http, APP)
        calls: list[Awaitable[object]] = [
            connector.read(ask, grant) for grant in grants for ask in asks
        ]
        calls += [connector.perform(order, grant) for grant in grants for order in orders]
        calls += [connector.find(order, grant) for grant in grants for order in orders]
        calls += [connector.authorize(step) for step in steps]
        for call in calls:
            with pytest.raises(UpstreamError, match="egress_down"):
                await call
