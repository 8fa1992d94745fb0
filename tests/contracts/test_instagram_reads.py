"""Instagram's reads: pages followed to the limit, threads, mentions, hashtags, figures, usage."""

import json
from datetime import timedelta

import httpx2
import pytest

from socialseed.connectors.types import (
    Comments,
    Hashtag,
    Insights,
    Look,
    Mentions,
    Order,
    OwnPosts,
    PublishingQuota,
    Search,
)
from socialseed.core.clock import VirtualClock
from socialseed.core.errors import Remedy, UpstreamError
from tests.contracts.connector import NOW
from tests.contracts.instagram import ME, Meta, grant_of, graph, speaking_to

BUC = "x-business-use-case-usage"


def paged(total: int, size: int):
    """A list of `total` entries, served `size` at a time with Graph's cursors."""

    def answer(request: httpx2.Request) -> object:
        asked = request.url.params
        start = int(asked.get("after", "0"))
        end = min(start + min(size, int(asked["limit"])), total)
        data = [{"id": str(n), "caption": f"Post {n}"} for n in range(start, end)]
        cursors = {"before": str(start), "after": str(end)}
        more = {"next": f"https://graph.facebook.com/v25.0/x?after={end}"} if end < total else {}
        return {"data": data, "paging": {"cursors": cursors, **more}}

    return answer


async def test_pages_are_followed_until_the_limit():
    meta = Meta({f"GET .*/{ME}/media$": paged(230, 100)})
    async with speaking_to(meta) as connector:
        found = await connector.read(OwnPosts(150), grant_of())
        assert [post.remote_id for post in found] == [str(n) for n in range(150)]
        assert [r.url.params["limit"] for r in meta.requests] == ["100", "50"]
        meta.requests.clear()
        assert len(await connector.read(OwnPosts(900), grant_of())) == 230
        assert len(meta.requests) == 3


async def test_a_list_without_end_is_read_in_ten_pages_at_most():
    meta = Meta({"GET .*/tags$": paged(10**6, 5)})
    async with speaking_to(meta) as connector:
        found = await connector.read(Mentions(500), grant_of())
    assert (len(meta.requests), len(found)) == (10, 50)


async def test_replies_follow_their_comment():
    reply = {"id": "3", "text": "Yes", "username": "lea", "timestamp": "2026-02-28T10:00:00+0000"}
    listed = {
        "data": [
            {"id": "2", "text": "Is it glazed?", "from": {"id": "9", "username": "jo"},
             "replies": {"data": [reply, {"text": "no id"}]}},
            {"id": "1", "text": "Nice"},
        ]
    }  # fmt: skip
    meta = Meta({"GET .*/77/comments$": listed})
    async with speaking_to(meta) as connector:
        found = await connector.read(Comments("77"), grant_of())
        assert [(p.remote_id, p.parent_id) for p in found] == [("2", None), ("3", "2"), ("1", None)]
        assert (found[0].author.remote_id, found[0].author.handle) == ("9", "jo")
        assert found[2].author is None
        assert [p.remote_id for p in await connector.read(Comments("77", 2), grant_of())] == [
            "2",
            "3",
        ]


async def test_a_mention_that_a_notice_named_is_read_by_its_ids():
    said = {"mentioned_comment": {"id": "5", "text": "@mara_k look", "username": "jo"}, "id": ME}
    seen = {"mentioned_media": {"id": "6", "caption": "By @mara_k", "username": "jo"}, "id": ME}
    meta = Meta({"GET": lambda r: said if "mentioned_comment" in r.url.params["fields"] else seen})
    async with speaking_to(meta) as connector:
        comment = await connector.read(Mentions(media_id="6", comment_id="5"), grant_of())
        media = await connector.read(Mentions(media_id="6"), grant_of())
        assert (comment[0].remote_id, comment[0].text) == ("5", "@mara_k look")
        assert (media[0].remote_id, media[0].author.handle) == ("6", "jo")
        fields = meta.requests[0].url.params["fields"]
        assert fields.startswith("mentioned_comment.comment_id(5){")
        count = len(meta.requests)
        with pytest.raises(UpstreamError, match="tier_lacks_it"):
            await connector.read(Mentions(media_id="6"), grant_of("instagram_login"))
        assert len(meta.requests) == count


