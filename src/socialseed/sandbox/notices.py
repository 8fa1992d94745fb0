"""Webhook bodies and signatures, as the platforms document them. Pure but for reading posts."""

import base64
import hashlib
import hmac
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from socialseed.sandbox.call import Json
from socialseed.sandbox.clock import iso
from socialseed.sandbox.draw import number
from socialseed.sandbox.happenings import Happening
from socialseed.sandbox.world import people, posts
from socialseed.sandbox.world.people import Person
from socialseed.sandbox.world.posts import Post

X_EVENTS: dict[str, str] = {
    "post": "post.create", "delete": "post.delete", "mention": "post.mention.create",
    "reply": "post.reply.create", "quote": "post.quote.create", "repost": "post.repost.create",
    "like": "like.create", "follow": "follow.follow", "following": "follow.follow",
    "unfollow": "follow.unfollow", "revoked": "oauth.revoke",
}  # fmt: skip
DEAUTHORIZE = "deauthorize"  # Instagram posts this one as a form with a signed request
FIELDS: dict[str, str] = {"comment": "comments", "mention": "mentions"}
_ACTIONS = {
    "comment": "insert", "comment_deleted": "delete", "comment_hidden": "set_to_hidden",
    "comment_shown": "set_to_public",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Notice:
    """One body to deliver. `kind` is the platform's word for the event."""

    kind: str
    body: Json


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a notice is made: the app, its subscription's tag, and the login it used."""

    client: str
    tag: str
    login: str


def x_event(db: sqlite3.Connection, what: Happening, reader: Reader) -> Iterator[Notice]:
    """X's activity event; the id is the same for every delivery of it."""
    kind = X_EVENTS.get(what.kind)
    if kind is None or (payload := _x_payload(db, what)) is None:
        return
    data: Json = {
        "event_uuid": _uuid("x event", what.id, what.account.uid, kind, reader.tag),
        "filter": {"user_id": what.account.uid},
        "event_type": kind,
        "tag": reader.tag,
        "payload": payload,
        "includes": {"users": [_x_user(what.actor)]},
    }
    yield Notice(kind, {"data": data})


def _x_payload(db: sqlite3.Connection, what: Happening) -> Json | None:
    post, kind = what.post, what.kind
    if kind in ("follow", "unfollow", "following"):
        ends = (what.actor, what.account) if kind != "following" else (what.account, what.actor)
        return {
            "source": {"data": _x_user(ends[0])},
            "target": {"data": _x_user(ends[1])},
        }
    if kind == "revoked":
        return {"user_id": what.account.uid, "client_id": what.note}
    if post is None:
        return None
    if kind == "like":
        return {
            "id": f"{number('x like', what.id):x}",
            "created_at": iso(what.at),
            "timestamp_ms": what.at,
            "liked_tweet_id": post.pid,
            "liked_tweet_author_id": what.account.uid,
            "user_id": what.actor.uid,
        }
    if kind == "delete":
        return {"id": post.pid, "author_id": what.account.uid}
    if kind == "repost":
        return {
            "id": str(int(post.pid) + what.id),
            "author_id": what.actor.uid,
            "created_at": iso(what.at),
            "text": f"RT @{what.account.handle}: {post.text}",
            "referenced_tweets": [{"type": "retweeted", "id": post.pid}],
        }
    return _x_post(db, post)


def _x_user(person: Person) -> Json:
    return {"id": person.uid, "name": person.name, "username": person.handle}


def _x_post(db: sqlite3.Connection, post: Post) -> Json:
    parent, root, quoted = (
        posts.by_id(db, one) if one is not None else None
        for one in (post.parent, post.root, post.quoted)
    )
    shown: Json = {
        "id": post.pid,
        "text": post.text,
        "author_id": people.by_id(db, post.author).uid,
        "created_at": iso(post.created),
        "conversation_id": root.pid if root else post.pid,
        "edit_history_tweet_ids": [post.pid],
        "lang": post.lang,
        "public_metrics": {
            "retweet_count": post.shares, "reply_count": post.comments, "like_count": post.likes,
            "quote_count": 0, "bookmark_count": 0, "impression_count": post.views,
        },
        "entities": {
            "mentions": [{"username": one} for one in posts.mentioned_handles(post.text)]
        },
    }  # fmt: skip
    if parent is not None:
        shown["in_reply_to_user_id"] = people.by_id(db, parent.author).uid
    referenced = [("replied_to", parent), ("quoted", quoted)]
    if any(one is not None for _, one in referenced):
        shown["referenced_tweets"] = [{"type": k, "id": one.pid} for k, one in referenced if one]
    return shown


def instagram_change(db: sqlite3.Connection, what: Happening, reader: Reader) -> Iterator[Notice]:
    """A change of the account's comments or mentions, or the news that it removed the app.

    With Instagram Login a mention in a comment arrives as a comment, one in a caption not at all.
    """
    if what.kind == "revoked":
        told: Json = {"algorithm": "HMAC-SHA256", "issued_at": what.at // 1000}
        yield Notice(DEAUTHORIZE, {**told, "user_id": what.account.uid})
    field, post = FIELDS.get(what.kind), what.post
    if field is None or post is None:
        return
    root = posts.by_id(db, post.root) if post.root is not None else None
    if what.kind == "mention" and reader.login == "facebook":
        value: Json = {"media_id": root.pid if root else post.pid}
        value |= {"comment_id": post.pid} if root else {}
    elif root is not None:
        field, parent = "comments", posts.by_id(db, post.parent or 0)
        value = {
            "id": post.pid,
            "from": {"id": what.actor.uid, "username": what.actor.handle},
            "text": post.text,
            "media": {"id": root.pid, "media_product_type": _product(root)},
        }
        if parent is not None and parent.kind == "comment":
            value["parent_id"] = parent.pid
    else:
        return
    entry = {
        "id": what.account.uid,
        "time": what.at // 1000,
        "changes": [{"field": field, "value": value}],
    }
    yield Notice(field, {"object": "instagram", "entry": [entry]})


def _product(root: Post) -> str:
    return "REELS" if root.media == "video" else "FEED"


def tiktok_event(db: sqlite3.Connection, what: Happening, reader: Reader) -> Iterator[Notice]:
    """TikTok's events; `content` is JSON inside a string, the comment's numbers are bare."""
    for kind, content in _tiktok_contents(db, what):
        body: Json = {
            "client_key": reader.client,
            "event": kind,
            "create_time": what.at // 1000,
            "user_openid": what.account.uid,
            "content": json.dumps(content, ensure_ascii=False, separators=(",", ":")),
        }
        yield Notice(kind, body)


def _tiktok_contents(db: sqlite3.Connection, what: Happening) -> Iterator[tuple[str, Json]]:
    post = what.post
    if what.kind in _ACTIONS and post is not None:
        yield "comment.update", _tiktok_comment(db, what, post)
    elif what.kind == "published" and post is not None:
        named = publish_id(db, what.note)
        done: Json = {"publish_id": named, "publish_type": "DIRECT_POST"}
        yield "post.publish.complete", done
        if not post.hidden:
            yield "post.publish.publicly_available", {**done, "post_id": post.pid}
    elif what.kind == "inbox":
        inbox: Json = {"publish_id": publish_id(db, what.note), "publish_type": "INBOX_SHARE"}
        yield "post.publish.inbox_delivered", inbox
    elif what.kind == "publish_failed":
        failed: Json = {"publish_id": publish_id(db, what.note), "publish_type": "DIRECT_POST"}
        yield "post.publish.failed", {**failed, "reason": _reason(db, what.note)}
    elif what.kind == "revoked":
        yield "authorization.removed", {"reason": 1}


def _tiktok_comment(db: sqlite3.Connection, what: Happening, post: Post) -> Json:
    root, parent = posts.by_id(db, post.root or 0), posts.by_id(db, post.parent or 0)
    answers = parent is not None and parent.kind == "comment"
    return {
        "comment_id": int(post.pid),
        "video_id": int(root.pid) if root else 0,
        "parent_comment_id": int(parent.pid) if parent is not None and answers else 0,
        "comment_type": "reply" if answers else "comment",
        "comment_action": _ACTIONS[what.kind],
        "timestamp": what.at // 1000,
        "unique_identifier": what.actor.uid,
    }


def publish_id(db: sqlite3.Connection, task: str) -> str:
    """The id under which an upload was announced."""
    row = db.execute("SELECT kind, spec FROM media WHERE id = ?", (int(task),)).fetchone()
    kind, spec = (row["kind"], json.loads(row["spec"])) if row else ("", {})
    if kind == "photo":
        return f"p_pub_url~v2.{task}"
    return f"v_pub_file~v2-1.{task}" if "size" in spec else f"v_pub_url~v2.{task}"


def _reason(db: sqlite3.Connection, task: str) -> str:
    row = db.execute("SELECT state FROM media WHERE id = ?", (int(task),)).fetchone()
    state, _, reason = str(row[0] if row else "").partition(":")
    return "publish_cancelled" if state == "cancelled" else reason or "internal"


def _uuid(*key: object) -> str:
    digits = f"{number(*key):016x}{number('more', *key):016x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


COMPOSERS = {"twitter": x_event, "instagram": instagram_change, "tiktok": tiktok_event}


def signed_request(secret: str, payload: bytes) -> bytes:
    """The form that Meta's deauthorize callback gets: signature and payload, both base64url."""
    packed = base64.urlsafe_b64encode(payload).rstrip(b"=")
    digest = hmac.new(secret.encode(), packed, hashlib.sha256).digest()
    return b"signed_request=" + base64.urlsafe_b64encode(digest).rstrip(b"=") + b"." + packed


def signature(platform: str, secret: str, body: bytes, now: int) -> dict[str, str]:
    """The header that proves who sent `body`; TikTok also signs the instant (`now` in ms)."""
    if platform == "tiktok":
        at = now // 1000
        signed = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        return {"tiktok-signature": f"t={at},s={signed}"}
    digest = hmac.new(secret.encode(), body, hashlib.sha256)
    if platform == "instagram":
        return {"x-hub-signature-256": f"sha256={digest.hexdigest()}"}
    return {"x-twitter-webhooks-signature": f"sha256={base64.b64encode(digest.digest()).decode()}"}
