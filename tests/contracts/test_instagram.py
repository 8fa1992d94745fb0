"""Instagram keeps the contract."""

import itertools
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from socialseed.connectors.types import (
    Comments,
    Grant,
    Insights,
    Look,
    Mentions,
    Order,
    OwnPosts,
    Person,
    PublishingQuota,
    Search,
)
from socialseed.core.clock import SystemClock
from socialseed.core.errors import Remedy, UpstreamError
from tests.contracts.connector import FILM, NOW, Answers, Sandboxed, done

_keys = itertools.count(1)
_MEDIA = "https://example.com/picture.jpg"
_FILM = "https://93.184.216.34/film.mp4"
UPLOAD = "https://rupload.facebook.com"
QUOTA = {"data": [{"quota_usage": 2, "config": {"quota_total": 50, "quota_duration": 86400}}]}


def order(kind: str, **more: Any) -> Order:
    return Order(f"key-{next(_keys)}", kind, since=NOW, **more)  # type: ignore[arg-type]


def graph(code: int, subcode: int | None = None, **more: object) -> dict[str, object]:
    error = {"message": "…", "type": "OAuthException", "code": code, **more}
    return {"error": error | ({"error_subcode": subcode} if subcode else {})}


class TestAnswers(Answers):
    platform = "instagram"
    tier = "facebook_login"
    effect = r"/media_publish$|/comments$|/replies$|/likes$|^DELETE .*/v25.0/\d+$"
    orders = {
        "publish_image": order("publish_image", text="Peach", media_url=_MEDIA, alt_text="A peach"),
        "publish_video": order("publish_video", text="Kiln", media_url=_FILM, cover_url=_MEDIA),
        "publish_carousel": order("publish_carousel", text="Album", media_urls=(_MEDIA, _FILM)),
        "comment": order("comment", text="Thanks!", post_id="11"),
        "reply": order("reply", text="Thanks!", comment_id="12"),
        "like": order("like", post_id="11"),
        "unlike": order("unlike", comment_id="12"),
        "delete": order("delete", post_id="11"),
    }
    recordings = (
        ("GET", "/film.mp4$", 200, FILM),
        ("GET", "/content_publishing_limit$", 200, QUOTA),
        ("POST", "/media$", 200, {"id": "33", "uri": f"{UPLOAD}/ig-api-upload/v25.0/33"}),
        ("POST", "/ig-api-upload/v25.0/33$", 200, {"success": True}),
        ("GET", "/v25.0/33$", 200, {"id": "33", "status_code": "FINISHED"}),
        ("POST", "/media_publish$", 200, {"id": "44"}),
        ("GET", "/v25.0/44$", 200, {"permalink": "https://www.instagram.com/p/abc/", "id": "44"}),
        ("POST", "/(comments|replies)$", 200, {"id": "55"}),
        ("POST", "/likes$", 200, {"success": True}),
        ("DELETE", "", 200, {"success": True, "deleted_id": "11"}),
    )
    unauthorized = (400, graph(190, 463), Remedy.REAUTHORIZE, "token_refused")
    limited = (400, graph(80002), Remedy.WAIT, "rate_limited")
    refusals = (
        (400, graph(4, 2207051), Remedy.STOP, "spam_block"),
        (400, graph(25, 2207050), Remedy.STOP, "account_restricted"),
        (400, graph(190, 459), Remedy.STOP, "checkpoint"),
        (400, graph(368), Remedy.STOP, "policy_block"),
        (400, graph(190, 460), Remedy.REAUTHORIZE, "token_refused"),
        (400, graph(190, 458), Remedy.REAUTHORIZE, "token_refused"),
        (400, graph(190), Remedy.REAUTHORIZE, "token_refused"),
        (401, {"message": "no envelope"}, Remedy.REAUTHORIZE, "token_refused"),
        (403, graph(4), Remedy.WAIT, "rate_limited"),
        (400, graph(17), Remedy.WAIT, "rate_limited"),
        (400, graph(32), Remedy.WAIT, "rate_limited"),
        (400, graph(613), Remedy.WAIT, "rate_limited"),
        (429, {"message": "no envelope"}, Remedy.WAIT, "rate_limited"),
        (400, graph(9, 2207042), Remedy.WAIT, "publish_cap"),
        (400, graph(9007, 2207027), Remedy.WAIT, "not_ready"),
        (400, graph(24, 2207008), Remedy.RETRY, "container_gone"),
        (400, graph(24, 2207006), Remedy.RETRY, "container_gone"),
        (400, graph(10), Remedy.REJECT, "no_permission"),
        (400, graph(200), Remedy.REJECT, "no_permission"),
        (400, graph(299), Remedy.REJECT, "no_permission"),
        (400, graph(100, 33), Remedy.REJECT, "target_gone"),
        (400, graph(110, 2207013), Remedy.REJECT, "target_gone"),
        (400, graph(100), Remedy.REJECT, "invalid_request"),
        (400, graph(9004, 2207052), Remedy.REJECT, "bad_media"),
        (400, graph(36000, 2207004), Remedy.REJECT, "bad_media"),
        (400, graph(36001, 2207005), Remedy.REJECT, "bad_media"),
        (400, graph(36003, 2207009), Remedy.REJECT, "bad_media"),
        (400, graph(36004, 2207010), Remedy.REJECT, "text_too_long"),
        (400, graph(100, 2207028), Remedy.REJECT, "bad_media"),
        (400, graph(100, 2207040), Remedy.REJECT, "too_many_tags"),
        (400, graph(352, 2207026), Remedy.REJECT, "bad_media"),
        (400, graph(1, 2207057), Remedy.REJECT, "bad_media"),
        (400, graph(-2, 2207003), Remedy.RECONCILE, "media_slow"),
        (400, graph(-2, 2207020), Remedy.RECONCILE, "media_slow"),
        (400, graph(-1, 2207001, is_transient=True), Remedy.RECONCILE, "server_error"),
        (400, graph(-1, 2207032), Remedy.RECONCILE, "server_error"),
        (400, graph(-1, 2207053), Remedy.RECONCILE, "server_error"),
        (400, graph(2), Remedy.RECONCILE, "server_error"),
        (200, graph(1), Remedy.RECONCILE, "server_error"),
        (400, graph(31337, is_transient=True), Remedy.RECONCILE, "server_error"),
        (400, graph(424242), Remedy.RECONCILE, "undocumented_answer"),
    )

    async def test_a_picture_that_is_not_ready_waits_and_publishes_nothing(self, connector, world):
        unfinished = ("GET", "/v25.0/33$", 200, {"id": "33", "status_code": "IN_PROGRESS"})
        world.recordings = (unfinished, *self.recordings)
        with pytest.raises(UpstreamError, match="not_ready") as caught:
            await connector.perform(self.orders["publish_image"], self.grant)
        assert caught.value.remedy is Remedy.WAIT
        assert world.effects == []

    async def test_a_picture_that_failed_is_refused_and_publishes_nothing(self, connector, world):
        failed = ("GET", "/v25.0/33$", 200, {"id": "33", "status_code": "ERROR"})
        world.recordings = (failed, *self.recordings)
        with pytest.raises(UpstreamError, match="bad_media"):
            await connector.perform(self.orders["publish_image"], self.grant)
        assert world.effects == []

    async def test_a_lost_look_at_the_address_does_not_unmake_the_post(self, connector, world):
        broken = ("GET", "/v25.0/44$", 500, "broken")
        world.recordings = (broken, *self.recordings)
        receipt = await connector.perform(self.orders["publish_image"], self.grant)
        assert (receipt.remote_id, receipt.remote_url) == ("44", None)

    async def test_the_usage_header_says_when_to_come_again(self, connector, world):
        usage = '{"178": [{"type": "instagram", "estimated_time_to_regain_access": 45}]}'
        world.breaks = lambda request: httpx2.Response(
            400, json=graph(80002), headers={"x-business-use-case-usage": usage}
        )
        with pytest.raises(UpstreamError) as caught:
            await connector.perform(self.orders["comment"], self.grant)
        assert caught.value.until == NOW + timedelta(minutes=45)

    async def test_an_older_post_with_the_same_caption_is_not_taken_for_ours(
        self, connector, world
    ):
        old = {"id": "9", "caption": "Peach", "timestamp": "2026-02-01T00:00:00+0000"}
        world.recordings = (("GET", "/media$", 200, {"data": [old]}),)
        assert await connector.find(self.orders["publish_image"], self.grant) is None


