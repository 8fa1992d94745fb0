"""What X's connector reads: whole lists, odd bodies, figures, and what it notes of its limits."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from socialseed.connectors.types import (
    Comments,
    Followers,
    FollowsBack,
    Hashtag,
    Insights,
    Look,
    Me,
    Measures,
    Mentions,
    OwnPosts,
    Person,
    PublishingQuota,
    Search,
)
from socialseed.core.errors import Remedy, UpstreamError
from tests.contracts.connector import NOW
from tests.contracts.twitter_world import GRANT, PROBLEMS, X, connected, order


def page(ids: range, following: str | None = None) -> dict[str, object]:
    body: dict[str, object] = {
        "data": [{"id": str(n), "text": f"post {n}", "author_id": "7"} for n in ids],
        "includes": {"users": [{"id": "7", "username": "ceramics"}]},
        "meta": {"result_count": len(ids)},
    }
    if following is not None:
        body["meta"] = {"result_count": len(ids), "next_token": following}
    return body


@pytest.mark.parametrize(
    ("ask", "path"),
    [
        (OwnPosts(150), "/2/users/101/tweets"),
        (Mentions(150), "/2/users/101/mentions"),
        (Search("coffee", 150), "/2/tweets/search/recent"),
        (Hashtag("coffee", 150), "/2/tweets/search/recent"),
        (Comments("9", 150), "/2/tweets/search/recent"),
    ],
)
async def test_a_list_is_read_page_by_page_until_its_limit(ask, path):
    world = X({f"GET {path}": [page(range(300, 200, -1), "two"), page(range(200, 100, -1), "3")]})
    async with connected(world) as x:
        posts = await x.read(ask, GRANT)
    assert isinstance(posts, list)
    assert [post.remote_id for post in posts] == [str(n) for n in range(300, 150, -1)]
    assert posts[-1].author is not None
    assert posts[-1].author.handle == "ceramics"
    asked = [request.url.params.get("pagination_token") for request in world.requests]
    assert asked == [None, "two"]


async def test_a_list_ends_where_x_ends_it_and_repeats_nothing():
    pages = [page(range(5, 3, -1), "a"), page(range(4, 2, -1), "a"), {"meta": {"result_count": 0}}]
    async with connected(X({"GET /mentions": pages})) as x:
        posts = await x.read(Mentions(100), GRANT)
    assert isinstance(posts, list)
    assert [post.remote_id for post in posts] == ["5", "4", "3"]


async def test_a_list_without_end_is_left_after_ten_pages():
    pages = [page(range(n, n + 1), f"token {n}") for n in range(50)]
    world = X({"GET /tweets": pages})
    async with connected(world) as x:
        posts = await x.read(OwnPosts(100), GRANT)
    assert isinstance(posts, list)
    assert len(posts) == len(world.requests) == 10


async def test_what_was_read_before_a_limit_is_kept():
    limited: tuple[Any, ...] = (429, {"title": "Too Many Requests", "status": 429}, {})
    async with connected(X({"GET /tweets": [page(range(3), "more"), limited]})) as x:
        posts = await x.read(OwnPosts(50), GRANT)
    assert isinstance(posts, list)
    assert len(posts) == 3
    async with connected(X({"GET /tweets": [limited]})) as x:
        with pytest.raises(UpstreamError, match="rate_limited"):
            await x.read(OwnPosts(50), GRANT)


async def test_comments_leave_out_the_post_itself():
    async with connected(X({"GET /search/recent": page(range(3))})) as x:
        posts = await x.read(Comments("1"), GRANT)
    assert isinstance(posts, list)
    assert [post.remote_id for post in posts] == ["0", "2"]


async def test_a_search_keeps_its_filters_and_its_length():
    world = X({"GET /search/recent": page(range(1))})
    async with connected(world) as x:
        await x.read(Search("coffee OR tea"), GRANT)
        await x.read(Hashtag("#Keramik"), GRANT)
        for wrong in ("a b", "a) OR (b", ""):
            with pytest.raises(UpstreamError, match="bad_target"):
                await x.read(Hashtag(wrong), GRANT)
        grown = replace(GRANT, tier="self_serve")
        with pytest.raises(UpstreamError, match="query_too_long"):
            await x.read(Search("c" * 500), grown)
        await x.read(Search("c" * 500), GRANT)
    asked = [request.url.params["query"] for request in world.requests]
    assert asked[:2] == [
        "(coffee OR tea) -is:retweet -is:reply",
        "#Keramik -is:retweet -is:reply",
    ]
    assert len(asked) == 3


@pytest.mark.parametrize(
    "item",
    [
        {"title": "Not Found Error", "type": f"{PROBLEMS}resource-not-found"},
        {
            "title": "Forbidden",
            "detail": "User has been suspended: [nobody_x].",
            "type": f"{PROBLEMS}resource-not-found",
        },
    ],
)
async def test_a_person_who_is_not_there_is_none(item):
    async with connected(X({"GET /by/username/nobody_x": {"errors": [item]}})) as x:
        assert await x.read(Look("@nobody_x"), GRANT) is None


async def test_a_profile_is_read_in_both_vocabularies():
    for count in ("tweet_count", "post_count"):
        user = {
            "id": "7",
            "username": "ceramics",
            "public_metrics": {"followers_count": 5, count: 789},
            "a_new_field": [1],
        }
        body = {"data": user, "errors": [{"type": f"{PROBLEMS}field-unauthorized"}]}
        async with connected(X({"GET /me": body})) as x:
            me = await x.read(Me(), GRANT)
        assert isinstance(me, Person)
        assert (me.followers, me.posts, me.display_name) == (5, 789, None)


async def test_a_posts_figures_are_xs_own():
    entry = {
        "id": "11",
        "public_metrics": {"like_count": 4, "impression_count": 90},
        "non_public_metrics": {"impression_count": 120, "engagements": 9},
        "organic_metrics": {"like_count": 3, "odd": "x"},
    }
    async with connected(X({"GET /2/tweets/11": {"data": entry}})) as x:
        told = await x.read(Insights("11"), GRANT)
    assert told == Measures({"like_count": 4, "impression_count": 120, "engagements": 9})


async def test_an_old_posts_public_figures_stay():
    refused: tuple[Any, ...] = (
        400,
        {"errors": [{"message": "too old"}], "type": f"{PROBLEMS}invalid-request"},
        {},
    )
    public = {"data": {"id": "11", "public_metrics": {"like_count": 4}}}
    async with connected(X({"GET /2/tweets/11": [refused, public]})) as x:
        assert await x.read(Insights("11"), GRANT) == Measures({"like_count": 4})


async def test_an_accounts_figures_are_its_profile_and_what_its_posts_earned():
    metrics = [{"impressions": 120, "likes": 4}, {"impressions": 30, "likes": 1, "shares": 0}]
    earned = {
        "data": [{"id": str(n), "timestamped_metrics": [{"metrics": m}]} for n, m in
                 enumerate(metrics)]
    }  # fmt: skip
    me = {"data": {"id": "101", "username": "m", "public_metrics": {"followers_count": 900}}}
    world = X({"GET /me": me, "GET /users/101/tweets": page(range(2)), "GET /analytics": earned})
    async with connected(world) as x:
        told = await x.read(Insights(days=7), GRANT)
    assert told == Measures({"followers_count": 900, "impressions": 150, "likes": 5, "shares": 0})
    asked = world.requests[-1].url.params
    assert (asked["ids"], asked["granularity"]) == ("0,1", "total")
    assert asked["start_time"] == (NOW - timedelta(days=7)).strftime("%Y-%m-%dT%H:%M:%SZ")


async def test_an_account_without_posts_has_its_profiles_figures_only():
    me = {"data": {"id": "101", "username": "m", "public_metrics": {"followers_count": 0}}}
    world = X({"GET /me": me, "GET /tweets": {"meta": {"result_count": 0}}})
    async with connected(world) as x:
        assert await x.read(Insights(), GRANT) == Measures({"followers_count": 0})


async def test_who_follows_back_is_told_in_one_call_and_what_x_leaves_out_stays_unknown():
    body = {
        "data": [
            {"id": "1", "username": "Ada", "connection_status": ["following", "followed_by"]},
            {"id": "2", "username": "ben", "connection_status": ["none"]},
            {"id": "3", "username": "cid"},
        ],
        "errors": [{"value": "dee", "type": f"{PROBLEMS}resource-not-found"}],
    }
    world = X({"GET /2/users/by": body})
    async with connected(world) as x:
        told = await x.read(FollowsBack(["@ada", "ben", "cid", "dee"]), GRANT)
    assert told == Followers({"ada": True, "ben": False})
    (request,) = world.requests
    assert request.url.params["usernames"] == "ada,ben,cid,dee"
    assert "connection_status" in request.url.params["user.fields"]


async def test_nobody_shown_is_an_answer_and_too_many_at_once_are_refused_before_any_call():
    nobody = {"errors": [{"value": "dee", "type": f"{PROBLEMS}resource-not-found"}]}
    world = X({"GET /2/users/by": nobody})
    async with connected(world) as x:
        assert await x.read(FollowsBack(["dee"]), GRANT) == Followers({})
        for handles in ([], ["someone"] * 101, ["not a handle"]):
            with pytest.raises(UpstreamError, match="bad_target"):
                await x.read(FollowsBack(handles), GRANT)
    assert len(world.requests) == 1


async def test_what_is_left_of_a_day_has_no_read():
    world = X({})
    async with connected(world) as x:
        with pytest.raises(UpstreamError, match="not_offered"):
            await x.read(PublishingQuota(), GRANT)
    assert world.requests == []


HEADERS = {
    "x-rate-limit-limit": "100",
    "x-rate-limit-remaining": "98",
    "x-rate-limit-reset": "1772367300",
    "x-user-limit-24hour-limit": "2400",
    "x-user-limit-24hour-remaining": "2399",
    "x-user-limit-24hour-reset": "1772452800",
    "x-app-limit-24hour-limit": "10000",
    "x-app-limit-24hour-remaining": "17",
    "x-app-limit-24hour-reset": "never",
}


async def test_every_window_that_x_tells_is_noted():
    world = X({"POST /2/tweets": (201, {"data": {"id": "5"}}, HEADERS)})
    async with connected(world) as x:
        await x.perform(order("publish_text", text="Launch day"), GRANT)
        noted = x.http.quotas.drain()
    assert [(n.account_id, n.quota.endpoint, n.quota.scope) for n in noted] == [
        ("our-account", "POST /2/tweets", "user"),
        ("our-account", "POST /2/tweets 24h", "user"),
        ("our-account", "POST /2/tweets 24h", "app"),
    ]
    assert [(n.quota.limit, n.quota.remaining) for n in noted] == [
        (100, 98),
        (2400, 2399),
        (10000, 17),
    ]
    assert noted[0].quota.resets_at == datetime.fromtimestamp(1772367300, UTC)
    assert noted[2].quota.resets_at is None


async def test_a_refusals_window_is_noted_too_and_an_unknown_accounts_is_not():
    headers = {"x-rate-limit-limit": "75", "x-rate-limit-remaining": "0"}
    world = X({"GET /me": (429, {"title": "Too Many Requests"}, headers)})
    async with connected(world) as x:
        for grant, noted in ((GRANT, 1), (replace(GRANT, account_id=""), 0)):
            with pytest.raises(UpstreamError, match="rate_limited"):
                await x.read(Me(), grant)
            assert len(x.http.quotas.drain()) == noted


@pytest.mark.parametrize(
    ("ask", "granted", "missing"),
    [
        (Me(), ("tweet.read",), "users.read"),
        (Search("a"), ("users.read", "offline.access"), "tweet.read"),
    ],
)
async def test_a_read_that_the_owner_did_not_grant_is_not_tried(ask, granted, missing):
    world = X({})
    async with connected(world) as x:
        with pytest.raises(UpstreamError, match=missing) as caught:
            await x.read(ask, replace(GRANT, scopes=granted))
    assert (caught.value.remedy, caught.value.code) == (Remedy.REJECT, "scope_missing")
    assert world.requests == []
