"""Fixtures for every test: the session's PostgreSQL and a migrated database of one's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.postgres import TestServer, give_back, lend_database, start_postgres


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestServer]:
    home: Path = tmp_path_factory.mktemp("postgres")
    server = start_postgres(home)
    yield server
    server.stop()


@pytest.fixture
def database_url(postgres_server: TestServer) -> Iterator[str]:
    """A migrated database that only this test uses."""
    url = lend_database(postgres_server)
    yield url
    give_back(postgres_server, url)
