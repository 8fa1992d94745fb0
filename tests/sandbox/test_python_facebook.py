"""Somebody else's client for Instagram, made for the real Graph API, is answered as it expects."""

from dataclasses import dataclass
from typing import Any

import pytest
from pyfacebook import FacebookError, IGBusinessApi

from tests.sandbox.conftest import Sandbox

PICTURE = "https://example.com/{}.jpg"
FILM = "https://example.com/kiln.mp4"


@dataclass
class Desk:
    """An owned account, and the client that acts for it."""

    box: Sandbox
    api: Any
    me: str
    handle: str

    def container(self, **spec: str) -> str:
        made = self.api.post_object(object_id=self.me, connection="media", data=spec)
        return str(made["id"])

    def ready(self, container: str) -> None:
        for _ in range(20):
            state = self.api.container.get_info(container, fields="id,status_code,status")
            if state.status_code == "FINISHED":
                return
            assert state.status_code == "IN_PROGRESS", state.status
            self.box.advance(seconds=2)
        raise AssertionError("the container is never ready")

    def publish(self, container: str) -> str:
        self.ready(container)
        done = self.api.post_object(
            object_id=self.me, connection="media_publish", data={"creation_id": container}
        )
        return str(done["id"])

    def post(self, caption: str) -> str:
        name = caption.replace(" ", "-").replace("@", "")
        return self.publish(self.container(image_url=PICTURE.format(name), caption=caption))

    def speak(self, where: str, connection: str, words: str) -> str:
        said = self.api.post_object(object_id=where, connection=connection, data={"message": words})
        return str(said["id"])


def at_desk(box: Sandbox, handle: str) -> Desk:
    me = str(box.account("instagram", handle)["id"])
    api = IGBusinessApi(
        app_id="test",
        app_secret="secret",
        access_token=box.token("instagram", handle),
        version="v25.0",
        base_url=f"{box.url}/graph.facebook.com/",
        instagram_business_id=me,
        sleep_on_rate_limit=False,
        timeout=10,
    )
    return Desk(box, api, me, handle)


@pytest.fixture
def desk(sandbox: Sandbox) -> Desk:
    return at_desk(sandbox, "mara_makes")


def somebody(box: Sandbox) -> dict[str, Any]:
    people = box.control("GET", "/people?platform=instagram&interest=coffee&limit=50")["people"]
    found: dict[str, Any] = max(people, key=lambda person: person["followers"])
    return found


def test_it_reads_the_own_profile_and_anothers(desk: Desk) -> None:
    me = desk.api.user.get_info()
    assert (me.id, me.username, me.followers_count) == (desk.me, "mara_makes", 900)
    assert me.biography == "ceramics"
    person = somebody(desk.box)
    found = desk.api.user.discovery_user(person["handle"])
    assert found.business_discovery.username == person["handle"]
    assert found.business_discovery.followers_count == person["followers"]
    with pytest.raises(FacebookError) as caught:
        desk.api.user.discovery_user("nobody_like_this")
    assert (caught.value.code, caught.value.error_subcode) == (110, 2207013)


def test_it_pages_through_anothers_media(desk: Desk) -> None:
    posting = at_desk(desk.box, "lea_makes")
    made = [posting.post(f"Jug {n}") for n in range(5)]
    found = desk.api.discovery_user_media(
        "lea_makes", fields="id,caption,permalink,like_count", count=None, limit=2
    )
    assert [one["id"] for one in found["data"]] == made[::-1]
    assert all(one["permalink"].startswith("https://www.instagram.com/p/") for one in found["data"])


def test_it_publishes_pictures_a_reel_and_an_album(desk: Desk) -> None:
    limit = desk.api.user.get_content_publishing_limit().data[0]
    assert (limit.quota_usage, limit.config.quota_duration) == (0, 86400)
    picture = desk.post("A bowl")
    reel = desk.publish(desk.container(media_type="REELS", video_url=FILM, caption="The kiln"))
    items = [desk.container(image_url=PICTURE.format(n), is_carousel_item="true") for n in range(3)]
    for item in items:
        desk.ready(item)
    album = desk.publish(
        desk.container(media_type="CAROUSEL", children=",".join(items), caption="Three cups")
    )
    kinds = {one: desk.api.media.get_info(one) for one in (picture, reel, album)}
    assert [one.media_type for one in kinds.values()] == ["IMAGE", "VIDEO", "CAROUSEL_ALBUM"]
    assert [one.caption for one in kinds.values()] == ["A bowl", "The kiln", "Three cups"]
    assert len(kinds[album].children.data) == 3
    assert desk.api.user.get_content_publishing_limit().data[0].quota_usage == 3
    done = {verb: desk.box.done(verb) for verb in ("publish_image", "publish_video")}
    assert [e["target"] for e in done["publish_image"]] == [picture]
    assert [e["target"] for e in done["publish_video"]] == [reel]


