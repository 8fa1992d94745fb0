"""Live streams: one hub per process reads the event log once and fans out to every open stream.

Owns server-sent events: framing, replay, bounded queues, the end of a revoked session's stream.
Reads no tables itself: a Source tells it how.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from uuid import UUID

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from socialseed.core import log
from socialseed.core.errors import AppError, Kind
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx
from socialseed.web.database_errors import FAILURES

TICK_SECONDS = 0.5  # a revoked session's stream ends within two ticks
COMMENT_SECONDS = 15.0
SEND_SECONDS = 20.0  # a client that reads nothing for so long is dropped
QUEUE_LINES = 256
REPLAY_LINES = 1000
MAX_STREAMS = 4000
_log = log.get("web.stream")


@dataclass(frozen=True, slots=True)
class Line:
    """One event as JSON, with its number in the workspace's log."""

    seq: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Listener:
    """On whose right a stream is open: a session's or an API key's id, and the workspace."""

    credential: UUID
    workspace: UUID


@dataclass(frozen=True, slots=True)
class Source:
    """How the hub reads: last numbers, the events after one, who may still listen."""

    heads: Callable[[Tx, Collection[UUID]], Awaitable[Mapping[UUID, int]]]
    lines: Callable[[Tx, UUID, int, int], Awaitable[Sequence[Line]]]
    alive: Callable[[Tx, Collection[Listener]], Awaitable[Collection[Listener]]]


class Subscription:
    """One open stream's bounded queue. A reader that is too slow is closed and replays later."""

    def __init__(self, listener: Listener) -> None:
        self.listener = listener
        self.after = 0
        self._queue: asyncio.Queue[Line | None] = asyncio.Queue(QUEUE_LINES + 1)
        self._closed = False

    def offer(self, line: Line) -> None:
        """`line` is queued, or the stream is on its way to its end."""
        if self._closed:
            return
        if self._queue.qsize() >= QUEUE_LINES:
            self.close()
        else:
            self._queue.put_nowait(line)

    def close(self) -> None:
        """The stream ends after what is queued."""
        if not self._closed:
            self._closed = True
            self._queue.put_nowait(None)

    async def take(self, seconds: float) -> list[Line] | None:
        """What waits, at least one line; empty after `seconds` of silence; None at the end."""
        try:
            async with asyncio.timeout(seconds):
                first = await self._queue.get()
        except TimeoutError:
            return []
        taken: list[Line] = []
        while first is not None:
            taken.append(first)
            if self._queue.empty():
                return taken
            first = self._queue.get_nowait()
        self._closed = True
        if taken:
            self._queue.put_nowait(None)
            return taken
        return None


