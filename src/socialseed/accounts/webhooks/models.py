"""Tables of what platforms sent. Of no workspace: whom a delivery is about is known by its notices.

Both are kept for thirty days; a delivery's body only until its notices are passed on.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from socialseed.core.db import Base, Id

STATES = ("waiting", "done", "parked")


class Delivery(Base):
    """One genuine body. `digest` is its SHA-256: the same bytes are stored once."""

    __tablename__ = "webhook_deliveries"
    id: Mapped[Id]
    platform: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    received_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(server_default="waiting")
    attempts: Mapped[int] = mapped_column(server_default="0")
    next_at: Mapped[datetime]  # not taken up before: the lease of whoever works on it
    processed_at: Mapped[datetime | None]
    trouble: Mapped[str | None]  # why it is parked
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        UniqueConstraint("platform", "digest", name="uq_webhook_deliveries_once"),
        Index("ix_webhook_deliveries_due", "next_at", postgresql_where=text("state = 'waiting'")),
        Index(None, "received_at"),
    )


class TakenNotice(Base):
    """A notice that was passed on, by the key that is the same in every delivery of it."""

    __tablename__ = "webhook_notices"
    platform: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    taken_at: Mapped[datetime] = mapped_column(index=True)
