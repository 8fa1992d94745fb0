"""The rest of X: who is hidden, timelines, quotes, figures, chunked media, an app by itself."""

import base64
from typing import Any

import pytest

from tests.sandbox.conftest import Sandbox

FILM = b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 3_000_000


def x(box: Sandbox, method: str, path: str, head: dict[str, str], **more: Any) -> Any:
    return box.http.request(method, f"/api.x.com/2{path}", headers=head, **more)


@pytest.fixture
def head(sandbox: Sandbox) -> dict[str, str]:
    sandbox.account("twitter", "mara_makes", followers=4000)
    sandbox.control("POST", "/tier", {"platform": "twitter", "tier": "enterprise"})
    return sandbox.bearer("twitter", "mara_makes")


@pytest.fixture
def me(sandbox: Sandbox, head: dict[str, str]) -> str:
    return str(x(sandbox, "GET", "/users/me", head).json()["data"]["id"])


def author(box: Sandbox, head: dict[str, str]) -> tuple[str, str, str]:
    """A post of a stranger: its id, its author's id and handle."""
    query = {"query": "coffee", "expansions": "author_id", "tweet.fields": "author_id"}
    found = x(box, "GET", "/tweets/search/recent", head, params=query).json()
    post = found["data"][0]
    users = {user["id"]: user["username"] for user in found["includes"]["users"]}
    return post["id"], post["author_id"], users[post["author_id"]]


def stand(box: Sandbox, handle: str, state: str) -> None:
    box.control("POST", "/people", {"platform": "twitter", "handle": handle, "state": state})


def test_a_protected_person_is_asked_first(sandbox: Sandbox, head: dict[str, str], me: str) -> None:
    post, uid, handle = author(sandbox, head)
    stand(sandbox, handle, "protected")
    for path in (f"/tweets/{post}", f"/users/{uid}/tweets"):
        refused = x(sandbox, "GET", path, head).json()
        assert refused["errors"][0]["title"] == "Authorization Error"
        assert refused["errors"][0]["type"].endswith("/not-authorized-for-resource")
    found = x(sandbox, "GET", "/tweets/search/recent", head, params={"query": f"from:{handle}"})
    assert found.json()["meta"] == {"result_count": 0}
    like = x(sandbox, "POST", f"/users/{me}/likes", head, json={"tweet_id": post})
    assert (like.status_code, like.json()["title"]) == (403, "Forbidden")
    body = {"target_user_id": uid}
    asked = x(sandbox, "POST", f"/users/{me}/following", head, json=body).json()
    assert asked == {"data": {"following": False, "pending_follow": True}}
    shown = x(sandbox, "GET", f"/users/{uid}", head,
              params={"user.fields": "connection_status,protected"}).json()["data"]  # fmt: skip
    assert "follow_request_sent" in shown["connection_status"]
    assert shown["protected"] is True
    taken = x(sandbox, "DELETE", f"/users/{me}/following/{uid}", head)
    assert taken.json() == {"data": {"following": False}}
    shown = x(sandbox, "GET", f"/users/{uid}", head,
              params={"user.fields": "connection_status"}).json()["data"]  # fmt: skip
    assert "follow_request_sent" not in shown["connection_status"]


def test_suspended_and_blocking_people(sandbox: Sandbox, head: dict[str, str], me: str) -> None:
    post, uid, handle = author(sandbox, head)
    stand(sandbox, handle, "blocks")
    answer = {"text": "Hi", "reply": {"in_reply_to_tweet_id": post}}
    assert "not visible to you" in x(sandbox, "POST", "/tweets", head, json=answer).json()["detail"]
    refused = x(sandbox, "POST", f"/users/{me}/following", head, json={"target_user_id": uid})
    assert refused.status_code == 403
    stand(sandbox, handle, "suspended")
    gone = x(sandbox, "GET", f"/users/by/username/{handle}", head).json()
    assert gone["errors"][0]["detail"] == f"User has been suspended: [{handle}]."
    assert x(sandbox, "GET", f"/tweets/{post}", head).json()["errors"][0]["title"].startswith("Not")


