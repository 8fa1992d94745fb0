"""Pure translation: X's JSON to our types, X's refusals to a remedy.

The refusals listed here are documented as not performed. Any other failed write is unknown.
"""

import re
from collections.abc import Mapping
from datetime import datetime

from socialseed.connectors.http import Reply, lost, resume_at
from socialseed.connectors.reading import dig, instant, items, number, record, text
from socialseed.connectors.types import Person, Post
from socialseed.core.errors import Remedy, UpstreamError

_PROBLEM = re.compile(r"/problems/([a-z-]+)$")
_LEADING_HANDLES = re.compile(r"^(?:@\w{1,15}\s+)+")

# kind of problem (last part of `type`) → code, sentence. All documented as not performed.
_REFUSED_KINDS = {
    "invalid-request": ("invalid_request", "X refused a parameter of the request."),
    "resource-not-found": ("target_gone", "X has no such post or person (any more)."),
    "not-authorized-for-resource": ("target_protected", "The target is protected or blocks us."),
    "client-forbidden": ("tier_lacks_it", "The app's access tier does not include this call."),
    "unsupported-authentication": ("wrong_auth", "X does not take this kind of sign-in here."),
    "disallowed-resource": ("target_disallowed", "X does not allow acting on this target."),
    "resource-unavailable": ("target_unavailable", "The target is not available."),
}
# start of `detail` of a 403 → code. All documented as not performed.
_REFUSED_DETAILS = (
    ("You are not allowed to create a Tweet with duplicate content", "duplicate_text"),
    ("Reply to this conversation is not allowed", "not_summoned"),
    ("Quoting this post is not allowed", "quote_not_allowed"),
    ("You are not permitted to perform this action", "not_permitted"),
)


def refusal(reply: Reply, now: datetime) -> UpstreamError:
    """The error for an answer that is not a success."""
    body = reply.json_or_none()
    status = reply.status
    if status == 401:
        return _error(Remedy.REAUTHORIZE, "token_refused", "X does not take our token.", status)
    if status == 429:
        until = resume_at(reply.headers, now)
        capped = text(body, "title") == "UsageCapExceeded"
        code = "usage_cap" if capped else "rate_limited"
        return UpstreamError(Remedy.WAIT, code, "X asks us to wait.", until=until, status=status)
    if status == 402:
        detail = "The app's X credits are used up: top them up."
        return _error(Remedy.REJECT, "credits_depleted", detail, status)
    return _warning(body, status) or _documented(body, reply) or _rest(reply)


def item_refusal(body: object, effect: bool) -> UpstreamError | None:
    """The error told inside a 200 that carries `errors` and no `data`; None when there is none."""
    if dig(body, "data") is not None or not items(body, "errors"):
        return None
    known = _REFUSED_KINDS.get(_kind(dig(body, "errors", 0)))
    if known is not None:
        return _error(Remedy.REJECT, *known, 200)
    if effect:
        return lost(True, "error_with_ok", "X answered 200 with an undocumented error.")
    return _error(Remedy.REJECT, "refused", "X refused the request.", 200)


def _warning(body: object, status: int) -> UpstreamError | None:
    legacy = {number(entry, "code") for entry in items(body, "errors")}
    if 326 in legacy:
        detail = "X has locked this account until its owner logs in: open X and unlock it."
        return _error(Remedy.STOP, "account_locked", detail, status)
    if _kind(body) == "user-suspended" or 64 in legacy:
        return _error(Remedy.STOP, "account_suspended", "X has suspended this account.", status)
    return None


def _documented(body: object, reply: Reply) -> UpstreamError | None:
    if not 400 <= reply.status < 500:
        return None
    known = _REFUSED_KINDS.get(_kind(body) or _kind(dig(body, "errors", 0)))
    if known is not None:
        return _error(Remedy.REJECT, *known, reply.status)
    detail = text(body, "detail") or ""
    for start, code in _REFUSED_DETAILS:
        if reply.status == 403 and detail.startswith(start):
            return _error(Remedy.REJECT, code, f"{start}.", reply.status)
    return None


