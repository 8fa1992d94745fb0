"""What X sends by itself: the challenge, the signature, the events of the Activity API. Pure.

X signs the raw body with HMAC-SHA256 and no time, so no delivery is too old; its `event_uuid` tells
a repeated one. Posts come in tweet or in post names, users plain or in a `data` of their own.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from socialseed.connectors.reading import dig, instant, number, text
from socialseed.connectors.twitter.mapping import authors, person, post, reference
from socialseed.connectors.types import Post
from socialseed.connectors.webhooks import Notice, NoticeKind

PAGES = "https://x.com"
_SIGNATURES = ("x-twitter-webhooks-signature", "x-twitter-webhooks-signature-oauth2")
_PREFIX = "sha256="
# event type → kind, and how the account's own post is referenced by the one it tells
_SPOKEN: Mapping[str, tuple[NoticeKind, str]] = {
    "post.mention.create": ("mention", "replied_to"),
    "post.reply.create": ("reply", "replied_to"),
    "post.quote.create": ("mention", "quoted"),
}
_OWN: Mapping[str, NoticeKind] = {"post.create": "published", "post.delete": "deleted"}


@dataclass(frozen=True, slots=True)
class XWebhooks:
    """See the Protocol. `secret` is the app's: consumer secret, or OAuth 2.0 client secret."""

    def handshake(self, query: Mapping[str, str], secret: str, verify_token: str) -> str | None:
        challenge = query.get("crc_token")
        if not challenge or not secret:
            return None
        answer = {"response_token": _signed(secret, challenge.encode())}
        return orjson.dumps(answer).decode()

    def is_genuine(
        self, headers: Mapping[str, str], body: bytes, secret: str, now: datetime
    ) -> bool:
        if not secret:
            return False
        ours = _signed(secret, body).encode()
        told = [headers.get(name, "").encode() for name in _SIGNATURES]
        return any(hmac.compare_digest(ours, theirs) for theirs in told)

    def notices(self, body: bytes) -> Sequence[Notice]:
        try:
            whole = orjson.loads(body)
        except orjson.JSONDecodeError:
            raise ValueError("not JSON") from None
        data = dig(whole, "data")
        events = data if isinstance(data, list) else [data]
        if not events or not all(text(event, "event_type") for event in events):
            raise ValueError("not an event of the X Activity API")
        return [_notice(event) for event in events]


def _signed(secret: str, content: bytes) -> str:
    digest = hmac.new(secret.encode(), content, hashlib.sha256).digest()
    return _PREFIX + base64.b64encode(digest).decode()


def _notice(event: object) -> Notice:
    kind = text(event, "event_type") or ""
    payload = dig(event, "payload", "data") or dig(event, "payload")
    recipient = text(event, "filter", "user_id") or text(payload, "user_id") or ""
    told = _Told(_key(event), recipient, payload, _moment(payload))
    if kind in _SPOKEN:
        return _spoken(told, event, *_SPOKEN[kind])
    if kind in _OWN:
        own = text(payload, "id")
        return Notice(
            told.key,
            _OWN[kind],
            recipient,
            told.at,
            own_post_id=own,
            deleted_id=own if _OWN[kind] == "deleted" else None,
            data={"event": kind},
        )
    if kind == "like.create":
        return _liked(told)
    if kind == "follow.follow":
        return _followed(told)
    if kind == "oauth.revoke":
        return Notice(told.key, "revoked", recipient, told.at, data={"event": kind})
    return Notice(told.key, "other", recipient, told.at, data={"event": kind})


@dataclass(frozen=True, slots=True)
class _Told:
    key: str
    recipient: str
    payload: object
    at: datetime | None


def _key(event: object) -> str:
    given = text(event, "event_uuid")
    if given:
        return given
    return hashlib.sha256(orjson.dumps(event, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _moment(payload: object) -> datetime | None:
    milliseconds = number(payload, "timestamp_ms")
    told = instant(payload, "created_at") or instant(payload, "date_time")
    return told or (instant(milliseconds // 1000) if milliseconds is not None else None)


def _spoken(told: _Told, event: object, kind: NoticeKind, by: str) -> Notice:
    inner = event if dig(event, "includes") is not None else dig(event, "payload")
    said: Post | None = post(told.payload, authors(inner, PAGES), PAGES)
    own = reference(told.payload, by)
    if kind == "mention" and by == "replied_to":
        answered = text(told.payload, "in_reply_to_user_id")
        own = own if answered == told.recipient else None
    data = {"event": text(event, "event_type") or "", "author_id": text(told.payload, "author_id")}
    return Notice(told.key, kind, told.recipient, told.at, said, own, data)


def _liked(told: _Told) -> Notice:
    author = text(told.payload, "liked_tweet_author_id") or text(
        told.payload, "liked_post_author_id"
    )
    liked = text(told.payload, "liked_tweet_id") or text(told.payload, "liked_post_id")
    ours = author in (None, told.recipient)
    kind: NoticeKind = "like" if ours else "other"
    data = {"event": "like.create", "liked_post_id": liked}
    return Notice(
        told.key, kind, told.recipient, told.at, own_post_id=liked if ours else None, data=data
    )


def _followed(told: _Told) -> Notice:
    """A follow of the account by somebody; the account's own follows are told too, as `other`."""
    source = person(dig(told.payload, "source", "data") or dig(told.payload, "source"), PAGES)
    target = person(dig(told.payload, "target", "data") or dig(told.payload, "target"), PAGES)
    kind: NoticeKind = "follow" if target and target.remote_id == told.recipient else "other"
    data = {
        "event": "follow.follow",
        "source_id": source.remote_id if source else None,
        "source_handle": source.handle if source else None,
        "target_id": target.remote_id if target else None,
    }
    return Notice(told.key, kind, told.recipient, told.at, data=data)
