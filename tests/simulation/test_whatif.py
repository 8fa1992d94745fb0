"""What-ifs over HTTP: asked for, run in a world of their own, kept; bounded, cancelled, lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest
from sqlalchemy import text

from socialseed.app.http import create_app
from socialseed.bootstrap import ROUTERS
from socialseed.core.clock import VirtualClock
from socialseed.runtime.runtime import Runtime
from socialseed.simulations.tasks import LOST, SILENT, look_after, run
from tests.support.people import browser
from tests.support.serving import Person, make_person, real_runtime

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SMALL = {"accounts": 1, "days": 7}


@asynccontextmanager
async def desk(
    database_url: str, clock: VirtualClock | None = None
) -> AsyncIterator[tuple[Runtime, httpx2.AsyncClient, Person]]:
    async with real_runtime(database_url, clock=clock) as runtime:
        client = browser(create_app(runtime, ROUTERS))
        person = await make_person(runtime)
        client.headers.update(person.headers)
        async with client:
            yield runtime, client, person


async def shown(client: httpx2.AsyncClient, simulation_id: str) -> Any:
    return (await client.get(f"/simulations/{simulation_id}")).json()


async def tables(runtime: Runtime) -> Any:
    async with runtime.begin(None) as tx:
        rows = await tx.session.execute(
            text("SELECT (SELECT count(*) FROM social_accounts), (SELECT count(*) FROM actions),"
                 " (SELECT count(*) FROM users), (SELECT count(*) FROM policies)")
        )  # fmt: skip
        return tuple(rows.one())


async def test_a_whole_what_if_touches_nothing_of_ours(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What the simulating process must not have: it would use it.
    monkeypatch.setenv("DATABASE_URL", database_url)
    async with desk(database_url) as (runtime, client, _):
        before = await tables(runtime)
        wanted = {**SMALL, "seed": "7", "numbers": {"limits.phase_1": 5, "limits.phase_2": 5}}
        answer = await client.post("/simulations", json=wanted)
        assert answer.status_code == 202
        asked = answer.json()
        assert asked["status"] == "waiting"
        await run(runtime, {})
        found = await shown(client, asked["id"])
        assert (found["status"], found["failure"]) == ("finished", None)
        assert (found["progress"], found["requested_by_name"]) == (1, "ada")
        assert found["wanted"]["numbers"] == wanted["numbers"]
        today, changed = found["summary"]["today"], found["summary"]["changed"]
        assert today["numbers"] is None
        assert changed["numbers"] == wanted["numbers"]
        assert 0 < changed["actions_done"] < today["actions_done"]
        assert len(today["series"]["hours"]) == 7
        assert await tables(runtime) == before
        listed = (await client.get("/simulations")).json()
        assert [one["id"] for one in listed["items"]] == [asked["id"]]


async def test_a_cancelled_one_ends_with_its_process(database_url: str, tmp_path: Path) -> None:
    async with desk(database_url) as (runtime, client, _):
        asked = (await client.post("/simulations", json={"accounts": 20, "days": 90})).json()
        running = asyncio.create_task(run(runtime, {}))
        while (await shown(client, asked["id"]))["status"] == "waiting":
            assert not running.done()
        assert (await client.delete(f"/simulations/{asked['id']}")).status_code == 204
        await asyncio.wait_for(running, 60)
        found = await shown(client, asked["id"])
        assert (found["status"], found["summary"]) == ("cancelled", None)
        again = await client.delete(f"/simulations/{asked['id']}")
        assert (again.status_code, again.json()["code"]) == (409, "simulation_over")


async def test_the_queue_of_a_workspace_is_bounded(database_url: str) -> None:
    async with desk(database_url) as (runtime, client, _):
        for _ in range(3):
            assert (await client.post("/simulations", json=SMALL)).status_code == 202
        full = await client.post("/simulations", json=SMALL)
        assert (full.status_code, full.json()["code"]) == (429, "too_many_simulations")
        assert int(full.headers["retry-after"]) > 0
        other = await make_person(runtime, "bob")
        answer = await client.post("/simulations", json=SMALL, headers=other.headers)
        assert answer.status_code == 202
        first = (await client.get("/simulations")).json()["items"][-1]
        await client.delete(f"/simulations/{first['id']}")
        assert (await client.post("/simulations", json=SMALL)).status_code == 202


async def test_a_silent_run_has_failed(database_url: str) -> None:
    clock = VirtualClock(NOW)
    async with desk(database_url, clock) as (runtime, client, person):
        asked = (await client.post("/simulations", json=SMALL)).json()
        async with runtime.begin(person.workspace) as tx:
            await tx.session.execute(
                text(
                    "UPDATE simulations SET status = 'running', started_at = :now, seen_at = :now"
                ),
                {"now": tx.now},
            )
        await look_after(runtime, {})
        assert (await shown(client, asked["id"]))["status"] == "running"
        clock.move_to(NOW + SILENT + timedelta(seconds=1))
        # The session's own token is older than its ten minutes only later.
        await look_after(runtime, {})
        found = await shown(client, asked["id"])
        assert (found["status"], found["failure"]) == ("failed", LOST)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"accounts": 21, "days": 7}, "/accounts"),
        ({"accounts": 1, "days": 6}, "/days"),
        ({**SMALL, "enforcement": "brutal"}, "/enforcement"),
        ({**SMALL, "numbers": {"limits.phase_1": 101}}, "/numbers/limits.phase_1"),
        ({**SMALL, "numbers": {"limits.phase_9": 1}}, "/numbers/limits.phase_9"),
        ({**SMALL, "numbers": {"days.phase_2": 60}}, "/numbers/days.phase_2"),
        ({**SMALL, "more": 1}, "/more"),
    ],
)
async def test_a_wrong_wish_names_its_field(
    database_url: str, body: dict[str, Any], pointer: str
) -> None:
    async with desk(database_url) as (_, client, _person):
        answer = await client.post("/simulations", json=body)
        assert answer.status_code == 422
        assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
        assert orjson.loads((await client.get("/simulations")).content)["items"] == []
