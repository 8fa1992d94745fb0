"""The sandbox's own time: the machine's, or one that stands still until it is moved."""

import sqlite3
from datetime import UTC, datetime, timedelta

from socialseed.core.clock import SystemClock

_SYSTEM = SystemClock()
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY_MS = 86_400_000


def to_ms(at: datetime) -> int:
    """Milliseconds since 1970 of an aware instant."""
    return (at.astimezone(UTC) - _EPOCH) // timedelta(milliseconds=1)


def from_ms(ms: int) -> datetime:
    """The instant `ms` milliseconds after 1970, in UTC."""
    return _EPOCH + timedelta(milliseconds=ms)


def iso(ms: int) -> str:
    """ISO 8601 in UTC with milliseconds and `Z`."""
    return from_ms(ms).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def instant(text: object) -> int:
    """Milliseconds since 1970 of an ISO 8601 instant, UTC without a zone. Raises ValueError."""
    at = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    return to_ms(at if at.tzinfo else at.replace(tzinfo=UTC))


def wall() -> datetime:
    """The machine's time, whatever the sandbox's clock says."""
    return _SYSTEM.now()


async def hold(seconds: float) -> None:
    """Returns after `seconds` of real time; only faults that delay an answer use it."""
    await _SYSTEM.wait_until(wall() + timedelta(seconds=seconds))


class SandboxClock:
    """Reads and keeps its mode in the world's database, so a restart goes on where it stopped."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        row = db.execute("SELECT value FROM meta WHERE key = 'clock'").fetchone()
        self._manual: int | None = int(row[0]) if row and row[0] != "real" else None

    @property
    def mode(self) -> str:
        """`real` or `manual`."""
        return "real" if self._manual is None else "manual"

    def now_ms(self) -> int:
        """The sandbox's present, in milliseconds since 1970."""
        return to_ms(wall()) if self._manual is None else self._manual

    def set_mode(self, mode: str, now_ms: int | None = None) -> None:
        """Switches; a manual clock starts at `now_ms` or at the present. Never backwards."""
        present = self.now_ms()
        self._manual = None if mode == "real" else max(now_ms or present, self._manual or 0)
        self._save()

    def move_to(self, ms: int) -> None:
        """A manual clock shows `ms` afterwards; an earlier `ms` changes nothing."""
        if self._manual is None:
            raise ValueError("the clock is real; set mode manual first")
        self._manual = max(self._manual, ms)
        self._save()

    def _save(self) -> None:
        value = "real" if self._manual is None else str(self._manual)
        self._db.execute("INSERT OR REPLACE INTO meta VALUES ('clock', ?)", (value,))
