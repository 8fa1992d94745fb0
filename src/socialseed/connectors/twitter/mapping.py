"""Pure translation: X's JSON to our types, X's refusals to a remedy.

Both vocabularies are read, tweets and posts. The refusals in the tables are documented as not
performed; any other failed write is unknown.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from socialseed.connectors.http import SHORTEST_WAIT, Reply, lost, resume_at
from socialseed.connectors.reading import (
    dig,
    instant,
    items,
    number,
    record,
    same_text,
    text,
)
from socialseed.connectors.twitter.limits import exhausted_until
from socialseed.connectors.twitter.words import ADDRESS
from socialseed.connectors.types import Person, Post
from socialseed.core.errors import Remedy, UpstreamError

_LEADING_HANDLES = re.compile(r"^(?:@\w{1,15}\s+)+")
_MEDIA_LINK = re.compile(r"/(photo|video)/\d")
_SHORT = "https://t.co/"

_PROBLEM = re.compile(r"/problems/([a-z-]+)$")

# kind of problem (last part of `type`) → code, sentence. All documented as not performed.
_KINDS: Mapping[str, tuple[str, str]] = {
    "invalid-request": ("invalid_request", "X refused a parameter of the request."),
    "resource-not-found": ("target_gone", "X has no such post or person (any more)."),
    "not-authorized-for-resource": ("target_protected", "The target is protected or blocks us."),
    "client-forbidden": ("tier_lacks_it", "The app's access tier does not include this call."),
    "unsupported-authentication": ("wrong_auth", "X does not take this kind of sign-in here."),
    "disallowed-resource": ("target_disallowed", "X does not allow acting on this target."),
    "resource-unavailable": ("target_unavailable", "The target is not available."),
}
# start of `detail` of a 403 → code. All documented as not performed.
_DETAILS = (
    ("You are not allowed to create a Tweet with duplicate content", "duplicate_text"),
    ("Reply to this conversation is not allowed", "not_summoned"),
    ("Quoting this post is not allowed", "quote_not_allowed"),
    ("You are not permitted to perform this action", "not_permitted"),
)
# code of a v1-style error item → code, sentence, whatever the status. The account must stop.
_STOPS: Mapping[int, tuple[str, str]] = {
    326: ("account_locked", "X has locked this account: its owner must log in and unlock it."),
    64: ("account_suspended", "X has suspended this account."),
}
# part of a `detail` or `message` that says the same where no code does (v2 body unverified)
_STOP_WORDS = (
    ("account is temporarily locked", *_STOPS[326]),
    ("user used for authentication is suspended", *_STOPS[64]),
)
_TOO_MANY = 88  # v1-style code of a rate limit


def refusal(reply: Reply, now: datetime) -> UpstreamError:
    """The error for an answer that is not a success."""
    body = reply.json_or_none()
    return (
        _stop(body, reply.status)
        or _limited(body, reply, now)
        or _of_status(reply.status)
        or _documented(body, reply)
        or _rest(reply)
    )


def item_refusal(body: object, reply: Reply, now: datetime) -> UpstreamError | None:
    """The error told inside a 2xx that carries `errors` and no `data`; None when there is none."""
    if dig(body, "data") is not None or not items(body, "errors"):
        return None
    found = _stop(body, reply.status) or _limited(body, reply, now)
    if found is not None:
        return found
    known = _KINDS.get(_kind(body))
    if known is not None:
        return _error(Remedy.REJECT, *known, reply.status)
    if reply.effect or _kind(body) == "internal-error":
        detail = "X answered 200 with an undocumented error."
        return lost(reply.effect, "error_with_ok", detail, reply.status)
    return _error(Remedy.REJECT, "refused", "X refused the request.", reply.status)


def _stop(body: object, status: int) -> UpstreamError | None:
    told = [body, *items(body, "errors")]
    for entry in told:
        known = _STOPS.get(number(entry, "code") or 0)
        said = f"{text(entry, 'detail') or ''} {text(entry, 'message') or ''}"
        known = known or next((tuple_[1:] for tuple_ in _STOP_WORDS if tuple_[0] in said), None)
        if known is None and _problem(text(entry, "type")) == "user-suspended":
            known = _STOPS[64]
        if known is not None:
            return _error(Remedy.STOP, *known, status)
    return None


def _limited(body: object, reply: Reply, now: datetime) -> UpstreamError | None:
    kind = _kind(body)
    legacy = any(number(entry, "code") == _TOO_MANY for entry in items(body, "errors"))
    if text(body, "title") == "UsageCapExceeded" or kind == "usage-capped":
        detail = "The app's X usage cap is reached: X opens again with the next cycle."
        until = cycle_end(text(body, "period"), now)
        return UpstreamError(Remedy.WAIT, "usage_cap", detail, until=until, status=reply.status)
    if reply.status != 429 and kind != "rate-limit-exceeded" and not legacy:
        return None
    until = max(resume_at(reply.headers, now), exhausted_until(reply.headers, now) or now)
    detail = "X asks us to wait."
    return UpstreamError(Remedy.WAIT, "rate_limited", detail, until=until, status=reply.status)


def cycle_end(period: str | None, now: datetime) -> datetime:
    """When a usage cap opens: the next day or month in UTC, a minute away at least.

    X does not tell the app's own day of the month; a call that comes early is refused again.
    """
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    ends = day + timedelta(days=1)
    if (period or "").casefold() == "monthly":
        ends = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return max(ends, now + SHORTEST_WAIT)


def _of_status(status: int) -> UpstreamError | None:
    if status == 401:
        return _error(Remedy.REAUTHORIZE, "token_refused", "X does not take our token.", status)
    if status == 402:
        detail = "The app's X credits are used up: top them up."
        return _error(Remedy.REJECT, "credits_depleted", detail, status)
    return None


def _documented(body: object, reply: Reply) -> UpstreamError | None:
    if not 400 <= reply.status < 500:
        return None
    known = _KINDS.get(_kind(body))
    if known is not None:
        return _error(Remedy.REJECT, *known, reply.status)
    detail = text(body, "detail") or ""
    for start, code in _DETAILS:
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
    body = reply.json_or_none()
    found = _stop(body, reply.status) or _limited(body, reply, now)
    if found is not None:
        return found
    code = text(body, "error")
    if code in ("invalid_client", "unauthorized_client"):
        detail = "X does not know the app: check its client id and secret."
        return _error(Remedy.REJECT, "invalid_client", detail, reply.status)
    refused = code is not None or text(body, "title") == "Unauthorized" or items(body, "errors")
    if refused and reply.status < 500:
        detail = "X refused the authorization: connect the account again."
        return _error(Remedy.REAUTHORIZE, "authorization_refused", detail, reply.status)
    detail = f"X answered {reply.status} while authorizing."
    return lost(reply.effect, "undocumented_answer", detail, reply.status)


def _kind(body: object) -> str:
    return _problem(text(body, "type")) or _problem(text(body, "errors", 0, "type"))


def _problem(address: str | None) -> str:
    found = _PROBLEM.search(address or "")
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


def followers(body: object) -> dict[str, bool]:
    """Who of the users of an answer follows the account, by handle in lower case.

    X tells `connection_status` as a list; without it nothing is known of that user.
    """
    found: dict[str, bool] = {}
    for user in items(body, "data"):
        handle = text(user, "username")
        if handle is not None and isinstance(dig(user, "connection_status"), list):
            found[handle.lower()] = "followed_by" in items(user, "connection_status")
    return found


def authors(body: object, web: str) -> dict[str, Person]:
    """The people that an answer includes, by id. A user may stand in a `data` of its own."""
    told = [dig(user, "data") or user for user in items(body, "includes", "users")]
    found = [person(user, web) for user in told]
    return {one.remote_id: one for one in found if one is not None}


def posts(body: object, web: str) -> list[Post]:
    """The posts of a list answer, with their authors where the answer includes them."""
    known = authors(body, web)
    made = (post(entry, known, web) for entry in items(body, "data"))
    return [one for one in made if one is not None]


def post(entry: object, known: Mapping[str, Person], web: str) -> Post | None:
    """A post object as a Post, None when it has no id."""
    remote_id = text(entry, "id")
    if remote_id is None:
        return None
    author = known.get(text(entry, "author_id") or "")
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


def written_text(entry: object, is_reply: bool, quoted: str | None = None) -> str:
    """What the author typed: links unshortened; links to own media, the link to the post `quoted`
    and the handles before a reply taken off.
    """
    words = text(entry, "text") or ""
    for url in items(entry, "entities", "urls"):
        short, whole = text(url, "url"), text(url, "expanded_url")
        if short and whole:
            shown = text(url, "media_key") is not None or bool(_MEDIA_LINK.search(whole))
            ours = not shown and not (quoted and whole.endswith(f"/status/{quoted}"))
            words = words.replace(short, whole if ours else "")
    return without_handles(words) if is_reply else words


def without_handles(words: str | None) -> str:
    """A reply's text without the handles that X may put before it."""
    return _LEADING_HANDLES.sub("", words or "")