def _rest(reply: Reply) -> UpstreamError:
    if not reply.effect and 400 <= reply.status < 500:
        return _error(Remedy.REJECT, "refused", "X refused the request.", reply.status)
    detail = f"X answered {reply.status} in a way that it does not document."
    return lost(reply.effect, "undocumented_answer", detail, reply.status)


def oauth_error(reply: Reply, now: datetime) -> UpstreamError:
    """The error for a refused OAuth call. A refused code or refresh token means: connect again."""
    if reply.status == 429:
        until = resume_at(reply.headers, now)
        return UpstreamError(
            Remedy.WAIT, "rate_limited", "X asks us to wait.", until=until, status=429
        )
    code = text(reply.json_or_none(), "error")
    if code == "invalid_client" or code == "unauthorized_client":
        detail = "X does not know the app: check its client id and secret."
        return _error(Remedy.REJECT, "invalid_client", detail, reply.status)
    if code is not None and 400 <= reply.status < 500:
        detail = "X refused the authorization: connect the account again."
        return _error(Remedy.REAUTHORIZE, "authorization_refused", detail, reply.status)
    detail = f"X answered {reply.status} while authorizing."
    return lost(True, "undocumented_answer", detail, reply.status)


def _kind(body: object) -> str:
    found = _PROBLEM.search(text(body, "type") or "")
    return found.group(1) if found else ""


def _error(remedy: Remedy, code: str, detail: str, status: int) -> UpstreamError:
    return UpstreamError(remedy, code, detail, status=status)


def person(user: object, web: str) -> Person | None:
    """A user object as a Person, None when it has no id or handle."""
    remote_id, handle = text(user, "id"), text(user, "username")
    if remote_id is None or handle is None:
        return None
    metrics = record(user, "public_metrics")
    return Person(
        remote_id=remote_id,
        handle=handle,
        display_name=text(user, "name"),
        bio=text(user, "description"),
        url=f"{web}/{handle}",
        followers=number(metrics, "followers_count"),
        following=number(metrics, "following_count"),
        posts=_either(metrics, "tweet_count", "post_count"),
    )


def posts(body: object, web: str) -> list[Post]:
    """The posts of a list answer, with their authors where the answer includes them."""
    users = [person(user, web) for user in items(body, "includes", "users")]
    authors = {found.remote_id: found for found in users if found is not None}
    made = (_post(entry, authors, web) for entry in items(body, "data"))
    return [post for post in made if post is not None]


def _post(entry: object, authors: Mapping[str, Person], web: str) -> Post | None:
    remote_id = text(entry, "id")
    if remote_id is None:
        return None
    author = authors.get(text(entry, "author_id") or "")
    metrics = record(entry, "public_metrics")
    return Post(
        remote_id=remote_id,
        text=text(entry, "text") or "",
        url=f"{web}/{author.handle if author else 'i'}/status/{remote_id}",
        author=author,
        created_at=instant(entry, "created_at"),
        likes=number(metrics, "like_count"),
        comments=number(metrics, "reply_count"),
        parent_id=reference(entry, "replied_to"),
    )


def reference(entry: object, kind: str) -> str | None:
    """The id of the post that `entry` replies to, quotes or reposts, by either of X's names."""
    both = items(entry, "referenced_tweets") + items(entry, "referenced_posts")
    names = {kind, "reposted"} if kind == "retweeted" else {kind}
    return next((text(ref, "id") for ref in both if text(ref, "type") in names), None)


def written_text(entry: object, is_reply: bool) -> str:
    """What the author typed: links unshortened, links to own media and reply handles taken off."""
    words = text(entry, "text") or ""
    for url in items(entry, "entities", "urls"):
        short, whole = text(url, "url"), text(url, "expanded_url")
        if short and whole:
            attached = text(url, "media_key") is not None or "/photo/" in whole
            words = words.replace(short, "" if attached else whole)
    return _LEADING_HANDLES.sub("", words) if is_reply else words


def without_handles(words: str | None) -> str:
    """A reply's text without the handles that X may put before it."""
    return _LEADING_HANDLES.sub("", words or "")


def _either(metrics: Mapping[str, object], *names: str) -> int | None:
    found = (number(metrics, name) for name in names)
    return next((value for value in found if value is not None), None)
