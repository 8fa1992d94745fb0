"""A PostgreSQL of a simulation's own: made in a temporary folder, thrown away afterwards."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from socialseed.app import embedded
from socialseed.app.home import open_home
from socialseed.app.migrate import migrate
from socialseed.app.schema import plain_url


@contextmanager
def databases(count: int, server_url: str | None) -> Iterator[list[str]]:
    """The URLs of `count` empty migrated databases, which are gone after the block.

    They stand on a server of our own, or on that of `server_url`, where databases may be made.
    Raises StartError when there is no such server.
    """
    with server(server_url) as root:
        names = [f"simulation_{os.getpid()}_{number}" for number in range(count)]
        try:
            embedded.psql(root, f"CREATE DATABASE {names[0]}")
            migrate(_database(root, names[0]))
            for name in names[1:]:
                embedded.psql(root, f"CREATE DATABASE {name} TEMPLATE {names[0]}")
            yield [_database(root, name) for name in names]
        finally:
            if server_url is not None:
                for name in names:
                    embedded.psql(root, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def server(given: str | None) -> Iterator[str]:
    """The URL of a server: `given`, or one of our own that is gone after the block."""
    if given is not None:
        yield plain_url(given)
        return
    folder = Path(tempfile.mkdtemp(prefix="socialseed-simulation-"))
    try:
        own = embedded.start(embedded.prepare(open_home(folder), shared_buffers="256MB"))
        try:
            yield own.url("postgres")
        finally:
            embedded.stop(own)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _database(root: str, name: str) -> str:
    return urlunsplit(urlsplit(root)._replace(path=f"/{name}"))
