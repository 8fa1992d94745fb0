"""Every refusal that X documents, and what we make of it: of a write and of a read."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from socialseed.connectors.types import Me
from socialseed.core.errors import Remedy, UpstreamError
from tests.contracts.connector import NOW
from tests.contracts.twitter_world import GRANT, PROBLEMS, X, connected, order


def told(status: int, title: str, detail: str, kind: str = "about:blank", **more: Any) -> Any:
    kind = kind if kind.startswith("about") else PROBLEMS + kind
    return status, {"title": title, "detail": detail, "type": kind, "status": status, **more}


def item(kind: str, title: str = "Error", detail: str = "") -> Any:
    return {"errors": [{"type": PROBLEMS + kind, "title": title, "detail": detail}]}


LOCKED = (
    "To protect our users from spam and other malicious activity, this account is temporarily"
    " locked. Please log in to https://twitter.com to unlock your account."
)
NOT_SUMMONED = (
    "Reply to this conversation is not allowed because you have not been mentioned or otherwise"
    " engaged by the author of the post you are replying to."
)
INVALID = {
    "errors": [{"parameters": {"query": [""]}, "message": "..."}],
    "title": "Invalid Request",
    "detail": "One or more parameters to your request was invalid.",
    "type": f"{PROBLEMS}invalid-request",
}
# (status, body), remedy of a write, remedy of a read, code of a write
ROWS = [
    (told(401, "Unauthorized", "Unauthorized"), "reauthorize", "reauthorize", "token_refused"),
    (
        told(403, "Unsupported Authentication", "...", "unsupported-authentication"),
        "reject",
        "reject",
        "wrong_auth",
    ),
    (told(429, "Too Many Requests", "Too Many Requests"), "wait", "wait", "rate_limited"),
    ((429, {"errors": [{"code": 88, "message": "Rate limit exceeded"}]}), "wait", "wait", None),
    (told(429, "Too Many", "...", "rate-limit-exceeded"), "wait", "wait", "rate_limited"),
    (
        told(
            429,
            "UsageCapExceeded",
            "Usage cap exceeded: Monthly product cap",
            "usage-capped",
            period="Monthly",
            scope="Product",
        ),
        "wait",
        "wait",
        "usage_cap",
    ),
    (
        told(402, "CreditsDepleted", "... does not have any credits ...", "credits", account_id=1),
        "reject",
        "reject",
        "credits_depleted",
    ),
    ((402, {"detail": "pay"}), "reject", "reject", "credits_depleted"),
    (
        told(403, "Forbidden", "You are not allowed to create a Tweet with duplicate content."),
        "reject",
        "reject",
        "duplicate_text",
    ),
    (told(403, "Forbidden", NOT_SUMMONED), "reject", "reject", "not_summoned"),
    (
        told(403, "Forbidden", "Quoting this post is not allowed because you have not been ..."),
        "reject",
        "reject",
        "quote_not_allowed",
    ),
    (
        told(403, "Forbidden", "You are not permitted to perform this action."),
        "reject",
        "reject",
        "not_permitted",
    ),
    (
        told(403, "Client Forbidden", "...", "client-forbidden", reason="client-not-enrolled"),
        "reject",
        "reject",
        "tier_lacks_it",
    ),
    (
        told(
            403,
            "Forbidden",
            "The user used for authentication is suspended",
            "user-suspended",
        ),
        "stop",
        "stop",
        "account_suspended",
    ),
    (
        (403, {"detail": "The user used for authentication is suspended"}),
        "stop",
        "stop",
        "account_suspended",
    ),
    (
        (403, {"errors": [{"code": 64, "message": "Your account is suspended"}]}),
        "stop",
        "stop",
        "account_suspended",
    ),
    ((403, {"errors": [{"code": 326, "message": LOCKED}]}), "stop", "stop", "account_locked"),
    ((401, {"errors": [{"code": 326, "message": LOCKED}]}), "stop", "stop", "account_locked"),
    ((200, {"errors": [{"code": 326, "message": LOCKED}]}), "stop", "stop", "account_locked"),
    (told(403, "Forbidden", LOCKED), "stop", "stop", "account_locked"),
    ((400, INVALID), "reject", "reject", "invalid_request"),
    ((200, item("resource-not-found", "Not Found Error")), "reject", "reject", "target_gone"),
    ((404, item("resource-not-found", "Not Found Error")), "reject", "reject", "target_gone"),
    (
        (200, item("not-authorized-for-resource", "Authorization Error")),
        "reject",
        "reject",
        "target_protected",
    ),
    ((403, item("disallowed-resource")), "reject", "reject", "target_disallowed"),
    ((200, item("resource-unavailable")), "reject", "reject", "target_unavailable"),
    ((200, item("rate-limit-exceeded")), "wait", "wait", "rate_limited"),
    ((200, item("internal-error")), "reconcile", "retry", "error_with_ok"),
    ((200, item("field-hydration-failure")), "reconcile", "reject", "error_with_ok"),
    (told(500, "Internal Server Error", "..."), "reconcile", "retry", "undocumented_answer"),
    (told(502, "Bad Gateway", "..."), "reconcile", "retry", "undocumented_answer"),
    (told(503, "Service Unavailable", "..."), "reconcile", "retry", "undocumented_answer"),
    (told(504, "Gateway Time-out", "..."), "reconcile", "retry", "undocumented_answer"),
    (told(404, "Not Found", "Not Found"), "reconcile", "reject", "undocumented_answer"),
    (told(403, "Forbidden", "Something new."), "reconcile", "reject", "undocumented_answer"),
    ((409, "a text"), "reconcile", "reject", "undocumented_answer"),
    ((403, None), "reconcile", "reject", "undocumented_answer"),
]


@pytest.mark.parametrize(("answer", "write", "read", "code"), ROWS)
async def test_a_documented_refusal_has_its_remedy(answer, write, read, code):
    world = X({"POST /2/tweets": (*answer, {}), "GET /2/users/me": (*answer, {})})
    async with connected(world) as x:
        with pytest.raises(UpstreamError) as written:
            await x.perform(order("publish_text", text="Launch day"), GRANT)
        with pytest.raises(UpstreamError) as asked:
            await x.read(Me(), GRANT)
    assert written.value.remedy is Remedy(write)
    assert asked.value.remedy is Remedy(read)
    assert code in (None, written.value.code)
    assert written.value.detail.endswith(".")


def seconds(at: datetime) -> str:
    return str(int(at.timestamp()))


def day_window(left: int, at: datetime) -> dict[str, str]:
    prefix = "x-user-limit-24hour"
    return {
        f"{prefix}-limit": "100",
        f"{prefix}-remaining": str(left),
        f"{prefix}-reset": seconds(at),
    }


QUARTER = NOW + timedelta(minutes=13)
EVENING = NOW + timedelta(hours=9)


@pytest.mark.parametrize(
    ("headers", "until"),
    [
        ({"x-rate-limit-reset": seconds(QUARTER)}, QUARTER),
        ({"x-rate-limit-reset": seconds(QUARTER), **day_window(0, EVENING)}, EVENING),
        ({"x-rate-limit-reset": seconds(QUARTER), **day_window(5, EVENING)}, QUARTER),
        (day_window(0, NOW + timedelta(days=400)), NOW + timedelta(minutes=1)),
        ({"x-rate-limit-reset": seconds(NOW)}, NOW + timedelta(minutes=1)),
        ({}, NOW + timedelta(minutes=1)),
    ],
)
async def test_a_limit_ends_with_the_window_that_is_used_up(headers, until):
    world = X({"POST /2/tweets": (*told(429, "Too Many Requests", "Too Many Requests"), headers)})
    async with connected(world) as x:
        with pytest.raises(UpstreamError) as caught:
            await x.perform(order("publish_text", text="Launch day"), GRANT)
    assert caught.value.until == until


@pytest.mark.parametrize(
    ("period", "until"),
    [
        ("Monthly", datetime(2026, 4, 1, tzinfo=UTC)),
        ("Daily", datetime(2026, 3, 2, tzinfo=UTC)),
        (None, datetime(2026, 3, 2, tzinfo=UTC)),
    ],
)
async def test_a_usage_cap_ends_with_its_cycle(period, until):
    body = {"title": "UsageCapExceeded", "period": period, "type": f"{PROBLEMS}usage-capped"}
    async with connected(X({"GET /me": (429, body, {})})) as x:
        with pytest.raises(UpstreamError) as caught:
            await x.read(Me(), GRANT)
    assert (caught.value.code, caught.value.until) == ("usage_cap", until)


KINDS = {
    "publish_text": ("tweet.write", {"text": "a"}),
    "publish_image": ("media.write", {"text": "a", "media_url": "https://93.184.216.34/a.jpg"}),
    "publish_video": ("media.write", {"text": "a", "media_url": "https://93.184.216.34/a.mp4"}),
    "reply": ("tweet.write", {"text": "a", "post_id": "1"}),
    "like": ("like.write", {"post_id": "1"}),
    "unfollow": ("follows.write", {"target_id": "2"}),
    "delete": ("tweet.write", {"post_id": "1"}),
}


@pytest.mark.parametrize("kind", KINDS)
async def test_an_action_that_the_owner_did_not_grant_is_not_tried(kind):
    missing, about = KINDS[kind]
    granted = {"tweet.read", "users.read", "tweet.write", "media.write", "like.write",
               "follows.write"} - {missing}  # fmt: skip
    world = X({})
    async with connected(world) as x:
        with pytest.raises(UpstreamError, match=missing) as caught:
            await x.perform(order(kind, **about), replace(GRANT, scopes=tuple(granted)))
    assert (caught.value.remedy, caught.value.code) == (Remedy.REJECT, "scope_missing")
    assert world.requests == []


async def test_looking_back_needs_its_own_permission():
    world = X({})
    grant = replace(GRANT, scopes=("tweet.read", "users.read", "like.write"))
    async with connected(world) as x:
        with pytest.raises(UpstreamError, match=r"like\.read"):
            await x.find(order("like", post_id="1"), grant)
    assert world.requests == []


@pytest.mark.parametrize(
    ("kind", "about", "code"),
    [
        ("publish_text", {"text": "x" * 281}, "text_too_long"),
        ("publish_text", {"text": "漢" * 141}, "text_too_long"),
        ("reply", {"text": "👍🏽" * 141, "post_id": "1"}, "text_too_long"),
        ("quote", {"text": "x" * 281, "post_id": "1"}, "text_too_long"),
        ("publish_image", {"text": "x" * 281, "media_url": "https://a.example/b"}, "text_too_long"),
        ("publish_text", {"text": "  "}, "text_missing"),
        ("publish_text", {}, "text_missing"),
        ("reply", {"text": "hi", "post_id": "../1"}, "bad_target"),
        ("quote", {"text": "hi"}, "bad_target"),
        ("like", {}, "bad_target"),
    ],
)
async def test_what_x_would_not_take_is_refused_before_any_call(kind, about, code):
    world = X({})
    async with connected(world) as x:
        with pytest.raises(UpstreamError) as caught:
            await x.perform(order(kind, **about), GRANT)
    assert (caught.value.remedy, caught.value.code) == (Remedy.REJECT, code)
    assert world.requests == []


async def test_one_cashtag_a_post_is_for_self_serve():
    world = X({"POST /2/tweets": (201, {"data": {"id": "5"}}, {})})
    text = "Compare $TSLA and $BRK.B, not US$5 or $10"
    async with connected(world) as x:
        with pytest.raises(UpstreamError, match="too_many_cashtags"):
            await x.perform(order("publish_text", text=text), replace(GRANT, tier="self_serve"))
        assert world.requests == []
        await x.perform(order("publish_text", text=text), GRANT)
        once = order("publish_text", text="$TSLA costs $10")
        await x.perform(once, replace(GRANT, tier="self_serve"))
    assert len(world.requests) == 2
