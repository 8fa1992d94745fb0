"""A platform that nobody planned for goes through the real pipeline: five members are all it needs.

Which platforms a phase opens is a table of the policy, and which words an account may have is a
CHECK of the schema. Toy therefore acts in X's place; under its own word it stays closed.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from socialseed.connectors.gateway import Gateway
from socialseed.connectors.http import open_client
from socialseed.connectors.registry import Connectors
from socialseed.policy.capabilities.ledger import parse, written
from tests.contracts.toy.connector import ToyConnector
from tests.contracts.toy.platform import Toy, running
from tests.support.pipeline import TEXTS, World, make_world

ROWS = """
[toy]
name = "Toy"
tiers = ["free"]
as_of = 2026-01-01
recheck_on = 2027-01-01
source = "tests/contracts/toy/platform.py"
[[toy.rows]]
actions = ["publish_text", "delete"]
mode = "api"
sentence = "Toy lets anybody post."
"""
OPEN_WORD = "ALTER TABLE social_accounts DROP CONSTRAINT ck_social_accounts_platform"


@pytest.fixture
def toy() -> Iterator[Toy]:
    with running() as server:
        yield server


@pytest.fixture
async def world(database_url: str, toy: Toy):
    made = await make_world(database_url, phase="phase_3")
    runtime = made.runtime
    async with open_client(runtime.settings, made.clock, Gateway(toy.url)) as http:
        connector = ToyConnector.of(http, runtime.settings)
        connectors = Connectors({"twitter": connector, "toy": connector}, http.quotas)
        ledger = parse(written() + ROWS)
        made.runtime = replace(runtime, connectors=connectors, ledger=ledger)
        yield made
    await runtime.engine.dispose()


async def test_an_action_reaches_the_new_platform_once(world: World, toy: Toy):
    action = await world.propose()
    await world.run(timedelta(hours=1))
    assert await world.status(action) == "succeeded"
    assert list(toy.posts.values()) == [TEXTS[0]]
    assert await world.value("SELECT remote_id FROM actions WHERE id = :id", id=action) == "1"
    assert toy.keys == {str(action): "1"}


async def test_a_lost_answer_is_read_back_and_never_sent_again(world: World, toy: Toy):
    toy.breaks = 1
    action = await world.propose()
    await world.run(timedelta(hours=1))
    assert await world.status(action) == "succeeded"
    assert toy.calls.count("POST /api.toy.example/posts") == 1
    assert "GET /api.toy.example/posts" in toy.calls


async def test_a_platform_that_no_phase_opens_does_nothing_whatever_its_ledger_says(
    world: World, toy: Toy
):
    async with world.runtime.engine.begin() as connection:
        await connection.execute(text(OPEN_WORD))
    await world.execute("UPDATE social_accounts SET platform = 'toy', tier = 'free'")
    action = await world.propose()
    await world.run(timedelta(hours=1))
    assert await world.status(action) == "blocked"
    assert toy.calls == []
