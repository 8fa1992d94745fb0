"""What Meta sends for Instagram: the challenge, the signature over the raw bytes, the notices.

Events are JSON signed in a header. The callbacks for a removed app and for a deletion of data are
forms with a `signed_request` of their own. Meta repeats events for up to 36 hours and signs no
time in them, so that only their keys tell a repetition.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qs

import orjson

from socialseed.connectors.reading import instant, items, number, record, text
from socialseed.connectors.types import Person, Post
from socialseed.connectors.webhooks import Notice

SIGNED_LIFE: Final = timedelta(hours=1)  # our choice: a repeated "revoked" must not undo a new one
_COMMENTS: Final = frozenset({"comments", "live_comments"})
_MILLISECONDS: Final = 10**11  # an `entry.time` above this is told in milliseconds


@dataclass(frozen=True, slots=True)
class InstagramWebhooks:
    """See the Protocol. `secret` is the app's: Instagram's own app secret with Instagram login."""

    def handshake(self, query: Mapping[str, str], secret: str, verify_token: str) -> str | None:
        token, challenge = query.get("hub.verify_token", ""), query.get("hub.challenge", "")
        known = bool(verify_token) and hmac.compare_digest(token.encode(), verify_token.encode())
        if query.get("hub.mode") != "subscribe" or not known or not challenge:
            return None
        return challenge

    def is_genuine(
        self, headers: Mapping[str, str], body: bytes, secret: str, now: datetime
    ) -> bool:
        if not secret:
            return False
        told = headers.get("x-hub-signature-256")
        if told is not None:
            expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
            return hmac.compare_digest(told.encode(), f"sha256={expected}".encode())
        return _is_signed_request(body, secret, now)

    def notices(self, body: bytes) -> Sequence[Notice]:
        signed = _signed_payload(body)
        if signed is not None:
            return [_revoked(signed)]
        told = _decoded(body)
        if text(told, "object") != "instagram" or not isinstance(record(told).get("entry"), list):
            raise ValueError("not a body of Instagram's webhooks")
        return [notice for entry in items(told, "entry") for notice in _of_entry(entry)]


def _of_entry(entry: object) -> Iterator[Notice]:
    account = text(entry, "id")
    if account is None:
        return
    at = _told_at(entry)
    flat = [entry] if text(entry, "field") is not None else []
    for change in (*items(entry, "changes"), *flat):
        yield _of_change(account, at, text(change, "field") or "", record(change, "value"))
    for message in items(entry, "messaging"):
        yield _other(account, at, "messages", record(message))


def _told_at(entry: object) -> datetime | None:
    told = number(entry, "time")
    return instant(told // 1000 if told is not None and told > _MILLISECONDS else told)


def _of_change(
    account: str, at: datetime | None, field: str, value: Mapping[str, object]
) -> Notice:
    if field in _COMMENTS and text(value, "id") is not None:
        return _comment(account, at, field, value)
    if field == "mentions" and (text(value, "media_id") or text(value, "comment_id")):
        return _mention(account, at, value)
    return _other(account, at, field, value)


def _comment(account: str, at: datetime | None, field: str, value: Mapping[str, object]) -> Notice:
    comment_id, parent = text(value, "id") or "", text(value, "parent_id")
    author_id, handle = text(value, "from", "id"), text(value, "from", "username")
    if author_id == account or text(value, "from", "self_ig_scoped_id") is not None:
        return _other(account, at, field, value)  # our own words, told back to us
    post = Post(
        remote_id=comment_id,
        text=text(value, "text") or "",
        url=None,
        author=Person(author_id or "", handle) if handle else None,
        created_at=at,
        parent_id=parent,
    )
    return Notice(
        key=f"{account}:comments:{comment_id}",
        kind="reply" if parent else "comment",
        recipient=account,
        at=at,
        post=post,
        own_post_id=text(value, "media", "id"),
        data={"field": field},
    )


def _mention(account: str, at: datetime | None, value: Mapping[str, object]) -> Notice:
    media_id, comment_id = text(value, "media_id"), text(value, "comment_id")
    # Only ids are told: `Mentions(media_id=…, comment_id=…)` reads what was said.
    post = Post(comment_id or media_id or "", "", None, None, at)
    data = {"field": "mentions", "media_id": media_id, "comment_id": comment_id}
    key = f"{account}:mentions:{media_id}:{comment_id}"
    return Notice(key, "mention", account, at, post, None, data)


def _other(account: str, at: datetime | None, field: str, value: Mapping[str, object]) -> Notice:
    digest = hashlib.sha256(orjson.dumps(dict(value), option=orjson.OPT_SORT_KEYS)).hexdigest()
    moment = at.isoformat() if at is not None else ""
    return Notice(
        f"{account}:{field}:{moment}:{digest[:32]}", "other", account, at, data={"field": field}
    )


def _decoded(body: bytes) -> object:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise ValueError("not JSON") from None


# --- signed_request ------------------------------------------------------------------------------


def _parts(body: bytes) -> tuple[str, str] | None:
    """The signature and the payload of a `signed_request`, still encoded."""
    if not body.startswith(b"signed_request="):
        return None
    told = parse_qs(body.decode("ascii", "replace")).get("signed_request", [""])[0]
    signature, dot, payload = told.partition(".")
    return (signature, payload) if dot and signature and payload else None


def _signed_payload(body: bytes) -> Mapping[str, object] | None:
    parts = _parts(body)
    raw = _unpacked(parts[1]) if parts is not None else None
    if raw is None:
        return None
    try:
        return record(orjson.loads(raw))
    except orjson.JSONDecodeError:
        return None


def _is_signed_request(body: bytes, secret: str, now: datetime) -> bool:
    parts, payload = _parts(body), _signed_payload(body)
    signature = _unpacked(parts[0]) if parts is not None else None
    if parts is None or payload is None or signature is None:
        return False
    expected = hmac.new(secret.encode(), parts[1].encode(), hashlib.sha256).digest()
    if not hmac.compare_digest(signature, expected):
        return False
    if "issued_at" not in payload:
        return True
    issued = instant(payload, "issued_at")
    return issued is not None and abs(now - issued) <= SIGNED_LIFE


def _unpacked(encoded: str) -> bytes | None:
    try:
        return base64.b64decode(encoded + "=" * (-len(encoded) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None


def _revoked(payload: Mapping[str, object]) -> Notice:
    user = text(payload, "user_id") or ""
    issued = number(payload, "issued_at")
    return Notice(
        key=f"{user}:revoked:{issued}",
        kind="revoked",
        recipient=user,
        at=instant(payload, "issued_at"),
        data={"field": "signed_request", "user_id": user},
    )
