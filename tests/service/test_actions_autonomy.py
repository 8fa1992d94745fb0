"""Earned autonomy on a real database: earned by decisions, gone with one incident or a word."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import text

from socialseed.accounts import incidents
from socialseed.actions import autonomy, decide, queries
from socialseed.actions.autonomy_endpoints import AutonomyList
from socialseed.actions.schemas import ActionOut
from socialseed.connectors.registry import Connectors
from socialseed.core.errors import AppError, Remedy, UpstreamError
from socialseed.identity import policies
from socialseed.policy.autonomy import LIGHTS
from tests.support.autonomy import KINDS, hold
from tests.support.pipeline import World, approve, make_world

NO_GRANTS = "DELETE FROM autonomy_grants"


@pytest.fixture
async def world(database_url: str):
    """An account in phase 3 that has earned nothing yet."""
    made = await make_world(database_url, phase="phase_3")
    await made.execute(NO_GRANTS)
    yield made
    await made.runtime.engine.dispose()


async def decided(world: World, count: int, *, edited: int = 0, rejected: int = 0) -> None:
    """So many decisions on green texts, left in the past as the pipeline leaves them."""
    async with world.begin() as tx:
        for n in range(count):
            kind = "rejected" if n < rejected else "approved"
            values = {
                "id": tx.new_id(),
                "decision": tx.new_id(),
                "w": world.workspace,
                "a": world.accounts[0],
                "key": f"text:past{n}",
                "status": "rejected" if kind == "rejected" else "succeeded",
                "kind": kind,
                "edited": rejected <= n < rejected + edited,
                "who": world.person.id,
                "at": tx.now - timedelta(days=20) + timedelta(minutes=n),
            }
            await tx.session.execute(text(_PAST), values)


_PAST = """
WITH made AS (INSERT INTO actions (id, workspace_id, account_id, platform, action_type,
  target_data, content_hash, target_key, status, mode, requires_approval, light, risk_score,
  reasons, to_green, rule_set, facts_digest, assessed_at, proposed_by_kind, proposed_by_name,
  was_edited, created_at) VALUES (:id, :w, :a, 'twitter', 'publish_text', '{}', :key, :key,
  :status, 'api', true, 'green', 0, '[]', '[]', 'x', 'x', :at, 'planner', 'Planner', :edited,
  :at) RETURNING id)
INSERT INTO decisions (id, workspace_id, action_id, account_id, kind, content_hash, actor_kind,
  actor_id, actor_name, decided_at) SELECT :decision, :w, id, :a, :kind, :key, 'user', :who,
  'Mia', :at FROM made
