"""The transition table: every legal move, no illegal one, and a model check of whole lives."""

import asyncio
from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialseed.actions import decide, states, stops
from socialseed.actions.models import STATUSES
from socialseed.core.errors import AppError, Remedy, UpstreamError
from tests.support.pipeline import UNKNOWN, World, follow, make_world, performed_then


def test_the_table_knows_every_status_and_final_ones_stay():
    assert set(states.TRANSITIONS) == set(STATUSES) == set(states.PATIENCE)
    for status in states.FINAL - {"rejected"}:
        assert states.TRANSITIONS[status] == frozenset()
    reachable, todo = {"proposed"}, ["proposed"]
    while todo:
        for after in states.TRANSITIONS[todo.pop()] - reachable:
            reachable.add(after)
            todo.append(after)
    assert reachable == set(STATUSES)


def test_nothing_that_was_begun_is_ever_approved_or_scheduled_again_without_proof():
    assert "scheduled" not in states.TRANSITIONS["outcome_unknown"]
    assert "executing" not in states.TRANSITIONS["outcome_unknown"]
    assert {before for before, after in _arrows() if after == "executing"} == {"scheduled"}


def _arrows() -> list[tuple[str, str]]:
    return [(before, after) for before in STATUSES for after in states.TRANSITIONS[before]]


async def test_every_arrow_moves_and_every_other_pair_is_refused(database_url: str):
    world = await make_world(database_url, phase="phase_3")
    action = await world.propose(**follow())
    for before in STATUSES:
        for after in STATUSES:
            await world.execute(
                "UPDATE actions SET status = :s WHERE id = :id", s=before, id=action
            )
            async with world.begin() as tx:
                if after in states.TRANSITIONS[before]:
                    moved = await states.move(tx, states.PLAIN_MOVE, action, [before], after)
                    assert moved is not None
                else:
                    with pytest.raises(states.IllegalMove):
                        await states.move(tx, states.PLAIN_MOVE, action, [before], after)
            legal = after in states.TRANSITIONS[before]
            assert await world.status(action) == (after if legal else before)
    async with world.begin() as tx:
        missed = await states.move(tx, states.PLAIN_MOVE, action, ["scheduled"], "executing")
    assert missed is None
    await world.runtime.engine.dispose()


STEPS = (
    *("propose", "approve", "minute", "hours", "send", "send", "send", "send", "send"),
    *("approve_and_undo", "reject", "undo", "cancel", "stop", "lift"),
)
ANSWERS = ("ok", "retry", "reject", "lost", "lost_but_done")
LIVES = st.lists(
    st.tuples(st.sampled_from(STEPS), st.sampled_from(ANSWERS), st.integers(0, 5)),
    min_size=10,
    max_size=25,
)


def test_whatever_happens_nothing_is_called_twice_and_nothing_is_lost(database_url: str):
    seen: Counter[str] = Counter()

    @settings(max_examples=10, deadline=None, derandomize=True)
    @given(life=LIVES)
    def lives(life: list[tuple[str, str, int]]) -> None:
        asyncio.run(_live(database_url, life, seen))

    lives()
    # A run in which nothing went wrong would prove nothing.
    for what in ("succeeded", "failed", "cancelled", "rejected", "unknown", "undone", "held"):
        assert seen[what] > 0, seen


async def _live(database_url: str, life: list[tuple[str, str, int]], seen: Counter[str]) -> None:
    world = await make_world(database_url, phase="phase_3")
    await world.execute("UPDATE social_accounts SET waking_start = 0, waking_end = 24")
    made: list[UUID] = []
    for n, (step, answer, which) in enumerate(life):
        world.platform.answers = [_answer(world, answer)]
        try:
            await _step(world, step, made, which, n)
        except AppError:
            continue
    async with world.begin() as tx:
        await stops.lift(tx, None)
    world.platform.answers = []
    await world.run(timedelta(days=4))
    await _check(world, made)
    for row in await world.rows("SELECT type, count(*) AS n FROM events GROUP BY type"):
        seen[row.type.removeprefix("action.")] += row.n
    await world.runtime.engine.dispose()


def _answer(world: World, name: str):
    return {
        "ok": None,
        "retry": UpstreamError(Remedy.RETRY, "refused", "Refused."),
        "reject": UpstreamError(Remedy.REJECT, "gone", "Gone."),
        "lost": UNKNOWN,
        "lost_but_done": performed_then(world.platform, UNKNOWN),
    }[name]


async def _step(world: World, step: str, made: list[UUID], which: int, n: int) -> None:
    if step == "propose":
        made.append(await world.propose(**follow(n)))
        return
    if step in ("send", "approve_and_undo"):
        await _send(world, made, n, undo=step == "approve_and_undo")
        return
    if step in ("minute", "hours"):
        await world.run(timedelta(minutes=1) if step == "minute" else timedelta(hours=3))
        return
    async with world.begin() as tx:
        if step == "stop":
            await stops.set_stop(tx, "workspace", None, "x")
        elif step == "lift":
            await stops.lift(tx, None)
        elif made:
            action = made[which % len(made)]
            if step == "approve":
                await decide.approve(tx, world.runtime, action)
            elif step == "reject":
                await decide.reject(tx, world.runtime, action, "other")
            elif step == "undo":
                await decide.undo(tx, action)
            else:
                await decide.cancel(tx, action)


async def _send(world: World, made: list[UUID], n: int, *, undo: bool) -> None:
    made.append(await world.propose(**follow(n)))
    async with world.begin() as tx:
        await decide.approve(tx, world.runtime, made[-1])
    if not undo:
        await world.run(timedelta(minutes=3))
        return
    async with world.begin() as tx:
        await decide.undo(tx, made[-1])


async def _check(world: World, made: list[UUID]) -> None:
    performed = [order.key for order in world.platform.journal]
    assert len(performed) == len(set(performed))
    void = {}
    for row in await world.rows(
        "SELECT action_id, count(*) FILTER (WHERE outcome = 'not_performed') AS void,"
        " count(*) AS n FROM attempts GROUP BY action_id"
    ):
        void[str(row.action_id)] = (row.void, row.n)
    for action in made:
        status = await world.status(action)
        assert status in states.FINAL | {"outcome_unknown"}
        assert (status == "succeeded") == (str(action) in performed)
        calls = sum(order.key == str(action) for order in world.platform.calls)
        assert calls == void.get(str(action), (0, 0))[1]
    counted = await world.value(
        "SELECT coalesce(sum(used), 0) FROM counters WHERE kind = 'all' AND span = 'day'"
    )
    assert int(counted) >= len(performed)
    over = await world.value("SELECT count(*) FROM counters WHERE used > ceiling OR used < 0")
    assert over == 0
