"""What happens in the world reaches a registered address, signed as the platform signs it."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.sandbox.conftest import Sandbox
from tests.sandbox.receiver import SECRET, VERIFY, Receiver, receiving

X = "/api.x.com"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


def register(box: Sandbox, receiver: Receiver, platform: str, **more: object) -> Any:
    order = {"platform": platform, "url": receiver.url, "secret": SECRET, "verify_token": VERIFY}
    return box.control("POST", "/webhooks", order | more)


def deliver(box: Sandbox) -> Any:
    return box.control("POST", "/webhooks/deliver")


def visit(box: Sandbox, receiver: Receiver, kind: str, days: int = 6) -> list[Any]:
    """Lets days pass until the world's people did something of this kind."""
    for _ in range(days):
        box.advance(days=1)
        deliver(box)
        found = [got for got in receiver.got if kind in got.raw.decode()]
        if found:
            return found
    return []


def press(box: Sandbox, as_: str, path: str, **fields: str) -> None:
    answer = box.http.post(path, data={"as": as_, **fields})
    assert answer.status_code == 303, answer.text


def x_post(box: Sandbox, handle: str, text: str) -> str:
    answer = box.http.post(
        f"{X}/2/tweets", headers=box.bearer("twitter", handle), json={"text": text}
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["data"]["id"])


@pytest.fixture
def two(sandbox: Sandbox) -> Any:
    """The account that is listened to, and another one of ours that acts upon it."""
    sandbox.account("twitter", "other_one")
    return sandbox.account("twitter", "mara_makes")


def test_x_tells_replies_mentions_likes_and_follows_of_the_account(
    sandbox: Sandbox, receiver: Receiver, two: Any
) -> None:
    register(sandbox, receiver, "twitter")
    pid = x_post(sandbox, "mara_makes", "Glaze day")
    press(sandbox, "other_one", "/x.com/mara_makes", do="follow")
    page = f"/x.com/mara_makes/status/{pid}"
    press(sandbox, "other_one", page, do="like", post=pid)
    press(sandbox, "other_one", page, do="comment", post=pid, text="@mara_makes how hot?")
    deliver(sandbox)
    assert all(got.signed() and got.headers["content-type"] == "application/json"
               for got in receiver.got)  # fmt: skip
    events = [got.body["data"] for got in receiver.got]
    mine = [e for e in events if e["filter"]["user_id"] == two["id"]]
    kinds = [e["event_type"] for e in mine]
    assert sorted(kinds) == ["follow.follow", "like.create", "post.create", "post.mention.create",
                             "post.reply.create"]  # fmt: skip
    reply = next(e for e in mine if e["event_type"] == "post.reply.create")["payload"]
    assert reply["text"] == "@mara_makes how hot?"
    assert reply["referenced_tweets"] == [{"type": "replied_to", "id": pid}]
    like = next(e for e in mine if e["event_type"] == "like.create")["payload"]
    assert (like["liked_tweet_id"], like["liked_tweet_author_id"]) == (pid, two["id"])
    assert len({e["event_uuid"] for e in events}) == len(events)


