"""The probes at the root, for load balancers and Prometheus. They say nothing of any workspace."""

from typing import Annotated, cast

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel
from sqlalchemy import text
from starlette.responses import JSONResponse

from socialseed.core.errors import AppError
from socialseed.monitoring import heartbeat
from socialseed.monitoring.metrics import Metrics, read_facts
from socialseed.runtime.runtime import Runtime
from socialseed.web.context import hub_of, runtime_of
from socialseed.web.database_errors import FAILURES, classify

router = APIRouter(tags=["probes"])


class Check(BaseModel):
    """One thing that was looked at. `required`: without it the process is not ready."""

    name: str
    ok: bool
    required: bool
    detail: str


class Readiness(BaseModel):
    """`ready` is true when every required check is."""

    ready: bool
    checks: list[Check]


@router.get("/health")
async def is_alive() -> dict[str, str]:
    """The process answers. Touches nothing else."""
    return {"status": "ok"}


@router.get("/health/ready", responses={503: {"model": Readiness}})
async def is_ready(request: Request) -> Response:
    """200 when the database is reachable and has the schema; the worker is only reported."""
    readiness = await _look(runtime_of(request), request.app.state.schema_revision)
    return JSONResponse(
        readiness.model_dump(),
        status_code=200 if readiness.ready else 503,
        headers={} if readiness.ready else {"Retry-After": "2"},
    )


def _metrics_of(request: Request) -> Metrics:
    return cast(Metrics, request.app.state.metrics)


@router.get("/metrics", response_class=Response)
async def read_metrics(
    request: Request, metrics: Annotated[Metrics, Depends(_metrics_of)]
) -> Response:
    """Prometheus text. Still answered while the database is away."""
    runtime = runtime_of(request)
    if metrics.stale:
        try:
            metrics.put(await read_facts(runtime))
        except FAILURES:
            metrics.put(None)
    body = metrics.render(runtime, hub_of(request).size)
    return Response(body, media_type="text/plain; version=0.0.4; charset=utf-8")


async def _look(runtime: Runtime, newest: str | None) -> Readiness:
    try:
        async with runtime.begin(None) as tx:
            found = await tx.session.scalar(text("SELECT version_num FROM alembic_version"))
            age = await heartbeat.age(tx)
    except FAILURES as error:
        return Readiness(ready=False, checks=[_database_down(classify(error))])
    checks = [
        Check(name="database", ok=True, required=True, detail="Reachable."),
        Check(
            name="schema",
            ok=newest is None or found == newest,
            required=True,
            detail=f"At {found}; newest is {newest}.",
        ),
        _worker(age),
    ]
    return Readiness(ready=all(c.ok for c in checks if c.required), checks=checks)


def _database_down(refusal: AppError | None) -> Check:
    code = refusal.code if refusal is not None else "database_failed"
    return Check(name="database", ok=False, required=True, detail=f"Not usable: {code}.")


def _worker(age: float | None) -> Check:
    if age is None:
        return Check(name="worker", ok=False, required=False, detail="Never seen.")
    ok = age <= heartbeat.LATE_SECONDS
    return Check(name="worker", ok=ok, required=False, detail=f"Last seen {age:.0f} s ago.")
