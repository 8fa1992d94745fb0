"""The figures: local days, claimed apart from verified, windows, exports no spreadsheet runs."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import insert, text

from socialseed.actions.models import Counter
from socialseed.analytics import endpoints
from socialseed.analytics.export import PAGE, safe_cell
from socialseed.analytics.growth import growth
from socialseed.analytics.overview import overview
from socialseed.analytics.performance import performance
from socialseed.core.clock import VirtualClock
from socialseed.core.errors import AppError
from socialseed.profiles.models import Profile
from socialseed.targeting.models import TargetingRule
from tests.support.figures import add_account, add_action, add_day
from tests.support.serving import app_of, client_of, make_person, real_runtime

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
TODAY = date(2026, 3, 10)
SOMEBODY = UUID(int=5)


@pytest.fixture
async def runtime(database_url: str):
    async with real_runtime(database_url, clock=VirtualClock(NOON)) as opened:
        yield opened


@pytest.fixture
async def ada(runtime):
    return await make_person(runtime)


async def test_an_empty_workspace_has_figures_too(runtime, ada):
    async with runtime.begin(ada.workspace) as tx:
        found = orjson.loads(await overview(tx, 7))
    assert found["followers"] == {"value": None, "change": None, "series": []}
    assert found["engagements"]["value"] == 0
    assert [day["value"] for day in found["engagements"]["series"]] == [0] * 7
    assert found["engagements"]["series"][-1]["on"] == "2026-03-10"
    assert found["approved_without_edits"] == {"share": None, "change": None, "series": []}
    assert found["waiting"] == {"green": 0, "yellow": 0, "red": 0, "oldest_at": None}
    assert found["fleet_health"] == {"score": None, "need_attention": 0}
    assert found["actions_today"] == {"used": 0, "limit": 0}


async def test_followers_add_up_and_carry_over_days_without_a_measurement(runtime, ada):
    async with runtime.begin(ada.workspace) as tx:
        first = await add_account(tx, "first", followers=130)
        second = await add_account(tx, "second", followers=50)
        for ago, followers in ((20, 80), (7, 100), (5, 110), (1, 120), (0, 130)):
            await add_day(tx, first, TODAY - timedelta(days=ago), followers)
        await add_day(tx, second, TODAY - timedelta(days=2), 50)
        found = orjson.loads(await overview(tx, 7))["followers"]
    assert found["value"] == 180
    assert found["change"] == 0.3  # 100 → 130; the second was not measured a week ago
    assert [day["value"] for day in found["series"]] == [100, 110, 110, 110, 160, 170, 180]


async def test_engagements_stand_beside_the_days_before(runtime, ada):
    async with runtime.begin(ada.workspace) as tx:
        account = await add_account(tx, "first")
        for ago, engagements in ((0, 6), (6, 3), (7, 4), (13, 2), (14, 99)):
            await add_day(tx, account, TODAY - timedelta(days=ago), 1, engagements=engagements)
        found = orjson.loads(await overview(tx, 7))["engagements"]
    assert (found["value"], found["change"]) == (9, 0.5)
    assert [day["value"] for day in found["series"]] == [3, 0, 0, 0, 0, 0, 6]
    assert [day["value"] for day in found["previous"]] == [2, 0, 0, 0, 0, 0, 4]
    assert found["previous"][-1]["on"] == "2026-03-03"


async def test_today_is_each_accounts_own_day(runtime, ada):
    async with runtime.begin(ada.workspace) as tx:
        ahead = await add_account(tx, "ahead", "Pacific/Kiritimati", daily_action_limit=40)
        behind = await add_account(tx, "behind", "Pacific/Pago_Pago", daily_action_limit=30)
        await add_account(tx, "paused", is_active=False)
        counted = [(ahead, "2026-03-11", 5, 35), (behind, "2026-03-10", 2, 30)]
        counted += [(ahead, "2026-03-10", 9, 40), (behind, "2026-03-09", 9, 30)]
        for account, key, used, ceiling in counted:
            await tx.session.execute(
                insert(Counter).values(
                    account_id=account,
                    kind="all",
                    window="day",
                    window_key=key,
                    workspace_id=ada.workspace,
                    used=used,
                    ceiling=ceiling,
                )
            )
        found = orjson.loads(await overview(tx, 7))
    assert found["actions_today"] == {"used": 7, "limit": 65}
    assert found["engagements"]["series"][-1]["on"] == "2026-03-11"


async def test_approvals_health_and_what_waits(runtime, ada):
    async with runtime.begin(ada.workspace) as tx:
        account = await add_account(tx, "first", health_score=80)
        await add_account(tx, "second", health_score=61, light="yellow")
        await add_account(tx, "third", needs_reconnect=True)
        for days, edited in ((1, False), (1, True), (2, False), (9, True), (9, False)):
            at = NOON - timedelta(days=days)
            await add_action(
                tx, account, "succeeded", at,
                approved_at=at, approved_by=SOMEBODY, was_edited=edited,
            )  # fmt: skip
        await add_action(tx, account, "succeeded", NOON, approved_at=NOON)  # by a rule
        await add_action(tx, account, "awaiting_approval", light="green")
        old = NOON - timedelta(hours=3)
        await add_action(tx, account, "awaiting_approval", light="red", created_at=old)
        found = orjson.loads(await overview(tx, 7))
    assert found["approved_without_edits"]["share"] == 0.6667
    assert found["approved_without_edits"]["change"] == 0.1667
    assert found["approved_without_edits"]["series"] == [
        {"on": "2026-03-08", "value": 1},
        {"on": "2026-03-09", "value": 0.5},
    ]
    assert found["fleet_health"] == {"score": 71, "need_attention": 2}
    assert found["waiting"] == {
        "green": 1,
        "yellow": 0,
        "red": 1,
        "oldest_at": "2026-03-10T09:00:00.000Z",
    }


async def test_growth_counts_local_days_and_keeps_claimed_and_verified_apart(runtime, ada):
    zone_hours = timedelta(hours=13)  # Auckland in March
    midnight = datetime(2026, 3, 11, tzinfo=UTC) - zone_hours
    async with runtime.begin(ada.workspace) as tx:
        account = await add_account(tx, "first", "Pacific/Auckland")
        await add_day(tx, account, date(2026, 3, 11), 105, gained=7, lost=2)
        await add_day(tx, account, date(2026, 3, 4), 100, gained=1, lost=3)
        await add_action(tx, account, "succeeded", midnight, verified=True)
        await add_action(tx, account, "succeeded", midnight + timedelta(hours=1))
        await add_action(tx, account, "succeeded", midnight - timedelta(seconds=1), verified=False)
        await add_action(tx, account, "failed", midnight)
        await add_action(tx, account, "succeeded", midnight - timedelta(days=8), verified=True)
        found = orjson.loads(await growth(tx, account, 7))
    assert len(found["series"]) == 7
    assert found["series"][-1] == {
        "on": "2026-03-11",
        "followers": 105,
        "gained": 7,
        "lost": 2,
        "actions": 2,
        "verified": 1,
    }
    assert found["series"][-2]["actions"] == 1
    assert found["series"][-2]["followers"] is None
    assert found["totals"] == {
        "gained": 7, "lost": 2, "net": 5, "actions": 3, "claimed": 2, "verified": 1,
    }  # fmt: skip
    assert found["previous"] == {
        "gained": 1, "lost": 3, "net": -2, "actions": 1, "claimed": 0, "verified": 1,
    }  # fmt: skip


async def test_growth_of_another_workspaces_account_is_not_found(runtime, ada):
    bob = await make_person(runtime, "bob")
    async with runtime.begin(bob.workspace) as tx:
        theirs = await add_account(tx, "theirs")
    async with runtime.begin(ada.workspace) as tx:
        for question in (growth(tx, theirs, 7), performance(tx, 7, theirs)):
            with pytest.raises(AppError, match="not_found"):
                await question


async def test_performance_adds_up_by_account_kind_and_rule(runtime, ada):
    async with runtime.begin(ada.workspace) as tx:
        first, second = await add_account(tx, "first"), await add_account(tx, "second")
        rule = tx.new_id()
        await tx.session.execute(
            insert(TargetingRule).values(
                id=rule, workspace_id=ada.workspace, platform="twitter", name="Gardeners",
                keywords=[], handles=[], action_types=[], daily_budget=5,
                created_at=NOON, updated_at=NOON,
            )
        )  # fmt: skip
        await tx.session.execute(
            insert(Profile).values(
                id=tx.new_id(), workspace_id=ada.workspace, platform="twitter", handle="Rose",
                observed_at=NOON,
            )
        )  # fmt: skip
        hour_ago = NOON - timedelta(hours=1)
        approved: dict[str, Any] = {"approved_at": hour_ago, "approved_by": SOMEBODY}
        follow: dict[str, Any] = {
            "action_type": "follow",
            "target_account": "@rose",
            "rule_id": rule,
            "followed_back": True,
        }
        await add_action(tx, first, "succeeded", hour_ago, verified=True, **approved, **follow)
        await add_action(tx, first, "succeeded", hour_ago, was_edited=True, **approved)
        await add_action(tx, first, "rejected", hour_ago)
        await add_action(tx, second, "failed", hour_ago, **approved)
        await add_action(tx, second, "outcome_unknown", **approved)
        await add_action(tx, second, "succeeded", NOON - timedelta(days=8))
        found = orjson.loads(await performance(tx, 7, None))
        one = orjson.loads(await performance(tx, 7, second))
    assert found["totals"] == {
        "proposed": 5, "approved": 4, "approved_without_edits": 3, "rejected": 1,
        "succeeded": 2, "claimed": 1, "verified": 1, "failed": 1, "unknown": 1, "followed_back": 1,
    }  # fmt: skip
    assert [(row["username"], row["proposed"]) for row in found["by_account"]] == [
        ("first", 3),
        ("second", 2),
    ]
    assert {row["action_type"]: row["proposed"] for row in found["by_kind"]} == {
        "follow": 1,
        "reply": 4,
    }
    assert [(row["name"], row["followed_back"]) for row in found["by_rule"]] == [("Gardeners", 1)]
    assert (one["totals"]["proposed"], len(one["by_account"])) == (2, 1)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "  ="])
def test_no_cell_is_a_formula(start: str):
    assert safe_cell(start + "HYPERLINK(1)") == "'" + start + "HYPERLINK(1)"


def test_numbers_stay_numbers_and_nothing_is_empty():
    assert [safe_cell(value) for value in (-3, None, "a=b", True)] == [-3, "", "a=b", True]


@pytest.fixture
async def client(runtime, ada):
    async with client_of(app_of(runtime, [endpoints.router]), ada) as opened:
        yield opened


async def test_the_export_holds_every_row_once_over_several_pages(runtime, ada, client):
    async with runtime.begin(ada.workspace) as tx:
        account = await add_account(tx, "=cmd()")
        for number in range(PAGE + 20):
            at = NOON - timedelta(minutes=number // 3)  # ties across the page's edge
            await add_action(tx, account, "succeeded", at, target_data={"text": '@you, "hi"'})
    answer = await client.get("/api/v1/analytics/export?what=actions&format=csv&days=30")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert answer.headers["content-disposition"] == (
        'attachment; filename="socialseed-actions-2026-03-10.csv"'
    )
    assert len({row["id"] for row in rows}) == len(rows) == PAGE + 20
    assert rows[0]["text"] == '\'@you, "hi"'
    assert rows[0]["account"] == "'=cmd()"
    assert rows[0]["created_at"] == "2026-03-10T12:00:00.000Z"
    as_json = (await client.get("/api/v1/analytics/export?format=json&days=30")).json()
    assert [row["id"] for row in as_json] == [row["id"] for row in rows]
    assert as_json[0]["text"] == '@you, "hi"'


async def test_an_empty_export_is_a_file_too(client):
    growth_file = await client.get("/api/v1/analytics/export?what=growth&format=csv")
    assert growth_file.text.startswith("on,platform,account,followers")
    assert (await client.get("/api/v1/analytics/export?what=growth&format=json")).json() == []


async def test_the_export_of_growth_has_its_days(runtime, ada, client):
    async with runtime.begin(ada.workspace) as tx:
        account = await add_account(tx, "first")
        await add_day(tx, account, TODAY, 10, gained=1)
        await add_day(tx, account, TODAY - timedelta(days=50), 5)
    rows = (await client.get("/api/v1/analytics/export?what=growth&format=json&days=7")).json()
    assert [(row["on"], row["followers"]) for row in rows] == [("2026-03-10", 10)]


@pytest.mark.parametrize("path", ["overview", "performance", f"growth/{UUID(int=1)}", "export"])
async def test_figures_need_a_session_and_bounded_days(runtime, client, path: str):
    async with client_of(app_of(runtime, [endpoints.router])) as nobody:
        assert (await nobody.get(f"/api/v1/analytics/{path}")).status_code == 401
    for days in ("0", "99999", "x"):
        answer = await client.get(f"/api/v1/analytics/{path}?days={days}")
        assert answer.json()["errors"][0]["pointer"] == "/days"


async def test_the_hot_statements_use_their_indexes(runtime, ada):
    """With sequential scans priced out, a plan that still has one has no index to use."""
    from socialseed.analytics import events
    from socialseed.analytics import overview as overview_module

    given = {"workspace": ada.workspace, "now": NOON, "days": 30, "since": NOON}
    async with runtime.begin(ada.workspace) as tx:
        await tx.session.execute(text("SET LOCAL enable_seqscan = off"))
        plans = [
            await tx.session.execute(text(f"EXPLAIN {overview_module._OVERVIEW.text}"), given),
            await tx.session.execute(
                text(f"EXPLAIN {events._LINES.text}"),
                {"workspace": ada.workspace, "after": 1, "limit": 10},
            ),
        ]
        lines = [row[0] for plan in plans for row in plan]
    assert [line for line in lines if "Seq Scan on" in line] == []
