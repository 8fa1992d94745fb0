"""An account of TikTok's API for Business is connected over HTTP, as a browser would do it."""

import httpx2
from sqlalchemy import text

from tests.sandbox.conftest import Sandbox
from tests.support.accounts import app_of, open_connected
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
