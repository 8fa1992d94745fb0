"""Pictures and films on their way into a post: in order, in time, and never half published."""

import json
from dataclasses import fields
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from socialseed.connectors.http import Http
from socialseed.connectors.twitter.connector import TwitterConnector
from socialseed.connectors.types import Order
from socialseed.core.errors import Remedy, UpstreamError
from tests.contracts.connector import NOW, PICTURE
from tests.contracts.twitter_world import GRANT, X, connected, order

HOST = "https://93.184.216.34"
GIF = b"GIF89a moving"
FILM = b"\x00\x00\x00\x18ftypqt  " + bytes(range(256)) * 40_000  # 10 MB: three pieces
SENT: dict[str, Any] = {"POST /2/tweets": (201, {"data": {"id": "5"}}, {})}
STATUS = "GET /2/media/upload"


def media(n: int) -> dict[str, object]:
    return {"data": {"id": str(n), "media_key": f"3_{n}", "a_new_field": 1}}


def uploading(*states: object, end: object = None, **more: object) -> X:
    """X taking a film; `end` is what finalizing says, `states` what the looks after it say."""
    return X(
        {
            "GET /film.mov": FILM,
            "POST /initialize": media(44),
            "POST /append": [(200, {"data": {"expires_at": 1}}, {})] * 9,
            "POST /finalize": {"data": {"id": "44", **({"processing_info": end} if end else {})}},
            STATUS: [{"data": {"id": "44", "processing_info": state}} for state in states],
            **SENT,
            **more,
        }
    )


def film() -> Order:
    return order("publish_video", text="Watch", media_url=f"{HOST}/film.mov")


def posted(world: X) -> object:
    sent = [r for r in world.requests if r.url.path.endswith("/2/tweets")]
    return json.loads(sent[0].content) if sent else None


async def test_up_to_four_pictures_keep_their_order():
    world = X({"GET .jpg": [PICTURE] * 4, "POST /upload": [media(n) for n in (1, 2, 3, 4)],
               "POST /metadata": {"data": {}}, **SENT})  # fmt: skip
    urls = tuple(f"{HOST}/{name}.jpg" for name in "abcd")
    async with connected(world) as x:
        receipt = await x.perform(
            order("publish_image", text="Four", media_urls=urls, alt_text="A cup"), GRANT
        )
    assert receipt.remote_id == "5"
    assert posted(world) == {"text": "Four", "media": {"media_ids": ["1", "2", "3", "4"]}}
    assert [r.url.path for r in world.requests[:4]] == ["/a.jpg", "/b.jpg", "/c.jpg", "/d.jpg"]
    [described] = [r for r in world.requests if r.url.path.endswith("/metadata")]
    assert json.loads(described.content) == {
        "id": "1",
        "metadata": {"alt_text": {"text": "A cup"}},
    }
    uploads = [r for r in world.requests if r.url.path.endswith("/upload")]
    assert all(b"tweet_image" in r.content and PICTURE in r.content for r in uploads)


async def test_a_picture_needs_no_text():
    world = X({"GET .jpg": PICTURE, "POST /upload": media(1), **SENT})
    async with connected(world) as x:
        await x.perform(order("publish_image", media_url=f"{HOST}/a.jpg"), GRANT)
    assert posted(world) == {"media": {"media_ids": ["1"]}}


async def test_a_gif_stands_alone_and_may_be_larger():
    large = GIF + b"x" * (6 * 1024 * 1024)
    world = X({"GET .gif": large, "POST /upload": media(1), **SENT})
    async with connected(world) as x:
        await x.perform(order("publish_image", text="Spin", media_url=f"{HOST}/a.gif"), GRANT)
    assert b"tweet_gif" in world.requests[1].content


@pytest.mark.parametrize(
    ("files", "count"),
    [
        ([PICTURE] * 5, 5),
        ([PICTURE, GIF], 2),
        ([PICTURE + b"x" * (5 * 1024 * 1024)], 1),
        ([b"<html>"], 1),
        ([(404, {}, {})], 1),
    ],
)
async def test_pictures_that_x_would_not_take_are_not_uploaded(files, count):
    world = X({"GET .jpg": list(files)})
    urls = tuple(f"{HOST}/{n}.jpg" for n in range(count))
    async with connected(world) as x:
        with pytest.raises(UpstreamError) as caught:
            await x.perform(order("publish_image", text="a", media_urls=urls), GRANT)
    assert (caught.value.remedy, caught.value.code) == (Remedy.REJECT, "bad_media")
    assert all(r.method == "GET" for r in world.requests)


@pytest.mark.parametrize(
    "states",
    [
        (),
        ({"state": "succeeded", "progress_percent": 100},),
        ({"state": "pending", "check_after_secs": 3}, {"state": "in_progress"}, None),
        ({"state": "a_new_state", "check_after_secs": 999}, {"state": "succeeded"}),
    ],
)
async def test_a_film_is_sent_in_pieces_and_awaited(states):
    world = uploading(*states, end={"state": "pending", "check_after_secs": 1} if states else None)
    async with connected(world) as x:
        receipt = await x.perform(film(), GRANT)
        waited = x.http.clock.now() - NOW
    assert receipt.remote_id == "5"
    begun, *pieces = [r for r in world.requests if "/media/" in r.url.path and r.method == "POST"]
    assert json.loads(begun.content) == {
        "media_type": "video/quicktime",
        "total_bytes": len(FILM),
        "media_category": "tweet_video",
    }
    assert [_segment(r) for r in pieces[:-1]] == [b"0", b"1", b"2"]
    assert b"".join(_file(r) for r in pieces[:-1]) == FILM
    assert max(len(_file(r)) for r in pieces[:-1]) <= 5 * 1024 * 1024
    looks = [r for r in world.requests if r.method == "GET" and "/media/" in r.url.path]
    assert [(r.url.params["command"], r.url.params["media_id"]) for r in looks] == [
        ("STATUS", "44")
    ] * len(states)
    assert posted(world) == {"text": "Watch", "media": {"media_ids": ["44"]}}
    assert waited >= timedelta(seconds=len(states))


