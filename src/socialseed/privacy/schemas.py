"""What privacy takes and gives over HTTP."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from socialseed.identity.schemas import ConsentKind, Password


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ConsentOut(BaseModel):
    kind: ConsentKind
    granted: bool
    at: datetime | None
    sentence: str


class ConsentsOut(BaseModel):
    items: list[ConsentOut]


class ConsentIn(BaseModel):
    """Other fields of a consent may be sent back and are not read."""

    kind: ConsentKind
    granted: bool


class ConsentsIn(_Body):
    items: Annotated[list[ConsentIn], Field(max_length=10)]


class ExportOut(BaseModel):
    id: UUID
    status: Literal["queued", "ready", "failed"]
    created_at: datetime
    ready_at: datetime | None = None
    expires_at: datetime | None = None
    download_url: str | None = None


class DeleteMeIn(_Body):
    password: Password
