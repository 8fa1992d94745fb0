"""Tables of the pipeline: action, verdicts, attempts, decisions, lanes, counters, stops."""

from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Computed, ForeignKey, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from socialseed.core.db import Base, Id, Json, JsonList

Status = Literal[
    "proposed",
    "awaiting_approval",
    "approved",
    "scheduled",
    "executing",
    "succeeded",
    "failed",
    "rejected",
    "expired",
    "cancelled",
    "blocked",
    "awaiting_human",
    "outcome_unknown",
]
STATUSES = get_args(Status)
LIVE_OR_DONE = (
    "status IN ('proposed','awaiting_approval','approved','scheduled','executing',"
    "'succeeded','awaiting_human','outcome_unknown')"
)


class Action(Base):
    __tablename__ = "actions"
    id: Mapped[Id]
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("social_accounts.id", ondelete="CASCADE"))
    platform: Mapped[str]
    action_type: Mapped[str]
    target_account: Mapped[str | None]
    # Row-level security keeps lower() out of index conditions, so what is looked up is stored.
    target_handle: Mapped[str | None] = mapped_column(
        Computed("lower(target_account)", persisted=True)
    )
    target_data: Mapped[Json]
    content_hash: Mapped[str]
    target_key: Mapped[str]  # done once per account and kind: handle, post id or text hash
    status: Mapped[str]
    mode: Mapped[str]
    requires_approval: Mapped[bool]
    light: Mapped[str]
    risk_score: Mapped[int]
    reasons: Mapped[JsonList]
    to_green: Mapped[JsonList]
    rule_set: Mapped[str]
    facts_digest: Mapped[str]
    assessed_at: Mapped[datetime]
    proposed_by_kind: Mapped[str]
    proposed_by_id: Mapped[UUID | None]
    proposed_by_name: Mapped[str]
    rule_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("targeting_criteria.id", ondelete="SET NULL"), index=True
    )
    replaces: Mapped[UUID | None]
    idempotency_key: Mapped[str | None]
    request_digest: Mapped[str | None]
    not_before: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    snoozed_until: Mapped[datetime | None]
    held_until: Mapped[datetime | None]  # the undo window: not sent before
    approved_at: Mapped[datetime | None]
    approved_hash: Mapped[str | None]
    approved_by: Mapped[UUID | None]
    was_edited: Mapped[bool] = mapped_column(server_default=text("false"))
    scheduled_at: Mapped[datetime | None]
    deadline_at: Mapped[datetime | None]  # when the watchdog looks at a row that did not move on
    fence: Mapped[int | None] = mapped_column(BigInteger)
    executed_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    remote_id: Mapped[str | None]
    remote_url: Mapped[str | None]
    deep_link: Mapped[str | None]
    task_outcome: Mapped[str | None]
    unlocked_at: Mapped[datetime | None]
    verified: Mapped[bool | None]
    verify_due_at: Mapped[datetime | None]
    read_back_at: Mapped[datetime | None]  # when an official read last told whether it is there
    failure: Mapped[dict[str, object] | None] = mapped_column(JSONB)
    created_at: Mapped[datetime]
    autonomy_id: Mapped[UUID | None]  # the earned autonomy under which nobody was asked
    audit_sample: Mapped[bool] = mapped_column(server_default=text("false"))  # asked all the same
    # Expected value for a minute of the reviewer's time, and the seconds that he will need.
    worth: Mapped[float] = mapped_column(server_default=text("0"))
    review_seconds: Mapped[float] = mapped_column(server_default=text("0"))
    deferred_until: Mapped[datetime | None]  # beyond today's minutes: not in the queue before
    deferred_because: Mapped[str | None]
    opened_at: Mapped[datetime | None]  # when a reviewer first had it before him
    followed_back: Mapped[bool | None]  # as an official read told; None: not known
    followed_back_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint(f"status IN {STATUSES}", name="status"),
        CheckConstraint("mode IN ('api','human')", name="mode"),
        CheckConstraint("light IN ('green','yellow','red')", name="light"),
        CheckConstraint("risk_score BETWEEN 0 AND 100", name="risk_score"),
        Index(
            "uq_actions_idempotency_key",
            "workspace_id",
            "idempotency_key",
            unique=True,
            postgresql_where=text("idempotency_key IS NOT NULL"),
        ),
        Index(
            "uq_actions_once",
            "account_id",
            "action_type",
            "target_key",
            unique=True,
            postgresql_where=text(LIVE_OR_DONE),
        ),
        Index(
            "uq_actions_in_flight",
            "account_id",
            unique=True,
            postgresql_where=text("status = 'executing'"),
        ),
        Index(
            "ix_actions_pending",
            "workspace_id",
            "created_at",
            "id",
            postgresql_where=text("status = 'awaiting_approval'"),
            postgresql_include=["light", "snoozed_until"],
        ),
        Index(
            "ix_actions_worth",
            "workspace_id",
            text("worth DESC"),
            "created_at",
            "id",
            postgresql_where=text("status = 'awaiting_approval'"),
        ),
        Index(
            "ix_actions_tasks",
            "workspace_id",
            "scheduled_at",
            "id",
            postgresql_where=text("status = 'awaiting_human'"),
        ),
        Index(
            "ix_actions_due",
            "account_id",
            "scheduled_at",
            "id",
            postgresql_where=text("status IN ('scheduled','executing')"),
        ),
        Index(
            "ix_actions_deadline", "deadline_at", postgresql_where=text("deadline_at IS NOT NULL")
        ),
        Index(
            "ix_actions_verify", "verify_due_at", postgresql_where=text("verify_due_at IS NOT NULL")
        ),
        Index(
            "ix_actions_decided",
            "workspace_id",
            "approved_at",
            postgresql_where=text("approved_by IS NOT NULL"),
            postgresql_include=["was_edited"],
        ),
        Index(
            "ix_actions_done",
            "account_id",
            "settled_at",
            postgresql_where=text("status = 'succeeded'"),
            postgresql_include=["verified"],
        ),
        Index(
            "ix_actions_follows",
            "account_id",
            "settled_at",
            postgresql_where=text(
                "action_type = 'follow' AND status = 'succeeded' AND followed_back IS NOT TRUE"
            ),
        ),
        Index(
            "ix_actions_barred",
            "account_id",
            "settled_at",
            postgresql_where=text("task_outcome = 'blocked'"),
        ),
        Index(
            "ix_actions_by_hand",
            "account_id",
            "scheduled_at",
            "id",
            postgresql_where=text("status = 'awaiting_human'"),
        ),
        Index(
            "ix_actions_read_back",
            "account_id",
            "action_type",
            "read_back_at",
            postgresql_where=text("read_back_at IS NOT NULL"),
            postgresql_include=["verified"],
        ),
        Index(
            "ix_actions_open",
            "workspace_id",
            "status",
            postgresql_where=text(
                "status IN ('proposed','awaiting_approval','approved','scheduled','executing',"
                "'awaiting_human','outcome_unknown')"
            ),
        ),
        Index("ix_actions_history", "workspace_id", text("created_at DESC"), text("id DESC")),
        Index("ix_actions_account", "account_id", text("created_at DESC"), text("id DESC")),
        Index(
            "ix_actions_texts",
            "workspace_id",
            text("created_at DESC"),
            postgresql_where=text("target_data ? 'text'"),
        ),
        Index(
            "ix_actions_person",
            "workspace_id",
            "platform",
            "target_handle",
            text("created_at DESC"),
            postgresql_where=text("target_handle IS NOT NULL"),
        ),
    )


