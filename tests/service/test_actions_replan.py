"""Re-planning: what was not sent gets new slots in its order, without a burst and nothing twice."""

from collections import Counter
from datetime import date, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import orjson
import pytest
from sqlalchemy import text

from socialseed.accounts import service
from socialseed.accounts.schemas import AccountChange
from socialseed.actions import dispatch, ground, stops
from socialseed.actions.content import Content, checked
from socialseed.actions.replan import replan_account
from socialseed.actions.schedule import execute_now
from socialseed.bootstrap import handlers
from socialseed.connectors.types import Order, Receipt
from socialseed.core.errors import Remedy, UpstreamError
from socialseed.identity.replans import replan
from socialseed.policy.pacing import ALL, day_budget, window_keys
from tests.support.pipeline import START, World, approve, follow, make_world

HANDLERS = {name: job.handler for name, job in handlers().items()}
PAUSE = timedelta(days=5)
BACKLOG = 200
_OVERDUE = text(
    "INSERT INTO actions (id, workspace_id, account_id, platform, action_type, target_account,"
    " target_data, content_hash, approved_hash, target_key, status, mode, requires_approval,"
    " light, risk_score, reasons, to_green, rule_set, facts_digest, assessed_at,"
    " proposed_by_kind, proposed_by_name, approved_at, approved_by, scheduled_at, deadline_at,"
    " created_at) VALUES (:id, :w, :account, 'twitter', 'like', :target, CAST(:data AS jsonb),"
    " :hash, :hash, :key, 'scheduled', 'api', true, 'red', 50, '[]', '[]', 'x', 'x', :since,"
    " 'planner', 'Planner', :since, :by, :due, :since, :since)"
)
_LANE = text("INSERT INTO lanes (account_id, workspace_id, next_due) VALUES (:account, :w, :due)")


@pytest.fixture
async def world(database_url: str):
    made = await make_world(database_url, phase="phase_3", accounts=2)
    yield made
    await made.runtime.engine.dispose()


async def overdue(world: World, count: int) -> list[UUID]:
    """So many likes of one account, approved, in order due, one a second, since an hour ago."""
    likes = [like(world, number) for number in range(count)]
    since = world.clock.now() - timedelta(hours=1)
    ids = []
    async with world.begin() as tx:
        for number, content in enumerate(likes):
            ids.append(tx.new_id())
            values = {
                "id": ids[-1],
                "w": world.workspace,
                "account": world.accounts[0],
                "target": content.target_account,
                "data": orjson.dumps(content.target_data).decode(),
                "hash": content.content_hash,
                "key": content.target_key,
                "by": world.person.id,
                "since": since,
                "due": since + timedelta(seconds=number),
            }
            await tx.session.execute(_OVERDUE, values)
        lane = {"account": world.accounts[0], "w": world.workspace, "due": since}
        await tx.session.execute(_LANE, lane)
    return ids


def like(world: World, number: int) -> Content:
    post = {"id": f"post{number}", "author": f"person{number}", "text": "Hello!"}
    return checked(world.accounts[0], "like", f"person{number}", {"post": post})


async def slots(world: World) -> list[tuple[UUID, datetime]]:
    """What waits, in order."""
    sql = "SELECT id, scheduled_at FROM actions WHERE status = 'scheduled' ORDER BY scheduled_at"
    return [(row.id, row.scheduled_at) for row in await world.rows(sql)]


async def change(world: World, **values: object) -> None:
    async with world.begin() as tx:
        await service.update(
            tx, world.runtime, world.accounts[0], AccountChange.model_validate(values)
        )


async def jobs(world: World) -> None:
    """What was left for the next seconds is done, and nothing is sent."""
    await world.jobs.run_due(world.runtime, HANDLERS, world.clock.now() + timedelta(seconds=10))


