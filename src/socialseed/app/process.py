"""Child processes that cannot outlive their parent: how they are born, found again and taken down.

Knows Linux's death signal, privileges and process groups. Knows nothing of what the children do.
"""

import ctypes
import os
import signal
import stat
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

_PR_SET_PDEATHSIG = 1
_PR_SET_KEEPCAPS = 8
_PR_SET_SECUREBITS = 28
_SECBIT_NO_SETUID_FIXUP = 1 << 2
_PR_SET_CHILD_SUBREAPER = 36
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CAP_DAC_OVERRIDE = 1
_CAP_DAC_READ_SEARCH = 2
_LINUX_CAPABILITY_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class StartError(Exception):
    """Something could not be started. The message is a sentence for the person at the terminal."""


@dataclass(frozen=True)
class RunAs:
    """Whom a child runs as, and whether it may pass folders that are closed to that user."""

    uid: int
    gid: int
    pass_closed_folders: bool


def spawn(
    argv: Sequence[str],
    *,
    log: Path,
    env: Mapping[str, str],
    cwd: Path | None = None,
    death_signal: signal.Signals | None = signal.SIGTERM,
    run_as: RunAs | None = None,
    stdin: int = subprocess.DEVNULL,
) -> subprocess.Popen[bytes]:
    """The child has a session of its own, writes to `log`, gets `death_signal` if we die.

    Must be called from the main thread: Linux ties the signal to the thread that forked.
    Raises StartError when the program cannot be executed.
    """
    with log.open("ab") as out:
        try:
            return subprocess.Popen(  # noqa: S603 - programs of our own choosing
                list(argv),
                stdin=stdin,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=dict(env),
                cwd=cwd,
                start_new_session=True,
                preexec_fn=_before_exec(os.getpid(), death_signal, run_as),
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise StartError(f"{argv[0]} could not be started: {error}.") from error


def run_to_end(argv: Sequence[str], *, env: Mapping[str, str], run_as: RunAs | None = None) -> str:
    """Runs a short program; returns its output. Raises StartError with the output when it fails."""
    try:
        done = subprocess.run(  # noqa: S603 - programs of our own choosing
            list(argv),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env=dict(env),
            check=False,
            cwd="/",
            preexec_fn=_before_exec(os.getpid(), signal.SIGTERM, run_as),
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise StartError(f"{argv[0]} could not be started: {error}.") from error
    if done.returncode != 0:
        raise StartError(f"{Path(argv[0]).name} failed:\n{(done.stderr or done.stdout).strip()}")
    return done.stdout


def unprivileged(owner: int | None, paths: Iterable[Path]) -> RunAs | None:
    """Whom to run a program as that refuses root: `owner`, else nobody; None when we are not root.

    When one of `paths` lies behind a folder closed to that user (such as /root), the child keeps
    the one capability that lets it through, and nothing else of root's.
    """
    if os.geteuid() != 0:
        return None
    uid = owner or 65534
    closed = any(
        not _others_may_enter(folder) for path in paths for folder in path.resolve().parents
    )
    return RunAs(uid=uid, gid=uid, pass_closed_folders=closed)


def _others_may_enter(folder: Path) -> bool:
    return bool(folder.stat().st_mode & stat.S_IXOTH)


def _before_exec(
    parent: int, death_signal: signal.Signals | None, run_as: RunAs | None
) -> Callable[[], None]:
    capability = _passing_capability() if run_as and run_as.pass_closed_folders else None

    def prepare() -> None:
        if run_as is not None:
            _drop_root(run_as, capability)
        if _libc is not None and death_signal is not None:
            # After the change of user, which clears it.
            _libc.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    return prepare


def _passing_capability() -> int | None:
    """Our mildest capability that passes closed folders: reading everything, else also writing."""
    status = Path("/proc/self/status").read_text() if _libc is not None else ""
    held = next(
        (int(line.split()[1], 16) for line in status.splitlines() if line.startswith("CapEff:")), 0
    )
    return next((cap for cap in (_CAP_DAC_READ_SEARCH, _CAP_DAC_OVERRIDE) if held >> cap & 1), None)


def _drop_root(run_as: RunAs, capability: int | None) -> None:
    if _libc is not None and capability is not None:
        # access(2) forgets a capability without the first; the second is for where it is denied.
        _libc.prctl(_PR_SET_SECUREBITS, _SECBIT_NO_SETUID_FIXUP, 0, 0, 0)
        _libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setresgid(run_as.gid, run_as.gid, run_as.gid)
    os.setresuid(run_as.uid, run_as.uid, run_as.uid)
    if _libc is not None and capability is not None:
        header = struct.pack("Ii", _LINUX_CAPABILITY_VERSION_3, 0)
        bit = 1 << capability
        _libc.capset(header, struct.pack("6I", bit, bit, bit, 0, 0, 0))
        _libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, capability, 0, 0)


def signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Signals the whole group that `spawn` made, also after its first process is gone."""
    try:
        os.killpg(process.pid, number)
    except (ProcessLookupError, PermissionError):
        return


def wait_until(condition: Callable[[], bool], seconds: float, every: float = 0.02) -> bool:
    """Polls until the condition holds; False when it did not within `seconds`."""
    end, pause = time.monotonic() + seconds, threading.Event()
    while not condition():
        if time.monotonic() >= end:
            return False
        pause.wait(every)
    return True


def adopt_orphans() -> None:
    """From now on the orphans of our descendants become our children (Linux)."""
    if _libc is not None:
        _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def reap_orphans(known: Collection[int]) -> None:
    """Adopted children that have ended are gone from the process table; `known` are left alone."""
    for child in psutil.Process().children():
        try:
            if child.pid not in known and child.status() == psutil.STATUS_ZOMBIE:
                os.waitpid(child.pid, os.WNOHANG)
        except (psutil.Error, ChildProcessError):
            continue


def log_end(path: Path) -> str:
    """The last lines of a log."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 2000))
        return file.read().decode(errors="replace").strip()


def find(matches: Callable[[psutil.Process], bool]) -> list[psutil.Process]:
    """Every living process of the machine that matches, ourselves and our ancestors excepted."""
    me = psutil.Process()
    spared = {me.pid, *(parent.pid for parent in me.parents())}
    found = []
    for process in psutil.process_iter():
        try:
            if (
                process.pid not in spared
                and process.status() != psutil.STATUS_ZOMBIE
                and matches(process)
            ):
                found.append(process)
        except psutil.Error:
            continue
    return found


def take_down(processes: Sequence[psutil.Process], first: signal.Signals, seconds: float) -> None:
    """None of the processes is alive afterwards: `first`, then SIGKILL after `seconds`."""
    for process in processes:
        _send(process, first)
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    for process in alive:
        _send(process, signal.SIGKILL)
    psutil.wait_procs(alive, timeout=5)


def _send(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.Error:
        return