def test_reposts_and_quotes_stand_in_timelines(
    sandbox: Sandbox, head: dict[str, str], me: str
) -> None:
    post, uid, _ = author(sandbox, head)
    x(sandbox, "POST", f"/users/{me}/retweets", head, json={"tweet_id": post})
    x(sandbox, "POST", "/tweets", head, json={"text": "Look here", "quote_tweet_id": post})
    own = {"tweet.fields": "referenced_tweets,public_metrics", "max_results": 5}
    mine = x(sandbox, "GET", f"/users/{me}/tweets", head, params=own).json()["data"]
    kinds = [one["referenced_tweets"][0] for one in mine]
    assert kinds == [{"type": "quoted", "id": post}, {"type": "retweeted", "id": post}]
    only = x(sandbox, "GET", f"/users/{me}/tweets", head, params={"exclude": "retweets"}).json()
    assert [one["text"] for one in only["data"]] == ["Look here"]
    quoting = x(sandbox, "GET", f"/tweets/{post}/quote_tweets", head).json()["data"]
    assert [one["text"] for one in quoting] == ["Look here"]
    metrics = x(sandbox, "GET", f"/tweets/{post}", head, params=own).json()["data"]
    assert metrics["public_metrics"]["quote_count"] == 1
    x(sandbox, "POST", f"/users/{me}/following", head, json={"target_user_id": uid})
    home = x(sandbox, "GET", f"/users/{me}/timelines/reverse_chronological", head,
             params={"tweet.fields": "author_id"}).json()["data"]  # fmt: skip
    assert {me, uid} == {one["author_id"] for one in home}
    x(sandbox, "DELETE", f"/users/{me}/retweets/{post}", head)
    left = x(sandbox, "GET", f"/users/{me}/tweets", head).json()["data"]
    assert [one["text"] for one in left] == ["Look here"]


def test_a_film_is_uploaded_in_parts_and_worked_on(sandbox: Sandbox, head: dict[str, str]) -> None:
    def post(path: str, **more: Any) -> Any:
        return x(sandbox, "POST", f"/media/upload{path}", head, **more)

    begin = {"media_type": "video/mp4", "media_category": "tweet_video", "total_bytes": len(FILM)}
    assert post("/initialize", json=begin | {"media_type": "image/png"}).status_code == 400
    media = post("/initialize", json=begin).json()["data"]["id"]
    half = len(FILM) // 2
    for index, part in enumerate((FILM[:half], FILM[half:])):
        sent = post(f"/{media}/append", data={"segment_index": str(index)},
                    files={"media": ("part", part, "application/octet-stream")})  # fmt: skip
        assert "expires_at" in sent.json()["data"]
        again = {"segment_index": index, "media": base64.b64encode(part).decode()}
        assert post(f"/{media}/append", json=again).status_code == 400
    done = post(f"/{media}/finalize").json()["data"]
    assert done["processing_info"] == {"state": "pending", "check_after_secs": 1}
    attached = {"text": "Kiln", "media": {"media_ids": [media]}}
    assert x(sandbox, "POST", "/tweets", head, json=attached).status_code == 400
    states = []
    for _ in range(4):
        told = x(sandbox, "GET", "/media/upload", head,
                 params={"command": "STATUS", "media_id": media}).json()["data"]  # fmt: skip
        states.append(told["processing_info"]["state"])
        sandbox.advance(seconds=0.8)
    assert states == ["pending", "pending", "in_progress", "succeeded"]
    assert x(sandbox, "POST", "/tweets", head, json=attached).status_code == 201
    assert len(sandbox.done("publish_video")) == 1


def test_what_is_no_film_fails(sandbox: Sandbox, head: dict[str, str]) -> None:
    begin = {"media_type": "video/mp4", "media_category": "tweet_video", "total_bytes": 4}
    made = x(sandbox, "POST", "/media/upload/initialize", head, json=begin).json()["data"]["id"]
    part = {"segment_index": 0, "media": base64.b64encode(b"text").decode()}
    x(sandbox, "POST", f"/media/upload/{made}/append", head, json=part)
    x(sandbox, "POST", f"/media/upload/{made}/finalize", head)
    sandbox.advance(seconds=3)
    told = x(sandbox, "GET", "/media/upload", head, params={"media_id": made}).json()["data"]
    assert told["processing_info"]["state"] == "failed"
    assert told["processing_info"]["error"]["name"] == "InvalidMedia"


def test_figures_come_from_what_people_did(sandbox: Sandbox, head: dict[str, str]) -> None:
    text = {"text": "A kiln full of mugs #ceramics and good coffee"}
    pid = x(sandbox, "POST", "/tweets", head, json=text).json()["data"]["id"]
    sandbox.advance(days=3)
    head = sandbox.bearer("twitter", "mara_makes")
    query = {"ids": pid, "granularity": "daily"}
    body = x(sandbox, "GET", "/tweets/analytics", head, params=query).json()
    days = [one["metrics"] for one in body["data"][0]["timestamped_metrics"]]
    fields = {"tweet.fields": "public_metrics,non_public_metrics"}
    shown = x(sandbox, "GET", f"/tweets/{pid}", head, params=fields).json()["data"]
    assert sum(day["likes"] for day in days) == shown["public_metrics"]["like_count"] > 0
    assert shown["non_public_metrics"]["impression_count"] >= sum(d["likes"] for d in days)
    other, _, _ = author(sandbox, head)
    denied = x(sandbox, "GET", f"/tweets/{other}", head, params=fields).json()
    assert "non_public_metrics" not in denied["data"]
    assert denied["errors"][0]["type"].endswith("/not-authorized-for-field")
    refused = x(sandbox, "GET", "/tweets/analytics", head, params={"ids": other}).json()
    assert "data" not in refused


