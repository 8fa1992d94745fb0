"""Identity over HTTP: signing in and out, sessions, roles, keys, cookies, tenants."""

import asyncio
from datetime import timedelta
from typing import Annotated, Any

import jwt
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from socialseed.core.events import Event
from socialseed.identity import passwords
from socialseed.identity.access import Caller, allow, permit, still_admitted
from socialseed.identity.roles import may, require
from socialseed.runtime.actor import Actor
from socialseed.runtime.tx import Tx
from tests.support.people import (
    ORIGIN,
    PASSWORD,
    browser,
    make_app,
    open_runtime,
    register,
    sign_in,
    signed_in,
)


@pytest.fixture
async def runtime(database_url: str):
    async with open_runtime(database_url) as opened:
        yield opened


@pytest.fixture
def app(runtime) -> FastAPI:
    made = make_app(runtime)

    @made.post("/api/v1/probe/approve")
    async def approve(tx: Annotated[Tx, allow("actions:approve")]) -> str | None:
        return tx.actor.role

    @made.post("/api/v1/probe/propose")
    async def propose(tx: Annotated[Tx, allow("actions:propose")]) -> str:
        tx.emit(Event("probe.happened", "A probe."))
        return tx.actor.kind

    @made.post("/api/v1/probe/fail")
    async def fail(tx: Annotated[Tx, allow("actions:propose")]) -> None:
        tx.emit(Event("probe.failed", "A probe that fails."))
        require(Actor("api_key", None, "x"), "tasks:complete")

    @made.get("/api/v1/probe/read")
    async def read(caller: Annotated[Caller, permit("actions:read")]) -> bool:
        return await still_admitted(caller, "actions:read")

    return made