async def replanned(world: World) -> list[str]:
    sql = "SELECT sentence FROM events WHERE type = 'account.replanned' ORDER BY seq"
    return [row.sentence for row in await world.rows(sql)]


async def ground_of(world: World) -> ground.Ground:
    async with world.begin() as tx:
        return await ground.gather(tx, world.accounts[0], like(world, 999))


async def check_calm(world: World, instants: list[datetime]) -> None:
    """Gaps, hours and days are within what the account's plan allows now."""
    ground = await ground_of(world)
    rhythm = ground.pace(world.runtime).rhythm
    assert all(b - a >= rhythm.gap for a, b in pairwise(instants))
    keys = Counter(key for at in instants for key in window_keys(at, rhythm.timezone))
    likes = {limit.window: limit.limit for limit in ground.limits if limit.kind == "like"}
    for key, count in keys.items():
        if len(key) == 10:
            assert count <= min(likes["day"], day_budget(rhythm, date.fromisoformat(key)).count)
        else:
            assert count <= min(likes["hour"], rhythm.hour)


@pytest.mark.parametrize("how", ["pause", "stop"])
async def test_a_backlog_after_a_long_rest_begins_gently_and_never_bursts(world: World, how: str):
    order = await overdue(world, BACKLOG)
    if how == "pause":
        await change(world, is_active=False)
    else:
        async with world.begin() as tx:
            await stops.set_stop(tx, "workspace", None, "A rest.")
    world.clock.move_to(START + PAUSE)
    await world.tick()
    if how == "pause":
        await change(world, is_active=True)
    else:
        async with world.begin() as tx:
            await stops.lift(tx, None)
    await jobs(world)
    found = await slots(world)
    assert [action for action, _ in found] == order
    assert all(at > world.clock.now() for _, at in found)
    await check_calm(world, [at for _, at in found])
    resumed = "SELECT resumed_at FROM social_accounts ORDER BY username"
    assert (await world.rows(resumed))[0].resumed_at == START + PAUSE
    first_day = sum(at.date() == (START + PAUSE).date() for _, at in found)
    limits = (await ground_of(world)).limits
    day = next(one.limit for one in limits if (one.kind, one.window) == (ALL, "day"))
    assert first_day <= 0.4 * day + 1
    sentences = await replanned(world)
    assert sentences and str(BACKLOG) in sentences[-1]
    lane = await world.value(
        "SELECT next_due FROM lanes WHERE account_id = :id", id=world.accounts[0]
    )
    assert lane == found[0][1]


async def test_what_is_long_overdue_is_never_sent_but_planned_anew(world: World):
    order = await overdue(world, 30)
    await world.run(timedelta(minutes=30))
    assert len(world.platform.calls) <= 3
    found = await slots(world)
    assert {action for action, _ in found} <= set(order)
    await check_calm(world, [at for _, at in found])
    assert "could not go out" in (await replanned(world))[0]


async def test_replanning_twice_changes_nothing_the_second_time(world: World):
    await overdue(world, 40)
    async with world.begin() as tx:
        assert await replan_account(tx, world.runtime, world.accounts[0], "once.") == 40
    before = await slots(world)
    async with world.begin() as tx:
        assert await replan_account(tx, world.runtime, world.accounts[0], "twice.") == 0
    assert await slots(world) == before
    assert len(await replanned(world)) == 1


async def test_a_change_of_the_light_thins_what_waits_and_a_new_zone_moves_it(world: World):
    order = await overdue(world, 60)
    async with world.begin() as tx:
        await replan_account(tx, world.runtime, world.accounts[0], "first.")
    green = await slots(world)
    await world.execute("UPDATE social_accounts SET light = 'yellow'")
    async with world.begin() as tx:
        await replan(tx, "its light turned.", world.accounts[0])
    await jobs(world)
    yellow = await slots(world)
    assert [one for one, _ in yellow] == order
    assert yellow[-1][1] - world.clock.now() > 1.5 * (green[-1][1] - world.clock.now())
    await check_calm(world, [at for _, at in yellow])
    await change(world, timezone="Asia/Kolkata")
    await jobs(world)
    kolkata = await slots(world)
    assert [one for one, _ in kolkata] == order and kolkata != yellow
    await check_calm(world, [at for _, at in kolkata])


