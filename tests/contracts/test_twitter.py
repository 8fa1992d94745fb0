"""X keeps the contract."""

import itertools
from dataclasses import replace
from typing import Any

import pytest

from socialseed.connectors.types import Order, Search
from socialseed.core.clock import SystemClock
from socialseed.core.errors import Remedy, UpstreamError
from tests.contracts.connector import FILM, NOW, PICTURE, Answers, Sandboxed

_keys = itertools.count(1)
_PROBLEMS = "https://api.twitter.com/2/problems/"
_MEDIA = "https://93.184.216.34/picture.jpg"
_FILM = "https://93.184.216.34/film.mp4"


def order(kind: str, **more: str) -> Order:
    return Order(f"key-{next(_keys)}", kind, since=NOW, **more)  # type: ignore[arg-type]


def forbidden(detail: str) -> dict[str, object]:
    return {"title": "Forbidden", "detail": detail, "type": "about:blank", "status": 403}


class TestAnswers(Answers):
    platform = "twitter"
    tier = "enterprise"
    effect = (
        r"POST .*/2/tweets$|DELETE .*/2/tweets/\d+$"
        r"|(POST|DELETE) .*/2/users/\d+/(likes|retweets|following)"
    )
    orders = {
        "publish_text": order("publish_text", text="Launch day"),
        "publish_image": order("publish_image", text="Look", media_url=_MEDIA, alt_text="A cup"),
        "publish_video": order("publish_video", text="Watch", media_url=_FILM),
        "reply": order("reply", text="Thanks!", post_id="11"),
        "comment": order("comment", text="Thanks!", post_id="11"),
        "quote": order("quote", text="This.", post_id="11"),
        "repost": order("repost", post_id="11"),
        "like": order("like", post_id="11"),
        "unlike": order("unlike", post_id="11"),
        "follow": order("follow", target_handle="ceramics"),
        "unfollow": order("unfollow", target_handle="ceramics", target_id="22"),
        "delete": order("delete", post_id="11"),
    }
    recordings = (
        ("GET", "/picture.jpg$", 200, PICTURE),
        ("GET", "/film.mp4$", 200, FILM),
        ("POST", "/2/media/upload$", 200, {"data": {"id": "33", "media_key": "3_33"}}),
        ("POST", "/2/media/upload/initialize$", 200, {"data": {"id": "44"}}),
        ("POST", "/2/media/upload/44/append$", 200, {"data": {"expires_at": 1760000000}}),
        ("POST", "/2/media/upload/44/finalize$", 200, {"data": {"id": "44"}}),
        ("POST", "/2/media/metadata$", 200, {"data": {"id": "33"}}),
        ("GET", "/2/users/by/username/", 200, {"data": {"id": "22", "username": "ceramics"}}),
        ("POST", "/2/tweets$", 201, {"data": {"id": "1445880548472328192", "text": "x"}}),
        ("DELETE", "/2/tweets/", 200, {"data": {"deleted": True}}),
        ("POST", "/likes$", 200, {"data": {"liked": True}}),
        ("DELETE", "/likes/", 200, {"data": {"liked": False}}),
        ("POST", "/retweets$", 200, {"data": {"rest_id": "11", "retweeted": True}}),
        ("POST", "/following$", 200, {"data": {"following": True, "pending_follow": False}}),
        ("DELETE", "/following/", 200, {"data": {"following": False}}),
    )
    unauthorized = (
        401,
        {"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"},
        Remedy.REAUTHORIZE,
        "token_refused",
    )
    limited = (
        429,
        {"title": "Too Many Requests", "detail": "Too Many Requests", "status": 429},
        Remedy.WAIT,
        "rate_limited",
    )
    refusals = (
        (
            403,
            forbidden("You are not allowed to create a Tweet with duplicate content."),
            Remedy.REJECT,
            "duplicate_text",
        ),
        (
            403,
            forbidden(
                "Reply to this conversation is not allowed because you have not been mentioned or"
                " otherwise engaged by the author of the post you are replying to."
            ),
            Remedy.REJECT,
            "not_summoned",
        ),
        (
            403,
            forbidden("Quoting this post is not allowed because you have not been mentioned"),
            Remedy.REJECT,
            "quote_not_allowed",
        ),
        (
            403,
            forbidden("You are not permitted to perform this action."),
            Remedy.REJECT,
            "not_permitted",
        ),
        (
            403,
            {"title": "Client Forbidden", "type": f"{_PROBLEMS}client-forbidden"},
            Remedy.REJECT,
            "tier_lacks_it",
        ),
        (
            403,
            {"title": "Forbidden", "type": f"{_PROBLEMS}user-suspended", "status": 403},
            Remedy.STOP,
            "account_suspended",
        ),
        (
            403,
            {"errors": [{"code": 326, "message": "this account is temporarily locked."}]},
            Remedy.STOP,
            "account_locked",
        ),
        (402, {"title": "CreditsDepleted"}, Remedy.REJECT, "credits_depleted"),
        (429, {"title": "UsageCapExceeded", "status": 429}, Remedy.WAIT, "usage_cap"),
        (400, {"type": f"{_PROBLEMS}invalid-request"}, Remedy.REJECT, "invalid_request"),
        (403, forbidden("Something nobody has seen."), Remedy.RECONCILE, "undocumented_answer"),
        (
            200,
            {"errors": [{"type": f"{_PROBLEMS}resource-not-found"}]},
            Remedy.REJECT,
            "target_gone",
        ),
        (200, {"errors": [{"type": "about:blank"}]}, Remedy.RECONCILE, "error_with_ok"),
    )

    async def test_a_self_serve_app_is_refused_before_any_call(self, connector, world):
        grant = replace(self.grant, tier="self_serve")
        for kind in ("like", "unlike", "follow", "unfollow", "quote"):
            with pytest.raises(UpstreamError, match="tier_lacks_it"):
                await connector.perform(self.orders[kind], grant)
        assert world.requests == []

    async def test_more_pages_than_one_look_allows_prove_nothing(self, connector, world):
        body = {"data": [{"id": "1", "text": "other"}], "meta": {"next_token": "more"}}
        world.recordings = (("GET", "/tweets$", 200, body),)
        with pytest.raises(UpstreamError, match="not_proven"):
            await connector.find(order("publish_text", text="ours"), self.grant)


class TestSandboxed(Sandboxed):
    platform = "twitter"
    sandbox_tier = "enterprise"
    verified = (
        "publish_text",
        "publish_image",
        "publish_video",
        "reply",
        "repost",
        "like",
        "follow",
        "quote",
    )

    async def order(self, live, acting, picture, kind):
        n = next(_keys)
        about: dict[str, Any] = {"text": f"Kiln notes number {n}"}
        if kind in ("reply", "repost", "like", "follow", "quote"):
            found = await live.read(Search("coffee", 100), acting)
            post = found[n % len(found)]
            about |= {"post_id": post.remote_id, "target_handle": post.author.handle}
        if kind == "publish_image":
            about["media_url"] = picture
        if kind == "publish_video":
            about["media_url"] = picture.replace("picture.jpg", "film.mp4")
        return Order(f"x-{n}", kind, since=SystemClock().now(), **about)

    def verb(self, kind):
        return "publish_text" if kind == "quote" else kind
