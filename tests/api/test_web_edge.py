"""The outermost ring: headers, compression, admission, the access log, the dashboard's files."""

import asyncio
import gzip
import hashlib
from pathlib import Path

import httpx2
import orjson
import pytest
import structlog
from fastapi import APIRouter, Response

from socialseed.web.edge import Admission, Edge
from tests.support.serving import app_of, client_of, make_person, real_runtime

router = APIRouter(prefix="/try")


@router.get("/big")
async def big() -> list[str]:
    return ["value"] * 400


@router.get("/small")
async def small() -> list[str]:
    return ["value"]


@router.get("/text")
async def plain_text() -> Response:
    return Response("x" * 4000, media_type="text/plain")


@pytest.fixture
async def runtime(database_url: str):
    async with real_runtime(database_url) as opened:
        yield opened


@pytest.fixture
async def client(runtime):
    async with client_of(app_of(runtime, [router])) as opened:
        yield opened


async def test_json_is_compressed_from_a_kilobyte_and_nothing_else_is(client):
    big_answer = await client.get("/api/v1/try/big", headers={"accept-encoding": "gzip"})
    assert big_answer.headers["content-encoding"] == "gzip"
    assert big_answer.json() == ["value"] * 400
    assert "Accept-Encoding" in big_answer.headers["vary"]
    assert int(big_answer.headers["content-length"]) < 500
    for path, accepted in (("big", "identity"), ("small", "gzip"), ("text", "gzip")):
        answer = await client.get(f"/api/v1/try/{path}", headers={"accept-encoding": accepted})
        assert "content-encoding" not in answer.headers


async def test_answers_carry_security_headers_and_a_request_id(client):
    answer = await client.get("/api/v1/try/small")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert "strict-transport-security" not in answer.headers
    given = await client.get("/api/v1/try/small", headers={"x-request-id": "abc-12345"})
    assert given.headers["x-request-id"] == "abc-12345"
    forged = await client.get("/api/v1/try/small", headers={"x-request-id": 'a b"c'})
    assert forged.headers["x-request-id"] != 'a b"c'


async def test_https_is_asked_for_where_the_public_address_has_it(runtime):
    app = app_of(runtime, [router], public_url="https://seed.example.com")
    async with client_of(app) as client:
        answer = await client.get("/api/v1/try/small")
    assert "max-age" in answer.headers["strict-transport-security"]


async def test_the_log_tells_the_route_and_no_secret(client):
    with structlog.testing.capture_logs() as lines:
        await client.get(
            "/api/v1/try/small?token=hunter2", headers={"authorization": "Bearer hunter2"}
        )
        await client.get("/api/v1/no/such/hunter2")
    told = [line for line in lines if line["event"] == "request"]
    assert [line["route"] for line in told] == ["/api/v1/try/small", "/api/*"]
    assert [line["status"] for line in told] == [200, 404]
    assert "hunter2" not in str(lines)


class Gate:
    """An application whose requests wait until they are let go."""

    def __init__(self) -> None:
        self.inside = 0
        self.most = 0
        self.arrived = asyncio.Event()
        self.go = asyncio.Event()

    async def __call__(self, scope, receive, send) -> None:
        self.inside += 1
        self.most = max(self.most, self.inside)
        self.arrived.set()
        await self.go.wait()
        self.inside -= 1
        await Response("ok")(scope, receive, send)


async def test_no_more_requests_work_at_once_than_are_admitted():
    gate = Gate()
    transport = httpx2.ASGITransport(app=Edge(gate, running=2, secure=False))
    async with httpx2.AsyncClient(transport=transport, base_url="http://x") as client:
        calls = [asyncio.create_task(client.get("/api/v1/x")) for _ in range(8)]
        await gate.arrived.wait()
        gate.go.set()
        answers = await asyncio.gather(*calls)
    assert [answer.status_code for answer in answers] == [200] * 8
    assert gate.most == 2


async def test_a_full_line_is_refused_and_a_place_is_given_back():
    admission = Admission(1, waiting=0)
    assert await admission.enter()
    assert not await admission.enter()
    admission.leave()
    assert await admission.enter()


SCRIPT = "console.log('hello')"
HASH = "sha256-" + hashlib.sha256(SCRIPT.encode()).hexdigest()


@pytest.fixture
def dashboard(tmp_path: Path) -> Path:
    out = tmp_path / "out"
    for path, body in {
        "index.html": "<h1>Home</h1>",
        "accounts/index.html": f"<script>{SCRIPT}</script>",
        "accounts/index.txt": "payload",
        "404.html": "<h1>Not here</h1>",
        "_next/static/a.js": "let a = 1",
        "secret.pem": "key",
    }.items():
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        (out / path).write_text(body)
    (out / "_next/static/a.js.gz").write_bytes(gzip.compress(b"let a = 1"))
    (out / "_next/static/a.js.br").write_bytes(b"brotli bytes")
    (out / "csp.json").write_bytes(orjson.dumps({"accounts/index.html": [HASH]}))
    (tmp_path / "outside.txt").write_text("outside")
    return out


