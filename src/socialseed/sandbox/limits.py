"""Rate-limit windows per account and endpoint, counted in sandbox time and kept in memory."""

from dataclasses import dataclass


@dataclass(slots=True)
class Window:
    """One running window; times in milliseconds."""

    start: int
    used: int = 0


class Limits:
    """Fixed windows. Off, nothing is refused but usage is still counted."""

    def __init__(self) -> None:
        self.enforced = True
        self._windows: dict[tuple[str, str], Window] = {}

    def use(self, who: str, what: str, limit: int, seconds: int, now: int) -> tuple[int, int, bool]:
        """Counts one call: what remains, when the window ends (ms), whether it is allowed."""
        key = (who, what)
        window = self._windows.get(key)
        if window is None or now >= window.start + seconds * 1000 or now < window.start:
            if len(self._windows) > 200_000:
                self._windows.clear()
            window = self._windows[key] = Window(now)
        allowed = window.used < limit or not self.enforced
        if allowed:
            window.used += 1
        return max(0, limit - window.used), window.start + seconds * 1000, allowed