@pytest.mark.parametrize("ask", [Search("Stone Ware!"), Hashtag("stoneware")])
async def test_a_hashtag_is_searched_of_today_and_else_of_its_best(ask):
    best = [{"id": "8", "caption": "#stoneware", "like_count": 3}]
    meta = Meta(
        {
            "ig_hashtag_search$": {"data": [{"id": "17843"}]},
            "/17843/recent_media$": {"data": []},
            "/17843/top_media$": {"data": best},
        }
    )
    async with speaking_to(meta) as connector:
        found = await connector.read(ask, grant_of())
    assert [(p.remote_id, p.likes, p.author) for p in found] == [("8", 3, None)]
    assert meta.requests[0].url.params["q"] == "stoneware"
    assert all(r.url.params["user_id"] == ME for r in meta.requests)


async def test_a_used_up_week_of_hashtags_waits():
    async with speaking_to(Meta({"GET": graph(18, 2207034)})) as connector:
        with pytest.raises(UpstreamError) as caught:
            await connector.read(Hashtag("coffee"), grant_of())
    assert (caught.value.remedy, caught.value.code) == (Remedy.WAIT, "hashtag_limit")
    assert caught.value.until == NOW + timedelta(days=1)


async def test_others_are_seen_only_with_facebook_login():
    missing = graph(110, 2207013, "Invalid user id")
    meta = Meta({"GET": missing})
    async with speaking_to(meta) as connector:
        assert await connector.read(Look("@nobody"), grant_of()) is None
        assert await connector.read(Look("../me"), grant_of()) is None
        for ask in (Look("jo"), Search("coffee"), Hashtag("coffee")):
            with pytest.raises(UpstreamError, match="tier_lacks_it"):
                await connector.read(ask, grant_of("instagram_login"))
    assert len(meta.requests) == 1


async def test_a_posts_figures_are_asked_by_its_kind():
    figures = {
        "data": [
            {"name": "reach", "period": "lifetime", "values": [{"value": 417}]},
            {"name": "profile_activity", "values": [{"value": 9}], "total_value": {"value": 11}},
            {"name": "views", "values": []},
        ]
    }
    meta = Meta({"/insights$": figures, "/55$": {"media_product_type": "REELS", "id": "55"}})
    async with speaking_to(meta) as connector:
        told = await connector.read(Insights("55"), grant_of())
    assert told.values == {"reach": 417, "profile_activity": 11}
    metrics = meta.asked("insights")[0].url.params["metric"].split(",")
    assert "ig_reels_avg_watch_time" in metrics
    assert "profile_visits" not in metrics


async def test_an_unsupported_metric_costs_one_more_call_not_the_figures():
    def answer(request: httpx2.Request) -> object:
        if "replies" in request.url.params["metric"]:
            return graph(100, message="(#100) metric[8] must be one of")
        return {"data": [{"name": "reach", "total_value": {"value": 224}}]}

    meta = Meta({f"/{ME}/insights$": answer})
    async with speaking_to(meta) as connector:
        told = await connector.read(Insights(days=7), grant_of())
    assert told.values == {"reach": 224}
    asked = [r.url.params for r in meta.requests]
    assert len(asked) == 2
    assert int(asked[0]["until"]) - int(asked[0]["since"]) == 7 * 86400
    assert int(asked[0]["until"]) == int(NOW.timestamp())


async def test_too_few_viewers_are_no_figures_and_no_error():
    few = graph(10, message="(#10) Not enough viewers for the media to show insights")
    meta = Meta({"/insights$": few, "/55$": {"media_product_type": "STORY"}})
    async with speaking_to(meta) as connector:
        assert (await connector.read(Insights("55"), grant_of())).values == {}
        meta.answers = {"GET": graph(10)}
        with pytest.raises(UpstreamError, match="no_permission"):
            await connector.read(Insights("55"), grant_of())


