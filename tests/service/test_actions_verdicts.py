"""Every assessment is kept whole, told page by page, and says the same when it is replayed."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from socialseed.actions import decide, verdicts
from socialseed.actions.decide import Edits
from socialseed.core.errors import AppError, Kind
from socialseed.policy.risk.assess import RULE_SET
from tests.support.pipeline import World, make_world, observed, reply


@pytest.fixture
async def world(database_url: str):
    made = await make_world(database_url, phase="phase_3")
    yield made
    await made.runtime.engine.dispose()


async def page(world: World, action: UUID, limit: int = 50, cursor: str | None = None) -> Any:
    async with world.begin() as tx:
        return await verdicts.page(tx, action, limit, cursor)


async def test_each_stage_is_kept_with_its_facts_and_replays_to_the_same(world: World):
    await observed(world, "person1")
    await world.execute("UPDATE consents SET granted = false")
    action = await world.propose(**reply(1))
    world.clock.move_to(world.clock.now() + timedelta(minutes=1))
    async with world.begin() as tx:
        edits = Edits(text="Thank you, that is kind of you!")
        await decide.approve(tx, world.runtime, action, edits=edits)
    await world.run(timedelta(hours=1))
    assert await world.status(action) == "succeeded"
    found = await page(world, action)
    assert [one["stage"] for one in found["items"]] == ["send", "edit", "propose"]
    for one in found["items"]:
        assert one["replay"] == {
            "light": one["light"],
            "score": one["score"],
            "rule_set": RULE_SET,
            "same": True,
        }
        assert one["facts"]["target_handle"] == "person1"
    texts = [one["facts"]["text"] for one in found["items"]]
    assert texts == [edits.text, edits.text, "Thank you, person 1!"]


async def test_pages_are_the_whole_and_of_an_unknown_action_there_is_none(world: World):
    action = await world.propose()
    await world.run(timedelta(hours=10))
    whole = (await page(world, action))["items"]
    first = await page(world, action, limit=1)
    second = await page(world, action, 1, first["next_cursor"])
    assert [*first["items"], *second["items"]] == whole and len(whole) == 2
    with pytest.raises(AppError) as refused:
        await page(world, world.accounts[0])
    assert refused.value.kind is Kind.NOT_FOUND


async def test_a_verdict_of_other_rules_or_of_erased_facts_says_so(world: World):
    action = await world.propose()
    await world.execute("UPDATE verdicts SET score = 99, light = 'red'")
    (changed,) = (await page(world, action))["items"]
    assert not changed["replay"]["same"] and changed["replay"]["light"] == "green"
    await world.execute("UPDATE verdicts SET facts = facts - 'phase'")
    (erased,) = (await page(world, action))["items"]
    assert erased["replay"] is None