class Verdict(Base):
    """One assessment, stored whole so that it can be replayed."""

    __tablename__ = "verdicts"
    id: Mapped[Id]
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    action_id: Mapped[UUID] = mapped_column(
        ForeignKey("actions.id", ondelete="CASCADE"), index=True
    )
    stage: Mapped[str]  # propose, edit, send
    assessed_at: Mapped[datetime]
    light: Mapped[str]
    score: Mapped[int]
    rule_set: Mapped[str]
    facts_digest: Mapped[str]
    facts: Mapped[Json]
    findings: Mapped[JsonList]


class Attempt(Base):
    """One call outward: intent before, receipt after. At most one that is not proven void."""

    __tablename__ = "attempts"
    id: Mapped[Id]
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    action_id: Mapped[UUID] = mapped_column(ForeignKey("actions.id", ondelete="CASCADE"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("social_accounts.id", ondelete="CASCADE"))
    platform: Mapped[str]
    n: Mapped[int]
    fence: Mapped[int] = mapped_column(BigInteger)
    request_hash: Mapped[str]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    evidence: Mapped[Json] = mapped_column(server_default=text("'{}'::jsonb"))
    remote_id: Mapped[str | None]
    __table_args__ = (
        CheckConstraint("outcome IN ('performed','not_performed','unknown')", name="outcome"),
        Index(
            "uq_attempts_once",
            "action_id",
            unique=True,
            postgresql_where=text("outcome IS DISTINCT FROM 'not_performed'"),
        ),
        Index(None, "action_id", "n"),
        Index(None, "workspace_id", "started_at"),
        Index(None, "account_id", "started_at"),
        Index(
            "ix_attempts_trouble",
            "account_id",
            "started_at",
            postgresql_where=text("outcome <> 'performed'"),
        ),
    )


class Decision(Base):
    """What a person (or a recorded rule) decided about exactly this content."""

    __tablename__ = "decisions"
    id: Mapped[Id]
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    action_id: Mapped[UUID] = mapped_column(
        ForeignKey("actions.id", ondelete="CASCADE"), index=True
    )
    account_id: Mapped[UUID] = mapped_column(ForeignKey("social_accounts.id", ondelete="CASCADE"))
    kind: Mapped[str]  # approved rejected snoozed undone cancelled auto_approved completed resolved
    content_hash: Mapped[str]
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str]
    reason: Mapped[str | None]
    note: Mapped[str | None]
    decided_at: Mapped[datetime]
    __table_args__ = (
        Index(None, "workspace_id", "decided_at"),
        Index(
            "ix_decisions_answers",
            "account_id",
            text("decided_at DESC"),
            postgresql_where=text("kind IN ('approved','rejected')"),
        ),
    )


