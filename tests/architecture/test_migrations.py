"""Migrations: up, down and up again, and the tables are what the models say."""

import importlib
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, pool, text
from sqlalchemy.ext.asyncio import create_async_engine

from socialseed.app.embedded import psql
from socialseed.core.db import Base
from tests.support.pipeline import approve, follow, make_world
from tests.support.postgres import (
    TestServer,
    drop_database,
    empty_database,
    fresh_database,
    migrate,
    with_login,
)

ROOT = Path(__file__).parents[2]


@pytest.fixture
def url(postgres_server: TestServer):
    address = fresh_database(postgres_server)
    yield address
    drop_database(postgres_server, address)


def alembic(url: str, *command: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "alembic", *command],
        cwd=ROOT,
        env={"DATABASE_URL": url, "PATH": ""},
        check=True,
        timeout=60,
    )


async def tables(url: str) -> set[str]:
    engine = create_async_engine(
        "postgresql+asyncpg://" + url.split("://", 1)[1], poolclass=pool.NullPool
    )
    async with engine.connect() as connection:
        rows = await connection.execute(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        )
        names = {row[0] for row in rows}
    await engine.dispose()
    return names


async def test_up_down_up(url: str) -> None:
    before = await tables(url)
    assert {"actions", "events", "users"} <= before
    alembic(url, "downgrade", "base")
    assert await tables(url) <= {"alembic_version"}
    alembic(url, "upgrade", "head")
    assert await tables(url) == before


async def test_tables_are_what_the_models_say(url: str) -> None:
    for file in sorted((ROOT / "src" / "socialseed").rglob("models.py")):
        importlib.import_module(".".join(file.relative_to(ROOT / "src").with_suffix("").parts))

    def compare(connection: Connection) -> list[object]:
        context = MigrationContext.configure(
            connection,
            opts={"include_name": lambda name, kind, _: "pgqueuer" not in (name or "")},
        )
        return list(compare_metadata(context, Base.metadata))

    engine = create_async_engine(
        "postgresql+asyncpg://" + url.split("://", 1)[1], poolclass=pool.NullPool
    )
    async with engine.connect() as connection:
        drift = await connection.run_sync(compare)
    await engine.dispose()
    assert drift == []


async def test_every_tenant_table_is_walled(url: str) -> None:
    engine = create_async_engine(
        "postgresql+asyncpg://" + url.split("://", 1)[1], poolclass=pool.NullPool
    )
    async with engine.connect() as connection:
        rows = await connection.execute(
            text(
                "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity FROM pg_class c"
                " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'workspace_id'"
                " WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
            )
        )
        walls = {row[0]: row[1] for row in rows}
    await engine.dispose()
    assert len(walls) > 15
    assert [name for name, walled in walls.items() if not walled] == []


async def test_an_owner_who_is_no_superuser_makes_the_schema_and_works_in_it(
    url: str, postgres_server: TestServer
) -> None:
    """As at a hosted PostgreSQL, which lends nobody its superuser."""
    address = empty_database(postgres_server)
    name = urlsplit(address).path.lstrip("/")
    owner = f"owner_of_{name}"
    psql(
        postgres_server.url,
        f"CREATE ROLE {owner} LOGIN CREATEROLE PASSWORD 'plain'",
        f"GRANT socialseed_app TO {owner}",  # made by another database of the server, as `url` is
        f"GRANT {owner} TO CURRENT_USER",  # who gives a database away needs it
        f"ALTER DATABASE {name} OWNER TO {owner}",
    )
    try:
        hosted = with_login(address, owner, "plain")
        migrate(hosted)
        world = await make_world(hosted, phase="phase_3")
        action = await world.propose(**follow())
        await approve(world, action)
        await world.run(timedelta(minutes=30))
        assert await world.status(action) == "succeeded"
        await world.runtime.engine.dispose()
    finally:
        drop_database(postgres_server, address)
        psql(postgres_server.url, f"DROP ROLE {owner}")
