"""A real PostgreSQL for tests: one server per session, a migrated database in milliseconds."""

import itertools
import os
import subprocess
import sys
from dataclasses import dataclass, field
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
    shape: str = ""  # of the template's schema
    emptied: list[str] = field(default_factory=list)  # databases that the next test may have

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
        server.shape = embedded.psql(with_database(server.url, TEMPLATE), _SHAPE)
        server.template_made = True
    name = f"t{os.getpid()}_{next(_numbers)}"
    embedded.psql(server.url, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    return with_database(server.url, name)


def lend_database(server: TestServer) -> str:
    """The URL of a migrated, empty database, perhaps one that an earlier test gave back."""
    return server.emptied.pop() if server.emptied else fresh_database(server)


def give_back(server: TestServer, url: str) -> None:
    """Nobody is connected to the lent database, its tables are empty, and it may be lent again.

    Emptying costs much less than making and dropping one. One whose schema was altered is dropped.
    """
    mine = with_database(server.url, urlsplit(url).path.lstrip("/"))
    _, _, shape = embedded.psql(mine, _CUT_OFF, _EMPTY, _SHAPE).rpartition("\n")
    if shape == server.shape:
        server.emptied.append(url)
    else:
        drop_database(server, url)


_CUT_OFF = (
    "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
_SHAPE = (
    "SELECT md5(string_agg(concat_ws(':', relname, relkind, relnatts, relchecks, relhasrules,"
    " relhastriggers, relrowsecurity), ',' ORDER BY relname)) FROM pg_class"
    " WHERE relnamespace = 'public'::regnamespace"
)
_EMPTY = """
DO $$
DECLARE used text;
BEGIN
    SELECT string_agg(oid::regclass::text, ', ') INTO used FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
      AND relname <> 'alembic_version' AND pg_relation_size(oid) > 0;
    IF used IS NOT NULL THEN
        EXECUTE 'TRUNCATE ' || used || ' RESTART IDENTITY CASCADE';
    END IF;
END $$
"""


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
