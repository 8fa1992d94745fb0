"""An account's phase on a real database: what is shown of it, and how it falls and rises."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

import socialseed.identity.models  # noqa: F401 - every table must be known to the ORM
from socialseed.accounts import incidents, queries
from socialseed.accounts.measure import measure
from socialseed.accounts.schemas import AccountDetailOut
from socialseed.connectors.registry import Connectors
from socialseed.core.errors import Remedy, UpstreamError
from socialseed.identity import policies
from tests.support.autonomy import hold
from tests.support.pipeline import Platform, World, make_world


class Silent(Platform):
    """Answers no read, so that only what we know ourselves is measured."""

    async def read(self, ask, grant):
        raise UpstreamError(Remedy.RETRY, "away", "The platform does not answer.")


@pytest.fixture
async def world(database_url: str):
    made = await make_world(database_url, phase="phase_2")
    made.runtime = replace(made.runtime, connectors=Connectors({"twitter": Silent()}))
    yield made
    await made.runtime.engine.dispose()


async def detail(world: World) -> Any:
    async with world.begin() as tx:
        found = await queries.detail(tx, world.accounts[0])
    return AccountDetailOut.model_validate(found).model_dump(mode="json", by_alias=True)


async def move(world: World, version: int = 0, **numbers: float) -> None:
    async with world.begin() as tx:
        wanted = {key.replace("__", "."): value for key, value in numbers.items()}
        await policies.change(tx, wanted, version, "a test")


async def measured(world: World, **later: float) -> str:
    world.clock.move_to(world.clock.now() + timedelta(**later))
    await measure(world.runtime, world.workspace, world.accounts[0])
    return str(await world.value("SELECT phase FROM social_accounts"))


async def incident(world: World, kind: str, **detail: bool) -> None:
    async with world.begin() as tx:
        await incidents.open_(tx, world.accounts[0], kind, "Something happened.", detail=detail)


async def test_the_detail_says_why_this_phase_what_opens_when_and_what_is_missing(world: World):
    shown = (await detail(world))["phase_detail"]
    assert shown["why"] == ["The account is on day 46 of its programme, in phase 2."]
    assert shown["opens_next"] == {"phase": "phase_3", "on": "2026-03-17", "missing": []}
    gates = {gate["code"]: gate for gate in shown["gates"]}
    assert gates["day"]["is"] == "day 46" and gates["day"]["needs"] == "day 61"
    assert not gates["day"]["met"]
    assert gates["health"]["met"] and gates["clean_record"]["met"]
    assert "decided" not in gates  # X is closed in phase 2, so there is nothing to decide on


async def test_the_date_is_the_accounts_own_and_moves_with_the_policy(world: World):
    await move(world, days__phase_3=90)
    shown = (await detail(world))["phase_detail"]
    assert shown["opens_next"]["on"] == "2026-04-15"
    assert next(g for g in shown["gates"] if g["code"] == "day")["needs"] == "day 90"
    action = await world.propose()
    [reason] = await world.value("SELECT reasons FROM actions WHERE id = :id", id=action)
    assert (reason["code"], reason["clears"]) == ("platform_closed", "after day 89")


async def test_every_limit_says_which_number_makes_it(world: World):
    def by_kind(shown: Any) -> dict[str, tuple[int, str]]:
        day = [one for one in shown["limits"] if one["window"] == "day"]
        assert all(one["source"] for one in shown["limits"])
        return {one["kind"]: (one["limit"], one["set_by"]) for one in day}

    usual = by_kind(await detail(world))
    assert usual["all"] == (126, "phase") and usual["publish_text"] == (15, "product")
    await world.execute("UPDATE social_accounts SET daily_action_limit = 12")
    assert by_kind(await detail(world))["publish_text"] == (12, "account")
    await world.execute("UPDATE social_accounts SET daily_action_limit = 1000, light = 'yellow'")
    assert by_kind(await detail(world))["publish_text"] == (7, "light")
    await world.execute("UPDATE social_accounts SET light = 'green', health_score = 30")
    assert by_kind(await detail(world))["all"] == (63, "health")
    await world.execute("UPDATE social_accounts SET health_score = 90")
    await move(world, limits__phase_1=10, limits__phase_2=10)
    assert by_kind(await detail(world))["all"] == (8, "phase")
    told = (await detail(world))["limits"][0]["source"]
    assert told == "Your policy for phase 2, day 46"


async def test_day_61_promotes_at_the_days_first_measurement_and_says_so(world: World):
    assert await measured(world, days=14) == "phase_2"  # day 60
    assert await measured(world, days=1) == "phase_3"
    shown = (await detail(world))["phase_detail"]
    assert "good enough for phase 3" in shown["why"][0]
    assert shown["opens_next"] is None and shown["gates"] == []


async def test_what_the_platform_did_takes_one_phase_at_once_and_only_one(world: World):
    assert await measured(world, days=15) == "phase_3"
    async with world.begin() as tx:
        await hold(tx, world.accounts[0], ["publish_text"])
    world.clock.move_to(world.clock.now() + timedelta(minutes=1))
    await incident(world, "silent_failure")
    assert "With the next measurement it goes to phase 2." in " ".join(
        (await detail(world))["phase_detail"]["why"]
    )
    assert await measured(world, minutes=30) == "phase_2"
    for _ in range(3):
        assert await measured(world, minutes=30) == "phase_2"
    gates = (await detail(world))["phase_detail"]["gates"]
    clean = next(gate for gate in gates if gate["code"] == "clean_record")
    assert clean["is"] == "1 incident in 7 days" and not clean["met"]
    await world.tick()
    held = "SELECT count(*) FROM autonomy_grants WHERE revoked_at IS NULL"
    assert await world.value(held) == 0
    # Seven days later, and looked after: the way up is open again.
    async with world.begin() as tx:
        await incidents.close(tx, world.accounts[0], "silent_failure")
    assert await measured(world, days=6) == "phase_2"
    assert await measured(world, days=1, minutes=1) == "phase_3"


@pytest.mark.parametrize(
    ("kind", "detail_", "counts"),
    [
        ("breaker", {}, True),
        ("reconnect", {"revoked": True}, True),
        ("reconnect", {"revoked": False}, False),
        ("egress", {}, False),
    ],
)
async def test_other_incidents_keep_from_rising_if_they_count_and_never_demote(
    world: World, kind: str, detail_: dict[str, bool], counts: bool
):
    await incident(world, kind, **detail_)
    async with world.begin() as tx:
        await incidents.close(tx, world.accounts[0], kind)
    assert await measured(world, days=6) == "phase_2"
    clean = next(
        gate
        for gate in (await detail(world))["phase_detail"]["gates"]
        if gate["code"] == "clean_record"
    )
    assert clean["met"] is not counts


async def test_a_day_that_the_policy_moved_away_is_told(world: World):
    assert await measured(world, days=20) == "phase_3"  # day 66
    await move(world, days__phase_3=120)
    assert await measured(world, days=1) == "phase_2"
    why = await world.value("SELECT phase_reasons FROM social_accounts")
    assert why == ["Phase 3 begins on day 120 here, and it is day 67."]
