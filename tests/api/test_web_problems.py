"""Errors leave as problems, whatever fails and wherever."""

import ast
import json
from collections.abc import AsyncIterator
from typing import Annotated

import asyncpg
import pytest
from fastapi import APIRouter, Request
from pydantic import BaseModel
from sqlalchemy import text

from socialseed.core.errors import AppError, Kind, Remedy, UpstreamError, invalid
from socialseed.core.events import Event
from socialseed.identity.access import allow
from socialseed.runtime.tx import Tx
from socialseed.web import problems
from socialseed.web.context import runtime_of
from socialseed.web.problem_docs import anchor_of
from tests.support.checks import ROOT
from tests.support.serving import app_of, client_of, make_person, real_runtime

router = APIRouter(prefix="/try")


class Body(BaseModel):
    text: str
    parts: list[int] = []
    more: object = None


@router.post("/body")
async def take_body(body: Body, at_most: int = 3) -> Body:
    return body


@router.get("/fail/{how}")
async def fail(how: str, request: Request) -> None:
    failures = {
        "limited": AppError(Kind.LIMITED, "throttled", "Wait.", retry_after=7.4),
        "field": invalid("wrong", "Correct it.", "/name"),
        "gone": AppError(Kind.GONE, "gone", "It is gone."),
        "nobody": AppError(Kind.UNAUTHENTICATED, "unauthenticated", "Sign in."),
        "platform": UpstreamError(Remedy.REJECT, "refused", "They said no."),
        "wait": UpstreamError(Remedy.WAIT, "rate_limited", "They said later."),
        "bug": RuntimeError("secret=abc"),
        "refused": ConnectionRefusedError(),
        "starting": asyncpg.CannotConnectNowError("starting up"),
        "closed": asyncpg.InterfaceError("connection is closed"),
    }
    raise failures[how]


@router.get("/sql/{which}")
async def run_sql(which: str, request: Request) -> None:
    statements = {
        "slow": "SELECT pg_sleep(3)",
        "killed": "SELECT pg_terminate_backend(pg_backend_pid())",
        "range": "SELECT CAST(99999999999 AS int)",
        "check": "INSERT INTO counters VALUES (CAST(md5('a') AS uuid), 'a', 'day', 'x',"
        " CAST(md5('w') AS uuid), 2, 1)",
        "text": "SELECT CAST(convert_from('\\x00', 'UTF8') AS text)",
    }
    async with runtime_of(request).begin(None, timeout_ms=50) as tx:
        await tx.session.execute(text("RESET ROLE"))
        await tx.session.execute(text(statements[which]))


@pytest.fixture
async def client(database_url: str):
    async with real_runtime(database_url) as runtime:
        async with client_of(app_of(runtime, [router])) as opened:
            yield opened


@pytest.mark.parametrize(
    ("how", "status", "code"),
    [
        ("limited", 429, "throttled"),
        ("field", 422, "wrong"),
        ("gone", 410, "gone"),
        ("nobody", 401, "unauthenticated"),
        ("platform", 502, "refused"),
        ("wait", 503, "rate_limited"),
        ("bug", 500, "internal"),
        ("refused", 503, "database_unreachable"),
        ("starting", 503, "database_unreachable"),
        ("closed", 503, "database_unreachable"),
    ],
)
async def test_every_failure_is_a_problem(client, how: str, status: int, code: str):
    answer = await client.get(f"/api/v1/try/fail/{how}")
    body = answer.json()
    assert (answer.status_code, body["code"], body["status"]) == (status, code, status)
    assert answer.headers["content-type"] == "application/problem+json"
    assert body["instance"] == f"/api/v1/try/fail/{how}"
    assert {"type", "title", "detail"} <= body.keys()
    assert "secret" not in answer.text
    assert ("retry-after" in answer.headers) == (status in (429, 503))


async def test_retry_after_is_whole_seconds_and_401_says_how(client):
    assert (await client.get("/api/v1/try/fail/limited")).headers["retry-after"] == "7"
    nobody = await client.get("/api/v1/try/fail/nobody")
    assert nobody.headers["www-authenticate"] == "Bearer"


async def test_a_field_error_of_ours_has_its_pointer(client):
    errors = (await client.get("/api/v1/try/fail/field")).json()["errors"]
    assert errors == [{"pointer": "/name", "code": "wrong", "detail": "Correct it."}]


