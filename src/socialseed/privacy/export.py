"""A copy of everything that belongs to a workspace: asked for, made by a job, fetched, forgotten.

Every table that carries `workspace_id` is in it, so a new one is never left out. Nothing that opens
anything is: no column of bytes (keys, tokens, digests), no password, no authorization under way.
"""

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from socialseed.core import log
from socialseed.core.clock import iso
from socialseed.core.errors import AppError, Kind, conflict, not_found
from socialseed.core.events import Event
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx

JOB = "privacy.export"
KEPT_FOR = timedelta(days=7)
_READ_TIMEOUT_MS = 60_000
_ROWS_AT_ONCE = 200
_LEFT_OUT = frozenset({"oauth_states"})
_OWN_ONLY = frozenset({"sessions", "exports"})  # other members' are not the caller's data
_README = (
    "One JSON file for each kind of record, each an array of rows.\n"
    "manifest.json says how many rows each file has and when they were read.\n"
    "Passwords, tokens and keys are never exported.\n"
)

_logger = log.get("privacy.export")

_TABLES = text(
    "SELECT c.relname AS name,"
    " coalesce(array_agg(a.attname::text) FILTER (WHERE a.atttypid = 'bytea'::regtype), '{}')"
    "   AS bytes"
    " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0"
    "   AND NOT a.attisdropped"
    " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"
    " GROUP BY c.relname HAVING bool_or(a.attname = 'workspace_id') ORDER BY c.relname"
)
_SHOWN = "id, status, created_at, ready_at, expires_at"


@dataclass(frozen=True, slots=True)
class _Part:
    file: str
    statement: str
    values: Mapping[str, object]


async def ask(tx: Tx) -> dict[str, object]:
    """An export of the caller is queued: a new one, or the one that is queued already."""
    waiting = await tx.session.execute(
        text(f"SELECT {_SHOWN} FROM exports WHERE user_id = :user AND status = 'queued' LIMIT 1"),
        {"user": tx.actor.id},
    )
    found = waiting.mappings().one_or_none()
    if found is not None:
        return dict(found)
    export_id = tx.new_id()
    await tx.session.execute(
        text(
            "INSERT INTO exports (id, workspace_id, user_id, status, created_at)"
            " VALUES (:id, :workspace, :user, 'queued', :now)"
        ),
        {"id": export_id, "workspace": tx.tenant, "user": tx.actor.id, "now": tx.now},
    )
    payload = {"workspace_id": str(tx.tenant), "export_id": str(export_id)}
    await tx.defer(JOB, payload, dedupe_key=f"{JOB}:{export_id}")
    return {"id": export_id, "status": "queued", "created_at": tx.now}


async def get(tx: Tx, export_id: UUID) -> dict[str, object]:
    """The caller's export without its bytes. Raises NOT_FOUND."""
    rows = await tx.session.execute(
        text(f"SELECT {_SHOWN} FROM exports WHERE id = :id AND user_id = :user"),
        {"id": export_id, "user": tx.actor.id},
    )
    found = rows.mappings().one_or_none()
    if found is None:
        raise not_found("export")
    export = dict(found)
    if export["status"] == "ready":
        export["download_url"] = f"/api/v1/privacy/export/{export_id}?download=1"
    return export


async def download(tx: Tx, export_id: UUID) -> bytes:
    """The zip file. Raises NOT_FOUND, CONFLICT `not_ready`, GONE after seven days."""
    export = await get(tx, export_id)
    if export["status"] != "ready":
        raise conflict("not_ready", "The export is not ready. Ask again in a moment.")
    row = (
        await tx.session.execute(
            text("SELECT body, expires_at FROM exports WHERE id = :id"), {"id": export_id}
        )
    ).one()
    if row.body is None or row.expires_at <= tx.now:
        raise AppError(Kind.GONE, "expired", "Exports are kept for seven days. Ask for a new one.")
    tx.emit(
        Event(
            "export.downloaded",
            f"{tx.actor.name} downloaded an export of the workspace's data.",
            data={"export_id": str(export_id)},
        )
    )
    return bytes(row.body)


