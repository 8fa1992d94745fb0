"""Pure translation: TikTok's JSON to our types, its error codes to a remedy.

Decides on the code in the envelope, which comes with any HTTP status. A failed write whose code is
not documented as not performed is unknown.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from socialseed.connectors.http import Reply, lost, resume_at
from socialseed.connectors.reading import dig, instant, items, number, page_url, text
from socialseed.connectors.tiktok.manifest import WEB
from socialseed.connectors.types import Person, Post
from socialseed.core.errors import Remedy, UpstreamError

NEXT_DAY = timedelta(hours=24)
_REJECTED = {
    "invalid_params": "TikTok refused a parameter of the request.",
    "invalid_param": "TikTok refused a parameter of the request.",
    "invalid_publish_id": "TikTok knows no such upload.",
    "token_not_authorized_for_specified_publish_id": "The upload belongs to another account.",
    "publish_not_cancellable": "TikTok can no longer cancel the upload.",
    "app_version_check_failed": "The owner's TikTok app is too old for this.",
    "invalid_file_upload": "TikTok does not take this file.",
    "scope_permission_missed": "The app lacks a permission for this on TikTok.",
    "unaudited_client_can_only_post_to_private_accounts": (
        "An app that TikTok has not audited posts to private accounts only."
    ),
    "privacy_level_option_mismatch": "The account does not offer this privacy level.",
    "url_ownership_unverified": "TikTok wants the media's address verified in its portal first.",
}
_REAUTHORIZE = frozenset({"access_token_invalid", "scope_not_authorized", "auth_removed"})
_STOPS = {
    "spam_risk_user_banned_from_posting": "TikTok has barred this account from posting.",
    "spam_risk": "TikTok took this for spam.",
}
_NEXT_DAY = {
    "spam_risk_too_many_posts": "TikTok's posts for 24 hours are used up for this account.",
    "spam_risk_too_many_pending_share": "Too many drafts wait in the owner's TikTok inbox.",
    "reached_active_user_cap": "The app's daily quota of creators is used up.",
}
_FAILED_RETRY = frozenset({"internal", "video_pull_failed", "photo_pull_failed"})
_BUSINESS_REJECTED = {
    40001: ("no_permission", "The app or account lacks a permission for this on TikTok."),
    40002: ("invalid_request", "TikTok refused a parameter of the request."),
    40007: ("target_gone", "TikTok has no such video or comment (any more)."),
}


def refusal(reply: Reply, now: datetime) -> UpstreamError:
    """The error for an answer whose envelope does not say ok."""
    code = text(reply.json_or_none(), "error", "code") or ""
    known = _known(code, now, reply.status)
    if known is not None:
        return known
    if reply.status == 401:
        return _reauthorize(401)
    if reply.status == 429 or code == "rate_limit_exceeded":
        return _wait(reply, now)
    return _rest(reply, code)


def _known(code: str, now: datetime, status: int) -> UpstreamError | None:
    if code in _REAUTHORIZE:
        return _reauthorize(status)
    if code in _STOPS:
        return UpstreamError(Remedy.STOP, code, _STOPS[code], status=status)
    if code in _NEXT_DAY:
        until = now + NEXT_DAY
        return UpstreamError(Remedy.WAIT, code, _NEXT_DAY[code], until=until, status=status)
    if code in _REJECTED:
        return UpstreamError(Remedy.REJECT, code, _REJECTED[code], status=status)
    return None


def _reauthorize(status: int) -> UpstreamError:
    detail = "TikTok does not take our token: connect the account again."
    return UpstreamError(Remedy.REAUTHORIZE, "token_refused", detail, status=status)


def _wait(reply: Reply, now: datetime) -> UpstreamError:
    until = resume_at(reply.headers, now)
    return UpstreamError(
        Remedy.WAIT, "rate_limited", "TikTok asks us to wait.", until=until, status=reply.status
    )


def _rest(reply: Reply, code: str) -> UpstreamError:
    if not reply.effect and 400 <= reply.status < 500:
        detail = "TikTok refused the request."
        return UpstreamError(Remedy.REJECT, "refused", detail, status=reply.status)
    detail = f"TikTok answered {reply.status} in a way that it does not document."
    return lost(reply.effect, "undocumented_answer", detail, reply.status)


def failed_publish(reason: str, now: datetime) -> UpstreamError:
    """The error for a post that TikTok reports as FAILED: provably not published."""
    if reason in _FAILED_RETRY:
        detail = "TikTok could not fetch the media in time."
        return UpstreamError(Remedy.RETRY, reason, detail)
    if reason.endswith("_check_failed"):
        detail = f"TikTok does not take this media ({reason.replace('_', ' ')})."
        return UpstreamError(Remedy.REJECT, "bad_media", detail)
    detail = f"TikTok did not publish it ({reason.replace('_', ' ') or 'no reason given'})."
    return _known(reason, now, 200) or UpstreamError(Remedy.REJECT, reason or "failed", detail)


def business_refusal(reply: Reply, now: datetime) -> UpstreamError:
    """The error for an answer of API for Business whose code is not 0."""
    code = number(reply.json_or_none(), "code")
    if code == 40100 or reply.status == 429:
        return _wait(reply, now)
    if code == 40105 or reply.status == 401:
        return _reauthorize(reply.status)
    if code in _BUSINESS_REJECTED:
        return UpstreamError(Remedy.REJECT, *_BUSINESS_REJECTED[code], status=reply.status)
    return _rest(reply, str(code))


def oauth_error(reply: Reply, now: datetime) -> UpstreamError:
    """The error for a refused OAuth call, told flat and perhaps with 200."""
    code = text(reply.json_or_none(), "error")
    if reply.status == 429:
        return _wait(reply, now)
    if code in ("invalid_client", "unauthorized_client"):
        detail = "TikTok does not know the app: check its client key and secret."
        return UpstreamError(Remedy.REJECT, "invalid_client", detail, status=reply.status)
    if code is None or code in ("server_error", "temporarily_unavailable"):
        detail = f"TikTok answered {reply.status} while authorizing."
        return lost(True, "undocumented_answer", detail, reply.status)
    detail = "TikTok refused the authorization: connect the account again."
    return UpstreamError(Remedy.REAUTHORIZE, "authorization_refused", detail, status=reply.status)


def person(user: object, web: str) -> Person | None:
    """A user object as a Person."""
    remote_id, handle = text(user, "open_id"), text(user, "username")
    if remote_id is None or handle is None:
        return None
    return Person(
        remote_id=remote_id,
        handle=handle,
        display_name=text(user, "display_name"),
        bio=text(user, "bio_description"),
        url=f"{web}/@{handle}",
        followers=number(user, "follower_count"),
        following=number(user, "following_count"),
        posts=number(user, "video_count"),
    )


def videos(body: object, web: str) -> list[Post]:
    """The account's own posts."""
    return [
        Post(
            remote_id=text(entry, "id") or "",
            text=text(entry, "title") or text(entry, "video_description") or "",
            url=page_url(dig(entry, "share_url"), WEB, web),
            author=None,
            created_at=instant(entry, "create_time"),
            likes=number(entry, "like_count"),
            comments=number(entry, "comment_count"),
        )
        for entry in items(body, "data", "videos")
    ]


def comments(body: object, web: str) -> list[Post]:
    """Comments with the replies below them."""
    return [_comment(entry, web) for entry in comment_entries(body)]


def comment_entries(body: object) -> Iterator[object]:
    """Every comment object of a page, replies after the comment they answer."""
    for entry in items(body, "data", "comments"):
        yield entry
        yield from items(entry, "reply_list")


def _comment(entry: object, web: str) -> Post:
    handle = text(entry, "username")
    author_id = text(entry, "unique_identifier") or text(entry, "user_id") or ""
    name = text(entry, "display_name")
    author = Person(author_id, handle, name, url=f"{web}/@{handle}") if handle else None
    return Post(
        remote_id=text(entry, "comment_id") or "",
        text=text(entry, "text") or "",
        url=None,
        author=author,
        created_at=instant(entry, "create_time"),
        likes=number(entry, "likes"),
        comments=number(entry, "replies"),
        parent_id=text(entry, "parent_comment_id"),
    )
