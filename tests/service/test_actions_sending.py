"""Never lost, never twice: what a call's answer does to the action, its counters and its lane."""

import asyncio
import itertools
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from socialseed.actions import counters, dispatch, execute, reconcile, stops
from socialseed.actions.counters import Claim
from socialseed.actions.remedies import FREEZE, MAX_RETRIES
from socialseed.connectors.types import Receipt
from socialseed.core.errors import AppError, Remedy, UpstreamError
from tests.support.pipeline import (
    HANDLERS,
    UNKNOWN,
    World,
    approve,
    follow,
    make_world,
    performed_then,
)

RETRY = UpstreamError(Remedy.RETRY, "unreachable", "Connection refused.")
REJECT = UpstreamError(Remedy.REJECT, "gone", "There is no such person.", status=404)
BANNED = UpstreamError(Remedy.STOP, "challenge", "Prove that you are human.", status=403)
PROVEN_BAN = UpstreamError(Remedy.STOP, "suspended", "The account is suspended.", status=401)


@pytest.fixture
async def world(database_url: str):
    made = await make_world(database_url, phase="phase_3", accounts=2, pool_size=12)
    yield made
    await made.runtime.engine.dispose()


async def sent(world: World, n: int = 0, account=None):
    """A follow, approved and due now."""
    action = await world.propose(account=account, **follow(n))
    await approve(world, action)
    due = world.clock.now()
    await world.execute("UPDATE actions SET scheduled_at = :now WHERE id = :id", id=action, now=due)
    await world.execute("UPDATE lanes SET next_due = :now", now=due)
    return action


async def used(world: World) -> int:
    return int(await world.value("SELECT coalesce(max(used), 0) FROM counters"))


async def test_a_retry_is_refunded_waits_longer_each_time_and_ends(world: World):
    world.platform.answers = [RETRY] * MAX_RETRIES
    action = await sent(world)
    await world.tick()
    assert await world.status(action) == "scheduled"
    assert await used(world) == 0
    await world.run(timedelta(hours=2))
    assert await world.status(action) == "failed"
    assert len(world.platform.calls) == MAX_RETRIES
    assert await used(world) == 0
    outcomes = await world.rows("SELECT n, outcome FROM attempts ORDER BY n")
    assert [tuple(row) for row in outcomes] == [
        (n, "not_performed") for n in range(1, MAX_RETRIES + 1)
    ]


async def test_a_wait_holds_the_whole_lane_until_then(world: World):
    until = world.clock.now() + timedelta(minutes=40)
    wait = UpstreamError(Remedy.WAIT, "rate_limited", "Too many.", until=until, status=429)
    world.platform.answers = [wait]
    first, second = await sent(world, 1), await sent(world, 2)
    await world.run(timedelta(minutes=39))
    assert len(world.platform.calls) == 1
    assert await used(world) == 0
    # What was due all the while has lost its slot and gets another one.
    await world.run(timedelta(hours=24))
    assert {await world.status(first), await world.status(second)} == {"succeeded"}
    assert len(world.platform.journal) == 2


async def test_what_an_attempt_kept_is_given_to_the_next_and_to_whoever_reads_back(world: World):
    def keeping(error: UpstreamError, kept: dict[str, str] | None) -> UpstreamError:
        error.kept = kept
        return error

    wait = [UpstreamError(Remedy.WAIT, "not_ready", "Not yet.") for _ in range(4)]
    world.platform.answers = [
        keeping(wait[0], {"film": "1"}),
        keeping(wait[1], None),
        keeping(wait[2], {}),
        keeping(wait[3], {"film": "2"}),
        keeping(UpstreamError(Remedy.RECONCILE, "reset", "Reset."), None),
    ]
    action = await sent(world)
    await world.run(timedelta(hours=3))
    assert await world.status(action) == "failed"
    given = [dict(order.kept) for order in world.platform.calls]
    assert given == [{}, {"film": "1"}, {"film": "1"}, {}, {"film": "2"}]
    assert [dict(order.kept) for order in world.platform.looked] == [{"film": "2"}] * 3


async def test_a_rejection_fails_with_its_reason_and_is_refunded(world: World):
    world.platform.answers = [REJECT]
    action = await sent(world)
    await world.run(timedelta(hours=1))
    row = (await world.rows("SELECT status, failure->>'code' AS code FROM actions"))[0]
    assert tuple(row) == ("failed", "gone")
    assert await used(world) == 0
    assert len(world.platform.calls) == 1
    assert await world.status(action) == "failed"


