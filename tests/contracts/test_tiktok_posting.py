"""How TikTok gets a post: the parts of a film, pictures in order, and what the creator allows."""

from dataclasses import replace

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialseed.connectors.tiktok.uploading import MOST_BYTES, most_bytes, plan_of, upload_address
from socialseed.connectors.types import Order
from socialseed.core.errors import Remedy, UpstreamError
from tests.contracts.connector import SECRET
from tests.contracts.tiktok_world import GRANT, TikTok, connector_over, fine, good

MB = 1_000_000
UPLOAD = "http://127.0.0.1:9/open-upload.tiktokapis.com/video/?upload_id=6&upload_token=Xz%2Fa"
FILM_URL = "https://93.184.216.34/film.mp4"
CREATOR = {"privacy_level_options": ["PUBLIC_TO_EVERYONE", "SELF_ONLY"], "comment_disabled": True}
HEAD = b"\x00\x00\x00\x18ftypmp42"
ORDER = Order("key-1", "publish_video", text="Peach", media_url=FILM_URL)
PUT = "PUT /video/"


def film(size: int) -> bytes:
    return HEAD + bytes(size - len(HEAD))


def answers(size: int, **more: object) -> dict[str, object]:
    done = {"status": "PUBLISH_COMPLETE", "publicaly_available_post_id": [7077642457847994444]}
    return {
        "GET /film.mp4": film(size),
        "POST /creator_info/query/": good(CREATOR),
        "POST /video/init/": good({"publish_id": "v_pub_file~v2-1.1", "upload_url": UPLOAD}),
        "POST /status/fetch/": good(done),
        **more,
    }


def puts(tiktok: TikTok) -> list[tuple[str, int]]:
    return [
        (r.headers["content-range"], len(r.content)) for r in tiktok.requests if r.method == "PUT"
    ]


def at(end: int, size: int) -> tuple[int, bytes, dict[str, str]]:
    return 416, b"", {"content-range": f"bytes 0-{end}/{size}"}


@given(st.integers(1, MOST_BYTES))
def test_every_cut_is_one_that_tiktok_takes(size: int):
    plan = plan_of(size)
    spans = [plan.span(n) for n in range(plan.count)]
    sizes = [last - first + 1 for first, last in spans]
    assert spans[0][0] == 0
    assert spans[-1][1] == size - 1
    assert all(spans[n + 1][0] == spans[n][1] + 1 for n in range(plan.count - 1))
    assert plan.count == size // plan.part
    assert 1 <= plan.count <= 1000
    assert all(5 * 2**20 <= one <= 64 * MB for one in sizes[:-1])
    assert sizes[-1] <= 128 * MB
    assert sizes[-1] >= 5 * 2**20 or plan.count == 1
    assert plan.part <= 64 * MB


def test_the_example_of_the_documentation():
    plan = plan_of(50_000_123)
    assert plan.source_info() == {
        "source": "FILE_UPLOAD",
        "video_size": 50_000_123,
        "chunk_size": 10_000_000,
        "total_chunk_count": 5,
    }
    assert plan.span(0) == (0, 9_999_999)
    assert plan.span(4) == (40_000_000, 50_000_122)


def test_a_film_that_takes_longer_than_there_is_time_is_too_large():
    assert most_bytes(3.0) == 0
    assert most_bytes(18.0) == 56 * MB
    assert most_bytes(10_000.0) == MOST_BYTES


async def test_parts_go_one_after_the_other_without_our_token():
    size = 20 * MB + 7
    tiktok = TikTok(answers(size, **{PUT: [(206, b"", {}), (201, b"", {})]}))
    async with connector_over(tiktok) as connector:
        receipt = await connector.perform(ORDER, GRANT)
    assert receipt.remote_id == "7077642457847994444"
    assert puts(tiktok) == [
        (f"bytes 0-9999999/{size}", 10 * MB),
        (f"bytes 10000000-20000006/{size}", 10 * MB + 7),
    ]
    for request in tiktok.requests:
        if request.method == "PUT":
            assert SECRET not in str(request.headers)
            assert request.headers["content-type"] == "video/mp4"
            assert request.url.query == b"upload_id=6&upload_token=Xz%2Fa"


