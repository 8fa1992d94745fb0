"""Instagram's containers, discovery and likes; TikTok's posting states and comments."""

import json
from typing import Any

import pytest

from tests.sandbox.conftest import Sandbox

IG = "/graph.instagram.com/v25.0"
FB = "/graph.facebook.com/v25.0"
OPEN = "/open.tiktokapis.com/v2"
BUSINESS = "/business-api.tiktok.com/open_api/v1.3/business"


def ig(box: Sandbox, method: str, path: str, token: str, **args: str) -> Any:
    answer = box.http.request(method, path, params={**args, "access_token": token})
    return answer.json()


def publish(box: Sandbox, token: str, uid: str, **container: str) -> Any:
    made = ig(box, "POST", f"{IG}/{uid}/media", token, **container)["id"]
    while ig(box, "GET", f"{IG}/{made}", token, fields="status_code")["status_code"] != "FINISHED":
        box.advance(seconds=10)
    return ig(box, "POST", f"{IG}/{uid}/media_publish", token, creation_id=made)["id"]


def test_a_container_is_published_once(sandbox: Sandbox) -> None:
    uid = sandbox.account("instagram", "mara_makes")["id"]
    token = sandbox.token("instagram", "mara_makes")
    made = ig(
        sandbox,
        "POST",
        f"{IG}/{uid}/media",
        token,
        media_type="REELS",
        video_url="https://example.com/a.mp4",
        caption="Kiln day #ceramics",
    )
    made = made["id"]
    early = ig(sandbox, "POST", f"{IG}/{uid}/media_publish", token, creation_id=made)
    assert early["error"]["error_subcode"] == 2207027
    sandbox.advance(seconds=30)
    media = ig(sandbox, "POST", f"{IG}/{uid}/media_publish", token, creation_id=made)["id"]
    again = ig(sandbox, "POST", f"{IG}/{uid}/media_publish", token, creation_id=made)
    assert again["error"]["error_subcode"] == 2207008
    state = ig(sandbox, "GET", f"{IG}/{made}", token, fields="status_code")
    assert state["status_code"] == "PUBLISHED"
    shown = ig(sandbox, "GET", f"{IG}/{media}", token, fields="caption,permalink,media_type")
    assert shown["caption"] == "Kiln day #ceramics"
    page = sandbox.http.get(shown["permalink"].replace("https://", "/"))
    assert "Kiln day" in page.text
    assert [e["text"] for e in sandbox.done("publish_video")] == ["Kiln day #ceramics"]
    quota = ig(sandbox, "GET", f"{IG}/{uid}/content_publishing_limit", token)["data"][0]
    assert quota["quota_usage"] == 1
    insights = ig(sandbox, "GET", f"{IG}/{media}/insights", token, metric="reach,likes")
    assert [one["name"] for one in insights["data"]] == ["reach", "likes"]
    assert "error" in ig(sandbox, "GET", f"{IG}/{media}/insights", token, metric="impressions")


def test_a_carousel_takes_its_children(sandbox: Sandbox) -> None:
    uid = sandbox.account("instagram", "mara_makes")["id"]
    token = sandbox.token("instagram", "mara_makes")
    children = [
        ig(sandbox, "POST", f"{IG}/{uid}/media", token, is_carousel_item="true",
           image_url=f"https://example.com/{n}.jpg")["id"] for n in range(3)
    ]  # fmt: skip
    media = publish(sandbox, token, uid, media_type="CAROUSEL", children=",".join(children))
    shown = ig(sandbox, "GET", f"{IG}/{media}", token, fields="media_type")
    assert shown["media_type"] == "CAROUSEL_ALBUM"
    assert len(sandbox.done("publish_carousel")) == 1


def test_comments_are_for_own_media(sandbox: Sandbox) -> None:
    uid = sandbox.account("instagram", "mara_makes")["id"]
    other = sandbox.account("instagram", "other_one")["id"]
    token, foreign = (
        sandbox.token("instagram", "mara_makes"),
        sandbox.token("instagram", "other_one"),
    )
    image = "https://example.com/a.jpg"
    mine = publish(sandbox, token, uid, image_url=image, caption="Mine")
    theirs = publish(sandbox, foreign, other, image_url=image, caption="Theirs")
    refused = ig(sandbox, "POST", f"{IG}/{theirs}/comments", token, message="Hi")
    assert (refused["error"]["code"], refused["error"]["error_subcode"]) == (100, 33)
    comment = ig(sandbox, "POST", f"{IG}/{mine}/comments", token, message="Thank you all")["id"]
    reply = ig(sandbox, "POST", f"{IG}/{comment}/replies", token, message="And one more")["id"]
    listed = ig(sandbox, "GET", f"{IG}/{mine}/comments", token,
                fields="id,text,replies{id,text}")["data"]  # fmt: skip
    assert listed[0]["text"] == "Thank you all"
    assert listed[0]["replies"]["data"] == [{"id": reply, "text": "And one more"}]
    kept = ig(sandbox, "DELETE", f"{IG}/{mine}", token)
    assert "Unsupported delete request" in kept["error"]["message"]
    assert ig(sandbox, "DELETE", f"{FB}/{mine}", token)["success"] is True