async def test_an_unknown_outcome_is_read_back_and_never_sent_again(world: World):
    world.platform.answers = [performed_then(world.platform, UNKNOWN)]
    action = await sent(world)
    await world.tick()
    assert await world.status(action) == "outcome_unknown"
    assert await used(world) == 1
    await world.run(timedelta(hours=2))
    assert await world.status(action) == "succeeded"
    assert len(world.platform.calls) == 1
    assert await used(world) == 1


async def test_what_is_provably_not_there_fails_after_three_looks_without_a_refund(world: World):
    world.platform.answers = [UNKNOWN]
    action = await sent(world)
    await world.tick()
    await world.run(timedelta(seconds=30))
    assert await world.status(action) == "outcome_unknown"
    await world.run(timedelta(hours=1))
    assert await world.status(action) == "failed"
    looks = await world.value("SELECT evidence->>'looks' FROM attempts")
    assert looks == "3"
    assert await used(world) == 1
    assert len(world.platform.calls) == 1


async def test_what_no_read_can_tell_waits_for_a_person(world: World):
    world.platform.answers = [UNKNOWN]
    world.platform.unreadable = "not_verifiable"
    action = await sent(world)
    await world.run(timedelta(days=3))
    assert await world.status(action) == "outcome_unknown"
    with pytest.raises(AppError, match="machine_may_not_approve"):
        async with world.begin(world.machine) as tx:
            await reconcile.resolve(tx, action, "failed", "x")
    async with world.begin() as tx:
        await reconcile.resolve(tx, action, "succeeded", "I see it on my profile.")
    assert await world.status(action) == "succeeded"
    note = await world.value("SELECT note FROM decisions WHERE kind = 'resolved'")
    assert note == "I see it on my profile."
    assert len(world.platform.calls) == 1


async def test_a_warning_freezes_the_account_and_refunds_only_on_proof(world: World):
    world.platform.answers = [BANNED, PROVEN_BAN]
    warned = await sent(world, 1, world.accounts[0])
    await world.tick()
    assert await world.status(warned) == "outcome_unknown"
    assert await used(world) == 1
    proven = await sent(world, 2, world.accounts[1])
    await world.tick()
    assert await world.status(proven) == "failed"
    refunded = await world.value(
        "SELECT max(used) FROM counters WHERE account_id = :id", id=world.accounts[1]
    )
    assert refunded == 0
    rows = await world.rows("SELECT light, frozen_until FROM social_accounts")
    assert {tuple(row) for row in rows} == {("red", world.clock.now() + FREEZE)}
    alerts = await world.value(
        "SELECT count(*) FROM events WHERE type = 'account.light_changed'"
        " AND data->>'alert' = 'critical'"
    )
    assert alerts == 2


async def test_a_refused_token_is_refunded_and_the_account_must_be_connected_again(world: World):
    refused = UpstreamError(Remedy.REAUTHORIZE, "token_revoked", "Revoked.", status=401)
    world.platform.answers = [refused]
    action = await sent(world)
    await world.run(timedelta(hours=3))
    assert await world.status(action) == "scheduled"
    assert await used(world) == 0
    assert len(world.platform.calls) == 1
    assert await world.value(
        "SELECT needs_reconnect FROM social_accounts WHERE id = :id", id=world.accounts[0]
    )


async def test_a_stale_wake_up_does_nothing(world: World):
    action = await sent(world)
    await dispatch.claim(world.runtime)
    payload = {"account_id": str(world.accounts[0]), "workspace_id": str(world.workspace)}
    await execute.send(world.runtime, {**payload, "fence": 0})
    assert world.platform.calls == []
    await execute.send(world.runtime, {**payload, "fence": 1})
    await execute.send(world.runtime, {**payload, "fence": 1})
    assert len(world.platform.calls) == 1
    assert await world.status(action) == "succeeded"


async def test_a_lease_that_ran_out_while_claimed_is_claimed_anew(world: World):
    action = await sent(world)
    await dispatch.claim(world.runtime)
    world.jobs._heap.clear()
    world.jobs._keys.clear()
    await world.run(timedelta(minutes=5))
    assert await world.status(action) == "succeeded"
    assert await world.value("SELECT max(fence) FROM lanes") == 2


