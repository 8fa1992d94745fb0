"""Brings a fresh clone to the point where it can run: packages, Node, dashboard. Then runs it.

Standard library only: nothing is installed yet. Every step is skipped when its stamp still holds.
"""

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from socialseed.app.bars import say, step

ROOT = Path(__file__).resolve().parents[3]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
DASHBOARD = ROOT / "dashboard"
_STAMPS = VENV / ".stamps"
_OLDEST_NODE = (20, 9)
_NOT_SOURCES = {"node_modules", ".next", "out", "coverage"}
_NOT_SOURCE_NAMES = re.compile(r"(\.test\.tsx?|\.tsbuildinfo|^next-env\.d\.ts)$")

Show = Callable[[float, float], None]


class PrepareError(Exception):
    """A step failed. The message is for the person at the terminal."""


def main() -> None:
    """Prepares; then `start …` becomes `socialseed up …` and `test …` becomes the checks."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(143))
    what, rest = sys.argv[1], sys.argv[2:]
    try:
        with _only_one():
            packages("run" if what == "start" else "test")
            if what == "start":
                dashboard()
            else:
                node_environment()
    except PrepareError as error:
        say(str(error), sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    module = ("socialseed.app.cli", "up") if what == "start" else ("tests.support.checks",)
    _become([str(PYTHON), "-m", *module, *rest])


def packages(name: str) -> None:
    """`.venv` holds exactly what requirements/<name>.txt pins, every file checked by its hash."""
    lock = ROOT / "requirements" / f"{name}.txt"
    if not os.access(PYTHON, os.X_OK):
        with step("Python environment"):
            _run([sys.executable, "-m", "venv", "--clear", str(VENV)], hint=_VENV_HINT)
    if _stamped(name, lock):
        return
    pins = len(re.findall(r"^[\w.-]+(?:\[.*\])?==", lock.read_text(), re.MULTILINE))
    with step("Python packages") as bar:
        _pip(lock, lambda line: line.startswith("Collecting "), pins, bar.advance)
        site = next((VENV / "lib").glob("python3*/site-packages"))
        (site / "socialseed.pth").write_text(f"{ROOT / 'src'}\n")
        script = VENV / "bin" / "socialseed"
        script.write_text(f'#!/bin/sh\nexec "{PYTHON}" -m socialseed.app.cli "$@"\n')
        script.chmod(0o755)
        _stamp(name, _digest(lock))


def dashboard() -> None:
    """dashboard/out is the build of the dashboard's present sources."""
    if not (DASHBOARD / "package.json").exists():
        return
    sources = source_digest()
    if (DASHBOARD / "out" / "index.html").exists() and _read("dashboard") == sources:
        return
    env = node_environment()
    node_packages(env)
    with step("Dashboard build") as bar:
        (_STAMPS / "dashboard").unlink(missing_ok=True)
        _run(
            ["npm", "run", "build"],
            cwd=DASHBOARD,
            env=env,
            counts=lambda line: bool(line.strip()),
            total=30,
            show=bar.advance,
        )
        _stamp("dashboard", sources)


def node_packages(env: Mapping[str, str]) -> None:
    """dashboard/node_modules is what package-lock.json pins."""
    lock = DASHBOARD / "package-lock.json"
    stamp = DASHBOARD / "node_modules" / ".lock-stamp"
    if stamp.exists() and stamp.read_text() == _digest(lock):
        return
    total = lock.read_text().count('"resolved":')
    with step("Dashboard packages") as bar:
        _run(
            ["npm", "ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=http"],
            cwd=DASHBOARD,
            env=env,
            counts=lambda line: line.startswith("npm http "),
            total=total,
            show=bar.advance,
        )
        stamp.write_text(_digest(lock))


def node_environment() -> dict[str, str]:
    """An environment whose `node` is new enough: the machine's, else one from a Python package."""
    env = {name: value for name, value in os.environ.items() if name != "NODE_ENV"}
    env["NEXT_TELEMETRY_DISABLED"] = "1"
    if _node_version(env) >= _OLDEST_NODE and shutil.which("npm"):
        return env
    env["PATH"] = f"{VENV / 'bin'}{os.pathsep}{env.get('PATH', '')}"
    lock = ROOT / "requirements" / "node.txt"
    if _stamped("node", lock) and _node_version(env) >= _OLDEST_NODE:
        return env
    with step("Node") as bar:
        _pip(lock, lambda line: line.startswith(("Collecting ", "Installing ")), 3, bar.advance)
        _stamp("node", _digest(lock))
    return env


def source_digest(folder: Path = DASHBOARD) -> str:
    """Changes when a file changes that the dashboard is built from."""
    digest = hashlib.sha256()
    for inner, names, files in os.walk(folder):
        names[:] = sorted(set(names) - _NOT_SOURCES)
        for name in sorted(files):
            if not _NOT_SOURCE_NAMES.search(name):
                path = Path(inner, name)
                digest.update(f"{path.relative_to(folder)}\0{_digest(path)}\n".encode())
    return digest.hexdigest()


_VENV_HINT = "Python's venv module is missing; on Debian: apt install python3.11-venv"


def _pip(lock: Path, counts: Callable[[str], bool], total: int, show: Show) -> None:
    options = ["--disable-pip-version-check", "--no-input", "--progress-bar=off"]
    argv = [str(PYTHON), "-m", "pip", "install", *options, "--require-hashes", "-r", str(lock)]
    _run(argv, counts=counts, total=total, show=show)


def _run(
    argv: Sequence[str],
    *,
    cwd: Path = ROOT,
    env: Mapping[str, str] | None = None,
    counts: Callable[[str], bool] = lambda line: False,
    total: int = 1,
    show: Show = lambda done, total: None,
    hint: str = "",
) -> None:
    """Runs to the end, moving the bar by the lines that count. Its output is shown if it fails."""
    lines: list[str] = []
    done = 0
    process = subprocess.Popen(  # noqa: S603 - programs of our own choosing
        list(argv),
        cwd=cwd,
        env=dict(env) if env is not None else None,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        for line in process.stdout:
            lines.append(line)
            done += counts(line)
            show(min(done, total * 0.97), total)
        process.wait()
    except BaseException:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise
    if process.returncode != 0:
        shown = "".join(lines[-40:]).strip()
        raise PrepareError(f"{' '.join(argv[:4])} failed:\n{shown}\n{hint}".rstrip())


def _node_version(env: Mapping[str, str]) -> tuple[int, ...]:
    node = shutil.which("node", path=env.get("PATH"))
    if node is None:
        return (0,)
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    return tuple(int(part) for part in re.findall(r"\d+", done.stdout)[:2]) or (0,)


@contextlib.contextmanager
def _only_one() -> Iterator[None]:
    """Two starts from one clone prepare one after the other."""
    with (ROOT / ".venv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _stamped(name: str, lock: Path) -> bool:
    return _read(name) == _digest(lock)


def _read(name: str) -> str:
    path = _STAMPS / name
    return path.read_text() if path.exists() else ""


def _stamp(name: str, digest: str) -> None:
    _STAMPS.mkdir(exist_ok=True)
    (_STAMPS / name).write_text(digest)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _become(argv: Sequence[str]) -> NoReturn:
    os.execv(argv[0], list(argv))  # noqa: S606


if __name__ == "__main__":
    main()
