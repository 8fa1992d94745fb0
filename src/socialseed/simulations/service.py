"""Asking for a simulation, and taking the wish back. Nothing here touches what is simulated."""

from uuid import UUID

import orjson
from sqlalchemy import text

from socialseed.core.errors import AppError, FieldError, Kind, conflict, not_found
from socialseed.core.events import Event, Plain
from socialseed.policy.numbers import check
from socialseed.runtime.tx import Tx
from socialseed.simulations import queries
from socialseed.simulations.schemas import SimulationIn

RUN = "simulations.run"
MOST_WAITING = 3  # of one workspace
ASK_AGAIN_SECONDS = 60.0

_LOCK = text("SELECT id FROM workspaces WHERE id = :workspace FOR UPDATE")
_WAITING = text(
    "SELECT count(*) FROM simulations WHERE workspace_id = :workspace AND status = 'waiting'"
)
_ADD = text(
    "INSERT INTO simulations (id, workspace_id, status, wanted, requested_by, requested_by_name,"
    " requested_at) VALUES (:id, :workspace, 'waiting', CAST(:wanted AS jsonb), :by, :name, :now)"
)
_CANCEL = text(
    "UPDATE simulations SET status = 'cancelled', finished_at = :now WHERE id = :id"
    " AND status IN ('waiting', 'running') RETURNING id"
)
_EXISTS = text("SELECT 1 FROM simulations WHERE id = :id")


async def ask(tx: Tx, wanted: SimulationIn) -> UUID:
    """The id of a simulation that waits for its turn.

    Raises INVALID for numbers outside their bounds, LIMITED when three wait already.
    """
    await _check_numbers(tx, wanted)
    await tx.session.execute(_LOCK, {"workspace": tx.tenant})
    waiting = int(await tx.session.scalar(_WAITING, {"workspace": tx.tenant}) or 0)
    if waiting >= MOST_WAITING:
        raise AppError(
            Kind.LIMITED,
            "too_many_simulations",
            f"{MOST_WAITING} simulations wait already. Cancel one, or ask again when one is done.",
            retry_after=ASK_AGAIN_SECONDS,
        )
    simulation_id = tx.new_id()
    await tx.session.execute(
        _ADD,
        {
            "id": simulation_id,
            "workspace": tx.tenant,
            "wanted": orjson.dumps(wanted.model_dump()).decode(),
            "by": tx.actor.id,
            "name": tx.actor.name,
            "now": tx.now,
        },
    )
    _tell(tx, simulation_id, "requested", "asked for")
    await tx.defer(RUN, dedupe_key=f"{RUN}:{simulation_id}")
    return simulation_id


async def cancel(tx: Tx, simulation_id: UUID) -> None:
    """The simulation is cancelled; its run ends within seconds.

    Raises not_found, or CONFLICT `simulation_over` for one that has ended.
    """
    done = await tx.session.scalar(_CANCEL, {"id": simulation_id, "now": tx.now})
    if done is not None:
        _tell(tx, simulation_id, "cancelled", "cancelled")
    elif await tx.session.scalar(_EXISTS, {"id": simulation_id}) is None:
        raise not_found("simulation")
    else:
        raise conflict("simulation_over", "The simulation has ended; there is nothing to cancel.")


async def _check_numbers(tx: Tx, wanted: SimulationIn) -> None:
    if wanted.numbers is None:
        return
    wrong = check({**await queries.numbers_today(tx), **wanted.numbers})
    if wrong:
        errors = [FieldError(f"/numbers/{one.key}", "bad_number", one.detail) for one in wrong]
        raise AppError(Kind.INVALID, "bad_number", errors[0].detail, errors=errors)


def _tell(tx: Tx, simulation_id: UUID, kind: str, verb: str) -> None:
    data: dict[str, Plain] = {"simulation_id": str(simulation_id)}
    tx.emit(Event(f"simulation.{kind}", f"{tx.actor.name} {verb} a simulation.", data=data))
