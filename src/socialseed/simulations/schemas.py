"""What a simulation looks like coming in and going out."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from socialseed.core.names import plain_name

Seed = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=60),
    AfterValidator(plain_name),
]
Status = Literal["waiting", "running", "finished", "failed", "cancelled"]


class SimulationIn(BaseModel):
    """What to simulate. With `numbers` today's policy and the changed one run side by side."""

    model_config = ConfigDict(extra="forbid")
    accounts: Annotated[int, Field(ge=1, le=20)]
    days: Annotated[int, Field(ge=7, le=90)]
    seed: Seed = "1"
    enforcement: Literal["lenient", "normal", "strict"] = "normal"
    numbers: Annotated[dict[str, float | int], Field(max_length=50)] | None = None


class Asked(BaseModel):
    """A simulation that waits for its turn."""

    id: UUID
    status: Status


class Side(BaseModel):
    """What came of one policy: the summary of `socialseed simulate` with its series."""

    model_config = ConfigDict(extra="allow")
    accounts: int
    days: int
    seed: str
    accounts_restricted_share: float
    accounts_suspended_share: float
    time_green_share: float
    series: dict[str, object]


class SummaryOut(BaseModel):
    """Today's policy, and the changed one when there were numbers."""

    today: Side
    changed: Side | None


class SimulationOut(BaseModel):
    """One simulation; `progress` from 0 to 1, `summary` once it has finished."""

    id: UUID
    status: Status
    progress: float
    wanted: SimulationIn
    summary: SummaryOut | None
    failure: str | None
    requested_at: datetime
    finished_at: datetime | None
    requested_by_name: str


class SimulationsOut(BaseModel):
    """A page of simulations, newest first."""

    items: list[SimulationOut]
    next_cursor: str | None
