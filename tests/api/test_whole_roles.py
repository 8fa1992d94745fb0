"""Who may call what: every operation as every role, as an API key, and as nobody."""

from uuid import UUID

import httpx2
import pytest

from tests.api.whole import STREAMS, Side, digest, fill
from tests.api.whole_recipes import RECIPES
from tests.support.people import browser, register, sign_in
from tests.support.serving import served

ROLES = ("viewer", "approver", "admin", "owner")
DECIDE = {"actions:propose", "actions:approve", "tasks:complete", "stop:write"}
RUN = DECIDE | {
    "accounts:write",
    "targeting:write",
    "workspace:write",
    "keys:write",
    "members:write",
    "privacy:export",
    "policy:write",
}
OWN = RUN | {"people:restore"}
MAY = {"viewer": set(), "approver": DECIDE, "admin": RUN, "owner": OWN, "key": {"actions:propose"}}
REFUSALS = {"forbidden", "machine_may_not_approve", "unauthenticated"}
ONLY_PERSONS = {"actions:approve", "tasks:complete"}


def may(who: str, permission: str) -> bool:
    """The table of roles as it is promised, written apart from the code."""
    if permission.startswith("self:"):
        return who != "key"
    return permission.endswith(":read") or permission in MAY[who]


async def callers(side: Side, app) -> dict[str, dict[str, str]]:
    """The headers of one person in each role of the same workspace, and of an API key."""
    found = {"key": {"authorization": f"Bearer {side.ids['secret']}"}}
    for role in ROLES:
        email = f"{role}@example.com"
        await register(browser(app), email)
        await side.ask("POST", "/users/members", {"email": email, "role": role})
        token = await sign_in(browser(app), email)
        answer = await side.client.post(
            "/auth/workspace",
            json={"workspace_id": str(side.workspace)},
            headers={"authorization": f"Bearer {token}"},
        )
        side.client.cookies.clear()
        found[role] = {"authorization": f"Bearer {answer.json()['access_token']}"}
    return found


async def call_as(side: Side, key: str, headers: dict[str, str]) -> httpx2.Response:
    """The operation's recipe about things that nobody has."""
    ids = dict.fromkeys(side.ids, str(UUID(int=7))) | {"invited": "nobody@example.com"}
    return await side.call(key, **fill(RECIPES[key].parts, ids), headers=headers)


def tried() -> list[tuple[str, str]]:
    """Every operation that has a permission, but for those that end the caller."""
    last = {"DELETE /privacy/me", "POST /auth/workspace"} | STREAMS
    return [(key, r.permission) for key, r in RECIPES.items() if r.permission and key not in last]


async def test_every_operation_as_every_role_and_as_a_machine(both):
    side, wrong = both.ours, []
    for who, headers in (await callers(side, both.app)).items():
        for key, permission in tried():
            answer = await call_as(side, key, headers)
            code = answer.json().get("code") if answer.status_code >= 400 else None
            if may(who, permission) == (code in REFUSALS) or answer.status_code >= 500:
                wrong.append(f"{who}, {key} ({permission}): {answer.status_code} {code}")
            elif who == "key" and permission in ONLY_PERSONS and code != "machine_may_not_approve":
                wrong.append(f"{key}: a machine is told {code}")
    assert wrong == [], "\n".join(wrong)


async def test_who_is_refused_changes_nothing(both):
    side, wrong = both.ours, []
    everybody = await callers(side, both.app)
    before = await digest(both.runtime)
    for who in ("viewer", "approver", "key"):
        for key, permission in tried():
            if not may(who, permission):
                own = fill(RECIPES[key].parts, side.ids)
                answer = await side.call(key, **own, headers=everybody[who])
                if answer.status_code != 403:
                    wrong.append(f"{who}, {key}: {answer.status_code}")
    assert wrong == [], "\n".join(wrong)
    assert await digest(both.runtime) == before


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer nonsense"},
        {"authorization": "Bearer ssk_nonsense"},
        {"authorization": "Basic YTpi"},
    ],
)
async def test_nobody_gets_behind_a_permission(both, headers):
    wrong = []
    for key, recipe in RECIPES.items():
        answer = await call_as(both.ours, key, headers) if recipe.permission else None
        if answer is not None and answer.status_code != 401:
            wrong.append(f"{key}: {answer.status_code}")
    assert wrong == [], "\n".join(wrong)


async def test_only_who_may_change_the_workspace_changes_its_settings(both):
    everybody = await callers(both.ours, both.app)
    body = {"workspace": {"no_self_approval": True}}
    got = {}
    for who, headers in everybody.items():
        answer = await both.ours.client.put("/users/settings", json=body, headers=headers)
        got[who] = answer.status_code
    assert got == {"viewer": 403, "approver": 403, "key": 403, "admin": 200, "owner": 200}


async def test_the_stream_opens_for_person_and_machine_with_its_headers(both):
    key = {"authorization": f"Bearer {both.ours.ids['secret']}"}
    async with served(both.app) as base, httpx2.AsyncClient(base_url=base, timeout=10) as client:
        for headers in (both.ours.headers, key):
            async with client.stream("GET", "/api/v1/events", headers=headers) as answer:
                assert answer.status_code == 200
                assert answer.headers["content-type"].startswith("text/event-stream")
                assert answer.headers["cache-control"] == "no-store"
                assert answer.headers["x-accel-buffering"] == "no"
                lines = answer.aiter_lines()
                assert await anext(lines) == "retry: 3000"
        refused = await client.get("/api/v1/events")
        assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated")


async def test_deleting_oneself_needs_the_password_and_then_leaves_nothing(both):
    side, before = both.ours, await digest(both.runtime, both.theirs)
    mine = await digest(both.runtime, side)
    wrong = await call_with(side, {"password": "not my password at all"})
    assert (wrong.status_code, wrong.json()["code"]) == (403, "wrong_password")
    assert await digest(both.runtime, side) == mine
    machine = {"authorization": f"Bearer {side.ids['secret']}"}
    body = RECIPES["DELETE /privacy/me"].body
    assert (await call_with(side, body, machine)).status_code == 403
    assert (await call_with(side, body)).status_code == 204
    left = await digest(both.runtime, side)
    rows = {name: value.split(":")[0] for name, value in left.items()}
    assert {name for name, count in rows.items() if count != "0"} <= {"users"}  # the member stays
    assert rows["users"] == "1"
    assert (await call_with(side, body)).status_code == 401
    assert await digest(both.runtime, both.theirs) == before


async def call_with(side: Side, body: object, headers=None) -> httpx2.Response:
    return await side.call("DELETE /privacy/me", body=body, headers=headers)
