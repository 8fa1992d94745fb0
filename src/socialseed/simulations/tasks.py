"""Runs what was asked for, one at a time in the whole installation, the longest waiting first.

A run says every few seconds that it lives; one that was silent for two minutes has failed.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text

from socialseed.core.events import Event, Plain
from socialseed.jobs.port import Job, Payload
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx
from socialseed.simulations import queries
from socialseed.simulations.child import Child, Line
from socialseed.simulations.service import RUN

ROUND = timedelta(seconds=30)
SILENT = timedelta(minutes=2)
LONGEST_SECONDS = 3600.0
BEAT_SECONDS = 2.0
LOST = "The simulation ended without a word. Ask for it again."
TOO_LONG = "The simulation took longer than an hour. Ask for fewer accounts or days."

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(7305100002)")
_TAKE = text(
    "UPDATE simulations SET status = 'running', started_at = :now, seen_at = :now"
    " WHERE id = (SELECT id FROM simulations WHERE status = 'waiting'"
    "   ORDER BY requested_at, id LIMIT 1)"
    " AND NOT EXISTS (SELECT 1 FROM simulations WHERE status = 'running')"
    " RETURNING id, workspace_id, wanted"
)
_BEAT = text(
    "UPDATE simulations SET seen_at = :now, progress = GREATEST(progress, :progress)"
    " WHERE id = :id AND status = 'running' RETURNING id"
)
_END = text(
    "UPDATE simulations SET status = :status, progress = CASE WHEN :status = 'finished' THEN 1"
    " ELSE progress END, summary = CAST(:summary AS jsonb), failure = :failure,"
    " finished_at = :now WHERE id = :id AND status = 'running' RETURNING id"
)
_SILENT = text(
    "SELECT id, workspace_id FROM simulations WHERE status = 'running' AND seen_at < :before"
    " ORDER BY id"
)
_WAITS = text("SELECT id FROM simulations WHERE status = 'waiting' ORDER BY requested_at LIMIT 1")


@dataclass(frozen=True, slots=True)
class Taken:
    """A simulation that this process runs."""

    id: UUID
    workspace: UUID
    task: Mapping[str, Plain]


async def run(runtime: Runtime, payload: Payload) -> None:
    """Everything that waits has run, unless another process runs something."""
    while (taken := await _take(runtime)) is not None:
        await _run(runtime, taken)


async def look_after(runtime: Runtime, payload: Payload) -> None:
    """Runs that are silent have failed; what waits is asked for again."""
    async with runtime.begin(None) as tx:
        silent = (await tx.session.execute(_SILENT, {"before": tx.now - SILENT})).all()
        waits = await tx.session.scalar(_WAITS)
        if waits is not None:
            await tx.defer(RUN, dedupe_key=f"{RUN}:{waits}")
    for row in silent:
        await _end(runtime, Taken(row.id, row.workspace_id, {}), None, LOST)


async def _take(runtime: Runtime) -> Taken | None:
    async with runtime.begin(None) as tx:
        await tx.session.execute(_ONE_AT_A_TIME)
        row = (await tx.session.execute(_TAKE, {"now": tx.now})).one_or_none()
    if row is None:
        return None
    async with runtime.begin(row.workspace_id) as tx:
        today = dict(await queries.numbers_today(tx))
    return Taken(row.id, row.workspace_id, _task(row.wanted, today))


def _task(wanted: Mapping[str, Any], today: Mapping[str, Plain]) -> dict[str, Plain]:
    numbers = wanted.get("numbers")
    now: dict[str, Plain] = {**today}
    changed: Plain = {**now, **numbers} if numbers is not None else None
    kept = {name: wanted[name] for name in ("accounts", "days", "seed", "enforcement")}
    return {**kept, "today": now, "changed": changed}


async def _run(runtime: Runtime, taken: Taken) -> None:
    child = await Child.start(taken.task)
    last: Line = {}
    failure: str | None = LOST
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            async for line in child.lines(BEAT_SECONDS):
                last = line or last
                if not await _beat(runtime, taken, last):
                    return
            failure = _text(last.get("failure")) or (None if "summary" in last else LOST)
    except TimeoutError:
        failure = TOO_LONG
    finally:
        # A cancelled worker leaves the row running, and `look_after` finds it silent.
        await child.end()
    await _end(runtime, taken, last.get("summary") if failure is None else None, failure)


def _text(value: Plain) -> str | None:
    return value if isinstance(value, str) else None


async def _beat(runtime: Runtime, taken: Taken, last: Line) -> bool:
    """False when it was cancelled meanwhile."""
    progress = last.get("progress")
    done = float(progress) if isinstance(progress, int | float) else 0.0
    async with runtime.begin(taken.workspace) as tx:
        values = {"id": taken.id, "now": tx.now, "progress": min(max(done, 0.0), 1.0)}
        return await tx.session.scalar(_BEAT, values) is not None


async def _end(runtime: Runtime, taken: Taken, summary: Plain, failure: str | None) -> None:
    async with runtime.begin(taken.workspace) as tx:
        status = "finished" if failure is None else "failed"
        values = {
            "id": taken.id,
            "status": status,
            "summary": orjson.dumps(summary).decode() if summary is not None else None,
            "failure": failure,
            "now": tx.now,
        }
        if await tx.session.scalar(_END, values) is not None:
            _tell(tx, taken.id, status, failure)


def _tell(tx: Tx, simulation_id: UUID, status: str, failure: str | None) -> None:
    told = "A simulation has finished." if failure is None else f"A simulation failed: {failure}"
    tx.emit(Event(f"simulation.{status}", told, data={"simulation_id": str(simulation_id)}))


JOBS: tuple[Job, ...] = (
    Job(RUN, run),
    Job("simulations.look_after", look_after, every=ROUND),
)