async def test_a_lease_that_ran_out_while_executing_is_unknown_and_never_sent_again(world: World):
    action = await sent(world)
    other = await sent(world, 2)
    world.platform.answers = [lambda order: (_ for _ in ()).throw(SystemExit(137))]
    with pytest.raises(SystemExit):
        await world.tick()
    if await world.status(action) != "executing":
        # Both are due at one instant: either may be the first.
        action, other = other, action
    assert await world.status(action) == "executing"
    await world.run(timedelta(seconds=50))
    assert await world.status(action) == "outcome_unknown"
    await world.run(timedelta(hours=1))
    assert await world.status(action) == "failed"
    assert await world.status(other) == "succeeded"
    assert len(world.platform.calls) == 2


async def test_a_result_that_comes_after_the_lease_still_counts_as_proof(world: World):
    action = await sent(world)

    async def recovered() -> None:
        async with world.begin() as tx:
            await tx.session.execute(
                text("UPDATE lanes SET leased_until = :now"), {"now": world.clock.now()}
            )
        assert await dispatch.claim(world.runtime) == 1

    async def late(order):
        world.platform.journal.append(order)
        await recovered()
        await world.jobs.run_due(world.runtime, HANDLERS, world.clock.now())
        assert await world.status(action) == "outcome_unknown"
        return Receipt("r-late")

    world.platform.perform_hook = late
    await world.tick()
    row = (await world.rows("SELECT status, remote_id FROM actions WHERE id = :id", id=action))[0]
    assert tuple(row) == ("succeeded", "r-late")
    assert await world.value("SELECT outcome FROM attempts") == "performed"


async def test_limits_hold_exactly_under_concurrent_senders(world: World):
    claim = Claim(("all", "follow"), ("day", "day"), ("2026-03-02",) * 2, (40, 25))
    taken = 0

    async def one() -> None:
        nonlocal taken
        try:
            async with world.begin() as tx:
                if not await counters.take(tx, world.accounts[0], world.workspace, claim):
                    raise LookupError
        except LookupError:
            return
        taken += 1

    for _ in range(4):
        await asyncio.gather(*(one() for _ in range(12)))
    rows = await world.rows("SELECT kind, used FROM counters ORDER BY kind")
    assert [tuple(row) for row in rows] == [("all", 25), ("follow", 25)]
    assert taken == 25
    with pytest.raises(IntegrityError, match="within"):
        await world.execute("UPDATE counters SET used = used + 16")


async def test_a_full_hour_moves_the_rest_to_the_next(world: World):
    await world.execute("UPDATE social_accounts SET daily_action_limit = 12")
    actions = [await sent(world, n) for n in range(4)]
    await world.execute("UPDATE actions SET scheduled_at = :now", now=world.clock.now())
    await world.run(timedelta(minutes=50))
    first_hour = len(world.platform.journal)
    ceiling = await world.value("SELECT min(ceiling) FROM counters WHERE span = 'hour'")
    assert first_hour == ceiling < 4
    await world.run(timedelta(hours=8))
    assert len(world.platform.journal) == 4
    over = await world.value("SELECT count(*) FROM counters WHERE used > ceiling")
    assert over == 0
    assert {await world.status(action) for action in actions} == {"succeeded"}
    held = await world.value("SELECT count(*) FROM events WHERE type = 'action.held'")
    assert held >= 1


async def test_nothing_starts_while_a_stop_holds_and_goes_on_when_it_is_lifted(world: World):
    action = await sent(world)
    async with world.begin() as tx:
        await stops.set_stop(tx, "account", str(world.accounts[0]).upper(), "Something is off.")
    other = await sent(world, 2, world.accounts[1])
    await world.run(timedelta(minutes=20))
    assert [order.target_handle for order in world.platform.calls] == ["person2"]
    assert await world.status(other) == "succeeded"
    async with world.begin() as tx:
        await stops.lift(tx, None)
        assert await stops.active(tx) == []
    await world.run(timedelta(hours=24))
    assert await world.status(action) == "succeeded"