async def test_the_publishing_quota_is_what_instagram_says():
    body = {"data": [{"quota_usage": 2, "config": {"quota_total": 50, "quota_duration": 86400}}]}
    meta = Meta({f"/{ME}/content_publishing_limit$": body})
    async with speaking_to(meta) as connector:
        assert (await connector.read(PublishingQuota(), grant_of())).values == {
            "used": 2,
            "limit": 50,
        }
        meta.answers = {"GET": {"data": [{"config": {}}]}}
        assert (await connector.read(PublishingQuota(), grant_of())).values == {}


async def test_the_headers_tell_what_is_left_of_the_calls():
    entry = {"type": "instagram", "call_count": 40, "total_cputime": 3, "total_time": 85}
    headers = {
        "x-app-usage": json.dumps({"call_count": 28, "total_time": 25, "total_cputime": 25}),
        BUC: json.dumps({ME: [entry | {"estimated_time_to_regain_access": 0}]}),
    }
    good = httpx2.Response(200, json={"data": []}, headers=headers)
    blocked = {ME: [entry | {"call_count": 101, "estimated_time_to_regain_access": 45}]}
    full = httpx2.Response(
        400, json={"error": {"code": 80002, "message": "…"}}, headers={BUC: json.dumps(blocked)}
    )
    meta = Meta({"/media$": good, "/tags$": full})
    async with speaking_to(meta) as connector:
        book = connector.http.quotas
        await connector.read(OwnPosts(), grant_of())
        told = {(t.account_id, t.quota.scope): t.quota for t in book.drain()}
        assert {key[1] for key in told} == {"app", "user"}
        app, user = (next(q for k, q in told.items() if k[1] == s) for s in ("app", "user"))
        assert (app.limit, app.remaining) == (100, 72)
        assert (user.endpoint, user.limit, user.remaining) == ("instagram", 100, 15)
        assert app.resets_at == NOW + timedelta(hours=1)
        assert user.resets_at == NOW + timedelta(hours=24)
        with pytest.raises(UpstreamError) as caught:
            await connector.read(Mentions(), grant_of())
        assert caught.value.remedy is Remedy.WAIT
        assert caught.value.until == NOW + timedelta(minutes=45)
        (blocked_quota,) = [t.quota for t in book.drain()]
        assert blocked_quota.remaining == 0
        assert blocked_quota.resets_at == NOW + timedelta(minutes=45)


@pytest.mark.parametrize("header", ["", "{", "[]", '{"1": 3}', '{"1": [{"call_count": "many"}]}'])
async def test_odd_headers_tell_nothing(header):
    odd = httpx2.Response(200, json={"data": []}, headers={BUC: header, "x-app-usage": header})
    async with speaking_to(Meta({"GET": odd})) as connector:
        assert await connector.read(OwnPosts(), grant_of()) == []
        assert connector.http.quotas.drain() == []


async def test_nobody_calls_while_throttled_for_that_would_extend_it():
    missing = graph(110, 2207013)
    meta, clock = Meta({"/tags$": graph(80002), f"/{ME}$": missing}), VirtualClock(NOW)
    meta.answers["/comments$"] = {"id": "55"}
    spoken = Order("k", "comment", text="Thanks!", post_id="11")
    async with speaking_to(meta, clock) as connector:
        for ask in (Mentions(), OwnPosts(), Insights()):
            with pytest.raises(UpstreamError, match="rate_limited") as caught:
                await connector.read(ask, grant_of())
            assert caught.value.until == NOW + timedelta(hours=1)
        with pytest.raises(UpstreamError, match="rate_limited") as caught:
            await connector.perform(spoken, grant_of())
        assert caught.value.remedy is Remedy.WAIT
        assert len(meta.requests) == 1
        # Looking at others is counted apart, and so is every other account.
        assert await connector.read(Look("nobody"), grant_of()) is None
        other = grant_of(account_id="another", remote_id="17841400000000002")
        await connector.perform(spoken, other)
        clock.move_to(NOW + timedelta(hours=1))
        await connector.perform(spoken, grant_of())
    assert len(meta.asked("POST")) == 2
