"""How the platforms and the product are doing, for the people of one workspace."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from socialseed.accounts import quotas
from socialseed.accounts.incidents import close_by_person
from socialseed.actions import breakers
from socialseed.core.pagination import MAX_LIMIT
from socialseed.identity.access import allow
from socialseed.monitoring import alerts, incidents, platforms
from socialseed.monitoring.schemas import (
    AlertOut,
    Alerts,
    BreakerOut,
    CloseIn,
    IncidentBundle,
    IncidentPage,
    PlatformHealth,
    PlatformOut,
    QuotaOut,
)
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx
from socialseed.web.context import runtime_of

router = APIRouter(tags=["monitoring"])
Reader = Annotated[Tx, allow("monitoring:read")]


@router.get("/platform-health")
async def read_platform_health(request: Request, tx: Reader) -> PlatformHealth:
    """How each platform answered this workspace in the last 24 hours, and what pauses."""
    states = await _states(runtime_of(request), tx)
    left = {one.platform: one for one in await quotas.lowest(tx)}
    shown = [_platform(state, left.get(state.platform)) for state in states]
    paused = [_breaker(one) for one in await breakers.list_tripped(tx)]
    return PlatformHealth(platforms=shown, breakers=paused, ai=[])


@router.get("/monitoring/alerts")
async def list_alerts(request: Request, tx: Reader) -> Alerts:
    """What somebody should know now, at three levels."""
    states = await _states(runtime_of(request), tx)
    failing = [state.platform for state in states if state.light == "red"]
    found = alerts.alerts_of(await alerts.read_facts(tx, failing))
    return Alerts(items=[AlertOut.model_validate(one, from_attributes=True) for one in found])


@router.get("/incidents", response_model=IncidentPage)
async def list_incidents(
    tx: Reader,
    account_id: UUID | None = None,
    open_only: bool = False,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 50,
    cursor: str | None = None,
) -> dict[str, object]:
    """What stood between an account and its normal work, the newest first."""
    return await incidents.page(tx, account_id, limit, cursor, open_only=open_only)


@router.get("/incidents/{incident_id}", response_model=IncidentBundle)
async def get_incident(tx: Reader, incident_id: UUID) -> dict[str, object]:
    """One incident with the 72 hours before it and the way back."""
    return await incidents.bundle(tx, incident_id)


@router.post("/incidents/{incident_id}/close", response_model=IncidentBundle)
async def close_incident(
    tx: Annotated[Tx, allow("actions:approve")], incident_id: UUID, body: CloseIn
) -> dict[str, object]:
    """A person looked, so the account goes on; only for what does not end by itself."""
    await close_by_person(tx, incident_id, body.note)
    return await incidents.bundle(tx, incident_id)


async def _states(runtime: Runtime, tx: Tx) -> list[platforms.PlatformState]:
    slots = await platforms.read_slots(tx)
    names = sorted({*runtime.connectors.by_platform, *slots})
    return [platforms.judge(name, slots.get(name, ()), tx.now) for name in names]


def _platform(state: platforms.PlatformState, left: quotas.Lowest | None) -> PlatformOut:
    shown = PlatformOut.model_validate(state, from_attributes=True)
    if left is not None:
        shown.quota = QuotaOut.model_validate(left, from_attributes=True)
    return shown


def _breaker(one: breakers.Tripped) -> BreakerOut:
    return BreakerOut.model_validate(
        {
            "account_id": one.account_id,
            "platform": one.platform,
            "username": one.username,
            "action_type": one.action_type,
            "state": one.breaker.state,
            "failures": one.breaker.failures,
            "level": one.breaker.level,
            "until": one.breaker.until,
            "sentence": breakers.sentence_of(one.breaker, one.action_type),
        }
    )
