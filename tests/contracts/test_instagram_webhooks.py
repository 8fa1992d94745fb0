"""What Meta sends: the challenge, the signatures over raw bytes, both forms of a notice."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from socialseed.connectors.instagram.manifest import MANIFEST
from tests.contracts.connector import NOW
from tests.contracts.instagram import ME

SECRET = "the app's secret"
COMMENT = {
    "id": "17870",
    "from": {"id": "990", "username": "jane"},
    "text": "Where is the kiln?",
    "media": {"id": "17895", "media_product_type": "FEED"},
}


def hooks() -> Any:
    assert MANIFEST.webhooks is not None
    return MANIFEST.webhooks


def event(*entries: object) -> bytes:
    return json.dumps({"object": "instagram", "entry": list(entries)}).encode()


def entry(*changes: object, **more: object) -> dict[str, object]:
    return {"id": ME, "time": 1772366400, "changes": list(changes), **more}


def change(field: str, value: object) -> dict[str, object]:
    return {"field": field, "value": value}


def signature(body: bytes, secret: str = SECRET) -> dict[str, str]:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"x-hub-signature-256": f"sha256={digest}"}


def packed(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def signed_request(secret: str = SECRET, **payload: object) -> bytes:
    told = packed(json.dumps({"algorithm": "HMAC-SHA256", **payload}).encode())
    proof = packed(hmac.new(secret.encode(), told.encode(), hashlib.sha256).digest())
    return urlencode({"signed_request": f"{proof}.{told}"}).encode()


def test_the_challenge_is_echoed_only_for_the_right_word():
    good = {
        "hub.mode": "subscribe",
        "hub.challenge": "1158201444",
        "hub.verify_token": "word",
    }
    assert hooks().handshake(good, SECRET, "word") == "1158201444"
    for wrong in (
        good | {"hub.verify_token": "other"},
        good | {"hub.verify_token": "wörd"},
        good | {"hub.mode": "unsubscribe"},
        {"hub.mode": "subscribe", "hub.verify_token": "word"},
        {},
    ):
        assert hooks().handshake(wrong, SECRET, "word") is None
    assert hooks().handshake(good | {"hub.verify_token": ""}, SECRET, "") is None


def test_exactly_the_signed_bytes_are_genuine():
    body = event(entry(change("comments", COMMENT)))
    assert hooks().is_genuine(signature(body), body, SECRET, NOW)
    assert not hooks().is_genuine(signature(body), body + b" ", SECRET, NOW)
    assert not hooks().is_genuine(signature(body, "other"), body, SECRET, NOW)
    assert not hooks().is_genuine({}, body, SECRET, NOW)
    assert not hooks().is_genuine({"x-hub-signature-256": "sha256=ü"}, body, SECRET, NOW)
    assert not hooks().is_genuine(signature(body, ""), body, "", NOW)
    # Meta repeats for 36 hours and signs no time: an old delivery is as genuine as a new one.
    assert hooks().is_genuine(signature(body), body, SECRET, NOW + timedelta(hours=36))


@pytest.mark.parametrize(
    "told",
    [
        entry(change("comments", COMMENT)),
        {"id": ME, "time": 1772366400, "field": "comments", "value": COMMENT},
        {"id": ME, "time": 1772366400000, "field": "live_comments", "value": COMMENT},
    ],
)
def test_either_form_of_a_comment_says_who_said_what_under_which_post(told):
    (notice,) = hooks().notices(event(told))
    assert (notice.kind, notice.recipient) == ("comment", ME)
    assert notice.at == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert notice.own_post_id == "17895"
    assert (notice.post.remote_id, notice.post.text) == ("17870", "Where is the kiln?")
    assert (notice.post.author.remote_id, notice.post.author.handle) == ("990", "jane")
    assert notice.key == f"{ME}:comments:17870"


def test_one_delivery_may_tell_many_things_and_a_repetition_has_the_same_keys():
    reply = COMMENT | {"id": "17871", "parent_id": "17870"}
    body = event(
        entry(
            change("comments", COMMENT),
            change("comments", reply),
            change("mentions", {"media_id": "5", "comment_id": "6"}),
            change("mentions", {"media_id": "7"}),
            change("story_insights", {"media_id": "8", "reach": 17}),
            messaging=[{"sender": {"id": "1"}, "message": {"text": "hello"}}],
        ),
        {"id": "17841400000000002", "time": 1, "changes": []},
        {"no": "id"},
    )
    found = hooks().notices(body)
    assert [n.kind for n in found] == ["comment", "reply", "mention", "mention", "other", "other"]
    assert found[1].post.parent_id == "17870"
    assert (found[2].post.remote_id, found[2].post.author) == ("6", None)
    assert found[2].data == {"field": "mentions", "media_id": "5", "comment_id": "6"}
    assert found[3].post.remote_id == "7"
    assert [n.data["field"] for n in found[4:]] == ["story_insights", "messages"]
    keys = [n.key for n in found]
    assert len(set(keys)) == len(keys)
    assert [n.key for n in hooks().notices(body)] == keys
    assert all(len(key) < 200 for key in keys)


def test_our_own_words_told_back_to_us_call_for_no_answer():
    mine = COMMENT | {"from": {"id": ME, "username": "mara_k"}}
    scoped = COMMENT | {"from": {"id": "1", "username": "mara_k", "self_ig_scoped_id": "1"}}
    found = hooks().notices(event(entry(change("comments", mine), change("comments", scoped))))
    assert [n.kind for n in found] == ["other", "other"]


def test_missing_parts_are_missing_and_unknown_ones_are_left():
    bare = {"id": "1", "brand_new": {"a": 1}}
    (notice,) = hooks().notices(event({"id": ME, "changes": [change("comments", bare)]}))
    assert (notice.at, notice.own_post_id, notice.post.author) == (None, None, None)
    assert notice.post.text == ""
    (odd,) = hooks().notices(event(entry(change("comments", "no object"))))
    assert odd.kind == "other"


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'{"object":"page","entry":[]}', b'{"object":"instagram"}', b"\xff\xfe"],
)
def test_a_foreign_body_is_refused(body):
    with pytest.raises(ValueError):
        hooks().notices(body)


def test_a_removed_app_is_told_in_a_signed_form():
    issued = int(NOW.timestamp())
    body = signed_request(user_id=ME, issued_at=issued)
    assert hooks().is_genuine({}, body, SECRET, NOW)
    (notice,) = hooks().notices(body)
    assert (notice.kind, notice.recipient, notice.at) == ("revoked", ME, NOW)
    assert not hooks().is_genuine({}, signed_request("other", user_id=ME), SECRET, NOW)
    assert not hooks().is_genuine({}, body, SECRET, NOW + timedelta(hours=2))
    assert not hooks().is_genuine({}, signed_request(user_id=ME, issued_at="soon"), SECRET, NOW)
    assert hooks().is_genuine({}, signed_request(user_id=ME), SECRET, NOW)


@pytest.mark.parametrize(
    "body",
    [b"signed_request=", b"signed_request=abc", b"signed_request=a.b", b"signed_request=%FF.%FF"],
)
def test_a_broken_signed_form_is_neither_genuine_nor_read(body):
    assert not hooks().is_genuine({}, body, SECRET, NOW)
    with pytest.raises(ValueError):
        hooks().notices(body)
