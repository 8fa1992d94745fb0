"""X's connector against the running sandbox, where the platform's own rules decide."""

import itertools
from datetime import timedelta

import pytest

from socialseed.connectors.gateway import Gateway
from socialseed.connectors.http import open_client
from socialseed.connectors.twitter.connector import TwitterConnector
from socialseed.connectors.types import (
    Comments,
    Grant,
    Hashtag,
    Insights,
    Me,
    Measures,
    Mentions,
    Order,
    OwnPosts,
    Post,
    Search,
)
from socialseed.core.clock import SystemClock
from socialseed.core.errors import Remedy, UpstreamError
from socialseed.core.settings import Settings
from tests.contracts.connector import done
from tests.sandbox.conftest import Sandbox
from tests.support.accounts import connectors_of

_keys = itertools.count(1)


@pytest.fixture
async def live(shared_box: Sandbox):
    shared_box.control("DELETE", "/faults")
    shared_box.control("POST", "/tier", {"platform": "twitter", "tier": "self_serve"})
    async with open_client(Settings(), SystemClock(), Gateway(shared_box.url)) as http:
        yield connectors_of(http).get("twitter")


@pytest.fixture
def mara(shared_box: Sandbox) -> Grant:
    return account(shared_box, f"m{next(_keys)}_x")


def account(box: Sandbox, handle: str, scopes: str = "") -> Grant:
    made = box.account("twitter", handle)
    body = {"platform": "twitter", "handle": handle, "client_id": "live", "scopes": scopes}
    told = box.control("POST", "/tokens", body)
    granted = tuple(str(told["scope"]).split())
    token = str(told["access_token"])
    return Grant(handle, str(made["id"]), token, granted, "self_serve", account_id=f"our-{handle}")


def order(kind: str, **about: str) -> Order:
    since = SystemClock().now() - timedelta(seconds=1)
    return Order(f"live-{next(_keys)}", kind, since=since, **about)  # type: ignore[arg-type]


async def posts(live: TwitterConnector, ask: object, grant: Grant) -> list[Post]:
    found = await live.read(ask, grant)  # type: ignore[arg-type]
    assert isinstance(found, list)
    return found


async def test_a_conversation_is_read_from_both_sides(live, mara, shared_box):
    other = account(shared_box, f"o{next(_keys)}_x")
    own = await live.perform(order("publish_text", text="Which glaze for tea bowls?"), mara)
    call = order("publish_text", text=f"Hey @{mara.account}, how do you fire these?")
    asked = await live.perform(call, other)
    [heard] = await posts(live, Mentions(20), mara)
    assert (heard.remote_id, heard.author and heard.author.handle) == (
        asked.remote_id,
        other.account,
    )
    answer = order("reply", text="Slowly, for two days.", post_id=heard.remote_id)
    done_once = await live.perform(answer, mara)
    assert (await live.find(answer, mara)).remote_id == done_once.remote_id
    assert len(done(shared_box, answer)) == 1
    below = await posts(live, Comments(str(asked.remote_id), 20), other)
    assert [post.text.endswith("for two days.") for post in below] == [True]
    assert below[0].parent_id == asked.remote_id
    mine = await posts(live, OwnPosts(20), mara)
    assert {own.remote_id, done_once.remote_id} <= {post.remote_id for post in mine}


async def test_a_stranger_is_not_answered_and_nothing_is_in_doubt(live, mara, shared_box):
    stranger = (await posts(live, Search("coffee", 10), mara))[0]
    unasked = order("reply", text="Nice cup!", post_id=stranger.remote_id)
    with pytest.raises(UpstreamError) as caught:
        await live.perform(unasked, mara)
    assert (caught.value.remedy, caught.value.code) == (Remedy.REJECT, "not_summoned")
    assert done(shared_box, unasked) == []


