"""What monitoring tells over HTTP."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, JsonValue, StringConstraints

from socialseed.monitoring import alerts


class Bucket(BaseModel):
    """One half-hour of calls."""

    at: datetime
    ok: int
    failed: int


class QuotaOut(BaseModel):
    """The running window of a platform with the smallest share of its calls left."""

    username: str
    endpoint: str
    limit: int
    remaining: int
    resets_at: datetime


class PlatformOut(BaseModel):
    """One platform's light, with 48 half-hours, oldest first. `quota` None: nothing was told."""

    platform: str
    light: Literal["green", "yellow", "red"]
    sentence: str
    latency_ms: int | None
    error_rate: float
    buckets: list[Bucket]
    quota: QuotaOut | None = None


class BreakerOut(BaseModel):
    """A kind of action that an account pauses after failures in a row; others go on."""

    account_id: UUID
    platform: str
    username: str
    action_type: str
    state: Literal["open", "half_open"]
    failures: int
    level: int
    until: datetime
    sentence: str


class AlertOut(BaseModel):
    """One thing to know and what to do about it."""

    level: alerts.Level
    code: str
    sentence: str
    next_step: str


class PlatformHealth(BaseModel):
    """`ai` is empty while no AI provider is set up. `breakers` are those that are not closed."""

    platforms: list[PlatformOut]
    breakers: list[BreakerOut]
    ai: list[JsonValue]


class Alerts(BaseModel):
    """The most urgent first."""

    items: list[AlertOut]


class IncidentAccount(BaseModel):
    """Whose incident it is."""

    id: UUID
    platform: str
    username: str


class IncidentOut(BaseModel):
    """What stands between an account and its normal work. `closed_at` None: it still does."""

    id: UUID
    account: IncidentAccount
    kind: Literal["breaker", "warning", "reconnect", "egress", "silent_failure"]
    action_type: str | None
    opened_at: datetime
    closed_at: datetime | None
    sentence: str
    way_back: list[str]
    detail: dict[str, JsonValue]


class CloseIn(BaseModel):
    """What a person found when he looked."""

    model_config = ConfigDict(extra="forbid")
    note: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


class IncidentPage(BaseModel):
    """The newest first."""

    items: list[IncidentOut]
    next_cursor: str | None


class BundleEvent(BaseModel):
    """One entry of the log."""

    seq: int
    at: datetime
    type: str
    actor_name: str
    action_id: UUID | None
    sentence: str


class BundleAttempt(BaseModel):
    """One call outward and what came of it."""

    id: UUID
    action_id: UUID
    action_type: str
    target_account: str | None
    n: int
    started_at: datetime
    ended_at: datetime | None
    outcome: str | None
    evidence: dict[str, JsonValue]


class BundleHealth(BaseModel):
    """One measured day."""

    measured_on: date
    score: int
    light: str
    parts: list[JsonValue]


class BundleQuota(BaseModel):
    """One window of one endpoint as last told."""

    endpoint: str
    scope: str
    limit: int | None
    remaining: int | None
    resets_at: datetime | None
    told_at: datetime


class IncidentBundle(IncidentOut):
    """An incident with all that was recorded since 72 hours before it."""

    events: list[BundleEvent]
    attempts: list[BundleAttempt]
    health: list[BundleHealth]
    quotas: list[BundleQuota]
