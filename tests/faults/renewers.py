"""One of several processes in which many workers want the same accounts' tokens at once.

`python -m tests.faults.renewers <workspace> <workers> <rounds> <account>…`. Each round plays three
hours after the one before, so that every token has run out; what everybody got is printed as JSON.
"""

import asyncio
import json
import sys
from collections import Counter
from datetime import timedelta
from uuid import UUID

from socialseed.accounts import tokens
from socialseed.bootstrap import build_runtime
from socialseed.core.errors import UpstreamError
from socialseed.core.settings import Settings
from socialseed.runtime.runtime import Runtime
from tests.faults.crew import Ahead

LIFE = timedelta(hours=3)  # longer than an access token of X


async def ask(runtime: Runtime, workspace: UUID, accounts: list[UUID], got: Counter[str]) -> None:
    """One worker wants every account's token until it has it or is told that nobody will."""
    for account in accounts:
        while True:
            try:
                await tokens.grant(runtime, workspace, account)
                got["granted"] += 1
            except UpstreamError as error:
                got[error.code] += 1
                if error.code == "renewal_under_way":
                    continue
            break


def turned(accounts: list[UUID], by: int) -> list[UUID]:
    """The same accounts, beginning with another one."""
    start = by % len(accounts)
    return accounts[start:] + accounts[:start]


async def run(workspace: UUID, workers: int, rounds: int, accounts: list[UUID]) -> None:
    """All rounds; then what was got is told."""
    got: Counter[str] = Counter()
    for number in range(1, rounds + 1):
        async with build_runtime(Settings(), clock=Ahead(LIFE * number)) as runtime:
            # How long one waits for a connection is not what this is about.
            runtime.engine.sync_engine.pool._timeout = 60.0  # type: ignore[attr-defined]
            asking = (ask(runtime, workspace, turned(accounts, n), got) for n in range(workers))
            await asyncio.gather(*asking)
    print(json.dumps(got), flush=True)


if __name__ == "__main__":
    _, place, crowd, times, *names = sys.argv
    asyncio.run(run(UUID(place), int(crowd), int(times), [UUID(name) for name in names]))
