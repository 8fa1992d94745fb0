"""`socialseed up`: the whole instance on one machine, from its lock to its last process.

Order: database, schema, platform sandbox, demo workspace (first start), API, worker.
"""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from socialseed.app import embedded
from socialseed.app.bars import Step, say, step
from socialseed.app.home import (
    Home,
    kept_port,
    lock_home,
    open_home,
    port_is_free,
    secret,
    write_private,
)
from socialseed.app.hooks import introduce
from socialseed.app.process import StartError, log_end, signal_group, spawn, wait_until
from socialseed.app.schema import ROOT, is_current, plain_url
from socialseed.app.supervisor import MARK, Part, Supervisor, command, take_down_home

_OLDEST_POSTGRES = 15


def _module(name: str) -> tuple[str, ...]:
    return (sys.executable, "-m", name)


@dataclass(frozen=True)
class Commands:
    """What each process runs. `sandbox` is None where the platforms themselves are used."""

    migrate: tuple[str, ...] = field(default_factory=lambda: _module("socialseed.app.migrate"))
    sandbox: tuple[str, ...] | None = field(default_factory=lambda: _module("socialseed.sandbox"))
    demo: tuple[str, ...] = field(default_factory=lambda: _module("socialseed.sim.demo"))
    api: tuple[str, ...] = field(default_factory=lambda: _module("socialseed.app.api"))
    worker: tuple[str, ...] = field(default_factory=lambda: _module("socialseed.app.worker"))


@dataclass(frozen=True)
class Wishes:
    """How this instance is to be run. `database_url` None means the embedded PostgreSQL."""

    home: Path
    port: int
    database_url: str | None
    public_url: str
    demo: bool
    commands: Commands
    confirm_restore: bool = False
    dashboard_dir: Path = ROOT / "dashboard" / "out"


def up(wishes: Wishes) -> None:
    """Runs the instance until somebody stops it; then nothing of it is left running.

    Raises StartError when it cannot start, Stopping when it was stopped.
    """
    home = open_home(wishes.home)
    lock_home(home)
    take_down_home(home.root, seconds=3)
    if not wait_until(lambda: port_is_free(wishes.port), 2):
        raise StartError(
            f"Port {wishes.port} is in use by another program. "
            "Stop it, or choose another port: SOCIALSEED_PORT=8010 ./start.sh"
        )
    with Supervisor(home=home.root, logs=home.logs) as supervisor:
        _Start(wishes, home, supervisor).all()
        say(_ready_line(home, wishes))
        supervisor.run()


