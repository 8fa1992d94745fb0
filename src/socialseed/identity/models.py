"""Tables of who may do what: users, workspaces, sessions, keys, consents."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from socialseed.core.db import Base, Id, Json

ROLES = ("owner", "admin", "approver", "viewer")
CONSENT_KINDS = ("publish", "engage", "discover", "ai_drafts")


class User(Base):
    __tablename__ = "users"
    id: Mapped[Id]
    email: Mapped[str] = mapped_column(unique=True)  # lower case
    password_hash: Mapped[str]
    display_name: Mapped[str]
    settings: Mapped[Json] = mapped_column(server_default=text("'{}'::jsonb"))
    created_at: Mapped[datetime]


class Workspace(Base):
    __tablename__ = "workspaces"
    id: Mapped[Id]
    name: Mapped[str]
    settings: Mapped[Json] = mapped_column(server_default=text("'{}'::jsonb"))
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    key_version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[datetime]


class PolicyVersion(Base):
    """The numbers a workspace moved, one row a change; the highest version is in force."""

    __tablename__ = "policies"
    workspace_id: Mapped[UUID] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True
    )
    version: Mapped[int] = mapped_column(primary_key=True)
    numbers: Mapped[Json]
    reason: Mapped[str]
    changed_by: Mapped[UUID | None]
    changed_by_name: Mapped[str]
    changed_at: Mapped[datetime]


class Membership(Base):
    __tablename__ = "memberships"
    workspace_id: Mapped[UUID] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    role: Mapped[str]
    joined_at: Mapped[datetime]
    __table_args__ = (CheckConstraint(f"role IN {ROLES}", name="role"),)


class Invitation(Base):
    """A role waiting for somebody to register with this address."""

    __tablename__ = "invitations"
    workspace_id: Mapped[UUID] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True
    )
    email: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str]
    created_at: Mapped[datetime]


class Session(Base):
    """A sign-in: the family of its refresh tokens."""

    __tablename__ = "sessions"
    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    user_agent: Mapped[str]
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class RefreshToken(Base):
    __tablename__ = "refresh_tokens"
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    session_id: Mapped[UUID] = mapped_column(
        ForeignKey("sessions.id", ondelete="CASCADE"), index=True
    )
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    successor_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class ApiKey(Base):
    """A machine's key: it may propose and read, and never approve."""

    __tablename__ = "api_keys"
    id: Mapped[Id]
    workspace_id: Mapped[UUID] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str]
    prefix: Mapped[str]
    key_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_by: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Consent(Base):
    __tablename__ = "consents"
    workspace_id: Mapped[UUID] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(primary_key=True)
    granted: Mapped[bool]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    __table_args__ = (CheckConstraint(f"kind IN {CONSENT_KINDS}", name="kind"),)


class LoginFailure(Base):
    """Throttle of sign-ins per address and per account, in PostgreSQL: a restart keeps it."""

    __tablename__ = "login_failures"
    key_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    failures: Mapped[int]
    first_at: Mapped[datetime]
    blocked_until: Mapped[datetime | None]
    __table_args__ = (Index(None, "first_at"),)
