"""The product's real processes for a test: sandbox, API and workers, each of which can be killed.

Nothing outlives the test: each process dies with the one that started it, `stop` ends them all.
"""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr

from socialseed.app.process import log_end, signal_group, spawn, wait_until
from socialseed.app.up import answers
from socialseed.core.settings import Settings
from tests.support.ledger import fresh_file

ROOT = Path(__file__).resolve().parents[2]
KEY = "5e" * 32
START_SECONDS = 60.0
STOP_SECONDS = 12.0
DEADLINE_SECONDS = 2.0
LEASE_SECONDS = 4.0


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def python_environment(**more: str) -> dict[str, str]:
    """The test's environment without any setting of the product, a ledger whose rows were just
    checked, and `more`.
    """
    plain = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("SOCIALSEED_") and name not in ("DATABASE_URL", "REDIS_URL")
    }
    ours = {"PYTHONPATH": str(ROOT / "src"), "PYTHONUNBUFFERED": "1"}
    return {**plain, **ours, "SOCIALSEED_LEDGER": str(fresh_file()), **more}


@dataclass
class Product:
    """One instance without a supervisor: what dies stays dead until the test starts it again."""

    home: Path
    database_url: str
    given: Mapping[str, str] = field(default_factory=dict)
    people: int = 300
    sandbox_port: int = field(default_factory=free_port)
    api_port: int = field(default_factory=free_port)
    parts: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    kills: dict[str, int] = field(default_factory=dict)
    _log_ends: dict[str, int] = field(default_factory=dict)  # where the log of this life begins

    @property
    def url(self) -> str:
        """Where the API listens."""
        return f"http://127.0.0.1:{self.api_port}"

    @property
    def sandbox_url(self) -> str:
        """Where the platform sandbox listens."""
        return f"http://127.0.0.1:{self.sandbox_port}"

    @property
    def journal(self) -> Path:
        """What the platforms really received."""
        return self.home / "sandbox" / "journal.jsonl"

    @property
    def logs(self) -> Path:
        """One log for each part; a part that is started again goes on in its own."""
        return self.home / "logs"

    @property
    def environment(self) -> dict[str, str]:
        """What every part runs with: no pacing, no hold, a short lease."""
        return python_environment(
            DATABASE_URL=self.database_url,
            SOCIALSEED_HOME=str(self.home),
            SOCIALSEED_PORT=str(self.api_port),
            SOCIALSEED_SANDBOX_URL=self.sandbox_url,
            SOCIALSEED_DASHBOARD_DIR=str(self.home / "nothing"),
            SOCIALSEED_KEY_ENCRYPTION_KEY=KEY,
            SOCIALSEED_PACE="immediate",
            SOCIALSEED_SEND_HOLD_SECONDS="0",
            SOCIALSEED_MIN_GAP_SECONDS="0",
            SOCIALSEED_CALL_DEADLINE_SECONDS=str(DEADLINE_SECONDS),
            SOCIALSEED_LEASE_SECONDS=str(LEASE_SECONDS),
            SOCIALSEED_POOL_SIZE="10",
            SOCIALSEED_WORKER_LANES="8",
            **self.given,
        )

    def settings(self, **changes: object) -> Settings:
        """The same settings for a runtime inside the test's own process."""
        values: dict[str, Any] = {
            "DATABASE_URL": self.database_url,
            "home": self.home,
            "port": self.api_port,
            "sandbox_url": self.sandbox_url,
            "key_encryption_key": SecretStr(KEY),
            "pace": "immediate",
            "send_hold_seconds": 0,
            "min_gap_seconds": 0,
            "call_deadline_seconds": DEADLINE_SECONDS,
            "lease_seconds": LEASE_SECONDS,
            "ledger": fresh_file(),
        }
        return Settings(**(values | changes))

    def start(self, name: str, module: str, *args: str, **env: str) -> None:
        """The part runs; `name` is what `kill` and `alive` call it."""
        assert not self.alive(name), f"{name} runs already"
        self.logs.mkdir(parents=True, exist_ok=True)
        log = self.logs / f"{name}.log"
        self._log_ends[name] = log.stat().st_size if log.exists() else 0
        self.parts[name] = spawn(
            (sys.executable, "-m", module, *args),
            log=log,
            env={**self.environment, **env},
            cwd=ROOT,
            death_signal=signal.SIGKILL,
        )

    def start_sandbox(self) -> None:
        """The sandbox answers; its rate-limit windows count and refuse nothing."""
        home = str(self.home / "sandbox")
        arguments = ("--port", str(self.sandbox_port), "--home", home, "--people", str(self.people))
        self.start("sandbox", "socialseed.sandbox", *arguments)
        self.wait_answer("sandbox", f"{self.sandbox_url}/_control/health")
        self.control("POST", "/limits", {"enforced": False})
        self.control("POST", "/tier", {"tier": "enterprise"})

    def start_api(self, *, wait: bool = True, **env: str) -> None:
        """The API answers requests, or will soon when not waited for."""
        self.start("api", "socialseed.app.api", **env)
        if wait:
            self.wait_api()

    def wait_api(self) -> None:
        """The API and its database answer."""
        self.wait_answer("api", f"{self.url}/health/ready")

    def start_worker(self, name: str = "worker", **env: str) -> None:
        """A worker runs and will soon send what is due."""
        self.start(name, "socialseed.app.worker", **env)

    def start_workers(self, count: int) -> list[str]:
        """`count` workers run; their names."""
        names = [f"worker{number}" for number in range(1, count + 1)]
        for name in names:
            self.start_worker(name)
        return names

    def wait_answer(self, name: str, address: str) -> None:
        """The part answers at `address`; else an AssertionError with the end of its log."""
        ready = wait_until(lambda: answers(address) or not self.alive(name), START_SECONDS, 0.05)
        assert ready and self.alive(name), f"{name}: {log_end(self.logs / f'{name}.log')}"

    def alive(self, name: str) -> bool:
        """Whether the part runs now."""
        part = self.parts.get(name)
        return part is not None and part.poll() is None

    def works(self, name: str) -> bool:
        """Whether the worker or API runs and has said that it is at work."""
        if not self.alive(name):
            return False
        said = (self.logs / f"{name}.log").read_bytes()[self._log_ends[name] :]
        return b'"worker.started"' in said or b'"serving"' in said

    def kill(self, name: str) -> None:
        """The part is gone as after `kill -9`; counted in `kills` when it was alive."""
        part = self.parts[name]
        if part.poll() is None:
            part.send_signal(signal.SIGKILL)
            self.kills[name] = self.kills.get(name, 0) + 1
        part.wait(10)
        signal_group(part, signal.SIGKILL)

    def wait_exit(self, name: str, seconds: float) -> int | None:
        """The part's exit code, or None when it still runs after `seconds`."""
        with suppress(subprocess.TimeoutExpired):
            return self.parts[name].wait(seconds)
        return None

    def stop(self) -> None:
        """Nothing of the instance runs: asked first, then killed."""
        for part in self.parts.values():
            if part.poll() is None:
                part.terminate()
        for part in self.parts.values():
            with suppress(subprocess.TimeoutExpired):
                part.wait(STOP_SECONDS)
            signal_group(part, signal.SIGKILL)
            part.wait(10)

    def control(self, method: str, path: str, body: object = None) -> Any:
        """The sandbox's answer to an order at its control desk."""
        with httpx2.Client(trust_env=False, timeout=20) as client:
            answer = client.request(method, f"{self.sandbox_url}/_control{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def fault(self, mode: str, **more: object) -> None:
        """The sandbox misbehaves in this way from now on."""
        self.control("POST", "/faults", {"mode": mode, **more})

    def fault_hits(self) -> dict[str, int]:
        """How often each mode was met since its rules were given."""
        hits: dict[str, int] = {}
        for rule in self.control("GET", "/faults")["faults"]:
            hits[rule["mode"]] = hits.get(rule["mode"], 0) + int(rule["hits"])
        return hits


@contextmanager
def running(home: Path, database_url: str, **given: str) -> Iterator[Product]:
    """A product whose sandbox answers; all that the test starts of it ends with the block."""
    product = Product(home, database_url, given)
    try:
        product.start_sandbox()
        yield product
    finally:
        product.stop()


@dataclass
class Whole:
    """A whole instance as a person starts it: `socialseed up`."""

    home: Path
    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """Where dashboard and API answer."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def demo(self) -> dict[str, str]:
        """What the first start wrote down: url, email, password, sandbox_url."""
        found: dict[str, str] = json.loads((self.home / "demo.json").read_text())
        return found

    def wait_ready(self, seconds: float = 300.0) -> None:
        """It serves; else an AssertionError with the end of its output."""
        ready = f"{self.url}/health/ready"
        served = wait_until(lambda: answers(ready) or self.process.poll() is not None, seconds, 0.2)
        assert served and self.process.poll() is None, log_end(self.output)

    @property
    def output(self) -> Path:
        """What `up` printed."""
        return self.home.with_suffix(".out")

    def stop(self) -> None:
        """Nothing of it runs, its database included."""
        if self.process.poll() is None:
            self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(25)
        signal_group(self.process, signal.SIGKILL)
        self.process.wait(10)


def start_whole(home: Path, port: int, demo: bool, **env: str) -> Whole:
    """`socialseed up` runs in `home`; see `wait_ready`. Stop it with `stop`."""
    home.parent.mkdir(parents=True, exist_ok=True)
    whole_env = python_environment(SOCIALSEED_HOME=str(home), SOCIALSEED_PORT=str(port), **env)
    process = spawn(
        (sys.executable, "-m", "socialseed.app.cli", "up", "--demo" if demo else "--no-demo"),
        log=home.with_suffix(".out"),
        env=whole_env,
        cwd=ROOT,
    )
    return Whole(home, port, process)


@pytest.fixture(scope="session")
def demo_product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    """The demo workspace, served with all its parts; `demo` names its address and sign-in."""
    whole = start_whole(tmp_path_factory.mktemp("whole") / "home", free_port(), demo=True)
    try:
        whole.wait_ready()
        made = wait_until(lambda: (whole.home / "demo.json").exists(), 5)
        assert made, f"there is no demo workspace: {log_end(whole.output)}"
        yield whole
    finally:
        whole.stop()