def test_an_app_by_itself_reads_but_does_not_act(sandbox: Sandbox, head: dict[str, str]) -> None:
    basic = base64.b64encode(b"c1:s").decode()
    sent = sandbox.http.post("/api.x.com/oauth2/token", data={"grant_type": "client_credentials"},
                             headers={"authorization": f"Basic {basic}"}).json()  # fmt: skip
    app = {"authorization": f"Bearer {sent['access_token']}"}
    counted = x(sandbox, "GET", "/tweets/counts/recent", app,
                params={"query": "coffee", "granularity": "day"}).json()  # fmt: skip
    assert counted["meta"]["total_tweet_count"] == sum(d["tweet_count"] for d in counted["data"])
    assert counted["meta"]["total_tweet_count"] > 0
    read = x(sandbox, "GET", "/tweets/search/recent", app, params={"query": "coffee"})
    assert read.headers["x-rate-limit-limit"] == "450"
    for method, path, token in (
        ("GET", "/users/me", app),
        ("POST", "/tweets", app),
        ("GET", "/tweets/counts/recent", head),
    ):
        refused = x(sandbox, method, path, token)
        assert refused.status_code == 403
        assert refused.json()["type"].endswith("/unsupported-authentication")


def test_posting_counts_in_three_windows(sandbox: Sandbox, head: dict[str, str]) -> None:
    for n in range(3):
        answer = x(sandbox, "POST", "/tweets", head, json={"text": f"Note {n}"})
        told = {name: answer.headers[name] for name in answer.headers if "limit" in name}
        assert told["x-rate-limit-remaining"] == str(99 - n)
        assert told["x-user-limit-24hour-remaining"] == str(2399 - n)
        assert told["x-app-limit-24hour-remaining"] == str(9999 - n)
    quarter, day = int(told["x-rate-limit-reset"]), int(told["x-user-limit-24hour-reset"])
    assert day - quarter == 86_400 - 900
    sandbox.advance(minutes=16)
    later = x(sandbox, "POST", "/tweets", head, json={"text": "Later"}).headers
    assert later["x-rate-limit-remaining"] == "99"
    assert later["x-user-limit-24hour-remaining"] == "2396"


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/tweets/search/recent", {"query": "is:reply"}),
        ("/tweets/search/recent", {"query": "planet:mars"}),
        ("/tweets/search/recent", {"query": "coffee", "max_results": "5"}),
        ("/tweets/search/recent", {"query": "c" * 4097}),
        ("/tweets/search/recent", {"query": "coffee", "next_token": "??"}),
        ("/users/search", {"query": "<script>"}),
    ],
)
def test_queries_that_x_refuses(
    sandbox: Sandbox, head: dict[str, str], path: str, query: dict[str, str]
) -> None:
    refused = x(sandbox, "GET", path, head, params=query)
    assert (refused.status_code, refused.json()["title"]) == (400, "Invalid Request")


def test_search_operators(sandbox: Sandbox, head: dict[str, str], me: str) -> None:
    root = x(sandbox, "POST", "/tweets", head, json={"text": "Ask me about glaze"}).json()["data"]
    reply = {"text": "More glaze", "reply": {"in_reply_to_tweet_id": root["id"]}}
    second = x(sandbox, "POST", "/tweets", head, json=reply).json()["data"]
    x(sandbox, "POST", f"/users/{me}/retweets", head, json={"tweet_id": root["id"]})

    def found(query: str) -> list[str]:
        answer = x(sandbox, "GET", "/tweets/search/recent", head, params={"query": query}).json()
        return [one["id"] for one in answer.get("data", [])]

    assert found(f"conversation_id:{root['id']}") == [second["id"], root["id"]]
    assert found("from:mara_makes is:reply") == [second["id"]]
    assert found("from:mara_makes -is:retweet -(more OR less)") == [root["id"]]
    assert found('"ask me about glaze"') == [root["id"]]
    assert len(found(f"retweets_of_tweet_id:{root['id']}")) == 1
    assert found("from:mara_makes lang:de") == []


def test_credits_and_the_months_cap_run_out(sandbox: Sandbox, head: dict[str, str]) -> None:
    def post(text: str) -> Any:
        return x(sandbox, "POST", "/tweets", head, json={"text": text})

    sandbox.control("POST", "/billing", {"credits": 0.21})
    assert [post(text).status_code for text in ("One", "See https://example.com/a")] == [201, 201]
    refused = post("Three")
    assert (refused.status_code, refused.json()["title"]) == (402, "CreditsDepleted")
    assert sandbox.control("GET", "/billing")["credits"] == -0.005
    sandbox.control("POST", "/billing", {"cap": 10})
    codes = [x(sandbox, "GET", "/tweets/search/recent", head, params={"query": "coffee"})
             for _ in range(2)]  # fmt: skip
    assert [one.status_code for one in codes] == [200, 429]
    assert codes[1].json()["title"] == "UsageCapExceeded"
    assert post("Four").status_code == 201
