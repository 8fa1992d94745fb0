"""What identity takes and gives over HTTP."""

import re
import unicodedata
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from socialseed.core.names import plain_name
from socialseed.core.pagination import MAX_LIMIT
from socialseed.identity.passwords import MAX_LENGTH

Role = Literal["owner", "admin", "approver", "viewer"]
Theme = Literal["system", "light", "dark"]
ConsentKind = Literal["publish", "engage", "discover", "ai_drafts"]

# An address is a name here: no mail is sent to it, so its domain need not exist.
_EMAIL = re.compile(
    r"[^\s@\"<>()\[\],;:\\]{1,64}@(?=.{1,253}$)[a-z0-9](?:[\w-]{0,61}\w)?(?:\.[\w-]{1,63})*"
)


def email_of(value: str) -> str:
    """The address in the one form in which it is stored. Raises ValueError for anything else."""
    email = unicodedata.normalize("NFC", value.strip()).lower()
    if not _EMAIL.fullmatch(plain_name(email)):
        raise ValueError("Write an email address like name@example.com.")
    return email


Email = Annotated[str, StringConstraints(max_length=254), AfterValidator(email_of)]
Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=120),
    AfterValidator(plain_name),
]
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT)]
Cursor = Annotated[str | None, Query(max_length=400)]
Password = Annotated[str, StringConstraints(max_length=MAX_LENGTH)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class RegisterIn(_Body):
    email: Email
    password: Password
    display_name: Line | None = None
    workspace_name: Line | None = None


class LoginIn(_Body):
    """`email` is taken as it comes: a malformed one gets the answer of an unknown one."""

    email: Annotated[str, StringConstraints(max_length=254)]
    password: Password


class TokenOut(BaseModel):
    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105
    expires_in: int


class SwitchIn(_Body):
    workspace_id: UUID


class SessionOut(BaseModel):
    id: UUID
    created_at: datetime
    last_seen_at: datetime
    user_agent: str
    current: bool


class WorkspaceSettingsOut(BaseModel):
    no_self_approval: bool
    approval_ttl_hours: int


class WorkspaceOut(BaseModel):
    id: UUID
    name: str
    role: Role
    settings: WorkspaceSettingsOut


class WorkspaceLink(BaseModel):
    id: UUID
    name: str
    role: Role


class SettingsOut(BaseModel):
    single_key_shortcuts: bool
    theme: Theme
    reduced_motion: bool


class ProfileOut(BaseModel):
    id: UUID
    email: str
    display_name: str
    created_at: datetime
    settings: SettingsOut
    workspace: WorkspaceOut
    workspaces: list[WorkspaceLink]


class ProfileIn(_Body):
    display_name: Line


class WorkspaceSettingsIn(_Body):
    name: Line | None = None
    no_self_approval: bool | None = None
    approval_ttl_hours: int | None = Field(default=None, ge=1, le=720)


class SettingsIn(_Body):
    """A field that is absent or null stays as it is."""

    single_key_shortcuts: bool | None = None
    theme: Theme | None = None
    reduced_motion: bool | None = None
    workspace: WorkspaceSettingsIn | None = None


class ApiKeyIn(_Body):
    name: Line


class ApiKeyOut(BaseModel):
    id: UUID
    name: str
    prefix: str
    created_at: datetime
    last_used_at: datetime | None


class NewApiKeyOut(ApiKeyOut):
    key: str = Field(description="Shown this once.")


class MemberOut(BaseModel):
    """`user_id` and `joined_at` are null while the person has not registered yet."""

    user_id: UUID | None
    email: str
    display_name: str
    role: Role
    joined_at: datetime | None


class MemberIn(_Body):
    email: Email
    role: Role


class RoleIn(_Body):
    role: Role


class InvitationOut(BaseModel):
    email: str
    role: Role
    created_at: datetime


class PageOut(BaseModel):
    next_cursor: str | None = None


class SessionPage(PageOut):
    items: list[SessionOut]


class ApiKeyPage(PageOut):
    items: list[ApiKeyOut]


class MemberPage(PageOut):
    items: list[MemberOut]


class InvitationPage(PageOut):
    items: list[InvitationOut]
