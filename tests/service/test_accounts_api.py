"""Accounts over HTTP against a running sandbox: connect, measure, pause, delete, who sees what."""

import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from socialseed.accounts import tasks
from socialseed.runtime.runtime import Runtime
from tests.sandbox.conftest import Sandbox
from tests.support.accounts import app_of, open_connected
from tests.support.people import sign_in, signed_in

PLATFORMS = ("twitter", "instagram", "tiktok")


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    home: Path = tmp_path_factory.mktemp("sandbox") / "home"
    sandbox = Sandbox(home, "--clock", "manual")
    yield sandbox
    sandbox.close()


@pytest.fixture
async def runtime(database_url: str, box: Sandbox):
    async with open_connected(database_url, box.url) as made:
        yield made


@pytest.fixture
def app(runtime: Runtime):
    return app_of(runtime)


@pytest.fixture
async def owner(app):
    async with closing(await signed_in(app, "owner@example.com")) as client:
        yield client


@asynccontextmanager
async def closing(client: httpx2.AsyncClient) -> AsyncIterator[httpx2.AsyncClient]:
    yield client
    await client.aclose()


def handle_of(platform: str) -> str:
    return f"{platform[:2]}_{uuid.uuid4().hex[:10]}"


async def add(client, platform="twitter", username=None, **more) -> dict[str, Any]:
    body = {"platform": platform, "username": username or handle_of(platform), "timezone": "UTC"}
    answer = await client.post("/accounts", json=body | more)
    assert answer.status_code == 201, answer.text
    added: dict[str, Any] = answer.json()
    return added


async def consent(client, account: dict[str, Any], decision="allow", handle=None) -> str:
    """The address that the platform sends the browser back to."""
    begun = await client.post(
        f"/accounts/connect/{account['platform']}", json={"account_id": account["id"]}
    )
    assert begun.status_code == 200, begun.text
    async with httpx2.AsyncClient() as browser:
        answer = await browser.post(
            begun.json()["authorize_url"],
            data={"decision": decision, "new_handle": handle or account["username"]},
        )
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].split("#")[0]


async def connected(client, platform="twitter", **more) -> dict[str, Any]:
    account = await add(client, platform, **more)
    back = await client.get(await consent(client, account))
    assert "connected=1" in back.headers["location"], back.headers["location"]
    shown: dict[str, Any] = (await client.get(f"/accounts/{account['id']}")).json()
    return shown


async def measured(runtime: Runtime, account: dict[str, Any]) -> None:
    async with runtime.begin(None) as tx:
        workspace = await tx.session.scalar(
            text("SELECT workspace_id FROM social_accounts WHERE id = :id"), {"id": account["id"]}
        )
    payload = {"workspace_id": str(workspace), "account_id": account["id"]}
    await tasks.measure_one(runtime, payload)


async def types(runtime: Runtime) -> list[str]:
    async with runtime.begin(None) as tx:
        rows = await tx.session.execute(text("SELECT type FROM events ORDER BY at, seq"))
        return [row.type for row in rows]


async def test_a_new_account_begins_in_phase_1_and_wants_to_be_connected(owner):
    account = await add(owner, username="@Mara.K", platform="instagram")
    assert account["username"] == "Mara.K"
    assert (account["phase"], account["needs"]) == ("phase_1", "connect")
    assert account["programme_day"] == 1
    assert account["today"]["used"] == 0
    assert account["phase_detail"]["opens_next"]["phase"] == "phase_2"
    assert account["limits"]
    assert all(limit["used"] == 0 and not limit["binds"] for limit in account["limits"])


async def test_an_established_account_begins_in_phase_2_by_its_owners_word(owner, runtime):
    account = await add(owner, established=True)
    assert account["phase"] == "phase_2"
    async with runtime.begin(None) as tx:
        data = await tx.session.scalar(
            text("SELECT data FROM events WHERE type = 'account.created'")
        )
    assert data["established"] is True


async def test_the_same_account_is_not_added_twice(owner):
    await add(owner, username="mara_k")
    body = {"platform": "twitter", "username": "MARA_K", "timezone": "UTC"}
    answer = await owner.post("/accounts", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "account_exists")


@pytest.mark.parametrize(
    "wrong",
    [
        {"timezone": "Mars/Olympus"},
        {"timezone": "../etc/passwd"},
        {"username": "a b"},
        {"username": "\u0000"},
        {"platform": "myspace"},
        {"daily_action_limit": 0},
        {"tier": "gold"},
    ],
)
async def test_what_cannot_be_is_refused(owner, wrong):
    body = {"platform": "twitter", "username": "mara_k", "timezone": "UTC"} | wrong
    assert (await owner.post("/accounts", json=body)).status_code == 422


