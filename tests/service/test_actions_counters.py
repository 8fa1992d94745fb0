"""Counters stay exact while their ceilings move with lights, health and policy."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from socialseed.actions.counters import Claim, take
from socialseed.identity import policies
from tests.support.pipeline import World, approve, make_world


@pytest.fixture
async def world(database_url: str):
    made = await make_world(database_url, phase="phase_3")
    yield made
    await made.runtime.engine.dispose()


class Full(Exception):
    """Rolls the transaction back, as a sender does."""


def claim(ceiling: int, key: str, whole: int = 1000) -> Claim:
    """One unit of `follow` under a ceiling that moves, and of all kinds under another."""
    kinds, spans = ("all", "follow"), ("day", "day")
    return Claim(kinds, spans, (key, key), (whole, ceiling))


async def attempt(world: World, ceiling: int, key: str, whole: int = 1000) -> bool:
    try:
        async with world.begin() as tx:
            wanted = claim(ceiling, key, whole)
            if not await take(tx, world.accounts[0], world.workspace, wanted):
                raise Full
    except Full:
        return False
    return True


async def used(world: World, key: str) -> dict[str, tuple[int, int]]:
    rows = await world.rows(
        "SELECT kind, used, ceiling FROM counters WHERE window_key = :key", key=key
    )
    return {row.kind: (row.used, row.ceiling) for row in rows}


async def test_under_ceilings_that_move_nobody_passes_his_own_and_the_check_is_never_met(world):
    ceilings = [1 + (7 * n) % 19 for n in range(60)]
    results = await asyncio.gather(*(attempt(world, one, "2026-03-02") for one in ceilings))
    let_through = [one for one, ok in zip(ceilings, results, strict=True) if ok]
    for ceiling in range(1, 20):
        # Whoever was let through under a ceiling found fewer than that before him.
        assert sum(one <= ceiling for one in let_through) <= ceiling
    kinds = await used(world, "2026-03-02")
    assert kinds["follow"][0] == kinds["all"][0] == len(let_through) <= max(ceilings)
    assert len(let_through) >= 7  # the highest ceiling alone lets three in, and those below more


async def test_a_lowered_ceiling_refuses_and_leaves_the_counter_as_it_was(world):
    for _ in range(5):
        assert await attempt(world, 10, "2026-03-03")
    before = await used(world, "2026-03-03")
    assert before["follow"] == (5, 10)
    for lower in (5, 3, 1, 0):
        assert not await attempt(world, lower, "2026-03-03")
        assert await used(world, "2026-03-03") == before
    assert await attempt(world, 6, "2026-03-03")
    assert (await used(world, "2026-03-03"))["follow"] == (6, 6)
    assert not await attempt(world, 6, "2026-03-03")


async def test_one_full_counter_gives_nothing_to_the_others(world):
    assert await attempt(world, 10, "2026-03-04", whole=1)
    assert not await attempt(world, 10, "2026-03-04", whole=1)
    assert (await used(world, "2026-03-04")) == {"all": (1, 1), "follow": (1, 10)}


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(st.tuples(st.integers(0, 6), st.integers(1, 6)), max_size=12))
async def test_one_after_another_it_is_exactly_used_below_ceiling(world, steps):
    """The model: a unit is taken when, and only when, both counters stand below their ceilings."""
    await world.execute("DELETE FROM counters")
    count = 0
    for ceiling, whole in steps:
        expected = count < ceiling and count < whole
        assert await attempt(world, ceiling, "2026-03-05", whole) is expected
        count += expected
    found = await used(world, "2026-03-05")
    assert found.get("follow", (0, 0))[0] == found.get("all", (0, 0))[0] == count


async def test_a_changed_policy_holds_from_the_next_sending_on(world: World):
    for n in range(8):
        action = await world.propose(n)
        if await world.status(action) == "awaiting_approval":
            await approve(world, action)
    await world.run(timedelta(hours=3))
    sent = len(world.platform.journal)
    assert sent >= 5
    await world.execute(
        "UPDATE actions SET scheduled_at = :at WHERE status = 'scheduled'", at=world.clock.now()
    )
    extra = await world.propose(20)
    if await world.status(extra) == "awaiting_approval":
        await approve(world, extra)
    async with world.begin() as tx:
        lower = {f"limits.phase_{n}": 5 for n in (1, 2, 3)}
        await policies.change(tx, lower, 0, "A quiet week.")
    await world.run(timedelta(hours=2))
    assert len(world.platform.journal) == sent  # the day's five are used up long since
    told = await world.value("SELECT sentence FROM events WHERE type = 'account.replanned'")
    assert "the policy changed" in told
    due = await world.value("SELECT scheduled_at FROM actions WHERE id = :id", id=extra)
    assert due.date() == world.clock.now().date() + timedelta(days=1)
    await world.run(timedelta(days=1))
    async with world.begin() as tx:
        rows = (await tx.session.execute(text("SELECT used, ceiling FROM counters"))).all()
    assert len(world.platform.journal) > sent
    assert all(row.used <= row.ceiling for row in rows)
