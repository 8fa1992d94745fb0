"""An instance of stand-ins around a real PostgreSQL: start, death, stop, kill, side by side."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from socialseed.app.process import wait_until
from socialseed.app.supervisor import MARK
from socialseed.app.up import answers

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.fault


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Instance:
    """One `up`, its output, and every process that belongs to it."""

    home: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self, *options: str) -> "Instance":
        env = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
        self.home.mkdir(exist_ok=True)
        with self.output.open("wb") as out:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "tests.support.stand_ins"),
                    *("up", str(self.home), str(self.port), *options),
                ],
                stdout=out,
                stderr=out,
                env=env,
                cwd=ROOT,
            )
        return self

    @property
    def output(self) -> Path:
        return self.home.with_suffix(".out")

    def ready(self) -> "Instance":
        assert wait_until(lambda: "SocialSeed is ready" in self.said(), 60), self.said()
        return self

    def stubborn(self) -> None:
        log = self.home / "logs" / "worker.log"
        assert wait_until(lambda: "ignoring the stop" in log.read_text(), 20)

    def said(self) -> str:
        return self.output.read_text()

    def send(self, number: signal.Signals, seconds: float = 15) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(seconds)

    def processes(self) -> list[psutil.Process]:
        """Everything alive of this instance, found without the product's help."""
        found = []
        for process in psutil.process_iter():
            try:
                mine = str(self.home) in " ".join(process.cmdline()) or (
                    process.environ().get(MARK, "").startswith(f"{self.home}#")
                )
                if mine and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
            except psutil.Error:
                continue
        return found

    def api_pid(self) -> int:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/") as answer:
            return int(answer.read())

    def named(self, words: str) -> psutil.Process:
        return next(one for one in self.processes() if words in " ".join(one.cmdline()))


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Instance]:
    one = Instance(tmp_path / "home")
    yield one
    if one.process is not None and one.process.poll() is None:
        one.process.kill()
        one.process.wait()
    wait_until(lambda: not one.processes(), 5)
    for left in one.processes():
        left.kill()


def test_start_shows_the_sign_in_and_stop_leaves_nothing(instance: Instance) -> None:
    instance.start().ready()
    line = next(line for line in instance.said().splitlines() if "is ready" in line)
    assert f"http://127.0.0.1:{instance.port}" in line
    assert "demo@example.com" in line
    assert "pass-word" in line
    assert len(instance.processes()) > 4
    assert instance.send(signal.SIGTERM) == 0
    assert instance.processes() == []
    assert stat.S_IMODE(instance.home.stat().st_mode) == 0o700


def test_a_second_start_keeps_the_demo_and_renews_its_addresses(instance: Instance) -> None:
    instance.start().ready()
    instance.send(signal.SIGINT)
    instance.start().ready()
    assert "Demo workspace" not in instance.said()
    demo = json.loads((instance.home / "demo.json").read_text())
    assert demo["url"] == f"http://127.0.0.1:{instance.port}"
    assert answers(demo["sandbox_url"])
    assert demo["password"] == "pass-word"


def test_no_demo_starts_empty(instance: Instance) -> None:
    instance.start("no-demo").ready()
    assert not (instance.home / "demo.json").exists()
    assert "first account" in instance.said()


def test_a_demo_that_fails_is_said_and_does_not_keep_the_product_down(instance: Instance) -> None:
    instance.start("no-maker").ready()
    assert "could not be made" in instance.said()
    assert answers(f"http://127.0.0.1:{instance.port}/")


def test_a_killed_part_and_its_children_are_replaced(instance: Instance) -> None:
    instance.start().ready()
    old = instance.api_pid()
    children = psutil.Process(old).children()
    os.kill(old, signal.SIGKILL)
    url = f"http://127.0.0.1:{instance.port}/"
    assert wait_until(lambda: answers(url) and instance.api_pid() != old, 20)
    assert children
    assert not any(child.is_running() for child in children), "the group of the dead is ended"
    assert "SIGKILL" in instance.said()


def test_a_killed_database_comes_back_on_its_port(instance: Instance) -> None:
    instance.start().ready()
    port = json.loads((instance.home / "ports.json").read_text())["postgres"]
    old = instance.named("bin/postgres -D")
    old.kill()

    def back() -> bool:
        with socket.socket() as probe:
            return not old.is_running() and probe.connect_ex(("127.0.0.1", port)) == 0

    assert wait_until(back, 20)
    assert instance.send(signal.SIGTERM) == 0
    assert instance.processes() == []


def test_kill_of_the_supervisor_leaves_nothing_and_the_next_start_recovers(
    instance: Instance,
) -> None:
    instance.start().ready()
    instance.send(signal.SIGKILL)
    instance.start().ready()
    instance.send(signal.SIGKILL)
    assert wait_until(lambda: not instance.processes(), 15), instance.processes()


def test_what_ignores_the_stop_is_taken_down_in_time(instance: Instance) -> None:
    instance.start("stubborn").ready().stubborn()
    assert instance.send(signal.SIGTERM, seconds=15) == 0
    assert instance.processes() == []


LAST_WORDS = """
import os, signal, sys
from pathlib import Path
from socialseed.app.supervisor import Stopping, Supervisor

class Dying:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)
        for _ in range(1000):
            pass

home = Path(sys.argv[1])
with Supervisor(home=home, logs=home) as supervisor:
    try:
        Dying()
        print("unheard", flush=True)
        supervisor.run()
    except Stopping:
        print("heeded", flush=True)
"""


def test_a_stop_that_comes_while_an_object_is_finalised_is_heeded(tmp_path: Path) -> None:
    env = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    argv = [sys.executable, "-c", LAST_WORDS, str(tmp_path)]
    done = subprocess.run(argv, env=env, capture_output=True, text=True, timeout=60, check=False)
    # What a handler raises there goes nowhere; the supervisor remembers that it was asked.
    assert done.stdout.split() == ["unheard", "heeded"], done.stderr


def test_what_outlived_a_killed_supervisor_is_taken_down_by_the_next(instance: Instance) -> None:
    instance.start("stubborn").ready().stubborn()
    left = instance.named("stubborn")
    instance.send(signal.SIGKILL)
    instance.start().ready()
    assert not left.is_running()


def test_a_second_up_on_the_same_home_is_refused(instance: Instance) -> None:
    instance.start().ready()
    rival = Instance(instance.home)
    rival_output = instance.home.parent / "rival.out"
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.stand_ins", "up", str(rival.home), str(rival.port)],
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 1
    assert "already runs" in done.stderr
    assert not rival_output.exists()
    assert answers(f"http://127.0.0.1:{instance.port}/")


def test_a_taken_port_is_named(instance: Instance) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        instance.port = taken.getsockname()[1]
        instance.start()
        assert instance.process is not None
        assert instance.process.wait(30) == 1
    assert "SOCIALSEED_PORT" in instance.said()
    assert instance.processes() == []


def test_a_part_that_cannot_live_is_tried_again_and_said(instance: Instance) -> None:
    instance.start("broken")
    assert wait_until(lambda: instance.said().count("The worker stopped") >= 2, 30), instance.said()
    assert answers(f"http://127.0.0.1:{instance.port}/")


def test_two_instances_run_side_by_side(instance: Instance, tmp_path: Path) -> None:
    other = Instance(tmp_path / "other")
    instance.start().ready()
    other.start().ready()
    try:
        assert other.api_pid() != instance.api_pid()
        other.send(signal.SIGTERM)
        assert other.processes() == []
        assert answers(f"http://127.0.0.1:{instance.port}/")
    finally:
        if other.process and other.process.poll() is None:
            other.process.kill()
