"""What Prometheus reads. Counts in memory; asks the database at most every five seconds."""

import time
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from sqlalchemy import text
from sqlalchemy.pool import QueuePool

from socialseed.monitoring import heartbeat
from socialseed.runtime.runtime import Runtime

FRESH_SECONDS = 5.0
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
OPEN_STATUSES = (
    "proposed",
    "awaiting_approval",
    "approved",
    "scheduled",
    "executing",
    "awaiting_human",
    "outcome_unknown",
)
# Answered by the partial index of open actions: its size is that of the open ones, not of history.
_BY_STATUS = text(
    "SELECT status, count(*) FROM actions WHERE status IN ('proposed','awaiting_approval',"
    "'approved','scheduled','executing','awaiting_human','outcome_unknown') GROUP BY status"
)
_LAG = text(
    "SELECT CAST(:now AS timestamptz) - min(next_due) FROM lanes"
    " WHERE next_due IS NOT NULL AND next_due <= :now"
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What only the database knows."""

    by_status: dict[str, int]
    due_lag_seconds: float
    worker_age_seconds: float | None


class Metrics:
    """The metrics of one process. Labels are route templates, never addresses or ids."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "socialseed_http_requests",
            "Requests answered.",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "socialseed_http_request_seconds",
            "Time until a request was done; of a live stream, how long it was open.",
            ("route",),
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._actions = self._gauge("actions", "Actions that are not settled.", "status")
        self._lag = self._gauge("due_lag_seconds", "How late the latest due lane is.")
        self._unknown = self._gauge("outcome_unknown", "Actions whose outcome nobody knows.")
        self._worker = self._gauge("worker_heartbeat_age_seconds", "NaN: no worker was ever seen.")
        self._pool = self._gauge("pool_in_use", "Database connections in use.")
        self._pool_size = self._gauge("pool_size", "Database connections at most.")
        self._streams = self._gauge("live_streams", "Open live streams.")
        self._database = self._gauge("database_up", "1 when the last look at the database worked.")
        self._read_at: float | None = None

    def _gauge(self, name: str, says: str, *labels: str) -> Gauge:
        return Gauge(f"socialseed_{name}", says, labels, registry=self._registry)

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """One request is done."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    @property
    def stale(self) -> bool:
        """Whether the database's figures are older than five seconds."""
        return self._read_at is None or time.monotonic() - self._read_at > FRESH_SECONDS

    def put(self, facts: Facts | None) -> None:
        """The database's figures, or None when it could not be asked."""
        self._database.set(0 if facts is None else 1)
        if facts is None:
            return
        self._read_at = time.monotonic()
        for status in OPEN_STATUSES:
            self._actions.labels(status).set(facts.by_status.get(status, 0))
        self._unknown.set(facts.by_status.get("outcome_unknown", 0))
        self._lag.set(facts.due_lag_seconds)
        age = facts.worker_age_seconds
        self._worker.set(float("nan") if age is None else age)

    def render(self, runtime: Runtime, streams: int) -> bytes:
        """The text that Prometheus reads."""
        pool = runtime.engine.pool
        if isinstance(pool, QueuePool):
            self._pool.set(pool.checkedout())
            self._pool_size.set(pool.size())
        self._streams.set(streams)
        return generate_latest(self._registry)


async def read_facts(runtime: Runtime) -> Facts:
    """One look at the database, over all workspaces."""
    async with runtime.begin(None) as tx:
        statuses = {row[0]: row[1] for row in await tx.session.execute(_BY_STATUS)}
        lag = await tx.session.scalar(_LAG, {"now": tx.now})
        age = await heartbeat.age(tx)
    return Facts(statuses, lag.total_seconds() if lag is not None else 0.0, age)
