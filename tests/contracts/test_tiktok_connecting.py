"""An account of TikTok's API for Business: connected as a browser does it, used by its own API."""

import httpx2
from sqlalchemy import text

from socialseed.connectors.gateway import Gateway
from socialseed.connectors.http import open_client
from socialseed.connectors.types import Grant, Insights, Me, Measures, Order, Person
from socialseed.core.clock import SystemClock
from socialseed.core.settings import Settings
from tests.sandbox.conftest import Sandbox
from tests.support.accounts import app_of, connectors_of, open_connected
from tests.support.people import signed_in


async def test_a_business_account_comes_back_to_an_address_with_a_slash(
    database_url: str, shared_box: Sandbox
):
    async with open_connected(database_url, shared_box.url) as runtime:
        client = await signed_in(app_of(runtime), "owner@example.com")
        body = {"platform": "tiktok", "username": "mara_biz", "timezone": "UTC", "tier": "business"}
        account = (await client.post("/accounts", json=body)).json()
        begun = await client.post("/accounts/connect/tiktok", json={"account_id": account["id"]})
        async with httpx2.AsyncClient() as browser:
            allowed = await browser.post(
                begun.json()["authorize_url"],
                data={"decision": "allow", "new_handle": "mara_biz"},
            )
        back = allowed.headers["location"].split("#")[0]
        assert "/accounts/callback/tiktok/?" in back
        landed = await client.get(back)
        assert "connected=1" in landed.headers["location"]
        async with runtime.begin(None) as tx:
            scopes = await tx.session.scalar(text("SELECT scopes FROM credentials"))
        assert {"comment.list.manage", "user.insights"} <= set(scopes)
        await client.aclose()


async def test_a_business_account_does_all_through_its_own_api(
    shared_box: Sandbox, picture_url: str
):
    account = shared_box.account("tiktok", "mara_works")
    token = shared_box.token("tiktok", "mara_works")
    shared_box.control("DELETE", "/faults")
    grant = Grant("mara_works", str(account["id"]), token, (), "business")
    since = SystemClock().now()
    cup = Order("b-1", "publish_image", text="A cup", media_url=picture_url, since=since)
    async with open_client(Settings(), SystemClock(), Gateway(shared_box.url)) as http:
        connector = connectors_of(http).get("tiktok")
        me = await connector.read(Me(), grant)
        made = await connector.perform(cup, grant)
        found = await connector.find(cup, grant)
        post = await connector.read(Insights(made.remote_id), grant)
        days = await connector.read(Insights(days=7), grant)
    assert isinstance(me, Person)
    assert (me.handle, me.followers) == ("mara_works", 900)
    assert found is not None
    assert found.remote_id == made.remote_id
    assert isinstance(post, Measures)
    assert {"likes", "video_views", "reach"} <= set(post.values)
    assert isinstance(days, Measures)
    assert {"likes", "video_views", "profile_views"} <= set(days.values)
    paths = {e["path"] for e in shared_box.journal() if e["account"] == "mara_works"}
    assert all("/open_api/v1.3/business/" in path for path in paths)
