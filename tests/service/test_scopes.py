"""What the owner did not grant is known alike to doctor, policy, planner and executor."""

from dataclasses import replace
from datetime import timedelta

import pytest

from socialseed.accounts import doctor
from socialseed.actions import ground as gathering
from socialseed.actions.content import checked
from socialseed.planner.planning import is_possible
from socialseed.planner.queries import MONTH, get_account
from socialseed.policy.risk.assess import replay
from tests.support.pipeline import World, approve, make_world

ALL = '["tweet.read", "tweet.write", "users.read", "like.write", "follows.write"]'
READ_ONLY = '["tweet.read", "users.read"]'
HELD = "Held: tweet.write was not granted. Reconnect @studio0."


@pytest.fixture
async def world(database_url: str):
    made = await make_world(database_url, phase="phase_3")
    yield made
    await made.runtime.engine.dispose()


async def grant(world: World, scopes: str) -> None:
    await world.execute("UPDATE credentials SET scopes = CAST(:s AS jsonb)", s=scopes)


async def told(world: World, action) -> list[str]:
    found = await world.rows(
        "SELECT sentence FROM events WHERE action_id = :id AND type = 'action.held'", id=action
    )
    return [row.sentence for row in found]


async def test_without_the_scope_it_is_never_automatic_and_says_why(world: World):
    await grant(world, READ_ONLY)
    action = await world.propose()
    light, reasons = (
        await world.rows("SELECT light, reasons FROM actions WHERE id = :id", id=action)
    )[0]
    assert (await world.status(action), light) == ("awaiting_approval", "red")
    assert reasons[0]["code"] == "scope_missing"
    assert reasons[0]["sentence"] == (
        "X did not grant tweet.write; reconnect the account and allow it."
    )
    assert reasons[0]["clears"] == "reconnect it"
    stored = (await world.rows("SELECT facts FROM verdicts WHERE action_id = :id", id=action))[0]
    assert [one.code for one in replay(stored.facts).findings] == [x["code"] for x in reasons]


async def test_with_it_or_where_the_platform_does_not_tell_it_is_automatic(world: World):
    for number, scopes in enumerate((ALL, "[]")):
        await grant(world, scopes)
        assert await world.status(await world.propose(number)) == "scheduled"


async def test_what_was_approved_waits_and_is_sent_once_after_reconnecting(world: World):
    await grant(world, READ_ONLY)
    action = await world.propose()
    await approve(world, action)
    await world.run(timedelta(hours=4))
    assert (await world.status(action), world.platform.calls) == ("scheduled", [])
    assert set(await told(world, action)) == {HELD}
    assert await world.rows("SELECT 1 FROM attempts") == []
    await grant(world, ALL)
    await world.run(timedelta(hours=2))
    assert await world.status(action) == "succeeded"
    assert len(world.platform.calls) == 1


async def test_a_scope_that_was_taken_away_holds_its_kinds_and_no_other(world: World):
    await grant(world, ALL)
    post = {"id": "post0", "author": "person0", "text": "Hello!"}
    like = await world.propose(
        action_type="like", target_account="person0", target_data={"post": post}
    )
    await approve(world, like)
    await world.execute("DELETE FROM autonomy_grants")
    text = await world.propose()
    await approve(world, text)
    await grant(world, ALL.replace("like.write", "other"))
    await world.run(timedelta(hours=4))
    assert (await world.status(like), await world.status(text)) == ("scheduled", "succeeded")
    assert [order.action_type for order in world.platform.calls] == ["publish_text"]


async def test_doctor_policy_and_planner_say_the_same_of_every_kind(world: World):
    # The script performs all, so that nothing is left to a person.
    kinds = {row.action_type for row in world.runtime.ledger.rows("twitter")}
    world.platform.performs = frozenset(kinds)
    await grant(world, '["tweet.read", "users.read", "follows.write"]')
    account = world.accounts[0]
    async with world.begin() as tx:
        report = await doctor.report(tx, world.runtime, account)
        planned = await get_account(tx, account, tx.now - MONTH)
        content = checked(account, "publish_text", None, {"text": "Hello."})
        ground = await gathering.gather(tx, account, content)
    shown = report["kinds"]
    assert isinstance(shown, list)
    lacking = {one["kind"]: one["missing_scopes"] for one in shown if one["mode"] == "api"}
    acting = {kind: scopes for kind, scopes in lacking.items() if kind in kinds}
    assert any(acting.values()) and not all(acting.values())
    for kind, scopes in acting.items():
        assert list(ground.lacks(kind)) == scopes, kind
        assert is_possible(world.runtime, planned, kind) is not bool(scopes), kind
    free = replace(planned, scopes=())
    assert all(is_possible(world.runtime, free, kind) for kind in acting)
