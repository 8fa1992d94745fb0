"""The queue in human minutes: measured, the most worth first, the rest put off with a reason."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest

from socialseed.actions import attention, decide, queries
from socialseed.actions.queries import Filter
from socialseed.core.errors import AppError
from tests.support.pipeline import World, approve, make_world, reply


@pytest.fixture
async def world(database_url: str):
    made = await make_world(database_url, phase="phase_1")
    # Phase 1 keeps X closed; phase 2 with a yellow account asks for everything.
    await made.execute("UPDATE social_accounts SET phase = 'phase_3', light = 'red'")
    yield made
    await made.runtime.engine.dispose()


async def budget(world: World, minutes: int) -> None:
    await world.execute(
        "INSERT INTO policies (workspace_id, version, numbers, reason, changed_by_name, changed_at)"
        " VALUES (:w, (SELECT count(*) + 1 FROM policies), CAST(:numbers AS jsonb), 'test', 'Mia',"
        " :now)",
        w=world.workspace,
        numbers=orjson.dumps({attention.NUMBER: minutes}).decode(),
        now=world.clock.now(),
    )


async def listed(world: World, *, deferred: bool = False, limit: int = 50) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        async with world.begin() as tx:
            body = await queries.pending(tx, Filter(), limit, cursor, deferred=deferred)
        page = orjson.loads(body)
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


async def plan(world: World) -> dict[str, Any]:
    await attention.plan_round(world.runtime, {})
    async with world.begin() as tx:
        return dict(await attention.standing(tx))


async def opened(world: World, action: UUID) -> None:
    async with world.begin() as tx:
        await attention.open_(tx, action)


async def test_replies_come_before_posts_of_equal_light_and_every_page_is_seen_once(world: World):
    posts = [await world.propose(n) for n in range(5)]
    replies = [await world.propose(**reply(n)) for n in range(5)]
    await plan(world)
    found = await listed(world, limit=3)
    assert sorted(item["id"] for item in found) == sorted(map(str, posts + replies))
    worths = [item["worth"] for item in found]
    assert worths == sorted(worths, reverse=True) and len(set(worths)) > 1
    assert all(item["minutes"] > 0 for item in found)


async def test_what_the_minutes_do_not_hold_is_put_off_until_tomorrow_with_a_reason(world: World):
    for n in range(8):
        await world.propose(n)
    await budget(world, 1)  # a minute: three red ones at 20 seconds each
    told = await plan(world)
    assert (told["planned"], told["deferred"], told["minutes_a_day"]) == (3, 5, 1)
    shown, later = await listed(world), await listed(world, deferred=True)
    assert len(shown) == 3 and len(later) == 5
    assert all("1 minutes a day" in item["deferred_because"] for item in later)
    assert all(item["deferred_until"].startswith("2026-03-03T00:00:00") for item in later)
    await plan(world)
    events = await world.value("SELECT count(*) FROM events WHERE type = 'attention.planned'")
    assert events == 1  # said again only when something changed
    await budget(world, 0)
    told = await plan(world)
    assert told["deferred"] == 0 and len(await listed(world)) == 8


async def test_a_deferred_one_may_be_decided_and_comes_back_the_next_day(world: World):
    for n in range(5):
        await world.propose(n)
    await budget(world, 1)
    await plan(world)
    first = UUID((await listed(world, deferred=True))[0]["id"])
    await approve(world, first)
    assert await world.status(first) == "scheduled"
    world.clock.move_to(world.clock.now() + timedelta(days=1))
    assert len(await listed(world)) == 4


async def test_the_time_of_a_decision_is_measured_from_when_it_was_open_or_the_one_before(
    world: World,
):
    ids = [await world.propose(n) for n in range(6)]
    for action in ids:
        await opened(world, action)
    for action in ids:
        world.clock.move_to(world.clock.now() + timedelta(seconds=12))
        async with world.begin() as tx:
            await decide.reject(tx, world.runtime, action, "off_topic")
    told = await plan(world)
    (each,) = [one for one in told["seconds_each"] if one["light"] == "red"]
    assert (each["median_seconds"], each["measured"]) == (12.0, True)
    assert told["minutes_used"] == pytest.approx(6 * 12 / 60, abs=0.1)


async def test_a_break_of_an_hour_is_not_time_for_a_decision(world: World):
    ids = [await world.propose(n) for n in range(2)]
    for action in ids:
        await opened(world, action)
    world.clock.move_to(world.clock.now() + timedelta(hours=1))
    await approve(world, ids[0])
    told = await plan(world)
    assert not any(one["measured"] for one in told["seconds_each"])
    assert told["minutes_used"] <= attention.LONGEST_LOOK / 60


async def test_what_was_decided_meanwhile_is_not_marked_as_opened(world: World):
    action = await world.propose()
    await approve(world, action)
    await opened(world, action)
    assert await world.value("SELECT opened_at FROM actions WHERE id = :id", id=action) is None
    with pytest.raises(AppError) as refused:
        await opened(world, world.workspace)
    assert refused.value.code == "not_found"