def says(entry: object, ours: str | None, *, is_reply: bool = False) -> bool:
    """Whether a post's text is `ours` as X tells it back.

    X shortens links and may not spell them out, gives them a scheme, and puts links to the media
    or to the quoted post at the end.
    """
    mine = _bare(without_handles(ours) if is_reply else ours or "")
    for quoted in {None, reference(entry, "quoted")}:
        theirs = _bare(written_text(entry, is_reply, quoted))
        if same_text(mine, theirs):
            return True
        blank = _blanked(mine)
        if _bare(_SHORT) in theirs and _blanked(theirs) in (blank, f"{blank} {_LINK}".strip()):
            return True
    return False


_LINK = "\N{LINK SYMBOL}"


def _bare(words: str) -> str:
    plain = re.sub(r"https?://", "", unicodedata.normalize("NFC", words))
    return re.sub(r"/(?=\s|$)", "", plain)


def _blanked(words: str) -> str:
    return ADDRESS.sub(_LINK, words).strip()


def figures(entry: object, groups: Sequence[str]) -> dict[str, int]:
    """The counts in these groups of metrics, by X's names; of one told twice the larger."""
    found: dict[str, int] = {}
    for group in groups:
        for name in record(entry, group):
            told = number(entry, group, name)
            if told is not None and not name.endswith("_str"):
                found[name] = max(told, found.get(name, 0))
    return found


def summed(body: object) -> dict[str, int]:
    """The metrics of an analytics answer, added up over its posts and stretches of time."""
    found: dict[str, int] = {}
    for entry in items(body, "data"):
        for stretch in items(entry, "timestamped_metrics"):
            for name in record(stretch, "metrics"):
                told = number(stretch, "metrics", name)
                if told is not None:
                    found[name] = found.get(name, 0) + told
    return found


def moment(at: datetime) -> str:
    """An instant as X's parameters want it: whole seconds, UTC."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _either(metrics: Mapping[str, object], *names: str) -> int | None:
    found = (number(metrics, name) for name in names)
    return next((value for value in found if value is not None), None)
