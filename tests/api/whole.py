"""The whole API in process over one database, with two workspaces that know nothing of each other.

Each side has one real thing of every kind, made through the API itself where it can be.
"""

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit
from uuid import UUID

import httpx2
import orjson
from fastapi import FastAPI
from sqlalchemy import text

from socialseed.accounts import incidents
from socialseed.app.http import API, create_app
from socialseed.bootstrap import ROUTERS
from socialseed.connectors.types import Tokens
from socialseed.runtime.runtime import Runtime
from tests.support.accounts import give_tokens, open_connected
from tests.support.autonomy import hold
from tests.support.people import ORIGIN, browser, register, sign_in
from tests.support.serving import real_runtime
from tests.support.world import make_candidates

# What comes and goes without anybody's asking, and when somebody was last seen.
PASSING = frozenset({"heartbeats", "rate_limits", "login_failures", "alembic_version"})
SEEN = ("last_seen_at", "last_used_at")
METHODS = ("get", "post", "put", "delete")
# Streams never end in process: tested over a real server.
STREAMS = frozenset({"GET /events"})
PHONE = "a quiet phone in a bag"
NOTHING: Mapping[str, object] = {}


@dataclass(frozen=True)
class Side:
    """One workspace: its owner's headers, and the id of one thing of every kind by name."""

    runtime: Runtime
    client: httpx2.AsyncClient
    headers: Mapping[str, str]
    ids: dict[str, str]

    @property
    def workspace(self) -> UUID:
        """The workspace's id."""
        return UUID(self.ids["workspace"])

    async def ask(self, method: str, path: str, body: object = None, *, status: int = 0) -> Any:
        """The decoded answer to a request that must go well."""
        answer = await self.client.request(method, path, headers=self.headers, json=body)
        assert answer.status_code < 400, f"{method} {path}: {answer.status_code} {answer.text}"
        assert status in (0, answer.status_code), f"{method} {path}: {answer.status_code}"
        return answer.json() if answer.content else None

    async def call(
        self,
        key: str,
        *,
        path: Mapping[str, object] = NOTHING,
        query: Mapping[str, object] = NOTHING,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx2.Response:
        """The answer to the operation `METHOD /path`, as the owner unless `headers` say who."""
        method, template = key.split(" ")
        who = dict(self.headers if headers is None else headers)
        answer = await self.client.request(
            method, url_of(template, path, query), headers=who, json=body
        )
        self.client.cookies.clear()
        return answer

    async def sql(self, statement: str, **bound: object) -> None:
        """The statement has run in this workspace."""
        async with self.runtime.begin(self.workspace) as tx:
            await tx.session.execute(text(statement), bound)


@dataclass(frozen=True)
class Both:
    """The whole application with an attacker's side and a victim's."""

    runtime: Runtime
    app: FastAPI
    ours: Side
    theirs: Side


def _refusing(_request: httpx2.Request) -> httpx2.Response:
    return httpx2.Response(401, json={"error": "invalid_token"})


@asynccontextmanager
async def open_whole(database_url: str) -> AsyncIterator[tuple[Runtime, FastAPI]]:
    """The product's own application. Its platforms answer that every token is wrong."""
    transport = httpx2.MockTransport(_refusing)
    async with open_connected(database_url, "http://127.0.0.1:9", transport) as runtime:
        yield runtime, create_app(runtime, ROUTERS)


Made = tuple[Mapping[str, str], dict[str, str]]  # headers and ids of one side
MadeBoth = tuple[Made, Made]


async def make_both(database_url: str) -> MadeBoth:
    """Two sides with the same things. The clock stands, so their tokens are good for any clone."""
    async with open_whole(database_url) as (runtime, app):
        sides = [await make_side(runtime, app, name) for name in ("ours", "theirs")]
    return (sides[0].headers, sides[0].ids), (sides[1].headers, sides[1].ids)


@asynccontextmanager
async def open_made(database_url: str, made: MadeBoth) -> AsyncIterator[Both]:
    """The application over a clone of the database in which both sides were made."""
    async with open_whole(database_url) as (runtime, app):
        ours, theirs = (Side(runtime, browser(app), *one) for one in made)
        yield Both(runtime, app, ours, theirs)


async def document() -> dict[str, Any]:
    """The OpenAPI document of the real application."""
    async with real_runtime("postgresql://nobody:x@127.0.0.1:1/none") as runtime:
        return create_app(runtime, ROUTERS).openapi()


def operations(found: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Every operation by `METHOD /path`, the path without /api/v1."""
    return {
        f"{method.upper()} {path.removeprefix(API)}": operation
        for path, methods in found["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    }


async def make_side(runtime: Runtime, app: FastAPI, name: str) -> Side:
    """A workspace with an owner, a member and one thing of every kind."""
    client = browser(app)
    email = f"{name}@example.com"
    profile = await register(client, email, display_name=name)
    token = await sign_in(client, email)
    plain = browser(app)
    side = Side(
        runtime,
        plain,
        {"authorization": f"Bearer {token}"},
        {"user": profile["id"], "workspace": profile["workspace"]["id"], "email": email},
    )
    await _people(side, app, name)
    await _accounts(side, name)
    await _rules(side)
    await _simulations(side)
    await _actions(side)
    await _incident(side)
    await _autonomy(side)
    for version in range(3):
        body = {"numbers": {"days.phase_3": 70 + version}, "version": version, "reason": "a test"}
        await side.ask("PUT", "/policy", body)
    side.ids["export"] = (await side.ask("POST", "/privacy/export"))["id"]
    body = {"scope": "platform", "id": "instagram", "reason": "a test"}
    side.ids["stop"] = (await side.ask("POST", "/emergency-stop", body))["id"]
    return side


async def _incident(side: Side) -> None:
    async with side.runtime.begin(side.workspace) as tx:
        account = UUID(side.ids["account"])
        await incidents.open_(tx, account, "breaker", "Follows fail.", action_type="follow")
        await incidents.open_(tx, account, "silent_failure", "None are there.", action_type="like")
        rows = await tx.session.execute(text("SELECT kind, id FROM incidents"))
        found = {row.kind: str(row.id) for row in rows}
    side.ids["incident"], side.ids["silent"] = found["breaker"], found["silent_failure"]


async def _autonomy(side: Side) -> None:
    async with side.runtime.begin(side.workspace) as tx:
        found = await hold(tx, UUID(side.ids["account"]), ["publish_video"], ["green"])
    side.ids["grant"] = str(found[0])


async def _people(side: Side, app: FastAPI, name: str) -> None:
    ids, member = side.ids, f"{name}.member@example.com"
    phone = browser(app, **{"user-agent": PHONE})
    await sign_in(phone, ids["email"])
    sessions = (await side.ask("GET", "/auth/sessions"))["items"]
    ids["session"] = next(one["id"] for one in sessions if one["user_agent"] == PHONE)
    ids["member"] = (await register(browser(app), member, display_name=f"{name} member"))["id"]
    await side.ask("POST", "/users/members", {"email": member, "role": "viewer"})
    ids["invited"] = f"{name}.guest@example.com"
    await side.ask("POST", "/users/members", {"email": ids["invited"], "role": "viewer"})
    key = await side.ask("POST", "/users/api-keys", {"name": f"{name} robot"})
    ids["key"], ids["secret"] = key["id"], key["key"]
    kinds = ("publish", "engage", "discover")
    items = [{"kind": kind, "granted": True} for kind in kinds]
    await side.ask("PUT", "/privacy/consents", {"items": items})


async def _accounts(side: Side, name: str) -> None:
    for key in ("account", "spare"):
        body = {"platform": "tiktok", "username": f"{name}_{key}", "timezone": "UTC"}
        side.ids[key] = (await side.ask("POST", "/accounts", body))["id"]
    for key in ("egress", "spare_egress"):
        way = {"name": f"Way {key}", "host": "127.0.0.1", "user": "kim", "password": "word"}
        side.ids[key] = (await side.ask("POST", "/egress", way))["id"]
    account = UUID(side.ids["account"])
    tokens = Tokens("act.secret", "rft.secret", ("video.publish",), None, None)
    await give_tokens(side.runtime, side.workspace, account, tokens)
    begun = await side.ask("POST", "/accounts/connect/tiktok", {"account_id": side.ids["spare"]})
    side.ids["state"] = parse_qs(urlsplit(begun["authorize_url"]).query)["state"][0]
    await side.sql(
        "INSERT INTO performance_stats (account_id, workspace_id, measured_on, followers,"
        " following, posts, measured_at) VALUES (:id, :w, '2026-02-28', 10, 2, 3, '2026-02-28')",
        id=account,
        w=side.workspace,
    )


async def _simulations(side: Side) -> None:
    for key in ("simulation", "spare_simulation"):
        body = {"accounts": 1, "days": 7}
        side.ids[key] = (await side.ask("POST", "/simulations", body))["id"]


async def _rules(side: Side) -> None:
    for key in ("rule", "spare_rule"):
        body = {
            "platform": "tiktok",
            "name": f"Potters {key}",
            "keywords": ["ceramics"],
            "action_types": ["follow"],
        }
        side.ids[key] = (await side.ask("POST", "/targeting", body))["id"]
    for name in ("quiet0", "quiet1", "quiet2"):
        chosen = {"because": "our_choice"}
        await side.ask("POST", f"/people/tiktok/{name}/do-not-contact", chosen)
    people = [f"potter{n}" for n in range(3)]
    await make_candidates(side.runtime, UUID(side.ids["rule"]), side.workspace, people)


def video(number: int) -> dict[str, object]:
    """What a proposal that needs approval is about."""
    return {
        "media_url": f"https://media.example.com/{number}.mp4",
        "text": f"Firing number {number}: what came out of the kiln today.",
    }


async def _actions(side: Side) -> None:
    ids = side.ids
    wanted = ("pending", "approve", "reject", "snooze", "cancel", "bulk", "rejected", "replan")
    for number, key in enumerate((*wanted, "scheduled", "unknown")):
        ids[f"action_{key}"] = await _propose(side, "publish_video", video(number))
    for number, key in enumerate(("task", "later")):
        person = {"handle": f"weaver{number}", "followers": 500, "posts": 20}
        ids[f"action_{key}"] = await _propose(side, "follow", {"person": person})
    for key in ("rejected", "replan"):
        await side.ask("POST", f"/approvals/{ids[f'action_{key}']}/reject", {"reason": "bad_text"})
    for key in ("scheduled", "unknown"):
        await side.ask("POST", f"/approvals/{ids[f'action_{key}']}/approve")
    await _lose_sight(side, ids["action_unknown"])


async def _propose(side: Side, action_type: str, data: dict[str, object]) -> str:
    body = {"account_id": side.ids["account"], "action_type": action_type, "target_data": data}
    made = await side.ask("POST", "/actions", body)
    wanted = "awaiting_human" if action_type == "follow" else "awaiting_approval"
    assert made["status"] == wanted, made
    return str(made["id"])


async def _lose_sight(side: Side, action_id: str) -> None:
    """A call was made for the action, and nobody saw its end."""
    await side.sql(
        "INSERT INTO attempts (id, workspace_id, action_id, account_id, platform, n, fence,"
        " request_hash, started_at, outcome) SELECT gen_random_uuid(), workspace_id, id,"
        " account_id, platform, 1, 1, 'x', created_at, 'unknown' FROM actions WHERE id = :id",
        id=UUID(action_id),
    )
    await side.sql(
        "UPDATE actions SET status = 'outcome_unknown', deadline_at = NULL WHERE id = :id",
        id=UUID(action_id),
    )


async def digest(runtime: Runtime, side: Side | None = None) -> dict[str, str]:
    """A digest of each table's rows: of all of them, or of those that belong to `side`."""
    async with runtime.begin(None, timeout_ms=20_000) as tx:
        found = await tx.session.execute(_TABLES)
        tables = {name: set(columns) for name, columns in found.all() if name not in PASSING}
        bound: dict[str, object] = {}
        if side:
            members = [UUID(side.ids[name]) for name in ("user", "member")]
            bound = {"w": side.workspace, "u": members}
        parts = [
            f"SELECT '{name}', count(*) || ':' || coalesce(md5(string_agg(row, '' ORDER BY row)),"
            f" '') FROM (SELECT (to_jsonb(t) - CAST(:seen AS text[]))::text AS row FROM {name} t"
            f" WHERE {_belongs(name, columns) if side else 'true'}) x"
            for name, columns in sorted(tables.items())
        ]
        rows = await tx.session.execute(
            text(" UNION ALL ".join(parts)), {"seen": list(SEEN), **bound}
        )
        return {str(name): str(value) for name, value in rows.all()}


_TABLES = text(
    "SELECT table_name, array_agg(column_name::text) FROM information_schema.columns"
    " JOIN information_schema.tables USING (table_schema, table_name)"
    " WHERE table_schema = 'public' AND table_type = 'BASE TABLE' GROUP BY table_name"
)


def _belongs(name: str, columns: Collection[str]) -> str:
    if name == "users":
        return "id = ANY(:u)"
    if name == "workspaces":
        return "id = :w"
    if "workspace_id" in columns:
        return "workspace_id = :w"
    if "session_id" in columns:
        return "session_id IN (SELECT id FROM sessions WHERE workspace_id = :w)"
    return "false"


def fill(value: Any, ids: Mapping[str, str]) -> Any:
    """`value` with every text `$name` replaced by that id."""
    if isinstance(value, str) and value.startswith("$"):
        return ids[value[1:]]
    if isinstance(value, Mapping):
        return {key: fill(part, ids) for key, part in value.items()}
    return [fill(part, ids) for part in value] if isinstance(value, list) else value


def address(
    template: str, path: Mapping[str, object], query: Mapping[str, object] | None = None
) -> str:
    """The path under /api/v1 with its places filled in, and the query behind it."""
    for name, value in path.items():
        template = template.replace(f"{{{name}}}", quote(str(value), safe="%"))
    return f"{template}?{urlencode(query, doseq=True, safe='%')}" if query else template


def url_of(
    template: str, path: Mapping[str, object], query: Mapping[str, object] | None = None
) -> str:
    """As `address`, with the server and the prefix of the API in front."""
    prefix = "" if template.split("/")[1] in ("health", "metrics") else API
    return f"{ORIGIN}{prefix}{address(template, path, query)}"


def problem_in(answer: httpx2.Response) -> str:
    """What is wrong with a refusal as a problem document; empty when nothing is."""
    if answer.headers.get("content-type") != "application/problem+json":
        return f"content type {answer.headers.get('content-type')}"
    body = orjson.loads(answer.content)
    missing = {"type", "title", "status", "detail", "instance", "code"} - body.keys()
    if missing:
        return f"without {sorted(missing)}"
    return "" if body["status"] == answer.status_code else f"status {body['status']} inside"
