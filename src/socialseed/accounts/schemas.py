"""What accounts and platforms take and give over HTTP."""

import re
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from socialseed.connectors.registry import WORD
from socialseed.policy.pacing.tables import SetBy
from socialseed.policy.suspicion import State

_HANDLE = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._]{0,28}[A-Za-z0-9_])?")


def _handle(value: str) -> str:
    handle = value.strip().removeprefix("@")
    if not _HANDLE.fullmatch(handle):
        raise ValueError("Write the handle as the platform shows it: letters, digits, _ and dots.")
    return handle


def _timezone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("Use an IANA name like Europe/Berlin.") from None
    return value


def _printable(value: str) -> str:
    if not value.isprintable():
        raise ValueError("Leave out control characters.")
    return value


# Which words there are, the runtime's connectors say: see `Connectors.get`.
Platform = Annotated[str, StringConstraints(pattern=WORD)]
Handle = Annotated[str, StringConstraints(max_length=64), AfterValidator(_handle)]
Timezone = Annotated[str, StringConstraints(max_length=64), AfterValidator(_timezone)]
Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=120),
    AfterValidator(_printable),
]
DailyLimit = Annotated[int, Field(ge=1, le=1000)]
Tier = Annotated[str, StringConstraints(max_length=40)]
# Local hours. An end that is not after the start lies on the next day.
WakingStart = Annotated[int, Field(ge=0, le=23)]
WakingEnd = Annotated[int, Field(ge=1, le=24)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AccountIn(_Body):
    """A new account. `established`: its owner confirms that it is not new on its platform."""

    platform: Platform
    username: Handle
    timezone: Timezone
    daily_action_limit: DailyLimit = 200
    waking_start: WakingStart = 8
    waking_end: WakingEnd = 22
    established: bool = False
    display_name: Line | None = None
    tier: Tier | None = None
    egress_id: UUID | None = None


class AccountChange(_Body):
    """Only what is given changes. `egress_id` null: the account leaves without a proxy."""

    timezone: Timezone | None = None
    daily_action_limit: DailyLimit | None = None
    waking_start: WakingStart | None = None
    waking_end: WakingEnd | None = None
    is_active: bool | None = None
    display_name: Line | None = None
    established: bool | None = None
    tier: Tier | None = None
    egress_id: UUID | None = None


class ConnectIn(_Body):
    account_id: UUID


class ConnectOut(BaseModel):
    authorize_url: str


class TestIn(_Body):
    __test__ = False
    account_id: UUID | None = None


class TodayOut(BaseModel):
    used: int
    limit: int
    binds: bool


class AccountEgressOut(BaseModel):
    id: UUID
    name: str
    state: Literal["unknown", "ok", "failing"]


class AccountOut(BaseModel):
    id: UUID
    platform: Platform
    username: str
    display_name: str
    timezone: str
    phase: str
    phase_reason: list[str]
    programme_day: int
    health_score: int | None
    light: str
    light_reasons: list[str]
    is_active: bool
    daily_action_limit: int
    waking_start: int
    waking_end: int
    connected: bool
    works_until: datetime | None
    tier: str
    created_at: datetime
    today: TodayOut
    next_due_at: datetime | None
    followers: int | None
    followers_series: list[int]
    followers_change: float | None
    needs: Literal["connect", "reconnect", "paused", "stopped"] | None
    egress: AccountEgressOut | None


class AccountPage(BaseModel):
    items: list[AccountOut]
    next_cursor: str | None


class OpensNextOut(BaseModel):
    phase: str
    on: date
    missing: list[str]


class GateOut(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    code: str
    label: str
    met: bool
    found: str = Field(alias="is")
    needs: str


class PhaseDetailOut(BaseModel):
    """Why this phase, when the next begins at the earliest, and each gate before it."""

    phase: str
    programme_day: int
    started_on: date
    opens_next: OpensNextOut | None
    established: bool
    why: list[str]
    gates: list[GateOut]


class LimitOut(BaseModel):
    kind: str
    window: Literal["hour", "day"]
    limit: int
    used: int
    binds: bool
    source: str
    set_by: SetBy
    local_on: date


class AccountDetailOut(AccountOut):
    phase_detail: PhaseDetailOut
    limits: list[LimitOut]


class HealthPartOut(BaseModel):
    code: str
    label: str
    value: int | None
    weight: int
    sentence: str


class HealthDayOut(BaseModel):
    on: date
    score: int


class VerificationOut(BaseModel):
    """What official reads said of one kind since a person last looked."""

    action_type: str
    checked: int
    contradicted: int
    state: State
    sentence: str


class HealthOut(BaseModel):
    account_id: UUID
    score: int | None
    light: str
    as_of: datetime | None
    parts: list[HealthPartOut]
    history: list[HealthDayOut]
    verification: list[VerificationOut]


class PhaseLimitOut(BaseModel):
    kind: str
    window: Literal["hour", "day"]
    phase: str
    limit: int
    source: str


class PlatformLimitsOut(BaseModel):
    platform: Platform
    limits: list[PhaseLimitOut]
