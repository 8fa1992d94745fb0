"""A real PostgreSQL for tests: one server per session, a migrated database in milliseconds."""

import itertools
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from socialseed.app import embedded
from socialseed.app.home import open_home

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = "socialseed_template"
_numbers = itertools.count(1)


@dataclass
class TestServer:
    """`url` names the maintenance database; `stop` ends a server that we started."""

    __test__ = False

    url: str
    own: embedded.Server | None
    template_made: bool = False

    def stop(self) -> None:
        if self.own is not None:
            embedded.stop(self.own)
            self.own = None


def start_postgres(home: Path) -> TestServer:
    """A server with its data in `home`, or the one SOCIALSEED_TEST_DATABASE_URL names."""
    given = os.environ.get("SOCIALSEED_TEST_DATABASE_URL")
    if given:
        return TestServer(given, None)
    cluster = embedded.prepare(open_home(home), shared_buffers="64MB")
    server = embedded.start(cluster)
    return TestServer(server.url("postgres"), server)


def fresh_database(server: TestServer) -> str:
    """The URL of a new migrated database; `drop_database` or the server's end removes it."""
    if not server.template_made:
        _make_template(server)
        server.template_made = True
    name = f"t{os.getpid()}_{next(_numbers)}"
    embedded.psql(server.url, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    return with_database(server.url, name)


def clone_database(server: TestServer, url: str) -> str:
    """The URL of a copy of the database at `url`, to which nobody may be connected."""
    name, original = f"c{os.getpid()}_{next(_numbers)}", urlsplit(url).path.lstrip("/")
    embedded.psql(server.url, f"CREATE DATABASE {name} TEMPLATE {original}")
    return with_database(server.url, name)


def drop_database(server: TestServer, url: str) -> None:
    name = urlsplit(url).path.lstrip("/")
    embedded.psql(server.url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def empty_database(server: TestServer) -> str:
    """The URL of a new database with nothing in it."""
    name = f"e{os.getpid()}_{next(_numbers)}"
    embedded.psql(server.url, f"CREATE DATABASE {name}")
    return with_database(server.url, name)


def with_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def with_login(url: str, user: str, password: str) -> str:
    """The same database as somebody else."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{user}:{password}@{place}"))


def migrate(url: str) -> None:
    """Brings the database to the newest schema, as `socialseed migrate` does."""
    env = {**os.environ, "DATABASE_URL": url, "PYTHONPATH": str(ROOT / "src")}
    subprocess.run(
        [sys.executable, "-m", "socialseed.app.migrate"], cwd=ROOT, env=env, check=True, timeout=120
    )


def _make_template(server: TestServer) -> None:
    embedded.psql(
        server.url,
        f"DROP DATABASE IF EXISTS {TEMPLATE} WITH (FORCE)",
        f"CREATE DATABASE {TEMPLATE}",
    )
    migrate(with_database(server.url, TEMPLATE))