async def test_waking_hours_are_the_owners_within_what_people_do(owner):
    account = await add(owner, waking_start=22, waking_end=6)
    assert (account["waking_start"], account["waking_end"]) == (22, 6)
    path = f"/accounts/{account['id']}"
    answer = await owner.put(path, json={"waking_start": 9, "waking_end": 24})
    assert answer.status_code == 200
    assert (answer.json()["waking_start"], answer.json()["waking_end"]) == (9, 24)
    for wrong in ({"waking_start": 5}, {"waking_end": 12}, {"waking_start": 0, "waking_end": 24}):
        refused = await owner.put(path, json=wrong)
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["code"] == "bad_waking_hours"
        kept = (await owner.get(path)).json()
        assert (kept["waking_start"], kept["waking_end"]) == (9, 24)


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_connecting_stores_what_works(owner, runtime, platform):
    account = await connected(owner, platform)
    assert account["connected"]
    assert account["needs"] is None
    assert account["works_until"]
    answer = await owner.post(f"/platforms/{platform}/test", json={"account_id": account["id"]})
    assert answer.json()["ok"], answer.json()
    assert "account.connected" in await types(runtime)


async def test_an_instagram_account_with_facebook_login_connects_too(owner):
    account = await connected(owner, "instagram", tier="facebook_login")
    assert (account["connected"], account["tier"]) == (True, "facebook_login")


async def test_a_state_works_once(owner):
    account = await add(owner)
    back = await consent(owner, account)
    kept = dict(owner.cookies)
    first = await owner.get(back)
    again = await owner.get(
        back, headers={"cookie": "; ".join(f"{k}={v}" for k, v in kept.items())}
    )
    assert "connected=1" in first.headers["location"]
    assert "error=state_used_or_old" in again.headers["location"]


async def test_a_state_is_refused_in_another_browser(owner, app):
    account = await add(owner)
    back = await consent(owner, account)
    async with closing(await signed_in(app, "other@example.com")) as other:
        answer = await other.get(back)
    assert "error=other_browser" in answer.headers["location"]
    assert "connected=1" in (await owner.get(back)).headers["location"]


async def test_a_state_grows_old(owner, runtime):
    back = await consent(owner, await add(owner))
    runtime.clock.move_to(runtime.clock.now() + timedelta(minutes=11))
    assert "error=state_used_or_old" in (await owner.get(back)).headers["location"]


async def test_a_session_that_ended_cannot_finish(owner):
    back = await consent(owner, await add(owner))
    cookie = next(c for c in owner.cookies.jar if c.name == "socialseed_connect_twitter")
    assert (await owner.post("/auth/logout")).status_code == 204
    answer = await owner.get(back, headers={"cookie": f"{cookie.name}={cookie.value}"})
    assert "error=signed_out" in answer.headers["location"]


async def test_an_owner_who_says_no_is_told_so(owner):
    answer = await owner.get(await consent(owner, await add(owner), decision="deny"))
    assert "error=access_denied" in answer.headers["location"]


async def test_another_account_is_not_taken_for_this_one(owner, box):
    account = await add(owner)
    back = await consent(owner, account, handle=handle_of("twitter"))
    assert "error=wrong_account" in (await owner.get(back)).headers["location"]
    assert (await owner.get(f"/accounts/{account['id']}")).json()["needs"] == "connect"
    assert box.done("revoke")


async def test_a_measurement_writes_the_day_the_health_and_the_change(owner, runtime, box):
    account = await connected(owner, "twitter")
    await measured(runtime, account)
    first = (await owner.get(f"/accounts/{account['id']}")).json()
    followers = box.control("GET", f"/accounts/twitter/{account['username']}")["followers"]
    assert first["followers"] == followers
    assert first["followers_series"] == [followers]
    assert first["health_score"] == 100
    runtime.clock.move_to(runtime.clock.now() + timedelta(days=1))
    async with runtime.begin(None) as tx:
        await tx.session.execute(
            text("UPDATE performance_stats SET followers = followers - 5, gained = 0")
        )
    await measured(runtime, account)
    async with runtime.begin(None) as tx:
        rows = await tx.session.execute(
            text("SELECT gained, lost FROM performance_stats ORDER BY measured_on")
        )
        assert [tuple(row) for row in rows] == [(0, 0), (5, 0)]
    await sign_in(owner, "owner@example.com")
    health = (await owner.get(f"/accounts/{account['id']}/health")).json()
    assert len(health["history"]) == 2
    assert {part["code"] for part in health["parts"]} >= {"warnings", "calls", "connection"}
    told = await types(runtime)
    assert told.count("health.measured") == 1


