"""Table of the simulations that a workspace asked for."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from socialseed.core.db import Base, Id, Json

STATUSES = ("waiting", "running", "finished", "failed", "cancelled")


class Simulation(Base):
    """One simulation; `progress` from 0 to 1, `summary` when it has finished."""

    __tablename__ = "simulations"
    id: Mapped[Id]
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    status: Mapped[str]
    wanted: Mapped[Json]
    progress: Mapped[float] = mapped_column(server_default=text("0"))
    summary: Mapped[dict[str, object] | None] = mapped_column(JSONB)
    failure: Mapped[str | None]
    requested_by: Mapped[UUID | None]
    requested_by_name: Mapped[str]
    requested_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]  # the run's last sign of life
    finished_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint(f"status IN {STATUSES}", name="status"),
        Index(None, "workspace_id", "requested_at", "id"),
    )
