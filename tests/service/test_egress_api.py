"""Ways out over HTTP: what is taken, what is never shown, and connecting through one."""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr
from sqlalchemy import text

from socialseed.accounts.egress_presets import PRESETS, Login, login
from socialseed.core.settings import Settings
from socialseed.runtime.runtime import Runtime
from tests.sandbox.conftest import Sandbox
from tests.support.accounts import app_of, open_connected
from tests.support.people import signed_in
from tests.support.proxies import proxy

SECRET = "hush-nobody-may-see-this"
FIELDS = {
    *("id", "name", "preset", "scheme", "host", "port", "country", "has_login", "sticky", "state"),
    *("checked_at", "last_error", "exit_address", "accounts", "created_at"),
}


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    home: Path = tmp_path_factory.mktemp("sandbox") / "home"
    sandbox = Sandbox(home, "--clock", "manual")
    yield sandbox
    sandbox.close()


@pytest.fixture
async def runtime(database_url: str, box: Sandbox) -> AsyncIterator[Runtime]:
    async with open_connected(database_url, box.url) as made:
        yield made


@pytest.fixture
async def owner(runtime: Runtime) -> AsyncIterator[httpx2.AsyncClient]:
    client = await signed_in(app_of(runtime), "owner@example.com")
    yield client
    await client.aclose()


async def add(client: httpx2.AsyncClient, **body: Any) -> dict[str, Any]:
    answer = await client.post("/egress", json={"name": "Way", "host": "127.0.0.1"} | body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_login_is_taken_sealed_and_never_shown(owner, runtime):
    made = await add(owner, user="kim-user", password=SECRET, country="DE")
    assert set(made) == FIELDS
    assert (made["country"], made["has_login"], made["state"]) == ("de", True, "unknown")
    path = f"/egress/{made['id']}"
    changed = await owner.put(path, json={"password": f"{SECRET}-2", "port": 3128})
    shown = [await owner.get(path), await owner.get("/egress"), changed]
    assert [answer.status_code for answer in shown] == [200, 200, 200]
    for answer in shown:
        assert SECRET not in answer.text and "kim-user" not in answer.text
    assert changed.json()["port"] == 3128
    async with runtime.begin(None) as tx:
        row = (await tx.session.execute(text("SELECT * FROM egresses"))).one()
        events = await tx.session.scalar(
            text("SELECT string_agg(row_to_json(e)::text, '') FROM events e")
        )
    plain = bytes(row.user_sealed) + bytes(row.password_sealed)
    assert SECRET.encode() not in plain and b"kim-user" not in plain
    assert "egress.created" in events and "egress.updated" in events
    assert SECRET not in events and "kim-user" not in events


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"name": ""}, "/name"),
        ({"host": None}, "/host"),
        ({"host": "http://proxy.example"}, "/host"),
        ({"host": "256.1.1.1"}, "/host"),
        ({"host": "a b.example"}, "/host"),
        ({"port": 0}, "/port"),
        ({"port": 70000}, "/port"),
        ({"scheme": "ftp"}, "/scheme"),
        ({"preset": "brightdata", "scheme": "https", "user": "a", "password": "b"}, "/scheme"),
        ({"preset": "nobody"}, "/preset"),
        ({"country": "deu"}, "/country"),
        ({"user": "a:b", "password": SECRET}, "/user"),
        ({"user": "a\nb", "password": SECRET}, "/user"),
        ({"password": SECRET}, "/user"),
        ({"user": "kim", "password": SECRET * 20}, "/password"),
        ({"preset": "iproyal"}, "/user"),
        ({"preset": "smartproxy", "user": "kim"}, "/password"),
    ],
)
async def test_what_cannot_be_taken_is_named_by_its_field(owner, body, pointer):
    answer = await owner.post("/egress", json={"name": "Way", "host": "127.0.0.1"} | body)
    assert answer.status_code == 422, answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert SECRET not in answer.text


@pytest.mark.parametrize(
    ("host", "listed", "status"),
    [
        ("127.0.0.1", "", 422),
        ("10.1.2.3", "", 422),
        ("::1", "", 422),
        ("localhost", "", 422),
        ("proxy.local", "", 422),
        ("10.1.2.3", "10.1.2.3:8080", 201),
        ("10.1.2.3", "10.1.2.3:9999", 422),
        ("gate.example.com", "", 201),
        ("93.184.216.34", "", 201),
    ],
)
async def test_with_real_platforms_private_proxies_must_be_listed(
    database_url, box, host, listed, status
):
    settings = Settings(
        platform_mode="live", twitter_client_secret=SecretStr("x"), egress_hosts=listed
    )  # fmt: skip
    async with open_connected(database_url, box.url, settings=settings) as runtime:
        client = await signed_in(app_of(runtime), "owner@example.com")
        answer = await client.post("/egress", json={"name": "Way", "host": host})
        await client.aclose()
    assert answer.status_code == status, answer.text
    if status == 422:
        assert [error["pointer"] for error in answer.json()["errors"]] == ["/host"]


