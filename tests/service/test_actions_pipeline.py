"""One action's life, from the proposal to its settlement, on a real database."""

from datetime import timedelta
from typing import Any

import pytest

from socialseed.actions import decide, queries, stops
from socialseed.actions.propose import replan, submit
from socialseed.actions.schemas import ActionDetailOut, ActionPage, SummaryOut
from socialseed.core.errors import AppError
from tests.support.pipeline import (
    World,
    add_workspace,
    approve,
    follow,
    make_world,
    observed,
    reply,
)


@pytest.fixture
async def world(database_url: str):
    made = await make_world(database_url, phase="phase_3")
    yield made
    await made.runtime.engine.dispose()


async def test_a_green_publication_in_phase_3_needs_nobody_and_is_sent_once(world: World):
    action = await world.propose()
    assert await world.status(action) == "scheduled"
    due = await world.value("SELECT scheduled_at FROM actions WHERE id = :id", id=action)
    await world.run(due - world.clock.now() + timedelta(minutes=10))
    assert await world.status(action) == "succeeded"
    assert len(world.platform.journal) == 1
    assert await world.value("SELECT verified FROM actions WHERE id = :id", id=action) is True
    types = [row.type for row in await world.rows("SELECT type FROM events ORDER BY seq")]
    assert types == [
        "action.proposed",
        "action.assessed",
        "action.scheduled",
        "action.started",
        "action.succeeded",
        "action.verified",  # read back, as the first of its kind
    ]


async def test_a_follow_waits_for_a_person_and_is_sent_after_the_hold(world: World):
    action = await world.propose(**follow())
    assert await world.status(action) == "awaiting_approval"
    await approve(world, action)
    assert await world.status(action) == "scheduled"
    held = await world.value("SELECT held_until FROM actions WHERE id = :id", id=action)
    assert held == world.clock.now() + timedelta(seconds=10)
    await world.tick()
    assert world.platform.calls == []
    await world.run(timedelta(minutes=30))
    assert await world.status(action) == "succeeded"
    assert [order.target_handle for order in world.platform.journal] == ["person0"]


async def test_approval_is_bound_to_the_content_that_was_seen(world: World):
    action = await world.propose(**reply())
    with pytest.raises(AppError, match="content_changed"):
        await approve(world, action, content_hash="0" * 64)
    seen = await world.value("SELECT content_hash FROM actions WHERE id = :id", id=action)
    edits = decide.Edits(text="Thank you, that means a lot to our little shop!")
    await approve(world, action, content_hash=seen, edits=edits)
    row = (
        await world.rows(
            "SELECT content_hash, approved_hash, was_edited, target_data->>'text' AS said,"
            " (SELECT count(*) FROM verdicts v WHERE v.action_id = a.id"
            " AND stage = 'edit') AS edits FROM actions a WHERE id = :id",
            id=action,
        )
    )[0]
    assert row.content_hash == row.approved_hash != seen
    assert row.was_edited
    assert row.said == edits.text
    assert row.edits == 1
    await world.run(timedelta(hours=1))
    assert [order.text for order in world.platform.journal] == [edits.text]


async def test_content_changed_behind_the_approval_is_never_sent(world: World):
    action = await world.propose(**follow())
    await approve(world, action)
    await world.execute("UPDATE actions SET target_account = 'stranger' WHERE id = :id", id=action)
    await world.run(timedelta(hours=1))
    assert world.platform.calls == []
    assert await world.status(action) == "blocked"


async def test_a_content_hash_that_is_not_the_approved_one_is_never_sent(world: World):
    action = await world.propose(**follow())
    await approve(world, action)
    await world.execute("UPDATE actions SET approved_hash = 'x' WHERE id = :id", id=action)
    await world.run(timedelta(minutes=10))
    assert world.platform.calls == []
    assert await world.status(action) == "blocked"


async def test_undo_within_the_hold_takes_back_an_approval_or_a_rejection(world: World):
    approved, rejected = await world.propose(**follow(1)), await world.propose(**follow(2))
    await approve(world, approved)
    async with world.begin() as tx:
        await decide.reject(tx, world.runtime, rejected, "off_topic")
    assert await world.status(rejected) == "rejected"
    world.clock.move_to(world.clock.now() + timedelta(seconds=9))
    for action in (approved, rejected):
        async with world.begin() as tx:
            await decide.undo(tx, action)
        assert await world.status(action) == "awaiting_approval"
    await world.run(timedelta(hours=2))
    assert world.platform.calls == []


