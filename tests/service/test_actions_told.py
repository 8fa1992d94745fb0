"""A notice about a post brings our own reading back forward, and decides nothing itself."""

from datetime import timedelta
from uuid import UUID

import pytest

from socialseed.actions.told import told
from tests.support.pipeline import UNKNOWN, World, make_world, performed_then


@pytest.fixture
async def world(database_url: str):
    made = await make_world(database_url, phase="phase_3")
    yield made
    await made.runtime.engine.dispose()


async def lost_sight(world: World) -> UUID:
    """A post whose call nobody saw the end of, just now."""
    action = await world.propose()
    at = await world.value("SELECT scheduled_at FROM actions WHERE id = :id", id=action)
    await world.run(at - world.clock.now() + timedelta(seconds=2))
    assert await world.status(action) == "outcome_unknown"
    return action


async def hear(world: World, account: UUID | None = None) -> None:
    whose = str(account or world.accounts[0])
    await told(world.runtime, {"workspace_id": str(world.workspace), "account_id": whose})
    await world.tick()


async def looks(world: World, action: UUID) -> int:
    sql = "SELECT coalesce((evidence->>'looks')::int, 0) FROM attempts WHERE action_id = :id"
    return int(await world.value(sql, id=action))


async def test_a_post_that_was_made_is_found_at_once(world: World):
    world.platform.answers = [performed_then(world.platform, UNKNOWN)]
    action = await lost_sight(world)
    await hear(world)
    assert await world.status(action) == "succeeded"


async def test_what_is_not_found_is_not_denied_before_its_time(world: World):
    world.platform.answers = [UNKNOWN]
    action = await lost_sight(world)
    for _ in range(6):
        await hear(world)
    # Two looks were brought forward; the one that may say no keeps its five minutes.
    assert (await world.status(action), await looks(world, action)) == ("outcome_unknown", 2)
    await world.run(timedelta(minutes=4))
    assert await world.status(action) == "outcome_unknown"
    await world.run(timedelta(minutes=2))
    assert await world.status(action) == "failed"


async def test_only_posts_of_that_account_are_looked_at(world: World):
    world.platform.answers = [UNKNOWN]
    action = await lost_sight(world)
    await hear(world, UUID(int=7))
    assert await looks(world, action) == 0
    await world.execute("UPDATE actions SET action_type = 'follow' WHERE id = :id", id=action)
    await hear(world)
    assert await looks(world, action) == 0


async def test_a_claim_is_verified_at_once(world: World):
    action = await world.propose()
    later = world.clock.now() + timedelta(minutes=30)
    await world.execute(
        "UPDATE actions SET status = 'succeeded', mode = 'human', settled_at = :now,"
        " verify_due_at = :later WHERE id = :id",
        now=world.clock.now(),
        later=later,
        id=action,
    )
    world.platform.performed_elsewhere.add(str(action))
    await hear(world, UUID(int=7))
    assert await world.value("SELECT verified FROM actions WHERE id = :id", id=action) is None
    await hear(world)
    assert await world.value("SELECT verified FROM actions WHERE id = :id", id=action) is True
