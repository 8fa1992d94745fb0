"""The setup doctor: for one account, over HTTP, and with the platform's own word."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import orjson
import pytest
from sqlalchemy import text

from socialseed.accounts import doctor, platforms
from socialseed.connectors.types import Tokens
from socialseed.identity.access import Caller
from socialseed.runtime.actor import SYSTEM
from socialseed.runtime.runtime import Runtime
from tests.support.accounts import app_of, give_tokens, make_account, make_workspace, open_connected
from tests.support.people import signed_in

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SCOPES = {
    "tiktok": ("video.publish", "video.list", "user.info.stats"),
    "twitter": ("tweet.read", "tweet.write", "users.read", "media.write", "offline.access"),
}
LIVE = {"platform_mode": "live", "public_url": "https://seed.example"}
HOSTS = {"pictures.example": ["93.184.216.34"], "inside.example": ["10.0.0.7"]}


def refusing(clock_is_off_by: float = 0.0) -> httpx2.MockTransport:
    """Platforms that are there, know no token, and tell their time."""
    date = format_datetime(NOW + timedelta(seconds=clock_is_off_by))

    def answer(_request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(401, json={"error": "invalid_token"}, headers={"date": date})

    return httpx2.MockTransport(answer)


@pytest.fixture
async def runtime(database_url: str) -> AsyncIterator[Runtime]:
    async with open_connected(database_url, "http://127.0.0.1:9", refusing()) as made:
        yield made


def live(runtime: Runtime, **settings: str) -> Runtime:
    """The same with the real platforms' rules; nothing leaves, whoever is called."""
    return replace(runtime, settings=runtime.settings.model_copy(update={**LIVE, **settings}))


async def connected(
    runtime: Runtime, platform: str = "tiktok", scopes: tuple[str, ...] | None = None, **more: Any
) -> tuple[UUID, UUID]:
    """A workspace and its account, connected with what is needed or with these scopes."""
    workspace = await make_workspace(runtime)
    account = await make_account(runtime, workspace, platform, **more)
    granted = SCOPES[platform] if scopes is None else scopes
    life = timedelta(days=1), timedelta(days=365)
    await give_tokens(
        runtime, workspace, account, Tokens("act.secret", "rft.secret", granted, *life)
    )
    return workspace, account


async def change(runtime: Runtime, account: UUID, **values: object) -> None:
    sets = ", ".join(f"{name} = :{name}" for name in values)
    async with runtime.begin(None) as tx:
        bound = {**values, "id": account}
        await tx.session.execute(text(f"UPDATE social_accounts SET {sets} WHERE id = :id"), bound)


async def report(runtime: Runtime, account: UUID) -> dict[str, Any]:
    async with runtime.begin(None) as tx:
        return await doctor.report(tx, runtime, account)


async def asked(runtime: Runtime, workspace: UUID, account: UUID | None, platform: str) -> Any:
    """What POST /platforms/{platform}/test answers; names are resolved by HOSTS."""

    async def find(host: str, port: int) -> list[str]:
        return HOSTS[host]

    return await platforms.test(Caller(runtime, SYSTEM, workspace), platform, account, find)


def check(told: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in told["checks"] if one["name"] == name)
    return found


def kind(told: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in told["kinds"] if one["kind"] == name)
    return found


async def test_an_account_that_is_connected_with_all_it_needs_is_fine(runtime):
    _, account = await connected(runtime)
    told = await report(runtime, account)
    assert told["ok"], told["checks"]
    film = kind(told, "publish_video")
    assert (film["mode"], film["ready"], film["missing"]) == ("api", True, [])
    assert film["needs_approval"]
    assert told["scopes"]["missing"] == []
    assert told["token"]["connected"]


async def test_an_account_that_is_not_connected_is_told_to_connect(runtime):
    account = await make_account(runtime, await make_workspace(runtime), "tiktok")
    told = await report(runtime, account)
    assert not told["ok"]
    assert check(told, "connection")["next_step"] == "Connect the account."
    film, like = kind(told, "publish_video"), kind(told, "like")
    assert (film["ready"], film["next_step"]) == (False, "Connect the account.")
    # What is done by hand needs no connection.
    assert (like["mode"], like["ready"]) == ("human", True)


async def test_a_lost_connection_is_told_to_connect_again(runtime):
    _, account = await connected(runtime)
    await change(runtime, account, needs_reconnect=True)
    told = await report(runtime, account)
    assert check(told, "connection")["next_step"] == "Connect the account again."
    assert not kind(told, "publish_video")["ready"]


