"""Human tasks: unlocked at their pace, settled by what a person tells, verified by reading back."""

from datetime import timedelta

import pytest

from socialseed.actions import queries, stops, tasks_human
from socialseed.actions.schemas import NextTaskOut, TaskPage
from socialseed.core.errors import AppError
from tests.support.pipeline import World, follow, make_world


@pytest.fixture
async def world(database_url: str):
    made = await make_world(database_url, phase="phase_3")
    await made.execute("UPDATE social_accounts SET tier = 'self_serve'")
    yield made
    await made.runtime.engine.dispose()


async def complete(world: World, action, outcome: str = "done", actor=None) -> None:
    async with world.begin(actor) as tx:
        await tasks_human.complete(tx, world.runtime, action, outcome)


async def next_task(world: World) -> NextTaskOut:
    async with world.begin() as tx:
        return NextTaskOut.model_validate_json(await queries.next_task(tx, None))


async def test_a_task_unlocks_at_its_paced_time_with_its_deep_link(world: World):
    first, second = await world.propose(**follow(1)), await world.propose(**follow(2))
    assert await world.status(first) == "awaiting_human"
    at = await world.rows("SELECT scheduled_at FROM actions ORDER BY created_at, id")
    assert abs(at[1][0] - at[0][0]) >= timedelta(seconds=45)
    assert (await next_task(world)).task is None
    await world.run(timedelta(hours=2))
    shown = await next_task(world)
    assert shown.task is not None
    assert shown.task.deep_link == "https://x.com/person1"
    assert shown.open == 1
    unlocked = await world.value("SELECT count(*) FROM events WHERE type = 'action.task_unlocked'")
    assert unlocked == 1
    async with world.begin() as tx:
        page = TaskPage.model_validate_json(await queries.tasks(tx, "all", None, 1, None))
        rest = TaskPage.model_validate_json(
            await queries.tasks(tx, "all", None, 1, page.next_cursor)
        )
        open_ = TaskPage.model_validate_json(await queries.tasks(tx, "open", None, 5, None))
        locked = TaskPage.model_validate_json(await queries.tasks(tx, "locked", None, 5, None))
    assert [item.id for item in (*page.items, *rest.items)] == [first, second]
    assert [item.id for item in open_.items] == [first]
    assert [item.id for item in locked.items] == [second]
    assert world.platform.calls == []


@pytest.mark.parametrize(
    ("outcome", "status", "failure", "counted"),
    [
        ("done", "succeeded", None, 1),
        ("target_gone", "failed", "target_gone", None),
        ("blocked", "failed", "blocked", None),
        ("changed_mind", "cancelled", None, None),
        ("skipped", "cancelled", None, None),
    ],
)
async def test_every_outcome_settles_the_task(world: World, outcome, status, failure, counted):
    action = await world.propose(**follow())
    await complete(world, action, outcome)
    row = (await world.rows("SELECT status, verified, failure->>'code' AS code FROM actions"))[0]
    assert tuple(row) == (status, None, failure)
    assert await world.value("SELECT max(used) FROM counters") == counted
    with pytest.raises(AppError, match="not_open"):
        await complete(world, action, outcome)


@pytest.mark.parametrize("really", [True, False])
async def test_a_claim_is_verified_by_reading_back(world: World, really: bool):
    action = await world.propose(**follow())
    await complete(world, action)
    if really:
        world.platform.performed_elsewhere.add(str(action))
    await world.run(timedelta(hours=1))
    verified = await world.value("SELECT verified FROM actions")
    assert verified is (True if really else None)
    await world.run(timedelta(hours=7))
    assert await world.value("SELECT verified FROM actions") is really
    assert await world.status(action) == "succeeded"


async def test_a_stop_hides_tasks_and_hears_what_was_done_all_the_same(world: World):
    action = await world.propose(**follow())
    await world.run(timedelta(hours=2))
    async with world.begin() as tx:
        await stops.set_stop(tx, "platform", "twitter", "Careful.")
    assert (await next_task(world)).task is None
    await complete(world, action)
    assert await world.status(action) == "succeeded"


async def test_full_limits_do_not_silence_a_person_and_stay_within_their_ceiling(world: World):
    actions = [await world.propose(**follow(n)) for n in range(12)]
    for action in actions:
        await complete(world, action)
    rows = await world.rows("SELECT used, ceiling FROM counters WHERE kind = 'follow'")
    assert all(row.used <= row.ceiling for row in rows)
    assert {await world.status(action) for action in actions} == {"succeeded"}


async def test_later_locks_a_task_and_a_machine_tells_nothing(world: World):
    action = await world.propose(**follow())
    await world.run(timedelta(hours=2))
    async with world.begin() as tx:
        await tasks_human.later(tx, action, 30)
    assert (await next_task(world)).task is None
    await world.run(timedelta(minutes=31))
    shown = await next_task(world)
    assert shown.task is not None
    with pytest.raises(AppError, match="machine_may_not_approve"):
        await complete(world, action, actor=world.machine)


async def test_putting_off_a_locked_task_does_not_bring_it_forward(world: World):
    actions = [await world.propose(**follow(n)) for n in range(3)]
    slots = "SELECT scheduled_at FROM actions ORDER BY id"
    before = [row.scheduled_at for row in await world.rows(slots)]
    minute = timedelta(minutes=1)
    for action in actions:
        async with world.begin() as tx:
            await tasks_human.later(tx, action, 1)
            soonest = tx.now + minute
    after = [row.scheduled_at for row in await world.rows(slots)]
    assert after == [max(slot, soonest) for slot in before]
    assert max(before) > soonest, "no slot was far enough away to show anything"


async def test_a_task_that_nobody_does_expires(world: World):
    action = await world.propose(**follow())
    await world.run(timedelta(hours=80))
    assert await world.status(action) == "expired"
