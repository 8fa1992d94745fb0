"""One action's life, from the proposal to its settlement, on a real database."""

from datetime import timedelta

import pytest

from socialseed.actions import decide
from socialseed.actions.propose import submit
from socialseed.core.errors import AppError, Remedy, UpstreamError
from tests.support.pipeline import UNKNOWN, Platform, World, make_world, performed_then


@pytest.fixture
async def world(database_url: str):
    made = await make_world(database_url, phase="phase_3")
    yield made
    await made.runtime.engine.dispose()


def follow(n: int = 0) -> dict[str, object]:
    return {"action_type": "follow", "target_account": f"person{n}", "target_data": {}}


async def approve(world: World, action_id, **more) -> None:
    async with world.begin() as tx:
        await decide.approve(tx, world.runtime, action_id, **more)


async def test_a_green_publication_in_phase_3_needs_nobody_and_is_sent_once(world: World):
    action = await world.propose()
    assert await world.status(action) == "scheduled"
    await world.run(timedelta(hours=1))
    assert await world.status(action) == "succeeded"
    assert len(world.platform.journal) == 1
    assert await world.value("SELECT verified FROM actions WHERE id = :id", id=action) is True
    types = [row.type for row in await world.rows("SELECT type FROM events ORDER BY seq")]
    assert types == [
        "action.proposed",
        "action.assessed",
        "action.scheduled",
        "action.started",
        "action.succeeded",
    ]


async def test_a_follow_waits_for_a_person_and_is_sent_after_the_hold(world: World):
    action = await world.propose(**follow())
    assert await world.status(action) == "awaiting_approval"
    await approve(world, action)
    assert await world.status(action) == "scheduled"
    held = await world.value("SELECT held_until FROM actions WHERE id = :id", id=action)
    assert held == world.clock.now() + timedelta(seconds=10)
    await world.tick()
    assert world.platform.calls == []
    await world.run(timedelta(minutes=30))
    assert await world.status(action) == "succeeded"
    assert [order.target_handle for order in world.platform.journal] == ["person0"]