async def test_a_search_and_a_hashtag_go_beyond_one_page(live, mara):
    words = "coffee OR baking OR travel OR music OR running OR ceramics OR books"
    found = await posts(live, Search(words, 130), mara)
    assert len({post.remote_id for post in found}) == len(found) == 130
    assert all(post.author is not None and post.parent_id is None for post in found)
    tagged = await posts(live, Hashtag("coffee", 30), mara)
    assert tagged
    assert all("#coffee" in post.text.lower() for post in tagged)


async def test_figures_are_told_for_a_post_and_for_the_account(live, mara, shared_box):
    made = await live.perform(order("publish_text", text="Kiln notes, with figures"), mara)
    of_post = await live.read(Insights(str(made.remote_id)), mara)
    assert isinstance(of_post, Measures)
    assert {"like_count", "reply_count", "impression_count", "engagements"} <= set(of_post.values)
    of_account = await live.read(Insights(days=7), mara)
    assert isinstance(of_account, Measures)
    assert of_account.values["followers_count"] == 900
    asked = [e for e in shared_box.journal() if e["account"] == mara.account]
    assert (asked[-1]["path"], asked[-1]["status"]) == ("GET /2/tweets/analytics", 200)


async def test_what_is_left_is_noted_from_real_headers(live, mara):
    for left in (74, 73):
        await live.read(Me(), mara)
        [told] = live.http.quotas.drain()
        assert (told.account_id, told.quota.endpoint) == (mara.account_id, "GET /2/users/me")
        assert (told.quota.limit, told.quota.remaining) == (75, left)
        assert told.quota.resets_at > SystemClock().now()
    await live.perform(order("publish_text", text="One more"), mara)
    told = {(n.quota.endpoint, n.quota.scope): n.quota for n in live.http.quotas.drain()}
    assert told["POST /2/tweets 24h", "user"].remaining == 2399
    assert told["POST /2/tweets 24h", "app"].limit == 10_000


async def test_a_used_up_window_waits_for_its_own_end(live, mara):
    for _ in range(75):
        await live.read(Me(), mara)
    ends = live.http.quotas.drain()[-1].quota.resets_at
    with pytest.raises(UpstreamError) as caught:
        await live.read(Me(), mara)
    assert (caught.value.remedy, caught.value.code) == (Remedy.WAIT, "rate_limited")
    assert caught.value.until == ends


async def test_fewer_permissions_are_told_and_kept_to(live, shared_box):
    reader = account(shared_box, f"r{next(_keys)}_x", "tweet.read users.read")
    assert reader.scopes == ("tweet.read", "users.read")
    await live.read(Me(), reader)
    before = len(shared_box.journal())
    with pytest.raises(UpstreamError, match=r"tweet\.write"):
        await live.perform(order("publish_text", text="Not mine to say"), reader)
    assert len(shared_box.journal()) == before


@pytest.mark.parametrize("fault", ["token_revoked", "token_expired"])
async def test_a_dead_grant_asks_for_the_owner(live, mara, shared_box, fault):
    shared_box.fault(fault, account=mara.account, verb="publish_text", times=1)
    tried = order("publish_text", text=f"Before {fault}")
    with pytest.raises(UpstreamError) as caught:
        await live.perform(tried, mara)
    assert caught.value.remedy is Remedy.REAUTHORIZE
    assert done(shared_box, tried) == []


async def test_several_pictures_make_one_post(live, mara, shared_box, picture_url):
    album = Order(
        f"live-{next(_keys)}",
        "publish_image",
        text="Four bowls",
        media_urls=(picture_url,) * 4,
        alt_text="Four bowls",
        since=SystemClock().now() - timedelta(seconds=1),
    )
    receipt = await live.perform(album, mara)
    assert [entry["verb"] for entry in done(shared_box, album)] == ["publish_image"]
    assert (await live.find(album, mara)).remote_id == receipt.remote_id
    uploads = [e for e in shared_box.journal() if e["account"] == mara.account
               and e["path"] == "POST /2/media/upload"]  # fmt: skip
    assert len(uploads) == 4
