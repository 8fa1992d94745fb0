"""The product's own readers of webhooks trust and understand what the sandbox sends."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from socialseed.connectors.instagram.webhooks import InstagramWebhooks
from socialseed.connectors.tiktok.webhooks import TikTokWebhooks
from socialseed.connectors.twitter.webhooks import XWebhooks
from socialseed.connectors.webhooks import Notice, Webhooks
from tests.sandbox.conftest import Sandbox
from tests.sandbox.receiver import SECRET, VERIFY, Receiver, receiving
from tests.sandbox.test_webhooks_out import deliver, instagram_post, press, register, x_post


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


def heard(box: Sandbox, receiver: Receiver, webhooks: Webhooks) -> list[Notice]:
    """Everything delivered, as the product reads it; each one is genuine, none if altered."""
    deliver(box)
    now = datetime.fromisoformat(box.control("GET", "/clock")["now"])
    notices: list[Notice] = []
    for got in receiver.got:
        assert webhooks.is_genuine(got.headers, got.raw, SECRET, now)
        assert not webhooks.is_genuine(got.headers, got.raw + b" ", SECRET, now)
        notices += webhooks.notices(got.raw)
    return notices


def challenged(receiver: Receiver, webhooks: Webhooks) -> None:
    (query,) = receiver.challenges
    assert webhooks.handshake(query, SECRET, VERIFY) == receiver.answer(query)


def test_x(sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.account("twitter", "other_one")
    account = sandbox.account("twitter", "mara_makes")
    register(sandbox, receiver, "twitter")
    challenged(receiver, XWebhooks())
    pid = x_post(sandbox, "mara_makes", "Glaze day")
    page = f"/x.com/mara_makes/status/{pid}"
    press(sandbox, "other_one", "/x.com/mara_makes", do="follow")
    press(sandbox, "other_one", page, do="like", post=pid)
    press(sandbox, "other_one", page, do="comment", post=pid, text="How hot?")
    notices = [n for n in heard(sandbox, receiver, XWebhooks()) if n.recipient == account["id"]]
    assert {n.kind for n in notices} == {"published", "follow", "like", "reply"}
    reply = next(n for n in notices if n.kind == "reply")
    assert reply.post is not None
    assert reply.post.text == "How hot?"
    assert reply.own_post_id == pid


def test_instagram(sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.account("instagram", "other_one")
    account: Any = sandbox.account("instagram", "mara_makes")
    register(sandbox, receiver, "instagram")
    challenged(receiver, InstagramWebhooks())
    head = sandbox.bearer("instagram", "mara_makes")
    pid = instagram_post(sandbox, account, head)
    media = sandbox.http.get(f"/graph.instagram.com/v25.0/{pid}?fields=permalink", headers=head)
    page = "/www.instagram.com/p/" + media.json()["permalink"].rstrip("/").rpartition("/")[2] + "/"
    press(sandbox, "other_one", page, do="comment", post=pid, text="Lovely")
    (notice,) = heard(sandbox, receiver, InstagramWebhooks())
    assert (notice.kind, notice.recipient) == ("comment", account["id"])
    assert notice.own_post_id == pid
    assert notice.post is not None
    assert notice.post.text == "Lovely"


def test_instagram_tells_that_the_app_was_removed(sandbox: Sandbox, receiver: Receiver) -> None:
    account = sandbox.account("instagram", "mara_makes")
    register(sandbox, receiver, "instagram")
    head = sandbox.bearer("instagram", "mara_makes")
    path = f"/graph.facebook.com/v25.0/{account['id']}/permissions"
    assert sandbox.http.delete(path, headers=head).status_code == 200
    deliver(sandbox)
    (got,) = receiver.got
    now = datetime.fromisoformat(sandbox.control("GET", "/clock")["now"])
    assert InstagramWebhooks().is_genuine(got.headers, got.raw, SECRET, now)
    assert not InstagramWebhooks().is_genuine(got.headers, got.raw, "another", now)
    (notice,) = InstagramWebhooks().notices(got.raw)
    assert (notice.kind, notice.recipient) == ("revoked", account["id"])


def test_tiktok(sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.account("tiktok", "other_one")
    account = sandbox.account("tiktok", "mara_makes")
    register(sandbox, receiver, "tiktok")
    head = sandbox.bearer("tiktok", "mara_makes")
    order = {
        "media_type": "PHOTO",
        "post_mode": "DIRECT_POST",
        "post_info": {"title": "Mugs", "privacy_level": "PUBLIC_TO_EVERYONE"},
        "source_info": {"source": "PULL_FROM_URL", "photo_cover_index": 0,
                        "photo_images": ["https://a.test/1.jpg"]},
    }  # fmt: skip
    path = "/open.tiktokapis.com/v2/post/publish/content/init/"
    assert sandbox.http.post(path, headers=head, json=order).status_code == 200
    sandbox.advance(minutes=10)
    published = heard(sandbox, receiver, TikTokWebhooks())
    assert "published" in {n.kind for n in published}
    listed = sandbox.http.post("/open.tiktokapis.com/v2/video/list/?fields=id", headers=head,
                               json={"max_count": 1}).json()  # fmt: skip
    pid = listed["data"]["videos"][0]["id"]
    receiver.got.clear()
    press(sandbox, "other_one", f"/www.tiktok.com/@mara_makes/photo/{pid}", do="comment",
          post=pid, text="Lovely")  # fmt: skip
    (notice,) = heard(sandbox, receiver, TikTokWebhooks())
    assert (notice.kind, notice.recipient) == ("comment", account["id"])
    assert notice.own_post_id == pid
