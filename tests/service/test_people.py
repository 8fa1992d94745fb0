"""Who wants to be left alone is left alone: by every account, for good, whatever was planned."""

from datetime import timedelta
from typing import Any

import pytest

from socialseed.actions import people, tasks_human
from socialseed.core.errors import AppError
from socialseed.profiles import queries
from tests.support.pipeline import World, approve, follow, make_world, observed, reply


@pytest.fixture
async def world(database_url: str):
    made = await make_world(database_url, phase="phase_3", accounts=2)
    yield made
    await made.runtime.engine.dispose()


async def leave(world: World, handle: str, because="their_wish") -> int:
    async with world.begin() as tx:
        return await people.leave_alone(tx, "twitter", handle, because)


async def test_what_is_open_towards_them_is_cancelled_and_nothing_new_begins(world: World):
    await observed(world, "person1")
    await observed(world, "person2")
    task = await world.propose(**follow(1))
    await world.execute(
        "UPDATE actions SET status = 'awaiting_human', mode = 'human' WHERE id = :id", id=task
    )
    answer = await world.propose(**reply(1), account=world.accounts[1])
    other = await world.propose(**reply(2), account=world.accounts[1])
    if await world.status(other) == "awaiting_approval":
        await approve(world, other)
    assert await leave(world, "@Person1") == 2
    assert [await world.status(one) for one in (task, answer)] == ["cancelled", "cancelled"]
    for account in world.accounts:
        again = await world.propose(**follow(1), account=account)
        assert await world.status(again) == "blocked"
    with pytest.raises(AppError, match="not_open"):
        async with world.begin() as tx:
            await tasks_human.complete(tx, world.runtime, task, "done")
    await world.run(timedelta(hours=3))
    assert [order.target_handle for order in world.platform.calls] == ["person2"]
    assert await world.status(other) == "succeeded"
    told = "SELECT sentence FROM events WHERE type = 'person.left_alone'"
    assert await world.value(told) == "Mia put @Person1 on the do-not-contact list: asked for it."


async def test_their_own_wish_is_for_good_and_an_own_choice_is_not(world: World):
    await leave(world, "kim", "our_choice")
    await leave(world, "noa")
    async with world.begin() as tx:
        await people.contact_again(tx, "twitter", "@Kim")
    assert await world.status(await world.propose(**_follow("kim"))) != "blocked"
    with pytest.raises(AppError, match="their_wish"):
        async with world.begin() as tx:
            await people.contact_again(tx, "twitter", "noa")
    # A later choice of the workspace does not weaken the wish; a later wish outweighs the choice.
    await leave(world, "noa", "our_choice")
    await leave(world, "kim", "our_choice")
    await leave(world, "kim", "their_wish")
    for handle in ("noa", "kim"):
        with pytest.raises(AppError, match="their_wish"):
            async with world.begin() as tx:
                await people.contact_again(tx, "twitter", handle)
        assert await world.status(await world.propose(**_follow(handle))) == "blocked"
    with pytest.raises(AppError, match="not_found"):
        async with world.begin() as tx:
            await people.contact_again(tx, "twitter", "somebody")


async def test_the_list_is_the_newest_first_page_by_page(world: World):
    for number in range(5):
        await leave(world, f"person{number}")
        world.clock.move_to(world.clock.now() + timedelta(minutes=1))
    seen, cursor = [], None
    while True:
        async with world.begin() as tx:
            page = await queries.list_left_alone(tx, "twitter", "PERSON", 2, cursor)
            seen += [one.handle for one in page.items]
        if (cursor := page.next_cursor) is None:
            break
    assert seen == [f"person{number}" for number in (4, 3, 2, 1, 0)]
    async with world.begin() as tx:
        assert (await queries.list_left_alone(tx, "tiktok", None, 9, None)).items == []
        assert (await queries.list_left_alone(tx, None, "%", 9, None)).items == []


def _follow(handle: str) -> dict[str, Any]:
    return {"action_type": "follow", "target_account": handle, "target_data": {}}
