"""Signing in with Instagram and with Facebook: both bodies, true scopes, pages, renewal."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from socialseed.connectors.types import Begin, Comments, Finish, Me, Order, Renew, Revoke
from socialseed.core.errors import Remedy, UpstreamError
from tests.contracts.connector import NOW
from tests.contracts.instagram import INSTAGRAM_SCOPES, ME, Meta, grant_of, graph, speaking_to

LONG = {"access_token": "long", "token_type": "bearer", "expires_in": 5183944}
SHORT = {
    "access_token": "short",
    "user_id": ME,
    "permissions": "instagram_business_basic,instagram_business_manage_comments",
}
CALLBACK = "https://example.com/back"


def page(number: int, handle: str) -> dict[str, object]:
    return {
        "id": f"10{number}",
        "access_token": f"page-{number}",
        "instagram_business_account": {"id": f"1784{number}", "username": handle},
    }


def facebook(**more: object) -> Meta:
    granted = [
        {"permission": "instagram_basic", "status": "granted"},
        {"permission": "instagram_content_publish", "status": "declined"},
        {"permission": "pages_show_list", "status": "granted"},
    ]
    return Meta(
        {
            "GET .*/oauth/access_token$": LONG,
            "GET .*/me/accounts$": {"data": [page(1, "other"), page(2, "Mara_K")]},
            "GET .*/me/permissions$": {"data": granted},
            "POST .*/subscribed_apps$": {"success": True},
            **more,
        }
    )


@pytest.mark.parametrize("body", [{"data": [SHORT]}, SHORT, SHORT | {"user_id": int(ME)}])
async def test_either_form_of_the_short_token_becomes_a_long_one(body):
    meta = Meta(
        {
            "POST /api.instagram.com/oauth/access_token$": body,
            "GET /graph.instagram.com/access_token$": LONG,
            "POST .*/subscribed_apps$": {"success": True},
        }
    )
    async with speaking_to(meta) as connector:
        tokens = await connector.authorize(Finish("code#_", "v", CALLBACK, "instagram_login"))
    assert tokens.access_token == "long"
    assert tokens.remote_id == ME
    assert tuple(tokens.scopes) == (INSTAGRAM_SCOPES[0], INSTAGRAM_SCOPES[2])
    assert tokens.expires_in == timedelta(seconds=5183944)
    assert parse_qs(meta.requests[0].content.decode())["code"] == ["code"]
    exchange = meta.asked("GET")[0].url.params
    assert exchange["grant_type"] == "ig_exchange_token"
    subscribed = meta.asked("subscribed_apps")[0]
    assert subscribed.url.path == f"/graph.instagram.com/v25.0/{ME}/subscribed_apps"
    assert subscribed.content == b"subscribed_fields=comments"


async def test_a_used_code_asks_for_the_owner():
    flat = {"error_type": "OAuthException", "code": 400, "error_message": "Matching code was not"}
    for status in (400, 200):
        meta = Meta({"POST .*/oauth/access_token$": _response(status, flat)})
        async with speaking_to(meta) as connector:
            with pytest.raises(UpstreamError) as caught:
                await connector.authorize(Finish("used", "v", CALLBACK))
        assert caught.value.remedy is Remedy.REAUTHORIZE
        assert caught.value.code == "authorization_refused"
        assert len(meta.requests) == 1


async def test_notices_that_are_refused_do_not_keep_from_connecting():
    meta = facebook(**{"POST .*/subscribed_apps$": graph(200)})
    async with speaking_to(meta) as connector:
        tokens = await connector.authorize(Finish("c", "v", CALLBACK, "facebook_login"))
    assert tokens.access_token == "long"


async def test_facebook_connects_the_page_of_the_named_account():
    meta = facebook()
    async with speaking_to(meta) as connector:
        tokens = await connector.authorize(
            Finish("c", "v", CALLBACK, "facebook_login", account="mara_k")
        )
    assert tokens.remote_id == "17842"
    assert tuple(tokens.scopes) == ("instagram_basic", "pages_show_list")
    code, exchange = meta.asked("oauth/access_token")
    assert code.url.params["code"] == "c"
    assert exchange.url.params["grant_type"] == "fb_exchange_token"
    subscribed = meta.asked("subscribed_apps")[0]
    assert subscribed.url.path.endswith("/102/subscribed_apps")
    assert subscribed.headers["authorization"] == "Bearer page-2"


async def test_facebook_without_a_name_connects_the_first_page_that_has_an_account():
    meta = facebook(**{"GET .*/me/accounts$": {"data": [{"id": "9"}, page(3, "other")]}})
    async with speaking_to(meta) as connector:
        tokens = await connector.authorize(Finish("c", "v", CALLBACK, "facebook_login"))
        assert tokens.remote_id == "17843"
        assert tokens.refresh_token is None


async def test_a_long_token_that_tells_no_end_is_renewed_in_time_all_the_same():
    meta = facebook(**{"GET .*/oauth/access_token$": {"access_token": "long"}})
    async with speaking_to(meta) as connector:
        tokens = await connector.authorize(Finish("c", "v", CALLBACK, "facebook_login"))
    assert tokens.expires_in == timedelta(days=60)


async def test_a_refused_code_of_facebook_asks_for_the_owner():
    meta = facebook(**{"GET .*/oauth/access_token$": graph(100, 36009)})
    async with speaking_to(meta) as connector:
        with pytest.raises(UpstreamError, match="authorization_refused"):
            await connector.authorize(Finish("used", "v", CALLBACK, "facebook_login"))


async def test_a_token_renews_itself_and_a_young_one_stays_good():
    meta = Meta({"GET /graph.instagram.com/refresh_access_token$": LONG})
    async with speaking_to(meta) as connector:
        tokens = await connector.authorize(Renew("old", None, "instagram_login"))
        assert tokens.access_token == "long"
        assert meta.requests[0].url.params["grant_type"] == "ig_refresh_token"
        meta.answers = {"GET": graph(10, message="too young")}
        with pytest.raises(UpstreamError) as caught:
            await connector.authorize(Renew("old", None, "instagram_login"))
        assert (caught.value.remedy, caught.value.code) == (Remedy.WAIT, "too_young")
        assert caught.value.until == NOW + timedelta(hours=24)
        meta.answers = {"GET": graph(190, 463)}
        with pytest.raises(UpstreamError) as caught:
            await connector.authorize(Renew("old", None, "instagram_login"))
        assert caught.value.remedy is Remedy.REAUTHORIZE


async def test_facebook_renews_and_revokes_with_the_owners_token():
    meta = facebook(**{"DELETE .*/me/permissions$": {"success": True}})
    async with speaking_to(meta) as connector:
        tokens = await connector.authorize(Renew("old", None, "facebook_login"))
        await connector.authorize(Revoke("old", "facebook_login"))
        await connector.authorize(Revoke("old", "instagram_login"))
    assert tokens.access_token == "long"
    assert [r.method for r in meta.requests] == ["GET", "DELETE"]
    assert meta.requests[1].headers["authorization"] == "Bearer old"


async def test_both_logins_send_the_browser_to_their_own_page():
    async with speaking_to(Meta({})) as connector:
        for tier, path, scope in (
            ("instagram_login", "/www.instagram.com/oauth/authorize", "instagram_business_basic"),
            ("facebook_login", "/www.facebook.com/v25.0/dialog/oauth", "instagram_basic"),
        ):
            sent = await connector.authorize(Begin("state", "v", CALLBACK, tier))
            address = urlsplit(sent.url)
            assert address.path == path
            query = parse_qs(address.query)
            assert scope in query["scope"][0].split(",")
            assert (query["state"], query["redirect_uri"]) == (["state"], [CALLBACK])


@pytest.mark.parametrize(
    "body",
    [
        {"data": [{"user_id": ME, "username": "mara_k"}]},
        {"user_id": ME, "username": "mara_k", "id": "2599", "account_type": "MEDIA_CREATOR"},
    ],
)
async def test_either_form_of_the_own_profile_is_read(body):
    async with speaking_to(Meta({"GET /graph.instagram.com/v25.0/me$": body})) as connector:
        me = await connector.read(Me(), grant_of("instagram_login"))
    assert (me.remote_id, me.handle, me.followers) == (ME, "mara_k", None)


async def test_facebook_finds_the_own_account_behind_its_pages():
    meta = facebook()
    async with speaking_to(meta) as connector:
        me = await connector.read(Me(), grant_of(remote_id=None))
    assert (me.remote_id, me.handle) == ("17842", "Mara_K")


async def test_what_the_owner_did_not_allow_is_refused_before_any_call():
    meta = Meta({})
    few = grant_of("instagram_login", scopes=INSTAGRAM_SCOPES[:1])
    async with speaking_to(meta) as connector:
        for asked in (
            connector.read(Comments("1"), few),
            connector.perform(Order("k", "publish_image", media_url="https://e.com/a.jpg"), few),
            connector.perform(Order("k", "reply", comment_id="1", text="Hi"), few),
        ):
            with pytest.raises(UpstreamError) as caught:
                await asked
            assert (caught.value.remedy, caught.value.code) == (Remedy.REJECT, "scope_missing")
            assert "connect the account again" in caught.value.detail
    assert meta.requests == []


def _response(status: int, body: object) -> httpx2.Response:
    return httpx2.Response(status, json=body)