def test_discovery_hashtags_and_likes_are_on_the_other_host(sandbox: Sandbox) -> None:
    uid = sandbox.account("instagram", "mara_makes")["id"]
    token = sandbox.token("instagram", "mara_makes")
    tag = ig(sandbox, "GET", f"{FB}/ig_hashtag_search", token, user_id=uid, q="coffee")["data"][0]
    found = ig(sandbox, "GET", f"{FB}/{tag['id']}/top_media", token, user_id=uid,
               fields="id,caption,permalink,like_count")["data"]  # fmt: skip
    assert found
    assert all("#coffee" in one["caption"] for one in found)
    for _ in range(2):
        liked = ig(sandbox, "POST", f"{FB}/{uid}/likes", token, media_id=found[0]["id"])
        assert liked == {"success": True}
    assert [e["target"] for e in sandbox.done("like")] == [found[0]["id"]]
    assert "error" in ig(sandbox, "POST", f"{IG}/{uid}/likes", token, media_id=found[0]["id"])
    people = sandbox.control("GET", "/people?platform=instagram&interest=coffee")["people"]
    person = next(one for one in people if one["followers"] >= 40)
    fields = (
        f"business_discovery.username({person['handle']})"
        "{username,followers_count,media.limit(2){id,caption}}"
    )
    seen = ig(sandbox, "GET", f"{FB}/{uid}", token, fields=fields)["business_discovery"]
    assert (seen["username"], seen["followers_count"]) == (person["handle"], person["followers"])
    nobody = ig(sandbox, "GET", f"{FB}/{uid}", token,
                fields="business_discovery.username(nobody_there){id}")  # fmt: skip
    assert nobody["error"]["code"] == 110


def tiktok(box: Sandbox, path: str, head: dict[str, str], body: object, **query: str) -> Any:
    return box.http.post(f"{OPEN}{path}", headers=head, json=body, params=query).json()


@pytest.fixture
def tik(sandbox: Sandbox) -> dict[str, str]:
    sandbox.account("tiktok", "mara_makes")
    return sandbox.bearer("tiktok", "mara_makes")


MB = 1_000_000
FILM = b"\x00\x00\x00\x18ftypmp42" + b"\x00" * (12 * MB - 12)


def begin(box: Sandbox, head: dict[str, str], size: int, chunk: int, count: int) -> Any:
    body = {
        "post_info": {"title": "Glaze #ceramics", "privacy_level": "PUBLIC_TO_EVERYONE"},
        "source_info": {"source": "FILE_UPLOAD", "video_size": size, "chunk_size": chunk,
                        "total_chunk_count": count},
    }  # fmt: skip
    return tiktok(box, "/post/publish/video/init/", head, body)


def put(box: Sandbox, url: str, content: bytes, first: int, size: int) -> Any:
    head = {"content-range": f"bytes {first}-{first + len(content) - 1}/{size}"}
    return box.http.put(url, content=content, headers=head | {"content-type": "video/mp4"})


def test_a_video_is_uploaded_in_order_and_appears(sandbox: Sandbox, tik: dict[str, str]) -> None:
    wrong = begin(sandbox, tik, 12 * MB, 5 * MB, 3)
    assert wrong["error"]["code"] == "invalid_param"
    started = begin(sandbox, tik, 12 * MB, 5 * MB, 2)["data"]
    first, last = FILM[: 5 * MB], FILM[5 * MB :]
    url = started["upload_url"]
    sent = ((last, 5 * MB), (first, 0), (first, 0), (last, 5 * MB))
    answers = [put(sandbox, url, part, at, 12 * MB) for part, at in sent]
    assert [answer.status_code for answer in answers] == [416, 206, 416, 201]
    assert answers[2].headers["content-range"] == f"bytes 0-{5 * MB - 1}/{12 * MB}"
    query = {"publish_id": started["publish_id"]}
    state = tiktok(sandbox, "/post/publish/status/fetch/", tik, query)["data"]
    assert state["status"] == "PROCESSING_UPLOAD"
    sandbox.advance(minutes=1)
    state = tiktok(sandbox, "/post/publish/status/fetch/", tik, query)["data"]
    assert state["status"] == "PUBLISH_COMPLETE"
    pid = str(state["publicaly_available_post_id"][0])
    videos = tiktok(sandbox, "/video/list/", tik, {"max_count": 5}, fields="id,title")["data"]
    assert videos["videos"] == [{"id": pid, "title": "Glaze #ceramics"}]
    assert "Glaze" in sandbox.http.get(f"/www.tiktok.com/@mara_makes/video/{pid}").text


