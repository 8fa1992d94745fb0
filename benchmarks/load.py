"""A cheap HTTP/1.1 load generator: keep-alive connections, a closed loop and an open one.

It reads status and length of an answer and nothing else. Latencies are in milliseconds.
"""

import asyncio
import re
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast

from benchmarks.figures import percentile

LATE_MS = 10.0  # a request that leaves later than this after its plan has missed its schedule
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
Answered = Callable[[int], None]  # gets the status; 0 when the connection broke


def request(
    path: str, host: str, *, method: str = "GET", body: bytes = b"", **headers: str
) -> bytes:
    """The bytes of one request."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Wire(asyncio.Protocol):
    """One connection with at most one request under way."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._answered: Answered | None = None
        self._end: int | None = None
        self.body = b""

    @property
    def open(self) -> bool:
        return self._transport is not None

    @property
    def busy(self) -> bool:
        return self._answered is not None

    def send(self, raw: bytes, answered: Answered) -> None:
        """Asks; `answered` is called once with the status."""
        if self._transport is None:
            answered(0)
            return
        self._answered = answered
        self._transport.write(raw)

    async def ask(self, raw: bytes) -> tuple[int, bytes]:
        """Asks and waits: status and body."""
        done: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.send(raw, lambda status: done.done() or done.set_result(status))
        return await done, self.body

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if self._end is None and not self._find_end():
            return
        assert self._end is not None
        if self._end >= 0 and len(self._buffer) < self._end:
            return
        if self._end < 0 and not self._buffer.endswith(b"0\r\n\r\n"):
            return
        self._finish()

    def _find_end(self) -> bool:
        head = self._buffer.find(b"\r\n\r\n")
        if head < 0:
            return False
        length = _LENGTH.search(self._buffer, 0, head + 2)
        chunked = _CHUNKED.search(self._buffer, 0, head + 2) is not None
        self._end = -1 if chunked else head + 4 + (int(length[1]) if length else 0)
        return True

    def _finish(self) -> None:
        status = int(self._buffer[9:12])
        self.body = bytes(self._buffer[self._buffer.find(b"\r\n\r\n") + 4 :])
        self._buffer.clear()
        self._end = None
        self._tell(status)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._buffer.clear()
        self._end = None
        self._tell(0)

    def _tell(self, status: int) -> None:
        answered, self._answered = self._answered, None
        if answered is not None:
            answered(status)


async def connect(port: int) -> Wire:
    """A connection to a loopback server."""
    _, wire = await asyncio.get_running_loop().create_connection(Wire, "127.0.0.1", port)
    return wire


async def connect_many(port: int, count: int) -> list[Wire]:
    """`count` connections, made some at a time."""
    wires: list[Wire] = []
    while len(wires) < count:
        some = min(50, count - len(wires))
        wires += await asyncio.gather(*(connect(port) for _ in range(some)))
    return wires


@dataclass
class Run:
    """What one run of a load saw."""

    seconds: float = 0.0
    planned: int = 0
    errors: int = 0
    missed: int = 0
    generator_late: int = 0
    latencies: list[float] = field(default_factory=list)

    @property
    def answered(self) -> int:
        return len(self.latencies)

    def figures(self) -> dict[str, float]:
        """Requests a second, latencies and shares of what went wrong."""
        ordered, planned = sorted(self.latencies), max(1, self.planned)
        return {
            "req/s": self.answered / self.seconds,
            "p50 ms": percentile(ordered, 0.50),
            "p95 ms": percentile(ordered, 0.95),
            "p99 ms": percentile(ordered, 0.99),
            "errors": self.errors / planned,
            "missed": self.missed / planned,
            "generator late": self.generator_late / planned,
        }


async def closed_loop(port: int, raw: bytes, connections: int, seconds: float) -> Run:
    """Each connection asks, waits for the answer and asks again, for `seconds`."""
    wires = await connect_many(port, connections)
    run = Run()
    began = time.perf_counter()

    async def one(wire: Wire) -> None:
        while (sent := time.perf_counter()) - began < seconds and wire.open:
            status, _ = await wire.ask(raw)
            run.planned += 1
            if status == 200:
                run.latencies.append((time.perf_counter() - sent) * 1000)
            else:
                run.errors += 1

    await asyncio.gather(*(one(wire) for wire in wires))
    run.seconds = time.perf_counter() - began
    for wire in wires:
        wire.close()
    return run


class _User:
    """Somebody who looks at something at planned instants, whatever the server does."""

    def __init__(self, wire: Wire, requests: Iterator[bytes], run: Run) -> None:
        self.wire, self._requests, self._run = wire, requests, run
        self._queue: deque[float] = deque()
        self._planned = 0.0

    def due(self, planned: float) -> None:
        """The planned instant has come."""
        self._run.planned += 1
        self._run.generator_late += (time.perf_counter() - planned) * 1000 > LATE_MS
        if self.wire.busy:
            self._queue.append(planned)
        else:
            self._send(planned)

    def _send(self, planned: float) -> None:
        self._planned = planned
        self._run.missed += (time.perf_counter() - planned) * 1000 > LATE_MS
        self.wire.send(next(self._requests), self._answered)

    def _answered(self, status: int) -> None:
        if 200 <= status < 300:
            self._run.latencies.append((time.perf_counter() - self._planned) * 1000)
        else:
            self._run.errors += 1
        if self._queue:
            self._send(self._queue.popleft())

    @property
    def waits(self) -> bool:
        return self.wire.busy or bool(self._queue)


async def open_loop(
    port: int, people: Sequence[Iterator[bytes]], every: float, seconds: float, patience: float = 10
) -> Run:
    """Each of `people` asks once in `every` seconds, evenly out of step, for `seconds`.

    Latency counts from the planned instant: a slow answer delays the next request of the same
    person, and the delay is the server's. What is unanswered `patience` later is an error.
    """
    loop, run = asyncio.get_running_loop(), Run(seconds=seconds)
    wires = await connect_many(port, len(people))
    users = [_User(wire, asked, run) for wire, asked in zip(wires, people, strict=True)]
    start, start_loop = time.perf_counter() + 0.5, loop.time() + 0.5
    done = loop.create_future()

    def tick(user: _User, at: float) -> None:
        user.due(start + at)
        if at + every < seconds:
            loop.call_at(start_loop + at + every, tick, user, at + every)

    for number, user in enumerate(users):
        at = every * number / len(users)
        loop.call_at(start_loop + at, tick, user, at)
    loop.call_at(start_loop + seconds, done.set_result, None)
    await done
    give_up = time.perf_counter() + patience
    while any(user.waits for user in users) and time.perf_counter() < give_up:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    run.errors += run.planned - run.answered - run.errors
    for wire in wires:
        wire.close()
    await asyncio.sleep(0.1)
    return run