async def test_undo_after_the_hold_is_too_late(world: World):
    action = await world.propose(**follow())
    await approve(world, action)
    world.clock.move_to(world.clock.now() + timedelta(seconds=10))
    with pytest.raises(AppError, match="too_late"):
        async with world.begin() as tx:
            await decide.undo(tx, action)
    assert await world.status(action) == "scheduled"


async def test_a_machine_may_propose_and_never_decides(world: World):
    action = await world.propose(actor=world.machine, **follow())
    decisions: list[Any] = [
        lambda tx: decide.approve(tx, world.runtime, action),
        lambda tx: decide.reject(tx, world.runtime, action, "other"),
        lambda tx: decide.snooze(tx, action, tx.now + timedelta(hours=1)),
        lambda tx: decide.undo(tx, action),
        lambda tx: decide.cancel(tx, action),
        lambda tx: decide.bulk(tx, world.runtime, [action], "approve"),
    ]
    for decision in decisions:
        with pytest.raises(AppError, match="machine_may_not_approve"):
            async with world.begin(world.machine) as tx:
                await decision(tx)
    assert await world.status(action) == "awaiting_approval"


async def test_no_self_approval_where_the_workspace_wants_that(world: World):
    await world.execute(
        "UPDATE workspaces SET settings = '{\"no_self_approval\": true}' WHERE id = :id",
        id=world.workspace,
    )
    own = await world.propose(**follow(1))
    by_machine = await world.propose(actor=world.machine, **follow(2))
    with pytest.raises(AppError, match="self_approval"):
        await approve(world, own)
    await approve(world, by_machine)
    assert await world.status(by_machine) == "scheduled"


async def test_the_same_key_is_the_same_action_and_another_request_a_conflict(world: World):
    proposal = world.proposal(**follow(), idempotency_key="k1")
    made = []
    for _ in range(2):
        async with world.begin() as tx:
            made.append(await submit(tx, world.runtime, proposal))
    assert made[0].action_id == made[1].action_id
    assert [one.replayed for one in made] == [False, True]
    with pytest.raises(AppError, match="idempotency_mismatch"):
        await world.propose(**follow(2), idempotency_key="k1")


async def test_the_same_target_twice_is_refused_with_the_first_one_named(world: World):
    first = await world.propose(**follow())
    with pytest.raises(AppError, match=f"duplicate_action.*{first}"):
        await world.propose(**{**follow(), "target_account": "@PERSON0"})
    async with world.begin() as tx:
        await decide.reject(tx, world.runtime, first, "other")
    again = await world.propose(**follow())
    assert again != first


async def test_bulk_approves_green_only_and_answers_for_each(world: World):
    for n in range(3):
        await observed(world, f"person{n}")
    green = [await world.propose(**follow(n)) for n in range(3)]
    await world.execute("UPDATE actions SET light = 'yellow' WHERE id = :id", id=green[2])
    async with world.begin() as tx:
        stranger = tx.new_id()
        results = await decide.bulk(tx, world.runtime, [*green, stranger, green[0]], "approve")
    assert [one.id for one in results] == [*green, stranger]
    codes = [one.problem.code if one.problem else None for one in results]
    assert codes == [None, None, "not_green", "not_found"]
    slots = await world.rows(
        "SELECT scheduled_at FROM actions WHERE status = 'scheduled' ORDER BY 1"
    )
    assert slots[1].scheduled_at - slots[0].scheduled_at >= timedelta(seconds=45)


async def test_undo_wakes_a_snoozed_proposal_and_nothing_that_merely_waits(world: World):
    action = await world.propose(**follow())
    async with world.begin() as tx:
        await decide.snooze(tx, action, tx.now + timedelta(hours=2))
    async with world.begin() as tx:
        await decide.undo(tx, action)
    async with world.begin() as tx:
        assert str(action).encode() in await queries.pending(tx, queries.Filter(), 50, None)
    with pytest.raises(AppError, match="too_late"):
        async with world.begin() as tx:
            await decide.undo(tx, action)


