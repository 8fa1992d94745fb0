"""A restored database sends nothing until it is confirmed; what was due waits for a person."""

import dataclasses
from datetime import timedelta

import pytest

from socialseed.actions import guard
from socialseed.core.settings import Settings
from tests.support.pipeline import World, approve, follow, make_world


@pytest.fixture
async def world(database_url: str, tmp_path):
    settings = Settings(home=tmp_path / "home")
    made = await make_world(database_url, phase="phase_3", settings=settings)
    yield made
    await made.runtime.engine.dispose()


async def test_a_database_that_went_on_is_trusted_at_every_start(world: World):
    assert await guard.check(world.runtime)
    assert await guard.beat(world.runtime)
    assert await guard.check(world.runtime)


async def test_a_rewound_database_sends_nothing_until_it_is_confirmed(world: World):
    assert await guard.check(world.runtime)
    backup = await world.value("SELECT started_at FROM installation")
    action = await world.propose(**follow())
    await approve(world, action)
    world.clock.move_to(world.clock.now() + timedelta(minutes=30))
    assert await guard.beat(world.runtime)
    await world.execute("UPDATE installation SET started_at = :at", at=backup)
    assert not await guard.check(world.runtime)
    assert not await guard.beat(world.runtime)
    await world.run(timedelta(minutes=10))
    assert world.platform.calls == []
    assert await guard.confirm_restore(world.runtime) == 1
    assert await world.status(action) == "awaiting_approval"
    reasons = await world.value("SELECT reasons::text FROM actions")
    assert "restored" in str(reasons)
    assert await guard.beat(world.runtime)
    assert await guard.check(world.runtime)


async def test_a_used_database_in_a_new_home_is_doubted_and_a_fresh_one_is_not(
    world: World, tmp_path
):
    assert await guard.check(world.runtime)
    elsewhere = dataclasses.replace(world.runtime, settings=Settings(home=tmp_path / "other"))
    assert await guard.check(elsewhere)
    action = await world.propose(**follow())
    await approve(world, action)
    await world.run(timedelta(minutes=10))
    assert await world.status(action) == "succeeded"
    brought = dataclasses.replace(world.runtime, settings=Settings(home=tmp_path / "brought"))
    assert not await guard.check(brought)