def test_people_of_the_world_are_heard_too(sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.account("twitter", "mara_makes", followers=9000)
    register(sandbox, receiver, "twitter")
    x_post(sandbox, "mara_makes", "Week 3 of ceramics and coffee #ceramics #coffee")
    assert visit(sandbox, receiver, "like.create")
    assert sandbox.control("GET", "/webhooks")["webhooks"][0]["waiting"] == 0


def test_x_registers_by_its_own_endpoints_and_subscriptions_decide(
    sandbox: Sandbox, receiver: Receiver, two: Any
) -> None:
    key = base64.b64encode(f"test:{SECRET}".encode()).decode()
    grant = {"grant_type": "client_credentials"}
    told = sandbox.http.post(f"{X}/oauth2/token", headers={"authorization": f"Basic {key}"},
                             data=grant).json()  # fmt: skip
    app = {"authorization": f"Bearer {told['access_token']}"}
    sandbox.token("twitter", "mara_makes")  # the account authorised the app

    def post(path: str, body: object) -> Any:
        return sandbox.http.post(f"{X}{path}", headers=app, json=body)

    receiver.proves = False
    assert "CrcValidationFailed" in post("/2/webhooks", {"url": receiver.url}).text
    assert "UrlValidationFailed" in post("/2/webhooks", {"url": "https://example.com/h"}).text
    receiver.proves = True
    hook = post("/2/webhooks", {"url": receiver.url}).json()["data"]
    assert hook["valid"] is True
    assert "DuplicateUrlFailed" in post("/2/webhooks", {"url": receiver.url}).text
    asked = {"event_type": "post.reply.create", "filter": {"user_id": two["id"]},
             "tag": "replies", "webhook_id": hook["id"]}  # fmt: skip
    subscription = post("/2/activity/subscriptions", asked).json()["data"]
    assert subscription["webhook_id"] == hook["id"]
    pid = x_post(sandbox, "mara_makes", "Glaze day")
    page = f"/x.com/mara_makes/status/{pid}"
    press(sandbox, "other_one", page, do="like", post=pid)
    press(sandbox, "other_one", page, do="comment", post=pid, text="Nice")
    deliver(sandbox)
    (got,) = receiver.got
    assert got.signed()
    assert (got.body["data"]["tag"], got.body["data"]["payload"]["text"]) == ("replies", "Nice")
    again = post("/2/webhooks/replay", {"webhook_id": hook["id"]})
    assert again.status_code == 200
    deliver(sandbox)
    assert receiver.got[1].body["data"]["event_uuid"] == got.body["data"]["event_uuid"]
    assert sandbox.http.delete(f"{X}/2/webhooks/{hook['id']}", headers=app).status_code == 200
    press(sandbox, "other_one", page, do="comment", post=pid, text="More")
    assert deliver(sandbox)["sent"] == 0
    user = sandbox.bearer("twitter", "mara_makes")
    assert sandbox.http.get(f"{X}/2/webhooks", headers=user).status_code == 403


def instagram_post(box: Sandbox, account: Any, head: dict[str, str]) -> str:
    base = f"/graph.instagram.com/v25.0/{account['id']}"
    made = box.http.post(f"{base}/media", headers=head,
                         json={"image_url": "https://a.test/1.jpg", "caption": "Mugs"})  # fmt: skip
    box.advance(minutes=1)  # the picture is fetched meanwhile
    done = box.http.post(f"{base}/media_publish", headers=head,
                         json={"creation_id": made.json()["id"]})  # fmt: skip
    assert done.status_code == 200, done.text
    return str(done.json()["id"])


def test_instagram_proves_subscribes_and_sends_comments(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    account = sandbox.account("instagram", "mara_makes")
    sandbox.account("instagram", "other_one")
    register(sandbox, receiver, "instagram", subscribed_only=True)
    assert receiver.challenges[0]["hub.mode"] == "subscribe"
    head = sandbox.bearer("instagram", "mara_makes")
    pid = instagram_post(sandbox, account, head)
    media = sandbox.http.get(f"/graph.instagram.com/v25.0/{pid}?fields=permalink", headers=head)
    page = "/" + media.json()["permalink"].split("//", 1)[1].split("/", 1)[-1]
    page = page if page.startswith("/www.instagram.com") else f"/www.instagram.com{page}"
    press(sandbox, "other_one", page, do="comment", post=pid, text="Unheard")
    deliver(sandbox)
    assert receiver.got == []
    path = f"/graph.instagram.com/v25.0/{account['id']}/subscribed_apps"
    asked = {"subscribed_fields": "comments,mentions"}
    assert sandbox.http.post(path, headers=head, params=asked).json() == {"success": True}
    press(sandbox, "other_one", page, do="comment", post=pid, text="Heard")
    deliver(sandbox)
    (got,) = receiver.got
    assert got.signed()
    entry = got.body["entry"][0]
    assert (got.body["object"], entry["id"]) == ("instagram", account["id"])
    change = entry["changes"][0]
    assert change["field"] == "comments"
    assert change["value"]["text"] == "Heard"
    assert change["value"]["media"]["id"] == pid
    assert change["value"]["from"]["username"] == "other_one"


def test_an_address_that_does_not_echo_is_not_registered(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    order = {"platform": "instagram", "url": receiver.url, "secret": SECRET, "verify_token": "x"}
    answer = sandbox.http.post("/_control/webhooks", json=order)
    assert answer.status_code == 422
    outside = order | {"platform": "tiktok", "url": "http://example.com/hook"}
    assert sandbox.http.post("/_control/webhooks", json=outside).status_code == 422
    assert sandbox.control("GET", "/webhooks") == {"webhooks": []}


def test_tiktok_signs_the_instant_and_packs_content_as_text(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    account = sandbox.account("tiktok", "mara_makes")
    register(sandbox, receiver, "tiktok", client_id="test")
    head = sandbox.bearer("tiktok", "mara_makes")
    order = {
        "media_type": "PHOTO",
        "post_mode": "DIRECT_POST",
        "post_info": {"title": "Mugs", "privacy_level": "PUBLIC_TO_EVERYONE"},
        "source_info": {"source": "PULL_FROM_URL", "photo_cover_index": 0,
                        "photo_images": ["https://a.test/1.jpg"]},
    }  # fmt: skip
    path = "/open.tiktokapis.com/v2/post/publish/content/init/"
    made = sandbox.http.post(path, headers=head, json=order).json()
    deliver(sandbox)
    assert receiver.got == []  # it is not out yet
    sandbox.advance(minutes=10)
    deliver(sandbox)
    assert all(got.signed() for got in receiver.got)
    events = {got.body["event"]: got.body for got in receiver.got}
    done = events["post.publish.complete"]
    assert (done["client_key"], done["user_openid"]) == ("test", account["id"])
    assert json.loads(done["content"])["publish_id"] == made["data"]["publish_id"]
    assert json.loads(events["post.publish.publicly_available"]["content"])["post_id"].isdigit()
    receiver.got.clear()
    token = head["authorization"].removeprefix("Bearer ")
    revoke = {"client_key": "test", "client_secret": "s", "token": token}
    assert (
        sandbox.http.post("/open.tiktokapis.com/v2/oauth/revoke/", data=revoke).status_code == 200
    )
    deliver(sandbox)
    assert [got.body["event"] for got in receiver.got] == ["authorization.removed"]


def test_tiktok_for_business_calls_back_about_comments(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    sandbox.account("tiktok", "other_one")
    sandbox.account("tiktok", "mara_makes")
    base = "/business-api.tiktok.com/open_api/v1.3/business/webhook"
    app = {"app_id": "7", "secret": SECRET, "event_type": "COMMENT"}
    outside = app | {"callback_url": "https://example.com/h"}
    assert sandbox.http.post(f"{base}/update/", json=outside).json()["code"] == 40002
    order = app | {"callback_url": receiver.url}
    assert sandbox.http.post(f"{base}/update/", json=order).json()["code"] == 0
    listed = sandbox.http.get(f"{base}/list/", params=app).json()
    assert listed["data"]["callback_url"] == receiver.url
    pid = tiktok_photo(sandbox)
    press(
        sandbox, "other_one", f"/www.tiktok.com/@mara_makes/photo/{pid}", do="comment", post=pid,
        text="Lovely",
    )  # fmt: skip
    deliver(sandbox)
    (got,) = receiver.got
    assert got.signed()
    content = json.loads(got.body["content"])
    assert (got.body["client_key"], got.body["event"]) == ("7", "comment.update")
    assert (content["video_id"], content["comment_action"]) == (int(pid), "insert")
    assert sandbox.http.post(f"{base}/delete/", json=app).json()["code"] == 0
    assert sandbox.control("GET", "/webhooks") == {"webhooks": []}


def tiktok_photo(box: Sandbox) -> str:
    """A photo of mara_makes that is out; its id."""
    head = box.bearer("tiktok", "mara_makes")
    order = {
        "media_type": "PHOTO",
        "post_mode": "DIRECT_POST",
        "post_info": {"title": "Mugs", "privacy_level": "PUBLIC_TO_EVERYONE"},
        "source_info": {"source": "PULL_FROM_URL", "photo_cover_index": 0,
                        "photo_images": ["https://a.test/1.jpg"]},
    }  # fmt: skip
    path = "/open.tiktokapis.com/v2/post/publish/content/init/"
    assert box.http.post(path, headers=head, json=order).status_code == 200
    box.advance(minutes=10)
    path = "/open.tiktokapis.com/v2/video/list/?fields=id"
    listed = box.http.post(path, headers=head, json={"max_count": 1}).json()
    return str(listed["data"]["videos"][0]["id"])


def test_a_refreshed_grant_is_no_removed_one(sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.account("tiktok", "mara_makes")
    register(sandbox, receiver, "tiktok")
    order = {"platform": "tiktok", "handle": "mara_makes", "client_id": "test"}
    grant = sandbox.control("POST", "/tokens", order)
    renew = {"client_key": "test", "client_secret": "s", "grant_type": "refresh_token",
             "refresh_token": grant["refresh_token"]}  # fmt: skip
    answer = sandbox.http.post("/open.tiktokapis.com/v2/oauth/token/", data=renew)
    assert answer.status_code == 200
    deliver(sandbox)
    assert receiver.got == []


def test_a_refused_delivery_comes_again_later_and_later(
    sandbox: Sandbox, receiver: Receiver, two: Any
) -> None:
    register(sandbox, receiver, "twitter", kinds=["like.create"])
    pid = x_post(sandbox, "mara_makes", "Glaze day")
    receiver.statuses = [500, 503]
    press(sandbox, "other_one", f"/x.com/mara_makes/status/{pid}", do="like", post=pid)
    deliver(sandbox)
    assert len(receiver.got) == 1
    sandbox.advance(seconds=14)
    deliver(sandbox)
    assert len(receiver.got) == 1
    sandbox.advance(seconds=1)
    deliver(sandbox)
    assert len(receiver.got) == 2
    sandbox.advance(seconds=29)
    deliver(sandbox)
    assert len(receiver.got) == 2
    sandbox.advance(seconds=1)
    deliver(sandbox)
    assert len(receiver.got) == 3
    assert len({got.raw for got in receiver.got}) == 1
    (row,) = sandbox.control("GET", "/webhooks/deliveries")["deliveries"]
    assert (row["state"], row["tries"], row["status"]) == ("sent", 3, 200)


def test_nobody_listening_is_tried_until_the_platform_gives_up(sandbox: Sandbox, two: Any) -> None:
    with receiving() as gone:
        register(sandbox, gone, "twitter", kinds=["post.create"])
    x_post(sandbox, "mara_makes", "Glaze day")
    for _ in range(30):
        deliver(sandbox)
        sandbox.advance(hours=1)
    (row,) = sandbox.control("GET", "/webhooks/deliveries")["deliveries"]
    assert row["state"] == "gave_up"
    assert sandbox.control("GET", "/webhooks")["webhooks"][0]["valid"] is False


def test_faults_duplicate_forge_replay_delay_and_bloat(
    sandbox: Sandbox, receiver: Receiver, two: Any
) -> None:
    register(sandbox, receiver, "twitter", kinds=["post.create"])
    x_post(sandbox, "mara_makes", "first")
    deliver(sandbox)
    old = receiver.got.pop()
    for mode in ("duplicated", "forged", "replayed", "large"):
        sandbox.fault(f"webhook_{mode}", platform="twitter", times=1)
    x_post(sandbox, "mara_makes", "second")
    deliver(sandbox)
    good = [got for got in receiver.got if got.signed()]
    bodies = [got.raw for got in good]
    second = [raw for raw in bodies if b"second" in raw]
    assert len(second) == 5
    assert len(set(second)) == 1
    assert [(got.raw, got.headers["x-twitter-webhooks-signature"]) for got in good].count(
        (old.raw, old.headers["x-twitter-webhooks-signature"])
    ) == 1
    assert [len(raw) > 1024 * 1024 for raw in bodies].count(True) == 1
    assert len([got for got in receiver.got if not got.signed()]) == 1
    hits = [rule["hits"] for rule in sandbox.control("GET", "/faults")["faults"]]
    assert hits == [1, 1, 1, 1]
    receiver.got.clear()
    sandbox.fault("webhook_delayed", delay_ms=90_000, times=1)
    x_post(sandbox, "mara_makes", "third")
    sandbox.advance(seconds=89)
    deliver(sandbox)
    assert receiver.got == []
    sandbox.advance(seconds=1)
    deliver(sandbox)
    assert len(receiver.got) == 1


def test_reordered_notices_all_arrive_in_another_order(
    sandbox: Sandbox, receiver: Receiver, two: Any
) -> None:
    register(sandbox, receiver, "twitter", kinds=["post.create"])
    sandbox.fault("webhook_reordered")
    texts = [f"post number {n}" for n in range(8)]
    for text in texts:
        x_post(sandbox, "mara_makes", text)
    sandbox.advance(minutes=2)
    deliver(sandbox)
    told = [got.body["data"]["payload"]["text"] for got in receiver.got]
    assert sorted(told) == texts
    assert told != texts
    assert len({got.body["data"]["event_uuid"] for got in receiver.got}) == 8


def test_the_queue_outlives_a_kill(sandbox: Sandbox, receiver: Receiver, two: Any) -> None:
    register(sandbox, receiver, "twitter", kinds=["post.create"])
    sandbox.fault("webhook_delayed", delay_ms=3_600_000)
    x_post(sandbox, "mara_makes", "kept")
    assert deliver(sandbox)["waiting"] == 1
    sandbox.kill()
    sandbox.start()
    sandbox.advance(hours=1)
    deliver(sandbox)
    assert [got.body["data"]["payload"]["text"] for got in receiver.got] == ["kept"]
    x_post(sandbox, "mara_makes", "heard after the restart")
    deliver(sandbox)
    assert len(receiver.got) == 2
