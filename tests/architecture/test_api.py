"""The shape of the HTTP API: what is promised is there, what is public is written down."""

import ast
import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from socialseed.app.http import API, create_app
from socialseed.bootstrap import ROUTERS
from socialseed.core.errors import Kind
from socialseed.identity.access import _Allow, _Permit
from socialseed.web.problem_docs import render_problem_docs
from socialseed.web.problems import _PROTOCOL_CODES, DOCS, EVERY_FAMILY, FAMILIES
from tests.support.serving import real_runtime

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "socialseed"
PROBLEMS = (ROOT / "docs" / "problems.md").read_text()

# Whoever is added here is open to the whole world.
PUBLIC = {
    "POST /api/v1/auth/register",
    "POST /api/v1/auth/login",
    "POST /api/v1/auth/refresh",
    "POST /api/v1/auth/logout",
    "GET /api/v1/accounts/callback/{platform}",
    "GET /api/v1/accounts/callback/{platform}/",
    "GET /api/v1/webhooks/{platform}",
    "POST /api/v1/webhooks/{platform}",
    "GET /api/v1/openapi.json",
    "HEAD /api/v1/openapi.json",
    "GET /problems",
    "GET /health",
    "GET /health/ready",
    "GET /metrics",
}
PROMISED = """
POST /auth/register   POST /auth/login   POST /auth/refresh   POST /auth/logout
GET /users/profile   PUT /users/profile   PUT /users/settings
GET /accounts   POST /accounts   GET /accounts/{}   PUT /accounts/{}   DELETE /accounts/{}
GET /accounts/{}/health   GET /accounts/{}/plan
POST /accounts/connect/{}   GET /accounts/callback/{}
POST /actions   POST /actions/execute   GET /actions/history   GET /actions/{}
POST /actions/{}/cancel   POST /actions/{}/complete
GET /approvals/pending   POST /approvals/{}/approve   POST /approvals/{}/reject
POST /approvals/{}/snooze   POST /approvals/{}/undo   POST /approvals/bulk
GET /tasks/next   GET /tasks
GET /targeting   POST /targeting   GET /targeting/{}   PUT /targeting/{}   DELETE /targeting/{}
POST /targeting/{}/discover   GET /targeting/{}/candidates
GET /analytics/growth/{}   GET /analytics/performance   GET /analytics/export
POST /emergency-stop   GET /emergency-stop   DELETE /emergency-stop
GET /platform-health   GET /platforms   GET /platforms/{}/limits   POST /platforms/{}/test
GET /events
GET /simulations   POST /simulations   GET /simulations/{}   DELETE /simulations/{}
GET /egress   POST /egress   GET /egress/{}   PUT /egress/{}   DELETE /egress/{}
POST /egress/{}/check
POST /privacy/export   GET /privacy/export/{}   DELETE /privacy/me
GET /privacy/consents   PUT /privacy/consents
"""
PROBES = ("GET /health", "GET /health/ready", "GET /metrics")
LISTS = {
    "/auth/sessions",
    "/users/api-keys",
    "/users/members",
    "/users/invitations",
    "/accounts",
    "/egress",
    "/actions/history",
    "/actions/{action_id}/verdicts",
    "/incidents",
    "/people/do-not-contact",
    "/approvals/pending",
    "/tasks",
    "/targeting",
    "/targeting/{rule_id}/candidates",
    "/simulations",
    "/activity",
    "/policy/versions",
}
# Everything there is of these fits on one page: kinds, platforms, stops that hold, what is wrong.
SHORT = {
    "/platforms",
    "/egress/presets",
    "/privacy/consents",
    "/monitoring/alerts",
    "/accounts/{account_id}/autonomy",
}


async def _made() -> FastAPI:
    async with real_runtime("postgresql://nobody:x@127.0.0.1:1/none") as runtime:
        return create_app(runtime, ROUTERS)


@pytest.fixture(scope="module")
def app() -> FastAPI:
    return asyncio.run(_made())


@pytest.fixture(scope="module")
def document(app: FastAPI) -> dict[str, Any]:
    return app.openapi()


def routes_of(app: FastAPI) -> Iterator[tuple[str, Any]]:
    """Every route that answers, by method and path."""
    entries: list[Any] = list(app.routes)
    for entry in entries:
        several = getattr(entry, "effective_route_contexts", None)
        for route in several() if several else (entry,):
            for method in route.methods or ():
                yield f"{method} {route.path}", route


def guarded(dependant: Any) -> bool:
    """Whether a route asks for a permission, itself or through what it depends on."""
    if dependant is None:
        return False
    return isinstance(dependant.call, _Allow | _Permit) or any(
        guarded(part) for part in dependant.dependencies
    )


def test_exactly_these_routes_are_public(app: FastAPI) -> None:
    found = dict(routes_of(app))
    assert len(found) > 60
    assert {
        name for name, route in found.items() if not guarded(getattr(route, "dependant", None))
    } == PUBLIC


def test_the_document_says_who_needs_to_sign_in(document) -> None:
    open_ones = {
        f"{method.upper()} {path}"
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if not operation.get("security")
    }
    unsaid = ("openapi.json", "/problems", "{platform}/")
    hidden = {name for name in PUBLIC if name.endswith(unsaid)}
    assert open_ones == PUBLIC - hidden