class AutonomyGrant(Base):
    """Earned: this account's actions of one kind and light go out without asking, until revoked."""

    __tablename__ = "autonomy_grants"
    id: Mapped[Id]
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("social_accounts.id", ondelete="CASCADE"))
    action_type: Mapped[str]
    light: Mapped[str]
    evidence: Mapped[Json]
    granted_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_because: Mapped[str | None]
    revoked_by: Mapped[UUID | None]  # the person who took it back; None: the product did
    __table_args__ = (
        CheckConstraint("light IN ('green','yellow')", name="light"),
        Index(
            "uq_autonomy_grants_held",
            "account_id",
            "action_type",
            "light",
            unique=True,
            postgresql_where=text("revoked_at IS NULL"),
        ),
        Index(None, "workspace_id", "granted_at", "id"),
    )


class Lane(Base):
    """One account's way out: when it is next due, who holds it until when, under which fence."""

    __tablename__ = "lanes"
    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("social_accounts.id", ondelete="CASCADE"), primary_key=True
    )
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    next_due: Mapped[datetime | None]
    leased_until: Mapped[datetime | None]
    fence: Mapped[int] = mapped_column(BigInteger, server_default="0")
    last_sent_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_lanes_due", "next_due", postgresql_where=text("next_due IS NOT NULL")),
        Index("ix_lanes_leased", "leased_until", postgresql_where=text("leased_until IS NOT NULL")),
    )


class Counter(Base):
    """How much of one limit is used in one window. The CHECK is the limit."""

    __tablename__ = "counters"
    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("social_accounts.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(primary_key=True)  # an action type, or 'all'
    window: Mapped[str] = mapped_column("span", primary_key=True)  # 'hour' or 'day'
    window_key: Mapped[str] = mapped_column(primary_key=True)  # the account's local date or hour
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    used: Mapped[int]
    ceiling: Mapped[int]
    __table_args__ = (CheckConstraint("used BETWEEN 0 AND ceiling", name="within"),)


class Stop(Base):
    __tablename__ = "stops"
    id: Mapped[Id]
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    scope: Mapped[str]
    scope_id: Mapped[str] = mapped_column(server_default="")
    reason: Mapped[str]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str | None]
    __table_args__ = (
        CheckConstraint("scope IN ('workspace','platform','account')", name="scope"),
        Index(
            "uq_stops_active",
            "workspace_id",
            "scope",
            "scope_id",
            unique=True,
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )


class Installation(Base):
    """The epoch that tells a restored database from the one that sent; also kept outside it."""

    __tablename__ = "installation"
    one: Mapped[int] = mapped_column(primary_key=True, server_default="1")
    epoch: Mapped[bytes] = mapped_column(LargeBinary)
    started_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