class TestSandboxed(Sandboxed):
    platform = "instagram"
    sandbox_tier = "facebook_login"
    verified = ("publish_image", "comment")

    async def order(self, live, acting, picture, kind) -> Order:
        n = next(_keys)
        since = SystemClock().now()
        made = Order(f"i-{n}", kind, text=f"Kiln notes number {n}", since=since, media_url=picture)
        film = picture.replace("picture.jpg", "film.mp4")
        if kind == "publish_video":
            return replace(made, media_url=film)
        if kind == "publish_carousel":
            return replace(made, media_url=None, media_urls=(picture, film))
        if kind == "publish_image":
            return made
        mine = await self.own(live, acting, picture)
        return Order(f"i-{n}", kind, text=made.text, since=since, post_id=mine)

    async def own(self, live, acting, picture) -> str:
        """A post of the account's own."""
        n = next(_keys)
        post = Order(f"i-own-{n}", "publish_image", text=f"Own {n}", media_url=picture)
        return str((await live.perform(post, acting)).remote_id)

    async def test_films_and_albums_are_published_once_and_found(
        self, live, acting, shared_box, picture_url
    ):
        """A film takes the sandbox longer to prepare than a picture, and bytes are handed over."""
        film = await self.order(live, acting, picture_url, "publish_video")
        shared_box.fault("performed_then_reset", verb="publish_video", times=1)
        with pytest.raises(UpstreamError) as caught:
            await live.perform(film, acting)
        assert caught.value.remedy is Remedy.RECONCILE
        with pytest.raises(UpstreamError, match="already_published"):
            await live.perform(film, acting)
        assert len(done(shared_box, film)) == 1
        found = await live.find(film, acting)
        assert found is not None
        album = await self.order(live, acting, picture_url, "publish_carousel")
        receipt = await live.perform(album, acting)
        found = await live.find(album, acting)
        assert found is not None
        assert found.remote_id == receipt.remote_id
        assert len(done(shared_box, album)) == 1
        listed = {post.remote_id: post.text for post in await live.read(OwnPosts(5), acting)}
        assert listed[receipt.remote_id] == album.text

    async def test_with_instagram_login_films_are_pulled(self, live, acting, picture_url):
        own = replace(acting, tier="instagram_login")
        film = await self.order(live, own, picture_url, "publish_video")
        receipt = await live.perform(film, own)
        figures = await live.read(Insights(receipt.remote_id), own)
        assert figures.values["likes"] == 0
        quota = await live.read(PublishingQuota(), own)
        assert quota.values["used"] == 1
        assert await live.read(Insights(days=2), own) is not None

    async def test_words_likes_and_deletions_reach_their_places(
        self, live, acting, shared_box, picture_url
    ):
        mine = await self.own(live, acting, picture_url)
        said = await live.perform(Order("i-said", "comment", text="First", post_id=mine), acting)
        answer = Order("i-answer", "reply", text="Second", post_id=mine, comment_id=said.remote_id)
        answered = await live.perform(answer, acting)
        found = await live.find(answer, acting)
        assert found is not None
        assert found.remote_id == answered.remote_id
        thread = await live.read(Comments(mine), acting)
        assert [(p.text, p.parent_id) for p in thread] == [
            ("First", None),
            ("Second", said.remote_id),
        ]
        for kind in ("like", "unlike"):
            await live.perform(Order(f"i-{kind}", kind, post_id=mine), acting)
            assert len(done(shared_box, Order(f"i-{kind}", kind))) == 1
        gone = Order("i-gone", "delete", comment_id=said.remote_id)
        assert await live.find(gone, acting) is None
        await live.perform(gone, acting)
        assert await live.find(gone, acting) is not None
        whole = Order("i-whole", "delete", post_id=mine)
        await live.perform(whole, acting)
        assert await live.find(whole, acting) is not None

    async def test_who_names_the_account_is_read_and_answered(
        self, live, acting, shared_box, picture_url
    ):
        handle = f"n{acting.account[1:]}"
        theirs = shared_box.account("instagram", handle)
        token = shared_box.token("instagram", handle)
        other = Grant(handle, str(theirs["id"]), token, (), self.sandbox_tier)
        words = f"Made with @{acting.account}"
        named = Order("i-named", "publish_image", text=words, media_url=picture_url)
        post = (await live.perform(named, other)).remote_id
        (seen,) = await live.read(Mentions(), acting)
        assert (seen.remote_id, seen.text, seen.author.handle) == (post, words, handle)
        (alone,) = await live.read(Mentions(media_id=post), acting)
        assert (alone.remote_id, alone.text) == (post, words)
        thanks = Order("i-thanks", "reply", text="Thank you!", post_id=post)
        await live.perform(thanks, acting)
        assert [p.text for p in await live.read(Comments(post), other)] == ["Thank you!"]
        stranger = Order("i-stranger", "comment", text="Hello", post_id=post)
        with pytest.raises(UpstreamError, match="target_gone"):
            await live.perform(stranger, acting)

    async def test_it_finds_people_and_posts_with_facebook_login(self, live, acting, shared_box):
        people = shared_box.control("GET", "/people?platform=instagram&interest=coffee&limit=20")
        shown = people.get("people") or people.get("items")
        busiest = max(shown, key=lambda person: person["followers"])
        found = await live.read(Look(busiest["handle"]), acting)
        assert isinstance(found, Person)
        assert found.handle == busiest["handle"]
        assert await live.read(Look("nobody_like_this_here"), acting) is None
        assert await live.read(Search("coffee", 5), acting)
