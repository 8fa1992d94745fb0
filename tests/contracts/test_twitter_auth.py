"""X's OAuth: what is asked, what comes back, and what a refusal means."""

import base64
from datetime import timedelta
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from socialseed.connectors.twitter.auth import App
from socialseed.connectors.types import Begin, Finish, Redirect, Renew, Revoke, Revoked, Tokens
from socialseed.core.errors import Remedy, UpstreamError
from tests.contracts.twitter_world import X, connected

BACK = "https://app.example/cb"
FINISH = Finish("the-code", "v" * 43, BACK)
GOOD = {
    "token_type": "bearer",
    "expires_in": 7200,
    "access_token": "new-access",
    "scope": "tweet.read users.read offline.access",
    "refresh_token": "new-refresh",
}


async def test_each_tier_is_asked_for_what_it_can_use():
    async with connected(X({})) as x:
        asked = {}
        for tier in (None, "self_serve", "enterprise"):
            redirect = await x.authorize(Begin("state", "v" * 43, BACK, tier))
            assert isinstance(redirect, Redirect)
            query = parse_qs(urlsplit(redirect.url).query)
            asked[tier] = set(query["scope"][0].split())
            assert query["code_challenge_method"] == ["S256"]
            assert query["redirect_uri"] == [BACK]
        assert asked[None] == asked["self_serve"] == set(x.manifest.scopes)
    assert asked["enterprise"] - asked["self_serve"] == {"like.write", "follows.write"}
    assert {"offline.access", "media.write", "tweet.write"} <= asked["self_serve"]


async def test_a_code_becomes_tokens_that_say_what_was_granted():
    world = X({"POST /2/oauth2/token": GOOD})
    async with connected(world) as x:
        tokens = await x.authorize(FINISH)
    assert isinstance(tokens, Tokens)
    assert (tokens.access_token, tokens.refresh_token) == ("new-access", "new-refresh")
    assert list(tokens.scopes) == ["tweet.read", "users.read", "offline.access"]
    assert tokens.expires_in == timedelta(hours=2)
    [request] = world.requests
    assert dict(parse_qsl(request.content.decode())) == {
        "grant_type": "authorization_code",
        "code": "the-code",
        "redirect_uri": BACK,
        "code_verifier": "v" * 43,
    }
    told = base64.b64decode(request.headers["authorization"].removeprefix("Basic "))
    assert told == b"our-app:our-secret"


async def test_a_public_client_names_itself_in_the_body():
    world = X({"POST /2/oauth2/token": GOOD})
    async with connected(world, App("our-app", "")) as x:
        await x.authorize(Renew("old", "old-refresh"))
    [request] = world.requests
    assert "authorization" not in request.headers
    assert dict(parse_qsl(request.content.decode())) == {
        "grant_type": "refresh_token",
        "refresh_token": "old-refresh",
        "client_id": "our-app",
    }


async def test_an_answer_without_a_scope_grants_what_was_asked():
    bare = {"access_token": "a", "a_new_field": 1}
    async with connected(X({"POST /token": bare})) as x:
        tokens = await x.authorize(Finish("c", "v", BACK, "enterprise"))
        assert isinstance(tokens, Tokens)
        assert "like.write" in tokens.scopes
        assert (tokens.refresh_token, tokens.expires_in) == (None, None)
        assert tokens.refresh_expires_in is None


async def test_without_a_refresh_token_the_owner_is_asked_again():
    world = X({})
    async with connected(world) as x:
        with pytest.raises(UpstreamError, match="no_refresh_token") as caught:
            await x.authorize(Renew("old", None))
    assert caught.value.remedy is Remedy.REAUTHORIZE
    assert world.requests == []


REFUSED = {
    "error": "invalid_request",
    "error_description": "Value passed for the token was invalid.",
}


@pytest.mark.parametrize("step", [FINISH, Renew("old", "old-refresh")])
@pytest.mark.parametrize(
    ("status", "body", "remedy", "code"),
    [
        (400, REFUSED, Remedy.REAUTHORIZE, "authorization_refused"),
        (400, {"error": "invalid_grant"}, Remedy.REAUTHORIZE, "authorization_refused"),
        (
            401,
            {"title": "Unauthorized", "status": 401},
            Remedy.REAUTHORIZE,
            "authorization_refused",
        ),
        (403, {"errors": [{"code": 99, "message": "no"}]}, Remedy.REAUTHORIZE, None),
        (401, {"error": "invalid_client"}, Remedy.REJECT, "invalid_client"),
        (400, {"error": "unauthorized_client"}, Remedy.REJECT, "invalid_client"),
        (429, {"title": "Too Many Requests"}, Remedy.WAIT, "rate_limited"),
        (403, {"errors": [{"code": 326, "message": "x"}]}, Remedy.STOP, "account_locked"),
        (503, {"title": "Service Unavailable"}, Remedy.RECONCILE, "undocumented_answer"),
        (200, {"token_type": "bearer"}, Remedy.RECONCILE, "no_token"),
        (200, {"error": "invalid_request"}, Remedy.REAUTHORIZE, "authorization_refused"),
    ],
)
async def test_a_refusal_of_tokens_has_its_remedy(step, status, body, remedy, code):
    async with connected(X({"POST /token": (status, body, {})})) as x:
        with pytest.raises(UpstreamError) as caught:
            await x.authorize(step)
    assert caught.value.remedy is remedy
    assert code in (None, caught.value.code)
    assert "old" not in str(caught.value)


@pytest.mark.parametrize(
    "answer", [(200, {"revoked": True}, {}), (200, {}, {}), (400, REFUSED, {})]
)
async def test_a_token_is_revoked_or_was_already(answer):
    world = X({"POST /2/oauth2/revoke": answer})
    async with connected(world) as x:
        assert isinstance(await x.authorize(Revoke("the-token")), Revoked)
    body = dict(parse_qsl(world.requests[0].content.decode()))
    assert body == {"token": "the-token", "client_id": "our-app"}


async def test_revoking_may_be_tried_again():
    async with connected(X({"POST /revoke": (503, {}, {})})) as x:
        with pytest.raises(UpstreamError) as caught:
            await x.authorize(Revoke("the-token"))
    assert caught.value.remedy is Remedy.RETRY
