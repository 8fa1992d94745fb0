"""The transaction: commits with its events, keeps tenants apart, chains the log."""

import asyncio
import contextlib
import uuid
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, PendingRollbackError

from socialseed.connectors.registry import Connectors
from socialseed.core.clock import VirtualClock
from socialseed.core.events import Event
from socialseed.core.settings import Settings
from socialseed.runtime.runtime import Runtime, open_engine
from tests.support.fakes import NoBus, NoJobs, NoLimiter


@pytest.fixture
async def runtime(database_url: str):
    engine = open_engine(database_url, pool_size=4)
    yield Runtime(
        settings=Settings(),
        clock=VirtualClock(datetime(2026, 3, 1, tzinfo=UTC)),
        seed="test",
        engine=engine,
        connectors=Connectors({}),
        jobs=NoJobs(),
        limiter=NoLimiter(),
        bus=NoBus(),
        master_key=b"k" * 32,
    )
    await engine.dispose()


async def make_workspace(runtime: Runtime) -> uuid.UUID:
    workspace = uuid.uuid4()
    async with runtime.begin(None) as tx:
        await tx.session.execute(
            text(
                "INSERT INTO workspaces (id, name, wrapped_key, created_at)"
                " VALUES (:id, 'w', '', :now)"
            ),
            {"id": workspace, "now": tx.now},
        )
    return workspace


async def test_events_are_numbered_without_gaps_and_vanish_with_a_rollback(runtime: Runtime):
    workspace = await make_workspace(runtime)
    async with runtime.begin(workspace) as tx:
        tx.emit(Event("a.happened", "A happened."))
        tx.emit(Event("b.happened", "B happened.", data={"n": 1}))
    with pytest.raises(ZeroDivisionError):
        async with runtime.begin(workspace) as tx:
            tx.emit(Event("c.happened", "C happened."))
            raise ZeroDivisionError
    async with runtime.begin(workspace) as tx:
        tx.emit(Event("d.happened", "D happened."))
    async with runtime.begin(workspace) as tx:
        rows = (await tx.session.execute(text("SELECT seq, type FROM events ORDER BY seq"))).all()
    assert [tuple(row) for row in rows] == [(1, "a.happened"), (2, "b.happened"), (3, "d.happened")]


async def test_another_workspace_sees_nothing_and_can_write_nothing(runtime: Runtime):
    mine, theirs = await make_workspace(runtime), await make_workspace(runtime)
    async with runtime.begin(theirs) as tx:
        tx.emit(Event("secret.happened", "Theirs."))
    async with runtime.begin(mine) as tx:
        assert await tx.session.scalar(text("SELECT count(*) FROM events")) == 0
    with pytest.raises(DBAPIError, match="row-level security"):
        async with runtime.begin(mine) as tx:
            await tx.session.execute(
                text(
                    "INSERT INTO stops (id, workspace_id, scope, reason, created_by, created_at)"
                    " VALUES (:id, :w, 'workspace', 'x', 'x', :now)"
                ),
                {"id": tx.new_id(), "w": theirs, "now": tx.now},
            )


async def test_the_log_cannot_be_changed(runtime: Runtime):
    workspace = await make_workspace(runtime)
    async with runtime.begin(workspace) as tx:
        tx.emit(Event("a.happened", "A happened."))
    with pytest.raises(DBAPIError, match="permission denied"):
        async with runtime.begin(workspace) as tx:
            await tx.session.execute(text("UPDATE events SET sentence = 'Other.'"))


async def test_a_failure_that_was_swallowed_is_no_commit(runtime: Runtime):
    workspace = await make_workspace(runtime)
    done: list[str] = []
    with pytest.raises(PendingRollbackError):
        async with runtime.begin(workspace) as tx:
            tx.session.after_commit(lambda: done.append("told"))
            await tx.session.execute(text("UPDATE workspaces SET name = 'new'"))
            with contextlib.suppress(IntegrityError):
                await tx.session.execute(text("UPDATE workspaces SET name = NULL"))
    async with runtime.begin(workspace) as tx:
        name = text("SELECT name FROM workspaces WHERE id = :id")
        assert await tx.session.scalar(name, {"id": workspace}) == "w"
    assert done == []


async def test_every_end_of_a_transaction_gives_its_connection_back(runtime: Runtime):
    workspace = await make_workspace(runtime)
    waits = text("SELECT pg_sleep(30)")

    async def work() -> None:
        async with runtime.begin(workspace) as tx:
            tx.emit(Event("a.happened", "A happened."))
            begun.set()
            await tx.session.execute(waits)

    async def cut() -> None:
        async with runtime.begin(workspace) as tx:
            await tx.session.execute(text("RESET ROLE"))
            await tx.session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    for _ in range(3 * 4):  # three times what the pool has
        begun = asyncio.Event()
        task = asyncio.create_task(work())
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        with pytest.raises(DBAPIError) as broken:
            await cut()
        assert broken.value.connection_invalidated
    async with runtime.begin(workspace) as tx:
        assert await tx.session.scalar(text("SELECT count(*) FROM events")) == 0
