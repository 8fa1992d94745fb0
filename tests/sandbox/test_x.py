"""X's reads and writes: the summon rule, the tiers, the limits and the words of its errors."""

import struct
import zlib
from typing import Any

from tests.sandbox.conftest import Sandbox


def x(box: Sandbox, method: str, path: str, head: dict[str, str], **more: Any) -> Any:
    return box.http.request(method, f"/api.x.com/2{path}", headers=head, **more)


def some_post(box: Sandbox, head: dict[str, str]) -> Any:
    found = x(box, "GET", "/tweets/search/recent", head,
              params={"query": "coffee -is:retweet", "expansions": "author_id",
                      "tweet.fields": "author_id"}).json()  # fmt: skip
    return found["data"][0]


def test_a_reply_needs_a_summons_on_self_serve_only(sandbox: Sandbox) -> None:
    sandbox.account("twitter", "mara_makes")
    sandbox.account("twitter", "other_one")
    head, other = sandbox.bearer("twitter", "mara_makes"), sandbox.bearer("twitter", "other_one")
    stranger = some_post(sandbox, head)
    reply = {"in_reply_to_tweet_id": stranger["id"]}
    refused = x(sandbox, "POST", "/tweets", head, json={"text": "Nice", "reply": reply})
    assert refused.status_code == 403
    assert "have not been mentioned" in refused.json()["detail"]
    calling = x(sandbox, "POST", "/tweets", other, json={"text": "Hey @mara_makes, how?"}).json()
    answer = {"text": "Like so", "reply": {"in_reply_to_tweet_id": calling["data"]["id"]}}
    assert x(sandbox, "POST", "/tweets", head, json=answer).status_code == 201
    thread = {"text": "And on", "reply": {"in_reply_to_tweet_id": calling["data"]["id"]}}
    assert x(sandbox, "POST", "/tweets", other, json=thread).status_code == 201
    sandbox.control("POST", "/tier", {"platform": "twitter", "tier": "enterprise"})
    sent = x(sandbox, "POST", "/tweets", head, json={"text": "Nice", "reply": reply})
    assert sent.status_code == 201
    outcomes = [e["outcome"] for e in sandbox.journal() if e.get("text") == "Nice"]
    assert outcomes == ["refused", "performed"]


def test_follow_and_like_are_for_enterprise(sandbox: Sandbox) -> None:
    mine = sandbox.account("twitter", "mara_makes")
    head = sandbox.bearer("twitter", "mara_makes")
    post = some_post(sandbox, head)
    calls = [
        (f"/users/{mine['id']}/following", {"target_user_id": post["author_id"]}),
        (f"/users/{mine['id']}/likes", {"tweet_id": post["id"]}),
    ]
    for path, body in calls:
        refused = x(sandbox, "POST", path, head, json=body)
        assert (refused.status_code, refused.json()["reason"]) == (403, "client-not-enrolled")
    repost = x(
        sandbox, "POST", f"/users/{mine['id']}/retweets", head, json={"tweet_id": post["id"]}
    )
    assert repost.json()["data"]["retweeted"] is True
    sandbox.control("POST", "/tier", {"platform": "twitter", "tier": "enterprise"})
    for path, body in calls:
        assert x(sandbox, "POST", path, head, json=body).status_code == 200
    user = x(sandbox, "GET", f"/users/{post['author_id']}", head,
             params={"user.fields": "connection_status"}).json()["data"]  # fmt: skip
    assert "following" in user["connection_status"]
    seen = x(sandbox, "GET", f"/users/{mine['id']}/liked_tweets", head).json()
    assert [one["id"] for one in seen["data"]] == [post["id"]]
    verbs = [e["verb"] for e in sandbox.journal() if e["outcome"] == "performed"]
    assert verbs == ["repost", "follow", "like"]


def test_the_window_counts_down_and_then_refuses(sandbox: Sandbox) -> None:
    sandbox.account("twitter", "mara_makes")
    head = sandbox.bearer("twitter", "mara_makes")
    for left in range(74, -1, -1):
        answer = x(sandbox, "GET", "/users/me", head)
        assert answer.headers["x-rate-limit-remaining"] == str(left)
    assert answer.headers["x-rate-limit-limit"] == "75"
    refused = x(sandbox, "GET", "/users/me", head)
    assert (refused.status_code, refused.json()["title"]) == (429, "Too Many Requests")
    sandbox.advance(minutes=15, seconds=1)
    assert x(sandbox, "GET", "/users/me", head).status_code == 200


def test_missing_users_and_duplicates_are_told_as_x_tells_them(sandbox: Sandbox) -> None:
    sandbox.account("twitter", "mara_makes")
    head = sandbox.bearer("twitter", "mara_makes")
    missing = x(sandbox, "GET", "/users/by/username/nobody_at_all", head)
    assert missing.status_code == 200
    assert missing.json()["errors"][0]["title"] == "Not Found Error"
    sent = x(sandbox, "POST", "/tweets", head, json={"text": "Once only"})
    assert sent.json()["data"]["text"] == "Once only"
    again = x(sandbox, "POST", "/tweets", head, json={"text": "Once only"})
    assert "duplicate content" in again.json()["detail"]
    pid = sent.json()["data"]["id"]
    assert x(sandbox, "DELETE", f"/tweets/{pid}", head).json() == {"data": {"deleted": True}}
    assert "errors" in x(sandbox, "GET", f"/tweets/{pid}", head).json()
    odd = x(sandbox, "POST", "/tweets", head, json={"text": "a", "surprise": 1})
    assert odd.status_code == 400
    lone = x(sandbox, "POST", "/tweets", head, content=b'{"text": "\\ud800"}')
    assert lone.status_code == 400


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\x00\x80")
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def test_an_image_is_uploaded_and_posted(sandbox: Sandbox) -> None:
    sandbox.account("twitter", "mara_makes")
    head = sandbox.bearer("twitter", "mara_makes")
    sent = x(sandbox, "POST", "/media/upload", head, files={"media": ("a.png", png(), "image/png")},
             data={"media_category": "tweet_image"})  # fmt: skip
    media = sent.json()["data"]["id"]
    body = {"text": "Look", "media": {"media_ids": [media]}}
    assert x(sandbox, "POST", "/tweets", head, json=body).status_code == 201
    assert [e["text"] for e in sandbox.done("publish_image")] == ["Look"]
    shown = sandbox.http.get(f"/_media/upload/{media}")
    assert shown.content == png()
    bad = {"text": "Look again", "media": {"media_ids": ["123"]}}
    assert x(sandbox, "POST", "/tweets", head, json=bad).status_code == 400


def test_search_pages_through_without_repeats(sandbox: Sandbox) -> None:
    sandbox.account("twitter", "mara_makes")
    head = sandbox.bearer("twitter", "mara_makes")
    seen: list[str] = []
    query = {"query": "(#coffee OR baking) lang:en -is:reply", "max_results": "10"}
    for _ in range(3):
        page = x(sandbox, "GET", "/tweets/search/recent", head, params=query).json()
        seen += [one["id"] for one in page["data"]]
        query["next_token"] = page["meta"]["next_token"]
    assert len(seen) == len(set(seen)) == 30
    assert seen == sorted(seen, key=int, reverse=True)
