"""Answers of the real platforms, where a checkout has them beside it: our mapping reads them."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from socialseed.connectors.instagram import mapping as instagram
from socialseed.connectors.twitter import mapping as twitter

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "fixtures"
X = {path.stem: path for path in sorted((FOLDER / "twitter").glob("get_*.yaml"))}
INSTAGRAM = {path.stem: path for path in sorted((FOLDER / "instagram").glob("*.json"))}
WEB = "https://example.com"

# One of each, always there, so that the folder's absence leaves something to prove.
OWN_X = {"data": [{"id": "1", "text": "a", "author_id": "2"}], "includes": {"users": [
    {"id": "2", "username": "m", "public_metrics": {"followers_count": 3}}]}}  # fmt: skip
OWN_INSTAGRAM = {"data": [{"id": "1", "caption": "a", "timestamp": "2020-08-07T03:30:06+0000"}]}


def recorded(path: Path) -> list[object]:
    """The bodies of a cassette; some are packed."""
    loaded = yaml.safe_load(path.read_text())
    bodies = []
    for exchange in loaded["interactions"]:
        body = exchange["response"]["body"]["string"]
        raw = body if isinstance(body, bytes) else body.encode()
        bodies.append(json.loads(gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw))
    return bodies


def x_bodies() -> list[object]:
    return [OWN_X, *(body for path in X.values() for body in recorded(path))]


def entries(body: object) -> list[Any]:
    data = body.get("data", []) if isinstance(body, dict) else []
    return data if isinstance(data, list) else [data]


@pytest.mark.parametrize("body", x_bodies())
def test_x_posts_and_people_are_read(body):
    for entry in entries(body):
        if "username" in entry:
            person = twitter.person(entry, WEB)
            assert person is not None
            assert person.handle == entry["username"]
            followers = entry.get("public_metrics", {}).get("followers_count")
            assert person.followers == followers
    made = {post.remote_id: post for post in twitter.posts(body, WEB)} if _is_list(body) else {}
    for entry in entries(body):
        if "text" in entry and _is_list(body):
            assert made[entry["id"]].text == entry["text"]


def _is_list(body: object) -> bool:
    return isinstance(body, dict) and isinstance(body.get("data"), list)


def instagram_bodies() -> list[object]:
    return [OWN_INSTAGRAM, *(json.loads(path.read_text()) for path in INSTAGRAM.values())]


@pytest.mark.parametrize("body", instagram_bodies())
def test_instagram_media_and_comments_are_read(body):
    assert isinstance(body, dict)
    for entry in body.get("data", []):
        if "caption" in entry or "text" in entry or "like_count" in entry:
            post = instagram.post(entry, WEB)
            assert post is not None
            assert post.remote_id == entry["id"]
            assert post.text == (entry.get("text") or entry.get("caption") or "")
            assert (post.created_at is not None) == ("timestamp" in entry)
    if "username" in body:
        person = instagram.person(body, WEB)
        assert person is not None
        assert person.followers == body.get("followers_count")
