"""A simulated population, beside the same number of empty transactions for each account and day.

`python -m benchmarks.simulation`. Processor time of the simulation's processes and of PostgreSQL.
"""

import argparse
import asyncio
import resource
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.support.postgres import TestServer, fresh_database, start_postgres

from benchmarks.figures import Meter, Row, medians, ratio, show, tell
from socialseed.bootstrap import build_runtime
from socialseed.core.clock import SystemClock
from socialseed.core.settings import Settings
from socialseed.jobs.inline import InlineJobs
from socialseed.sim.platforms import ADDRESS
from socialseed.sim.run import simulate
from socialseed.sim.simulate import parser, wishes

TRANSACTIONS = 40  # of one account and day in the floor: about what a simulated one has
COLUMNS = ("cpu ms", "own ms", "days/s")  # for each account and day


@dataclass(frozen=True)
class Spent:
    """Seconds that a piece of work took."""

    wall: float
    own: float
    postgres: float

    def row(self, days: int) -> Row:
        """For each account and day."""
        return {
            "cpu ms": (self.own + self.postgres) * 1000 / days,
            "own ms": self.own * 1000 / days,
            "days/s": days / self.wall,
        }


def measured(server: TestServer, work: Callable[[], object]) -> Spent:
    """What `work` took of this process, of those that it waited for, and of PostgreSQL."""
    assert server.own is not None
    meter = Meter({"postgres": server.own.process.pid})
    before, own, began = meter.read(), _own(), time.perf_counter()
    work()
    wall = time.perf_counter() - began
    return Spent(wall, _own() - own, meter.since(before)["postgres"])


def _own() -> float:
    parts = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(part.ru_utime + part.ru_stime for part in parts)


async def empty(url: str, count: int) -> None:
    """So many transactions one after the other, each with one statement of its own beginning."""
    settings = Settings.model_validate({"DATABASE_URL": url, "sandbox_url": ADDRESS})
    clock, jobs = SystemClock(), InlineJobs()
    async with build_runtime(settings, clock=clock, jobs=jobs, virtual=True) as runtime:
        for _ in range(count):
            async with runtime.begin(None):
                pass


def bench(given: argparse.Namespace, home: Path) -> None:
    """Rounds of floor and simulation."""
    words = ["--accounts", str(given.accounts), "--days", str(given.days)]
    wanted = wishes(parser().parse_args(words))[0]
    days, server = given.accounts * given.days, start_postgres(home)
    rounds: dict[str, list[Row]] = {"floor": [], "simulation": []}
    told: dict[str, object] = {}
    try:
        url = fresh_database(server)
        for _ in range(given.rounds):
            spent = measured(server, lambda: asyncio.run(empty(url, days * TRANSACTIONS)))
            rounds["floor"].append(spent.row(days))
            spent = measured(
                server, lambda: told.update(simulate(wanted, lambda _: None, server.url))
            )
            rounds["simulation"].append(spent.row(days))
    finally:
        server.stop()
    rows = {name: medians(found) for name, found in rounds.items()}
    title = f"{given.accounts} accounts, {given.days} days: for each account and day"
    show(title, COLUMNS, rows)
    ratios = ratio(rows["simulation"], rows["floor"], COLUMNS)
    tell("simulation", {**rows, "ratios": ratios, "actions": told["actions_done"],
                        "digest": told["digest"]})  # fmt: skip


def main() -> None:
    """The command."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--accounts", type=int, default=12)
    given.add_argument("--days", type=int, default=30)
    given.add_argument("--rounds", type=int, default=3)
    with tempfile.TemporaryDirectory() as home:
        bench(given.parse_args(), Path(home))


if __name__ == "__main__":
    main()
