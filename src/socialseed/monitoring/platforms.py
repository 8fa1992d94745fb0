"""How the platforms answered this workspace's calls of the last 24 hours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from socialseed.core.clock import iso
from socialseed.runtime.tx import Tx

BUCKET = timedelta(minutes=30)
BUCKETS = 48
# A platform is judged from this many calls on; with fewer the light says nothing.
FEW_CALLS = 5
RED_RATE = 0.5
YELLOW_RATE = 0.1

_CALLS = text(
    "SELECT platform, CAST(floor(extract(epoch FROM started_at) / 1800) AS bigint) AS slot,"
    " count(*) FILTER (WHERE outcome = 'performed') AS ok,"
    " count(*) FILTER (WHERE outcome <> 'performed') AS failed,"
    " percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM ended_at - started_at))"
    "  AS seconds FROM attempts WHERE workspace_id = :workspace AND started_at >= :since"
    " AND ended_at IS NOT NULL GROUP BY 1, 2"
)


@dataclass(frozen=True, slots=True)
class Slot:
    """The calls of one half-hour. `number` counts half-hours since 1970."""

    number: int
    ok: int
    failed: int
    seconds: float


@dataclass(frozen=True, slots=True)
class PlatformState:
    """One platform's light with its reason, and the half-hours that it rests on, oldest first."""

    platform: str
    light: str
    sentence: str
    latency_ms: int | None
    error_rate: float
    buckets: Sequence[Mapping[str, str | int]]


async def read_slots(tx: Tx) -> Mapping[str, Sequence[Slot]]:
    """The half-hours in which this workspace called a platform, by platform."""
    parameters = {"workspace": tx.tenant, "since": _first_slot(tx.now)}
    found: dict[str, list[Slot]] = {}
    for row in await tx.session.execute(_CALLS, parameters):
        found.setdefault(row.platform, []).append(
            Slot(row.slot, row.ok, row.failed, float(row.seconds))
        )
    return found


def judge(platform: str, slots: Sequence[Slot], now: datetime) -> PlatformState:
    """The platform's state. Failed is every call without proof that it was performed."""
    by_number = {slot.number: slot for slot in slots}
    ok, failed = sum(s.ok for s in slots), sum(s.failed for s in slots)
    calls = ok + failed
    rate = failed / calls if calls else 0.0
    latest = max(slots, key=lambda s: s.number, default=None)
    first = int(_first_slot(now).timestamp()) // 1800
    numbers = range(first, first + BUCKETS)
    return PlatformState(
        platform,
        _light(calls, rate),
        _sentence(calls, failed, rate),
        round(latest.seconds * 1000) if latest else None,
        round(rate, 4),
        [_bucket(number, by_number.get(number)) for number in numbers],
    )


def _first_slot(now: datetime) -> datetime:
    present = now.timestamp() // 1800 * 1800
    return datetime.fromtimestamp(present, UTC) - BUCKET * (BUCKETS - 1)


def _bucket(number: int, slot: Slot | None) -> dict[str, str | int]:
    at = iso(datetime.fromtimestamp(number * 1800, UTC))
    return {"at": at, "ok": slot.ok if slot else 0, "failed": slot.failed if slot else 0}


def _light(calls: int, rate: float) -> str:
    if calls < FEW_CALLS or rate < YELLOW_RATE:
        return "green"
    return "red" if rate >= RED_RATE else "yellow"


def _sentence(calls: int, failed: int, rate: float) -> str:
    if calls == 0:
        return "No calls in the last 24 hours."
    if calls < FEW_CALLS:
        return f"{failed} of {calls} calls failed: too few to judge."
    if failed == 0:
        return f"All {calls} calls of the last 24 hours went through."
    return f"{failed} of {calls} calls failed in the last 24 hours ({rate:.0%})."
