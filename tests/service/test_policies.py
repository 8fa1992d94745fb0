"""The workspace's policy over HTTP: who changed what when and why, and nothing lost in a race."""

import asyncio
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import text

from socialseed.app.http import create_app
from socialseed.identity import endpoints
from socialseed.identity.policies import POLICY, policy_in
from socialseed.identity.policy_schemas import PolicyOut, PolicyVersionPage
from tests.support.accounts import open_connected
from tests.support.people import browser, register, sign_in


class Office:
    def __init__(self, runtime: Any, client: Any, token: str, workspace: UUID) -> None:
        self.runtime, self.client, self.workspace = runtime, client, workspace
        self.headers = {"authorization": f"Bearer {token}"}

    async def get(self, path: str = "/policy") -> Any:
        answer = await self.client.get(path, headers=self.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def put(self, version: int, reason: str = "a test", **numbers: object) -> Any:
        body = {
            "numbers": {key.replace("__", "."): value for key, value in numbers.items()},
            "version": version,
            "reason": reason,
        }
        return await self.client.put("/policy", headers=self.headers, json=body)


@pytest.fixture
async def office(database_url: str):
    async with open_connected(database_url, "http://127.0.0.1:9") as runtime:
        app = create_app(runtime, (endpoints.router,))
        client = browser(app)
        profile = await register(client, "ada@example.com", display_name="Ada")
        token = await sign_in(client, "ada@example.com")
        client.cookies.clear()
        yield Office(runtime, client, token, UUID(profile["workspace"]["id"]))


def numbers(shown: Any) -> dict[str, Any]:
    return {one["key"]: one["value"] for one in shown["numbers"]}


async def test_before_anybody_changed_anything_the_defaults_are_shown_with_their_sources(office):
    shown = await office.get()
    PolicyOut.model_validate(shown)
    assert (shown["version"], shown["changed_at"], shown["reason"]) == (0, None, None)
    assert all(one["value"] == one["default"] and one["source"] for one in shown["numbers"])
    assert (await office.get("/policy/versions")) == {"items": [], "next_cursor": None}


async def test_a_change_is_a_new_version_and_told_with_what_moved_and_why(office):
    answer = await office.put(0, "Quiet start.", limits__phase_1=60, days__phase_3=75)
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    assert (shown["version"], shown["changed_by_name"]) == (1, "Ada")
    assert numbers(shown)["limits.phase_1"] == 60
    assert (await office.put(1, "Back.", limits__phase_1=100, contact__crowd=2)).status_code == 200
    assert numbers(await office.get())["days.phase_3"] == 75  # not named, so it stays
    page = await office.get("/policy/versions?limit=1")
    PolicyVersionPage.model_validate(page)
    [last] = page["items"]
    assert last["numbers"] == {"days.phase_3": 75, "contact.crowd": 2}
    assert [(one["key"], one["from"], one["to"]) for one in last["moved"]] == [
        ("limits.phase_1", 60, 100),
        ("contact.crowd", 3, 2),
    ]
    older = await office.get(f"/policy/versions?limit=1&cursor={page['next_cursor']}")
    assert [one["version"] for one in older["items"]] == [1]
    assert older["next_cursor"] is None
    async with office.runtime.begin(None) as tx:
        rows = (
            await tx.session.execute(
                text("SELECT sentence, data FROM events WHERE type = 'policy.changed' ORDER BY seq")
            )
        ).all()
    assert rows[0].data["reason"] == "Quiet start."
    assert {"key": "days.phase_3", "from": 61, "to": 75}.items() <= rows[0].data["moved"][1].items()
    assert "Ada changed the policy" in rows[0].sentence


async def test_the_same_again_changes_nothing(office):
    await office.put(0, limits__phase_1=60)
    answer = await office.put(1, limits__phase_1=60.0)
    assert (answer.status_code, answer.json()["version"]) == (200, 1)


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"limits.phase_1": 101}, "/numbers/limits.phase_1"),
        ({"limits.phase_9": 3}, "/numbers/limits.phase_9"),
        ({"a/b~c": 3}, "/numbers/a~1b~0c"),
        ({"days.phase_2": 31.5}, "/numbers/days.phase_2"),
        ({"days.phase_2": True}, "/numbers/days.phase_2"),
        ({"days.phase_2": "40"}, "/numbers/days.phase_2"),
        ({"days.phase_2": 100}, "/numbers/days.phase_2"),
    ],
)
async def test_a_refused_number_is_named_and_nothing_is_changed(office, given, pointer):
    body = {"numbers": {"contact.crowd": 2, **given}, "version": 0, "reason": "a test"}
    answer = await office.client.put("/policy", headers=office.headers, json=body)
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
    assert (await office.get())["version"] == 0


async def test_who_read_an_older_version_is_told_and_of_two_at_once_one_wins(office):
    answers = await asyncio.gather(
        *(office.put(0, f"number {n}", contact__crowd=n % 2 + 1) for n in range(6))
    )
    codes = sorted(one.status_code for one in answers)
    assert codes == [200] + [409] * 5
    assert {one.json().get("code") for one in answers if one.status_code == 409} == {
        "policy_changed"
    }
    assert (await office.get())["version"] == 1


async def test_no_version_is_ever_changed_or_removed(office):
    await office.put(0, contact__crowd=2)
    for statement in ("UPDATE policies SET numbers = '{}'", "DELETE FROM policies"):
        with pytest.raises(Exception, match="permission denied"):
            async with office.runtime.begin(office.workspace) as tx:
                await tx.session.execute(text(statement))


async def test_statements_of_other_rooms_read_the_policy_in_force(office):
    await office.put(0, contact__crowd=2)
    await office.put(1, unfollow__a_day=1)
    async with office.runtime.begin(office.workspace) as tx:
        found = await tx.session.scalar(
            text(f"SELECT {POLICY} FROM (SELECT CAST(:w AS uuid) AS workspace_id) a"),
            {"w": office.workspace},
        )
    for told in (found, orjson.dumps(found)):
        policy = policy_in(told)
        assert (policy.version, policy.count("unfollow.a_day")) == (2, 1)
        assert policy.count("contact.crowd") == 2
    assert policy_in(None).version == 0
