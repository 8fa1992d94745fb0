"""The process that simulates, as its parent sees it: started by name, heard line by line, ended.

It brings its own database and is told nothing of ours.
"""

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress

import orjson

from socialseed.core.events import Plain

MODULE = "socialseed.sim.whatif"
MOST_BYTES = 8 * 1024 * 1024  # of one line: a summary with its series is a few ten thousand
END_SECONDS = 20.0  # to put its database and files away
Line = Mapping[str, Plain]


class Child:
    """One simulating process. Use `start`, then `lines`, and always `end`."""

    def __init__(self, process: Process) -> None:
        self._process = process

    @staticmethod
    async def start(task: Line) -> "Child":
        """The process has its task."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", MODULE),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,  # what it has to say of a failure is a line
            env=_environment(),
            limit=MOST_BYTES,
            start_new_session=True,
        )
        assert process.stdin is not None
        with suppress(ConnectionError):  # it ended already
            process.stdin.write(orjson.dumps(task))
            await process.stdin.drain()
        process.stdin.close()
        return Child(process)

    async def lines(self, every: float) -> AsyncIterator[Line]:
        """What it says; an empty line whenever it said nothing for `every` seconds."""
        assert self._process.stdout is not None
        waiting = asyncio.ensure_future(self._process.stdout.readline())
        try:
            while True:
                done, _ = await asyncio.wait({waiting}, timeout=every)
                if not done:
                    yield {}
                    continue
                said = waiting.result()
                if not said:
                    return
                yield orjson.loads(said)
                waiting = asyncio.ensure_future(self._process.stdout.readline())
        finally:
            waiting.cancel()

    async def end(self) -> None:
        """The process is gone: asked to put everything away, killed if it does not."""
        if self._process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            self._process.terminate()
        try:
            async with asyncio.timeout(END_SECONDS):
                await self._process.wait()
        except TimeoutError:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()


def _environment() -> dict[str, str]:
    """Nothing of ours: no database, no keys, no settings."""
    ours = ("DATABASE_URL", "REDIS_URL")
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("SOCIALSEED_") and name not in ours
    }
