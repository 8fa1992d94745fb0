"""Signs of life of the processes that serve nobody directly."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from socialseed.core.db import Base, Json


class Heartbeat(Base):
    """When a process last said that it is alive, and what it said of itself."""

    __tablename__ = "heartbeats"
    process: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    detail: Mapped[Json]