async def make(runtime: Runtime, workspace_id: UUID, export_id: UUID) -> None:
    """The export is ready, or failed. Safe to repeat; nothing happens when it was deleted."""
    try:
        body = await _collected(runtime, workspace_id, export_id)
    except DBAPIError as error:
        _logger.error("An export could not be made.", export=str(export_id), error=str(error.orig))
        await _settle(runtime, workspace_id, export_id, None)
        return
    if body is not None:
        await _settle(runtime, workspace_id, export_id, body)


async def _settle(
    runtime: Runtime, workspace_id: UUID, export_id: UUID, body: bytes | None
) -> None:
    async with runtime.begin(workspace_id, timeout_ms=_READ_TIMEOUT_MS) as tx:
        done = await tx.session.scalar(
            text(
                "UPDATE exports SET status = :status, body = :body, ready_at = :now,"
                " expires_at = :expires WHERE id = :id AND status = 'queued' RETURNING 1"
            ),
            {
                "status": "failed" if body is None else "ready",
                "body": body,
                "now": tx.now,
                "expires": tx.now + KEPT_FOR,
                "id": export_id,
            },
        )
        if done is not None and body is not None:
            tx.emit(
                Event(
                    "export.ready",
                    "An export of the workspace's data is ready.",
                    data={"export_id": str(export_id)},
                )
            )


async def _collected(runtime: Runtime, workspace_id: UUID, export_id: UUID) -> bytes | None:
    async with runtime.begin(workspace_id, timeout_ms=_READ_TIMEOUT_MS) as tx:
        user_id = await tx.session.scalar(
            text("SELECT user_id FROM exports WHERE id = :id AND status = 'queued'"),
            {"id": export_id},
        )
        if user_id is None:
            return None
        return await _zipped(tx, await _parts(tx, user_id))


async def _parts(tx: Tx, user_id: UUID) -> Sequence[_Part]:
    mine: dict[str, object] = {"workspace": tx.tenant, "user": user_id}
    parts = [
        _Part(
            "users",
            "SELECT (to_jsonb(t) - 'password_hash')::text FROM users t WHERE t.id = :user",
            {"user": user_id},
        ),
        _Part(
            "workspaces",
            "SELECT (to_jsonb(t) - 'wrapped_key')::text FROM workspaces t WHERE t.id = :workspace",
            {"workspace": tx.tenant},
        ),
    ]
    for table in await tx.session.execute(_TABLES):
        if table.name in _LEFT_OUT:
            continue
        own = " AND t.user_id = :user" if table.name in _OWN_ONLY else ""
        values = mine if own else {"workspace": tx.tenant}
        statement = (
            f'SELECT (to_jsonb(t) - CAST(:bytes AS text[]))::text FROM "{table.name}" t'
            f" WHERE t.workspace_id = :workspace{own}"
        )
        parts.append(_Part(table.name, statement, {**values, "bytes": list(table.bytes)}))
    return parts


async def _zipped(tx: Tx, parts: Sequence[_Part]) -> bytes:
    buffer = io.BytesIO()
    counts: dict[str, int] = {}
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in parts:
            counts[part.file] = await _write(tx, archive, part)
        manifest = {"read_at": iso(tx.now), "workspace_id": str(tx.tenant), "rows": counts}
        archive.writestr("manifest.json", orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
        archive.writestr("README.txt", _README)
    return buffer.getvalue()


async def _write(tx: Tx, archive: zipfile.ZipFile, part: _Part) -> int:
    # Row by row from a cursor: the whole export is in memory only once, compressed.
    count = 0
    result = await tx.session.stream(text(part.statement), dict(part.values))
    with archive.open(f"{part.file}.json", "w") as file:
        async for rows in result.scalars().partitions(_ROWS_AT_ONCE):
            file.write(
                b"".join(
                    (b"[\n" if not (count + i) else b",\n") + row.encode()
                    for i, row in enumerate(rows)
                )
            )
            count += len(rows)
        file.write(b"\n]\n" if count else b"[]\n")
    return count