async def test_a_stop_lets_no_sender_start_that_it_raced(database_url: str):
    """Eight lanes race each stop: nothing starts after it was answered, and some got in before."""
    world = await make_world(database_url, phase="phase_3", accounts=8, pool_size=12)
    for n in range(8):
        for turn in range(12):
            await sent(world, n * 100 + turn, world.accounts[n])

    async def started() -> int:
        return int(await world.value("SELECT count(*) FROM attempts"))

    async def stopped() -> int:
        async with world.begin() as tx:
            await stops.set_stop(tx, "workspace", None, "race")
        return await started()

    late, before = 0, 0
    for turn in range(12):
        world.clock.move_to(world.clock.now() + timedelta(minutes=11))
        now = world.clock.now()
        await world.execute("UPDATE lanes SET next_due = :now, leased_until = NULL", now=now)
        await world.execute(
            "UPDATE actions SET scheduled_at = :now WHERE status = 'scheduled'", now=now
        )
        await dispatch.claim(world.runtime)
        senders = [
            asyncio.create_task(execute.send(world.runtime, waiting.payload))
            for _, _, waiting in world.jobs._heap
            if waiting.job == dispatch.SEND
        ]
        world.jobs._heap.clear()
        world.jobs._keys.clear()
        begun = await started()
        for _ in range(turn % 4):
            await started()  # the stop comes a little later each time
        count = await stopped()
        await asyncio.gather(*senders)
        before, late = before + count - begun, late + await started() - count
        async with world.begin() as tx:
            await stops.lift(tx, None)
    await world.runtime.engine.dispose()
    assert late == 0
    assert before > 0


async def test_nothing_is_sent_from_a_database_that_may_forget(world: World):
    action = await sent(world)
    await world.execute(
        "INSERT INTO installation (epoch, started_at) VALUES ('x', :now)", now=world.clock.now()
    )
    await world.run(timedelta(minutes=5))
    assert await world.status(action) == "scheduled"
    await world.execute("UPDATE installation SET confirmed_at = :now", now=world.clock.now())
    await world.run(timedelta(minutes=5))
    assert await world.status(action) == "succeeded"


async def test_the_minimum_gap_holds_after_a_standstill_and_the_order_stays(world: World):
    actions = [await sent(world, n) for n in range(4)]
    for n, action in enumerate(actions):
        await world.execute(
            "UPDATE actions SET scheduled_at = :at WHERE id = :id",
            id=action,
            at=world.clock.now() - timedelta(minutes=10 - n),
        )
    await world.run(timedelta(minutes=10))
    assert [order.target_handle for order in world.platform.journal] == [
        f"person{n}" for n in range(4)
    ]
    starts = [row[0] for row in await world.rows("SELECT started_at FROM attempts ORDER BY 1")]
    gaps = [later - earlier for earlier, later in itertools.pairwise(starts)]
    assert min(gaps) >= timedelta(seconds=45)


async def test_what_turned_worse_since_approval_goes_back_to_the_person(world: World):
    action = await sent(world)
    await world.execute("UPDATE social_accounts SET light = 'red', health_score = 20")
    await world.run(timedelta(minutes=5))
    assert world.platform.calls == []
    assert await world.status(action) == "awaiting_approval"
    stages = [row[0] for row in await world.rows("SELECT stage FROM verdicts ORDER BY assessed_at")]
    assert stages == ["propose", "send"]
    assert await world.value("SELECT approved_hash FROM actions") is None


async def test_what_became_forbidden_since_approval_is_blocked(world: World):
    action = await sent(world)
    await world.execute(
        "INSERT INTO profiles (id, workspace_id, platform, handle, observed_at, do_not_contact_at)"
        " VALUES (:id, :w, 'twitter', 'Person0', :now, :now)",
        id=action,
        w=world.workspace,
        now=world.clock.now(),
    )
    await world.run(timedelta(minutes=5))
    assert world.platform.calls == []
    assert await world.status(action) == "blocked"


async def test_an_account_that_sleeps_sends_when_it_wakes(world: World):
    action = await sent(world)
    world.clock.move_to(world.clock.now() + timedelta(hours=11))
    await world.run(timedelta(hours=8))
    assert world.platform.calls == []
    await world.run(timedelta(hours=3))
    assert await world.status(action) == "succeeded"


async def test_settling_bears_that_the_action_was_deleted_meanwhile(world: World):
    action = await sent(world)

    async def deleted(order):
        await world.execute("DELETE FROM actions WHERE id = :id", id=action)
        return Receipt("r-1")

    world.platform.perform_hook = deleted
    await world.tick()
    assert await world.value("SELECT count(*) FROM actions") == 0
    assert await world.value("SELECT leased_until FROM lanes") is None
