"""Human tasks open one at a time for each account, and only while nothing is against them."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest

from socialseed.actions import stops, tasks_human
from socialseed.policy.breaker import COOL_OFF
from tests.support.pipeline import World, approve, follow, make_world

GAP = timedelta(seconds=45)
_OPEN = "SELECT id FROM actions WHERE status = 'awaiting_human' AND unlocked_at IS NOT NULL"


@pytest.fixture
async def world(database_url: str):
    made = await make_world(database_url, phase="phase_3")
    # At this tier a text goes through the API and a follow is done by hand.
    await made.execute("UPDATE social_accounts SET tier = 'self_serve'")
    yield made
    await made.runtime.engine.dispose()


async def complete(world: World, action: UUID, outcome: str = "done") -> None:
    async with world.begin() as tx:
        await tasks_human.complete(tx, world.runtime, action, outcome)


async def open_tasks(world: World) -> list[UUID]:
    return [row.id for row in await world.rows(_OPEN)]


async def until_one_opens(world: World, hours: int = 3) -> UUID:
    for _ in range(hours * 60):
        if found := await open_tasks(world):
            return found[0]
        await world.run(timedelta(minutes=1))
    raise AssertionError("no task opened")


def like(n: int) -> dict[str, Any]:
    post = {"id": f"post{n}", "author": f"person{n}", "text": "Hello!"}
    return {"action_type": "like", "target_account": f"person{n}", "target_data": {"post": post}}


async def test_one_opens_at_a_time_a_gap_apart_and_none_beyond_the_limits(world: World):
    for n in range(30):
        await world.propose(**follow(n))
    done = []
    for _ in range(14 * 60):
        await world.run(timedelta(minutes=1))
        found = await open_tasks(world)
        assert len(found) <= 1
        for action in found:
            await complete(world, action)
            done.append(world.clock.now())
    assert len(done) >= 10
    assert all(later - sooner >= GAP for sooner, later in pairwise(done))
    # Every one of them has its unit: nobody was led past a limit.
    used = await world.rows(
        "SELECT window_key, used FROM counters WHERE kind = 'follow' AND span = 'hour'"
    )
    assert {row.window_key: row.used for row in used} == Counter(at.isoformat()[:13] for at in done)


async def test_after_a_long_absence_they_still_open_one_by_one(world: World):
    for n in range(4):
        await world.propose(**follow(n))
    world.clock.move_to(world.clock.now() + timedelta(hours=6))
    await world.run(timedelta(minutes=10))
    assert len(await open_tasks(world)) == 1
    for _ in range(4):
        await complete(world, await until_one_opens(world))
    assert await world.value("SELECT count(*) FROM actions WHERE status = 'succeeded'") == 4


async def test_an_open_task_keeps_its_unit_from_what_the_api_would_send(world: World):
    await world.execute("UPDATE social_accounts SET daily_action_limit = 1")
    await world.propose(**follow())
    task = await until_one_opens(world, 24)
    text = await world.propose()
    if await world.status(text) == "awaiting_approval":
        await approve(world, text)
    await world.run(timedelta(hours=12))
    assert world.platform.calls == []
    await complete(world, task, "changed_mind")
    await world.run(timedelta(days=2))
    assert len(world.platform.calls) == 1


async def test_a_refusal_on_the_page_pauses_the_kind_and_one_try_ends_the_pause(world: World):
    for n in range(4):
        await world.propose(**follow(n))
    other = await world.propose(**like(9))
    await complete(world, await _follow_that_opens(world, other), "blocked")
    opened = "SELECT count(*) FROM incidents WHERE kind = 'breaker' AND closed_at IS NULL"
    assert await world.value(opened) == 1
    paused_at = world.clock.now()
    await complete(world, await _follow_that_opens(world, other))
    assert world.clock.now() - paused_at >= COOL_OFF[-1]
    assert await world.value(opened) == 0
    assert await world.status(other) == "succeeded"


async def _follow_that_opens(world: World, other: UUID) -> UUID:
    """The next open follow; the like of the test is done as soon as it opens."""
    while True:
        task = await until_one_opens(world, 48)
        if task != other:
            return task
        await complete(world, task)


async def test_who_is_to_be_left_alone_meanwhile_is_withdrawn_and_never_shown(world: World):
    action = await world.propose(**follow(1))
    async with world.begin() as tx:
        new_id = tx.new_id()
    await world.execute(
        "INSERT INTO profiles (id, workspace_id, platform, handle, observed_at, do_not_contact_at,"
        " do_not_contact_because) VALUES (:id, :w, 'twitter', 'person1', :now, :now, 'their_wish')",
        id=new_id,
        w=world.workspace,
        now=world.clock.now(),
    )
    await world.run(timedelta(days=1))
    assert await world.status(action) == "cancelled"
    told = await world.rows("SELECT type, sentence FROM events ORDER BY seq")
    assert "action.task_unlocked" not in [row.type for row in told]
    assert told[-1].sentence.startswith("Withdrawn: ")


async def test_nothing_opens_under_a_stop_or_while_the_account_rests(world: World):
    await world.propose(**follow())
    async with world.begin() as tx:
        stop = await stops.set_stop(tx, "workspace", None, "Careful.")
    await world.run(timedelta(hours=3))
    assert await open_tasks(world) == []
    async with world.begin() as tx:
        await stops.lift(tx, stop.id)
    rest = world.clock.now() + timedelta(days=2)
    await world.execute("UPDATE social_accounts SET frozen_until = :at", at=rest)
    await world.run(timedelta(hours=30))
    assert await open_tasks(world) == []
    await until_one_opens(world, 48)
    assert world.clock.now() >= rest


async def test_what_opens_was_judged_again(world: World):
    action = await world.propose(**follow())
    await until_one_opens(world)
    stages = "SELECT stage FROM verdicts WHERE action_id = :id ORDER BY assessed_at"
    assert [row.stage for row in await world.rows(stages, id=action)] == ["propose", "send"]
