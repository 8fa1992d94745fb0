"""TikTok keeps the contract."""

import itertools
from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest

from socialseed.connectors.gateway import Gateway
from socialseed.connectors.http import open_client
from socialseed.connectors.protocol import Connector
from socialseed.connectors.types import ActionType, Grant, Order, OwnPosts
from socialseed.core.clock import SystemClock
from socialseed.core.errors import Remedy, UpstreamError
from socialseed.core.settings import Settings
from tests.contracts.connector import FILM, NOW, Answers, Sandboxed
from tests.support.accounts import connectors_of

_keys = itertools.count(1)
_MEDIA = "https://93.184.216.34/picture.jpg"
_FILM = "https://93.184.216.34/film.mp4"
_OK = {"code": "ok", "message": "", "log_id": "1"}
UPLOAD = "http://127.0.0.1:9/open-upload.tiktokapis.com/video/?upload_id=6&upload_token=Xz%2Fa"


def order(kind: str, **more: object) -> Order:
    return Order(f"key-{next(_keys)}", kind, since=NOW, **more)  # type: ignore[arg-type]


def refused(code: str) -> dict[str, object]:
    return {"error": {"code": code, "message": "…", "log_id": "1"}}


def good(data: object) -> dict[str, object]:
    return {"data": data, "error": _OK}


def status(word: str, **more: object) -> tuple[str, str, int, object]:
    return ("POST", "/status/fetch/$", 200, good({"status": word, **more}))


CREATOR = {
    "creator_username": "mara_k",
    "privacy_level_options": ["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"],
    "comment_disabled": False,
    "duet_disabled": False,
    "stitch_disabled": True,
    "max_video_post_duration_sec": 300,
}
ORDERS = {
    "publish_image": order("publish_image", text="Peach", media_url=_MEDIA),
    "publish_video": order("publish_video", text="Peach", media_url=_FILM),
    "publish_carousel": order("publish_carousel", text="Two", media_urls=(_MEDIA, _MEDIA)),
    "comment": order("comment", text="Thanks!", post_id="11"),
    "reply": order("reply", text="Thanks!", post_id="11", comment_id="12"),
    "like": order("like", post_id="11", comment_id="12"),
    "unlike": order("unlike", post_id="11", comment_id="12"),
    "delete": order("delete", post_id="11", comment_id="12"),
}
_STARTED = {"publish_id": "v_pub_file~v2-1.1", "upload_url": UPLOAD}
RECORDINGS = (
    ("GET", "/film.mp4$", 200, FILM),
    ("POST", "/creator_info/query/$", 200, good(CREATOR)),
    ("POST", "/video/init/$", 200, good(_STARTED)),
    ("POST", "/content/init/$", 200, good({"publish_id": "p_pub_url~v2.1"})),
    ("PUT", "/video/$", 201, b""),
    status("PUBLISH_COMPLETE", publicaly_available_post_id=[7077642457847994444]),
    ("POST", "/create/$", 200, {"code": 0, "message": "OK", "data": {"comment_id": "55"}}),
    ("POST", "/comment/(like|delete)/$", 200, {"code": 0, "message": "OK", "data": {}}),
)