def code(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def events(runtime, type_: str) -> list[dict[str, Any]]:
    async with runtime.begin(None) as tx:
        rows = await tx.session.execute(
            text("SELECT workspace_id, actor_name, data FROM events WHERE type = :t ORDER BY seq"),
            {"t": type_},
        )
        return [dict(row) for row in rows.mappings()]


async def test_a_person_registers_signs_in_and_sees_their_profile(app, runtime):
    client = browser(app)
    profile = await register(client, " Ada@Example.com ", display_name="Ada")
    assert profile["email"] == "ada@example.com"
    assert profile["workspace"]["role"] == "owner"
    assert profile["workspace"]["settings"] == {
        "no_self_approval": False,
        "approval_ttl_hours": 72,
    }
    assert code(await client.get("/users/profile")) == (401, "unauthenticated")
    await sign_in(client, "ADA@example.com")
    assert (await client.get("/users/profile")).json() == profile
    assert [e["actor_name"] for e in await events(runtime, "user.registered")] == ["Ada"]
    assert [e["actor_name"] for e in await events(runtime, "user.signed_in")] == ["Ada"]
    again = await client.post(
        "/auth/register", json={"email": "ada@example.com", "password": PASSWORD}
    )
    assert code(again) == (409, "email_taken")


@pytest.mark.parametrize(
    "password",
    [
        "fourteen chars",
        "socialseedsocialseed",
        "ada@example.com!",
        "passwordpassword",
        "123456789012345",
        "aaaaaaaaaaaaaaaa",
        "P@ssw0rdP@ssw0rd!",
    ],
)
async def test_a_guessable_password_is_refused(app, password):
    body = {"email": "ada@example.com", "password": password}
    answer = await browser(app).post("/auth/register", json=body)
    assert code(answer) == (422, "weak_password")
    assert answer.json()["errors"][0]["pointer"] == "/password"
    assert password not in answer.text


@pytest.mark.parametrize(
    "email", ["", "ada", "@x.org", "a b@x.org", "ada@", "ada@x..org", "a\u0007@x.org", "x" * 300]
)
async def test_a_malformed_address_is_a_problem_not_a_crash(app, email):
    answer = await browser(app).post("/auth/register", json={"email": email, "password": PASSWORD})
    assert answer.status_code == 422
    assert PASSWORD not in answer.text


async def test_an_unknown_user_gets_the_same_answer_and_the_same_work(app):
    client = browser(app)
    await register(client, "ada@example.com")
    wrong = {"email": "ada@example.com", "password": "not the password of ada"}
    unknown = {"email": "nobody@example.com", "password": "not the password of ada"}
    first = await client.post("/auth/login", json=wrong)
    second = await client.post("/auth/login", json=unknown)
    assert code(first) == code(second) == (401, "bad_credentials")
    assert first.json() == second.json()
    # The work is the same because nobody's stored text has the parameters of a real one.
    with passwords.place_in_pool():
        real = await passwords.hashed(PASSWORD)
    assert real.rsplit("$", 2)[0] == passwords._NOBODY.rsplit("$", 2)[0]
    assert not await passwords.matches(None, "no such user, but the same time is spent")


async def test_guessing_is_throttled_per_account_and_forgotten_after_success(app, runtime):
    client = browser(app)
    await register(client, "ada@example.com")
    await register(client, "bob@example.com")
    wrong = {"email": "ada@example.com", "password": "not the password of ada"}
    for _ in range(5):
        assert code(await client.post("/auth/login", json=wrong)) == (401, "bad_credentials")
    right = {"email": "ada@example.com", "password": PASSWORD}
    blocked = await client.post("/auth/login", json=right)
    assert code(blocked) == (429, "throttled")
    assert 1 <= int(blocked.headers["retry-after"]) <= 15
    await sign_in(client, "bob@example.com")
    runtime.clock.move_to(runtime.clock.now() + timedelta(seconds=16))
    await sign_in(client, "ada@example.com")
    for _ in range(4):
        assert code(await client.post("/auth/login", json=wrong)) == (401, "bad_credentials")
    await sign_in(client, "ada@example.com")


async def test_guessing_many_accounts_from_one_address_is_throttled(app, runtime):
    client = browser(app)
    await register(client, "ada@example.com")
    async with runtime.begin(None) as tx:
        from socialseed.identity import throttle

        for n in range(throttle.ADDRESS_FREE_FAILURES):
            keys = throttle.keys_of(runtime, f"user{n}@example.com", "127.0.0.1")
            await throttle.count_failure(tx, keys)
    right = {"email": "ada@example.com", "password": PASSWORD}
    assert code(await client.post("/auth/login", json=right)) == (429, "throttled")


async def test_a_flood_of_sign_ins_is_refused_not_queued(app):
    client = browser(app)
    await register(client, "ada@example.com")
    right = {"email": "ada@example.com", "password": PASSWORD}
    answers = await asyncio.gather(*(client.post("/auth/login", json=right) for _ in range(60)))
    statuses = {answer.status_code for answer in answers}
    assert statuses <= {200, 429, 503}
    assert 200 in statuses and 429 in statuses
    assert all(a.json()["code"] == "busy" for a in answers if a.status_code == 429)
    assert all(a.headers["retry-after"] for a in answers if a.status_code == 429)


async def test_the_access_token_expires_and_a_refresh_continues(app, runtime):
    client = browser(app)
    await register(client, "ada@example.com")
    token = await sign_in(client, "ada@example.com")
    bearer = {"authorization": f"Bearer {token}"}
    outside = browser(app)
    assert (await outside.get("/users/profile", headers=bearer)).status_code == 200
    runtime.clock.move_to(runtime.clock.now() + timedelta(minutes=10))
    assert code(await outside.get("/users/profile", headers=bearer)) == (401, "access_expired")
    assert (await client.post("/auth/refresh")).status_code == 200
    assert (await client.get("/users/profile")).status_code == 200


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
@pytest.mark.parametrize("change", ["alg", "typ", "kid", "aud", "iss", "key", "none", "claim"])
async def test_a_forged_token_opens_nothing(app, runtime, change):
    client = browser(app)
    await register(client, "ada@example.com")
    token = await sign_in(client, "ada@example.com")
    from socialseed.identity.tokens import _key

    signing: bytes | None = _key(runtime)[0]
    head = jwt.get_unverified_header(token)
    body = jwt.decode(token, options={"verify_signature": False})
    algorithm = "HS256"
    if change in {"typ", "kid"}:
        head[change] = "JWT"
    elif change in {"aud", "iss"}:
        body[change] = "https://elsewhere.example"
    elif change == "alg":
        algorithm = "HS384"
    elif change == "none":
        algorithm, signing = "none", None
    elif change == "key":
        signing = b"another key of thirty-two bytes!"
    else:
        del body["sid"]
    head.pop("alg")
    forged = jwt.encode(body, signing or "", algorithm=algorithm, headers=head)
    outside = browser(app, authorization=f"Bearer {forged}")
    assert code(await outside.get("/users/profile")) == (401, "unauthenticated")


async def test_the_header_wins_over_the_cookie(app):
    client = await signed_in(app, "ada@example.com")
    for header in ("Bearer nonsense", "Basic YTpi"):
        answer = await client.get("/users/profile", headers={"authorization": header})
        assert code(answer) == (401, "unauthenticated")


async def test_with_a_cookie_an_unsafe_method_needs_the_own_origin(app, runtime):
    client = await signed_in(app, "ada@example.com")
    del client.headers["origin"]
    calls = [("PUT", "/users/profile"), ("POST", "/auth/refresh"), ("POST", "/auth/logout")]
    for method, path in calls:
        for headers in ({}, {"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
            answer = await client.request(
                method, path, headers=headers, json={"display_name": "Eve"}
            )
            assert code(answer) == (403, "cross_site"), (method, path, headers)
    assert (await client.get("/users/profile")).json()["display_name"] == "ada"
    for headers in ({"origin": ORIGIN}, {"sec-fetch-site": "same-origin"}):
        answer = await client.put("/users/profile", json={"display_name": "A"}, headers=headers)
        assert answer.status_code == 200
    foreign = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    login = {"email": "ada@example.com", "password": PASSWORD}
    assert code(await client.post("/auth/login", json=login, headers=foreign)) == (
        403,
        "cross_site",
    )


async def test_cookies_are_hidden_and_narrow_and_secure_over_https(database_url):
    async with open_runtime(database_url) as plain:
        client = browser(make_app(plain))
        await register(client, "ada@example.com")
        login = {"email": "ada@example.com", "password": PASSWORD}
        given = (await client.post("/auth/login", json=login)).headers.get_list("set-cookie")
    assert [c.split("=")[0] for c in given] == ["socialseed_access", "socialseed_refresh"]
    assert all("HttpOnly" in c for c in given) and not any("Secure" in c for c in given)
    async with open_runtime(database_url, public_url="https://seed.example") as secure:
        client = browser(make_app(secure), origin="https://seed.example")
        answer = await client.post("/auth/login", json=login)
        access, refresh = answer.headers.get_list("set-cookie")
    assert access.startswith("__Host-socialseed_access=") and "Path=/;" in access
    assert refresh.startswith("__Secure-socialseed_refresh=") and "Path=/api/v1/auth" in refresh
    assert "Secure" in access and "SameSite=lax" in access
    assert "Secure" in refresh and "SameSite=strict" in refresh and "Domain" not in access


async def test_sessions_are_listed_and_one_that_was_ended_is_dead_at_once(app, runtime):
    first = await signed_in(app, "ada@example.com")
    second = browser(app)
    await sign_in(second, "ada@example.com")
    listed = (await first.get("/auth/sessions")).json()["items"]
    assert [s["current"] for s in listed].count(True) == 1 and len(listed) == 2
    other = next(s["id"] for s in listed if not s["current"])
    assert (await second.get("/users/profile")).status_code == 200
    assert (await first.delete(f"/auth/sessions/{other}")).status_code == 204
    assert code(await second.get("/users/profile")) == (401, "unauthenticated")
    assert code(await second.post("/auth/refresh")) == (401, "unauthenticated")
    assert len((await first.get("/auth/sessions")).json()["items"]) == 1
    stranger = await signed_in(app, "bob@example.com")
    mine = (await first.get("/auth/sessions")).json()["items"][0]["id"]
    assert code(await stranger.delete(f"/auth/sessions/{mine}")) == (404, "not_found")
    assert (await first.get("/users/profile")).status_code == 200
    assert [e["data"]["cause"] for e in await events(runtime, "session.revoked")] == ["by_owner"]


async def test_logout_ends_the_session_by_cookie_or_by_token(app):
    client = await signed_in(app, "ada@example.com")
    kept = client.cookies["socialseed_access"]
    assert (await client.post("/auth/logout")).status_code == 204
    assert not client.cookies
    outside = browser(app, authorization=f"Bearer {kept}")
    assert code(await outside.get("/users/profile")) == (401, "unauthenticated")
    token = await sign_in(browser(app), "ada@example.com")
    machine = browser(app, authorization=f"Bearer {token}")
    assert (await machine.post("/auth/logout")).status_code == 204
    assert code(await machine.get("/users/profile")) == (401, "unauthenticated")
    assert (await machine.post("/auth/logout")).status_code == 204


async def test_settings_change_in_parts_and_the_workspace_needs_an_admin(app):
    owner = await signed_in(app, "ada@example.com", workspace_name="Orchard")
    answer = await owner.put("/users/settings", json={"theme": "dark"})
    assert answer.json()["settings"] == {
        "single_key_shortcuts": True,
        "theme": "dark",
        "reduced_motion": False,
    }
    part = {"workspace": {"no_self_approval": True, "name": "Grove"}, "reduced_motion": True}
    profile = (await owner.put("/users/settings", json=part)).json()
    assert profile["settings"]["theme"] == "dark" and profile["settings"]["reduced_motion"]
    assert profile["workspace"]["name"] == "Grove"
    assert profile["workspace"]["settings"] == {"no_self_approval": True, "approval_ttl_hours": 72}
    for bad in ({"theme": "pink"}, {"x": 1}, {"workspace": {"approval_ttl_hours": 0}}):
        assert (await owner.put("/users/settings", json=bad)).status_code == 422
    await owner.post("/users/members", json={"email": "bob@example.com", "role": "approver"})
    approver = await signed_in(app, "bob@example.com")
    assert code(await approver.put("/users/settings", json=part)) == (403, "forbidden")
    assert (await approver.put("/users/settings", json={"theme": "light"})).status_code == 200


ROLES = {
    "owner": {"actions:approve": True, "members:write": True, "actions:read": True},
    "admin": {"actions:approve": True, "members:write": True, "actions:read": True},
    "approver": {"actions:approve": True, "members:write": False, "actions:read": True},
    "viewer": {"actions:approve": False, "members:write": False, "actions:read": True},
}


@pytest.mark.parametrize("role", ROLES)
async def test_a_role_may_what_the_table_says(app, role):
    owner = await signed_in(app, "ada@example.com")
    added = await owner.post("/users/members", json={"email": "bob@example.com", "role": role})
    assert added.status_code == 201 and added.json()["user_id"] is None
    member = await signed_in(app, "bob@example.com")
    assert (await member.get("/users/profile")).json()["workspace"]["role"] == role
    allowed = {
        "actions:approve": (await member.post("/probe/approve")).status_code == 200,
        "members:write": (await member.get("/users/members")).status_code == 200,
        "actions:read": (await member.get("/probe/read")).json() is True,
    }
    assert allowed == ROLES[role]
    for permission, yes in ROLES[role].items():
        assert may(Actor("user", None, "x", role), permission) is yes


def test_a_route_cannot_ask_for_a_permission_that_nobody_has():
    with pytest.raises(ValueError, match="action:approve"):
        allow("action:approve")
    with pytest.raises(ValueError):
        permit("actions")


async def test_a_changed_role_and_a_removal_count_at_once(app, runtime):
    owner = await signed_in(app, "ada@example.com")
    await register(browser(app), "bob@example.com")
    added = await owner.post("/users/members", json={"email": "bob@example.com", "role": "viewer"})
    bob = added.json()["user_id"]
    twice = await owner.post("/users/members", json={"email": "bob@example.com", "role": "viewer"})
    assert code(twice) == (409, "already_member")
    member = browser(app)
    await sign_in(member, "bob@example.com")
    workspaces = (await member.get("/users/profile")).json()["workspaces"]
    theirs = next(w["id"] for w in workspaces if w["role"] == "viewer")
    await member.post("/auth/workspace", json={"workspace_id": theirs})
    assert (await member.post("/probe/approve")).status_code == 403
    changed = await owner.put(f"/users/members/{bob}", json={"role": "approver"})
    assert changed.json()["role"] == "approver"
    assert (await member.post("/probe/approve")).json() == "approver"
    assert (await owner.delete(f"/users/members/{bob}")).status_code == 204
    assert code(await member.post("/probe/approve")) == (401, "unauthenticated")
    assert code(await owner.delete(f"/users/members/{bob}")) == (404, "not_found")


async def test_the_last_owner_stays_and_only_owners_touch_owners(app):
    owner = await signed_in(app, "ada@example.com")
    ada = (await owner.get("/users/profile")).json()["id"]
    assert code(await owner.delete(f"/users/members/{ada}")) == (409, "last_owner")
    demoted = await owner.put(f"/users/members/{ada}", json={"role": "admin"})
    assert code(demoted) == (409, "last_owner")
    await owner.post("/users/members", json={"email": "bob@example.com", "role": "admin"})
    await owner.post("/users/members", json={"email": "cy@example.com", "role": "owner"})
    await register(browser(app), "cy@example.com")
    admin = await signed_in(app, "bob@example.com")
    bob = (await admin.get("/users/profile")).json()["id"]
    assert code(await admin.put(f"/users/members/{bob}", json={"role": "owner"}))[0] == 403
    assert code(await admin.delete(f"/users/members/{ada}"))[0] == 403
    new = {"email": "dee@example.com", "role": "owner"}
    assert code(await admin.post("/users/members", json=new))[0] == 403


async def test_an_invitation_can_be_seen_and_withdrawn(app):
    owner = await signed_in(app, "ada@example.com")
    await owner.post("/users/members", json={"email": "bob@example.com", "role": "viewer"})
    assert [i["email"] for i in (await owner.get("/users/invitations")).json()["items"]] == [
        "bob@example.com"
    ]
    assert (await owner.delete("/users/invitations/bob@example.com")).status_code == 204
    assert code(await owner.delete("/users/invitations/bob@example.com")) == (404, "not_found")
    bob = await signed_in(app, "bob@example.com")
    assert len((await bob.get("/users/profile")).json()["workspaces"]) == 1


async def test_an_api_key_proposes_and_reads_and_never_decides(app, runtime):
    owner = await signed_in(app, "ada@example.com")
    made = (await owner.post("/users/api-keys", json={"name": "Bot"})).json()
    key = made["key"]
    assert key.startswith("ssk_") and key.startswith(made["prefix"])
    bot = browser(app, authorization=f"Bearer {key}")
    assert (await bot.post("/probe/propose")).json() == "api_key"
    assert (await bot.get("/probe/read")).json() is True
    assert code(await bot.post("/probe/approve")) == (403, "machine_may_not_approve")
    for method, path in (
        ("GET", "/users/profile"),
        ("GET", "/users/api-keys"),
        ("POST", "/privacy/export"),
        ("GET", "/auth/sessions"),
    ):
        assert code(await bot.request(method, path)) == (403, "forbidden")
    listed = await owner.get("/users/api-keys")
    assert listed.json()["items"][0]["last_used_at"] is not None
    assert key not in listed.text
    async with runtime.begin(None) as tx:
        row = await tx.session.scalar(text("SELECT k::text FROM api_keys k"))
    assert key[12:] not in row
    assert [e["actor_name"] for e in await events(runtime, "probe.happened")] == ["Bot"]
    assert (await owner.delete(f"/users/api-keys/{made['id']}")).status_code == 204
    assert code(await bot.get("/probe/read")) == (401, "unauthenticated")


async def test_an_api_key_is_no_cookie(app):
    owner = await signed_in(app, "ada@example.com")
    key = (await owner.post("/users/api-keys", json={"name": "Bot"})).json()["key"]
    thief = browser(app)
    thief.cookies.set("socialseed_access", key)
    assert code(await thief.get("/probe/read")) == (401, "unauthenticated")


async def test_an_error_after_admission_rolls_everything_back(app, runtime):
    owner = await signed_in(app, "ada@example.com")
    assert code(await owner.post("/probe/fail")) == (403, "machine_may_not_approve")
    assert await events(runtime, "probe.failed") == []
    assert (await owner.post("/probe/propose")).status_code == 200
    assert len(await events(runtime, "probe.happened")) == 1


async def test_the_transaction_is_committed_before_the_answer_is_sent(app, runtime):
    client = await signed_in(app, "ada@example.com")
    seen: list[int] = []

    async def watch(scope, receive, send):
        async def tell(message):
            if message["type"] == "http.response.start":
                seen.append(len(await events(runtime, "probe.happened")))
            await send(message)

        await app(scope, receive, tell)

    watched = browser(watch)
    watched.cookies = client.cookies
    assert (await watched.post("/probe/propose")).status_code == 200
    assert seen == [1]


async def test_one_workspace_cannot_reach_into_another(app):
    ada = await signed_in(app, "ada@example.com")
    bob = await signed_in(app, "bob@example.com")
    key = (await ada.post("/users/api-keys", json={"name": "Bot"})).json()
    profile = (await ada.get("/users/profile")).json()
    workspace = {"workspace_id": profile["workspace"]["id"]}
    assert code(await bob.delete(f"/users/api-keys/{key['id']}")) == (404, "not_found")
    assert code(await bob.delete(f"/users/members/{profile['id']}")) == (404, "not_found")
    changed = await bob.put(f"/users/members/{profile['id']}", json={"role": "viewer"})
    assert code(changed) == (404, "not_found")
    assert code(await bob.post("/auth/workspace", json=workspace)) == (404, "not_found")
    assert len((await bob.get("/users/members")).json()["items"]) == 1
    assert (await bob.get("/users/api-keys")).json()["items"] == []
    assert len((await ada.get("/users/api-keys")).json()["items"]) == 1
    assert (await ada.get("/users/profile")).json() == profile
