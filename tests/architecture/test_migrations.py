"""Migrations: up, down and up again, and the tables are what the models say."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, pool, text
from sqlalchemy.ext.asyncio import create_async_engine

from socialseed.core.db import Base
from tests.support.postgres import TestServer, drop_database, fresh_database

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