@pytest.mark.parametrize(
    "turns",
    [
        pytest.param([httpx2.ReadError("reset"), at(9_999_999, 20 * MB)], id="it had arrived"),
        pytest.param([at(0, 20 * MB), (206, b"", {})], id="it had not"),
        pytest.param([(503, b"", {}), (206, b"", {})], id="broken for a moment"),
        pytest.param([httpx2.ConnectError("refused"), (206, b"", {})], id="not reached"),
    ],
)
async def test_a_part_whose_answer_was_lost_is_sent_again(turns):
    tiktok = TikTok(answers(20 * MB, **{PUT: [*turns, (201, b"", {})]}))
    async with connector_over(tiktok) as connector:
        await connector.perform(ORDER, GRANT)
    assert [told for told, _ in puts(tiktok)] == [
        "bytes 0-9999999/20000000",
        "bytes 0-9999999/20000000",
        "bytes 10000000-19999999/20000000",
    ]
    assert len(tiktok.sent("/video/init/")) == 1


@pytest.mark.parametrize(
    ("turns", "remedy", "code"),
    [
        ([(400, b"", {})], Remedy.REJECT, "upload_refused"),
        ([(403, b"", {})], Remedy.RETRY, "upload_broken"),
        ([(404, b"", {})], Remedy.RETRY, "upload_broken"),
        ([at(4_000_000, 20 * MB)], Remedy.RETRY, "upload_broken"),
        ([(416, b"", {})], Remedy.RETRY, "upload_broken"),
        ([(503, b"", {})] * 3, Remedy.RETRY, "upload_broken"),
        ([httpx2.ReadError("reset")] * 3, Remedy.RETRY, "upload_broken"),
        ([(206, b"", {}), (403, b"", {})], Remedy.RETRY, "upload_broken"),
    ],
)
async def test_a_film_that_is_not_whole_is_provably_not_published(turns, remedy, code):
    tiktok = TikTok(answers(20 * MB, **{PUT: turns}))
    async with connector_over(tiktok) as connector:
        with pytest.raises(UpstreamError) as caught:
            await connector.perform(ORDER, GRANT)
    assert (caught.value.remedy, caught.value.code) == (remedy, code)
    assert tiktok.sent("/status/fetch/") == []


@pytest.mark.parametrize(
    "turns", [[httpx2.ReadError("reset")] * 3, [httpx2.ReadError("reset"), (404, b"", {})]]
)
async def test_after_a_lost_last_part_the_status_tells(turns):
    done = answers(6 * MB, **{PUT: turns})
    async with connector_over(TikTok(done)) as connector:
        assert (await connector.perform(ORDER, GRANT)).remote_id == "7077642457847994444"
    waiting = good({"status": "PROCESSING_UPLOAD", "uploaded_bytes": 0})
    tiktok = TikTok(answers(6 * MB, **{PUT: turns, "POST /status/fetch/": waiting}))
    async with connector_over(tiktok) as connector:
        with pytest.raises(UpstreamError) as caught:
            await connector.perform(ORDER, GRANT)
    assert caught.value.remedy is Remedy.RECONCILE


@pytest.mark.parametrize(
    "url",
    [
        "https://open-upload.example.com/video/?upload_id=1",
        "https://evil-open-upload.tiktokapis.com.example.com/video/",
        "http://open-upload.tiktokapis.com/video/",
        "https://open-upload.tiktokapis.com@example.com/",
        "",
    ],
)
async def test_a_film_is_sent_to_tiktoks_own_hosts_only(url):
    started = good({"publish_id": "v_pub_file~v2-1.1", "upload_url": url})
    tiktok = TikTok(answers(6 * MB, **{"POST /video/init/": started}))
    async with connector_over(tiktok) as connector:
        with pytest.raises(UpstreamError, match="no_upload_url"):
            await connector.perform(ORDER, GRANT)


def test_the_real_address_and_the_sandboxs_are_the_same_place():
    real = "https://open-upload.tiktokapis.com/video/?upload_id=6&upload_token=Xz%2Fa"
    expected = ("open-upload.tiktokapis.com", "/video/?upload_id=6&upload_token=Xz%2Fa")
    assert upload_address(real, None) == expected
    assert upload_address(UPLOAD, "http://127.0.0.1:9") == expected
    assert upload_address(real.replace("upload.", "upload-sg."), None)[0].startswith("open-upload-")


async def test_a_film_under_a_verified_address_is_pulled():
    ours = replace(ORDER, media_url="https://media.example.com/film.mp4")
    started = good({"publish_id": "v_pub_url~v2.1"})
    tiktok = TikTok(answers(1 * MB, **{"POST /video/init/": started}))
    async with connector_over(tiktok) as connector:
        await connector.perform(ours, GRANT)
    body = tiktok.sent("/video/init/")[0]
    assert body["source_info"] == {"source": "PULL_FROM_URL", "video_url": ours.media_url}
    assert body["post_info"]["disable_comment"] is True
    assert body["post_info"]["disable_duet"] is True
    assert puts(tiktok) == []


