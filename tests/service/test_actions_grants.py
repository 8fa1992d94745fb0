"""The token is fetched before anything is recorded: a failure there sends and marks nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID

import pytest

from socialseed.accounts.tokens import sealed
from socialseed.connectors.registry import Connectors
from socialseed.connectors.types import Authorization, Grant, Order, Receipt, Renew, Step, Tokens
from socialseed.core.errors import Remedy, UpstreamError
from socialseed.runtime.keyring import data_key
from tests.support.pipeline import Platform, World, make_world

NEW = Tokens("access-new", "refresh-new", (), timedelta(hours=2), None)
LOST = UpstreamError(Remedy.RECONCILE, "reset", "The connection was reset.")
TOLD = "SELECT sentence FROM events WHERE type = 'action.held'"


@dataclass
class Renewing(Platform):
    """Renews from a script, and keeps with which token it was called."""

    renewals: list[Tokens | UpstreamError] = field(default_factory=list)
    used: list[str] = field(default_factory=list)

    async def authorize(self, step: Step) -> Authorization:
        assert isinstance(step, Renew)
        answer = self.renewals.pop(0)
        if isinstance(answer, UpstreamError):
            raise answer
        return answer

    async def perform(self, order: Order, grant: Grant) -> Receipt:
        self.used.append(grant.access_token)
        return await super().perform(order, grant)


@pytest.fixture
async def world(database_url: str):
    made = await make_world(database_url, phase="phase_3")
    platform = Renewing()
    connectors = Connectors({"twitter": platform})
    yield replace(made, platform=platform, runtime=replace(made.runtime, connectors=connectors))
    await made.runtime.engine.dispose()


async def ends_in(world: World, life: timedelta) -> None:
    """The account's token ends so soon; it can be renewed."""
    async with world.begin() as tx:
        key = await data_key(world.runtime, tx, world.workspace)
    refresh = sealed(key, world.workspace, world.accounts[0], "refresh_sealed", "refresh-old")
    await world.execute(
        "UPDATE credentials SET expires_at = :end, issued_at = :begin, refresh_sealed = :refresh",
        end=world.clock.now() + life,
        begin=world.clock.now() - timedelta(hours=2),
        refresh=refresh,
    )


async def due(world: World) -> UUID:
    """A post that needs no approval, and is due."""
    action = await world.propose()
    await world.execute("UPDATE actions SET scheduled_at = :now", now=world.clock.now())
    await world.execute("UPDATE lanes SET next_due = :now", now=world.clock.now())
    return action


async def marks(world: World) -> Sequence[int]:
    """What a sending leaves behind: attempts, counters, and calls to the platform."""
    attempts = await world.value("SELECT count(*) FROM attempts")
    used = await world.value("SELECT coalesce(sum(used), 0) FROM counters")
    return [int(attempts), int(used), len(world.platform.calls)]


def renewing(world: World) -> Renewing:
    assert isinstance(world.platform, Renewing)
    return world.platform


@pytest.mark.parametrize(
    "error",
    [
        LOST,
        UpstreamError(Remedy.RETRY, "unreachable", "Connection refused."),
        UpstreamError(Remedy.WAIT, "rate_limited", "Too many.", status=429),
        UpstreamError(Remedy.REJECT, "bad_request", "No.", status=400),
    ],
    ids=lambda error: str(error.remedy),
)
async def test_a_renewal_that_failed_marks_nothing_and_the_action_goes_out_later(
    world: World, error: UpstreamError
):
    renewing(world).renewals = [error] * 7 + [NEW]
    await ends_in(world, timedelta(0))
    action = await due(world)
    await world.tick()
    assert await world.status(action) == "scheduled"
    assert await marks(world) == [0, 0, 0]
    assert [row.sentence for row in await world.rows(TOLD)] == [f"Held: {error.detail}"]
    # More often than a call may be tried: what never began is not given up.
    await world.run(timedelta(hours=3))
    assert await world.status(action) == "succeeded"
    assert renewing(world).used == ["access-new"]
    assert (await marks(world))[0] == 1


async def test_a_renewal_that_is_refused_waits_for_the_owner_unmarked(world: World):
    gone = UpstreamError(Remedy.REAUTHORIZE, "invalid_grant", "Expired.", status=400)
    renewing(world).renewals = [gone]
    await ends_in(world, timedelta(0))
    action = await due(world)
    await world.run(timedelta(hours=3))
    assert await world.status(action) == "scheduled"
    assert await marks(world) == [0, 0, 0]
    assert await world.value("SELECT needs_reconnect FROM social_accounts")


async def test_a_token_that_could_end_during_the_call_is_not_used(world: World):
    renewing(world).renewals = [NEW]
    await ends_in(world, timedelta(seconds=20))
    lease = world.clock.now() + timedelta(seconds=25)
    await world.execute("UPDATE credentials SET refresh_leased_until = :until", until=lease)
    action = await due(world)
    await world.tick()
    assert (await world.status(action), await marks(world)) == ("scheduled", [0, 0, 0])
    await world.run(timedelta(minutes=2))
    assert await world.status(action) == "succeeded"
    assert renewing(world).used == ["access-new"]