class TestAnswers(Answers):
    platform = "tiktok"
    tier = "audited"
    effect = r"/(content|video)/init/$|/comment/((reply/)?create|like|delete)/$"
    orders = ORDERS
    recordings = RECORDINGS
    unauthorized = (401, refused("access_token_invalid"), Remedy.REAUTHORIZE, "token_refused")
    limited = (429, refused("rate_limit_exceeded"), Remedy.WAIT, "rate_limited")
    refusals = (
        (403, refused("spam_risk_too_many_posts"), Remedy.WAIT, "spam_risk_too_many_posts"),
        (
            403,
            refused("spam_risk_too_many_pending_share"),
            Remedy.WAIT,
            "spam_risk_too_many_pending_share",
        ),
        (
            403,
            refused("spam_risk_user_banned_from_posting"),
            Remedy.STOP,
            "spam_risk_user_banned_from_posting",
        ),
        (403, refused("reached_active_user_cap"), Remedy.WAIT, "reached_active_user_cap"),
        *(
            (status, refused(code), Remedy.REJECT, code)
            for status, code in (
                (400, "invalid_params"),
                (400, "invalid_param"),
                (200, "invalid_param"),
                (400, "invalid_publish_id"),
                (400, "token_not_authorized_for_specified_publish_id"),
                (400, "publish_not_cancellable"),
                (400, "app_version_check_failed"),
                (400, "invalid_file_upload"),
                (400, "scope_permission_missed"),
                (403, "unaudited_client_can_only_post_to_private_accounts"),
                (403, "privacy_level_option_mismatch"),
                (403, "url_ownership_unverified"),
            )
        ),
        (401, refused("scope_not_authorized"), Remedy.REAUTHORIZE, "scope_missing"),
        (500, refused("internal_error"), Remedy.RECONCILE, "undocumented_answer"),
        (200, refused("never_seen"), Remedy.RECONCILE, "undocumented_answer"),
    )

    @pytest.mark.parametrize(
        ("reason", "remedy", "code"),
        [
            ("file_format_check_failed", Remedy.REJECT, "bad_media"),
            ("duration_check_failed", Remedy.REJECT, "bad_media"),
            ("frame_rate_check_failed", Remedy.REJECT, "bad_media"),
            ("picture_size_check_failed", Remedy.REJECT, "bad_media"),
            ("internal", Remedy.RETRY, "internal"),
            ("video_pull_failed", Remedy.RETRY, "video_pull_failed"),
            ("photo_pull_failed", Remedy.RETRY, "photo_pull_failed"),
            ("publish_cancelled", Remedy.REJECT, "publish_cancelled"),
            ("auth_removed", Remedy.REAUTHORIZE, "token_refused"),
            ("spam_risk", Remedy.STOP, "spam_risk"),
            (
                "spam_risk_user_banned_from_posting",
                Remedy.STOP,
                "spam_risk_user_banned_from_posting",
            ),
            ("spam_risk_too_many_posts", Remedy.WAIT, "spam_risk_too_many_posts"),
            ("spam_risk_text", Remedy.REJECT, "spam_risk_text"),
            ("never_seen", Remedy.REJECT, "never_seen"),
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
            status("SEND_TO_USER_INBOX"),
            ("POST", "/status/fetch/$", 500, {}),
            ("POST", "/status/fetch/$", 401, refused("access_token_invalid")),
        ],
        ids=["processing", "in the inbox", "broken", "refused"],
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

    @pytest.mark.parametrize("told", [7077642457847994444, "7077642457847994444"])
    @pytest.mark.parametrize("name", ["publicaly_available_post_id", "publicly_available_post_id"])
    async def test_the_id_is_not_rounded(self, connector, world, name, told):
        world.recordings = (status("PUBLISH_COMPLETE", **{name: [told]}), *self.recordings)
        receipt = await connector.perform(self.orders["publish_image"], self.grant)
        assert receipt.remote_id == "7077642457847994444"
        assert receipt.remote_url.endswith("/@mara_k/video/7077642457847994444")

    async def test_an_unaudited_app_posts_privately_and_cannot_look_back(self, connector, world):
        grant = replace(self.grant, tier="unaudited")
        world.recordings = (status("PUBLISH_COMPLETE"), *self.recordings)
        receipt = await connector.perform(self.orders["publish_image"], grant)
        assert b'"SELF_ONLY"' in world.effects[0].content
        assert (receipt.remote_id, receipt.remote_url) == ("p_pub_url~v2.1", None)
        with pytest.raises(UpstreamError, match="not_verifiable"):
            await connector.find(self.orders["publish_image"], grant)

    @pytest.mark.parametrize(
        ("code", "remedy", "told"),
        [
            (40001, Remedy.REJECT, "no_permission"),
            (40002, Remedy.REJECT, "invalid_request"),
            (40007, Remedy.REJECT, "target_gone"),
            (40100, Remedy.WAIT, "rate_limited"),
            (40105, Remedy.REAUTHORIZE, "token_refused"),
            (50000, Remedy.RECONCILE, "undocumented_answer"),
            (51065, Remedy.RECONCILE, "undocumented_answer"),
            (49999, Remedy.RECONCILE, "undocumented_answer"),
        ],
    )
    async def test_the_business_api_says_it_inside_a_200(
        self, connector, world, code, remedy, told
    ):
        body = {"code": code, "message": "…", "request_id": "1", "data": {}}
        world.recordings = (("POST", "/comment/", 200, body),)
        for kind in ("comment", "reply", "like", "unlike", "delete"):
            with pytest.raises(UpstreamError) as caught:
                await connector.perform(self.orders[kind], self.grant)
            assert (caught.value.remedy, caught.value.code) == (remedy, told), kind

    async def test_a_missing_post_proves_nothing_before_a_day_has_passed(self, connector, world):
        empty = {"data": {"videos": [], "has_more": False}, "error": _OK}
        world.recordings = (("POST", "/video/list/$", 200, empty),)
        ours = self.orders["publish_image"]
        with pytest.raises(UpstreamError, match="not_proven"):
            await connector.find(ours, self.grant)
        assert (
            await connector.find(replace(ours, since=NOW - timedelta(days=2)), self.grant) is None
        )

    @pytest.mark.parametrize("kind", ["like", "unlike", "delete"])
    async def test_posts_themselves_cannot_be_liked_or_deleted(self, connector, world, kind):
        ours = replace(self.orders[kind], comment_id=None)
        with pytest.raises(UpstreamError, match="not_offered"):
            await connector.perform(ours, self.grant)
        with pytest.raises(UpstreamError, match="not_verifiable"):
            await connector.find(ours, self.grant)
        assert world.requests == []


class TestSandboxed(Sandboxed):
    platform = "tiktok"
    sandbox_tier = "audited"
    verified = ("comment", "reply", "like", "delete")

    async def order(self, live: Connector, acting: Grant, picture: str, kind: str) -> Order:
        n = next(_keys)
        if not await live.read(OwnPosts(1), acting):
            post = Order(f"t-own-{n}", "publish_image", text=f"Own {n}", media_url=picture)
            await live.perform(post, acting)
        posts = await live.read(OwnPosts(1), acting)
        assert isinstance(posts, list)
        newest = posts[0]
        words, since = f"Kiln notes number {n}", SystemClock().now()
        ours = Order(
            f"t-{n}", cast(ActionType, kind), text=words, since=since, post_id=newest.remote_id
        )
        if kind == "comment":
            return ours
        first = replace(ours, key=f"t-first-{n}", action_type="comment")
        said = await live.perform(first, acting)
        return replace(ours, text=f"{words}, again", comment_id=said.remote_id)

    async def test_a_picture_is_published_and_found(self, live, acting, picture_url):
        since = SystemClock().now()
        ours = Order("t-pic", "publish_image", text="A bowl", media_url=picture_url, since=since)
        receipt = await live.perform(ours, acting)
        assert receipt.remote_url is not None
        found = await live.find(ours, acting)
        assert found is not None
        assert found.remote_id == receipt.remote_id

    async def test_a_film_is_sent_to_tiktok_whole(self, acting, picture_url, shared_box):
        film = picture_url.replace("picture.jpg", "film.mp4")
        ours = Order("t-film", "publish_video", text="A bowl turns", media_url=film)
        soon = Settings(call_deadline_seconds=8)
        async with open_client(soon, SystemClock(), Gateway(shared_box.url)) as http:
            # The sandbox works on a film for longer than this call may last: it is under way.
            with pytest.raises(UpstreamError, match="still_processing"):
                await connectors_of(http).get("tiktok").perform(ours, acting)
        parts = [e for e in shared_box.journal() if e["verb"] == "media"]
        assert parts[-1]["outcome"] == "performed"
        assert parts[-1]["status"] == 201

    async def test_a_like_is_taken_back(self, live, acting, picture_url):
        ours = await self.order(live, acting, picture_url, "like")
        await live.perform(ours, acting)
        undo = replace(ours, key=f"{ours.key}-undo", action_type="unlike")
        assert await live.find(undo, acting) is None
        await live.perform(undo, acting)
        assert await live.find(undo, acting) is not None
        assert await live.find(ours, acting) is None
