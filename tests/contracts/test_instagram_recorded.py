"""Answers of the real Graph API, where a checkout has them beside it, through the connector.

What every file tells is in our answer; without an optional field, or with an unknown one, the rest
of it still is.
"""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from socialseed.connectors.instagram import mapping
from socialseed.connectors.instagram.api import following, made_id
from socialseed.connectors.types import Hashtag, Insights, Look, Me, Mentions, PublishingQuota
from tests.contracts.instagram import Meta, grant_of, speaking_to

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "fixtures" / "instagram"
WEB = "https://example.com"
PERSON = {
    "username": "handle",
    "name": "display_name",
    "biography": "bio",
    "followers_count": "followers",
    "follows_count": "following",
    "media_count": "posts",
}
POST = {
    "id": "remote_id",
    "like_count": "likes",
    "comments_count": "comments",
    "parent_id": "parent_id",
}


def recorded(name: str) -> Any:
    path = FOLDER / f"{name}.json"
    if not path.exists():
        pytest.skip("no recorded answers beside this checkout")
    return json.loads(path.read_text())


def mutated(body: Any) -> Iterator[Any]:
    """Copies without one optional field, and one with fields that nobody knows."""
    for name in [n for n in body if n not in ("id", "username")]:
        yield {key: value for key, value in body.items() if key != name}
    yield {**body, "brand_new": {"data": [None]}, "another": None}


def same_person(user: dict[str, Any]) -> None:
    person = mapping.person(user, WEB)
    assert person is not None
    for theirs, ours in PERSON.items():
        assert getattr(person, ours) == user.get(theirs)


def same_post(entry: dict[str, Any]) -> None:
    post = mapping.post(entry, WEB)
    assert post is not None
    for theirs, ours in POST.items():
        assert getattr(post, ours) == entry.get(theirs)
    assert post.text == (entry.get("text") or entry.get("caption") or "")
    assert (post.created_at is None) == ("timestamp" not in entry)
    assert (post.url is None) == ("permalink" not in entry)
    handle = entry.get("from", {}).get("username") or entry.get("username")
    assert (post.author.handle if post.author else None) == handle


def entries_of(name: str) -> list[dict[str, Any]]:
    body = recorded(name)
    if "business_discovery" in body:
        body = body["business_discovery"]["media"]
    found = body["data"] if "data" in body else list(body.values())
    return [one for one in found if isinstance(one, dict)]


@pytest.mark.parametrize(
    "name",
    [
        "comments_comments_fields",
        "comments_replies",
        "discovery_medias_p1",
        "hashtags_hashtag_recent_medias_p1",
        "medias_comments_p1",
        "medias_medias_fields",
        "users_medias_p1",
        "users_tagged_medias",
    ],
)
def test_every_medium_and_comment_is_read_whole(name):
    entries = entries_of(name)
    assert entries
    for entry in entries:
        same_post(entry)
        for changed in mutated(entry):
            same_post(changed)
    assert len(mapping.threads(entries, WEB)) >= len(entries)


@pytest.mark.parametrize("name", ["users_medias_p1", "hashtags_hashtag_recent_medias_p1"])
def test_the_recorded_cursor_leads_on(name):
    body = recorded(name)
    assert following(body) == "after"
    ended = copy.deepcopy(body)
    del ended["paging"]["next"]
    assert following(ended) is None
    assert following({"data": body["data"]}) is None


async def test_people_are_read_whole():
    user = recorded("users_user_fields")
    other = recorded("discovery_user_fields")["business_discovery"]
    for known in (user, other):
        for changed in (known, *mutated(known)):
            same_person(changed)
    meta = Meta(
        {"GET": lambda r: {"business_discovery": other} if "business" in str(r.url) else user}
    )
    async with speaking_to(meta) as connector:
        me = await connector.read(Me(), grant_of())
        found = await connector.read(Look(other["username"]), grant_of())
    assert (me.handle, me.followers) == (user["username"], user["followers_count"])
    assert (found.remote_id, found.posts) == (other["id"], other["media_count"])


async def test_a_mention_is_read_from_its_answer():
    body = recorded("users_mentioned_comment")
    async with speaking_to(Meta({"GET": body})) as connector:
        (post,) = await connector.read(Mentions(comment_id="17967008497439572"), grant_of())
    said = body["mentioned_comment"]
    assert (post.remote_id, post.text) == (said["id"], said["text"])
    assert (post.author.handle, post.likes) == (said["username"], said["like_count"])


async def test_a_recorded_hashtag_leads_to_its_posts():
    media = recorded("hashtags_hashtag_recent_medias_p1")
    meta = Meta({"ig_hashtag_search": recorded("users_hashtag_search"), "recent_media": media})
    async with speaking_to(meta) as connector:
        found = await connector.read(Hashtag("developers", 5), grant_of())
    assert [p.remote_id for p in found] == [one["id"] for one in media["data"]]
    assert "/17841562426109234/" in meta.requests[1].url.path


@pytest.mark.parametrize("name", ["medias_insights_new", "users_user_insights_new"])
async def test_recorded_figures_are_read(name):
    body = recorded(name)
    (metric,) = body["data"]
    meta = Meta({"/insights$": body, "GET": {"media_product_type": "FEED"}})
    async with speaking_to(meta) as connector:
        told = await connector.read(Insights("1" if "medias" in name else None), grant_of())
    assert told.values == {metric["name"]: metric["total_value"]["value"]}


@pytest.mark.parametrize("name", ["publish_publish_limit_resp", "users_content_publish_limit"])
async def test_either_recorded_quota_is_read(name):
    async with speaking_to(Meta({"GET": recorded(name)})) as connector:
        told = await connector.read(PublishingQuota(), grant_of())
    assert told.values == {"used": 0, "limit": 25}


def test_recorded_containers_have_an_id_and_a_state():
    assert made_id(recorded("publish_create_photo")) == "17889455560051444"
    assert made_id(recorded("publish_publish_container")) == "17920238422030506"
    assert recorded("publish_container_info")["status_code"] == "FINISHED"


def test_a_body_of_our_own_keeps_the_measure_where_there_is_no_recording():
    entry = {"id": "1", "caption": "a", "timestamp": "2020-08-07T03:30:06+0000", "like_count": 0}
    same_post(entry)
    same_person({"id": "1", "username": "m", "followers_count": 0})
