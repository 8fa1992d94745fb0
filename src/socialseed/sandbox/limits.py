"""Rate-limit windows, counted in sandbox time and kept in memory.

Two kinds: fixed ones that begin with the first call, and sliding ones that look back from now.
"""

from collections import deque
from dataclasses import dataclass, field

_BUCKETS = 60  # a sliding window is kept as this many parts, so that long ones stay small
_MOST = 200_000  # windows remembered at once


@dataclass(frozen=True, slots=True)
class Use:
    """What one call found: calls left, when room comes back (ms), and whether it is allowed."""

    left: int
    ends: int
    allowed: bool


@dataclass(slots=True)
class _Fixed:
    start: int
    used: int = 0


@dataclass(slots=True)
class _Sliding:
    parts: deque[list[int]] = field(default_factory=deque)  # [start in ms, calls]
    used: int = 0


class Limits:
    """Counts calls by who and what. Off, nothing is refused but usage is still counted."""

    def __init__(self) -> None:
        self.enforced = True
        self._fixed: dict[tuple[str, str], _Fixed] = {}
        self._sliding: dict[tuple[str, str], _Sliding] = {}
        self._locks: dict[tuple[str, str], int] = {}

    def use(self, who: str, what: str, limit: int, seconds: int, now: int) -> Use:
        """Counts one call in a window of `seconds` that began with its first call."""
        key = (who, what)
        window = self._fixed.get(key)
        if window is None or now >= window.start + seconds * 1000 or now < window.start:
            _make_room(self._fixed)
            window = self._fixed[key] = _Fixed(now)
        allowed = window.used < limit or not self.enforced
        if allowed:
            window.used += 1
        return Use(max(0, limit - window.used), window.start + seconds * 1000, allowed)

    def slide(
        self, who: str, what: str, limit: int, seconds: int, now: int, *, greedy: bool = False
    ) -> Use:
        """Counts one call among those of the last `seconds`; `greedy` counts refused ones too."""
        key = (who, what)
        window = self._sliding.get(key)
        if window is None:
            _make_room(self._sliding)
            window = self._sliding[key] = _Sliding()
        _forget(window, now, seconds)
        allowed = window.used < limit or not self.enforced
        if allowed or greedy:
            _count(window, now, max(1, seconds * 1000 // _BUCKETS))
        ends = (window.parts[0][0] if window.parts else now) + seconds * 1000
        return Use(max(0, limit - window.used), ends, allowed)

    def lock(self, who: str, what: str, until: int) -> None:
        """`who` is locked out of `what` until then (ms)."""
        self._locks[who, what] = until

    def locked(self, who: str, what: str, now: int) -> bool:
        """Whether a lock holds now."""
        return self.enforced and self._locks.get((who, what), 0) > now


def _make_room(windows: dict[tuple[str, str], _Fixed] | dict[tuple[str, str], _Sliding]) -> None:
    if len(windows) > _MOST:
        windows.clear()


def _forget(window: _Sliding, now: int, seconds: int) -> None:
    parts = window.parts
    if parts and parts[-1][0] > now:  # the clock was another one
        parts.clear()
        window.used = 0
    while parts and parts[0][0] <= now - seconds * 1000:
        window.used -= parts.popleft()[1]


def _count(window: _Sliding, now: int, part: int) -> None:
    if window.parts and now - window.parts[-1][0] < part:
        window.parts[-1][1] += 1
    else:
        window.parts.append([now, 1])
    window.used += 1
