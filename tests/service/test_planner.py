"""The planner keeps queues filled with the best people, within budgets, limits and stops."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from socialseed.connectors.registry import Connectors
from socialseed.core.clock import VirtualClock
from socialseed.planner import endpoints
from socialseed.planner.planning import plan_account
from socialseed.planner.tasks import FULL, plan_round
from socialseed.profiles import service as profiles
from socialseed.runtime.actor import PLANNER
from socialseed.runtime.runtime import Runtime
from tests.support.serving import Person, app_of, client_of, make_person, real_runtime
from tests.support.world import (
    ScriptedConnector,
    make_account,
    make_candidates,
    make_rule,
    manifest_of,
    rows,
)

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PEOPLE = [f"potter_{number:02}" for number in range(40)]


@pytest.fixture
async def runtime(database_url: str):
    async with real_runtime(database_url, clock=VirtualClock(NOW)) as opened:
        platforms = ("twitter", "instagram", "tiktok")
        scripted = {name: ScriptedConnector(manifest_of(name)) for name in platforms}
        yield replace(opened, connectors=Connectors(scripted))


@pytest.fixture
async def ada(runtime):
    return await make_person(runtime, "ada")


async def plan(runtime, workspace, account, count: int) -> list[UUID]:
    async with runtime.begin(workspace, PLANNER, key="plan") as tx:
        return await plan_account(tx, runtime, account, count=count)


async def ready(
    runtime: Runtime, ada: Person, people: Sequence[str] = PEOPLE, **rule: Any
) -> tuple[UUID, UUID]:
    """An account on X with a rule that follows and comments, and candidates for it."""
    account = await make_account(runtime, ada.workspace, "twitter", "clay")
    fields: dict[str, Any] = {"platform": "twitter", "keywords": ["ceramics"], "daily_budget": 50}
    fields |= {"action_types": ["follow", "comment"]} | rule
    rule_id = await make_rule(runtime, ada.workspace, **fields)
    await make_candidates(runtime, rule_id, ada.workspace, people)
    return account, rule_id


async def test_the_best_candidates_are_proposed_once_in_varied_words(runtime, ada):
    account, rule = await ready(runtime, ada)
    made = await plan(runtime, ada.workspace, account, 8)
    assert len(made) == 8
    found = await rows(
        runtime, "SELECT target_account, action_type, rule_id, target_data FROM actions ORDER BY id"
    )
    assert sorted(row[0] for row in found) == PEOPLE[:8]
    assert {row[1] for row in found} == {"follow", "comment"}
    assert {row[2] for row in found} == {rule}
    texts = [row[3]["text"] for row in found if row[1] == "comment"]
    assert len(set(texts)) == len(texts) > 1
    assert all("ceramics" in words.lower() for words in texts)
    used = await rows(runtime, "SELECT count(*) FROM candidates WHERE state = 'proposed'")
    assert used == [(8,)]
    actors = await rows(
        runtime, "SELECT DISTINCT actor_kind FROM events WHERE type = 'action.proposed'"
    )
    assert actors == [("planner",)]


async def test_planning_again_goes_on_with_other_people(runtime, ada):
    account, _ = await ready(runtime, ada)
    await plan(runtime, ada.workspace, account, 5)
    await plan(runtime, ada.workspace, account, 5)
    people = await rows(runtime, "SELECT DISTINCT target_account FROM actions")
    assert len(people) == 10


async def test_a_rules_daily_budget_ends_with_the_day(runtime, ada):
    account, _ = await ready(runtime, ada, daily_budget=3)
    assert len(await plan(runtime, ada.workspace, account, 10)) == 3
    assert await plan(runtime, ada.workspace, account, 10) == []
    runtime.clock.move_to(NOW + timedelta(hours=13))
    assert len(await plan(runtime, ada.workspace, account, 10)) == 3


async def test_the_days_limits_hold_for_all_rules_together(runtime, ada):
    account, _ = await ready(runtime, ada)
    async with runtime.begin(ada.workspace) as tx:
        await tx.session.execute(text("UPDATE social_accounts SET daily_action_limit = 4"))
    assert len(await plan(runtime, ada.workspace, account, 10)) == 4
    assert await plan(runtime, ada.workspace, account, 10) == []


async def test_do_not_contact_and_people_just_contacted_are_passed_over(runtime, ada):
    account, _ = await ready(runtime, ada, PEOPLE[:3])
    async with runtime.begin(ada.workspace) as tx:
        await profiles.leave_alone(tx, "twitter", PEOPLE[0])
    other = await make_account(runtime, ada.workspace, "twitter", "other")
    rule = await make_rule(
        runtime,
        ada.workspace,
        platform="twitter",
        name="Other",
        account_id=other,
        handles=[PEOPLE[1]],
        action_types=["follow"],
    )
    await make_candidates(runtime, rule, ada.workspace, [PEOPLE[1]])
    await plan(runtime, ada.workspace, other, 1)
    await plan(runtime, ada.workspace, account, 5)
    pairs = await rows(runtime, "SELECT target_account, account_id FROM actions ORDER BY 1")
    assert (PEOPLE[0], account) not in pairs
    assert len([p for p in pairs if p[0] == PEOPLE[1]]) == 1
    assert (PEOPLE[2], account) in pairs


@pytest.mark.parametrize(
    "change",
    [{"phase": "phase_1"}, {"is_active": False}, {"light": "red"}],
    ids=["platform closed", "paused", "red"],
)
async def test_an_account_that_may_not_act_gets_nothing(runtime, ada, change):
    account, _ = await ready(runtime, ada)
    async with runtime.begin(ada.workspace) as tx:
        name = next(iter(change))
        await tx.session.execute(
            text(f"UPDATE social_accounts SET {name} = :value"), {"value": change[name]}
        )
    assert await plan(runtime, ada.workspace, account, 5) == []


async def test_without_a_post_only_following_is_possible(runtime, ada):
    account = await make_account(runtime, ada.workspace, "tiktok", "clay")
    rule = await make_rule(
        runtime,
        ada.workspace,
        platform="tiktok",
        handles=PEOPLE[:4],
        action_types=["like", "follow", "comment"],
    )
    await make_candidates(runtime, rule, ada.workspace, PEOPLE[:4], posts=False)
    await plan(runtime, ada.workspace, account, 4)
    kinds = await rows(runtime, "SELECT DISTINCT action_type, mode, status FROM actions")
    assert kinds == [("follow", "human", "awaiting_human")]


async def test_the_round_fills_low_queues_and_leaves_full_and_stopped_ones(runtime, ada):
    account, _ = await ready(runtime, ada)
    await plan_round(runtime, {})
    assert await rows(runtime, "SELECT count(*) FROM actions") == [(FULL,)]
    await plan_round(runtime, {})
    assert await rows(runtime, "SELECT count(*) FROM actions") == [(FULL,)]
    async with runtime.begin(ada.workspace) as tx:
        await tx.session.execute(
            text(
                "INSERT INTO stops (id, workspace_id, scope, reason, created_by, created_at)"
                " VALUES (:id, :workspace, 'workspace', 'x', 'x', :now)"
            ),
            {"id": tx.new_id(), "workspace": ada.workspace, "now": tx.now},
        )
        await tx.session.execute(text("DELETE FROM actions"))
    await plan_round(runtime, {})
    assert await rows(runtime, "SELECT count(*) FROM actions") == [(0,)]
    assert account is not None


async def test_the_day_shows_plan_and_what_is_due_with_its_limits(runtime, ada):
    account, _ = await ready(runtime, ada)
    await plan(runtime, ada.workspace, account, 6)
    async with client_of(app_of(runtime, [endpoints.router]), ada) as client:
        path = f"/api/v1/accounts/{account}/plan"
        day = (await client.get(path)).json()
        tomorrow = (await client.get(f"{path}?on=2026-11-21")).json()
        assert (await client.get(path.replace(str(account), str(ada.user)))).status_code == 404
    assert (day["on"], day["timezone"]) == ("2026-11-20", "UTC")
    assert day["waking"] == {"start": "2026-11-20T00:00:00.000Z", "end": "2026-11-21T00:00:00.000Z"}
    assert 3 <= len(day["sessions"]) <= 6
    due = [slot for slot in day["slots"] if slot["action_id"]]
    assert due and all(slot["at"] >= "2026-11-20T12:00" for slot in day["slots"])
    assert [slot["at"] for slot in day["slots"]] == sorted(slot["at"] for slot in day["slots"])
    assert [limit["kind"] for limit in day["limits"] if limit["binds"]] == ["all"]
    assert tomorrow["slots"] and not any(slot["action_id"] for slot in tomorrow["slots"])
    assert all(slot["at"].startswith("2026-11-21") for slot in tomorrow["slots"])


async def test_what_the_day_shows_as_free_is_what_the_next_actions_get(runtime, ada):
    account = await make_account(runtime, ada.workspace, "tiktok", "clay")
    fields: dict[str, Any] = {"platform": "tiktok", "handles": PEOPLE, "action_types": ["follow"]}
    rule = await make_rule(runtime, ada.workspace, **fields)
    await make_candidates(runtime, rule, ada.workspace, PEOPLE[:4], posts=False)
    path = f"/api/v1/accounts/{account}/plan"
    async with client_of(app_of(runtime, [endpoints.router]), ada) as client:
        before = (await client.get(path)).json()
        await plan(runtime, ada.workspace, account, 4)
        after = (await client.get(path)).json()
    free = [slot["at"] for slot in before["slots"]]
    taken = [slot for slot in after["slots"] if slot["action_id"]]
    assert [slot["at"] for slot in taken] == free[:4]
    assert [slot["at"] for slot in after["slots"]] == free
    assert {slot["status"] for slot in taken} == {"awaiting_human"}
    assert all(slot["why"].startswith("A task for your hands") for slot in taken)
    assert all(slot["why"].startswith("Free") for slot in before["slots"])
    assert before["budget"] >= len(free) and before["ramp"] is None
    sessions = [(one["start"], one["end"]) for one in before["sessions"]]
    assert all(any(start <= at < end for start, end in sessions) for at in free)


async def test_the_day_tells_of_the_ramp_after_a_long_pause(runtime, ada):
    account = await make_account(runtime, ada.workspace, "twitter", "clay", resumed_at=NOW)
    path = f"/api/v1/accounts/{account}/plan"
    async with client_of(app_of(runtime, [endpoints.router]), ada) as client:
        days = [
            (await client.get(path, params={"on": f"2026-11-{day}"})).json()
            for day in (20, 21, 22, 23, 24)
        ]
    assert [day["ramp"] for day in days] == [
        {"day": 1, "share": 0.4},
        {"day": 2, "share": 0.55},
        {"day": 3, "share": 0.7},
        {"day": 4, "share": 0.85},
        None,
    ]
    assert days[0]["budget"] < 0.4 * 200
    assert len(days[1]["slots"]) <= days[1]["budget"]