async def test_an_egress_in_use_stays_and_its_account_names_it(owner):
    made = await add(owner)
    body = {"platform": "twitter", "username": "mara_out", "timezone": "UTC"}
    account = (await owner.post("/accounts", json=body | {"egress_id": made["id"]})).json()
    assert account["egress"] == {"id": made["id"], "name": "Way", "state": "unknown"}
    refused = await owner.delete(f"/egress/{made['id']}")
    assert (refused.status_code, refused.json()["code"]) == (409, "egress_in_use")
    assert (await owner.get(f"/egress/{made['id']}")).json()["accounts"] == 1
    path = f"/accounts/{account['id']}"
    kept = await owner.put(path, json={"display_name": "Mara"})
    assert kept.json()["egress"]["id"] == made["id"]
    assert (await owner.put(path, json={"egress_id": None})).json()["egress"] is None
    assert (await owner.delete(f"/egress/{made['id']}")).status_code == 204
    gone = await owner.put(path, json={"egress_id": made["id"]})
    assert (gone.status_code, gone.json()["errors"][0]["pointer"]) == (422, "/egress_id")


async def test_a_name_is_given_once(owner):
    await add(owner)
    again = await owner.post("/egress", json={"name": "WAY", "host": "127.0.0.1"})
    assert (again.status_code, again.json()["code"]) == (409, "egress_exists")


async def test_a_look_tells_whether_the_proxy_works_and_a_change_frees_its_account(owner):
    async with proxy("http", accepts={"kim:right"}) as one:
        made = await add(owner, port=one.port, user="kim", password="wrong")
        body = {"platform": "twitter", "username": "mara_held", "timezone": "UTC"}
        account = (await owner.post("/accounts", json=body | {"egress_id": made["id"]})).json()
        looked = (await owner.post(f"/egress/{made['id']}/check")).json()
        assert looked["state"] == "failing" and looked["checked_at"]
        assert looked["last_error"] and "wrong" not in looked["last_error"]
        held = (await owner.get(f"/accounts/{account['id']}")).json()
        assert held["light"] == "yellow"
        assert held["light_reasons"] == [
            "Its way out does not work: nothing is sent until it does."
        ]
        await owner.put(f"/egress/{made['id']}", json={"password": "right"})
        freed = (await owner.get(f"/accounts/{account['id']}")).json()
        assert (freed["light"], freed["light_reasons"]) == ("green", [])
        looked = (await owner.post(f"/egress/{made['id']}/check")).json()
        assert (looked["state"], looked["last_error"]) == ("ok", None)


async def test_connecting_and_revoking_go_through_the_proxy(owner, box):
    handle = "mara_through"
    box.account("twitter", handle)
    async with proxy("http") as one:
        made = await add(owner, port=one.port)
        body = {"platform": "twitter", "username": handle, "timezone": "UTC"}
        account = (await owner.post("/accounts", json=body | {"egress_id": made["id"]})).json()
        await allow(owner, account["id"], handle)
        assert (await owner.get(f"/accounts/{account['id']}")).json()["connected"] is True
        connecting = [target.split("/", 4)[4] for target in one.targets]
        assert connecting[0] == "2/oauth2/token"
        assert any(target.startswith("2/users/me") for target in connecting)
        assert (await owner.delete(f"/accounts/{account['id']}")).status_code == 204
        assert one.targets[-1].endswith("/2/oauth2/revoke")


async def test_a_dead_proxy_lets_no_code_be_exchanged(owner, box):
    handle = "mara_dead"
    box.account("twitter", handle)
    async with proxy("socks5") as one:
        made = await add(owner, port=one.port, scheme="socks5")
    body = {"platform": "twitter", "username": handle, "timezone": "UTC"}
    account = (await owner.post("/accounts", json=body | {"egress_id": made["id"]})).json()
    before = len(box.journal())
    page = await allow(owner, account["id"], handle)
    assert "error=egress_down" in page
    # The consent itself was the owner's browser; nothing else reached the platform.
    assert len(box.journal()) == before + 1
    assert (await owner.get(f"/accounts/{account['id']}")).json()["connected"] is False


async def allow(client: httpx2.AsyncClient, account_id: str, handle: str) -> str:
    """The owner allows us on the platform's own page. Where the browser ended up."""
    begun = await client.post("/accounts/connect/twitter", json={"account_id": account_id})
    async with httpx2.AsyncClient(trust_env=False) as browser:
        form = {"account": handle, "decision": "allow"}
        sent = await browser.post(begun.json()["authorize_url"], data=form)
    back = re.sub(r"^https?://[^/]+/api/v1", "", sent.headers["location"])
    done = await client.get(back, follow_redirects=False)
    return str(done.headers["location"])


@pytest.mark.parametrize(
    ("word", "shown"),
    [
        ("iproyal", ("kim", "word_country-de_session-abcd1234_lifetime-7d")),
        ("smartproxy", ("user-kim-country-de-session-abcd1234-sessionduration-1440", "word")),
        ("brightdata", ("kim-country-de-session-abcd1234", "word")),
        ("custom", ("kim", "word")),
    ],
)
def test_country_and_session_stand_where_the_provider_wants_them(word, shown):
    found = login(PRESETS[word], Login("kim", "word"), "de", "abcd1234")
    assert (found.user, found.password) == shown


async def test_every_preset_says_where_it_is_from(owner):
    items = (await owner.get("/egress/presets")).json()["items"]
    assert [item["preset"] for item in items] == ["iproyal", "smartproxy", "brightdata", "custom"]
    assert all(item["source"] and item["as_of"] for item in items)
    assert items[1]["unverified"]
