"""Starts and stops one sandbox process."""

import argparse
import asyncio
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

from socialseed.sandbox.app import App
from socialseed.sandbox.enforcement.profile import Profile, ProfileError
from socialseed.sandbox.guard import chosen
from socialseed.sandbox.http import serve
from socialseed.sandbox.world.world import World


@dataclass(frozen=True, slots=True)
class Options:
    """How a sandbox is started. `seed` and `people` count only for a new home.

    `hosts` may be called with webhooks besides loopback. With `judged` the enforcement `profile`
    (None: off) replaces what the home remembers.
    """

    home: Path
    port: int = 8790
    host: str = "127.0.0.1"
    seed: int = 7
    people: int = 5000
    clock: str = "real"
    hosts: frozenset[str] = frozenset()
    judged: bool = False
    profile: Profile | None = None


async def _serve(world: World, options: Options) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    app = App(world, options.hosts)
    if options.judged:
        app.state.guard.choose(options.profile)
    server = await serve(app, options.port, options.host)
    bound = server.sockets[0].getsockname()[1]
    (world.home / "port").write_text(f"{bound}\n")
    sys.stdout.write(f"sandbox listens on http://{options.host}:{bound}\n")
    sys.stdout.flush()
    delivering = asyncio.create_task(app.state.hooks.run())
    await stop.wait()
    delivering.cancel()
    server.close()


def run(options: Options) -> None:
    """Serves the world kept in the home until SIGINT or SIGTERM; a new world if there is none.

    Port 0 picks a free one; the address is the first line printed, the port is in `<home>/port`.
    """
    if not (options.home / "world.db").exists():
        sys.stderr.write(f"making a world of {options.people:,} people, seed {options.seed}\n")
    world = World(options.home, options.seed, options.people, options.clock)
    try:
        asyncio.run(_serve(world, options))
    finally:
        world.close()


def main(args: list[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="socialseed sandbox",
        description="X, Instagram and TikTok on this machine: their documented HTTP over a seeded"
        " world of invented people.",
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    add("--port", type=int, default=8790, help="0 picks a free one")
    add("--home", type=Path, default=Path("sandbox-home"), help="folder of the world and journals")
    add("--seed", type=int, default=7, help="the same seed makes the same world")
    add("--people", type=int, default=5000, help="how many people a new world has")
    add("--clock", choices=("real", "manual"), default="real", help="manual: it moves on order")
    judged = "lenient, normal, strict, a YAML file, or off (default: what the home remembers)"
    add("--enforcement", metavar="PROFILE", help=judged)
    called = "may be called with webhooks besides this machine; repeatable"
    add("--webhook-host", action="append", default=[], metavar="NAME", help=called)
    given = parser.parse_args(args)
    try:
        profile = chosen(given.enforcement)
    except ProfileError as error:
        parser.error(str(error))
    run(
        Options(
            given.home, given.port, given.host, given.seed, given.people, given.clock,
            frozenset(given.webhook_host), given.enforcement is not None, profile,
        )
    )  # fmt: skip
