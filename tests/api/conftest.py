"""The two sides of `whole`, made once in a session and cloned for each test that wants them."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.api.whole import Both, MadeBoth, make_both, open_made
from tests.support.postgres import TestServer, clone_database, drop_database, fresh_database


@pytest.fixture(scope="session")
def made_sides(postgres_server: TestServer) -> Iterator[tuple[str, MadeBoth]]:
    """A database with both sides in it, and what is needed to act as them."""
    url = fresh_database(postgres_server)
    yield url, asyncio.run(make_both(url))
    drop_database(postgres_server, url)


@pytest.fixture
async def both(
    postgres_server: TestServer, made_sides: tuple[str, MadeBoth]
) -> AsyncIterator[Both]:
    """Both sides in a database of this test's own."""
    url = clone_database(postgres_server, made_sides[0])
    async with open_made(url, made_sides[1]) as opened:
        yield opened
    drop_database(postgres_server, url)
