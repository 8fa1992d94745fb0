"""What a platform's headers told of remaining calls is kept per account, the latest word only."""

from datetime import timedelta

import pytest

from socialseed.accounts import quotas
from socialseed.connectors.quotas import MOST_KEPT, Quota, QuotaBook
from tests.support.pipeline import START, World, make_world


@pytest.fixture
async def world(database_url: str):
    made = await make_world(database_url, accounts=2)
    yield made
    await made.runtime.engine.dispose()


def quota(remaining: int, endpoint: str = "POST /2/tweets", minutes: int = 0) -> Quota:
    at = START + timedelta(minutes=minutes)
    return Quota(endpoint, "user", 100, remaining, at + timedelta(minutes=15), at)


async def test_the_latest_word_of_each_endpoint_is_stored_once(world: World):
    book, account = world.runtime.connectors.quotas, str(world.accounts[0])
    book.note("twitter", account, [quota(9), quota(50, "GET /2/users/me")])
    book.note("twitter", account, [quota(8)])
    book.note("twitter", "", [quota(1)])
    await quotas.keep(world.runtime)
    await quotas.keep(world.runtime)
    async with world.begin() as tx:
        kept = await quotas.list_of(tx, world.accounts[0])
        (lowest,) = await quotas.lowest(tx)
    assert [(one["endpoint"], one["remaining"]) for one in kept] == [
        ("GET /2/users/me", 50),
        ("POST /2/tweets", 8),
    ]
    assert (lowest.username, lowest.remaining, lowest.limit) == ("studio0", 8, 100)


async def test_an_older_word_does_not_replace_a_newer_one_and_a_gone_account_is_skipped(
    world: World,
):
    book, account = world.runtime.connectors.quotas, str(world.accounts[0])
    book.note("twitter", account, [quota(5, minutes=3)])
    await quotas.keep(world.runtime)
    book.note("twitter", account, [quota(70)])
    book.note("twitter", "00000000-0000-0000-0000-000000000001", [quota(2)])
    await quotas.keep(world.runtime)
    async with world.begin() as tx:
        (kept,) = await quotas.list_of(tx, world.accounts[0])
    assert kept["remaining"] == 5


def test_the_book_is_bounded_and_empty_after_it_was_read():
    book = QuotaBook()
    book.note("twitter", "a", [quota(1, f"GET /{n}") for n in range(MOST_KEPT + 5)])
    told = book.drain()
    assert len(told) == MOST_KEPT
    assert told[0].quota.endpoint == "GET /5"
    assert book.drain() == []
