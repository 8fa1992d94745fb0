"""Containers are made, awaited, remembered and published once; nothing else can be seen."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import httpx2
import pytest

from socialseed.connectors.instagram.memory import BURST_MOST
from socialseed.connectors.media import MIB
from socialseed.connectors.types import Order
from socialseed.core.clock import VirtualClock
from socialseed.core.errors import Remedy, UpstreamError
from tests.contracts.connector import FILM as FILM_BYTES
from tests.contracts.connector import NOW
from tests.contracts.instagram import FILM, ME, PICTURE, Meta, body_of, grant_of, graph, speaking_to

QUOTA = {"data": [{"quota_usage": 2, "config": {"quota_total": 50, "quota_duration": 86400}}]}
IMAGE = Order("k-image", "publish_image", text="Peach", media_url=PICTURE, alt_text="A peach")
REEL = Order("k-reel", "publish_video", text="Kiln", media_url=FILM, cover_url=PICTURE)
ALBUM = Order("k-album", "publish_carousel", text="Album", media_urls=(PICTURE, FILM, PICTURE))


class Account(Meta):
    """An account whose containers get ascending ids and the states that a test gives them."""

    def __init__(self) -> None:
        super().__init__(
            {
                "/film.mp4$": FILM_BYTES,
                "/content_publishing_limit$": QUOTA,
                "POST .*/media$": self._create,
                "POST .*/ig-api-upload/": {"success": True},
                "POST .*/media_publish$": {"id": "44"},
                "GET .*/v25.0/44$": {"permalink": "https://www.instagram.com/p/abc/"},
                "GET .*/v25.0/\\d+$": self._status,
            }
        )
        self.made = 0
        self.state = "FINISHED"
        self.status = ""

    def _create(self, request: httpx2.Request) -> object:
        self.made += 1
        uri = f"https://rupload.facebook.com/ig-api-upload/v25.0/{100 + self.made}"
        return {"id": str(100 + self.made), "uri": uri}

    def _status(self, request: httpx2.Request) -> object:
        return {"status_code": self.state, "status": self.status}

    @property
    def published(self) -> list[str]:
        """The containers that were published, in order."""
        return [body_of(r)["creation_id"] for r in self.asked("media_publish")]


async def refused(call) -> UpstreamError:
    with pytest.raises(UpstreamError) as caught:
        await call
    return caught.value


async def test_a_picture_becomes_a_container_and_then_a_post():
    meta = Account()
    async with speaking_to(meta) as connector:
        receipt = await connector.perform(IMAGE, grant_of("instagram_login"))
    assert receipt.remote_id == "44"
    assert receipt.remote_url == "http://127.0.0.1:9/www.instagram.com/p/abc/"
    assert receipt.evidence == {"container": "101"}
    names = [f"{r.method} {r.url.path.rsplit('/', 1)[1]}" for r in meta.requests]
    assert names == [
        "GET content_publishing_limit", "POST media", "GET 101", "POST media_publish", "GET 44"
    ]  # fmt: skip
    assert body_of(meta.asked("POST .*/media$")[0]) == {
        "image_url": PICTURE,
        "caption": "Peach",
        "alt_text": "A peach",
    }
    assert all("graph.instagram.com" in r.url.path for r in meta.requests)


async def test_a_reel_is_pulled_with_instagram_login():
    meta = Account()
    async with speaking_to(meta) as connector:
        await connector.perform(REEL, grant_of("instagram_login"))
    assert body_of(meta.asked("POST .*/media$")[0]) == {
        "media_type": "REELS",
        "video_url": FILM,
        "caption": "Kiln",
        "share_to_feed": "true",
        "cover_url": PICTURE,
    }
    assert meta.asked("film.mp4") == []


async def test_a_reels_bytes_are_handed_over_with_facebook_login():
    meta = Account()
    async with speaking_to(meta) as connector:
        await connector.perform(REEL, grant_of())
    made = body_of(meta.asked("POST .*/media$")[0])
    assert made["upload_type"] == "resumable"
    assert "video_url" not in made
    (sent,) = meta.asked("ig-api-upload")
    assert sent.url.path == "/rupload.facebook.com/ig-api-upload/v25.0/101"
    assert sent.content == FILM_BYTES
    assert sent.headers["authorization"].startswith("OAuth ")
    assert sent.headers["offset"] == "0"
    assert sent.headers["file_size"] == str(len(FILM_BYTES))
    assert meta.published == ["101"]


async def test_of_a_long_film_instagram_is_told_the_address():
    meta = Account()
    head = httpx2.Response(200, content=FILM_BYTES, headers={"content-length": str(17 * MIB)})
    meta.answers["/film.mp4$"] = head
    async with speaking_to(meta) as connector:
        await connector.perform(REEL, grant_of())
        (sent,) = meta.asked("ig-api-upload")
        assert (sent.headers["file_url"], sent.content) == (FILM, b"")
        head.headers["content-length"] = str(301 * MIB)
        error = await refused(connector.perform(replace(REEL, key="k2"), grant_of()))
    assert (error.remedy, error.code) == (Remedy.REJECT, "bad_media")
    assert (meta.made, meta.published) == (1, ["101"])


@pytest.mark.parametrize(
    ("retriable", "kind", "remedy", "code"),
    [
        (False, "ProcessingFailedError", Remedy.REJECT, "bad_media"),
        (True, "PartialRequestError", Remedy.RETRY, "upload_broken"),
        (None, "NotAuthorizedError", Remedy.REAUTHORIZE, "token_refused"),
    ],
)
async def test_bytes_that_are_not_taken_publish_nothing(retriable, kind, remedy, code):
    meta = Account()
    answer = {"debug_info": {"retriable": retriable, "type": kind, "message": "…"}}
    meta.answers["POST .*/ig-api-upload/"] = httpx2.Response(400, json=answer)
    async with speaking_to(meta) as connector:
        error = await refused(connector.perform(REEL, grant_of()))
    assert (error.remedy, error.code) == (remedy, code)
    assert meta.published == []


async def test_an_album_has_its_children_in_order():
    meta = Account()
    async with speaking_to(meta) as connector:
        await connector.perform(ALBUM, grant_of())
        first, second, third, album = (body_of(r) for r in meta.asked("POST .*/media$"))
        assert first == third == {"is_carousel_item": "true", "image_url": PICTURE}
        assert second == {"is_carousel_item": "true", "media_type": "VIDEO", "video_url": FILM}
        assert album == {"media_type": "CAROUSEL", "children": "101,102,103", "caption": "Album"}
        assert meta.published == ["104"]
        for urls in ((PICTURE,), (PICTURE,) * 11):
            error = await refused(connector.perform(replace(ALBUM, media_urls=urls), grant_of()))
            assert (error.remedy, error.code) == (Remedy.REJECT, "bad_media")


async def test_a_used_up_quota_waits_before_anything_is_prepared():
    meta = Account()
    full = {"data": [{"quota_usage": 50, "config": {"quota_total": 50}}]}
    meta.answers["/content_publishing_limit$"] = full
    async with speaking_to(meta) as connector:
        error = await refused(connector.perform(IMAGE, grant_of()))
    assert (error.remedy, error.code) == (Remedy.WAIT, "publish_cap")
    assert error.until == NOW + timedelta(hours=3)
    assert (meta.made, meta.published) == (0, [])


@pytest.mark.parametrize("order", [IMAGE, REEL, ALBUM])
async def test_what_is_not_ready_is_gone_on_with_later(order):
    meta, clock = Account(), VirtualClock(NOW)
    meta.state = "IN_PROGRESS"
    async with speaking_to(meta, clock) as connector:
        error = await refused(connector.perform(order, grant_of()))
        assert (error.remedy, error.code) == (Remedy.WAIT, "not_ready")
        assert error.until == clock.now() + timedelta(minutes=1)
        before, sent = meta.made, len(meta.asked("ig-api-upload"))
        assert meta.published == []
        meta.state = "FINISHED"
        await connector.perform(order, grant_of())
        assert meta.made == before + (order is ALBUM)  # an album itself is made at last
        assert len(meta.asked("ig-api-upload")) == sent
        assert meta.published == [str(100 + meta.made)]


def kept_by(error: UpstreamError) -> Mapping[str, str]:
    assert error.kept
    return error.kept


@pytest.mark.parametrize("order", [IMAGE, REEL, ALBUM])
async def test_another_worker_goes_on_with_what_was_kept(order):
    meta = Account()
    meta.state = "IN_PROGRESS"
    async with speaking_to(meta) as connector:
        error = await refused(connector.perform(order, grant_of()))
    kept = kept_by(error)
    before, sent = meta.made, len(meta.asked("ig-api-upload"))
    async with speaking_to(meta) as connector:
        later = replace(order, kept=kept)
        error = await refused(connector.perform(later, grant_of()))
        assert error.code == "not_ready"
        assert {**kept_by(error), **kept} == kept_by(error)
    meta.state = "FINISHED"
    async with speaking_to(meta) as connector:
        await connector.perform(replace(order, kept=kept_by(error)), grant_of())
    assert meta.made == before + (order is ALBUM)
    assert len(meta.asked("ig-api-upload")) == sent
    assert meta.published == [str(100 + meta.made)]


async def test_what_was_kept_for_other_words_or_is_gone_is_not_gone_on_with():
    meta = Account()
    meta.state = "IN_PROGRESS"
    async with speaking_to(meta) as connector:
        kept = kept_by(await refused(connector.perform(IMAGE, grant_of())))
    async with speaking_to(meta) as connector:
        changed = replace(IMAGE, text="Plum", kept=kept)
        error = await refused(connector.perform(changed, grant_of()))
        assert meta.made == 2 and not kept_by(error).keys() & kept.keys()
    meta.state = "EXPIRED"
    async with speaking_to(meta) as connector:
        error = await refused(connector.perform(replace(IMAGE, kept=kept), grant_of()))
        assert (error.code, error.kept) == ("container_gone", {})


async def test_whoever_reads_back_sees_that_a_kept_container_was_published():
    meta = Account()
    meta.answers["POST .*/media_publish$"] = httpx2.Response(500, content=b"oops")
    async with speaking_to(meta) as connector:
        error = await refused(connector.perform(IMAGE, grant_of()))
    assert error.remedy is Remedy.RECONCILE
    asked = replace(IMAGE, kept=kept_by(error))
    meta.answers = {"/media$": {"data": []}, "/101$": {"status_code": "PUBLISHED"}}
    async with speaking_to(meta) as connector:
        assert (await refused(connector.find(asked, grant_of()))).code == "not_proven"
        meta.answers["/content_publishing_limit$"] = QUOTA
        assert (await refused(connector.perform(asked, grant_of()))).code == "already_published"
    assert meta.published == ["101"]


async def test_changed_words_or_another_account_never_take_a_prepared_container():
    meta = Account()
    meta.state = "IN_PROGRESS"
    async with speaking_to(meta) as connector:
        for order, grant in (
            (IMAGE, grant_of()),
            (replace(IMAGE, text="Plum"), grant_of()),
            (IMAGE, grant_of(remote_id="17841400000000002")),
            (replace(IMAGE, key="k-other"), grant_of()),
        ):
            await refused(connector.perform(order, grant))
    assert meta.made == 4


async def test_a_container_outlives_no_day():
    meta, clock = Account(), VirtualClock(NOW)
    meta.state = "IN_PROGRESS"
    async with speaking_to(meta, clock) as connector:
        await refused(connector.perform(IMAGE, grant_of()))
        clock.move_to(NOW + timedelta(hours=24))
        await refused(connector.perform(IMAGE, grant_of()))
        assert meta.made == 2
        meta.state = "EXPIRED"
        error = await refused(connector.perform(IMAGE, grant_of()))
        assert (error.remedy, error.code) == (Remedy.RETRY, "container_gone")
        meta.state = "FINISHED"
        await connector.perform(IMAGE, grant_of())
    assert meta.published == ["103"]


@pytest.mark.parametrize(
    ("status", "remedy", "code"),
    [
        ("Error: Media upload has failed with error code 2207003", Remedy.RETRY, "media_slow"),
        ("Error: 2207026", Remedy.REJECT, "bad_media"),
        ("Error: 2207051", Remedy.STOP, "spam_block"),
        ("Error: 2207050", Remedy.STOP, "account_restricted"),
        ("Error: 2207042", Remedy.WAIT, "publish_cap"),
        ("Error: something new", Remedy.REJECT, "bad_media"),
        ("", Remedy.REJECT, "bad_media"),
    ],
)
async def test_a_failed_container_says_why(status, remedy, code):
    meta = Account()
    meta.state, meta.status = "ERROR", status
    async with speaking_to(meta) as connector:
        error = await refused(connector.perform(IMAGE, grant_of()))
        assert (error.remedy, error.code) == (remedy, code)
        assert (error.until is None) == (remedy is not Remedy.WAIT)
        meta.state = "FINISHED"
        await connector.perform(IMAGE, grant_of())
    assert meta.published == ["102"]


async def test_a_lost_publishing_is_never_repeated():
    meta = Account()
    meta.answers["POST .*/media_publish$"] = httpx2.Response(500, content=b"oops")
    async with speaking_to(meta) as connector:
        error = await refused(connector.perform(IMAGE, grant_of()))
        assert error.remedy is Remedy.RECONCILE
        meta.state = "PUBLISHED"
        error = await refused(connector.perform(IMAGE, grant_of()))
        assert (error.remedy, error.code) == (Remedy.RECONCILE, "already_published")
        assert meta.published == ["101"]
        meta.answers = {"/media$": {"data": []}, "/101$": {"status_code": "PUBLISHED"}}
        error = await refused(connector.find(IMAGE, grant_of()))
        assert error.code == "not_proven"
        meta.answers["/101$"] = {"status_code": "FINISHED"}
        assert await connector.find(IMAGE, grant_of()) is None
        meta.answers["/101$"] = graph(100, 33)
        assert await connector.find(IMAGE, grant_of()) is None


async def test_a_found_post_is_of_the_kind_that_was_published():
    at = "2026-03-01T12:00:05+0000"
    listed = [
        {"id": "1", "caption": "Kiln", "media_type": "IMAGE", "timestamp": at},
        {"id": "2", "caption": "Kiln", "media_type": "VIDEO", "timestamp": at},
    ]
    meta = Meta({"/media$": {"data": listed}})
    async with speaking_to(meta) as connector:
        found = await connector.find(replace(REEL, since=NOW), grant_of())
        assert found is not None
        assert found.remote_id == "2"
        assert (
            await connector.find(replace(REEL, action_type="publish_carousel"), grant_of()) is None
        )


@pytest.mark.parametrize(
    ("about", "media", "path", "body"),
    [
        ({"comment_id": "12"}, None, "/12/replies", {}),
        ({"comment_id": "12", "post_id": "11"}, {"owner": {"id": ME}}, "/12/replies", {}),
        ({"post_id": "11"}, {"id": "11"}, "/11/comments", {}),
        ({"post_id": "11"}, {"owner": {"id": "999"}}, f"/{ME}/mentions", {"media_id": "11"}),
        ({"post_id": "11"}, {"username": "jo"}, f"/{ME}/mentions", {"media_id": "11"}),
        ({"post_id": "11"}, "hidden", f"/{ME}/mentions", {"media_id": "11"}),
        (
            {"comment_id": "12", "post_id": "11"}, "hidden", f"/{ME}/mentions",
            {"media_id": "11", "comment_id": "12"},
        ),
    ],
)  # fmt: skip
async def test_an_answer_goes_to_where_the_words_were(about, media, path, body):
    shown = graph(100, 33) if media == "hidden" else media
    meta = Meta({"GET .*/11$": shown, "POST": {"id": "55"}})
    async with speaking_to(meta) as connector:
        receipt = await connector.perform(Order("k", "reply", text="Thanks!", **about), grant_of())
    (sent,) = meta.asked("POST")
    assert sent.url.path == f"/graph.facebook.com/v25.0{path}"
    assert body_of(sent) == {**body, "message": "Thanks!"}
    assert receipt.remote_id == "55"


async def test_an_answer_under_anothers_post_cannot_be_read_back():
    async with speaking_to(Meta({"GET": graph(100, 33)})) as connector:
        ours = Order("k", "reply", text="Thanks!", comment_id="12", post_id="11")
        assert (await refused(connector.find(ours, grant_of()))).code == "not_verifiable"


async def test_a_comment_may_be_deleted_with_either_login_a_post_with_facebooks():
    meta = Meta({"DELETE": {"success": True}})
    async with speaking_to(meta) as connector:
        mine = grant_of("instagram_login")
        receipt = await connector.perform(Order("k", "delete", comment_id="12"), mine)
        assert receipt.remote_id == "12"
        for kind in ("delete", "like", "unlike"):
            error = await refused(connector.perform(Order("k", kind, post_id="11"), mine))
            assert (error.remedy, error.code) == (Remedy.REJECT, "tier_lacks_it")
    assert len(meta.requests) == 1


async def test_what_is_gone_counts_as_deleted_only_if_the_account_can_be_read():
    meta = Meta({"/11$": graph(100, 33), "/media$": {"data": [{"id": "10"}]}})
    ours = Order("k", "delete", post_id="11")
    async with speaking_to(meta) as connector:
        assert (await connector.find(ours, grant_of())).remote_id == "11"
        meta.answers["/media$"] = {"data": [{"id": "11"}]}
        assert await connector.find(ours, grant_of()) is None
        meta.answers["/media$"] = graph(190)
        assert (await refused(connector.find(ours, grant_of()))).remedy is Remedy.REAUTHORIZE
        meta.answers["/11$"] = {"id": "11"}
        assert await connector.find(ours, grant_of()) is None


async def test_likes_stay_clear_of_the_burst_that_locks_an_account_out():
    meta, clock = Meta({"POST .*/likes$": {"success": True}}), VirtualClock(NOW)
    async with speaking_to(meta, clock) as connector:
        for n in range(BURST_MOST):
            await connector.perform(Order(f"k{n}", "like", post_id=str(n + 1)), grant_of())
        error = await refused(connector.perform(Order("k", "like", post_id="1"), grant_of()))
        assert (error.remedy, error.code) == (Remedy.WAIT, "like_burst")
        assert error.until == NOW + timedelta(seconds=5)
        assert len(meta.requests) == BURST_MOST < 50
        other = grant_of(remote_id="17841400000000002")
        await connector.perform(Order("k", "like", post_id="1"), other)
        clock.move_to(error.until)
        await connector.perform(Order("k", "like", comment_id="1"), grant_of())
    assert json.loads(meta.requests[-1].content) == {"comment_id": "1"}
