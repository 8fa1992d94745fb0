"""The instance's own folder: layout and permissions, lock, kept ports, generated secrets."""

import fcntl
import json
import os
import secrets
import socket
import zlib
from dataclasses import dataclass
from pathlib import Path

from socialseed.app.process import StartError

# Below the range the kernel gives to outgoing connections (32768 to 60999 by default on Linux).
_PORT_FLOOR = 20_000
_PORT_SPAN = 12_000


@dataclass(frozen=True)
class Home:
    """Paths of one instance. `open_home` makes them."""

    root: Path

    @property
    def keys(self) -> Path:
        return self.root / "keys"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def sandbox(self) -> Path:
        return self.root / "sandbox"

    @property
    def demo(self) -> Path:
        return self.root / "demo.json"


def open_home(root: Path) -> Home:
    """The folders exist and are closed to other users (0700). Raises StartError if they cannot."""
    home = Home(root.expanduser().resolve())
    try:
        for folder in (home.root, home.keys, home.logs, home.data, home.sandbox):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if home.root.stat().st_mode & 0o077:
            home.root.chmod(0o700)
    except OSError as error:
        raise StartError(
            f"The folder {home.root} (SOCIALSEED_HOME) cannot be used: {error.strerror}."
        ) from error
    return home


def lock_home(home: Home) -> int:
    """This process alone runs the instance until the returned descriptor is closed or it dies.

    Raises StartError when another process holds the lock.
    """
    descriptor = os.open(home.root / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.read(descriptor, 32).decode(errors="replace").strip() or "unknown"
        os.close(descriptor)
        raise StartError(
            f"SocialSeed already runs in {home.root} (process {holder}). Stop it first, "
            "or set SOCIALSEED_HOME and SOCIALSEED_PORT for a second instance."
        ) from error
    os.ftruncate(descriptor, 0)
    os.write(descriptor, f"{os.getpid()}\n".encode())
    return descriptor


def secret(home: Home, name: str) -> str:
    """The random secret of this name, made at the first call and kept in the keys folder (0600)."""
    path = home.keys / name
    if not path.exists():
        draft = path.with_suffix(".new")
        write_private(draft, secrets.token_urlsafe(32))
        draft.rename(path)
    return path.read_text().strip()


def write_private(path: Path, text: str) -> None:
    """The file holds `text` on disk and only its owner may read it."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def kept_port(home: Home, name: str, avoid: int = 0) -> int:
    """A free loopback port for `name`: the one of last time when it is still free."""
    path = home.root / "ports.json"
    ports: dict[str, int] = _read_ports(path)
    port = ports.get(name)
    if port is None or port == avoid or not port_is_free(port):
        port = _choose_port(f"{home.root}/{name}", taken={*ports.values(), avoid})
        ports[name] = port
        draft = path.with_suffix(".new")
        write_private(draft, json.dumps(ports))
        draft.rename(path)
    return port


def kept_ports(home: Home) -> dict[str, int]:
    """The ports of the last start by name; empty before the first one."""
    return _read_ports(home.root / "ports.json")


def port_is_free(port: int) -> bool:
    """Whether a server could listen on this loopback port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _read_ports(path: Path) -> dict[str, int]:
    try:
        kept = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return {str(name): int(port) for name, port in kept.items()} if isinstance(kept, dict) else {}


def _choose_port(seed: str, taken: set[int]) -> int:
    first = zlib.crc32(seed.encode()) % _PORT_SPAN
    for step in range(_PORT_SPAN):
        port = _PORT_FLOOR + (first + step) % _PORT_SPAN
        if port not in taken and port_is_free(port):
            return port
    raise StartError("No free port was found on 127.0.0.1.")