async def test_a_change_for_all_accounts_replans_each_of_them_once(world: World):
    await overdue(world, 5)
    other = await world.propose(3, world.accounts[1])
    async with world.begin() as tx:
        await replan(tx, "the policy changed.")
        await replan(tx, "the policy changed.")
    await jobs(world)
    assert len(await replanned(world)) == 1  # the other one's slot was right already
    assert await world.status(other) == "scheduled"


async def test_nothing_moves_before_its_hold_its_date_or_what_the_platform_asked(world: World):
    later = world.clock.now() + timedelta(days=2, hours=1)
    dated = await world.propose(1, not_before=later)
    until = world.clock.now() + timedelta(hours=3)
    wait = UpstreamError(Remedy.WAIT, "rate_limited", "Too many.", until=until, status=429)
    world.platform.answers = [wait]
    tried, waiting = await world.propose(2), await world.propose(3)
    async with world.begin() as tx:
        await execute_now(tx, tried)
    await world.tick()
    held = await world.propose(**follow(9))
    await approve(world, held)
    soon = await world.value("SELECT scheduled_at FROM actions WHERE id = :id", id=held)
    async with world.begin() as tx:
        await replan_account(tx, world.runtime, world.accounts[0], "a try.")
    found = dict(await slots(world))
    assert found[dated] >= later
    assert found[tried] >= until and found[waiting] >= until
    assert found[held] == soon >= world.clock.now() + timedelta(seconds=10)  # it was fine there


async def test_what_is_being_sent_is_not_touched_and_goes_out_once(world: World):
    await overdue(world, 3)
    await world.execute("UPDATE actions SET scheduled_at = :now", now=world.clock.now())

    async def meanwhile(order: Order) -> Receipt:
        async with world.begin() as tx:
            before = (
                await tx.session.execute(text("SELECT id FROM actions WHERE status = 'executing'"))
            ).all()
            assert len(before) == 1
            assert await replan_account(tx, world.runtime, world.accounts[0], "now.") == 2
        world.platform.perform_hook = None
        world.platform.journal.append(order)
        return Receipt("r-1")

    world.platform.perform_hook = meanwhile
    await dispatch.claim(world.runtime)
    await jobs(world)
    statuses = Counter(row.status for row in await world.rows("SELECT status FROM actions"))
    assert statuses == {"succeeded": 1, "scheduled": 2}
    await world.run(timedelta(days=2))
    assert len({order.key for order in world.platform.journal}) == len(world.platform.journal) == 3
    assert await world.value("SELECT max(n) FROM attempts") == 1


async def test_locked_tasks_move_with_their_days_and_open_ones_stay(world: World):
    world.platform.performs = frozenset({"publish_text"})
    made = [await world.propose(**follow(n)) for n in range(4)]
    await world.execute(
        "UPDATE actions SET scheduled_at = :at, unlocked_at = :at WHERE id = :id",
        id=made[0],
        at=world.clock.now() - timedelta(minutes=1),
    )
    sql = "SELECT id, scheduled_at, expires_at - scheduled_at AS lives FROM actions ORDER BY id"
    before = {row.id: row for row in await world.rows(sql)}
    await world.execute("UPDATE social_accounts SET waking_start = 0, waking_end = 7")
    async with world.begin() as tx:
        await replan(tx, "its day changed.", world.accounts[0])
    await jobs(world)
    after = {row.id: row for row in await world.rows(sql)}
    assert after[made[0]] == before[made[0]]
    for action in made[1:]:
        assert after[action].scheduled_at.hour < 7
        assert after[action].lives == before[action].lives
