"""Runs one simulation: its databases, its processes, their progress, their results."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import msgspec

from socialseed.app.process import log_end, signal_group, spawn, wait_until
from socialseed.sim import results
from socialseed.sim.platforms import ADDRESS
from socialseed.sim.population import shares
from socialseed.sim.private import databases
from socialseed.sim.results import Summary
from socialseed.sim.wanted import OURS, RESULT, SHARDS, Task, Told, Wanted

Progress = Callable[[float], None]  # 0 to 1
LONGEST = 24 * 3600.0  # seconds; whoever asks for a simulation may have less patience
LOOK_EVERY = 0.2


class Failed(Exception):
    """A process of the simulation ended before it told anything; the text is the end of its log."""


@dataclass(frozen=True, slots=True)
class _Shard:
    """One process at work in its own folder."""

    home: Path
    process: subprocess.Popen[bytes]

    @property
    def days(self) -> int:
        """How many days it has played, by the last number in its log."""
        lines = (self.home / "log").read_text(errors="replace").split()
        return next((int(word) for word in reversed(lines) if word.isdigit()), 0)

    def told(self) -> Told:
        """What it told. Raises Failed."""
        if self.process.returncode != 0:
            said = log_end(self.home / "log")
            raise Failed(f"A process ended with {self.process.returncode}.\n{said}")
        return msgspec.json.decode((self.home / RESULT).read_bytes(), type=Told)


def simulate(wanted: Wanted, progress: Progress, database_url: str | None = None) -> Summary:
    """The summary of the finished simulation. Raises Failed, StartError, KeyboardInterrupt.

    Whatever happens, its databases, processes and files are gone afterwards.
    """
    began = time.monotonic()
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="socialseed-world-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        dealt = shares(wanted.scenario, wanted.seed, wanted.accounts, SHARDS)
        busy = [number for number, firms in enumerate(dealt) if firms]
        urls: Sequence[str | None] = [None] * len(busy)  # only ours needs a database
        if wanted.policy == OURS:
            urls = stack.enter_context(databases(len(busy), database_url))
        shards = []
        for number, url in zip(busy, urls, strict=True):
            shard = _start(wanted, number, folder / str(number), url)
            stack.callback(_end, shard)
            shards.append(shard)
        _wait(shards, wanted, progress)
        parts = [shard.told() for shard in shards]
    return results.summary(wanted, results.merge(parts), time.monotonic() - began)


def _start(wanted: Wanted, number: int, home: Path, url: str | None) -> _Shard:
    home.mkdir()
    task = home / "task.json"
    task.write_bytes(msgspec.json.encode(Task(wanted=wanted, shard=number, home=str(home))))
    with task.open("rb") as file:
        process = spawn(
            [sys.executable, "-m", "socialseed.sim.shard"],
            log=home / "log",
            env=_environment(home, url),
            stdin=file.fileno(),
        )
    return _Shard(home, process)


def _wait(shards: Sequence[_Shard], wanted: Wanted, progress: Progress) -> None:
    """Returns when all have ended or one has failed."""

    def over() -> bool:
        codes = [shard.process.poll() for shard in shards]
        progress(sum(shard.days for shard in shards) / (wanted.days * len(shards)))
        return all(code == 0 for code in codes) or any(codes)

    if not wait_until(over, LONGEST, every=LOOK_EVERY):
        raise Failed("The simulation took longer than a day.")


def _end(shard: _Shard) -> None:
    if shard.process.poll() is None:
        signal_group(shard.process, signal.SIGKILL)  # its world is thrown away as it is
    shard.process.wait()


def _environment(home: Path, url: str | None) -> dict[str, str]:
    """A bare one: nothing of this installation's own settings reaches a simulated world."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("SOCIALSEED_") and name not in ("DATABASE_URL", "REDIS_URL")
    }
    own = {"SOCIALSEED_HOME": str(home), "SOCIALSEED_SANDBOX_URL": ADDRESS}
    return {**kept, **own, **({"DATABASE_URL": url} if url else {})}
