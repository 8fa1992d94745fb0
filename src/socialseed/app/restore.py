"""`socialseed up --confirm-restore`: an admin says that a restored database may send again."""

import asyncio
import sys

from socialseed.actions import guard
from socialseed.bootstrap import build_runtime
from socialseed.core import log
from socialseed.core.settings import Settings


async def confirm(settings: Settings) -> int:
    """How many actions went to a person: what was due since the backup may have gone out."""
    async with build_runtime(settings) as runtime:
        return await guard.confirm_restore(runtime)


if __name__ == "__main__":
    log.configure("WARNING", "confirm-restore")
    handed = asyncio.run(confirm(Settings()))
    sys.stdout.write(
        f"Confirmed. {handed} actions that may have been sent before wait for a person.\n"
    )
