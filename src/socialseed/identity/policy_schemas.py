"""What the workspace's policy takes and gives over HTTP."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from socialseed.core.names import plain_name
from socialseed.identity.schemas import PageOut

Key = Annotated[str, StringConstraints(max_length=60)]
Value = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500),
    AfterValidator(plain_name),
]


class PolicyIn(BaseModel):
    """The numbers to move; those that are not named stay. `version`: the one that was read."""

    model_config = ConfigDict(extra="forbid")

    numbers: Annotated[dict[Key, Value], Field(min_length=1, max_length=40)]
    version: Annotated[int, Field(ge=0, le=2**31 - 2)]
    reason: Reason


class PolicyNumberOut(BaseModel):
    """One number, the hard bounds around it, and which end is the careful one."""

    key: str
    label: str
    value: int | float
    default: int | float
    least: int | float
    most: int | float
    unit: str
    careful: Literal["lower", "higher"]
    source: str


class PolicyOut(BaseModel):
    """What is in force. Version 0: nobody changed anything yet."""

    version: int
    changed_at: datetime | None
    changed_by_name: str | None
    reason: str | None
    numbers: list[PolicyNumberOut]


class MovedOut(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    key: str
    label: str
    before: int | float = Field(alias="from")
    to: int | float


class PolicyVersionOut(BaseModel):
    """One change. `numbers`: all that differed from their defaults after it."""

    version: int
    changed_at: datetime
    changed_by_name: str
    reason: str
    numbers: dict[str, int | float]
    moved: list[MovedOut]


class PolicyVersionPage(PageOut):
    items: list[PolicyVersionOut]
