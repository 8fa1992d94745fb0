"""What a benchmark runs on: an embedded PostgreSQL of its own and the product's real processes."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from tests.support.postgres import TestServer, fresh_database
from tests.support.product import Product, free_port

from benchmarks.figures import Meter
from socialseed.app import embedded
from socialseed.app.home import open_home

MEMORY = Path("/dev/shm")
# A quiet log and leases as in production: the fault tests' short ones would end under load.
AS_IN_PRODUCTION = {
    "SOCIALSEED_LOG_LEVEL": "INFO",
    "SOCIALSEED_LEASE_SECONDS": "45",
    "SOCIALSEED_CALL_DEADLINE_SECONDS": "20",
    "SOCIALSEED_WORKER_LANES": "32",
}


@dataclass
class Stand:
    """A product that is not started yet, over a migrated database."""

    product: Product
    postgres: embedded.Server
    floor_port: int

    @property
    def database_url(self) -> str:
        return self.product.database_url

    async def connect(self) -> asyncpg.Connection:
        """A connection that sees and may do everything."""
        return await asyncpg.connect(self.database_url)

    def start_api(self) -> None:
        """The API answers."""
        self.product.start_api(**AS_IN_PRODUCTION)

    def start_worker(self, name: str) -> None:
        """A worker process exists."""
        self.product.start_worker(name, **AS_IN_PRODUCTION)

    def start_floor(self, workspace: str = "") -> None:
        """The bare server answers beside the product's."""
        arguments = ["--port", str(self.floor_port)]
        if workspace:
            arguments += ["--workspace", workspace]
        self.product.start("floor", "benchmarks.floor", *arguments)
        self.product.wait_answer("floor", f"http://127.0.0.1:{self.floor_port}/")

    def meter(self, *parts: str) -> Meter:
        """Processor time of these parts and of PostgreSQL."""
        roots: Mapping[str, int] = {name: self.product.parts[name].pid for name in parts}
        return Meter({**roots, "postgres": self.postgres.process.pid})


@contextmanager
def stand() -> Iterator[Stand]:
    """PostgreSQL with a migrated database runs; the sandbox's journal lies in memory."""
    root = Path(tempfile.mkdtemp(prefix="socialseed-bench-"))
    memory = MEMORY if MEMORY.is_dir() else None
    light = Path(tempfile.mkdtemp(prefix="socialseed-bench-", dir=memory))
    home = root / "product"
    home.mkdir()
    (home / "sandbox").symlink_to(light)
    server = embedded.start(embedded.prepare(open_home(root / "postgres")))
    try:
        url = fresh_database(TestServer(server.url("postgres"), None))
        product = Product(home, url)
        try:
            yield Stand(product, server, free_port())
        finally:
            product.stop()
    finally:
        embedded.stop(server)
        shutil.rmtree(light, ignore_errors=True)
        shutil.rmtree(root, ignore_errors=True)


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0))
