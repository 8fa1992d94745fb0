"""The live feed over a real server: order, replay, tenants, slow readers, endings."""

import asyncio
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx2
import orjson
import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from socialseed.analytics import feed
from socialseed.core.events import Event
from socialseed.web.stream import QUEUE_LINES, Line, Listener, Subscription
from tests.support.serving import app_of, make_person, real_runtime, served


@pytest.fixture
async def runtime(database_url: str):
    async with real_runtime(database_url) as opened:
        yield opened


@pytest.fixture
async def base(runtime):
    async with served(app_of(runtime, [feed.router])) as address:
        yield address


async def tell(runtime, workspace: UUID, *names: str) -> None:
    async with runtime.begin(workspace) as tx:
        for name in names:
            tx.emit(Event("probe.happened", name))


class Reader:
    """One open stream, read message by message."""

    def __init__(self, answer: httpx2.Response) -> None:
        self.answer = answer
        self._lines = answer.aiter_lines()

    async def next(self) -> tuple[str | None, dict[str, Any]]:
        """The next message: its id and its data."""
        name = None
        async with asyncio.timeout(10):
            async for line in self._lines:
                if line.startswith("id: "):
                    name = line[4:]
                elif line.startswith("data: "):
                    return name, orjson.loads(line[6:])
        raise EOFError

    async def end(self) -> None:
        async with asyncio.timeout(10):
            async for _ in self._lines:
                pass


@asynccontextmanager
async def listening(base: str, person, **headers: str):
    async with httpx2.AsyncClient(base_url=base, timeout=15) as client:
        async with client.stream(
            "GET", "/api/v1/events", headers=person.headers | headers
        ) as answer:
            assert answer.status_code == 200
            yield Reader(answer)


async def test_events_arrive_in_order_as_they_are_committed(runtime, base: str):
    ada = await make_person(runtime)
    await tell(runtime, ada.workspace, "before")
    async with listening(base, ada) as reader:
        assert reader.answer.headers["content-type"].startswith("text/event-stream")
        assert reader.answer.headers["x-accel-buffering"] == "no"
        assert "content-encoding" not in reader.answer.headers
        assert await reader.next() == ("1", {"type": "hello", "seq": 1})
        await tell(runtime, ada.workspace, "one", "two")
        await tell(runtime, ada.workspace, "three")
        got = [await reader.next() for _ in range(3)]
    assert [(name, data["seq"], data["sentence"]) for name, data in got] == [
        ("2", 2, "one"),
        ("3", 3, "two"),
        ("4", 4, "three"),
    ]
    assert got[0][1].keys() == {
        "seq",
        "at",
        "type",
        "actor",
        "account_id",
        "action_id",
        "sentence",
        "data",
    }
    assert got[0][1]["at"].endswith("Z")


async def test_a_reader_that_comes_back_gets_what_it_missed(runtime, base: str):
    ada = await make_person(runtime)
    await tell(runtime, ada.workspace, "one", "two", "three")
    async with listening(base, ada, **{"Last-Event-ID": "1"}) as reader:
        name, hello = await reader.next()
        assert (name, hello["seq"]) == (None, 3)
        missed = [await reader.next() for _ in range(2)]
        await tell(runtime, ada.workspace, "four")
        name, data = await reader.next()
    assert [data["sentence"] for _, data in missed] == ["two", "three"]
    assert (name, data["sentence"]) == ("4", "four")


async def test_who_missed_too_much_or_lies_begins_at_the_present(runtime, base: str):
    ada = await make_person(runtime)
    await tell(runtime, ada.workspace, *(str(n) for n in range(1100)))
    for given in ("3", "99999", "x", "-4"):
        async with listening(base, ada, **{"Last-Event-ID": given}) as reader:
            assert await reader.next() == ("1100", {"type": "hello", "seq": 1100})


async def test_nobody_hears_another_workspace(runtime, base: str):
    ada, bob = await make_person(runtime), await make_person(runtime, "bob")
    async with listening(base, ada) as hers, listening(base, bob) as his:
        await hers.next()
        await his.next()
        await tell(runtime, ada.workspace, "hers")
        await tell(runtime, bob.workspace, "his")
        assert (await his.next())[1]["sentence"] == "his"
        assert (await hers.next())[1]["sentence"] == "hers"


