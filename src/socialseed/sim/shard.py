"""One process of a simulation: plays its share of the workspaces, writes what came of it.

Takes its task as JSON on standard input, tells each day on standard output, leaves `told.json`.
"""

import gc
import sys
from pathlib import Path

import msgspec
import uvloop

from socialseed.core import log
from socialseed.core.clock import VirtualClock
from socialseed.sandbox.draw import number
from socialseed.sim import policies, product
from socialseed.sim.platforms import Within
from socialseed.sim.population import shares
from socialseed.sim.wanted import BEGINS, OURS, RESULT, SHARDS, Task, Told

PLATFORMS = 3  # of the sandbox, which spreads its people evenly


async def play(task: Task) -> Told:
    """What became of the task's share."""
    wanted, clock = task.wanted, VirtualClock(BEGINS)
    firms = shares(wanted.scenario, wanted.seed, wanted.accounts, SHARDS)[task.shard]
    seed = number(wanted.seed) % 2**31
    way = Within(Path(task.home) / "world", seed, wanted.scenario.people * PLATFORMS, clock)
    try:
        run = product.play if wanted.policy == OURS else policies.play
        return await run(wanted, firms, way, clock, _say)
    finally:
        way.close()


def _say(days: int) -> None:
    sys.stdout.write(f"{days}\n")
    sys.stdout.flush()


def main() -> None:
    """The process."""
    log.configure("WARNING", "simulation")
    task = msgspec.json.decode(sys.stdin.buffer.read(), type=Task)
    gc.freeze()
    told = uvloop.run(play(task))
    (Path(task.home) / RESULT).write_bytes(msgspec.json.encode(told))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