async def test_a_snoozed_proposal_comes_back_and_an_undecided_one_expires(world: World):
    action = await world.propose(**follow())
    async with world.begin() as tx:
        await decide.snooze(tx, action, tx.now + timedelta(hours=2))
        assert b'"items":[]' in await queries.pending(tx, queries.Filter(), 50, None)
    await world.run(timedelta(hours=3))
    async with world.begin() as tx:
        assert str(action).encode() in await queries.pending(tx, queries.Filter(), 50, None)
    await world.run(timedelta(hours=72))
    assert await world.status(action) == "expired"
    async with world.begin() as tx:
        new = await replan(tx, world.runtime, action)
    assert await world.value("SELECT replaces FROM actions WHERE id = :id", id=new) == action


async def test_lists_page_by_key_and_every_view_fits_its_schema(world: World):
    actions = [await world.propose(**follow(n)) for n in range(5)]
    await approve(world, actions[4])
    await world.run(timedelta(minutes=30))
    seen, cursor = [], None
    while True:
        async with world.begin() as tx:
            page = ActionPage.model_validate_json(
                await queries.history(tx, queries.Filter(q="person"), 2, cursor)
            )
        seen += [item.id for item in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert sorted(seen) == sorted(actions)
    async with world.begin() as tx:
        one = ActionDetailOut.model_validate_json(await queries.detail(tx, actions[4]))
        summary = SummaryOut.model_validate_json(await queries.summary(tx))
        used = await queries.used_today(tx, world.accounts[0])
    assert one.status == "succeeded"
    assert one.timeline[-1].type == "action.verified"
    assert one.attempts[0].outcome == "performed"
    assert summary.total == 4
    assert used["follow", "day"] == used["all", "hour"] == 1


async def test_one_workspace_cannot_touch_the_actions_of_another(world: World):
    action = await world.propose(**follow())
    other = await add_workspace(
        world.runtime, world.clock, world.jobs, world.platform, 1, "phase_3", "owner"
    )
    attempts: list[Any] = [
        lambda tx: decide.approve(tx, world.runtime, action),
        lambda tx: decide.cancel(tx, action),
        lambda tx: queries.detail(tx, action),
        lambda tx: replan(tx, world.runtime, action),
        lambda tx: submit(tx, world.runtime, world.proposal(**follow(9))),
        lambda tx: stops.set_stop(tx, "account", str(world.accounts[0]), "x"),
    ]
    for attempt in attempts:
        with pytest.raises(AppError, match="not_found"):
            async with other.begin() as tx:
                await attempt(tx)
    assert await world.status(action) == "awaiting_approval"


BAD = [
    ({"action_type": "fly"}, "unknown_action_type"),
    ({"action_type": "follow", "target_account": None, "target_data": {}}, "required"),
    ({"action_type": "like", "target_data": {"post": {"id": ""}}}, "required"),
    ({"action_type": "publish_text", "target_data": {"text": " "}}, "required"),
    ({"target_data": {"text": "a\x00b"}}, "bad_text"),
    ({"target_data": {"text": "\ud800"}}, "bad_text"),
    ({"target_data": {"text": "x" * 10_001}}, "too_long"),
    ({"target_data": {"text": "x", "colour": "red"}}, "unknown_field"),
    ({"target_data": {"text": 7}}, "wrong_type"),
    ({"target_data": {"text": "x", "person": {"followers": True}}}, "wrong_type"),
    ({"action_type": "publish_image", "target_data": {"media_url": "ftp://x"}}, "bad_url"),
    ({"action_type": "follow", "target_account": "a b", "target_data": {}}, "bad_handle"),
]


@pytest.mark.parametrize(("change", "code"), BAD)
async def test_what_cannot_be_carried_out_is_refused_by_field(world: World, change, code):
    with pytest.raises(AppError) as caught:
        await world.propose(**change)
    assert caught.value.code == code
    assert await world.value("SELECT count(*) FROM actions") == 0


async def test_without_consent_a_person_is_asked_and_in_phase_1_x_is_closed(world: World):
    await world.execute("DELETE FROM consents")
    assert await world.status(await world.propose(0)) == "awaiting_approval"
    await world.execute("UPDATE social_accounts SET phase = 'phase_1'")
    assert await world.status(await world.propose(1)) == "blocked"
