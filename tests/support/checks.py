"""Runs every check of the project: `./test.sh`, or `python -m tests.support.checks [GROUP...]`.

Three hands take what is next, for much of it waits: the dashboard's chain with the journeys in a
browser, the faults, then the rest. Name groups to run only these. Each step's output goes to
.checks/ and is shown when the step fails. The last line is `N passed, N failed`.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from socialseed.app.prepare import DASHBOARD, PrepareError, node_environment, node_packages

ROOT = Path(__file__).resolve().parents[2]
LOGS = ROOT / ".checks"
BIN = Path(sys.executable).parent
GROUPS = ("python", "dashboard", "faults", "journeys")
_PATIENCE = 60 * 60  # far beyond what a check takes: it only ends what hangs
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_YIELDING = ("nice", "-n", "10")
_running: set[subprocess.Popen[bytes]] = set()
_print = threading.Lock()


@dataclass(frozen=True)
class Count:
    """What one step found."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(
            self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped
        )


@dataclass(frozen=True)
class Check:
    """One command. `count` reads how many tests it ran; without it the command counts as one.

    `urgent` goes before the others where processors are few: it meets real deadlines.
    """

    name: str
    argv: Sequence[str]
    cwd: Path = ROOT
    count: Callable[[], Count] | None = None
    logs: Path = LOGS
    urgent: bool = False

    @property
    def log(self) -> Path:
        return self.logs / f"{self.name.replace(' ', '-')}.log"


def python_checks() -> list[Check]:
    return [
        Check("format", [str(BIN / "ruff"), "format", "--check", "."]),
        Check("lint", [str(BIN / "ruff"), "check", "."]),
        Check("types", [str(BIN / "mypy")]),
        Check("floors", [str(BIN / "lint-imports")]),
    ]


def python_tests() -> list[Check]:
    """One check a folder, the largest first, so that every hand has something to do to the end."""
    folders = [path.parent for path in (ROOT / "tests").glob("*/__init__.py")]

    def size(folder: Path) -> int:
        return sum(path.stat().st_size for path in folder.glob("test_*.py"))

    return [
        pytest_check(folder.name, "not e2e and not fault", folder)
        for folder in sorted(folders, key=size, reverse=True)
        if size(folder) and folder.name not in ("e2e", "faults")
    ]


def dashboard_checks() -> list[Check]:
    result = LOGS / "jest.json"

    def npm(name: str, script: str, *more: str, count: Callable[[], Count] | None = None) -> Check:
        return Check(f"dashboard {name}", ["npm", "run", script, *more], DASHBOARD, count)

    jest = ("--", "--ci", "--json", f"--outputFile={result}")
    return [
        npm("format", "format:check"),
        npm("lint", "lint"),
        npm("types", "typecheck"),
        npm("tests", "test", *jest, count=lambda: _jest_count(result)),
        npm("build", "build"),
    ]


def pytest_check(name: str, marks: str, folder: Path, *, urgent: bool = False) -> Check:
    result = LOGS / f"{name}.xml"
    argv = [sys.executable, "-m", "pytest", str(folder), "-m", marks, f"--junitxml={result}"]
    return Check(f"tests {name}", argv, count=lambda: pytest_count(result), urgent=urgent)


def run_dashboard(env: dict[str, str]) -> Count:
    try:
        node_packages(env)
    except PrepareError as error:
        say(str(error))
        return Count(failed=1)
    return run_all(dashboard_checks(), env)


def run_journeys(env: dict[str, str]) -> Count:
    """The journeys need a browser; on Debian as root it is installed, elsewhere asked for."""
    browser = os.environ.get("SOCIALSEED_CHROMIUM") or _find_browser()
    if browser is None and os.geteuid() == 0 and shutil.which("apt-get"):
        script = "apt-get update -qq && apt-get install -y --no-install-recommends chromium"
        quiet = {**env, "DEBIAN_FRONTEND": "noninteractive"}
        run(Check("browser", ["sh", "-c", script]), quiet)
        browser = _find_browser()
    if browser is None:
        say("The journeys need Chromium: install it (Debian: apt install chromium), then again.")
        return Count(failed=1)
    journeys = pytest_check("e2e", "e2e", ROOT / "tests" / "e2e", urgent=True)
    return run(journeys, {**env, "SOCIALSEED_CHROMIUM": browser})


