"""A person's rights: consent, a whole and secret-free copy, real deletion, erasure of others."""

import asyncio
import io
import json
import zipfile
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, NoResultFound

from socialseed.actions.models import Action
from socialseed.connectors.types import Person
from socialseed.core.crypto import Unsealable
from socialseed.core.events import Event
from socialseed.privacy import tasks
from socialseed.profiles import service as profiles
from socialseed.runtime.keyring import data_key
from socialseed.runtime.tx import Tx
from tests.support.people import PASSWORD, browser, make_app, open_runtime, sign_in, signed_in
from tests.support.rows import HANDLE, SECRET, fill, tables_of_a_workspace


@pytest.fixture
async def runtime(database_url: str):
    async with open_runtime(database_url) as opened:
        yield opened


@pytest.fixture
def app(runtime):
    return make_app(runtime)


def code(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def whose(client) -> tuple[UUID, UUID]:
    profile = (await client.get("/users/profile")).json()
    return UUID(profile["id"]), UUID(profile["workspace"]["id"])


async def run_jobs(runtime) -> int:
    handlers = {job.name: job.handler for job in tasks.JOBS}
    queued, runtime.jobs.queued = runtime.jobs.queued, []
    for name, payload in queued:
        await handlers[name](runtime, payload)
    return len(queued)


async def every_row(runtime, needle: str) -> list[str]:
    """`table: row` for every row of the database in which `needle` stands."""
    found = []
    async with runtime.begin(None) as tx:
        tables = await tx.session.scalars(
            text("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'")
        )
        for table in tables.all():
            if table == "alembic_version":
                continue
            rows = await tx.session.scalars(
                text(f'SELECT t::text FROM "{table}" t WHERE strpos(t::text, :needle) > 0'),
                {"needle": needle},
            )
            found += [f"{table}: {row}" for row in rows.all()]
    return found


async def test_consent_is_asked_kept_and_withdrawn(app):
    owner = await signed_in(app, "ada@example.com")
    items = (await owner.get("/privacy/consents")).json()["items"]
    assert [i["kind"] for i in items] == ["publish", "engage", "discover", "ai_drafts"]
    assert not any(i["granted"] or i["at"] for i in items) and all(i["sentence"] for i in items)
    given = {"items": [{**items[0], "granted": True}]}
    items = (await owner.put("/privacy/consents", json=given)).json()["items"]
    assert items[0]["granted"] and items[0]["at"] and not items[1]["granted"]
    items = (
        await owner.put(
            "/privacy/consents", json={"items": [{"kind": "publish", "granted": False}]}
        )
    ).json()["items"]
    assert not items[0]["granted"] and items[0]["at"]
    wrong = {"items": [{"kind": "everything", "granted": True}]}
    assert (await owner.put("/privacy/consents", json=wrong)).status_code == 422
    await owner.post("/users/members", json={"email": "bob@example.com", "role": "viewer"})
    viewer = await signed_in(app, "bob@example.com")
    assert (await viewer.get("/privacy/consents")).status_code == 200
    assert code(await viewer.put("/privacy/consents", json=given)) == (403, "forbidden")


async def test_an_export_holds_every_table_and_no_secret(app, runtime):
    owner = await signed_in(app, "ada@example.com")
    user, workspace = await whose(owner)
    await fill(runtime, workspace, user)
    asked = await owner.post("/privacy/export")
    assert asked.status_code == 202 and asked.json()["status"] == "queued"
    assert (await owner.post("/privacy/export")).json()["id"] == asked.json()["id"]
    path = f"/privacy/export/{asked.json()['id']}"
    assert code(await owner.get(path, params={"download": 1})) == (409, "not_ready")
    assert await run_jobs(runtime) == 1
    ready = (await owner.get(path)).json()
    assert ready["status"] == "ready"
    answer = await owner.get(ready["download_url"].removeprefix("/api/v1"))
    assert answer.headers["content-type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    content = {name: archive.read(name).decode() for name in archive.namelist()}
    everything = "\n".join(content.values())
    expected = {t.name for t in tables_of_a_workspace()} - {"oauth_states"}
    assert {f"{name}.json" for name in expected | {"users", "workspaces"}} <= set(content)
    manifest = json.loads(content["manifest.json"])
    for name in expected - {"invitations"}:
        rows = json.loads(content[f"{name}.json"])
        assert rows and len(rows) == manifest["rows"][name], name
    assert SECRET.decode() not in everything and SECRET.hex() not in everything
    assert "argon2" not in everything and "wrapped_key" not in everything
    assert "sealed" not in everything and PASSWORD not in everything
    assert json.loads(content["users.json"])[0]["email"] == "ada@example.com"
    async with runtime.begin(workspace) as tx:
        types = (await tx.session.scalars(text("SELECT type FROM events ORDER BY seq"))).all()
    assert types[-2:] == ["export.ready", "export.downloaded"]


async def test_an_export_is_for_who_asked_and_for_a_week(app, runtime):
    owner = await signed_in(app, "ada@example.com")
    _, workspace = await whose(owner)
    other = await signed_in(app, "eve@example.com")
    path = f"/privacy/export/{(await owner.post('/privacy/export')).json()['id']}"
    await run_jobs(runtime)
    assert code(await other.get(path)) == (404, "not_found")
    assert code(await other.get(path, params={"download": 1})) == (404, "not_found")
    await owner.post("/users/members", json={"email": "bob@example.com", "role": "admin"})
    admin = await signed_in(app, "bob@example.com")
    assert (await whose(admin))[1] == workspace
    assert code(await admin.get(path)) == (404, "not_found")
    runtime.clock.move_to(runtime.clock.now() + timedelta(days=7))
    await sign_in(owner, "ada@example.com")
    assert code(await owner.get(path, params={"download": 1})) == (410, "expired")
    runtime.clock.move_to(runtime.clock.now() + timedelta(seconds=1))
    await tasks.purge(runtime, {})
    assert code(await owner.get(path)) == (404, "not_found")


async def test_an_export_of_a_deleted_workspace_is_no_error(app, runtime):
    owner = await signed_in(app, "ada@example.com")
    await owner.post("/privacy/export")
    await owner.request("DELETE", "/privacy/me", json={"password": PASSWORD})
    assert await run_jobs(runtime) == 1


async def test_deletion_leaves_no_row_in_any_table(app, runtime):
    owner = await signed_in(app, "ada@example.com")
    user, workspace = await whose(owner)
    second = browser(app)
    await sign_in(second, "ada@example.com")
    await fill(runtime, workspace, user)
    neighbour = await signed_in(app, "eve@example.com")
    their_user, their_workspace = await whose(neighbour)
    await fill(runtime, their_workspace, their_user)
    theirs = len(await every_row(runtime, str(their_workspace)))
    before = {row.partition(":")[0] for row in await every_row(runtime, str(workspace))}
    assert {t.name for t in tables_of_a_workspace()} <= before

    wrong = await owner.request("DELETE", "/privacy/me", json={"password": "not my password"})
    assert code(wrong) == (403, "wrong_password")
    assert (await owner.get("/users/profile")).status_code == 200
    gone = await owner.request("DELETE", "/privacy/me", json={"password": PASSWORD})
    assert gone.status_code == 204 and "socialseed_access" not in owner.cookies

    for needle in (str(workspace), str(user), "ada@example.com"):
        assert await every_row(runtime, needle) == []
    assert len(await every_row(runtime, str(their_workspace))) == theirs
    assert code(await second.get("/users/profile")) == (401, "unauthenticated")
    assert code(await second.post("/auth/refresh")) == (401, "unauthenticated")
    login = {"email": "ada@example.com", "password": PASSWORD}
    assert code(await owner.post("/auth/login", json=login)) == (401, "bad_credentials")
    assert (await neighbour.get("/users/profile")).status_code == 200


async def test_a_workspace_with_another_owner_outlives_a_deletion(app, runtime):
    owner = await signed_in(app, "ada@example.com")
    _, workspace = await whose(owner)
    await owner.post("/users/members", json={"email": "bob@example.com", "role": "owner"})
    runtime.clock.move_to(runtime.clock.now() + timedelta(seconds=1))
    leaver = await signed_in(app, "bob@example.com", display_name="Bob Leaver")
    bob, shared = await whose(leaver)
    assert shared == workspace
    ids = await fill(runtime, workspace, bob)
    async with runtime.begin(workspace) as tx:
        await tx.session.execute(
            text("UPDATE actions SET proposed_by_id = :u, proposed_by_name = 'Bob Leaver'"),
            {"u": bob},
        )
        await tx.session.execute(
            text(
                "INSERT INTO policies (workspace_id, version, numbers, reason, changed_by,"
                " changed_by_name, changed_at) VALUES (:w, 9, '{}', 'a test', :u, 'Bob Leaver',"
                " :now)"
            ),
            {"w": workspace, "u": bob, "now": tx.now},
        )
        await tx.session.execute(
            text("UPDATE simulations SET requested_by = :u, requested_by_name = 'Bob Leaver'"),
            {"u": bob},
        )
        key = await data_key(runtime, tx, workspace)
    gone = await leaver.request("DELETE", "/privacy/me", json={"password": PASSWORD})
    assert gone.status_code == 204
    members = (await owner.get("/users/members")).json()["items"]
    assert [m["email"] for m in members] == ["ada@example.com"]
    async with runtime.begin(workspace) as tx:
        assert await data_key(runtime, tx, workspace) == key
        name = await tx.session.scalar(
            text("SELECT proposed_by_name FROM actions WHERE id = :id"), {"id": ids["actions"]}
        )
    assert name == "A former member"
    left = {row.partition(":")[0] for row in await every_row(runtime, "Bob Leaver")}
    assert left <= {"events"}  # the append-only log of a workspace that stays


async def test_a_destroyed_key_opens_nothing(app, runtime):
    owner = await signed_in(app, "ada@example.com")
    _, workspace = await whose(owner)
    async with runtime.begin(None) as tx:
        await tx.session.execute(text("UPDATE workspaces SET wrapped_key = ''::bytea"))
        with pytest.raises(Unsealable):
            await data_key(runtime, tx, workspace)


async def test_a_person_who_was_discovered_is_erased_and_left_alone(app, runtime):
    owner = await signed_in(app, "ada@example.com")
    user, workspace = await whose(owner)
    ids = await fill(runtime, workspace, user)
    neighbour = await signed_in(app, "eve@example.com")
    their_user, their_workspace = await whose(neighbour)
    await fill(runtime, their_workspace, their_user)
    theirs = sorted(await every_row(runtime, str(their_workspace)))
    open_id = await another_action(runtime, ids["actions"], "awaiting_approval")
    answer = await owner.delete("/privacy/people/twitter/@wren.field")
    assert answer.status_code == 204
    left = [
        row
        for row in await every_row(runtime, HANDLE)
        if str(workspace) in row and not row.startswith("targeting_criteria")
    ]
    assert [row.partition(":")[0] for row in left] == ["profiles"]
    assert not [row for row in left if "Birds" in row]
    async with runtime.begin(workspace) as tx:
        found = await profiles.find(tx, "twitter", HANDLE)
        assert found is not None and found.do_not_contact_at is not None
        assert (found.display_name, found.bio, found.followers) == (None, None, None)
        rows = await tx.session.execute(text("SELECT id, status FROM actions"))
        statuses = {row.id: row.status for row in rows}
        words = await tx.session.scalar(
            text("SELECT target_data->>'text' FROM actions WHERE id = :id"), {"id": open_id}
        )
    assert statuses == {ids["actions"]: "succeeded", open_id: "cancelled"}
    assert words == "Hello [erased]!"
    assert sorted(await every_row(runtime, str(their_workspace))) == theirs
    assert runtime.jobs.queued == []


async def test_what_was_erased_is_not_collected_again(app, runtime):
    owner = await signed_in(app, "ada@example.com")
    _, workspace = await whose(owner)
    wren = Person("77", HANDLE, display_name="Wren", bio="Birds", followers=12)
    async with runtime.begin(workspace) as tx:
        first = await profiles.observe(tx, "twitter", wren, ["birds"])
    assert (await owner.delete(f"/privacy/people/twitter/{HANDLE}")).status_code == 204
    async with runtime.begin(workspace) as tx:
        assert await profiles.observe(tx, "twitter", wren, ["birds"]) == first
        found = await profiles.find(tx, "twitter", HANDLE)
    assert found is not None and found.do_not_contact_at is not None
    assert (found.remote_id, found.bio, found.followers, found.interests) == (None, None, None, [])


async def test_an_action_under_way_is_erased_once_it_is_settled(app, runtime):
    owner = await signed_in(app, "ada@example.com")
    user, workspace = await whose(owner)
    ids = await fill(runtime, workspace, user)
    await set_status(runtime, "outcome_unknown")
    assert (await owner.delete(f"/privacy/people/twitter/{HANDLE}")).status_code == 204
    assert [row for row in await every_row(runtime, HANDLE) if str(ids["actions"]) in row]
    assert await run_jobs(runtime) == 1
    assert len(runtime.jobs.queued) == 1
    await set_status(runtime, "failed")
    await run_jobs(runtime)
    assert not [row for row in await every_row(runtime, HANDLE) if row.startswith("actions")]
    assert runtime.jobs.queued == []


@pytest.mark.parametrize("path", ["myspace/wren", "twitter/a%20b", "twitter/" + "x" * 101])
async def test_a_nonsense_person_is_a_problem(app, path):
    owner = await signed_in(app, "ada@example.com")
    assert (await owner.delete(f"/privacy/people/{path}")).status_code == 422


async def set_status(runtime, status: str) -> None:
    async with runtime.begin(None) as tx:
        await tx.session.execute(text("UPDATE actions SET status = :s"), {"s": status})


async def another_action(runtime, like: UUID, status: str) -> UUID:
    """A copy of an action in another status."""
    async with runtime.begin(None) as tx:
        new: UUID = tx.new_id()
        given = ", ".join(c.name for c in Action.__table__.columns if c.computed is None)
        await tx.session.execute(
            text(
                f"INSERT INTO actions ({given}) SELECT {given} FROM (SELECT ("
                "jsonb_populate_record(a, jsonb_build_object("
                "'id', CAST(:new AS text), 'status', CAST(:status AS text),"
                " 'target_key', 'other', 'idempotency_key', null))).* FROM actions a"
                " WHERE id = :like) copied"
            ),
            {"new": str(new), "status": status, "like": like},
        )
        return new


async def test_deletion_wins_against_those_who_still_write(app, runtime):
    owner = await signed_in(app, "ada@example.com")
    user, workspace = await whose(owner)
    ids = await fill(runtime, workspace, user)
    outcomes: list[str] = []

    async def write() -> None:
        for _ in range(25):
            try:
                async with runtime.begin(workspace) as tx:
                    await decide(tx, ids["actions"])
                outcomes.append("written")
            except (DBAPIError, NoResultFound):
                outcomes.append("refused")

    async with asyncio.TaskGroup() as group:
        writers = [group.create_task(write()) for _ in range(4)]
        while len(outcomes) < 10:
            await asyncio.wait(writers, timeout=0.01)
        gone = await owner.request("DELETE", "/privacy/me", json={"password": PASSWORD})
    assert gone.status_code == 204
    assert outcomes[:10].count("written") == 10 and outcomes[-1] == "refused"
    assert await every_row(runtime, str(workspace)) == []


async def decide(tx: Tx, action_id: UUID) -> None:
    """As an approval does: the action, then a row that hangs on it, then the log."""
    done = await tx.session.execute(
        text("UPDATE actions SET risk_score = risk_score WHERE id = :id RETURNING account_id"),
        {"id": action_id},
    )
    await tx.session.execute(
        text(
            "INSERT INTO decisions (id, workspace_id, account_id, action_id, kind, content_hash,"
            " actor_kind, actor_name, decided_at)"
            " VALUES (:id, :w, :account, :a, 'approved', '', 'user', 'x', :now)"
        ),
        {
            "id": tx.new_id(),
            "w": tx.tenant,
            "a": action_id,
            "account": done.scalar_one(),
            "now": tx.now,
        },
    )
    tx.emit(Event("action.approved", "Approved.", action_id=action_id))