def _parts(request: httpx2.Request) -> list[bytes]:
    mark = request.headers["content-type"].split("boundary=")[1].encode()
    return request.content.split(b"--" + mark)


def _segment(request: httpx2.Request) -> bytes:
    [part] = [p for p in _parts(request) if b'name="segment_index"' in p]
    return part.split(b"\r\n\r\n", 1)[1].strip()


def _file(request: httpx2.Request) -> bytes:
    [part] = [p for p in _parts(request) if b'name="media"' in p]
    return part.split(b"\r\n\r\n", 1)[1][:-2]


async def test_a_film_that_x_cannot_prepare_is_not_posted():
    world = uploading(
        {"state": "failed", "error": {"name": "InvalidMedia"}}, end={"state": "pending"}
    )
    async with connected(world) as x:
        with pytest.raises(UpstreamError) as caught:
            await x.perform(film(), GRANT)
    assert (caught.value.remedy, caught.value.code) == (Remedy.REJECT, "bad_media")
    assert posted(world) is None


async def test_a_film_that_takes_x_too_long_is_tried_again():
    busy = {"state": "in_progress", "check_after_secs": 1}
    world = uploading(*[busy] * 60, end=busy)
    async with connected(world) as x:
        with pytest.raises(UpstreamError) as caught:
            await x.perform(film(), GRANT)
    assert (caught.value.remedy, caught.value.code) == (Remedy.RETRY, "media_not_ready")
    assert posted(world) is None


@pytest.mark.parametrize("step", ["initialize", "append", "finalize"])
@pytest.mark.parametrize(
    ("answer", "remedy"),
    [
        ((503, {"title": "Service Unavailable"}, {}), Remedy.RETRY),
        ((429, {"title": "Too Many Requests"}, {}), Remedy.WAIT),
        ((401, {"title": "Unauthorized"}, {}), Remedy.REAUTHORIZE),
        ((403, {"errors": [{"code": 326, "message": "locked"}]}, {}), Remedy.STOP),
        ((400, {"title": "Invalid Request"}, {}), Remedy.REJECT),
    ],
)
async def test_what_fails_before_the_post_is_never_in_doubt(step, answer, remedy):
    world = uploading(**{f"POST /{step}": answer})
    async with connected(world) as x:
        with pytest.raises(UpstreamError) as caught:
            await x.perform(film(), GRANT)
    assert caught.value.remedy is remedy
    assert posted(world) is None


@pytest.mark.parametrize(("seconds_a_piece", "pieces"), [(6, 1), (3, 3)])
async def test_a_film_too_big_for_the_time_is_refused_as_soon_as_that_is_clear(
    seconds_a_piece, pieces
):
    world = uploading()

    class Hasty(Http):
        def left(self, by: float) -> float:
            return float(10 - seconds_a_piece * len(appended(world)))

    async with connected(world) as x:
        hasty = Hasty(**{f.name: getattr(x.http, f.name) for f in fields(Http) if f.init})
        done = TwitterConnector(hasty, x.app).perform(film(), GRANT)
        if pieces == 1:
            with pytest.raises(UpstreamError) as caught:
                await done
            assert (caught.value.remedy, caught.value.code) == (Remedy.REJECT, "video_too_big")
        else:
            assert (await done).remote_id == "5"
    assert len(appended(world)) == pieces
    assert (posted(world) is None) == (pieces == 1)


def appended(world: X) -> list[str]:
    return [path for path in world.paths() if path.endswith("/append")]


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"content-length": str(600 * 1024 * 1024)}, b"\x00\x00\x00\x18ftypmp42"),
        ({"content-length": "0"}, b""),
        ({"content-length": "12"}, b"<html>a page"),
    ],
)
async def test_a_film_that_cannot_be_used_is_not_begun(headers, body):
    requests: list[httpx2.Request] = []

    def host(request: httpx2.Request) -> httpx2.Response:
        requests.append(request)
        return httpx2.Response(200, content=body, headers=headers)

    async with connected(host) as x:
        with pytest.raises(UpstreamError) as caught:
            await x.perform(film(), GRANT)
    assert (caught.value.remedy, caught.value.code) == (Remedy.REJECT, "bad_media")
    assert [r.method for r in requests] == ["GET"]


async def test_a_film_that_ends_early_at_its_host_is_tried_again():
    def host(request: httpx2.Request) -> httpx2.Response:
        if request.method == "GET":
            told = {"content-length": str(len(FILM) + 1)}
            return httpx2.Response(200, content=FILM, headers=told)
        assert "/media/" in request.url.path
        return httpx2.Response(200, json=media(44))

    async with connected(host) as x:
        with pytest.raises(UpstreamError) as caught:
            await x.perform(film(), GRANT)
    assert (caught.value.remedy, caught.value.code) == (Remedy.RETRY, "media_unreachable")
