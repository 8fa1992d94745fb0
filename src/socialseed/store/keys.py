"""How a limiter names what it counts: a digest that tells nobody, and the start of the window."""

import hashlib
from datetime import UTC, datetime, timedelta


def window_start(now: datetime, window: timedelta) -> datetime:
    """The instant at which the fixed window that holds `now` began, counted from 1970 in UTC."""
    seconds = window.total_seconds()
    return datetime.fromtimestamp(now.timestamp() // seconds * seconds, UTC)


def digest(key: str, window: timedelta) -> bytes:
    """16 bytes that stand for a key and its window's length, and tell nothing of either."""
    return hashlib.blake2b(f"{key}\x1f{window.total_seconds()}".encode(), digest_size=16).digest()
