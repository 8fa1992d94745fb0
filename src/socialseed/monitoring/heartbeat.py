"""Signs of life: a process says that it is alive, and readers see how long ago."""

from collections.abc import Mapping

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from socialseed.core.events import Plain
from socialseed.monitoring.models import Heartbeat
from socialseed.runtime.tx import Tx

WORKER = "worker"
LATE_SECONDS = 60.0  # a worker says so every ten seconds: six missed in a row

_AGE = text("SELECT CAST(:now AS timestamptz) - max(at) FROM heartbeats WHERE process LIKE :like")


async def beat(tx: Tx, process: str, detail: Mapping[str, Plain]) -> None:
    """`process` was alive at `tx.now`. Names begin with the kind: `worker`, `worker-2`."""
    row = {"process": process, "at": tx.now, "detail": dict(detail)}
    statement = insert(Heartbeat).values(row)
    await tx.session.execute(
        statement.on_conflict_do_update(
            index_elements=[Heartbeat.process],
            set_={"at": statement.excluded.at, "detail": statement.excluded.detail},
        )
    )


async def age(tx: Tx, kind: str = WORKER) -> float | None:
    """Seconds since any process of this kind was last heard of; None when never."""
    found = await tx.session.scalar(_AGE, {"now": tx.now, "like": f"{kind}%"})
    return None if found is None else float(found.total_seconds())