class Hub:
    """Every open stream of this process. Leaves the database alone while there is none."""

    def __init__(self, runtime: Runtime, source: Source) -> None:
        self._runtime = runtime
        self._source = source
        self._open: dict[UUID, set[Subscription]] = {}
        self._seen: dict[UUID, int] = {}
        self._wake = asyncio.Event()
        self._somebody = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = False

    @property
    def size(self) -> int:
        """How many streams are open."""
        return sum(len(group) for group in self._open.values())

    async def start(self) -> None:
        """The hub listens from now on."""
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._work())]

    async def stop(self) -> None:
        """Every stream has been told to end; nothing listens any more."""
        self._stopping = True
        for group in self._open.values():
            for subscription in group:
                subscription.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    async def open(self, listener: Listener, last_event_id: int | None) -> "EventStream":
        """A stream that begins behind `last_event_id`, or with what happens next.

        Raises UNAVAILABLE while the process stops or is full.
        """
        if self._stopping or self.size >= MAX_STREAMS:
            detail = "Too many live streams are open here. Try again in a few seconds."
            raise AppError(Kind.UNAVAILABLE, "streams_full", detail, retry_after=3)
        # Registered before the log is read: what is written meanwhile waits in the queue.
        subscription = Subscription(listener)
        self._join(subscription)
        ready = False
        try:
            head, missed = await self._catch_up(listener.workspace, last_event_id)
            ready = True
        finally:
            if not ready:
                self._leave(subscription)
        self._seen.setdefault(listener.workspace, head)
        subscription.after = head
        replaying = last_event_id is not None and last_event_id + len(missed) == head
        greeting = _greeting(head, missed, named=not replaying)
        return EventStream(subscription, greeting, lambda: self._leave(subscription))

    async def _catch_up(self, workspace: UUID, after: int | None) -> tuple[int, Sequence[Line]]:
        async with self._runtime.begin(None) as tx:
            head = (await self._source.heads(tx, [workspace])).get(workspace, 0)
            if after is None or not 0 <= head - after <= REPLAY_LINES:
                return head, []
            lines = await self._source.lines(tx, workspace, after, REPLAY_LINES)
            return max([head, *(line.seq for line in lines)]), lines

    def _join(self, subscription: Subscription) -> None:
        self._open.setdefault(subscription.listener.workspace, set()).add(subscription)
        self._somebody.set()

    def _leave(self, subscription: Subscription) -> None:
        workspace = subscription.listener.workspace
        group = self._open.get(workspace, set())
        group.discard(subscription)
        if not group:
            self._open.pop(workspace, None)
            self._seen.pop(workspace, None)
        if not self._open:
            self._somebody.clear()

    async def _listen(self) -> None:
        async for workspace in self._runtime.bus.subscribe():
            if workspace in {str(one) for one in self._open}:
                self._wake.set()

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        checked = loop.time()
        while True:
            await self._somebody.wait()
            with suppress(TimeoutError):
                # Not wait_for: before Python 3.12 it can swallow the cancellation of this task.
                async with asyncio.timeout(TICK_SECONDS):
                    await self._wake.wait()
            self._wake.clear()
            due = loop.time() - checked >= TICK_SECONDS
            try:
                await self._tick(check=due)
            except FAILURES as error:
                # Streams stay open: the next tick reads from where this one stood.
                _log.warning("live_read_failed", error=type(error).__name__)
            if due:
                checked = loop.time()

    async def _tick(self, *, check: bool) -> None:
        async with self._runtime.begin(None) as tx:
            if check:
                await self._end_dead(tx)
            heads = await self._source.heads(tx, list(self._seen))
            for workspace, head in heads.items():
                while self._seen.get(workspace, head) < head:
                    if not await self._fan_out(tx, workspace):
                        break

    async def _fan_out(self, tx: Tx, workspace: UUID) -> bool:
        lines = await self._source.lines(tx, workspace, self._seen[workspace], QUEUE_LINES)
        for line in lines:
            for subscription in self._open.get(workspace, ()):
                if line.seq > subscription.after:
                    subscription.offer(line)
        if lines and workspace in self._seen:
            self._seen[workspace] = lines[-1].seq
        return bool(lines)

    async def _end_dead(self, tx: Tx) -> None:
        listeners = {one.listener for group in self._open.values() for one in group}
        if not listeners:
            return
        alive = set(await self._source.alive(tx, listeners))
        for group in self._open.values():
            for subscription in group:
                if subscription.listener in listeners - alive:
                    subscription.close()


def _frame(line: Line) -> bytes:
    return b"id: %d\ndata: %b\n\n" % (line.seq, line.body)


def _greeting(head: int, missed: Sequence[Line], *, named: bool) -> bytes:
    # With lines to replay the browser's last id must not jump ahead of them.
    name = b"id: %d\n" % head if named else b""
    hello = b'retry: 3000\n\n%bdata: {"type":"hello","seq":%d}\n\n' % (name, head)
    return hello + b"".join(_frame(line) for line in missed)


class EventStream(Response):
    """The response of one stream. Ends when the client goes, the hub stops or the right is gone."""

    media_type = "text/event-stream"

    def __init__(
        self, subscription: Subscription, greeting: bytes, leave: Callable[[], None]
    ) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._subscription = subscription
        self._greeting = greeting
        self._leave = leave

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        gone = asyncio.create_task(self._watch(receive))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            async with aclosing(self._chunks()) as chunks:
                async for chunk in chunks:
                    body = {"type": "http.response.body", "body": chunk, "more_body": True}
                    async with asyncio.timeout(SEND_SECONDS):
                        await send(body)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except (OSError, TimeoutError):
            return
        finally:
            self._leave()
            gone.cancel()

    async def _watch(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._subscription.close()

    async def _chunks(self) -> AsyncGenerator[bytes, None]:
        yield self._greeting
        while True:
            lines = await self._subscription.take(COMMENT_SECONDS)
            if lines is None:
                return
            # What was queued while the log was read may be in the greeting already.
            fresh = [line for line in lines if line.seq > self._subscription.after]
            if fresh or not lines:
                yield b"".join(_frame(line) for line in fresh) or b": alive\n\n"
