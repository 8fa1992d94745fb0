"""Refresh tokens: one successor for parallel calls, an end for replays, nothing to read at rest."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from socialseed.identity import passwords, queries, sessions
from socialseed.identity.service import NewUser, sign_up
from socialseed.identity.signin import Attempt, sign_in
from tests.support.people import PASSWORD, open_runtime


@pytest.fixture
async def runtime(database_url: str):
    async with open_runtime(database_url) as opened:
        yield opened


async def opened_by(runtime, email: str = "ada@example.com"):
    await sign_up(runtime, NewUser(email, PASSWORD))
    return await sign_in(runtime, Attempt(email, PASSWORD, "127.0.0.1", "Test/1"))


async def refreshed(runtime, token: str) -> sessions.Opened:
    opened = await sessions.refresh(runtime, token)
    assert opened is not None
    return opened


async def rows(runtime, statement: str) -> list[tuple[Any, ...]]:
    async with runtime.begin(None) as tx:
        return [tuple(row) for row in await tx.session.execute(text(statement))]


async def test_a_hundred_parallel_refreshes_have_one_successor_and_no_sign_out(runtime):
    first = await opened_by(runtime)
    # As many at a time as there are connections; the rest queue up behind them.
    gate = asyncio.Semaphore(10)

    async def one() -> sessions.Opened | None:
        async with gate:
            return await sessions.refresh(runtime, first.refresh)

    answers = [opened for opened in await asyncio.gather(*(one() for _ in range(100))) if opened]
    assert len(answers) == 100
    assert len({answer.refresh for answer in answers}) == 1
    assert await rows(runtime, "SELECT count(*) FROM refresh_tokens") == [(2,)]
    assert await rows(runtime, "SELECT count(*) FROM sessions WHERE revoked_at IS NULL") == [(1,)]
    assert (await sessions.refresh(runtime, answers[0].refresh)) is not None


async def test_within_the_grace_the_old_token_leads_to_the_same_successor(runtime):
    first = await opened_by(runtime)
    second = await refreshed(runtime, first.refresh)
    third = await refreshed(runtime, second.refresh)
    runtime.clock.move_to(runtime.clock.now() + sessions.GRACE)
    late = await refreshed(runtime, first.refresh)
    assert late.refresh == second.refresh
    assert (await refreshed(runtime, second.refresh)).refresh == third.refresh


async def test_a_replay_after_the_grace_ends_the_session_and_is_in_the_log(runtime):
    first = await opened_by(runtime)
    second = await refreshed(runtime, first.refresh)
    other = await sign_in(runtime, Attempt("ada@example.com", PASSWORD, "127.0.0.1", "Other/1"))
    runtime.clock.move_to(runtime.clock.now() + sessions.GRACE + timedelta(seconds=1))
    assert await sessions.refresh(runtime, first.refresh) is None
    assert await sessions.refresh(runtime, second.refresh) is None
    assert await sessions.refresh(runtime, other.refresh) is not None
    logged = await rows(runtime, "SELECT data->>'cause' FROM events WHERE type = 'session.revoked'")
    assert logged == [("replayed_token",)]


async def test_a_session_ends_when_nobody_refreshes_and_at_its_last_day(runtime):
    idle = await opened_by(runtime)
    busy = await sign_in(runtime, Attempt("ada@example.com", PASSWORD, "127.0.0.1", "Other/1"))
    start = runtime.clock.now()
    token = busy.refresh
    for day in range(10, 90, 10):
        runtime.clock.move_to(start + timedelta(days=day))
        token = (await refreshed(runtime, token)).refresh
    assert await sessions.refresh(runtime, idle.refresh) is None
    runtime.clock.move_to(start + sessions.SESSION_LIFETIME)
    assert await sessions.refresh(runtime, token) is None


async def test_no_token_can_be_read_from_the_database(runtime):
    first = await opened_by(runtime)
    second = await refreshed(runtime, first.refresh)
    for table in ("refresh_tokens", "sessions", "users", "events"):
        async with runtime.begin(None) as tx:
            stored = await tx.session.scalars(text(f"SELECT t::text FROM {table} t"))
            everything = "\n".join(stored.all())
        for secret in (first.refresh, second.refresh, PASSWORD):
            assert secret not in everything
            assert secret.encode().hex() not in everything


async def test_two_registrations_of_one_address_make_one_user(runtime):
    from socialseed.core.errors import AppError

    both = await asyncio.gather(
        *(sign_up(runtime, NewUser("ada@example.com", PASSWORD)) for _ in range(4)),
        return_exceptions=True,
    )
    refused = [answer for answer in both if isinstance(answer, AppError)]
    assert len(refused) == 3 and {error.code for error in refused} == {"email_taken"}
    assert await rows(runtime, "SELECT count(*) FROM workspaces") == [(1,)]


async def test_defaults_of_a_workspace_and_unasked_consent(runtime):
    opened = await opened_by(runtime)
    async with runtime.begin(opened.claims.workspace_id) as tx:
        assert await queries.consent(tx, "publish") is None
        assert await queries.workspace_settings(tx) == queries.WorkspaceSettings(False, 72)
        assert await queries.role_of(tx, opened.claims.user_id) == "owner"


async def test_a_full_pool_refuses_and_recovers(runtime):
    from contextlib import ExitStack

    from socialseed.core.errors import AppError

    with ExitStack() as held:
        with pytest.raises(AppError) as refusal:
            for _ in range(1000):
                held.enter_context(passwords.place_in_pool())
        assert refusal.value.code == "busy"
    with passwords.place_in_pool():
        assert await passwords.matches(await passwords.hashed("x"), "x")