async def test_nothing_is_begun_for_a_file_that_is_no_film():
    tiktok = TikTok(answers(1 * MB, **{"GET /film.mp4": b"<html>no film</html>"}))
    async with connector_over(tiktok) as connector:
        with pytest.raises(UpstreamError, match="bad_media"):
            await connector.perform(ORDER, GRANT)
    assert tiktok.sent("/video/init/") == []


def pictures(count: int, **more: object) -> Order:
    urls = tuple(f"https://media.example.com/{n}.jpg" for n in range(count))
    return Order("key-2", "publish_carousel", media_urls=urls, **more)  # type: ignore[arg-type]


CONTENT = {"POST /content/init/": good({"publish_id": "p_pub_url~v2.1"})}


@pytest.mark.parametrize("count", [2, 35])
async def test_pictures_keep_their_order(count):
    tiktok = TikTok(answers(1 * MB, **CONTENT))
    async with connector_over(tiktok) as connector:
        await connector.perform(pictures(count, text="t" * 91), GRANT)
    body = tiktok.sent("/content/init/")[0]
    assert (body["media_type"], body["post_mode"]) == ("PHOTO", "DIRECT_POST")
    assert body["source_info"]["photo_images"] == list(pictures(count).media_urls)
    assert body["post_info"]["description"] == "t" * 91
    assert "title" not in body["post_info"]


@pytest.mark.parametrize("count", [0, 1, 36])
async def test_too_few_or_too_many_pictures_are_refused_before_any_call(count):
    tiktok = TikTok({})
    async with connector_over(tiktok) as connector:
        with pytest.raises(UpstreamError, match="bad_media"):
            await connector.perform(pictures(count), GRANT)
    assert tiktok.requests == []


async def test_a_title_is_counted_in_utf_16():
    tiktok = TikTok(answers(1 * MB, **CONTENT))
    async with connector_over(tiktok) as connector:
        await connector.perform(pictures(2, text="🍑" * 45), GRANT)
        await connector.perform(pictures(2, text="🍑" * 46), GRANT)
    first, second = (body["post_info"] for body in tiktok.sent("/content/init/"))
    assert "title" in first
    assert "description" in second


async def test_only_what_the_account_offers_is_used():
    private = {"privacy_level_options": ["FOLLOWER_OF_CREATOR", "SELF_ONLY"]}
    tiktok = TikTok(answers(1 * MB, **{"POST /creator_info/query/": good(private)}))
    async with connector_over(tiktok) as connector:
        with pytest.raises(UpstreamError, match="FOLLOWER_OF_CREATOR") as caught:
            await connector.perform(pictures(2), GRANT)
    assert caught.value.code == "privacy_level_option_mismatch"
    assert tiktok.sent("/content/init/") == []


@pytest.mark.parametrize(
    ("ours", "kind", "field"),
    [(ORDER, "video", "video_url"), (pictures(3, text="Three"), "photo", "photo_images")],
)
async def test_a_business_account_posts_through_its_own_api(ours, kind, field):
    tiktok = TikTok(
        {
            "GET /business/video/settings/": fine({"comment_disabled": False}),
            f"POST /business/{kind}/publish/": fine({"share_id": "v_pub_url~v1.23"}),
            "GET /business/publish/status/": [
                fine({"status": "PROCESSING_DOWNLOAD"}),
                fine({"status": "PUBLISH_COMPLETE", "post_ids": ["7077642457847994444"]}),
            ],
        }
    )
    async with connector_over(tiktok) as connector:
        receipt = await connector.perform(ours, replace(GRANT, tier="business"))
    body = tiktok.sent(f"/business/{kind}/publish/")[0]
    assert body["business_id"] == "open-1"
    assert body[field]
    assert body["post_info"]["caption" if kind == "video" else "title"] == ours.text
    assert receipt.remote_id == "7077642457847994444"
    assert tiktok.asked("/business/publish/status/")[0]["publish_id"] == "v_pub_url~v1.23"


async def test_a_business_post_that_failed_was_not_made():
    tiktok = TikTok(
        {
            "GET /business/video/settings/": fine({}),
            "POST /business/video/publish/": fine({"share_id": "v_pub_url~v1.23"}),
            "GET /business/publish/status/": fine(
                {"status": "FAILED", "reason": "frame_rate_check_failed"}
            ),
        }
    )
    async with connector_over(tiktok) as connector:
        with pytest.raises(UpstreamError) as caught:
            await connector.perform(ORDER, replace(GRANT, tier="business"))
    assert (caught.value.remedy, caught.value.code) == (Remedy.REJECT, "bad_media")
