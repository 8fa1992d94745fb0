"""What somebody said, as it travels from a delivery to the planner in a job's payload."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from socialseed.connectors.manifest import AskKind
from socialseed.connectors.types import Person, Post
from socialseed.connectors.webhooks import Notice
from socialseed.core.events import Plain

_PERSON = ("remote_id", "handle", "display_name", "bio", "url", "followers", "following", "posts")
_POST = ("remote_id", "text", "url", "likes", "comments", "parent_id")


@dataclass(frozen=True, slots=True)
class Told:
    """One thing said: `kind` mention, comment or reply, and the account's post it stands under."""

    kind: str
    post: Post
    own_post_id: str | None


def pack(notice: Notice) -> dict[str, Plain] | None:
    """The notice as plain values; None when it does not tell who said what, so that it is read."""
    post = notice.post
    if post is None or post.author is None or not post.author.handle or not post.text.strip():
        return None
    at = post.created_at or notice.at
    return {
        "kind": notice.kind,
        "own_post_id": _clean(notice.own_post_id),
        "created_at": at.isoformat() if at else None,
        "post": {name: _clean(getattr(post, name)) for name in _POST},
        "author": {name: _clean(getattr(post.author, name)) for name in _PERSON},
    }


def place_of(notice: Notice, reads: frozenset[AskKind]) -> dict[str, Plain]:
    """Where the words of a notice that lacks them can be read, as far as `reads` offer it."""
    if notice.own_post_id and "comments" in reads:
        return {"own_post_id": _clean(notice.own_post_id)}
    if "mentions" not in reads:
        return {}
    named = {name: notice.data.get(name) for name in ("media_id", "comment_id")}
    return {name: _clean(value) for name, value in named.items() if isinstance(value, str)}


def unpack(plain: Mapping[str, Plain]) -> Told:
    """What `pack` packed."""
    author, post, at = plain["author"], plain["post"], plain["created_at"]
    assert isinstance(author, dict) and isinstance(post, dict)
    own = plain["own_post_id"]
    return Told(
        kind=str(plain["kind"]),
        post=Post(
            remote_id=str(post["remote_id"]),
            text=str(post["text"]),
            url=_text(post["url"]),
            author=Person(
                remote_id=str(author["remote_id"]),
                handle=str(author["handle"]),
                display_name=_text(author["display_name"]),
                bio=_text(author["bio"]),
                url=_text(author["url"]),
                followers=_number(author["followers"]),
                following=_number(author["following"]),
                posts=_number(author["posts"]),
            ),
            created_at=datetime.fromisoformat(at) if isinstance(at, str) else None,
            likes=_number(post["likes"]),
            comments=_number(post["comments"]),
            parent_id=_text(post["parent_id"]),
        ),
        own_post_id=_text(own),
    )


def _clean(value: Plain) -> Plain:
    """A text that JSON and PostgreSQL can hold: without NUL, without half characters."""
    if not isinstance(value, str):
        return value
    return value.replace("\x00", "").encode("utf-8", "replace").decode()


def _text(value: Plain) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: Plain) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
