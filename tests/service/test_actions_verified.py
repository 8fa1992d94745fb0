"""What was acknowledged is read back; a kind that shows no effect pauses until a person looked."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest

from socialseed.accounts import incidents as account_incidents
from socialseed.accounts import queries as account_queries
from socialseed.actions import queries, tasks_human
from socialseed.connectors.types import Order, Receipt
from socialseed.core.errors import AppError
from socialseed.monitoring import alerts, incidents
from socialseed.policy.suspicion import FIRST
from tests.support.pipeline import TEXTS, World, approve, follow, make_world, observed

MOST_IN_VAIN = 6  # what may go out before a kind without any effect is found out


@pytest.fixture
async def world(database_url: str):
    made = await make_world(database_url, phase="phase_3", accounts=2)
    yield made
    await made.runtime.engine.dispose()


def lose(world: World) -> set[str]:
    """The platform acknowledges every order; it does nothing for those whose key is in the set."""
    lost: set[str] = set()

    async def perform(order: Order) -> Receipt:
        if order.key not in lost:
            world.platform.journal.append(order)
        return Receipt(f"r-{order.key[-6:]}")

    world.platform.perform_hook = perform
    return lost


async def start(world: World, n: int = 0, account: UUID | None = None, **change: Any) -> UUID:
    action = await world.propose(n, account, **change)
    if await world.status(action) == "awaiting_approval":
        await approve(world, action)
    return action


async def events(world: World, name: str) -> int:
    return int(await world.value("SELECT count(*) FROM events WHERE type = :n", n=name))


async def verification(world: World, account: UUID) -> dict[str, Any]:
    async with world.begin() as tx:
        found: Any = await account_queries.health(tx, account)
    return {one["action_type"]: one for one in found["verification"]}


async def the_incident(world: World) -> Any:
    async with world.begin() as tx:
        found: Any = await incidents.page(tx, None, 10, None, open_only=True)
    (incident,) = found["items"]
    return incident


async def close(world: World, incident_id: UUID, note: str = "I looked, it is all there.") -> None:
    async with world.begin() as tx:
        await account_incidents.close_by_person(tx, incident_id, note)


async def tripped(world: World) -> list[UUID]:
    """Texts of the first account that all went into the void, until the kind paused."""
    lost, texts = lose(world), []
    for number in range(len(TEXTS)):
        action = await start(world, number)
        lost.add(str(action))
        texts.append(action)
    await world.run(timedelta(hours=6))
    return texts


async def test_a_kind_without_effect_pauses_soon_and_everything_else_goes_on(world: World):
    texts = await tripped(world)
    sent = len(world.platform.calls)
    print(f"went out before it was found: {sent}")
    assert 2 <= sent <= MOST_IN_VAIN
    states = [await world.status(one) for one in texts]
    assert states.count("succeeded") == sent and states.count("scheduled") == len(TEXTS) - sent
    assert await events(world, "account.silent_failure") == 1
    await observed(world, "person1")
    other_kind = await start(world, **follow(1))
    other_account = await start(world, 30, world.accounts[1])
    await world.run(timedelta(hours=1))
    assert await world.status(other_kind) == await world.status(other_account) == "succeeded"
    waiting = texts[states.index("scheduled")]
    async with world.begin() as tx:
        detail = orjson.loads(await queries.detail(tx, waiting))
        facts = await alerts.read_facts(tx, [])
    assert detail["waits_for"] == "A person, to look at a silent failure"
    assert any(alert.code == "silent_failure" for alert in alerts.alerts_of(facts))
    found = (await verification(world, world.accounts[0]))["publish_text"]
    assert found["state"] == "suspect" and found["contradicted"] == found["checked"] >= 2
    # A new proposal of this kind says so, and waits with the others.
    new = await start(world, target_data={"text": "Glaze tests from the second kiln, at last."})
    sql = "SELECT reasons->0->>'code' FROM actions WHERE id = :id"
    assert await world.value(sql, id=new) == "silent_failure"
    await world.run(timedelta(hours=3))
    assert await world.status(new) == "scheduled"
    assert len(world.platform.calls) == sent + 2


async def test_nothing_but_a_person_ends_it_and_then_the_rest_goes_out(world: World):
    texts = await tripped(world)
    sent = len(world.platform.calls)
    world.platform.perform_hook = None
    await world.run(timedelta(days=2))
    assert len(world.platform.calls) == sent
    incident = await the_incident(world)
    assert incident["kind"] == "silent_failure" and incident["way_back"]
    with pytest.raises(AppError, match="not_found"):
        await close(world, world.accounts[0])
    await close(world, incident["id"])
    with pytest.raises(AppError, match="already_closed"):
        await close(world, incident["id"])
    assert await events(world, "account.silent_failure_closed") == 1
    await world.run(timedelta(days=1))
    # The incident took back what the account had earned, so the rest asks a person first.
    held = [one for one in texts if await world.status(one) == "awaiting_approval"]
    assert len(held) == len(TEXTS) - sent == len(TEXTS) - len(world.platform.calls)
    for one in held:
        await approve(world, one)
    await world.run(timedelta(days=1))
    assert {await world.status(one) for one in texts} == {"succeeded"}
    keys = [order.key for order in world.platform.calls]
    assert len(keys) == len(set(keys)) == len(TEXTS)
    # What was contradicted before the look no longer counts; what came since is really there.
    found = (await verification(world, world.accounts[0]))["publish_text"]
    assert (found["state"], found["contradicted"]) == ("clear", 0)
    assert await events(world, "account.silent_failure") == 1


async def test_the_first_of_a_kind_are_read_back_and_then_some(world: World):
    made = []
    for number in range(24):
        await observed(world, f"person{number}")
        made.append(await start(world, **follow(number)))
    await world.run(timedelta(hours=9))
    sql = (
        "SELECT read_back_at IS NOT NULL AS read, verified FROM actions WHERE id = ANY(:ids)"
        " AND status = 'succeeded' ORDER BY executed_at"
    )
    rows = await world.rows(sql, ids=made)
    assert len(rows) == 24 and all(row.verified for row in rows)
    assert all(row.read for row in rows[:FIRST])
    assert sum(row.read for row in rows[FIRST + 2 :]) < 6
    assert len(world.platform.calls) == 24
    found = (await verification(world, world.accounts[0]))["follow"]
    assert found["state"] == "clear" and found["checked"] == sum(row.read for row in rows)


async def test_what_no_read_can_tell_is_neither_confirmed_nor_suspect(world: World):
    world.platform.unreadable = "not_verifiable"
    told = await start(world)
    await world.run(timedelta(hours=3))
    sql = "SELECT verified, read_back_at, verify_due_at FROM actions WHERE id = :id"
    assert tuple((await world.rows(sql, id=told))[0]) == (True, None, None)
    assert await verification(world, world.accounts[0]) == {}
    world.platform.verifies = frozenset()
    await start(world, 1)
    await world.run(timedelta(hours=1))
    sql = "SELECT count(*) FROM actions WHERE verify_due_at IS NOT NULL"
    assert await world.value(sql) == 0


async def test_tasks_that_were_claimed_but_are_not_there_pause_their_kind_too(world: World):
    tasks = []
    for number in range(3):
        await observed(world, f"person{number}")
        tasks.append(await start(world, **follow(number)))
    sql = "UPDATE actions SET status = 'awaiting_human', mode = 'human' WHERE id = ANY(:ids)"
    await world.execute(sql, ids=tasks)
    for task in tasks[:2]:
        async with world.begin() as tx:
            await tasks_human.complete(tx, world.runtime, task, "done")
    async with world.begin() as tx:
        assert orjson.loads(await queries.next_task(tx, None))["open"] in (0, 1)
    await world.run(timedelta(hours=8))
    assert world.platform.calls == []
    async with world.begin() as tx:
        assert orjson.loads(await queries.next_task(tx, None))["task"] is None
    await close(world, (await the_incident(world))["id"])
    async with world.begin() as tx:
        shown = orjson.loads(await queries.next_task(tx, None))["task"]
    assert shown["id"] == str(tasks[2])


async def test_what_ends_by_itself_is_not_closed_by_hand(world: World):
    async with world.begin() as tx:
        await account_incidents.open_(tx, world.accounts[0], "breaker", "x", action_type="follow")
    incident = await the_incident(world)
    with pytest.raises(AppError, match="not_closable"):
        await close(world, incident["id"])
