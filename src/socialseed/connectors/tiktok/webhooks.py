"""TikTok's notices: one envelope for both products, `content` as JSON text, signed with its time.

There is no handshake: addresses are registered in the portal, or with the app's secret.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import orjson

from socialseed.connectors.reading import number, record, text
from socialseed.connectors.types import Person, Post
from socialseed.connectors.webhooks import Notice, NoticeKind
from socialseed.core.events import Plain

FRESH = timedelta(minutes=5)  # older than that, or from later than that, is stale
_MILLISECONDS = 10**11  # seconds since 1970 have eleven digits in the year 5138
_KINDS: Mapping[str, NoticeKind] = {
    "post.publish.complete": "published",
    "post.publish.publicly_available": "published",
    "post.publish.failed": "publish_failed",
    "video.publish.completed": "published",  # the legacy names
    "video.upload.failed": "publish_failed",
    "authorization.removed": "revoked",
    "brand.mention.event": "mention",
}


@dataclass(frozen=True, slots=True)
class TikTokWebhooks:
    """See the Protocol."""

    def handshake(self, query: Mapping[str, str], secret: str, verify_token: str) -> str | None:
        return None

    def is_genuine(
        self, headers: Mapping[str, str], body: bytes, secret: str, now: datetime
    ) -> bool:
        told = _parts(headers.get("tiktok-signature", ""))
        at, signed = told.get("t", ""), told.get("s", "")
        if not (at.isascii() and at.isdigit() and len(at) <= 11) or not signed or not secret:
            return False
        if abs(now - datetime.fromtimestamp(int(at), UTC)) > FRESH:
            return False
        ours = hmac.new(secret.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(ours.encode(), signed.lower().encode())

    def notices(self, body: bytes) -> Sequence[Notice]:
        envelope = orjson.loads(body)
        event, recipient = text(envelope, "event"), text(envelope, "user_openid")
        if event is None or recipient is None:
            raise ValueError("This is no notice of TikTok.")
        content = _content(envelope)
        at = _instant(content, "timestamp") or _instant(envelope, "create_time")
        key = _key(event, recipient, envelope, content)
        if event == "comment.update":
            return [_comment(key, recipient, at, content)]
        return [_other(event, key, recipient, at, content)]


def _parts(header: str) -> Mapping[str, str]:
    pairs = (part.partition("=") for part in header.split(","))
    return {name.strip(): value.strip() for name, _, value in pairs}


def _content(envelope: object) -> Mapping[str, object]:
    # TikTok sends JSON text; an object is taken as well.
    told = text(envelope, "content")
    if told is None:
        return record(envelope, "content")
    return record(orjson.loads(told)) if told.strip() else {}


def _key(event: str, recipient: str, envelope: object, content: Mapping[str, object]) -> str:
    plain = orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
    told = f"{event}\x1f{recipient}\x1f{text(envelope, 'create_time')}\x1f".encode()
    return hashlib.sha256(told + plain).hexdigest()


def _comment(
    key: str, recipient: str, at: datetime | None, content: Mapping[str, object]
) -> Notice:
    """What was said is not told, only where: the comment's text has to be read."""
    kind: NoticeKind = "other"
    match text(content, "comment_action"):
        case "insert":
            kind = "reply" if text(content, "comment_type") == "reply" else "comment"
        case "delete":
            kind = "deleted"
    return Notice(
        key=key,
        kind=kind,
        recipient=recipient,
        at=at,
        own_post_id=text(content, "video_id"),
        deleted_id=text(content, "comment_id") if kind == "deleted" else None,
        data=_plain("comment.update", content),
    )


def _other(
    event: str, key: str, recipient: str, at: datetime | None, content: Mapping[str, object]
) -> Notice:
    kind = _KINDS.get(event, "other")
    post = None
    if kind == "mention":
        if text(content, "type_of_event") not in (None, "CREATE"):
            kind = "other"  # a caption was edited or a privacy changed: nobody spoke anew
        post = _caption(content)
    return Notice(key, kind, recipient, at, post, data=_plain(event, content))


def _caption(content: Mapping[str, object]) -> Post | None:
    """The post whose caption names the account; None for a comment, whose words are not told."""
    video_id = text(content, "video_id")
    if video_id is None or text(content, "comment_id") not in (None, "", "0"):
        return None
    url = text(content, "share_url")
    handle = _handle(url)
    author_id = text(content, "unique_identifier") or handle or ""
    return Post(
        remote_id=video_id,
        text=text(content, "video_caption") or "",
        url=url,
        author=Person(author_id, handle) if handle else None,
        created_at=_instant(content, "video_create_time"),
    )


def _handle(url: str | None) -> str | None:
    _, at, rest = (url or "").partition("/@")
    return rest.split("/")[0].split("?")[0] or None if at else None


def _plain(event: str, content: Mapping[str, object]) -> Mapping[str, Plain]:
    found: dict[str, Plain] = {"event": event}
    for name, value in content.items():
        # Ids are larger than what a dashboard's numbers hold: kept as text.
        if isinstance(value, str | int):
            found[name] = value if isinstance(value, bool) else str(value)
    return found


def _instant(value: object, name: str) -> datetime | None:
    told = number(value, name)
    if told is None:
        return None
    seconds = told / 1000 if told >= _MILLISECONDS else told
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
