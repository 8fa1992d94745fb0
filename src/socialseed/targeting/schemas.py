"""What a rule looks like coming in. Handles lose their @, doubles fall away, order stays."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
)

from socialseed.accounts.schemas import Platform
from socialseed.core.names import plain_name

RuleAction = Literal["follow", "like", "comment", "reply", "repost", "quote"]
Keyword = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=60)]
Handle = Annotated[str, StringConstraints(pattern=r"^\s*@?[A-Za-z0-9_.\-]{1,50}\s*$")]
Followers = Annotated[int, Field(ge=0, le=1_000_000_000)]
Budget = Annotated[int, Field(ge=1, le=500)]
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=80),
    AfterValidator(plain_name),
]
Template = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


class _Fields(BaseModel):
    model_config = ConfigDict(extra="forbid")

    @field_validator("handles", check_fields=False)
    @classmethod
    def _bare(cls, handles: list[str] | None) -> list[str] | None:
        return handles if handles is None else _once([h.strip().lstrip("@") for h in handles])

    @field_validator("keywords", "action_types", check_fields=False)
    @classmethod
    def _once_each(cls, words: list[str] | None) -> list[str] | None:
        return words if words is None else _once(words)


class NewRule(_Fields):
    """A rule to add: whom to look for, for one account or all of a platform, what to propose."""

    platform: Platform
    name: Name
    account_id: UUID | None = None
    keywords: Annotated[list[Keyword], Field(max_length=20)] = []
    handles: Annotated[list[Handle], Field(max_length=500)] = []
    action_types: Annotated[list[RuleAction], Field(min_length=1, max_length=6)]
    daily_budget: Budget = 20
    min_followers: Followers | None = None
    max_followers: Followers | None = None
    text_template: Template | None = None
    is_active: bool = True


class RuleChange(_Fields):
    """The fields to change; those left out stay."""

    name: Name | None = None
    account_id: UUID | None = None
    keywords: Annotated[list[Keyword], Field(max_length=20)] | None = None
    handles: Annotated[list[Handle], Field(max_length=500)] | None = None
    action_types: Annotated[list[RuleAction], Field(min_length=1, max_length=6)] | None = None
    daily_budget: Budget | None = None
    min_followers: Followers | None = None
    max_followers: Followers | None = None
    text_template: Template | None = None
    is_active: bool | None = None


class Queued(BaseModel):
    """Work that was left for later."""

    queued: bool = True
    job: str


def _once(words: list[str]) -> list[str]:
    return list({word.lower(): word for word in reversed(words)}.values())[::-1]
