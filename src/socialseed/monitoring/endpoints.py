"""How the platforms and the product are doing, for the people of one workspace."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, JsonValue

from socialseed.identity.access import allow
from socialseed.monitoring import alerts, platforms
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx
from socialseed.web.context import runtime_of

router = APIRouter(tags=["monitoring"])


class Bucket(BaseModel):
    """One half-hour of calls."""

    at: datetime
    ok: int
    failed: int


class PlatformOut(BaseModel):
    """One platform's light, with 48 half-hours, oldest first."""

    platform: str
    light: Literal["green", "yellow", "red"]
    sentence: str
    latency_ms: int | None
    error_rate: float
    buckets: list[Bucket]


class AlertOut(BaseModel):
    """One thing to know and what to do about it."""

    level: alerts.Level
    code: str
    sentence: str
    next_step: str


class PlatformHealth(BaseModel):
    """`ai` is empty while no AI provider is set up."""

    platforms: list[PlatformOut]
    ai: list[JsonValue]


class Alerts(BaseModel):
    """The most urgent first."""

    items: list[AlertOut]


@router.get("/platform-health")
async def read_platform_health(
    request: Request, tx: Annotated[Tx, allow("monitoring:read")]
) -> PlatformHealth:
    """How each platform answered this workspace in the last 24 hours."""
    states = await _states(runtime_of(request), tx)
    shown = [PlatformOut.model_validate(state, from_attributes=True) for state in states]
    return PlatformHealth(platforms=shown, ai=[])


@router.get("/monitoring/alerts")
async def list_alerts(request: Request, tx: Annotated[Tx, allow("monitoring:read")]) -> Alerts:
    """What somebody should know now, at three levels."""
    states = await _states(runtime_of(request), tx)
    failing = [state.platform for state in states if state.light == "red"]
    found = alerts.alerts_of(await alerts.read_facts(tx, failing))
    return Alerts(items=[AlertOut.model_validate(one, from_attributes=True) for one in found])


async def _states(runtime: Runtime, tx: Tx) -> list[platforms.PlatformState]:
    slots = await platforms.read_slots(tx)
    names = sorted({*runtime.connectors.by_platform, *slots})
    return [platforms.judge(name, slots.get(name, ()), tx.now) for name in names]