def run_all(checks: Sequence[Check], env: dict[str, str]) -> Count:
    """Every check, one after the other; a failure does not keep the later ones from running."""
    return sum((run(check, env) for check in checks), Count())


def run(check: Check, env: dict[str, str]) -> Count:
    begun = time.monotonic()
    with check.log.open("wb") as log:
        process = subprocess.Popen(
            [*(() if check.urgent else _YIELDING), *check.argv],
            cwd=check.cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        _running.add(process)
        try:
            code = process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            code = -1
        _end(process)
    count = _count(check, code)
    seconds = f"{time.monotonic() - begun:.0f} s"
    if code == 0 and count.failed == 0:
        detail = f", {count.passed} passed" if check.count else ""
        detail += f", {count.skipped} skipped" if count.skipped else ""
        say(f"ok      {check.name} ({seconds}{detail})")
    else:
        text = check.log.read_text(errors="replace")[-20_000:].rstrip()
        say(f"FAILED  {check.name} ({seconds}, exit {code})\n{text}\n--- end of {check.log}")
    return count


def _count(check: Check, code: int) -> Count:
    one = Count(passed=1) if code == 0 else Count(failed=1)
    if check.count is None:
        return one
    try:
        found = check.count()
    except (OSError, ValueError, KeyError, ET.ParseError):
        return Count(failed=1)
    return found + Count(failed=1) if code != 0 and found.failed == 0 else found


def pytest_count(path: Path) -> Count:
    found = Count()
    for suite in ET.parse(path).getroot().iter("testsuite"):
        total, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
        failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        found += Count(total - skipped - failed, failed, skipped)
    return found


def _jest_count(path: Path) -> Count:
    said = json.loads(path.read_text())
    failed = said["numFailedTests"] + said["numRuntimeErrorTestSuites"]
    return Count(said["numPassedTests"], failed, said["numPendingTests"])


def _find_browser() -> str | None:
    return next((path for name in _BROWSERS if (path := shutil.which(name))), None)


def _end(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    _running.discard(process)


def say(text: str) -> None:
    with _print:
        print(text, flush=True)


def _environment() -> dict[str, str]:
    """The person's own settings must not steer the checks."""
    kept = ("SOCIALSEED_TEST_DATABASE_URL", "SOCIALSEED_CHROMIUM", "SOCIALSEED_POSTGRES_BIN")
    return {
        name: value
        for name, value in node_environment().items()
        if name in kept
        or (not name.startswith("SOCIALSEED_") and name not in ("DATABASE_URL", "REDIS_URL"))
    }


def main(groups: Sequence[str]) -> int:
    unknown = set(groups) - set(GROUPS)
    if unknown:
        say(f"Unknown: {', '.join(sorted(unknown))}. There are: {', '.join(GROUPS)}.")
        return 2
    chosen = groups or GROUPS
    shutil.rmtree(LOGS, ignore_errors=True)
    LOGS.mkdir()
    env = {**_environment(), "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}

    def dashboard() -> Count:
        # The journeys walk through the dashboard that was built just before.
        total = run_dashboard(env) if "dashboard" in chosen else Count()
        return total + (run_journeys(env) if "journeys" in chosen else Count())

    work: list[Callable[[], Count]] = [dashboard]
    if "faults" in chosen:
        faults = pytest_check("faults", "fault", ROOT / "tests", urgent=True)
        work.append(partial(run, faults, env))
    if "python" in chosen:
        work.append(lambda: run_all(python_checks(), env))
        work += [partial(run, check, env) for check in python_tests()]
    with ThreadPoolExecutor(3) as pool:
        total = sum(pool.map(lambda step: step(), work), Count())
    skipped = f", {total.skipped} skipped" if total.skipped else ""
    say(f"{total.passed} passed, {total.failed} failed{skipped}")
    return 1 if total.failed else 0


def _stop(number: int, frame: object) -> None:
    for process in list(_running):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    os._exit(128 + number)


if __name__ == "__main__":
    for caught in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(caught, _stop)
    sys.exit(main(sys.argv[1:]))
