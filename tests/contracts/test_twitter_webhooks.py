"""What X sends by itself: the challenge, the signature, the events."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from socialseed.connectors.twitter.manifest import MANIFEST
from socialseed.connectors.twitter.webhooks import XWebhooks
from tests.contracts.connector import NOW

SECRET = "the app's secret"
X = XWebhooks()


def signature(content: bytes, secret: str = SECRET) -> str:
    digest = hmac.new(secret.encode(), content, hashlib.sha256).digest()
    return "sha256=" + base64.b64encode(digest).decode()


def event(kind: str, payload: Any, includes: Any = None, **more: Any) -> bytes:
    data = {
        "event_uuid": "-2781149976877970683",
        "filter": {"user_id": "101"},
        "event_type": kind,
        "tag": "t",
        "payload": payload,
        "a_new_field": {"x": 1},
        **more,
    }
    if includes is not None:
        data["includes"] = includes
    return json.dumps({"data": data}).encode()


def post(**more: Any) -> dict[str, Any]:
    return {
        "id": "2080765813578191303",
        "text": "hey @mara_k",
        "author_id": "7",
        "created_at": "2026-07-24T21:23:23.000Z",
        "public_metrics": {"like_count": 0, "like_count_str": "0"},
        **more,
    }


PLAIN = {"users": [{"id": "7", "username": "ceramics", "name": "C"}]}
WRAPPED = {"users": [{"data": {"id": "7", "username": "ceramics", "name": "C"}}]}


def test_the_manifest_names_them():
    assert MANIFEST.webhooks == X


def test_the_challenge_is_answered_with_the_secret():
    answer = X.handshake({"crc_token": "abc", "nonce": "1"}, SECRET, "unused")
    assert answer is not None
    assert json.loads(answer) == {"response_token": signature(b"abc")}
    assert X.handshake({}, SECRET, "unused") is None
    assert X.handshake({"crc_token": ""}, SECRET, "unused") is None
    assert X.handshake({"crc_token": "abc"}, "", "unused") is None


@pytest.mark.parametrize(
    "name", ["x-twitter-webhooks-signature", "x-twitter-webhooks-signature-oauth2"]
)
def test_only_these_bytes_signed_with_this_secret_are_genuine(name):
    body = b'{"data": {"event_type":  "post.create"}}'
    good = {name: signature(body)}
    assert X.is_genuine(good, body, SECRET, NOW)
    assert not X.is_genuine(good, body + b" ", SECRET, NOW)
    assert not X.is_genuine(good, body.replace(b"  ", b" "), SECRET, NOW)
    assert not X.is_genuine(good, body, "another", NOW)
    for wrong in ("", "sha256=", signature(body)[:-2], signature(body)[7:], "sha256=ü"):
        assert not X.is_genuine({name: wrong}, body, SECRET, NOW)
    assert not X.is_genuine({}, body, SECRET, NOW)


def test_nothing_is_genuine_without_a_secret():
    body = b"{}"
    headers = {"x-twitter-webhooks-signature": signature(body, "")}
    assert not X.is_genuine(headers, body, "", NOW)


@pytest.mark.parametrize("includes", [PLAIN, WRAPPED])
@pytest.mark.parametrize("names", ["referenced_tweets", "referenced_posts"])
@pytest.mark.parametrize("wrapped", [True, False])
def test_a_reply_says_who_said_what_under_which_post(includes, names, wrapped):
    said = post(**{names: [{"type": "replied_to", "id": "55"}]})
    body = event("post.reply.create", {"data": said} if wrapped else said, includes)
    [notice] = X.notices(body)
    assert (notice.kind, notice.recipient, notice.own_post_id) == ("reply", "101", "55")
    assert notice.key == "-2781149976877970683"
    assert notice.at == datetime(2026, 7, 24, 21, 23, 23, tzinfo=UTC)
    assert notice.post is not None
    assert (notice.post.text, notice.post.parent_id) == ("hey @mara_k", "55")
    assert notice.post.author is not None
    assert (notice.post.author.remote_id, notice.post.author.handle) == ("7", "ceramics")
    assert notice.post.url == "https://x.com/ceramics/status/2080765813578191303"


def test_a_mention_stands_under_an_own_post_only_when_it_answers_one():
    alone = post()
    elsewhere = post(
        referenced_tweets=[{"type": "replied_to", "id": "55"}], in_reply_to_user_id="8"
    )
    here = post(referenced_tweets=[{"type": "replied_to", "id": "55"}], in_reply_to_user_id="101")
    for said, own in ((alone, None), (elsewhere, None), (here, "55")):
        [notice] = X.notices(event("post.mention.create", said, PLAIN))
        assert (notice.kind, notice.own_post_id) == ("mention", own)


def test_a_quote_is_a_mention_of_the_quoted_post():
    said = post(referenced_posts=[{"type": "quoted", "id": "55"}])
    [notice] = X.notices(event("post.quote.create", said, PLAIN))
    assert (notice.kind, notice.own_post_id) == ("mention", "55")
    assert notice.data["event"] == "post.quote.create"


def test_an_unknown_author_leaves_the_words():
    [notice] = X.notices(event("post.mention.create", post()))
    assert notice.post is not None
    assert (notice.post.author, notice.post.text) == (None, "hey @mara_k")
    assert notice.data["author_id"] == "7"


@pytest.mark.parametrize(
    ("author", "kind", "own"), [("101", "like", "55"), (None, "like", "55"), ("9", "other", None)]
)
def test_a_like_counts_when_the_liked_post_is_ours(author, kind, own):
    payload = {"id": "like-1", "timestamp_ms": 1784841183370, "liked_tweet_id": "55"}
    if author is not None:
        payload["liked_tweet_author_id"] = author
    [notice] = X.notices(event("like.create", payload))
    assert (notice.kind, notice.own_post_id) == (kind, own)
    assert notice.at == datetime.fromtimestamp(1784841183, UTC)


@pytest.mark.parametrize(
    ("source", "target", "kind"), [("7", "101", "follow"), ("101", "7", "other")]
)
def test_a_follow_counts_when_we_are_followed(source, target, kind):
    payload = {
        "source": {"data": {"id": source, "username": "one"}},
        "target": {"data": {"id": target, "username": "two"}},
    }
    [notice] = X.notices(event("follow.follow", payload))
    assert notice.kind == kind
    assert (notice.data["source_id"], notice.data["source_handle"]) == (source, "one")


def test_a_revocation_names_the_person_although_its_filter_is_empty():
    payload = {"date_time": "2026-07-23T21:44:05+00:00", "user_id": "101", "app_id": "2"}
    [notice] = X.notices(event("oauth.revoke", payload, filter={}))
    assert (notice.kind, notice.recipient) == ("revoked", "101")
    assert notice.at == datetime(2026, 7, 23, 21, 44, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("post.create", "published"),
        ("post.delete", "deleted"),
        ("post.repost.create", "other"),
        ("follow.unfollow", "other"),
        ("profile.update.bio", "other"),
        ("something.new", "other"),
    ],
)
def test_the_rest_is_told_by_kind(kind, told):
    [notice] = X.notices(event(kind, {"id": "55", "author_id": "101", "before": "a"}))
    assert (notice.kind, notice.data["event"]) == (told, kind)
    assert notice.own_post_id == ("55" if told in ("published", "deleted") else None)


def test_every_delivery_of_one_event_has_one_key():
    one = event("like.create", {"liked_tweet_id": "5"}, event_uuid=None)
    other = event("like.create", {"liked_tweet_id": "6"}, event_uuid=None)
    keys = [X.notices(body)[0].key for body in (one, one, other)]
    assert keys[0] == keys[1] != keys[2]


@pytest.mark.parametrize(
    "body",
    [b"", b"nonsense", b"[]", b"{}", b'{"data": []}', b'{"data": {"x": 1}}', b'"a"', b"\xff"],
)
def test_a_foreign_body_is_refused(body):
    with pytest.raises(ValueError, match="not "):
        X.notices(body)