@pytest.mark.parametrize(
    "ending",
    [
        "UPDATE sessions SET revoked_at = :now WHERE id = :session",
        "DELETE FROM memberships WHERE user_id = :user",
    ],
)
async def test_a_stream_ends_when_its_right_does(runtime, base: str, ending: str):
    ada, bob = await make_person(runtime), await make_person(runtime, "bob")
    async with listening(base, ada) as hers, listening(base, bob) as his:
        await hers.next()
        await his.next()
        async with runtime.begin(None) as tx:
            await tx.session.execute(
                text(ending), {"now": tx.now, "session": ada.session, "user": ada.user}
            )
        await hers.end()
        await tell(runtime, bob.workspace, "still here")
        assert (await his.next())[1]["sentence"] == "still here"


async def test_the_hub_forgets_a_client_that_left(runtime):
    app = app_of(runtime, [feed.router])
    ada = await make_person(runtime)
    async with served(app) as base:
        async with listening(base, ada) as reader:
            await reader.next()
            assert app.state.hub.size == 1
        async with asyncio.timeout(10):
            while app.state.hub.size:
                await tell(runtime, ada.workspace, "anybody?")
        assert app.state.hub.size == 0


async def test_stopping_ends_open_streams(runtime):
    app = app_of(runtime, [feed.router])
    ada = await make_person(runtime)
    async with served(app) as base:
        async with listening(base, ada) as reader:
            await reader.next()
            await app.state.hub.stop()
            await reader.end()
            async with httpx2.AsyncClient(base_url=base) as client:
                refused = await client.get("/api/v1/events", headers=ada.headers)
    assert (refused.status_code, refused.json()["code"]) == (503, "streams_full")


async def test_the_stream_goes_on_after_the_database_was_away(runtime, base: str):
    ada = await make_person(runtime)
    async with listening(base, ada) as reader:
        await reader.next()
        async with runtime.engine.connect() as connection:
            await connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        async with asyncio.timeout(10):
            while True:
                try:
                    await tell(runtime, ada.workspace, "back")
                    break
                except SQLAlchemyError:
                    continue
        assert (await reader.next())[1]["sentence"] == "back"


async def test_a_reader_that_does_not_read_is_let_go():
    slow = Subscription(Listener(UUID(int=1), UUID(int=2)))
    for number in range(QUEUE_LINES + 5):
        slow.offer(Line(number, b"{}"))
    taken = await slow.take(1)
    assert taken is not None
    assert [line.seq for line in taken] == list(range(QUEUE_LINES))
    assert await slow.take(1) is None


async def test_without_a_session_there_is_no_stream(base: str):
    async with httpx2.AsyncClient(base_url=base) as client:
        answer = await client.get("/api/v1/events")
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


async def test_activity_pages_newest_first_and_filters(runtime, base: str):
    ada, bob = await make_person(runtime), await make_person(runtime, "bob")
    account = UUID(int=7)
    async with runtime.begin(ada.workspace) as tx:
        for number in range(5):
            tx.emit(
                Event(
                    "probe.odd" if number % 2 else "probe.even",
                    str(number),
                    account if number == 2 else None,
                )
            )
    await tell(runtime, bob.workspace, "his")
    async with httpx2.AsyncClient(base_url=f"{base}/api/v1", headers=ada.headers) as client:
        first = (await client.get("/activity?limit=3")).json()
        second = (await client.get(f"/activity?limit=3&cursor={first['next_cursor']}")).json()
        odd = (await client.get("/activity?type=probe.odd")).json()
        one = (await client.get(f"/activity?account_id={account}")).json()
        bad = await client.get("/activity?cursor=zzz")
    assert [item["sentence"] for item in first["items"]] == ["4", "3", "2"]
    assert [item["sentence"] for item in second["items"]] == ["1", "0"]
    assert second["next_cursor"] is None
    assert [item["sentence"] for item in odd["items"]] == ["3", "1"]
    assert [item["sentence"] for item in one["items"]] == ["2"]
    assert (bad.status_code, bad.json()["code"]) == (422, "bad_cursor")
