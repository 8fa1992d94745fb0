"""Tables of our own connected accounts: what they are, their credentials, their measured days."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from socialseed.connectors.registry import WORD
from socialseed.core.db import Base, Id, Json, JsonList

PHASES = ("phase_1", "phase_2", "phase_3")
LIGHTS = ("green", "yellow", "red")
PRESETS = ("iproyal", "smartproxy", "brightdata", "custom")
SCHEMES = ("http", "https", "socks5")
INCIDENTS = ("breaker", "warning", "reconnect", "egress", "silent_failure")
EGRESS_STATES = ("unknown", "ok", "failing")


class EgressRow(Base):
    """One way out: a proxy with its sealed credentials. Its session keeps the exit address."""

    __tablename__ = "egresses"
    id: Mapped[Id]
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    name: Mapped[str]
    preset: Mapped[str]
    scheme: Mapped[str]
    host: Mapped[str]
    port: Mapped[int]
    country: Mapped[str | None]  # ISO 3166-1 alpha-2, lower case
    user_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    password_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    session: Mapped[str]  # changes only when the egress fails and a new one works
    state: Mapped[str] = mapped_column(server_default="unknown")
    checked_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
    exit_address: Mapped[str | None]  # as the check page told it
    version: Mapped[int] = mapped_column(server_default="1")  # of all that a connection depends on
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    __table_args__ = (
        CheckConstraint(f"preset IN {PRESETS}", name="preset"),
        CheckConstraint(f"scheme IN {SCHEMES}", name="scheme"),
        CheckConstraint(f"state IN {EGRESS_STATES}", name="state"),
        CheckConstraint("port BETWEEN 1 AND 65535", name="port"),
        Index("uq_egresses_name", "workspace_id", text("lower(name)"), unique=True),
        Index(None, "workspace_id", "created_at", "id"),
    )


class SocialAccount(Base):
    __tablename__ = "social_accounts"
    id: Mapped[Id]
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    platform: Mapped[str]
    username: Mapped[str]
    display_name: Mapped[str]
    timezone: Mapped[str]
    tier: Mapped[str]
    phase: Mapped[str] = mapped_column(server_default="phase_1")
    phase_reasons: Mapped[JsonList] = mapped_column(server_default=text("'[]'::jsonb"))
    programme_started_on: Mapped[date] = mapped_column(Date)
    established: Mapped[bool] = mapped_column(server_default=text("false"))
    health_score: Mapped[int | None]
    light: Mapped[str] = mapped_column(server_default="green")
    light_reasons: Mapped[JsonList] = mapped_column(server_default=text("'[]'::jsonb"))
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    daily_action_limit: Mapped[int]
    waking_start: Mapped[int] = mapped_column(server_default="8")  # local hour
    waking_end: Mapped[int] = mapped_column(server_default="22")  # local hour, exclusive
    remote_id: Mapped[str | None]
    connected_at: Mapped[datetime | None]
    works_until: Mapped[datetime | None]
    needs_reconnect: Mapped[bool] = mapped_column(server_default=text("false"))
    followers: Mapped[int | None]
    following: Mapped[int | None]
    posts: Mapped[int | None]
    egress_id: Mapped[UUID | None] = mapped_column(ForeignKey("egresses.id"), index=True)
    frozen_until: Mapped[datetime | None]  # breaker or platform warning: nothing is sent before
    paused_at: Mapped[datetime | None]  # since when it is not active
    resumed_at: Mapped[datetime | None]  # when a pause of three days or more ended last
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    __table_args__ = (
        CheckConstraint(f"platform ~ '{WORD}'", name="platform"),
        CheckConstraint(f"phase IN {PHASES}", name="phase"),
        CheckConstraint(f"light IN {LIGHTS}", name="light"),
        CheckConstraint("daily_action_limit BETWEEN 1 AND 1000", name="daily_action_limit"),
        Index(
            "uq_social_accounts_handle",
            "workspace_id",
            "platform",
            text("lower(username)"),
            unique=True,
        ),
        Index(None, "workspace_id", "created_at", "id"),
        Index(None, "platform", "remote_id"),
    )


class Credential(Base):
    """Sealed tokens of one account. Never leaves the server, never logged."""

    __tablename__ = "credentials"
    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("social_accounts.id", ondelete="CASCADE"), primary_key=True
    )
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    access_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    refresh_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    scopes: Mapped[JsonList]
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    refresh_expires_at: Mapped[datetime | None]
    refresh_leased_until: Mapped[datetime | None]  # one refresh in flight per account
    version: Mapped[int] = mapped_column(server_default="1")


class OAuthState(Base):
    """One authorization under way: single use, bound to the session that began it."""

    __tablename__ = "oauth_states"
    state_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("social_accounts.id", ondelete="CASCADE"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    session_id: Mapped[UUID | None]
    verifier_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    redirect_uri: Mapped[str]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class HealthMetric(Base):
    """One account's health on one local day."""

    __tablename__ = "health_metrics"
    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("social_accounts.id", ondelete="CASCADE"), primary_key=True
    )
    on: Mapped[date] = mapped_column("measured_on", Date, primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), index=True
    )
    score: Mapped[int]
    light: Mapped[str]
    parts: Mapped[JsonList]
    measured_at: Mapped[datetime]


class PerformanceStat(Base):
    """What the platform said of one account on one local day."""

    __tablename__ = "performance_stats"
    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("social_accounts.id", ondelete="CASCADE"), primary_key=True
    )
    on: Mapped[date] = mapped_column("measured_on", Date, primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), index=True
    )
    followers: Mapped[int]
    following: Mapped[int]
    posts: Mapped[int]
    gained: Mapped[int] = mapped_column(server_default="0")
    lost: Mapped[int] = mapped_column(server_default="0")
    engagements: Mapped[int] = mapped_column(server_default="0")
    detail: Mapped[Json] = mapped_column(server_default=text("'{}'::jsonb"))
    measured_at: Mapped[datetime]


class Incident(Base):
    """Something that stands between an account and its normal work; open until `closed_at`."""

    __tablename__ = "incidents"
    id: Mapped[Id]
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("social_accounts.id", ondelete="CASCADE"))
    kind: Mapped[str]
    action_type: Mapped[str] = mapped_column(server_default="")  # '' when it is about all kinds
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    sentence: Mapped[str]
    detail: Mapped[Json] = mapped_column(server_default=text("'{}'::jsonb"))
    __table_args__ = (
        CheckConstraint(f"kind IN {INCIDENTS}", name="kind"),
        Index(
            "uq_incidents_open",
            "account_id",
            "kind",
            "action_type",
            unique=True,
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index(None, "workspace_id", "opened_at", "id"),
        Index(None, "account_id", "opened_at", "id"),
    )


class StoredQuota(Base):
    """What a platform's headers last told of one window of one endpoint."""

    __tablename__ = "quotas"
    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("social_accounts.id", ondelete="CASCADE"), primary_key=True
    )
    endpoint: Mapped[str] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), index=True
    )
    limit: Mapped[int | None] = mapped_column("allowed")
    remaining: Mapped[int | None]
    resets_at: Mapped[datetime | None]
    told_at: Mapped[datetime]
    __table_args__ = (CheckConstraint("scope IN ('user','app')", name="scope"),)