async def test_the_round_asks_for_accounts_that_are_due_only(owner, runtime):
    account = await connected(owner)
    runtime.jobs.queued.clear()
    await tasks.measure_due(runtime, {})
    assert [name for name, _ in runtime.jobs.queued] == [tasks.MEASURE_ONE]
    await measured(runtime, account)
    runtime.jobs.queued.clear()
    await tasks.measure_due(runtime, {})
    assert runtime.jobs.queued == []


async def test_a_token_that_the_platform_took_back_needs_the_owner(owner, runtime, box):
    account = await connected(owner, "instagram")
    box.fault("token_expired", platform="instagram", account=account["username"], times=1)
    await measured(runtime, account)
    async with runtime.begin(None) as tx:
        row = (
            await tx.session.execute(
                text("SELECT needs_reconnect, light FROM social_accounts WHERE id = :id"),
                {"id": account["id"]},
            )
        ).one()
    assert tuple(row) == (True, "red")
    assert "account.needs_reconnect" in await types(runtime)


async def test_pausing_and_resuming_is_told(owner, runtime):
    account = await add(owner)
    path = f"/accounts/{account['id']}"
    assert not (await owner.put(path, json={"is_active": False})).json()["is_active"]
    assert (await owner.put(path, json={"is_active": True, "daily_action_limit": 7})).json()[
        "daily_action_limit"
    ] == 7
    told = await types(runtime)
    assert [t for t in told if t in ("account.paused", "account.resumed", "account.updated")] == [
        "account.paused",
        "account.updated",
        "account.resumed",
    ]


async def test_deleting_revokes_and_leaves_nothing_but_the_log(owner, runtime, box):
    account = await connected(owner)
    before = len(box.done("revoke"))
    assert (await owner.delete(f"/accounts/{account['id']}")).status_code == 204
    assert (await owner.get(f"/accounts/{account['id']}")).status_code == 404
    assert len(box.done("revoke")) == before + 1
    async with runtime.begin(None) as tx:
        assert await tx.session.scalar(text("SELECT count(*) FROM credentials")) == 0
    assert "account.deleted" in await types(runtime)


async def test_pages_follow_one_another(owner, runtime):
    made = []
    for _ in range(5):
        made.append((await add(owner))["id"])
        runtime.clock.move_to(runtime.clock.now() + timedelta(seconds=1))
    first = (await owner.get("/accounts?limit=3")).json()
    second = (await owner.get(f"/accounts?limit=3&cursor={first['next_cursor']}")).json()
    found = [a["id"] for a in first["items"] + second["items"]]
    assert found == made[::-1]
    assert second["next_cursor"] is None
    some = (await owner.get("/accounts", params={"q": "tw_", "platform": "twitter"})).json()
    assert len(some["items"]) == 5
    assert (await owner.get("/accounts?q=%25nobody")).json()["items"] == []


async def test_another_workspace_sees_and_changes_nothing(owner, app):
    account = await connected(owner)
    path = f"/accounts/{account['id']}"
    async with closing(await signed_in(app, "stranger@example.com")) as stranger:
        assert (await stranger.get("/accounts")).json()["items"] == []
        answers = [
            await stranger.get(path),
            await stranger.get(f"{path}/health"),
            await stranger.put(path, json={"is_active": False}),
            await stranger.delete(path),
            await stranger.post("/accounts/connect/twitter", json={"account_id": account["id"]}),
            await stranger.post("/platforms/twitter/test", json={"account_id": account["id"]}),
        ]
    assert [answer.status_code for answer in answers] == [404] * 6
    assert (await owner.get(path)).json() == account


async def test_platforms_tell_what_is_possible_and_who_says_so(owner):
    items = (await owner.get("/platforms")).json()["items"]
    assert [item["platform"] for item in items if item["connector"]] == [
        "tiktok",
        "instagram",
        "twitter",
    ]
    assert all(row["source"] and row["as_of"] for item in items for row in item["capabilities"])
    limits = (await owner.get("/platforms/twitter/limits")).json()["limits"]
    assert {limit["phase"] for limit in limits} == {"phase_1", "phase_2", "phase_3"}


async def test_no_secret_leaves_in_an_answer(owner, runtime, box):
    account = await connected(owner)
    async with httpx2.AsyncClient(base_url=box.url) as control:
        token = (
            await control.post(
                "/_control/tokens",
                json={"platform": "twitter", "handle": account["username"], "client_id": "x"},
            )
        ).json()
    answer = await owner.get(f"/accounts/{account['id']}")
    assert token["access_token"][:8] not in answer.text
    assert "sealed" not in answer.text
    assert "verifier" not in answer.text