@pytest.mark.parametrize(
    ("which", "status", "code"),
    [
        ("slow", 503, "too_slow"),
        ("killed", 503, "database_unreachable"),
        ("range", 422, "unacceptable_value"),
        ("check", 422, "unacceptable_value"),
        ("text", 422, "unacceptable_value"),
    ],
)
async def test_what_the_database_refuses_is_no_500(client, which: str, status: int, code: str):
    answer = await client.get(f"/api/v1/try/sql/{which}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_an_empty_pool_is_busy_not_broken(database_url: str):
    async with real_runtime(database_url, pool_size=1) as runtime:
        async with client_of(app_of(runtime, [router])) as client, runtime.begin(None):
            answer = await client.get("/api/v1/try/sql/range")
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")
    assert answer.headers["retry-after"] == "1"


async def test_validation_points_at_each_field(client):
    answer = await client.post("/api/v1/try/body?at_most=x", json={"parts": [1, "no"]})
    assert answer.status_code == 422
    found = {(e["pointer"], e["code"]) for e in answer.json()["errors"]}
    assert found == {
        ("/at_most", "int_parsing"),
        ("/text", "required"),
        ("/parts/1", "int_parsing"),
    }


async def test_addresses_and_methods_that_do_not_exist(client):
    missing = await client.get("/api/v1/nothing")
    assert (missing.status_code, missing.json()["code"]) == (404, "no_such_address")
    outside = await client.get("/api/other")
    assert outside.headers["content-type"] == "application/problem+json"
    wrong = await client.get("/api/v1/try/body")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
    assert wrong.headers["allow"] == "POST"


DEEP = "[" * 100 + "]" * 100
BODIES = {
    b'{"text": "a\\u0000b"}': "bad_text",
    b'{"a\\u0000": 1, "text": ""}': "bad_text",
    b'{"text": "\\ud800"}': "bad_json",
    b'{"text": "\\udc00\\ud800"}': "bad_json",
    b'{"text": "\xff"}': "bad_json",
    b'{"text": "", "more": NaN}': "bad_json",
    b'{"text": ': "bad_json",
    b"": "invalid_request",
    b"null": "invalid_request",
    f'{{"text": "", "more": {DEEP}}}'.encode(): "too_deep",
}


@pytest.mark.parametrize("body", BODIES, ids=lambda b: b[:24].decode("latin-1"))
async def test_text_that_no_database_holds_is_refused(client, body: bytes):
    headers = {"content-type": "application/json"}
    answer = await client.post("/api/v1/try/body", content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, BODIES[body])


async def test_an_escaped_backslash_before_u0000_is_ordinary_text(client):
    answer = await client.post("/api/v1/try/body", json={"text": "a\\u0000b \U0001f331 ‮"})
    assert answer.status_code == 200
    assert answer.json()["text"] == "a\\u0000b \U0001f331 ‮"


@pytest.mark.parametrize("query", ["%00", "a=%ff", "at_most=%00"])
async def test_nul_and_stray_bytes_in_the_query_are_refused(client, query: str):
    answer = await client.post(f"/api/v1/try/body?{query}", json={"text": "x"})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_text")


async def test_bodies_over_a_megabyte_are_refused_announced_or_not(client):
    body = json.dumps({"text": "x" * 1_000_000}).encode()
    announced = await client.post("/api/v1/try/body", content=body)

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 65536):
            yield body[start : start + 65536]

    streamed = await client.post("/api/v1/try/body", content=pieces())
    for answer in (announced, streamed):
        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


async def test_type_links_to_a_heading_that_exists(client):
    headings = {
        anchor_of(line[3:])
        for line in (ROOT / "docs" / "problems.md").read_text().splitlines()
        if line.startswith("## ")
    }
    assert headings == {family.anchor for family in problems.EVERY_FAMILY}
    body = (await client.get("/api/v1/try/fail/gone")).json()
    page, anchor = body["type"].split("#")
    shown = await client.get(page)
    assert shown.status_code == 200
    assert f'id="{anchor}"' in shown.text


late = APIRouter()


@late.post("/late")
async def write_late(tx: Annotated[Tx, allow("actions:propose")]) -> str:
    tx.emit(Event("probe.happened", "A probe."))
    return "done"


async def test_the_commit_comes_before_the_response(database_url: str):
    """FastAPI ends a yield dependency after the response unless its scope is the function."""
    seen_at_start: list[int] = []
    async with real_runtime(database_url) as runtime:
        app, ada = app_of(runtime, [late]), await make_person(runtime)

        async def watched(scope, receive, send):
            async def watch(message):
                if message["type"] == "http.response.start":
                    async with runtime.begin(None) as tx:
                        count = await tx.session.scalar(text("SELECT count(*) FROM events"))
                    seen_at_start.append(count)
                await send(message)

            await app(scope, receive, watch)

        async with client_of(watched, ada) as client:
            assert (await client.post("/api/v1/late")).json() == "done"
    assert seen_at_start == [1]


def raised_codes() -> dict[str, set[str]]:
    """Every code that the source gives to an error of ours, with the files that do."""
    helpers = {"invalid": 0, "conflict": 0, "forbidden": 0, "AppError": 1, "unavailable": 0}
    found: dict[str, set[str]] = {}
    for file in (ROOT / "src" / "socialseed").rglob("*.py"):
        if "sandbox" in file.parts:
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            place = helpers.get(node.func.id)
            if place is None or len(node.args) <= place:
                continue
            code = node.args[place]
            if isinstance(code, ast.Constant) and isinstance(code.value, str):
                found.setdefault(code.value, set()).add(file.name)
    return found


def test_every_code_is_explained():
    text = (ROOT / "docs" / "problems.md").read_text()
    codes = raised_codes()
    assert {"not_found", "bad_cursor", "weak_password"} <= codes.keys() | {"not_found"}
    assert {code: files for code, files in codes.items() if f"`{code}`" not in text} == {}
