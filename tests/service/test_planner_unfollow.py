"""Unfollowing: only who is known not to follow back, late, few a day, and nobody who spoke."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import text

from socialseed.connectors.registry import Connectors
from socialseed.connectors.types import FollowsBack, Tokens
from socialseed.core.clock import VirtualClock
from socialseed.core.errors import Remedy, UpstreamError
from socialseed.planner.unfollow import look_round, propose_unfollows, unfollow_round
from socialseed.profiles import service as profiles
from socialseed.runtime.actor import PLANNER
from socialseed.runtime.keyring import new_wrapped_key
from socialseed.runtime.runtime import Runtime
from socialseed.targeting import queries as rules
from tests.support.accounts import give_tokens
from tests.support.serving import Person, make_person, real_runtime
from tests.support.world import ScriptedConnector, make_account, make_rule, manifest_of, rows

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
READS = frozenset({"me", "look", "search", "follows_back"})
_FOLLOWED = text(
    "INSERT INTO actions (id, workspace_id, account_id, platform, action_type, target_account,"
    " target_data, content_hash, target_key, status, mode, requires_approval, light, risk_score,"
    " reasons, to_green, rule_set, facts_digest, assessed_at, proposed_by_kind, proposed_by_name,"
    " settled_at, created_at, rule_id, followed_back, followed_back_at) SELECT :id, :w, :account,"
    " a.platform, :kind, CAST(:handle AS text), '{}', 'x', 'person:' || lower(ltrim(:handle, '@')),"
    " :status, 'api', true,"
    " 'green', 1, '[]', '[]', 'x', 'x', :at, 'planner', 'Planner', :at, :at, :rule, :back, :seen"
    " FROM social_accounts a WHERE a.id = :account"
)


@pytest.fixture
async def runtime(database_url: str):
    async with real_runtime(database_url, clock=VirtualClock(NOW)) as opened:
        scripted = {
            name: ScriptedConnector(manifest_of(name, reads=reads))
            for name, reads in (("twitter", READS), ("instagram", frozenset({"me"})))
        }
        yield replace(opened, connectors=Connectors(scripted))


@pytest.fixture
async def ada(runtime):
    return await make_person(runtime, "ada")


@pytest.fixture
async def account(runtime, ada) -> UUID:
    return await make_account(runtime, ada.workspace, "twitter", "clay")


def platform(runtime: Runtime, name: str = "twitter") -> ScriptedConnector:
    found = runtime.connectors.get(name)
    assert isinstance(found, ScriptedConnector)
    return found


async def did(
    runtime: Runtime, ada: Person, account: UUID, handle: str, days: float = 40, **more: Any
) -> None:
    """The account followed (or did something else towards) a person so many days ago."""
    values = {"kind": "follow", "status": "succeeded", "rule": None, "back": None, "seen": None}
    async with runtime.begin(ada.workspace, key=(handle, account, str(more))) as tx:
        at = runtime.clock.now() - timedelta(days=days)
        whose = {"id": tx.new_id(), "w": ada.workspace, "account": account}
        await tx.session.execute(_FOLLOWED, {**whose, "handle": handle, "at": at, **values, **more})


def not_back(runtime: Runtime) -> dict[str, Any]:
    return {"back": False, "seen": runtime.clock.now() - timedelta(hours=1)}


async def give(runtime: Runtime, ada: Person, account: UUID) -> None:
    async with runtime.begin(None) as tx:
        key = new_wrapped_key(runtime.master_key, ada.workspace)
        await tx.session.execute(text("UPDATE workspaces SET wrapped_key = :key"), {"key": key})
    tokens = Tokens("access", None, ("tweet.read",), timedelta(days=30), None)
    await give_tokens(runtime, ada.workspace, account, tokens)


async def proposed(runtime: Runtime) -> list[str]:
    sql = "SELECT target_account FROM actions WHERE action_type = 'unfollow' ORDER BY"
    return [row[0] for row in await rows(runtime, f"{sql} created_at, scheduled_at, id")]


async def propose(runtime: Runtime, ada: Person, account: UUID) -> int:
    async with runtime.begin(ada.workspace, PLANNER, key=runtime.clock.now()) as tx:
        return len(await propose_unfollows(tx, runtime, account))


async def test_who_did_not_follow_back_is_proposed_oldest_first_and_few_a_day(
    runtime, ada, account
):
    for number in range(12):
        await did(runtime, ada, account, f"person{number}", 60 - number, **not_back(runtime))
    await unfollow_round(runtime, {})
    assert await proposed(runtime) == [f"person{number}" for number in range(5)]
    await unfollow_round(runtime, {})
    assert len(await proposed(runtime)) == 5
    # They are tasks of one day's plan, one after the other, for X takes them from no such app.
    tasks = await rows(runtime, "SELECT DISTINCT mode, status FROM actions WHERE mode = 'human'")
    assert tasks == [("human", "awaiting_human")]
    slots = await rows(runtime, "SELECT scheduled_at FROM actions WHERE mode = 'human' ORDER BY id")
    assert len({row[0] for row in slots}) == 5
    runtime.clock.move_to(NOW + timedelta(days=1))
    assert await propose(runtime, ada, account) == 0  # yesterday's still wait for a person
    async with runtime.begin(ada.workspace) as tx:
        await tx.session.execute(
            text("UPDATE actions SET status = 'succeeded' WHERE action_type = 'unfollow'")
        )
    assert await propose(runtime, ada, account) == 5
    assert await proposed(runtime) == [f"person{number}" for number in range(10)]


async def test_who_spoke_is_left_alone_or_was_decided_on_is_kept(runtime, ada, account):
    other = await make_account(runtime, ada.workspace, "twitter", "wood")
    known = not_back(runtime)
    for handle in ("Spoke", "elsewhere", "alone", "kept", "long_ago", "gone"):
        await did(runtime, ada, account, handle, **known)
    await did(runtime, ada, account, "spoke", 200, kind="reply", status="rejected")
    await did(runtime, ada, other, "elsewhere", 20, kind="reply", status="succeeded")
    await did(runtime, ada, other, "long_ago", 31, kind="reply", status="succeeded")
    await did(runtime, ada, account, "kept", 90, kind="unfollow", status="rejected")
    await did(runtime, ada, account, "gone", 90, kind="unfollow", status="expired")
    async with runtime.begin(ada.workspace) as tx:
        await profiles.leave_alone(tx, "twitter", "alone")
    before = await proposed(runtime)
    await propose(runtime, ada, account)
    assert sorted((await proposed(runtime))[len(before) :]) == ["gone", "long_ago"]


async def test_nobody_is_unfollowed_early_or_on_a_guess(runtime, ada, account):
    await did(runtime, ada, account, "early", 20, **not_back(runtime))
    await did(runtime, ada, account, "unknown", 90)
    await did(runtime, ada, account, "back", 90, back=True, seen=NOW)
    stale = {"back": False, "seen": NOW - timedelta(days=9)}
    await did(runtime, ada, account, "stale", 90, **stale)
    assert await propose(runtime, ada, account) == 0
    runtime.clock.move_to(NOW + timedelta(days=2))
    assert await propose(runtime, ada, account) == 1
    assert await proposed(runtime) == ["early"]


async def test_the_policy_turns_it_off_and_moves_the_days(runtime, ada, account):
    await did(runtime, ada, account, "person", 40, **not_back(runtime))

    async def policy(version: int, numbers: str) -> None:
        async with runtime.begin(ada.workspace) as tx:
            await tx.session.execute(
                text(
                    "INSERT INTO policies (workspace_id, version, numbers, reason, changed_by_name,"
                    " changed_at) VALUES (:w, :v, CAST(:n AS jsonb), 'x', 'Ada', :now)"
                ),
                {"w": ada.workspace, "v": version, "n": numbers, "now": tx.now},
            )

    await policy(1, '{"unfollow.a_day": 0}')
    assert await propose(runtime, ada, account) == 0
    await policy(2, '{"unfollow.after_days": 60}')
    assert await propose(runtime, ada, account) == 0
    await policy(3, "{}")
    assert await propose(runtime, ada, account) == 1


@pytest.mark.parametrize("change", ["is_active = false", "light = 'red'", "phase = 'phase_1'"])
async def test_an_account_that_may_not_act_proposes_nothing(runtime, ada, account, change: str):
    await did(runtime, ada, account, "person", **not_back(runtime))
    async with runtime.begin(ada.workspace) as tx:
        await tx.session.execute(text(f"UPDATE social_accounts SET {change}"))
    await unfollow_round(runtime, {})
    assert await proposed(runtime) == []


async def test_one_read_tells_of_many_and_what_is_not_told_stays_unknown(runtime, ada, account):
    rule = await make_rule(
        runtime, ada.workspace, platform="twitter", handles=["a"], action_types=["follow"]
    )
    handles = ["@Back", "not_back", "hidden", "fresh"]
    for handle, days in zip(handles, (30, 20, 10, 3), strict=True):
        await did(runtime, ada, account, handle, days, rule=rule)
    platform(runtime).follows = {"back": True, "not_back": False}
    await give(runtime, ada, account)
    await look_round(runtime, {})
    await look_round(runtime, {})  # nothing is due for a look a second time
    assert platform(runtime).asked == [FollowsBack(["back", "not_back", "hidden"])]
    found = await rows(
        runtime,
        "SELECT target_account, followed_back, followed_back_at IS NOT NULL FROM actions"
        " ORDER BY created_at",
    )
    assert found == [
        ("@Back", True, True),
        ("not_back", False, True),
        ("hidden", None, True),
        ("fresh", None, False),
    ]
    async with runtime.begin(ada.workspace) as tx:
        stats = orjson.loads(await rules.rule_json(tx, rule))["stats"]
    assert (stats["followed_back"], stats["followed_back_unknown"]) == (1, 2)
    runtime.clock.move_to(NOW + timedelta(days=8))
    await look_round(runtime, {})
    assert platform(runtime).asked[1:] == [FollowsBack(["not_back", "hidden", "fresh"])]


async def test_a_wait_changes_nothing_and_a_refusal_is_not_asked_again_for_a_week(
    runtime, ada, account
):
    await did(runtime, ada, account, "person", 30)
    await give(runtime, ada, account)
    looked = "SELECT count(*) FROM actions WHERE followed_back_at IS NOT NULL"
    platform(runtime).trouble = UpstreamError(Remedy.WAIT, "rate_limited", "Too many.")
    await look_round(runtime, {})
    assert await rows(runtime, looked) == [(0,)]
    platform(runtime).trouble = UpstreamError(Remedy.REJECT, "bad_target", "No such handle.")
    await look_round(runtime, {})
    await look_round(runtime, {})
    assert await rows(runtime, looked) == [(1,)]
    assert len(platform(runtime).asked) == 2


async def test_a_platform_without_such_a_read_is_never_asked(runtime, ada):
    account = await make_account(runtime, ada.workspace, "instagram", "clay")
    await did(runtime, ada, account, "person", 90)
    await look_round(runtime, {})
    await unfollow_round(runtime, {})
    assert platform(runtime, "instagram").asked == []
    assert await proposed(runtime) == []
