"""What a verdict is made from, as the database tells it of one account and one person."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from socialseed.actions.content import checked
from socialseed.actions.facts import facts_of
from socialseed.actions.ground import gather
from socialseed.actions.propose import Proposal
from socialseed.policy.risk.types import Facts
from socialseed.profiles import service as profiles
from tests.support.pipeline import World, follow, make_world, observed, reply


@pytest.fixture
async def world(database_url: str):
    made = await make_world(database_url, phase="phase_3", accounts=3)
    yield made
    await made.runtime.engine.dispose()


async def facts(world: World, **change: Any) -> Facts:
    """The facts about a proposal of the first account."""
    wanted: Proposal = world.proposal(**change)
    async with world.begin() as tx:
        content = checked(
            wanted.account_id, wanted.action_type, wanted.target_account, wanted.target_data
        )
        ground = await gather(tx, wanted.account_id, content)
        return facts_of(
            ground, content, "api", world.platform.manifest, text_room=(None, 280), expected_at=None
        )


async def day(world: World, ago: int, used: int) -> None:
    on = (world.clock.now() - timedelta(days=ago)).strftime("%Y-%m-%d")
    await world.execute(
        "INSERT INTO counters (account_id, kind, span, window_key, workspace_id, used, ceiling)"
        " VALUES (:a, 'all', 'day', :on, :w, :used, 500)",
        a=world.accounts[0],
        w=world.workspace,
        on=on,
        used=used,
    )


async def test_the_accounts_history_is_its_active_days_of_four_weeks_without_today(world: World):
    nothing = await facts(world)
    assert (nothing.active_days, nothing.usual_day, nothing.usual_spread) == (0, None, None)
    for ago, used in ((0, 90), (1, 10), (2, 0), (5, 20), (28, 30), (29, 400)):
        await day(world, ago, used)
    found = await facts(world)
    assert (found.active_days, found.usual_day) == (3, 20.0)
    assert found.usual_spread == pytest.approx(8.165, abs=0.001)


async def test_a_run_begins_after_the_last_pause_of_half_an_hour(world: World):
    assert (await facts(world)).running_since is None
    settled = []
    for minutes, number in ((200, 0), (150, 1), (125, 2), (100, 3)):
        action = await world.propose(number)
        at = world.clock.now() - timedelta(minutes=minutes)
        await world.execute(
            "UPDATE actions SET status = 'succeeded', settled_at = :at WHERE id = :id",
            id=action,
            at=at,
        )
        settled.append(at)
    assert (await facts(world)).running_since == settled[1]
    await world.execute("UPDATE actions SET settled_at = settled_at - interval '6 hours'")
    assert (await facts(world)).running_since is None


async def test_who_is_named_in_a_text_is_looked_up_on_the_list(world: World):
    async with world.begin() as tx:
        await profiles.leave_alone(tx, "twitter", "Noa.B")
        await profiles.leave_alone(tx, "instagram", "mia")
    data = {"text": "Ask @noa.b, @mia or @kim."}
    assert (await facts(world, target_data=data)).mentions_left_alone == ("noa.b",)
    assert await world.status(await world.propose(target_data=data)) == "blocked"


async def test_contacts_of_every_account_and_kind_count_by_hand_and_by_api(world: World):
    await observed(world, "person1")
    await world.propose(**follow(1), account=world.accounts[1])
    answer = await world.propose(**reply(1), account=world.accounts[2])
    mine = await world.propose(**reply(1))
    rejected = await world.propose(account=world.accounts[2], **_like(1))
    await world.execute(
        "UPDATE actions SET status = 'awaiting_human', mode = 'human' WHERE id = :id", id=answer
    )
    await world.execute("UPDATE actions SET status = 'rejected' WHERE id = :id", id=rejected)
    found = await facts(world, **follow(1))
    assert {(c.same_account, c.account, c.action_type) for c in found.contacts} == {
        (False, "studio1", "follow"),
        (False, "studio2", "reply"),
        (True, "studio0", "reply"),
    }
    assert await world.status(mine) != "blocked"


async def test_many_turns_of_one_kind_do_not_hide_one_of_another(world: World):
    await observed(world, "person1")
    followed = await world.propose(**follow(1))
    for number in range(40):
        post = {"id": f"p{number}", "author": "person1"}
        data = {"text": f"Thank you for number {number}!", "post": post, "summoned": True}
        await world.propose(action_type="reply", target_account="person1", target_data=data)
    assert await world.status(followed) != "blocked"
    found = await facts(world, **_like(1))
    kinds = [c.action_type for c in found.contacts]
    assert kinds.count("reply") == 6
    assert kinds.count("follow") == 1


async def test_the_workspaces_policy_is_in_the_facts(world: World):
    numbers = (
        '{"contact.again_after_days": 90, "contact.crowd": 1, "contact.others_within_days": 60,'
        ' "days.phase_3": 120}'
    )
    async with world.begin() as tx:
        await tx.session.execute(
            text(
                "INSERT INTO policies (workspace_id, version, numbers, reason, changed_by_name,"
                " changed_at) VALUES (:w, 1, CAST(:numbers AS jsonb), 'x', 'Mia', :now)"
            ),
            {"w": world.workspace, "numbers": numbers, "now": tx.now},
        )
    found = await facts(world)
    told = (found.contact_again_days, found.contact_crowd, found.contact_others_days)
    assert told == (90, 1, 60)
    assert found.opens_on_day == 120


def _like(number: int) -> dict[str, Any]:
    post = {"id": f"post{number}", "author": f"person{number}"}
    return {"action_type": "like", "target_data": {"post": post}}
