"""Starts and stops one sandbox process on 127.0.0.1."""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from socialseed.sandbox.app import App
from socialseed.sandbox.http import serve
from socialseed.sandbox.world.world import World


async def _serve(world: World, port: int) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    server = await serve(App(world), port)
    bound = server.sockets[0].getsockname()[1]
    (world.home / "port").write_text(f"{bound}\n")
    sys.stdout.write(f"sandbox listens on http://127.0.0.1:{bound}\n")
    sys.stdout.flush()
    await stop.wait()
    server.close()


def run(port: int, home: Path, seed: int = 7, people: int = 5000, clock: str = "real") -> None:
    """Serves the world kept in `home` until SIGINT or SIGTERM; a new world if there is none.

    `port` 0 picks a free one; the port in use is printed and written to `<home>/port`.
    """
    world = World(home, seed, people, clock)
    try:
        asyncio.run(_serve(world, port))
    finally:
        world.close()


def main(args: list[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="socialseed sandbox")
    parser.add_argument("--port", type=int, default=8790)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--people", type=int, default=5000)
    parser.add_argument("--clock", choices=("real", "manual"), default="real")
    given = parser.parse_args(args)
    run(given.port, given.home, given.seed, given.people, given.clock)
