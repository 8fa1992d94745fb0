"""Keeps processes alive: starts them, starts the dead again with backoff, stops them all.

Owns signals and log sizes while it runs. Knows nothing of what the processes do.
"""

import contextlib
import os
import secrets
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from socialseed.app.bars import say
from socialseed.app.process import (
    StartError,
    adopt_orphans,
    find,
    log_end,
    reap_orphans,
    signal_group,
    spawn,
    take_down,
    wait_until,
)

# Names home and run (`<home>#<random>`). Every descendant inherits it, however deep, so that the
# watchdog and a later start find what a killed supervisor left.
MARK = "SOCIALSEED_SUPERVISED_RUN"
_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 15.0
_STEADY_SECONDS = 60.0
_LOG_BYTES = 10_000_000
_LOGS_KEPT = 3


class Stopping(BaseException):
    """Somebody asked us to stop (Ctrl-C, SIGTERM, a closed terminal)."""


@dataclass(frozen=True)
class Part:
    """A process to keep alive. `launch` starts it; `ready` says whether it serves.

    `wave` orders the stop: higher waves stop first. `stop_signals` are sent in turn, each with its
    patience in seconds; SIGKILL to the whole group follows.
    """

    name: str
    log: Path
    launch: Callable[[], subprocess.Popen[bytes]]
    ready: Callable[[subprocess.Popen[bytes]], bool]
    wave: int = 1
    stop_signals: tuple[tuple[signal.Signals, float], ...] = ((signal.SIGTERM, 9.0),)


@dataclass
class _Running:
    part: Part
    process: subprocess.Popen[bytes]
    since: float
    pause: float = _FIRST_PAUSE
    again_at: float | None = None


@dataclass
class Supervisor:
    """The parts of one instance. Use as a context manager: leaving it stops everything.

    `helpers` are children that somebody else waits for.
    """

    home: Path
    logs: Path
    watchdog: Sequence[str] = (sys.executable, "-m", "socialseed.app.watchdog")
    run_id: str = ""
    helpers: set[int] = field(default_factory=set)
    _running: list[_Running] = field(default_factory=list)
    _wake: tuple[int, int] = (-1, -1)
    _asked: int | None = None  # the signal that asked us to stop

    def __enter__(self) -> "Supervisor":
        self._wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(self._wake[1], warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop_asked)
        self.run_id = f"{self.home}#{secrets.token_hex(8)}"
        adopt_orphans()
        self.start(self._watchdog())
        return self

    def __exit__(self, *_: object) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        self._stop_all()
        signal.set_wakeup_fd(-1)
        for end in self._wake:
            os.close(end)

    def start(self, part: Part, process: subprocess.Popen[bytes] | None = None) -> None:
        """The part runs and is kept alive from now on; `process` is one that runs already."""
        self._running.append(_Running(part, process or part.launch(), time.monotonic()))

    def wait_ready(
        self, part: Part, seconds: float, show: Callable[[float, float], None] = lambda *_: None
    ) -> None:
        """The part serves. Raises StartError with the end of its log when it dies or does not."""
        running = next(one for one in self._running if one.part is part)
        begun = time.monotonic()

        def settled() -> bool:
            self._heed()
            show(time.monotonic() - begun, 5.0)
            return running.process.poll() is not None or part.ready(running.process)

        in_time = wait_until(settled, seconds, every=0.05)
        if not in_time or running.process.poll() is not None:
            what = "stopped while starting" if in_time else f"did not serve in {seconds:.0f} s"
            self._running.remove(running)
            _end([running])
            raise StartError(f"The {part.name} {what}. {part.log} ends with:\n{log_end(part.log)}")

    def run(self) -> None:
        """Keeps every part alive until a signal raises Stopping."""
        while True:
            self.look_after()
            due = [one.again_at for one in self._running if one.again_at is not None]
            pause = min([max(0.0, at - time.monotonic()) for at in due] + [5.0])
            if select.select([self._wake[0]], [], [], pause)[0]:
                with contextlib.suppress(BlockingIOError):
                    os.read(self._wake[0], 4096)

    def look_after(self) -> None:
        """Notices deaths, starts again what is due, keeps the logs small. Returns at once.

        Raises Stopping when somebody asked us to stop.
        """
        self._heed()
        for log in self.logs.glob("*.log"):
            limit_log(log)
        reap_orphans(self.helpers | {one.process.pid for one in self._running})
        for one in self._running:
            if one.again_at is None and one.process.poll() is not None:
                self._bury(one)
            elif one.again_at is not None and one.again_at <= time.monotonic():
                self._revive(one)

    def _stop_asked(self, number: int, frame: FrameType | None) -> None:
        self._asked = number
        raise Stopping(number)

    def _heed(self) -> None:
        # What a handler raises while an object is finalised goes nowhere, so the wish is kept.
        if self._asked is not None:
            raise Stopping(self._asked)

    def _bury(self, one: _Running) -> None:
        signal_group(one.process, signal.SIGKILL)
        if time.monotonic() - one.since > _STEADY_SECONDS:
            one.pause = _FIRST_PAUSE
        one.again_at = time.monotonic() + one.pause
        say(
            f"The {one.part.name} stopped ({_reason(one.process.returncode)}); "
            f"starting it again in {one.pause:g} s. Log: {one.part.log}"
        )
        one.pause = min(_LONGEST_PAUSE, one.pause * 2)

    def _revive(self, one: _Running) -> None:
        try:
            one.process = one.part.launch()
        except StartError as error:
            say(f"The {one.part.name} could not be started again: {error}")
            one.again_at = time.monotonic() + one.pause
            one.pause = min(_LONGEST_PAUSE, one.pause * 2)
            return
        one.since, one.again_at = time.monotonic(), None

    def _stop_all(self) -> None:
        waves = sorted({one.part.wave for one in self._running}, reverse=True)
        for wave in waves:
            _end([one for one in self._running if one.part.wave == wave])
        self._running.clear()
        take_down_run(self.run_id, seconds=1)
        reap_orphans(())

    def _watchdog(self) -> Part:
        log = self.logs / "watchdog.log"
        env = {name: value for name, value in os.environ.items() if name != MARK}
        argv = (*self.watchdog, self.run_id)
        return Part(
            name="watchdog",
            log=log,
            launch=lambda: spawn(argv, log=log, env=env, death_signal=None, stdin=subprocess.PIPE),
            ready=lambda _: True,
            wave=-1,
        )


