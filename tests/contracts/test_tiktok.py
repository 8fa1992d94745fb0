"""TikTok keeps the contract."""

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest

from socialseed.connectors.types import Order, OwnPosts
from socialseed.core.clock import SystemClock
from socialseed.core.errors import Remedy, UpstreamError
from tests.contracts.connector import NOW, Answers, Sandboxed

_keys = itertools.count(1)
_MEDIA = "https://example.com/picture.jpg"
_OK = {"code": "ok", "message": "", "log_id": "1"}


def order(kind: str, **more: str) -> Order:
    return Order(f"key-{next(_keys)}", kind, since=NOW, **more)  # type: ignore[arg-type]


def refused(code: str) -> dict[str, object]:
    return {"error": {"code": code, "message": "…", "log_id": "1"}}


def status(word: str, **more: object) -> tuple[str, str, int, object]:
    return ("POST", "/status/fetch/$", 200, {"data": {"status": word, **more}, "error": _OK})


class TestAnswers(Answers):
    platform = "tiktok"
    tier = "audited"
    effect = r"/(content|video)/init/$|/comment/(reply/)?create/$"
    orders = {
        "publish_image": order("publish_image", text="Peach", media_url=_MEDIA),
        "publish_video": order("publish_video", text="Peach", media_url=_MEDIA),
        "comment": order("comment", text="Thanks!", post_id="11"),
        "reply": order("reply", text="Thanks!", post_id="11", comment_id="12"),
    }
    recordings = (
        (
            "POST",
            "/creator_info/query/$",
            200,
            {"data": {"privacy_level_options": ["PUBLIC_TO_EVERYONE", "SELF_ONLY"]}, "error": _OK},
        ),
        ("POST", "/init/$", 200, {"data": {"publish_id": "p_pub_url~v2.1"}, "error": _OK}),
        status("PUBLISH_COMPLETE", publicaly_available_post_id=[7077642457847994444]),
        ("POST", "/create/$", 200, {"code": 0, "message": "OK", "data": {"comment_id": "55"}}),
    )
    unauthorized = (401, refused("access_token_invalid"), Remedy.REAUTHORIZE, "token_refused")
    limited = (429, refused("rate_limit_exceeded"), Remedy.WAIT, "rate_limited")
    refusals = (
        (403, refused("spam_risk_too_many_posts"), Remedy.WAIT, "spam_risk_too_many_posts"),
        (
            403,
            refused("spam_risk_user_banned_from_posting"),
            Remedy.STOP,
            "spam_risk_user_banned_from_posting",
        ),
        (403, refused("reached_active_user_cap"), Remedy.WAIT, "reached_active_user_cap"),
        (403, refused("url_ownership_unverified"), Remedy.REJECT, "url_ownership_unverified"),
        (400, refused("invalid_param"), Remedy.REJECT, "invalid_param"),
        (200, refused("invalid_param"), Remedy.REJECT, "invalid_param"),
        (401, refused("scope_not_authorized"), Remedy.REAUTHORIZE, "token_refused"),
        (500, refused("internal_error"), Remedy.RECONCILE, "undocumented_answer"),
        (200, refused("never_seen"), Remedy.RECONCILE, "undocumented_answer"),
    )

    @pytest.mark.parametrize(
        ("reason", "remedy", "code"),
        [
            ("picture_size_check_failed", Remedy.REJECT, "bad_media"),
            ("photo_pull_failed", Remedy.RETRY, "photo_pull_failed"),
            ("spam_risk", Remedy.STOP, "spam_risk"),
            ("spam_risk_too_many_posts", Remedy.WAIT, "spam_risk_too_many_posts"),
            ("auth_removed", Remedy.REAUTHORIZE, "token_refused"),
            ("spam_risk_text", Remedy.REJECT, "spam_risk_text"),
        ],
    )
    async def test_a_post_that_failed_was_not_made(self, connector, world, reason, remedy, code):
        world.recordings = (status("FAILED", fail_reason=reason), *self.recordings)
        with pytest.raises(UpstreamError) as caught:
            await connector.perform(self.orders["publish_image"], self.grant)
        assert (caught.value.remedy, caught.value.code) == (remedy, code)

    @pytest.mark.parametrize(
        "recording",
        [
            status("PROCESSING_DOWNLOAD"),
            ("POST", "/status/fetch/$", 500, {}),
            ("POST", "/status/fetch/$", 401, refused("access_token_invalid")),
        ],
        ids=["processing", "broken", "refused"],
    )
    async def test_a_post_under_way_is_unknown_and_names_its_upload(
        self, connector, world, recording
    ):
        world.recordings = (recording, *self.recordings)
        with pytest.raises(UpstreamError) as caught:
            await connector.perform(self.orders["publish_image"], self.grant)
        assert caught.value.remedy is Remedy.RECONCILE
        assert "p_pub_url~v2.1" in caught.value.detail
        assert len(world.effects) == 1

    async def test_the_id_is_not_rounded(self, connector, world):
        receipt = await connector.perform(self.orders["publish_image"], self.grant)
        assert receipt.remote_id == "7077642457847994444"

    async def test_an_unaudited_app_posts_privately_and_cannot_look_back(self, connector, world):
        grant = replace(self.grant, tier="unaudited")
        await connector.perform(self.orders["publish_image"], grant)
        assert b'"SELF_ONLY"' in world.effects[0].content
        with pytest.raises(UpstreamError, match="not_verifiable"):
            await connector.find(self.orders["publish_image"], grant)

    @pytest.mark.parametrize(
        ("code", "remedy", "told"),
        [
            (40001, Remedy.REJECT, "no_permission"),
            (40007, Remedy.REJECT, "target_gone"),
            (40100, Remedy.WAIT, "rate_limited"),
            (40105, Remedy.REAUTHORIZE, "token_refused"),
            (50000, Remedy.RECONCILE, "undocumented_answer"),
        ],
    )
    async def test_the_business_api_says_it_inside_a_200(
        self, connector, world, code, remedy, told
    ):
        body = {"code": code, "message": "…", "request_id": "1", "data": {}}
        world.recordings = (("POST", "/create/$", 200, body),)
        with pytest.raises(UpstreamError) as caught:
            await connector.perform(self.orders["comment"], self.grant)
        assert (caught.value.remedy, caught.value.code) == (remedy, told)

    async def test_a_missing_post_proves_nothing_before_a_day_has_passed(self, connector, world):
        empty = {"data": {"videos": [], "has_more": False}, "error": _OK}
        world.recordings = (("POST", "/video/list/$", 200, empty),)
        ours = self.orders["publish_image"]
        with pytest.raises(UpstreamError, match="not_proven"):
            await connector.find(ours, self.grant)
        assert (
            await connector.find(replace(ours, since=NOW - timedelta(days=2)), self.grant) is None
        )


class TestSandboxed(Sandboxed):
    platform = "tiktok"
    sandbox_tier = "audited"
    verified = ("comment",)

    async def order(self, live, acting, picture, kind):
        n = next(_keys)
        if not await live.read(OwnPosts(1), acting):
            post = Order(f"t-own-{n}", "publish_image", text=f"Own {n}", media_url=picture)
            await live.perform(post, acting)
        newest = (await live.read(OwnPosts(1), acting))[0]
        words = f"Kiln notes number {n}"
        since = SystemClock().now()
        return Order(f"t-{n}", kind, text=words, since=since, post_id=newest.remote_id)

    async def test_a_picture_is_published_and_found(self, live, acting, picture_url):
        since = SystemClock().now()
        ours = Order("t-pic", "publish_image", text="A bowl", media_url=picture_url, since=since)
        receipt = await live.perform(ours, acting)
        assert receipt.remote_url is not None
        found = await live.find(ours, acting)
        assert found is not None
        assert found.remote_id == receipt.remote_id
