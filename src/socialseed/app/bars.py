"""Progress for the person at the terminal: one bar per step on a terminal, plain lines elsewhere.

Standard library only: it also runs before anything is installed.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TextIO

_WIDTH = 24
_LABEL = 34


@dataclass
class Step:
    """One step in progress. `advance` moves its bar."""

    label: str
    stream: TextIO
    started: float = field(default_factory=time.monotonic)
    _drawn: float = -1.0
    _quarter: int = 0

    def advance(self, done: float, total: float, note: str = "") -> None:
        """Shows `done` of `total`; beyond the total counts as all of it."""
        share = min(1.0, done / total) if total > 0 else 0.0
        if not self.stream.isatty():
            self._plain(share, note)
        elif share == 1.0 or time.monotonic() - self._drawn > 0.05:
            self._drawn = time.monotonic()
            seconds = f"{time.monotonic() - self.started:.0f} s"
            self._draw(f"{_bar(share, self.stream)} {share:4.0%}  {seconds}  {note[:40]}")

    def end(self, ok: bool) -> None:
        seconds = f"{time.monotonic() - self.started:.1f} s"
        if not self.stream.isatty():
            say(f"{self.label}: {'done' if ok else 'failed'} ({seconds})", self.stream)
            return
        self._draw(f"{_bar(1.0 if ok else 0.0, self.stream)} {'' if ok else 'failed '}{seconds}")
        say("", self.stream)

    def _plain(self, share: float, note: str) -> None:
        quarter = int(share * 4)
        if self._quarter < quarter < 4:
            self._quarter = quarter
            say(f"{self.label}: {quarter * 25} % {note}".rstrip(), self.stream)

    def _draw(self, text: str) -> None:
        _write(f"\r\x1b[2K{self.label:<{_LABEL}} {text}", self.stream)


@contextmanager
def step(label: str, stream: TextIO | None = None) -> Iterator[Step]:
    """A bar that is full when the block ends, or says that the step failed."""
    current = Step(label, stream or sys.stdout)
    current.advance(0, 1)
    try:
        yield current
    except BaseException:
        current.end(ok=False)
        raise
    current.end(ok=True)


def say(text: str, stream: TextIO | None = None) -> None:
    """Prints one line; a terminal that has gone away is no error."""
    _write(text + "\n", stream or sys.stdout)


def _write(text: str, stream: TextIO) -> None:
    encoding = stream.encoding or "ascii"
    try:
        stream.write(text.encode(encoding, "replace").decode(encoding))
        stream.flush()
    except OSError:
        return


def _bar(share: float, stream: TextIO) -> str:
    full, empty = ("█", "░") if "utf" in (stream.encoding or "").lower() else ("#", "-")
    filled = round(share * _WIDTH)
    return full * filled + empty * (_WIDTH - filled)
