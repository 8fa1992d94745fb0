"""Toy's JSON to our types, its errors to a remedy. Pure."""

from datetime import datetime

from socialseed.connectors.http import Reply, lost, resume_at
from socialseed.connectors.reading import instant, items, text
from socialseed.connectors.types import Person, Post
from socialseed.core.errors import Remedy, UpstreamError

_REJECTED = {"too_long": "Toy takes at most 100 characters.", "no_such_post": "It is gone."}


def refusal(reply: Reply, now: datetime) -> UpstreamError:
    """The error for an answer that is not good. What is not in the table may have been done."""
    code = text(reply.json_or_none(), "error") or ""
    if code in _REJECTED:
        return UpstreamError(Remedy.REJECT, code, _REJECTED[code], status=reply.status)
    if reply.status == 401:
        detail = "Toy does not take our token: connect the account again."
        return UpstreamError(Remedy.REAUTHORIZE, "token_refused", detail, status=401)
    if reply.status == 429:
        until = resume_at(reply.headers, now)
        return UpstreamError(
            Remedy.WAIT, "rate_limited", "Toy asks us to wait.", until=until, status=429
        )
    return lost(reply.effect, "undocumented_answer", f"Toy answered {reply.status}.", reply.status)


def person(body: object) -> Person | None:
    """The own profile."""
    remote_id, handle = text(body, "id"), text(body, "handle")
    return Person(remote_id, handle) if remote_id and handle else None


def posts(body: object) -> list[Post]:
    """Own posts, newest first."""
    return [
        Post(
            remote_id=text(entry, "id") or "",
            text=text(entry, "text") or "",
            url=None,
            author=None,
            created_at=instant(entry, "at"),
        )
        for entry in items(body, "posts")
    ]
