"""HTTP of simulations: what would become of accounts under today's policy, or a changed one."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response

from socialseed.core.pagination import MAX_LIMIT
from socialseed.identity.access import allow
from socialseed.runtime.tx import Tx
from socialseed.simulations import queries, service
from socialseed.simulations.schemas import Asked, SimulationIn, SimulationOut, SimulationsOut

router = APIRouter(prefix="/simulations", tags=["simulations"])

Reader = Annotated[Tx, allow("simulations:read")]
Writer = Annotated[Tx, allow("workspace:write")]
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT)]
WAITING: Literal["waiting"] = "waiting"


@router.post("", status_code=202)
async def ask_for_simulation(tx: Writer, body: SimulationIn) -> Asked:
    """Queues a simulation in a world of its own; nothing of the workspace is touched."""
    return Asked(id=await service.ask(tx, body), status=WAITING)


@router.get("", response_model=SimulationsOut)
async def list_simulations(tx: Reader, limit: Limit = 50, cursor: str | None = None) -> Response:
    """The workspace's simulations, newest first."""
    return _json(await queries.list_json(tx, limit, cursor))


@router.get("/{simulation_id}", response_model=SimulationOut)
async def get_simulation(tx: Reader, simulation_id: UUID) -> Response:
    """One simulation: how far it is, and what came of it."""
    return _json(await queries.one_json(tx, simulation_id))


@router.delete("/{simulation_id}", status_code=204)
async def cancel_simulation(tx: Writer, simulation_id: UUID) -> None:
    """Cancels a simulation that waits or runs."""
    await service.cancel(tx, simulation_id)


def _json(body: bytes) -> Response:
    return Response(body, media_type="application/json")
