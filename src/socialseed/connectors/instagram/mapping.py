"""Pure translation: Instagram's JSON to our types, its error codes to a remedy.

Decides on `code` and `error_subcode`, never on the HTTP status alone. A failed write whose code is
not documented as not performed is unknown.
"""

from datetime import datetime, timedelta

import orjson

from socialseed.connectors.http import Reply, lost, resume_at
from socialseed.connectors.instagram.manifest import WEB
from socialseed.connectors.reading import dig, instant, items, number, page_url, record, text
from socialseed.connectors.types import Person, Post
from socialseed.core.errors import Remedy, UpstreamError

THROTTLED = frozenset({4, 17, 32, 613, 80002})
UNTOLD_WAIT = timedelta(hours=1)  # calls made while throttled extend the block
_REJECTED = {
    (100, 33): ("target_gone", "Instagram has no such object, or does not show it to us."),
    (110, None): ("target_gone", "Instagram knows no such person, or not a professional account."),
    (9004, None): ("bad_media", "Instagram could not fetch the media from its address."),
    (36000, None): ("bad_media", "The picture is too large for Instagram."),
    (36001, None): ("bad_media", "Instagram takes JPEG pictures only."),
    (36003, None): ("bad_media", "The picture's ratio must be between 4:5 and 1.91:1."),
    (36004, None): ("text_too_long", "The caption is too long for Instagram."),
    (352, None): ("bad_media", "Instagram does not take this video format."),
    (100, None): ("invalid_request", "Instagram refused a parameter of the request."),
}
_STOPS = {
    (25, None): ("account_restricted", "Instagram has restricted this account: open Instagram."),
    (4, 2207051): ("spam_block", "Instagram blocked this activity to protect its community."),
    (190, 459): ("checkpoint", "Instagram asks the owner to log in and confirm."),
}
_AGAIN = {
    (24, None): ("container_gone", "Instagram dropped the prepared post: prepare it again."),
}


def refusal(reply: Reply, now: datetime) -> UpstreamError:
    """The error for an answer that is not a success."""
    error = record(reply.json_or_none(), "error")
    code, sub = number(error, "code"), number(error, "error_subcode")
    known = _by_code(reply, code, sub, now)
    if known is not None:
        return known
    if reply.status == 401:
        return _error(Remedy.REAUTHORIZE, "token_refused", "Instagram refused our token.", 401)
    if reply.status == 429:
        return _wait("rate_limited", "Instagram asks us to wait.", reply, now)
    if error.get("is_transient") is True or code in (-1, -2, 1, 2) or reply.status >= 500:
        detail = "Instagram failed on its side."
        return lost(reply.effect, "server_error", detail, reply.status)
    if reply.effect:
        detail = f"Instagram answered {reply.status} in a way that it does not document."
        return lost(True, "undocumented_answer", detail, reply.status)
    return _error(Remedy.REJECT, "refused", "Instagram refused the request.", reply.status)


def _by_code(
    reply: Reply, code: int | None, sub: int | None, now: datetime
) -> UpstreamError | None:
    if code is None:
        return None
    status = reply.status
    stop = _STOPS.get((code, sub)) or _STOPS.get((code, None))
    if stop is not None:
        return _error(Remedy.STOP, *stop, status)
    if code == 190:
        detail = "Instagram's token no longer works: connect the account again."
        return _error(Remedy.REAUTHORIZE, "token_refused", detail, status)
    if code in THROTTLED:
        return _wait("rate_limited", "Instagram asks us to wait.", reply, now)
    if code == 9:
        return _until("publish_cap", "Instagram's posts for 24 hours are used up.", now, 24 * 60)
    if code == 9007:
        return _until("not_ready", "Instagram still prepares the media.", now, 1)
    if code == 10 or 200 <= code <= 299:
        detail = "The app lacks a permission for this on Instagram."
        return _error(Remedy.REJECT, "no_permission", detail, status)
    again = _AGAIN.get((code, None))
    if again is not None:
        return _error(Remedy.RETRY, *again, status)
    rejected = _REJECTED.get((code, sub)) or _REJECTED.get((code, None))
    return _error(Remedy.REJECT, *rejected, status) if rejected is not None else None


def _error(remedy: Remedy, code: str, detail: str, status: int) -> UpstreamError:
    return UpstreamError(remedy, code, detail, status=status)


def _until(code: str, detail: str, now: datetime, minutes: int) -> UpstreamError:
    return UpstreamError(Remedy.WAIT, code, detail, until=now + timedelta(minutes=minutes))


def _wait(code: str, detail: str, reply: Reply, now: datetime) -> UpstreamError:
    minutes = _regain_minutes(reply.headers.get("x-business-use-case-usage", ""))
    if minutes:
        until = now + timedelta(minutes=min(minutes, 24 * 60))
    elif "retry-after" in reply.headers:
        until = resume_at(reply.headers, now)
    else:
        until = now + UNTOLD_WAIT
    return UpstreamError(Remedy.WAIT, code, detail, until=until, status=reply.status)


def _regain_minutes(header: str) -> int:
    try:
        usage = orjson.loads(header)
    except orjson.JSONDecodeError:
        return 0
    told = [
        number(entry, "estimated_time_to_regain_access") or 0
        for entries in record(usage).values()
        for entry in items(entries)
    ]
    return max(told, default=0)


def person(user: object, web: str) -> Person | None:
    """A user object as a Person; `user_id` before the app-scoped `id`."""
    remote_id, handle = text(user, "user_id") or text(user, "id"), text(user, "username")
    if remote_id is None or handle is None:
        return None
    return Person(
        remote_id=remote_id,
        handle=handle,
        display_name=text(user, "name"),
        bio=text(user, "biography"),
        url=f"{web}/{handle}/",
        followers=number(user, "followers_count"),
        following=number(user, "follows_count"),
        posts=number(user, "media_count"),
    )


def posts(body: object, web: str) -> list[Post]:
    """Media or comments of a list answer."""
    made = (post(entry, web) for entry in items(body, "data"))
    return [found for found in made if found is not None]


def post(entry: object, web: str) -> Post | None:
    """One media or comment object; the author is known by handle where Instagram tells it."""
    remote_id = text(entry, "id")
    if remote_id is None:
        return None
    handle = text(entry, "from", "username") or text(entry, "username")
    author_id = text(entry, "from", "id") or text(entry, "user", "id") or ""
    author = Person(author_id, handle, url=f"{web}/{handle}/") if handle else None
    words = text(entry, "text")
    return Post(
        remote_id=remote_id,
        text=words if words is not None else text(entry, "caption") or "",
        url=page_url(dig(entry, "permalink"), WEB, web),
        author=author,
        created_at=instant(entry, "timestamp"),
        likes=number(entry, "like_count"),
        comments=number(entry, "comments_count"),
        parent_id=text(entry, "parent_id"),
    )