async def test_a_permission_that_was_not_granted_is_named_with_what_it_holds_back(runtime):
    _, account = await connected(runtime, scopes=("video.list", "user.info.stats"))
    told = await report(runtime, account)
    assert check(told, "permissions")["detail"] == "The owner did not grant: video.publish."
    film, insights = kind(told, "publish_video"), kind(told, "insights")
    assert film["missing_scopes"] == ["video.publish"]
    assert not film["ready"]
    assert insights["missing_scopes"] == []


async def test_unknown_permissions_are_not_called_missing(runtime):
    _, account = await connected(runtime, scopes=())
    told = await report(runtime, account)
    assert not told["scopes"]["told"]
    assert check(told, "permissions")["ok"]
    assert kind(told, "publish_video")["ready"]


async def test_the_tier_says_what_it_opens_and_which_one_opens_more(runtime):
    _, account = await connected(runtime, "twitter", tier="self_serve")
    await change(runtime, account, phase="phase_3")
    told = await report(runtime, account)
    follow = kind(told, "follow")
    assert (follow["mode"], follow["opens_with"], follow["ready"]) == ("human", "enterprise", True)
    assert check(told, "tier")["next_step"].startswith("The tier enterprise would also open: ")
    mine, wider = told["tiers"]
    assert (mine["tier"], mine["current"], wider["current"]) == ("self_serve", True, False)
    assert "follow" in wider["api"]
    assert "follow" in mine["human"]


async def test_a_platform_that_is_still_closed_says_when_it_opens(runtime):
    _, account = await connected(runtime, "twitter")
    post = kind(await report(runtime, account), "publish_text")
    assert post["missing"] == ["X is not open in phase 1."]
    assert post["next_step"] == "It opens on day 61 of the programme."


async def test_a_pause_and_a_rest_hold_everything_back_but_reading(runtime):
    _, account = await connected(runtime)
    await change(runtime, account, is_active=False, frozen_until=NOW + timedelta(hours=2))
    told = await report(runtime, account)
    assert kind(told, "like")["missing"] == [
        "The account is paused.",
        "The account rests until 2026-03-01T14:00:00.000Z.",
    ]
    assert kind(told, "insights")["missing"] == []


async def test_a_connection_that_ended_says_so(runtime):
    _, account = await connected(runtime)
    await change(runtime, account, works_until=NOW - timedelta(minutes=1))
    assert not check(await report(runtime, account), "token")["ok"]
    await change(runtime, account, works_until=NOW + timedelta(days=30))
    assert check(await report(runtime, account), "token")["ok"]


async def test_the_exact_address_to_register_and_https_when_it_is_real(runtime):
    _, account = await connected(runtime)
    told = await report(live(runtime), account)
    address = "https://seed.example/api/v1/accounts/callback/tiktok"
    assert told["redirect"] == {"address": address, "https_needed": True}
    assert address in check(told, "redirect")["detail"]
    plain = await report(live(runtime, public_url="http://seed.example"), account)
    assert not check(plain, "redirect")["ok"]
    assert check(await report(runtime, account), "redirect")["ok"]


async def waiting(runtime: Runtime, account: UUID, **data: object) -> None:
    """A film or pictures wait for approval."""
    async with runtime.begin(None) as tx:
        insert = (
            "INSERT INTO actions (id, workspace_id, account_id, platform, action_type, target_data,"
            " content_hash, target_key, status, mode, requires_approval, light, risk_score,"
            " reasons, to_green, rule_set, facts_digest, assessed_at, proposed_by_kind,"
            " proposed_by_name, created_at) SELECT :id, workspace_id, id, platform,"
            " 'publish_video', CAST(:data AS jsonb), 'h', :key, 'awaiting_approval',"
            " 'api', true, 'green', 0, '[]', '[]', 'r', 'd', :now, 'user', 'Mia', :now"
            " FROM social_accounts WHERE id = :account"
        )
        key = tx.new_id()
        bound = {"id": key, "key": str(key), "data": orjson.dumps(data).decode()}
        await tx.session.execute(text(insert), {**bound, "now": tx.now, "account": account})


@pytest.mark.parametrize(
    "url",
    [
        "http://pictures.example/1.mp4",
        "https://127.0.0.1/1.mp4",
        "https://[::1]/1.mp4",
        "https://10.0.0.1/1.mp4",
        "https://studio/1.mp4",
        "https://studio.local/1.mp4",
    ],
)
async def test_media_that_a_platform_cannot_fetch_are_named(runtime, url):
    _, account = await connected(runtime)
    await waiting(runtime, account, media_url="https://pictures.example/0.mp4")
    await waiting(runtime, account, media_url=url)
    told = await report(live(runtime), account)
    assert told["media"]["unreachable"] == [url]
    assert not check(told, "media")["ok"]
    assert check(await report(runtime, account), "media")["ok"]  # the sandbox fetches anything