def test_posting_needs_a_chosen_privacy_and_has_windows(
    sandbox: Sandbox, tik: dict[str, str]
) -> None:
    body: dict[str, Any] = {
        "media_type": "PHOTO", "post_mode": "DIRECT_POST", "post_info": {"title": "Two"},
        "source_info": {"source": "PULL_FROM_URL", "photo_cover_index": 0,
                        "photo_images": ["https://example.com/1.jpg", "https://example.com/2.jpg"]},
    }  # fmt: skip
    missing = tiktok(sandbox, "/post/publish/content/init/", tik, body)
    assert missing["error"]["code"] == "invalid_param"
    body["post_info"]["privacy_level"] = "SELF_ONLY"
    made = tiktok(sandbox, "/post/publish/content/init/", tik, body)
    assert made["error"]["code"] == "ok"
    sandbox.advance(seconds=30)
    state = tiktok(sandbox, "/post/publish/status/fetch/", tik, made["data"])["data"]
    assert state == {"status": "PUBLISH_COMPLETE"}
    codes = [tiktok(sandbox, "/post/publish/content/init/", tik, body)["error"]["code"]
             for _ in range(5)]  # fmt: skip
    assert codes[-1] == "rate_limit_exceeded"
    sandbox.advance(seconds=61)
    again = tiktok(sandbox, "/post/publish/content/init/", tik, body)
    assert again["error"]["code"] == "ok"
    assert len(sandbox.done("publish_carousel")) == 6


def test_business_comments_are_listed_answered_and_liked(sandbox: Sandbox) -> None:
    uid = sandbox.account("tiktok", "mara_makes")["id"]
    token = sandbox.token("tiktok", "mara_makes")
    bearer = {"authorization": f"Bearer {token}"}
    body = {
        "post_info": {"title": "Mugs", "privacy_level": "PUBLIC_TO_EVERYONE"},
        "source_info": {"source": "PULL_FROM_URL", "video_url": "https://example.com/v.mp4"},
    }
    tiktok(sandbox, "/post/publish/video/init/", bearer, body)
    sandbox.advance(minutes=1)
    head = {"access-token": token}

    def call(method: str, path: str, args: dict[str, str]) -> Any:
        given = {"business_id": uid, **args}
        if method == "GET":
            return sandbox.http.get(BUSINESS + path, params=given, headers=head).json()
        return sandbox.http.post(BUSINESS + path, json=given, headers=head).json()

    listed = call("GET", "/video/list/", {"fields": json.dumps(["item_id", "caption"])})
    video = listed["data"]["videos"][0]["item_id"]
    made = call("POST", "/comment/create/", {"video_id": video, "text": "Ask me anything"})
    comment = made["data"]["comment_id"]
    args = {"video_id": video, "comment_id": comment, "text": "Like this"}
    assert call("POST", "/comment/reply/create/", args)["code"] == 0
    assert call("POST", "/comment/like/", {"comment_id": comment, "action": "LIKE"})["code"] == 0
    comments = call("GET", "/comment/list/", {"video_id": video, "include_replies": "true"})
    first = comments["data"]["comments"][0]
    assert (first["liked"], first["reply_list"][0]["text"]) == (True, "Like this")
    too_long = call("POST", "/comment/create/", {"video_id": video, "text": "x" * 151})
    assert too_long["code"] == 40002
    foreign = call("POST", "/comment/create/", {"video_id": "123", "text": "Hi"})
    assert foreign["code"] == 40007
    suggested = call("GET", "/hashtag/suggestion/", {"keyword": "ceramics"})["data"]["suggestions"]
    assert suggested[0]["name"] == "ceramics"
    head = {"access-token": "act.wrong"}
    assert call("GET", "/get/", {})["code"] == 40105
