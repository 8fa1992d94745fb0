"""What TikTok's error codes mean: a table per API, from code to remedy. Pure.

Decides on the code in the envelope, which comes with any HTTP status. A failed write whose code is
not documented as not performed is unknown.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from socialseed.connectors.http import Reply, lost, resume_at
from socialseed.connectors.quotas import Quota
from socialseed.connectors.reading import number, text
from socialseed.core.errors import Remedy, UpstreamError

NEXT_DAY = timedelta(hours=24)
USER_CAP = "reached_active_user_cap"
RATE_LIMITED = "rate_limited"

# Calls a minute and user token, sliding; TikTok tells them in no header (sheet: 2026-09, 2026-07).
CALLS_A_MINUTE: Mapping[str, int] = {
    "/v2/user/info/": 600,
    "/v2/video/list/": 600,
    "/v2/video/query/": 600,
    "/v2/post/publish/creator_info/query/": 20,
    "/v2/post/publish/video/init/": 6,
    "/v2/post/publish/content/init/": 6,
    "/v2/post/publish/status/fetch/": 30,
}
BUSINESS_CALLS_A_MINUTE = 40

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
_REAUTHORIZE = frozenset({"access_token_invalid", "auth_removed"})
_STOPS = {
    "spam_risk_user_banned_from_posting": "TikTok has barred this account from posting.",
    "spam_risk": "TikTok took this for spam.",
}
_NEXT_DAY = {
    "spam_risk_too_many_posts": "TikTok's posts for 24 hours are used up for this account.",
    "spam_risk_too_many_pending_share": "Too many drafts wait in the owner's TikTok inbox.",
    USER_CAP: "The app's daily quota of creators is used up.",
}
_FAILED_RETRY = frozenset({"internal", "video_pull_failed", "photo_pull_failed"})
_FAILED = {
    "publish_cancelled": "The post was cancelled on TikTok.",
    "spam_risk_text": "TikTok took the words for spam.",
}
_BUSINESS_REJECTED = {
    40001: ("no_permission", "The app or account lacks a permission for this on TikTok."),
    40002: ("invalid_request", "TikTok refused a parameter of the request."),
    40007: ("target_gone", "TikTok has no such video or comment (any more)."),
}
_BUSINESS_LIMITED = 40100
_BUSINESS_TOKEN = 40105
_OAUTH_APP = frozenset({"invalid_client", "unauthorized_client"})
_OAUTH_REQUEST = frozenset(
    {
        "invalid_request",
        "invalid_scope",
        "unsupported_grant_type",
        "unsupported_response_type",
    }
)
_OAUTH_OWNER = frozenset({"access_denied", "invalid_grant"})


def refusal(reply: Reply, now: datetime) -> UpstreamError:
    """The error for an answer of TikTok for Developers whose envelope does not say ok."""
    code = text(reply.json_or_none(), "error", "code") or ""
    known = _known(code, now, reply.status)
    if known is not None:
        return known
    if reply.status == 401:
        return _reauthorize(401)
    if reply.status == 429 or code == "rate_limit_exceeded":
        return _wait(reply, now)
    return _rest(reply)


def _known(code: str, now: datetime, status: int) -> UpstreamError | None:
    if code in _REAUTHORIZE:
        return _reauthorize(status)
    if code == "scope_not_authorized":
        detail = "The owner did not grant this on TikTok: connect the account again and allow it."
        return UpstreamError(Remedy.REAUTHORIZE, "scope_missing", detail, status=status)
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
    detail = "TikTok asks us to wait."
    return UpstreamError(Remedy.WAIT, RATE_LIMITED, detail, until=until, status=reply.status)


def _rest(reply: Reply) -> UpstreamError:
    if not reply.effect and 400 <= reply.status < 500:
        detail = "TikTok refused the request."
        return UpstreamError(Remedy.REJECT, "refused", detail, status=reply.status)
    detail = f"TikTok answered {reply.status} in a way that it does not document."
    return lost(reply.effect, "undocumented_answer", detail, reply.status)


def failed_publish(reason: str, now: datetime) -> UpstreamError:
    """The error for a post that TikTok reports as FAILED: provably not published."""
    if reason in _FAILED_RETRY:
        detail = "TikTok could not fetch or process the media."
        return UpstreamError(Remedy.RETRY, reason, detail)
    if reason.endswith("_check_failed"):
        detail = f"TikTok does not take this media ({reason.replace('_', ' ')})."
        return UpstreamError(Remedy.REJECT, "bad_media", detail)
    detail = f"TikTok did not publish it ({reason.replace('_', ' ') or 'no reason given'})."
    rejected = UpstreamError(Remedy.REJECT, reason or "failed", _FAILED.get(reason, detail))
    return _known(reason, now, 200) or rejected


def business_refusal(reply: Reply, now: datetime) -> UpstreamError:
    """The error for an answer of API for Business whose code is not 0, with HTTP 200 or not."""
    code = number(reply.json_or_none(), "code")
    if code == _BUSINESS_LIMITED or reply.status == 429:
        return _wait(reply, now)
    if code == _BUSINESS_TOKEN or reply.status == 401:
        return _reauthorize(401)
    if code in _BUSINESS_REJECTED:
        return UpstreamError(Remedy.REJECT, *_BUSINESS_REJECTED[code], status=reply.status)
    return _rest(reply)


def oauth_error(reply: Reply, now: datetime) -> UpstreamError:
    """The error for a refused call of Login Kit, told flat (or enveloped) and perhaps with 200."""
    body = reply.json_or_none()
    code = text(body, "error") or text(body, "error", "code")
    if reply.status == 429:
        return _wait(reply, now)
    if code in _OAUTH_APP:
        detail = "TikTok does not know the app: check its client key and secret."
        return UpstreamError(Remedy.REJECT, "invalid_client", detail, status=reply.status)
    if code in _OAUTH_REQUEST:
        detail = f"TikTok refused the sign-in ({code}): check the app's scopes and redirect URI."
        return UpstreamError(Remedy.REJECT, str(code), detail, status=reply.status)
    if code in _OAUTH_OWNER or (code is not None and reply.status == 401):
        return _refused(reply.status)
    detail = f"TikTok answered {reply.status} while authorizing."
    return lost(True, "undocumented_answer", detail, reply.status)


def business_oauth_error(reply: Reply, now: datetime) -> UpstreamError:
    """The error for a refused sign-in of API for Business: codes 4xxxx were looked at and refused.

    Which code stands for a used or old `auth_code` is not documented.
    """
    code = number(reply.json_or_none(), "code")
    if code == _BUSINESS_LIMITED or reply.status == 429:
        return _wait(reply, now)
    if code == 40001:
        detail = "TikTok does not know the app: check its client id and secret."
        return UpstreamError(Remedy.REJECT, "invalid_client", detail, status=reply.status)
    if code is not None and 40000 <= code < 50000:
        return _refused(reply.status)
    detail = f"TikTok answered {reply.status} while authorizing."
    return lost(True, "undocumented_answer", detail, reply.status)


def _refused(status: int) -> UpstreamError:
    detail = "TikTok refused the authorization: connect the account again."
    return UpstreamError(Remedy.REAUTHORIZE, "authorization_refused", detail, status=status)


def told_quotas(error: UpstreamError, path: str, limit: int | None, now: datetime) -> list[Quota]:
    """What a refusal tells of the endpoint: nothing remains until then. Empty for other errors."""
    if error.remedy is not Remedy.WAIT or error.until is None:
        return []
    most = limit if error.code == RATE_LIMITED else None
    whole = error.code == USER_CAP
    return [Quota(path, "app" if whole else "user", most, 0, error.until, now)]
