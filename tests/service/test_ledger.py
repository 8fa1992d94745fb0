"""One ledger for planner, sender and listing: flipped rows, expired proof, lacks, capped apps."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import text

from socialseed.accounts import platforms
from socialseed.actions import dispatch
from socialseed.actions.execute import send
from socialseed.planner.planning import plan_account
from socialseed.policy.capabilities.ledger import LEDGER, Ledger, parse, written
from socialseed.policy.capabilities.types import Capability
from tests.support.pipeline import (
    VERBS,
    World,
    add_workspace,
    approve,
    follow,
    make_world,
    observed,
    reply,
)
from tests.support.world import (
    make_candidates,
    make_rule,
)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
FOLLOWED = "X lets an enterprise app do this when a person starts each one."


@pytest.fixture
async def world(database_url: str):
    made = await make_world(database_url, accounts=2, phase="phase_3")
    yield made
    await made.runtime.engine.dispose()


def row(kind: str, platform: str = "twitter", tier: str = "enterprise") -> Capability:
    found = LEDGER.find(platform, kind, tier)
    assert found is not None
    return found


def under(world: World, ledger: Ledger) -> World:
    """The same world, in which the ledger says something else."""
    return replace(world, runtime=replace(world.runtime, ledger=ledger))


def saying(world: World, kind: str, **change: Any) -> World:
    return under(world, LEDGER.saying(replace(row(kind), **change)))


def listed(world: World, kind: str) -> dict[str, Any]:
    """What the API lists for the kind on X under the enterprise tier."""
    items: Any = platforms.list_platforms(world.runtime)["items"]
    lines = next(item for item in items if item["platform"] == "twitter")["capabilities"]
    found: dict[str, Any] = next(
        one for one in lines if one["action_type"] == kind and one["tier"] == "enterprise"
    )
    return found


async def shown(world: World, action_id: UUID) -> Any:
    sql = "SELECT status, mode, light, reasons, deep_link FROM actions WHERE id = :id"
    return (await world.rows(sql, id=action_id))[0]


async def codes(world: World, action_id: UUID) -> list[str]:
    reasons = (await shown(world, action_id)).reasons
    told = orjson.loads(reasons) if isinstance(reasons, str | bytes) else reasons
    return [one["code"] for one in told]


async def planned(world: World) -> list[str]:
    """The modes of what the planner proposes for the first account."""
    async with world.begin(world.machine, key="plan") as tx:
        made = await plan_account(tx, world.runtime, world.accounts[0], count=2)
    return [(await shown(world, action_id)).mode for action_id in made]


async def followers_wanted(world: World) -> None:
    fields: dict[str, Any] = {
        "platform": "twitter",
        "keywords": ["clay"],
        "action_types": ["follow"],
    }
    fields |= {"daily_budget": 50, "is_active": False}  # no search: its people are made here
    rule_id = await make_rule(world.runtime, world.workspace, **fields)
    await world.execute("UPDATE targeting_criteria SET is_active = true")
    people = [f"potter{n}" for n in range(9)]
    await make_candidates(world.runtime, rule_id, world.workspace, people)


def by_hand(ledger_text: str) -> str:
    """A copy of the data file in which X has taken follows away from enterprise apps too."""
    actions = 'actions = ["like", "unlike", "follow", "unfollow", "quote"]\ntiers = ["enterprise"]'
    assert ledger_text.count(actions) == 1
    return ledger_text.replace(f'{actions}\nmode = "api"', f'{actions}\nmode = "human"')


async def test_flipping_a_row_changes_planner_listing_and_sender_together(world):
    await followers_wanted(world)
    action_id = await world.propose(**follow(1))
    await approve(world, action_id)
    assert listed(world, "follow")["mode"] == "api"
    assert await planned(world) == ["api", "api"]

    other = under(world, parse(by_hand(written())))
    assert listed(other, "follow")["mode"] == "human"
    assert await planned(other) == ["human", "human"]
    await other.run(HOUR)
    assert await other.status(action_id) == "blocked"
    assert (await codes(other, action_id))[0] == "by_hand_only"
    assert world.platform.calls == []


async def test_a_forbidden_row_is_not_planned_at_all_and_says_why(world):
    await followers_wanted(world)
    other = saying(world, "follow", mode="forbidden", sentence="X has ended this.")
    assert await planned(other) == []
    assert listed(other, "follow")["sentence"] == "X has ended this."
    action_id = await other.propose(**follow(1))
    assert await other.status(action_id) == "blocked"


async def test_fresh_proof_lets_a_post_go_out_by_itself(world):
    action_id = await world.propose(actor=world.machine)
    assert await world.status(action_id) == "scheduled"
    assert listed(world, "publish_text")["proof"] == "fresh"


async def test_expired_proof_needs_a_person_and_is_yellow(world):
    world.clock.move_to(world.clock.now().replace(year=2027, month=1, day=31))
    action_id = await world.propose(actor=world.machine)
    found = await shown(world, action_id)
    assert (found.status, found.light) == ("awaiting_approval", "yellow")
    assert "proof_expired" in await codes(world, action_id)
    assert listed(world, "publish_text")["proof"] == "expired"
    await approve(world, action_id)
    await world.run(DAY)
    assert await world.status(action_id) == "succeeded"


async def test_the_last_day_of_proof_is_still_proof(world):
    world.clock.move_to(world.clock.now().replace(year=2027, month=1, day=30))
    action_id = await world.propose(actor=world.machine)
    assert await world.status(action_id) == "scheduled"


async def test_proof_that_expires_before_sending_takes_the_step_back_to_a_person(world):
    action_id = await world.propose(actor=world.machine)
    old = saying(world, "publish_text", recheck_on=date(2026, 1, 1))
    await old.run(DAY)
    assert await old.status(action_id) == "awaiting_approval"
    assert world.platform.calls == []


async def test_a_task_by_hand_is_amber_too(world):
    old = saying(world, "follow", mode="human", recheck_on=date(2026, 1, 1))
    await observed(world, "person1")
    action_id = await old.propose(**follow(1))
    found = await shown(world, action_id)
    assert (found.status, found.light) == ("awaiting_human", "yellow")


async def test_what_the_connector_lacks_is_left_to_a_person_everywhere(world):
    await followers_wanted(world)
    action_id = await world.propose(**follow(1))
    await approve(world, action_id)
    world.platform.performs = VERBS - {"follow"}
    line = listed(world, "follow")
    assert (line["mode"], line["allowed"], line["performs"]) == ("human", "api", False)
    assert line["sentence"].startswith("SocialSeed has no call for this on X yet.")
    assert await planned(world) == ["human", "human"]
    task = await shown(world, await world.propose(**follow(2)))
    assert (task.status, task.mode) == ("awaiting_human", "human")
    assert task.deep_link.endswith("/person2")
    await world.run(HOUR)
    assert await world.status(action_id) == "blocked"
    assert world.platform.calls == []


async def test_no_line_is_api_without_a_call(world):
    world.platform.performs = frozenset({"reply"})
    items: Any = platforms.list_platforms(world.runtime)["items"]
    for item in items:
        for line in (*item["capabilities"], *item["reads"]):
            assert line["mode"] != "api" or line["performs"]
            assert line["call"] or line["mode"] != "api"


async def test_platforms_without_a_connector_are_listed_as_such(world):
    items: Any = platforms.list_platforms(world.runtime)["items"]
    states = {item["platform"]: item["state"] for item in items}
    assert states["twitter"] == "ready"
    assert states["linkedin"] == states["pinterest"] == "no connector yet"
    linkedin = next(item for item in items if item["platform"] == "linkedin")
    assert {line["mode"] for line in linkedin["capabilities"]} == {"forbidden"}
    post = next(x for x in linkedin["capabilities"] if x["action_type"] == "publish_text")
    assert (post["allowed"], post["needs_approval"]) == ("api", True)
    assert post["sentence"] == "SocialSeed has no connector for LinkedIn yet."


async def test_a_reply_nobody_asked_for_is_a_task_on_self_serve(world):
    await world.execute("UPDATE social_accounts SET tier = 'self_serve'")
    summoned = await world.propose(**reply(1))
    unasked = reply(2)
    unasked["target_data"] = {**unasked["target_data"], "summoned": False}
    alone = await world.propose(**unasked)
    modes = [(await shown(world, one)).mode for one in (summoned, alone)]
    assert modes == ["api", "human"]


# --- an app that may post for a few accounts a day -----------------------------------------------


@pytest.fixture
async def crowd(world: World) -> tuple[World, World]:
    """Two accounts in each of two workspaces, under an app that may post for two a day."""
    two = saying(world, "publish_text", accounts_a_day=2)
    others = await add_workspace(
        two.runtime, two.clock, two.jobs, two.platform, 2, "phase_3", "owner"
    )
    return two, others


async def posted(world: World, n: int, account: UUID) -> UUID:
    action_id = await world.propose(n, account)
    await world.run(timedelta(hours=3))
    assert await world.status(action_id) == "succeeded"
    return action_id


async def test_a_third_account_may_not_post_that_day_whosever_it_is(crowd):
    ours, theirs = crowd
    await posted(ours, 0, ours.accounts[0])
    await posted(theirs, 1, theirs.accounts[0])
    third = await theirs.propose(2, theirs.accounts[1])
    found = await shown(theirs, third)
    assert found.status == "blocked"
    told = orjson.loads(found.reasons) if isinstance(found.reasons, str) else found.reasons
    assert told[0]["code"] == "app_posters"
    assert told[0]["sentence"] == (
        "X lets this app post for 2 accounts in 24 hours, and 2 others have posted."
    )
    # One of the two may post again, and tomorrow another may.
    await posted(ours, 3, ours.accounts[0])
    ours.clock.move_to(ours.clock.now() + DAY)
    tomorrow = await theirs.propose(2, theirs.accounts[1])
    await theirs.run(DAY)
    assert await theirs.status(tomorrow) == "succeeded"


async def test_of_two_that_are_due_only_the_allowed_one_is_sent_today(crowd):
    ours, theirs = crowd
    await posted(ours, 0, ours.accounts[0])
    first = await ours.propose(1, ours.accounts[1])
    second = await theirs.propose(2, theirs.accounts[0])
    sent_before = len(ours.platform.journal)
    await ours.run(timedelta(hours=4))
    states = sorted([await ours.status(first), await theirs.status(second)])
    assert states == ["scheduled", "succeeded"]
    assert len(ours.platform.journal) == sent_before + 1
    held = await ours.value("SELECT count(*) FROM events WHERE type = 'action.held'")
    held += await theirs.value("SELECT count(*) FROM events WHERE type = 'action.held'")
    assert held == 1
    await ours.run(timedelta(hours=48))
    assert [await ours.status(first), await theirs.status(second)] == ["succeeded"] * 2


async def test_many_at_the_very_same_moment_are_counted_one_after_the_other(crowd):
    ours, _ = crowd
    more = (ours.runtime, ours.clock, ours.jobs, ours.platform, 6, "phase_3", "owner")
    studio = await add_workspace(*more)
    for n, account in enumerate(studio.accounts):
        assert await studio.status(await studio.propose(n, account)) == "scheduled"
    async with studio.begin() as tx:
        at = await tx.session.scalar(text("SELECT max(scheduled_at) FROM actions"))
        # What is long overdue would be planned anew instead.
        due = {"at": at, "workspace": studio.workspace}
        update = "UPDATE actions SET scheduled_at = :at WHERE workspace_id = :workspace"
        await tx.session.execute(text(update), due)
        studio.clock.move_to(at)
    assert await dispatch.claim(studio.runtime) == 6
    leased = "SELECT account_id, workspace_id, fence FROM lanes WHERE leased_until IS NOT NULL"
    lanes = [row._mapping for row in await studio.rows(leased)]
    await asyncio.gather(*(send(studio.runtime, dict(lane)) for lane in lanes))
    assert len(studio.platform.journal) == 2


async def test_what_was_not_performed_does_not_count(crowd):
    ours, theirs = crowd
    for world in crowd:
        await posted(world, 0 if world is ours else 1, world.accounts[0])
    await ours.execute("UPDATE attempts SET outcome = 'not_performed'")
    action_id = await theirs.propose(2, theirs.accounts[1])
    assert await theirs.status(action_id) == "scheduled"


async def test_what_only_its_owner_will_see_is_said(world):
    private = saying(world, "publish_text", visibility="private")
    action_id = await private.propose()
    assert await codes(private, action_id) == ["private_only"]
    assert (await shown(private, action_id)).light == "green"