def _end(group: Sequence[_Running]) -> None:
    """Stops the group's processes together; neither they nor their children live afterwards."""
    end = time.monotonic()
    for turn in range(max((len(one.part.stop_signals) for one in group), default=0)):
        alive = [one for one in group if one.process.poll() is None]
        patience = 0.0
        for one in alive:
            if turn < len(one.part.stop_signals):
                number, seconds = one.part.stop_signals[turn]
                one.process.send_signal(number)
                patience = max(patience, seconds)
        end += patience
        for one in alive:
            with contextlib.suppress(subprocess.TimeoutExpired):
                one.process.wait(max(0.0, end - time.monotonic()))
    for one in group:
        signal_group(one.process, signal.SIGKILL)
        one.process.wait(5)


def command(
    argv: Sequence[str], *, log: Path, env: Mapping[str, str], cwd: Path
) -> Callable[[], subprocess.Popen[bytes]]:
    """A `Part.launch` for a plain command."""
    return lambda: spawn(argv, log=log, env=env, cwd=cwd)


def take_down_run(run_id: str, seconds: float) -> None:
    """No process of this run is alive."""
    _take_down(lambda mark: mark == run_id, seconds)


def take_down_home(home: Path, seconds: float) -> None:
    """No process of any run in this home is alive, but for the database server."""
    _take_down(lambda mark: mark.startswith(f"{home}#"), seconds)


def _take_down(belongs: Callable[[str], bool], seconds: float) -> None:
    left = find(lambda process: belongs(process.environ().get(MARK, "")))
    take_down(left, signal.SIGTERM, seconds)


def limit_log(path: Path, limit: int = _LOG_BYTES) -> None:
    """The log is smaller than `limit` bytes; the three before it are kept beside it.

    Copies and empties in place, because the processes hold the file open for appending.
    """
    if path.stat().st_size < limit:
        return
    for number in range(_LOGS_KEPT, 1, -1):
        older = path.with_suffix(f".log.{number - 1}")
        if older.exists():
            older.replace(path.with_suffix(f".log.{number}"))
    shutil.copyfile(path, path.with_suffix(".log.1"))
    os.truncate(path, 0)


def _reason(code: int) -> str:
    return f"exit {code}" if code >= 0 else signal.Signals(-code).name
