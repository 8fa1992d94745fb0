"""What an action is about: which fields each kind takes, and that its hash covers all of them."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from socialseed.actions.content import MOST_MEDIA, Content, checked
from socialseed.actions.orders import order_of, request_hash
from socialseed.connectors.types import Order
from socialseed.core.errors import AppError

ACCOUNT = UUID(int=7)
NOW = datetime(2026, 11, 20, tzinfo=UTC)
POST = {"id": "p1", "author": "mia", "text": "Hi"}
FILM = "https://m.example/1.mp4"
PICTURES = [f"https://m.example/{n}.jpg" for n in range(3)]

# What these hashes were when their kinds were new: approvals and repeats stand on them.
KEPT: dict[str, tuple[str | None, dict[str, Any], str, str]] = {
    "follow": (
        "mia",
        {"person": {"handle": "mia", "followers": 3}},
        "4abd771522c13387",
        "person:mia",
    ),
    "unfollow": ("@Mia", {}, "9817d6fb1129613c", "person:mia"),
    "like": (None, {"post": POST}, "5524d098666db364", "post:p1"),
    "unlike": (None, {"post": POST}, "290e3b0d7552071b", "post:p1"),
    "comment": (None, {"post": POST, "text": "Lovely."}, "694f73d870f95b39", "post:p1"),
    "reply": (
        "mia",
        {"post": POST, "comment_id": "c9", "text": "Thanks.", "summoned": True},
        "8ceaf10674012258",
        "post:c9",
    ),
    "repost": (None, {"post": POST}, "f660ace613c6205c", "post:p1"),
    "quote": (None, {"post": POST, "text": "So true."}, "eb9717a132616929", "post:p1"),
    "publish_text": (
        None,
        {"text": "Good morning."},
        "f5013723b23b9e3e",
        "content:98ed64e204cd0b5cceb779da762f0dd4",
    ),
    "publish_image": (
        None,
        {"text": "A cup", "media_url": "https://m.example/1.jpg", "alt_text": "A cup"},
        "914074f913e00e1d",
        "content:edd3c36476dcea37525b3b163baaa096",
    ),
    "publish_video": (
        None,
        {"text": "A film", "media_url": FILM},
        "5334a68902a3669e",
        "content:d53b34722f1f6da7454329df1d0dd3e8",
    ),
    "delete": (None, {"post": {"id": "p1", "author": "me"}}, "b7c279e26f75f8f8", "post:p1"),
}


def content(action_type: str, target: str | None = None, **data: Any) -> Content:
    return checked(ACCOUNT, action_type, target, data)


def carousel(**change: Any) -> Content:
    return content("publish_carousel", **{"media_urls": PICTURES, "text": "Three cups"} | change)


def order(of: Content) -> Order:
    return order_of(ACCOUNT, of.action_type, of.target_account, of.target_data, NOW)


@pytest.mark.parametrize("kind", KEPT)
def test_hashes_and_keys_stay_what_they_were(kind: str):
    target, data, digest, key = KEPT[kind]
    found = content(kind, target, **data)
    assert (found.content_hash[:16], found.target_key) == (digest, key)


def test_a_carousel_is_its_media_in_their_order():
    made = carousel()
    assert list(made.media) == PICTURES
    assert made.target_data["media_urls"] == PICTURES
    backwards = carousel(media_urls=PICTURES[::-1])
    assert backwards.content_hash != made.content_hash
    assert backwards.target_key != made.target_key
    assert carousel().content_hash == made.content_hash
    assert carousel(media_urls=PICTURES[:2]).content_hash != made.content_hash


def test_an_order_carries_every_address():
    sent = order(carousel(alt_text="Cups"))
    assert (sent.media_urls, sent.media_url, sent.alt_text) == (tuple(PICTURES), None, "Cups")
    film = order(content("publish_video", media_url=FILM, cover_url=PICTURES[0]))
    assert (film.media_url, film.cover_url, film.media_urls) == (FILM, PICTURES[0], ())


def test_what_is_asked_is_hashed_with_its_media():
    one, other = order(carousel()), order(carousel(media_urls=PICTURES[:2]))
    assert request_hash(one) != request_hash(other)
    plain = content("publish_video", media_url=FILM)
    covered = content("publish_video", media_url=FILM, cover_url=PICTURES[0])
    assert request_hash(order(plain)) != request_hash(order(covered))


def test_another_cover_is_another_content_but_the_same_film():
    plain = content("publish_video", media_url=FILM)
    covered = content("publish_video", media_url=FILM, cover_url=PICTURES[0])
    assert plain.content_hash != covered.content_hash
    assert plain.target_key == covered.target_key


def test_alt_text_belongs_to_what_is_approved():
    assert carousel(alt_text="Cups").content_hash != carousel().content_hash


WRONG: list[tuple[str, dict[str, Any], str, str]] = [
    ("publish_video", {}, "required", "/target_data/media_url"),
    ("publish_carousel", {"text": "x"}, "required", "/target_data/media_urls"),
    ("publish_carousel", {"media_url": FILM}, "required", "/target_data/media_urls"),
    ("publish_carousel", {"media_urls": PICTURES[:1]}, "bad_count", "/target_data/media_urls"),
    ("publish_carousel", {"media_urls": []}, "bad_count", "/target_data/media_urls"),
    (
        "publish_carousel",
        {"media_urls": PICTURES[:1] * (MOST_MEDIA + 1)},
        "bad_count",
        "/target_data/media_urls",
    ),
    ("publish_carousel", {"media_urls": FILM}, "wrong_type", "/target_data/media_urls"),
    ("publish_carousel", {"media_urls": [FILM, 7]}, "wrong_type", "/target_data/media_urls/1"),
    ("publish_carousel", {"media_urls": [FILM, None]}, "wrong_type", "/target_data/media_urls/1"),
    ("publish_carousel", {"media_urls": [FILM, "ftp://x"]}, "bad_url", "/target_data/media_urls/1"),
    (
        "publish_carousel",
        {"media_urls": [FILM, "https://x.example/" + "a" * 2048]},
        "too_long",
        "/target_data/media_urls/1",
    ),
    (
        "publish_carousel",
        {"media_urls": PICTURES, "media_url": FILM},
        "unknown_field",
        "/target_data/media_url",
    ),
    (
        "publish_image",
        {"media_url": FILM, "media_urls": PICTURES},
        "unknown_field",
        "/target_data/media_url",
    ),
    ("publish_image", {"media_urls": PICTURES[:1]}, "bad_count", "/target_data/media_urls"),
    ("publish_video", {"media_urls": PICTURES}, "unknown_field", "/target_data/media_urls"),
    ("like", {"post": POST, "cover_url": FILM}, "unknown_field", "/target_data/cover_url"),
    (
        "publish_image",
        {"media_url": FILM, "cover_url": FILM},
        "unknown_field",
        "/target_data/cover_url",
    ),
    (
        "publish_video",
        {"media_url": FILM, "cover_url": "javascript:1"},
        "bad_url",
        "/target_data/cover_url",
    ),
    ("quote", {"post": POST}, "required", "/target_data/text"),
    ("quote", {"text": "So true."}, "required", "/target_data/post/id"),
    ("delete", {"post": {"author": "me"}}, "required", "/target_data/post/id"),
    ("unlike", {}, "required", "/target_data/post/id"),
    ("unfollow", {}, "required", "/target_account"),
]


@pytest.mark.parametrize(("kind", "data", "code", "pointer"), WRONG)
def test_what_is_wrong_is_named(kind: str, data: dict[str, Any], code: str, pointer: str):
    with pytest.raises(AppError) as refused:
        content(kind, **data)
    errors = refused.value.errors
    assert [(one.code, one.pointer) for one in errors] == [(code, pointer)]
