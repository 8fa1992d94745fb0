"""Ids: UUID version 7, made here because PostgreSQL makes them only from version 18."""

import secrets
from datetime import datetime
from uuid import UUID

from socialseed.core.rng import Rng


def uuid7(at: datetime, rng: Rng | None = None) -> UUID:
    """A time-ordered id; repeatable with `rng`, else from the system's source."""
    milliseconds = int(at.timestamp() * 1000) & ((1 << 48) - 1)
    noise = rng.getrandbits(74) if rng is not None else secrets.randbits(74)
    high, low = noise >> 62, noise & ((1 << 62) - 1)
    return UUID(int=(milliseconds << 80) | (0x7 << 76) | (high << 64) | (0b10 << 62) | low)