def test_every_operation_has_one_id_and_a_sentence(app: FastAPI, document) -> None:
    operations = [
        (f"{method.upper()} {path}", operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    ids = [operation["operationId"] for _, operation in operations]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z][a-z_]+", one) for one in ids)
    assert [name for name, operation in operations if not operation.get("description")] == []
    served = {name for name, _ in routes_of(app) if name.split(" ")[1].startswith(f"{API}/")}
    assert served - {name for name, _ in operations} == {
        f"GET {API}/openapi.json",
        f"HEAD {API}/openapi.json",
        f"GET {API}/accounts/callback/{{platform}}/",  # the other spelling of a said one
    }


def test_everything_that_is_promised_is_there(document) -> None:
    there = {
        f"{method.upper()} {re.sub(r'{[^}]+}', '{}', path)}"
        for path, methods in document["paths"].items()
        for method in methods
    }
    promised = [f"{m} {API}{p}" for m, p in re.findall(r"([A-Z]+) (/\S+)", PROMISED)]
    assert len(promised) > 50
    assert [name for name in (*promised, *PROBES) if name not in there] == []


def test_every_list_pages(document) -> None:
    wrong, found = [], set()
    for path, methods in document["paths"].items():
        operation = methods.get("get")
        if operation is None:
            continue
        fields = _fields(document, operation)
        name = path.removeprefix(API)
        if ("items" in fields and name not in SHORT) or name in LISTS:
            found.add(name)
            parameters = {one["name"]: one["schema"] for one in operation["parameters"]}
            if {"limit", "cursor"} - parameters.keys():
                wrong.append(f"{name} does not page")
            elif (parameters["limit"]["maximum"], parameters["limit"]["default"]) != (200, 50):
                wrong.append(f"{name} pages otherwise")
    assert wrong == []
    assert found == LISTS


def _fields(document: dict[str, Any], operation: dict[str, Any]) -> set[str]:
    content = operation["responses"].get("200", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    name = schema.get("$ref", "").rsplit("/", 1)[-1]
    return set(document["components"]["schemas"].get(name, schema).get("properties", {}))


# --- problems ------------------------------------------------------------------------------------

# Functions that make a refusal, the family of it, and which argument is its code.
_MAKERS = {
    "invalid": (Kind.INVALID, 0),
    "conflict": (Kind.CONFLICT, 0),
    "forbidden": (Kind.FORBIDDEN, 0),
    "unavailable": (Kind.UNAVAILABLE, 0),
    "_unavailable": (Kind.UNAVAILABLE, 0),
    "refuse": (Kind.CONFLICT, 2),
}


def headings() -> dict[str, set[str]]:
    """The codes under each heading of docs/problems.md, by its anchor."""
    found: dict[str, set[str]] = {}
    for part in re.split(r"^## ", PROBLEMS, flags=re.MULTILINE)[1:]:
        anchor, _, body = part.partition("\n")
        found[anchor.strip()] = set(re.findall(r"^- `([a-z_]+)`", body, flags=re.MULTILINE))
    return found


def used_codes() -> Iterator[tuple[str, str, str]]:
    """Every code that the source makes a refusal of: place, anchor of its family, code."""
    for file in sorted(SOURCE.rglob("*.py")):
        if "sandbox" in file.relative_to(SOURCE).parts:
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call):
                kind, code = _refusal(node)
                if kind is not None and code is not None:
                    place = f"{file.relative_to(SOURCE)}:{node.lineno}"
                    yield place, FAMILIES[kind].anchor, code


def _refusal(node: ast.Call) -> tuple[Kind | None, str | None]:
    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
    if name == "AppError" and len(node.args) > 1 and isinstance(node.args[0], ast.Attribute):
        return Kind[node.args[0].attr], _text(node.args[1])
    if name in _MAKERS:
        kind, at = _MAKERS[name]
        return kind, _text(node.args[at]) if len(node.args) > at else None
    return None, None


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def test_every_code_stands_in_the_documentation_under_its_family() -> None:
    documented, used = headings(), list(used_codes())
    assert len({code for _, _, code in used}) > 25
    missing = [
        f"{place}: {code} is not under {anchor}"
        for place, anchor, code in used
        if code not in documented[anchor]
    ]
    assert missing == [], "\n".join(missing)
    protocol = {code for code, _ in _PROTOCOL_CODES.values()} | {"bad_request"}
    assert protocol == documented["protocol"]


def test_no_code_is_documented_that_nothing_answers() -> None:
    said = {code for _, _, code in used_codes()}
    text = "\n".join(file.read_text() for file in SOURCE.rglob("*.py"))
    documented = set().union(*headings().values())
    assert sorted(c for c in documented - said if f'"{c}"' not in text) == []


def test_every_type_leads_to_a_heading(app: FastAPI) -> None:
    page = render_problem_docs(PROBLEMS)
    assert f"GET {DOCS}" in dict(routes_of(app))
    missing = [family.anchor for family in EVERY_FAMILY if f'id="{family.anchor}"' not in page]
    assert missing == []
    assert {family.anchor for family in EVERY_FAMILY} == set(headings())