def test_a_container_is_published_once(desk: Desk) -> None:
    made = desk.container(image_url=PICTURE.format("once"), caption="Once")
    desk.publish(made)
    assert desk.api.container.get_info(made).status_code == "PUBLISHED"
    with pytest.raises(FacebookError) as caught:
        desk.api.post_object(
            object_id=desk.me, connection="media_publish", data={"creation_id": made}
        )
    assert (caught.value.code, caught.value.error_subcode) == (24, 2207008)
    assert len(desk.box.done("publish_image")) == 1


def test_it_follows_the_pages_of_own_media(desk: Desk) -> None:
    made = [desk.post(f"Cup {n}") for n in range(5)]
    found = desk.api.user.get_media(count=None, limit=2)
    assert [one.id for one in found.data] == made[::-1]
    assert [one.caption for one in found.data][:2] == ["Cup 4", "Cup 3"]
    assert [one.id for one in desk.api.user.get_media(count=3, limit=2).data] == made[:1:-1]


def test_it_comments_answers_and_reads_both(desk: Desk) -> None:
    post = desk.post("Ask me")
    comments = [desk.speak(post, "comments", f"Note {n}") for n in range(3)]
    reply = desk.speak(comments[0], "replies", "Thank you")
    listed = desk.api.media.get_comments(post, count=None, limit=2)
    assert [one.id for one in listed.data] == comments[::-1]
    assert listed.data[0].text == "Note 2"
    answers = desk.api.comment.get_replies(comments[0])
    assert [(one.id, one.text) for one in answers.data] == [(reply, "Thank you")]
    assert desk.api.comment.get_info(reply, fields="id,text").text == "Thank you"
    assert desk.api.delete_object(object_id=comments[2])["success"] is True
    assert len(desk.api.media.get_comments(post, count=None, limit=50).data) == 2


def test_it_finds_posts_under_a_hashtag(desk: Desk) -> None:
    tag = desk.api.user.get_hashtag_search("coffee").data[0].id
    fields = "id,caption,media_type,permalink,timestamp,like_count,comments_count"
    recent = desk.api.hashtag.get_recent_media(tag, fields=fields, count=8, limit=3)
    best = desk.api.hashtag.get_top_media(tag, fields=fields, count=8, limit=3)
    for found in (recent.data, best.data):
        assert len({one.id for one in found}) == len(found) > 0
        assert all("#coffee" in one.caption for one in found)
        assert all(one.username is None and one.owner is None for one in found)
    used = desk.api.user.get_recently_searched_hashtags()
    assert [one.id for one in used.data] == [tag]


def test_it_reads_figures_of_a_post_and_of_the_account(desk: Desk) -> None:
    post = desk.post("Counted")
    desk.box.advance(hours=30)
    told = desk.api.media.get_insights(post, metric="reach,likes,comments,saved,shares")
    assert [one.name for one in told.data] == ["reach", "likes", "comments", "saved", "shares"]
    assert all(one.period == "lifetime" for one in told.data)
    assert all(isinstance(one.values[0].value, int) for one in told.data)
    with pytest.raises(FacebookError) as caught:
        desk.api.media.get_insights(post, metric="reach,impressions")
    assert caught.value.code == 100
    figures = desk.api.user.get_insights(
        metric="reach,views,likes", period="day", metric_type="total_value"
    )
    assert {one.name for one in figures.data} <= {"reach", "views", "likes"}
    assert all(one.total_value.value >= 0 for one in figures.data)


def test_it_reads_who_names_the_account(desk: Desk) -> None:
    other = at_desk(desk.box, "lea_makes")
    post = other.post("With @mara_makes")
    comment = other.speak(post, "comments", "Look, @mara_makes")
    tagged = desk.api.user.get_tagged_media(fields="id,caption,username,timestamp")
    assert [(one.id, one.username) for one in tagged.data] == [(post, "lea_makes")]
    media = desk.api.user.get_mentioned_media(post).mentioned_media
    assert (media.id, media.caption) == (post, "With @mara_makes")
    said = desk.api.user.get_mentioned_comment(comment).mentioned_comment
    assert (said.id, said.text) == (comment, "Look, @mara_makes")


def test_usage_and_refusals_come_as_the_client_knows_them(desk: Desk) -> None:
    desk.api.user.get_info()
    app = desk.api.rate_limit.get_limit()
    assert 0 <= app.call_count <= 100
    desk.box.fault("token_expired", account="mara_makes", times=1)
    with pytest.raises(FacebookError) as caught:
        desk.api.user.get_info()
    assert (caught.value.code, caught.value.error_subcode) == (190, 463)
    assert caught.value.type == "OAuthException"
