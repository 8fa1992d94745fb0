"""The lights of an account and of its platform, end to end: yellow halves the pace, red asks."""

from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest

from socialseed.policy.pacing.slots import MIN_GAP
from tests.support.pipeline import World, approve, follow, make_world, observed, reply

LOOK = timedelta(minutes=25)  # within the half hour that a platform's light looks back
EACH = 8


@pytest.fixture
async def world(database_url: str):
    made = await make_world(database_url, phase="phase_3", accounts=2)
    yield made
    await made.runtime.engine.dispose()


async def account_is(world: World, light: str) -> None:
    sql = "UPDATE social_accounts SET light = :light WHERE id = :id"
    await world.execute(sql, light=light, id=world.accounts[0])


async def platform_is(world: World, light: str) -> None:
    """Another account's twelve latest calls went so that the platform has this light."""
    failed = {"yellow": 7, "red": 12}[light]
    for number in range(12):
        action = await world.propose(80 + number, account=world.accounts[1])
        await world.execute("UPDATE actions SET status = 'cancelled' WHERE id = :id", id=action)
        await world.execute(
            "INSERT INTO attempts (id, workspace_id, action_id, account_id, platform, n, fence,"
            " request_hash, started_at, outcome) VALUES (gen_random_uuid(), :w, :action, :account,"
            " 'twitter', 1, 1, 'x', :now, :outcome)",
            w=world.workspace,
            action=action,
            account=world.accounts[1],
            now=world.clock.now(),
            outcome="not_performed" if number < failed else "performed",
        )


TURN = {"account": account_is, "platform": platform_is}


async def approved(world: World, first: int) -> list[UUID]:
    """Follows, likes and answers, all agreed to and scheduled at the present pace."""
    made = []
    for number in range(first, first + EACH):
        for handle in (f"person{number}", f"person{number + 500}", f"person{number + 900}"):
            await observed(world, handle)
        post = {"id": f"p{number}", "author": f"person{number + 900}"}
        like = {"action_type": "like", "target_data": {"post": post}}
        for wanted in (follow(number), like, reply(number + 500)):
            action = await world.propose(**wanted)
            if await world.status(action) == "awaiting_approval":
                await approve(world, action)
            made.append(action)
    return made


async def sent(world: World, since: datetime) -> list[datetime]:
    sql = (
        "SELECT executed_at FROM actions WHERE account_id = :a AND executed_at >= :since"
        " ORDER BY executed_at"
    )
    return [row[0] for row in await world.rows(sql, a=world.accounts[0], since=since)]


async def in_a_while(world: World) -> list[datetime]:
    since = world.clock.now()
    await world.run(LOOK)
    return await sent(world, since)


async def next_session(world: World) -> None:
    """The clock stands just before the next thing is due: rests between sessions are no pace."""
    due = await world.value("SELECT min(scheduled_at) FROM actions WHERE status = 'scheduled'")
    world.clock.move_to(due - timedelta(seconds=1))


@pytest.mark.parametrize("whose", TURN)
async def test_yellow_halves_the_pace_of_what_was_scheduled_under_green(world: World, whose: str):
    await approved(world, 0)
    green = await in_a_while(world)
    await next_session(world)
    await TURN[whose](world, "yellow")
    yellow = await in_a_while(world)
    assert len(green) >= 6
    assert 0 < len(yellow) <= 0.6 * len(green)
    gaps = [later - earlier for earlier, later in pairwise([green[-1], *yellow])]
    assert min(gaps) >= 2 * MIN_GAP


@pytest.mark.parametrize("whose", TURN)
async def test_red_gives_everything_back_to_a_person_and_sends_what_he_agrees_to(
    world: World, whose: str
):
    world.platform.answers = []
    waiting = [await world.propose(number) for number in range(3)]
    assert {await world.status(one) for one in waiting} == {"scheduled"}
    await next_session(world)
    await TURN[whose](world, "red")
    new = await world.propose(3)
    assert await world.status(new) == "awaiting_approval"
    assert await in_a_while(world) == []
    assert {await world.status(one) for one in waiting} == {"awaiting_approval"}
    # In the light of red a person may still say yes; the pace is that of red.
    await approve(world, waiting[0])
    await world.run(timedelta(hours=3))
    assert await world.status(waiting[0]) == "succeeded"
