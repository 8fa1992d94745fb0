"""The table behind the PostgreSQL rate limiter. Emptying it at any time loses only counts."""

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from socialseed.core.db import Base


class RateLimit(Base):
    """One key's count in its present window. The key is kept as a digest, so it names nobody."""

    __tablename__ = "rate_limits"
    key_digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    window_start: Mapped[datetime]
    used: Mapped[int]
    __table_args__ = {"prefixes": ["UNLOGGED"]}
