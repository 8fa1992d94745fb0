"""Stand-ins for the forgetful ports, for tests that need none of what they do."""

from collections.abc import AsyncIterator


class NoJobs:
    """Takes jobs and keeps them in a list."""

    def __init__(self) -> None:
        self.queued: list[tuple[str, dict[str, object]]] = []

    async def enqueue(self, session, job, payload, *, run_at, now, dedupe_key=None) -> None:
        self.queued.append((job, dict(payload)))

    async def enqueue_many(self, session, job, entries, *, now) -> None:
        self.queued.extend((job, dict(entry.payload)) for entry in entries)


class NoLimiter:
    """Allows everything."""

    async def take(self, key, *, limit, window, now):
        from socialseed.store.ports import Allowance

        return Allowance(True, 0.0)


class NoBus:
    """Tells nobody."""

    async def publish(self, workspace_id: str) -> None:
        return None

    async def subscribe(self) -> AsyncIterator[str]:
        return
        yield ""