"""


async def review(world: World) -> None:
    payload = {"workspace_id": str(world.workspace), "account_id": str(world.accounts[0])}
    await autonomy.review(world.runtime, payload)


async def shown(world: World, kind: str = "publish_text", light: str = "green") -> Any:
    async with world.begin() as tx:
        found = await autonomy.list_of(tx, world.runtime, world.accounts[0])
    AutonomyList.model_validate(found)
    items: Any = found["items"]
    return next(one for one in items if (one["action_type"], one["light"]) == (kind, light))


async def told(world: World, kind: str) -> list[Any]:
    return list(
        await world.rows("SELECT sentence, data FROM events WHERE type = :t ORDER BY seq", t=kind)
    )


# --- earning -------------------------------------------------------------------------------------


async def test_day_61_alone_is_not_enough(world: World):
    action = await world.propose()
    assert await world.status(action) == "awaiting_approval"
    one = await shown(world)
    assert (one["state"], one["decided"]) == ("not_yet", 0)
    assert "0 of 30 decisions were made." in one["missing"]


async def test_a_proven_record_earns_it_with_its_evidence_and_names_it_when_it_goes_out(world):
    await decided(world, 30)
    await review(world)
    one = await shown(world)
    assert (one["state"], one["decided"], one["unedited"]) == ("earned", 30, 30)
    assert one["missing"] == [] and 0.904 < one["lower_bound"] < 0.906
    [event] = await told(world, "autonomy.earned")
    assert "30 of its last 30" in event.sentence
    assert event.data["confidence"] == 0.95
    action = await world.propose()
    assert await world.status(action) == "scheduled"
    [row] = await world.rows(
        "SELECT x.autonomy_id, d.reason, d.kind FROM actions x JOIN decisions d"
        " ON d.action_id = x.id WHERE x.id = :id",
        id=action,
    )
    assert str(row.autonomy_id) == str(one["grant_id"])
    assert row.kind == "auto_approved" and str(one["grant_id"]) in row.reason
    await world.run(timedelta(hours=10))
    assert await world.status(action) == "succeeded"
    await review(world)
    assert len(await told(world, "autonomy.earned")) == 1  # held once


@pytest.mark.parametrize(("edited", "rejected"), [(2, 0), (0, 2), (1, 1)])
async def test_edits_and_rejections_lower_what_is_proven(world: World, edited, rejected):
    await decided(world, 40, edited=edited, rejected=rejected)
    await review(world)
    one = await shown(world)
    assert (one["state"], one["decided"], one["unedited"]) == ("not_yet", 40, 38)
    assert "must be 90.0%" in one["missing"][0]


async def test_what_is_proven_of_one_kind_and_light_is_not_of_another(world: World):
    await decided(world, 60)
    await review(world)
    assert (await shown(world, light="yellow"))["state"] == "not_yet"
    assert (await shown(world, "like"))["state"] == "not_yet"
    assert len(await told(world, "autonomy.earned")) == 1


async def test_decisions_of_the_pipeline_itself_are_looked_at_within_ten_minutes(world: World):
    """Real proposals and real approvals; one of them undone, which then says nothing."""
    await decided(world, 29)
    action = await world.propose(3)
    await approve(world, action)
    async with world.begin() as tx:
        await decide.undo(tx, action)
    await world.run(timedelta(minutes=11))
    assert (await shown(world))["decided"] == 29
    await approve(world, action)
    await world.run(timedelta(minutes=11))
    assert (await shown(world))["state"] == "earned"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE social_accounts SET phase = 'phase_2'",
        "UPDATE social_accounts SET light = 'yellow'",
        "UPDATE social_accounts SET tier = 'unheard_of'",
        "INSERT INTO incidents (id, workspace_id, account_id, kind, opened_at, closed_at, sentence)"
        " SELECT id, workspace_id, id, 'breaker', CAST('2026-02-10' AS timestamptz),"
        " CAST('2026-02-11' AS timestamptz), 'x' FROM social_accounts",
        "INSERT INTO incidents (id, workspace_id, account_id, kind, opened_at, sentence)"
        " SELECT id, workspace_id, id, 'silent_failure', CAST('2025-11-10' AS timestamptz), 'x'"
        " FROM social_accounts",
        "UPDATE decisions SET actor_kind = 'system'",
    ],
)
async def test_nothing_is_earned_while_anything_speaks_against_it(world: World, change: str):
    await decided(world, 60)
    await world.execute(change)
    await review(world)
    assert await told(world, "autonomy.earned") == []


@pytest.mark.parametrize(
    "incident",
    [
        "'egress', CAST('2026-03-01' AS timestamptz), NULL, '{}'",
        "'reconnect', CAST('2026-03-01' AS timestamptz), NULL, '{\"revoked\": false}'",
        "'warning', CAST('2026-01-01' AS timestamptz), CAST('2026-01-09' AS timestamptz), '{}'",
    ],
)
async def test_what_is_no_fault_of_the_account_or_long_over_does_not_count(world, incident):
    await decided(world, 60)
    await world.execute(
        "INSERT INTO incidents (id, workspace_id, account_id, sentence, kind, opened_at,"
        f" closed_at, detail) SELECT id, workspace_id, id, 'x', {incident} FROM social_accounts"
    )
    await review(world)
    assert (await shown(world))["state"] == "earned"


# --- losing --------------------------------------------------------------------------------------


async def test_one_incident_takes_back_everything_before_anything_else_is_sent(world: World):
    async with world.begin() as tx:
        await hold(tx, world.accounts[0])
    world.clock.move_to(world.clock.now() + timedelta(seconds=1))
    action = await world.propose()
    assert await world.status(action) == "scheduled"
    async with world.begin() as tx:
        await incidents.open_(tx, world.accounts[0], "silent_failure", "Nothing arrives.")
    # No job has run yet, and already nothing is scheduled or sent without being asked.
    later = await world.propose(5)
    assert await world.status(later) == "awaiting_approval"
    waiting = list(world.jobs._heap)
    world.jobs._heap.clear()
    await world.execute(
        "UPDATE actions SET scheduled_at = :now WHERE status = 'scheduled'", now=world.clock.now()
    )
    await world.execute("UPDATE lanes SET next_due = :now", now=world.clock.now())
    await world.tick()
    assert world.platform.calls == []
    assert await world.status(action) == "awaiting_approval"
    world.jobs._heap.extend(waiting)
    await world.tick()
    held = "SELECT count(*) FROM autonomy_grants WHERE revoked_at IS NULL"
    assert await world.value(held) == 0
    events = await told(world, "autonomy.taken_back")
    assert len(events) == len(KINDS) * len(LIGHTS)
    assert "no incident for 30 days" in events[0].data["because"]
    assert (await shown(world))["state"] == "taken_back"


async def test_a_platforms_warning_during_a_sending_takes_everything_back(world: World):
    async with world.begin() as tx:
        await hold(tx, world.accounts[0])
    world.clock.move_to(world.clock.now() + timedelta(seconds=1))
    world.platform.answers = [UpstreamError(Remedy.STOP, "challenge", "Confirm it is you.")]
    await world.propose()
    await world.run(timedelta(hours=2))
    assert len(world.platform.calls) == 1
    held = "SELECT count(*) FROM autonomy_grants WHERE revoked_at IS NULL"
    assert await world.value(held) == 0


async def test_a_person_takes_it_back_at_once_and_it_is_not_earned_again_for_30_days(world):
    await decided(world, 60)
    await review(world)
    grant = (await shown(world))["grant_id"]
    action = await world.propose()
    async with world.begin() as tx:
        await autonomy.take_back(tx, world.accounts[0], grant)
    await world.run(timedelta(hours=10))
    assert await world.status(action) == "awaiting_approval"
    assert world.platform.calls == []
    why = await world.value(
        "SELECT sentence FROM events WHERE action_id = :id AND type = 'action.held'", id=action
    )
    assert "had earned was taken back" in why
    await review(world)
    one = await shown(world)
    assert (one["state"], one["taken_back_because"]) == ("taken_back", "A person took it back.")
    assert one["missing"] == ["A person took it back less than 30 days ago."]
    with pytest.raises(AppError) as twice:
        async with world.begin() as tx:
            await autonomy.take_back(tx, world.accounts[0], grant)
    assert twice.value.code == "not_held"
    # What is approved by hand goes out whatever became of the grant.
    await approve(world, action)
    await world.run(timedelta(hours=24))
    assert await world.status(action) == "succeeded"
    world.clock.move_to(world.clock.now() + timedelta(days=30))
    await review(world)
    assert (await shown(world))["state"] == "earned"


async def test_a_more_careful_policy_or_a_lower_phase_takes_back_and_says_why(world: World):
    await decided(world, 40)
    await review(world)
    async with world.begin() as tx:
        await policies.change(tx, {"autonomy.min_decided": 50}, 0, "More proof.")
    await review(world)
    assert (await shown(world))["taken_back_because"] == "40 of 50 decisions were made."
    async with world.begin() as tx:
        await policies.change(tx, {"autonomy.min_decided": 40}, 1, "As it was.")
    world.clock.move_to(world.clock.now() + timedelta(seconds=1))
    await review(world)
    assert (await shown(world))["state"] == "earned"
    await world.execute("UPDATE social_accounts SET phase = 'phase_2'")
    await autonomy.review_all(world.runtime, {})
    await world.tick()
    assert (await shown(world))["taken_back_because"] == "The account must be in phase 3."


async def test_a_slower_light_keeps_what_was_earned_and_red_asks_all_the_same(world: World):
    await decided(world, 60)
    await review(world)
    for light in ("yellow", "red"):
        await world.execute("UPDATE social_accounts SET light = :light", light=light)
        await review(world)
        assert (await shown(world))["state"] == "earned"
    action = await world.propose(2)
    assert await world.status(action) == "awaiting_approval"


# --- the audit -----------------------------------------------------------------------------------


async def test_some_of_what_needs_nobody_is_asked_about_and_says_so(world: World):
    async with world.begin() as tx:
        await hold(tx, world.accounts[0])
        await policies.change(tx, {"autonomy.audit_share": 1.0}, 0, "I want to see them all.")
    action = await world.propose()
    assert await world.status(action) == "awaiting_approval"
    async with world.begin() as tx:
        body = orjson.loads(await queries.action(tx, action))
    ActionOut.model_validate(body)
    assert body["audit_sample"] is True and body["autonomy_id"] is None
    assert body["reasons"][-1]["sentence"] == "Every one of these still comes to you."
    kept = await world.value("SELECT findings FROM verdicts WHERE action_id = :id", id=action)
    assert "audit_sample" not in {one["code"] for one in kept}  # no part of the verdict
    await approve(world, action)
    await world.run(timedelta(minutes=30))
    assert await world.status(action) == "succeeded"


async def test_the_share_that_is_asked_about_is_near_the_policys(world: World):
    async with world.begin() as tx:
        await hold(tx, world.accounts[0])
        await policies.change(tx, {"autonomy.audit_share": 0.5}, 0, "Half of them.")
    for n in range(60):
        await world.propose(n)
    asked = await world.value("SELECT count(*) FROM actions WHERE audit_sample")
    automatic = await world.value("SELECT count(*) FROM actions WHERE autonomy_id IS NOT NULL")
    assert asked + automatic == 60
    assert 15 <= asked <= 45  # four standard deviations


async def test_in_phase_2_too_some_greens_are_asked_about_so_that_there_is_a_record(world: World):
    world.runtime = replace(world.runtime, connectors=Connectors({"instagram": world.platform}))
    await world.execute(
        "UPDATE social_accounts SET platform = 'instagram', tier = 'facebook_login',"
        " phase = 'phase_2'"
    )
    async with world.begin() as tx:
        await policies.change(tx, {"autonomy.audit_share": 0.5}, 0, "Half of them.")
    for n in range(20):
        picture = {"text": f"{n} of the harbour", "media_url": f"https://media.example.com/{n}.jpg"}
        await world.propose(account=None, action_type="publish_image", target_data=picture)
    rows = await world.rows("SELECT status, audit_sample, light FROM actions")
    assert {row.light for row in rows} == {"green"}
    assert {(row.status, row.audit_sample) for row in rows} == {
        ("scheduled", False),
        ("awaiting_approval", True),
    }