@pytest.fixture
async def site(runtime, dashboard: Path):
    async with client_of(app_of(runtime, [router], dashboard_dir=dashboard)) as opened:
        yield opened


async def test_pages_have_their_own_policy(site):
    home, accounts = await site.get("/"), await site.get("/accounts/")
    assert (home.text, accounts.status_code) == ("<h1>Home</h1>", 200)
    assert f"script-src 'self' '{HASH}'" in accounts.headers["content-security-policy"]
    assert home.headers["content-security-policy"].endswith("script-src 'self'")
    assert "unsafe-inline" not in home.headers["content-security-policy"].split("script-src")[1]
    assert home.headers["content-type"] == "text/html; charset=utf-8"


async def test_a_page_without_its_slash_moves_there_and_keeps_its_query(site):
    moved = await site.get("/accounts?q=a%20b")
    assert (moved.status_code, moved.headers["location"]) == (308, "/accounts/?q=a%20b")


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/../outside.txt",
        "/%2e%2e/outside.txt",
        "http://127.0.0.1:8000//example.com",
        "/secret.pem",
        "/csp.json",
        "/_next/static/a.js.gz",
    ],
)
async def test_what_is_no_page_is_the_page_that_says_so(site, path: str):
    answer = await site.get(path)
    assert (answer.status_code, answer.text) == (404, "<h1>Not here</h1>")


async def test_files_are_checked_again_but_for_the_hashed_ones(site):
    page, script = await site.get("/accounts/index.txt"), await site.get("/_next/static/a.js")
    assert page.headers["cache-control"] == "no-cache"
    assert "immutable" in script.headers["cache-control"]
    again = await site.get("/accounts/index.txt", headers={"if-none-match": page.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    changed = await site.get("/accounts/index.txt", headers={"if-none-match": '"other"'})
    assert changed.status_code == 200


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip, br", "br"), ("gzip", "gzip"), ("identity", None), ("br;q=0, gzip;q=0.5", "gzip")],
)
async def test_the_best_accepted_encoding_is_sent(site, accepted: str, encoding: str | None):
    async with site.stream(
        "GET", "/_next/static/a.js", headers={"accept-encoding": accepted}
    ) as answer:
        assert answer.headers.get("content-encoding") == encoding
        assert answer.headers["vary"] == "Accept-Encoding"


async def test_files_are_only_read(site):
    assert (await site.post("/accounts/")).status_code == 405


async def test_without_a_build_a_page_says_how_to_make_one(client):
    answer = await client.get("/")
    assert answer.status_code == 503
    assert "npm run build" in answer.text


async def test_a_build_that_comes_later_is_served(runtime, tmp_path: Path):
    out = tmp_path / "later"
    async with client_of(app_of(runtime, dashboard_dir=out)) as client:
        assert (await client.get("/")).status_code == 503
        out.mkdir()
        (out / "index.html").write_text("built")
        assert (await client.get("/")).text == "built"


async def test_probes_and_metrics(runtime):
    app = app_of(runtime, [router])
    async with client_of(app, await make_person(runtime)) as client:
        assert (await client.get("/health")).json() == {"status": "ok"}
        ready = (await client.get("/health/ready")).json()
        assert ready["ready"] is True
        assert {check["name"]: check["ok"] for check in ready["checks"]} == {
            "database": True,
            "schema": True,
            "worker": False,
        }
        await client.get("/api/v1/try/small")
        metrics = (await client.get("/metrics")).text
    wanted = (
        'socialseed_http_requests_total{method="GET",route="/api/v1/try/small",status="200"} 1.0'
    )
    assert wanted in metrics
    assert 'socialseed_actions{status="outcome_unknown"} 0.0' in metrics
    assert "socialseed_database_up 1.0" in metrics
    assert "socialseed_worker_heartbeat_age_seconds NaN" in metrics


async def test_without_a_database_the_process_lives_and_is_not_ready(runtime):
    async with real_runtime("postgresql://nobody:x@127.0.0.1:1/none") as cut_off:
        async with client_of(app_of(cut_off)) as client:
            assert (await client.get("/health")).status_code == 200
            ready = await client.get("/health/ready")
            metrics = (await client.get("/metrics")).text
    assert ready.status_code == 503
    assert ready.json()["checks"][0]["detail"] == "Not usable: database_unreachable."
    assert "socialseed_database_up 0.0" in metrics


async def test_the_document_names_every_operation_once_and_the_error_shape(client):
    from socialseed.analytics import endpoints, feed
    from socialseed.monitoring import endpoints as monitoring

    async with real_runtime("postgresql://x:x@127.0.0.1:1/x") as runtime:
        app = app_of(runtime, [endpoints.router, feed.router, monitoring.router])
        document = app.openapi()
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    assert {"live_events", "list_activity", "read_overview", "export_analytics"} <= set(names)
    assert all("4XX" in operation["responses"] for operation in operations)
    assert "code" in document["components"]["schemas"]["Problem"]["required"]
