"""After failures in a row one kind of one account pauses; everything else goes on."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from socialseed.actions import breakers
from socialseed.actions.schedule import execute_now
from socialseed.core.errors import Remedy, UpstreamError
from socialseed.monitoring import incidents
from socialseed.policy.breaker import COOL_OFF, TRIP, Breaker
from tests.support.pipeline import World, approve, follow, make_world

DOWN = UpstreamError(Remedy.REJECT, "forbidden", "You are not permitted to perform this action.")


@pytest.fixture
async def world(database_url: str):
    made = await make_world(database_url, accounts=2, phase="phase_3")
    yield made
    await made.runtime.engine.dispose()


async def start(world: World, *, n: int = 0, account: UUID | None = None, **change) -> UUID:
    """A proposal that is due now, approved by a person where one is needed."""
    action = await world.propose(n, account, **change)
    if await world.status(action) == "awaiting_approval":
        await approve(world, action)
    async with world.begin() as tx:
        await execute_now(tx, action)
    return action


async def fail(world: World, times: int) -> None:
    world.platform.answers = [DOWN] * times
    for number in range(times):
        await start(world, n=number)
        await world.run(timedelta(minutes=6))
    assert len(world.platform.calls) == times


async def state(world: World, kind: str = "publish_text") -> Breaker:
    async with world.begin() as tx:
        return await breakers.read(tx, world.accounts[0], kind)


async def events(world: World, name: str) -> int:
    sql = "SELECT count(*) FROM events WHERE type = :name"
    return int(await world.value(sql, name=name))


async def test_the_fifth_failure_pauses_this_kind_of_this_account_alone(world: World):
    await fail(world, TRIP)
    assert (await state(world)).state == "open"
    assert await events(world, "account.breaker_opened") == 1
    held = await start(world, n=20)
    other_kind = await start(world, **follow(1))
    other_account = await start(world, n=21, account=world.accounts[1])
    await world.run(timedelta(minutes=6))
    assert await world.status(other_kind) == "succeeded"
    assert await world.status(other_account) == "succeeded"
    assert await world.status(held) == "scheduled"
    sentence = "SELECT sentence FROM events WHERE action_id = :id AND type = 'action.held'"
    told = str(await world.value(sentence, id=held))
    assert told == f"Held: {TRIP} tries to publish a text failed in a row."
    async with world.begin() as tx:
        (tripped,) = await breakers.list_tripped(tx)
    assert (tripped.username, tripped.action_type) == ("studio0", "publish_text")


async def test_after_the_pause_one_call_probes_and_its_success_ends_the_incident(world: World):
    await fail(world, TRIP)
    probe = await start(world, n=20)
    await world.run(COOL_OFF[0] + timedelta(hours=20))
    assert await world.status(probe) == "succeeded"
    assert (await state(world)).state == "closed"
    assert await events(world, "account.breaker_closed") == 1
    async with world.begin() as tx:
        found: Any = await incidents.page(tx, world.accounts[0], 10, None, open_only=False)
        (incident,) = found["items"]
        whole: Any = await incidents.bundle(tx, incident["id"])
        still_open: Any = await incidents.page(tx, None, 10, None, open_only=True)
    assert incident["closed_at"] is not None and incident["kind"] == "breaker"
    assert still_open["items"] == []
    assert len(whole["attempts"]) == TRIP + 1
    assert whole["way_back"] and {e["type"] for e in whole["events"]} >= {"account.breaker_opened"}


async def test_a_failed_probe_waits_longer_and_what_speaks_of_a_target_does_not_count(world: World):
    await fail(world, TRIP)
    world.platform.answers = [DOWN]
    await start(world, n=20)
    await world.run(COOL_OFF[0] + timedelta(hours=20))
    assert (await state(world)).level == 2
    gone = UpstreamError(Remedy.REJECT, "target_gone", "There is no such person.")
    world.platform.answers = [gone] * (TRIP + 2)
    for number in range(TRIP + 2):
        await start(world, **follow(number))
        await world.run(timedelta(minutes=6))
    assert (await state(world, "follow")).state == "closed"


async def test_a_platforms_warning_is_an_incident_with_a_way_back(world: World):
    stop = UpstreamError(Remedy.STOP, "challenge", "Sign in to continue.", status=403)
    world.platform.answers = [stop]
    await start(world)
    await world.run(timedelta(hours=1))
    async with world.begin() as tx:
        found: Any = await incidents.page(tx, None, 10, None, open_only=True)
    (incident,) = found["items"]
    assert incident["kind"] == "warning" and incident["way_back"]