async def test_a_carousels_media_and_a_films_cover_are_looked_at_too(runtime):
    _, account = await connected(runtime)
    several = ["https://pictures.example/1.jpg", "http://pictures.example/2.jpg"]
    await waiting(runtime, account, media_urls=several)
    await waiting(runtime, account, media_url=several[0], cover_url="http://pictures.example/c.jpg")
    told = await report(live(runtime), account)
    assert set(told["media"]["unreachable"]) == {several[1], "http://pictures.example/c.jpg"}


@pytest.mark.parametrize(("host", "ok"), [("pictures.example", True), ("inside.example", False)])
async def test_a_name_that_leads_inside_is_found_when_the_platform_is_tested(runtime, host, ok):
    workspace, account = await connected(runtime)
    await waiting(runtime, account, media_url=f"https://{host}/1.mp4")
    told = await asked(live(runtime), workspace, account, "tiktok")
    assert check(told, "media")["ok"] is ok


async def test_webhooks_say_when_the_platform_last_told_something(runtime, database_url):
    _, account = await connected(runtime, "twitter")
    assert (await report(runtime, account))["webhooks"]["last_delivery_at"] is None
    async with runtime.begin(None) as tx:
        await tx.session.execute(
            text(
                "INSERT INTO webhook_deliveries (id, platform, digest, received_at, next_at)"
                " VALUES (:id, 'twitter', '\\x01', :at, :at)"
            ),
            {"id": tx.new_id(), "at": NOW},
        )
    assert (await report(runtime, account))["webhooks"]["last_delivery_at"] == NOW
    owner = await asyncpg.connect(database_url)
    await owner.execute("DROP TABLE webhook_deliveries")
    await owner.close()
    told = await report(runtime, account)
    assert told["webhooks"]["last_delivery_at"] is None
    assert check(told, "webhooks")["ok"]


async def test_expired_proof_is_told_by_the_doctor(runtime):
    _, account = await connected(runtime)
    runtime.clock.move_to(datetime(2027, 1, 31, tzinfo=UTC))
    told = await report(runtime, account)
    assert not check(told, "proof")["ok"]
    assert {one["proof"] for one in told["kinds"]} == {"expired"}


@pytest.mark.parametrize(("off", "ok"), [(2.0, True), (-29.0, True), (45.0, False), (-45.0, False)])
async def test_a_clock_that_is_off_is_found(database_url, off, ok):
    async with open_connected(database_url, "http://127.0.0.1:9", refusing(off)) as runtime:
        told = await asked(live(runtime), await make_workspace(runtime), None, "twitter")
    assert check(told, "clock")["ok"] is ok


async def test_testing_a_platform_tells_its_own_word_and_the_setup(runtime):
    workspace, account = await connected(runtime)
    told = await asked(runtime, workspace, account, "tiktok")
    names = [one["name"] for one in told["checks"]]
    assert len(names) == len(set(names))
    assert {"app", "reach", "clock", "connection", "permissions", "token", "redirect"} <= set(names)
    # The platform refuses the token that we still believe in.
    assert (told["ok"], told["setup"]["ok"]) == (False, True)
    assert not check(told, "connection")["ok"]
    alone = await asked(runtime, workspace, None, "tiktok")
    assert (alone["ok"], alone["setup"]) == (True, None)


async def test_over_http_one_sees_ones_own_accounts_only(runtime):
    async with aclosing(await signed_in(app_of(runtime), "owner@example.com")) as owner:
        body = {"platform": "tiktok", "username": "clay", "timezone": "UTC"}
        made = (await owner.post("/accounts", json=body)).json()
        told = (await owner.get(f"/accounts/{made['id']}/setup")).json()
        assert (told["username"], told["platform_mode"], told["ok"]) == ("clay", "sandbox", False)
        answer = await owner.post("/platforms/tiktok/test", json={"account_id": made["id"]})
        assert answer.json()["setup"]["account_id"] == made["id"]
        wrong = await owner.post("/platforms/twitter/test", json={"account_id": made["id"]})
        assert wrong.json()["code"] == "other_platform"
    async with aclosing(await signed_in(app_of(runtime), "stranger@example.com")) as stranger:
        assert (await stranger.get(f"/accounts/{made['id']}/setup")).status_code == 404


async def test_over_http_platforms_tell_their_proof(runtime):
    runtime.clock.move_to(datetime(2027, 1, 31, tzinfo=UTC))
    async with aclosing(await signed_in(app_of(runtime), "owner@example.com")) as owner:
        items = (await owner.get("/platforms")).json()["items"]
    assert {item["platform"]: item["connector"] for item in items} == {
        **dict.fromkeys(("tiktok", "instagram", "twitter"), True),
        **dict.fromkeys(("linkedin", "pinterest"), False),
    }
    assert {item["proof"] for item in items} == {"expired"}
    assert {line["proof"] for item in items for line in item["capabilities"]} == {"expired"}