@dataclass
class _Start:
    """The steps of one start. `env` grows as addresses become known."""

    wishes: Wishes
    home: Home
    supervisor: Supervisor
    env: dict[str, str] = field(default_factory=dict)

    def all(self) -> None:
        self.env = {
            **os.environ,
            MARK: self.supervisor.run_id,
            "PYTHONPATH": os.pathsep.join(
                filter(None, (str(ROOT / "src"), os.environ.get("PYTHONPATH")))
            ),
            "PYTHONUNBUFFERED": "1",
            "SOCIALSEED_HOME": str(self.home.root),
            "SOCIALSEED_PORT": str(self.wishes.port),
            "SOCIALSEED_DASHBOARD_DIR": str(self.wishes.dashboard_dir.resolve()),
        }
        with step("Database") as bar:
            self.database()
            bar.advance(1, 1)
        if not is_current(self.env["DATABASE_URL"]):
            with step("Database schema"):
                self.run_to_end("migrate", self.wishes.commands.migrate)
        sandbox = self.sandbox() if self.wishes.commands.sandbox else None
        if sandbox and self.demo_is_due:
            self.wait_ready("Platform sandbox", sandbox)
            sandbox = None
        self.demo()
        token = secret(self.home, "webhook_token")
        token = self.env.setdefault("SOCIALSEED_WEBHOOK_VERIFY_TOKEN", token)
        api = self.part("api", self.wishes.commands.api, self.health)
        self.supervisor.start(api)
        if sandbox:
            self.wait_ready("Platform sandbox", sandbox)
        self.wait_ready("API and dashboard", api)
        with step("Worker"):
            self.supervisor.start(self.part("worker", self.wishes.commands.worker))
        if self.wishes.commands.sandbox:
            deaf = introduce(self.env["SOCIALSEED_SANDBOX_URL"], self.wishes.port, token)
            if deaf:
                say(f"The sandbox sends no webhooks of {', '.join(deaf)}; they are polled.")

    def database(self) -> None:
        if self.wishes.database_url:
            self.env["DATABASE_URL"] = plain_url(self.wishes.database_url)
            _check_version(self.env["DATABASE_URL"])
            return
        cluster = embedded.prepare(self.home)
        server = embedded.start(cluster)

        def launch() -> subprocess.Popen[bytes]:
            embedded.take_down_leftovers(cluster)
            return embedded.launch(cluster, server.port).process

        part = Part(
            name="database",
            log=cluster.log,
            launch=launch,
            ready=lambda _: True,
            wave=0,
            stop_signals=((signal.SIGINT, 2.5), (signal.SIGQUIT, 0.5)),
        )
        self.supervisor.start(part, server.process)
        embedded.ensure_database(server)
        self.env["DATABASE_URL"] = server.url()

    def sandbox(self) -> Part:
        port = kept_port(self.home, "sandbox", avoid=self.wishes.port)
        address = f"http://127.0.0.1:{port}"
        self.env["SOCIALSEED_SANDBOX_URL"] = address
        argv = self.wishes.commands.sandbox or ()
        whole = (*argv, "--port", str(port), "--home", str(self.home.sandbox))
        part = self.part("sandbox", whole, f"{address}/_control/health")
        self.supervisor.start(part)
        return part

    @property
    def health(self) -> str:
        return f"http://127.0.0.1:{self.wishes.port}/health/ready"

    def part(self, name: str, argv: Sequence[str], address: str | None = None) -> Part:
        # Together with the database's, the patience of all waves stays below 15 s.
        wave, patience = (1, 1.5) if name == "sandbox" else (2, 9.0)
        log = self.home.logs / f"{name}.log"
        return Part(
            name=name,
            log=log,
            launch=command(argv, log=log, env=self.env, cwd=ROOT),
            ready=(lambda _: answers(address)) if address else (lambda _: True),
            wave=wave,
            stop_signals=((signal.SIGTERM, patience),),
        )

    def wait_ready(self, label: str, part: Part) -> None:
        with step(label) as bar:
            self.supervisor.wait_ready(part, 60, bar.advance)

    def run_to_end(self, name: str, argv: Sequence[str], bar: Step | None = None) -> None:
        """Runs a command to its end. Raises StartError with the end of its log when it fails."""
        log = self.home.logs / f"{name}.log"
        log.unlink(missing_ok=True)
        process = spawn(argv, log=log, env=self.env, cwd=ROOT)
        self.supervisor.helpers.add(process.pid)

        def finished() -> bool:
            if bar:
                show_progress(log, bar)
            self.supervisor.look_after()
            return process.poll() is not None

        try:
            if not wait_until(finished, 900, every=0.1):
                raise StartError(f"{name} did not end within 15 minutes. See {log}.")
        finally:
            signal_group(process, signal.SIGKILL)
            process.wait()
            self.supervisor.helpers.discard(process.pid)
        if process.returncode != 0:
            raise StartError(f"{name} failed. {log} ends with:\n{log_end(log)}")

    @property
    def demo_is_due(self) -> bool:
        wanted = self.wishes.demo and self.wishes.commands.sandbox is not None
        return wanted and not self.home.demo.exists()

    def demo(self) -> None:
        """A demo workspace exists after the first start; an existing one learns new addresses."""
        if self.home.demo.exists():
            self.refresh_demo()
        elif self.demo_is_due:
            try:
                with step("Demo workspace") as bar:
                    self.run_to_end("demo", self.wishes.commands.demo, bar)
                    if not self.home.demo.exists():
                        raise StartError(f"It did not write {self.home.demo}.")
            except StartError as error:
                say(f"The demo workspace could not be made; the next start tries again. {error}")

    def refresh_demo(self) -> None:
        known = _read_demo(self.home)
        fresh = {"url": self.wishes.public_url}
        if "SOCIALSEED_SANDBOX_URL" in self.env:
            fresh["sandbox_url"] = self.env["SOCIALSEED_SANDBOX_URL"]
        if known and known | fresh != known:
            draft = self.home.demo.with_suffix(".new")
            write_private(draft, json.dumps(known | fresh, indent=2))
            draft.replace(self.home.demo)


def answers(address: str) -> bool:
    """Whether the address answers 200 now."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(address, timeout=2) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError, ValueError):
        return False


def show_progress(log: Path, bar: Step) -> None:
    """Moves the bar to the last `{"done", "total", "label"}` line of the log."""
    for line in reversed(log_end(log).splitlines()):
        if not line.startswith("{"):
            continue
        try:
            said = json.loads(line)
            bar.advance(float(said["done"]), float(said["total"]), str(said.get("label", "")))
        except (ValueError, KeyError, TypeError):
            continue
        return


def _check_version(url: str) -> None:
    try:
        version = int(embedded.psql(url, "SHOW server_version_num")) // 10_000
    except (StartError, ValueError) as error:
        raise StartError(
            f"The database in DATABASE_URL cannot be used: {_without_password(str(error))}"
        ) from error
    if version < _OLDEST_POSTGRES:
        raise StartError(f"PostgreSQL {version} is too old; {_OLDEST_POSTGRES} or newer is needed.")


def _without_password(text: str) -> str:
    return re.sub(r"://([^:/@\s]*):[^@\s]*@", r"://\1:***@", text)


def _read_demo(home: Home) -> dict[str, str]:
    try:
        known = json.loads(home.demo.read_text())
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _ready_line(home: Home, wishes: Wishes) -> str:
    known = _read_demo(home)
    line = f"SocialSeed is ready at {wishes.public_url}"
    if not known:
        return f"{line}  ·  open it to create the first account"
    shown = home.demo
    if shown.is_relative_to(Path.cwd()):
        shown = shown.relative_to(Path.cwd())
    return (
        f"{line}  ·  sign in as {known.get('email')} "
        f"with the password {known.get('password')} (kept in {shown})"
    )
