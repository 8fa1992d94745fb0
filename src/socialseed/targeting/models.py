"""Tables of whom to look for and who was found."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from socialseed.core.db import Base, Id, JsonList


class TargetingRule(Base):
    __tablename__ = "targeting_criteria"
    id: Mapped[Id]
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    account_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("social_accounts.id", ondelete="CASCADE"), index=True
    )
    platform: Mapped[str]
    name: Mapped[str]
    keywords: Mapped[JsonList]
    handles: Mapped[JsonList]
    action_types: Mapped[JsonList]
    daily_budget: Mapped[int]
    min_followers: Mapped[int | None]
    max_followers: Mapped[int | None]
    text_template: Mapped[str | None]
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    discovered_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    __table_args__ = (
        CheckConstraint("daily_budget BETWEEN 1 AND 500", name="daily_budget"),
        Index(None, "workspace_id", "created_at", "id"),
    )


class Candidate(Base):
    __tablename__ = "candidates"
    id: Mapped[Id]
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    rule_id: Mapped[UUID] = mapped_column(ForeignKey("targeting_criteria.id", ondelete="CASCADE"))
    profile_id: Mapped[UUID] = mapped_column(
        ForeignKey("profiles.id", ondelete="CASCADE"), index=True
    )
    post: Mapped[dict[str, object] | None] = mapped_column(JSONB)
    post_key: Mapped[str] = mapped_column(server_default="")  # the post's id, '' for a person alone
    score: Mapped[float] = mapped_column(Float)
    state: Mapped[str] = mapped_column(server_default="new")
    found_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("state IN ('new','proposed','skipped')", name="state"),
        UniqueConstraint("rule_id", "profile_id", "post_key"),
        Index(
            "ix_candidates_waiting",
            "rule_id",
            "score",
            "id",
            postgresql_where=text("state = 'new'"),
        ),
        Index(None, "rule_id", "found_at", "id"),
    )
