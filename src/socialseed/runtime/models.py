"""The one append-only event log: audit, timeline, live feed and analytics read it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from socialseed.core.db import Base, Json


class EventRow(Base):
    __tablename__ = "events"
    workspace_id: Mapped[UUID] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True
    )
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at: Mapped[datetime]
    type: Mapped[str]
    actor_kind: Mapped[str]
    actor_id: Mapped[str | None]
    actor_name: Mapped[str]
    account_id: Mapped[UUID | None]
    action_id: Mapped[UUID | None]
    sentence: Mapped[str]
    data: Mapped[Json]
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    __table_args__ = (
        Index(None, "action_id", "seq"),
        Index(None, "workspace_id", "account_id", "seq"),
        Index(None, "workspace_id", "type", "seq"),
        Index(None, "workspace_id", "at"),
    )


class EventHead(Base):
    """The last link of a workspace's chain; locked while a transaction appends."""

    __tablename__ = "event_heads"
    workspace_id: Mapped[UUID] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True
    )
    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
