"""One row in every table of a workspace, so that a test of all tables is a test of all tables."""

import importlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from uuid import UUID

import orjson
from sqlalchemy import Boolean, Date, DateTime, Float, Integer, LargeBinary, Table, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import UUID as PgUUID

from socialseed.core.db import Base
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx

SOURCE = Path(__file__).resolve().parents[2] / "src" / "socialseed"
SECRET = b"planted-secret-never-to-be-shown"
HANDLE = "Wren.Field"
PERSON = {"handle": HANDLE, "display_name": "Wren", "bio": "Birds of Wren.Field"}
# Where a CHECK or a test needs a certain value.
FIXED: Mapping[str, object] = {
    "platform": "twitter",
    "role": "viewer",
    "phase": "phase_1",
    "light": "green",
    "status": "succeeded",
    "mode": "api",
    "scope": "workspace",
    "kind": "publish",
    "outcome": "performed",
    "state": "new",
    "daily_budget": 5,
    "daily_action_limit": 10,
    "risk_score": 10,
    "timezone": "UTC",
    "used": 1,
    "ceiling": 5,
    "target_account": HANDLE,
    "handle": HANDLE,
    "display_name": "Wren",
    "bio": "Birds of Wren.Field",
    "target_data": {"person": PERSON, "text": f"Hello @{HANDLE}!"},
    "reasons": [{"code": "x", "sentence": f"{HANDLE} is new to us."}],
    "facts": {"target_handle": HANDLE, "contacts": []},
    "findings": [{"code": "x", "evidence": f"@{HANDLE}"}],
    "evidence": {"answer": {"author": HANDLE}},
    "note": f"{HANDLE} seems fine",
    "preset": "custom",
    "scheme": "http",
    "deep_link": f"https://platform.example/{HANDLE}",
    "email": "guest@example.com",
}
FIXED_IN: Mapping[tuple[str, str], object] = {
    ("exports", "status"): "ready",
    ("egresses", "state"): "ok",
    ("incidents", "kind"): "egress",
    ("quotas", "scope"): "user",
    ("simulations", "status"): "finished",
    ("autonomy_grants", "evidence"): {"decided": 40},  # it counts, and names nobody
}
# Set only where the row must stay alive and plain.
_LEFT_NULL = {"revoked_at", "used_at", "lifted_at", "do_not_contact_at", "rule_id", "replaces"}
_LEFT_NULL |= {"do_not_contact_because"}


def tables_of_a_workspace() -> list[Table]:
    """Every table with `workspace_id`, parents first."""
    for path in sorted(SOURCE.rglob("models.py")):
        importlib.import_module(
            ".".join(("socialseed", *path.relative_to(SOURCE).with_suffix("").parts))
        )
    return [table for table in Base.metadata.sorted_tables if "workspace_id" in table.columns]


async def fill(runtime: Runtime, workspace: UUID, user: UUID) -> dict[str, UUID]:
    """One more row in each of those tables; the ids by table, of those that have one."""
    ids: dict[str, UUID] = {"workspaces": workspace, "users": user}
    async with runtime.begin(None) as tx:
        for table in tables_of_a_workspace():
            if table.name in {"memberships", "events", "event_heads"}:
                continue  # made by registration itself
            await _insert(tx, table, ids)
    return ids


async def _insert(tx: Tx, table: Table, ids: dict[str, UUID]) -> None:
    row = {
        column.name: _value(tx, table, column, ids)
        for column in table.columns
        if column.computed is None
    }
    names = [name for name, value in row.items() if value is not None]
    marks = ", ".join(
        f"CAST(:{name} AS jsonb)" if isinstance(table.c[name].type, JSONB) else f":{name}"
        for name in names
    )
    await tx.session.execute(
        text(
            f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks}) ON CONFLICT DO NOTHING"
        ),
        {name: row[name] for name in names},
    )
    new = row.get("id")
    if isinstance(new, UUID):
        ids[table.name] = new


def _value(tx: Tx, table: Table, column, ids: Mapping[str, UUID]) -> object:
    if column.name in _LEFT_NULL and column.nullable:
        return None
    for key in column.foreign_keys:
        return ids[key.column.table.name]
    fixed = FIXED.get(column.name)
    fixed = FIXED_IN.get((table.name, column.name), fixed)
    if fixed is not None and not isinstance(column.type, LargeBinary | PgUUID):
        return orjson.dumps(fixed).decode() if isinstance(column.type, JSONB) else fixed
    return _by_type(tx, column)


def _by_type(tx: Tx, column) -> object:
    kind = column.type
    if isinstance(kind, JSONB):
        return "[]" if column.name in {"keywords", "handles", "action_types", "scopes"} else "{}"
    if isinstance(kind, PgUUID):
        return tx.new_id()
    if isinstance(kind, LargeBinary):
        return SECRET + tx.new_id().bytes
    plain = {Boolean: False, DateTime: tx.now, Date: date(2026, 3, 1), Float: 0.5, Integer: 1}
    for base, value in plain.items():
        if isinstance(kind, base):
            return value
    return column.name
