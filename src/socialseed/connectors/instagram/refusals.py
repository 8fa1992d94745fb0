"""Instagram's error codes as a table of remedies. Pure.

Decides on `code` and `error_subcode`, never on the HTTP status alone. A failed write whose code is
not documented as not performed is unknown. Source: error codes and rate-limiting pages, 2026-09.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from socialseed.connectors.http import Reply, lost, resume_at
from socialseed.connectors.instagram.usage import regain_minutes
from socialseed.connectors.reading import dig, number, record, text
from socialseed.core.errors import Remedy, UpstreamError

UNTOLD_WAIT: Final = timedelta(hours=1)  # calls made while throttled extend the block
LONGEST_WAIT: Final = timedelta(hours=24)
HOUR: Final = 60  # minutes
_SUBCODE = re.compile(r"\b22\d{5}\b")


@dataclass(frozen=True, slots=True)
class Row:
    """One documented error. RECONCILE: unknown after an effect, else RETRY.

    `minutes` is how long to WAIT; None means that the headers tell.
    """

    remedy: Remedy
    code: str
    detail: str
    minutes: int | None = None


def _throttled(detail: str) -> Row:
    return Row(Remedy.WAIT, "rate_limited", detail)


def _lost_token(detail: str) -> Row:
    return Row(Remedy.REAUTHORIZE, "token_refused", f"{detail}: connect the account again.")


def _bad_media(detail: str) -> Row:
    return Row(Remedy.REJECT, "bad_media", detail)


def _no_permission(detail: str) -> Row:
    return Row(Remedy.REJECT, "no_permission", detail)


_SERVER = Row(Remedy.RECONCILE, "server_error", "Instagram failed on its side.")
_SLOW = Row(Remedy.RECONCILE, "media_slow", "Instagram could not load the media in time.")
_CONTAINER = Row(
    Remedy.RETRY, "container_gone", "Instagram dropped the prepared post: prepare it again."
)
_GONE = Row(
    Remedy.REJECT, "target_gone", "Instagram has no such object, or does not show it to us."
)
_NOBODY = Row(
    Remedy.REJECT, "target_gone", "Instagram knows no such person, or not a professional account."
)
_SPAM = Row(Remedy.STOP, "spam_block", "Instagram blocked this activity to protect its community.")
_RESTRICTED = Row(
    Remedy.STOP, "account_restricted", "Instagram has restricted this account: open Instagram."
)
_CAP = Row(Remedy.WAIT, "publish_cap", "Instagram's posts for 24 hours are used up.", 24 * HOUR)
_NOT_READY = Row(Remedy.WAIT, "not_ready", "Instagram still prepares the media.", 1)
_TAGS = Row(Remedy.WAIT, "hashtag_limit", "30 hashtags in 7 days are searched already.", 24 * HOUR)
_TABLE: Final[Mapping[tuple[int, int | None], Row]] = {
    (190, 463): _lost_token("Instagram's token has expired"),
    (190, 460): _lost_token("The owner's password was changed"),
    (190, 458): _lost_token("The owner removed the app"),
    (190, 459): Row(Remedy.STOP, "checkpoint", "Instagram asks the owner to log in and confirm."),
    (190, None): _lost_token("Instagram's token no longer works"),
    (102, None): _lost_token("Instagram's session has ended"),
    (104, None): _lost_token("Instagram asks for a token"),
    (4, 2207051): _SPAM,
    (368, None): Row(Remedy.STOP, "policy_block", "Meta blocked this for a breach of its rules."),
    (25, 2207050): _RESTRICTED,
    (25, None): _RESTRICTED,
    (4, None): _throttled("The app's calls to Instagram are used up."),
    (17, None): _throttled("The owner's calls to Instagram are used up."),
    (32, None): _throttled("The page's calls to Instagram are used up."),
    (613, None): _throttled("Instagram asks us to wait."),
    (80002, None): _throttled("The account's calls to Instagram are used up."),
    (18, 2207034): _TAGS,
    (18, None): _TAGS,
    (9, 2207042): _CAP,
    (9, None): _CAP,
    (9007, 2207027): _NOT_READY,
    (9007, None): _NOT_READY,
    (24, 2207006): _CONTAINER,
    (24, 2207008): _CONTAINER,
    (24, None): _CONTAINER,
    (10, None): _no_permission("The app lacks a permission for this on Instagram."),
    (3, None): _no_permission("The app may not make this call on Instagram."),
    (100, 33): _GONE,
    (110, 2207013): _NOBODY,
    (110, None): _NOBODY,
    (-2, 2207003): _SLOW,
    (-2, 2207020): _SLOW,
    (-1, 2207001): _SERVER,
    (-1, 2207032): _SERVER,
    (-1, 2207053): _SERVER,
    (-1, None): _SERVER,
    (-2, None): _SERVER,
    (1, None): _SERVER,
    (2, None): _SERVER,
    (9004, 2207052): _bad_media("Instagram could not fetch the media from its address."),
    (9004, None): _bad_media("Instagram could not fetch the media from its address."),
    (36000, 2207004): _bad_media("The picture is too large for Instagram."),
    (36000, None): _bad_media("The picture is too large for Instagram."),
    (36001, 2207005): _bad_media("Instagram takes JPEG pictures only."),
    (36001, None): _bad_media("Instagram takes JPEG pictures only."),
    (36003, 2207009): _bad_media("The picture's ratio must be between 4:5 and 1.91:1."),
    (36003, None): _bad_media("The picture's ratio must be between 4:5 and 1.91:1."),
    (36004, 2207010): Row(Remedy.REJECT, "text_too_long", "The caption is too long."),
    (36004, None): Row(Remedy.REJECT, "text_too_long", "The caption is too long."),
    (100, 2207028): _bad_media("A carousel has 2 to 10 pictures or videos."),
    (100, 2207040): Row(Remedy.REJECT, "too_many_tags", "The caption has too many tags."),
    (352, 2207026): _bad_media("Instagram does not take this video format."),
    (352, None): _bad_media("Instagram does not take this video format."),
    (1, 2207057): _bad_media("The cover's instant lies outside of the video."),
    (100, None): Row(
        Remedy.REJECT, "invalid_request", "Instagram refused a parameter of the request."
    ),
}
# Subcodes of Instagram itself mean the same under any code; a container's status tells only them.
_BY_SUBCODE: Final[Mapping[int, Row]] = {
    sub: row for (_, sub), row in _TABLE.items() if sub is not None and sub > 2_200_000
}
_FEW_VIEWERS = Row(
    Remedy.REJECT, "not_enough_viewers", "Too few people saw it for Instagram to tell figures."
)


def refusal(reply: Reply, now: datetime) -> UpstreamError:
    """The error for an answer that is not a success."""
    body = reply.json_or_none()
    error = record(body, "error")
    row = _row(number(error, "code"), number(error, "error_subcode"), text(error, "message") or "")
    if row is not None:
        return made(row, reply, now)
    if reply.status == 401:
        return UpstreamError(
            Remedy.REAUTHORIZE, "token_refused", "Instagram refused our token.", status=401
        )
    if reply.status == 429:
        return made(_throttled("Instagram asks us to wait."), reply, now)
    if error.get("is_transient") is True or reply.status >= 500:
        return made(_SERVER, reply, now)
    if reply.effect:
        detail = f"Instagram answered {reply.status} in a way that it does not document."
        return lost(True, "undocumented_answer", detail, reply.status)
    detail = "Instagram refused the request."
    return UpstreamError(Remedy.REJECT, "refused", detail, status=reply.status)


def _row(code: int | None, sub: int | None, message: str) -> Row | None:
    if code is None:
        return None
    if code == 10 and "not enough viewers" in message.lower():
        return _FEW_VIEWERS
    row = _TABLE.get((code, sub)) or _BY_SUBCODE.get(sub or 0) or _TABLE.get((code, None))
    if row is None and 200 <= code <= 299:
        return _TABLE[10, None]
    return row


def made(row: Row, reply: Reply, now: datetime) -> UpstreamError:
    """The error of a row: with the instant to come again, and unknown if it may have been done."""
    if row.remedy is Remedy.RECONCILE:
        return lost(reply.effect, row.code, row.detail, reply.status)
    until = None
    if row.remedy is Remedy.WAIT:
        until = _told(reply, now) if row.minutes is None else now + timedelta(minutes=row.minutes)
    return UpstreamError(row.remedy, row.code, row.detail, until=until, status=reply.status)


def _told(reply: Reply, now: datetime) -> datetime:
    minutes = regain_minutes(reply.headers)
    if minutes:
        return now + min(timedelta(minutes=minutes), LONGEST_WAIT)
    if "retry-after" in reply.headers:
        return resume_at(reply.headers, now)
    return now + UNTOLD_WAIT


def failed_container(status: str, now: datetime) -> UpstreamError:
    """The error for a container that failed, from the subcode in its `status`. Nobody saw it."""
    found = _SUBCODE.search(status)
    row = _BY_SUBCODE.get(int(found.group())) if found else None
    if row is None:
        detail = "Instagram could not prepare the media; check its format and address."
        return UpstreamError(Remedy.REJECT, "bad_media", detail)
    remedy = Remedy.RETRY if row.remedy is Remedy.RECONCILE else row.remedy
    until = now + timedelta(minutes=row.minutes or HOUR) if remedy is Remedy.WAIT else None
    return UpstreamError(remedy, row.code, row.detail, until=until)


def upload_refusal(reply: Reply, now: datetime) -> UpstreamError:
    """The error for bytes that `rupload` did not take. Nothing is visible of them."""
    body = reply.json_or_none()
    told = record(body, "debug_info")
    if not told or dig(body, "error") is not None:
        return refusal(reply, now)
    detail = "Instagram could not take the video's bytes."
    if "auth" in (text(told, "type") or "").lower():
        return UpstreamError(Remedy.REAUTHORIZE, "token_refused", detail, status=reply.status)
    again = told.get("retriable") is True or reply.status >= 500
    remedy, code = (Remedy.RETRY, "upload_broken") if again else (Remedy.REJECT, "bad_media")
    return UpstreamError(remedy, code, detail, status=reply.status)
