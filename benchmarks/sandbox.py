"""The platform sandbox with 100,000 people, beside its own HTTP server answering a constant.

`python -m benchmarks.sandbox`. A modest closed loop of X calls; sandbox and floor take turns.
"""

import argparse
import asyncio
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

from benchmarks.figures import Meter, Row, medians, ratio, show, tell
from benchmarks.load import Run, Wire, connect_many, request
from benchmarks.stand import MEMORY, processors
from socialseed.sandbox.http import Answer, Request, json_answer, serve

COLUMNS = ("req/s", "p50 ms", "p95 ms", "p99 ms", "errors", "cpu ms/req")
# A look at oneself, at others and their posts, a search, and now and then a post: shares in %.
MIX = {"me": 20, "person": 25, "posts": 25, "search": 15, "mentions": 10, "publish": 5}
TOPICS = ("coffee", "running", "ceramics", "photography", "baking", "cycling", "hiking", "books")
Asked = Callable[[random.Random, int], bytes]


@contextmanager
def process(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str, float]]:
    """A process that prints its address first: itself, the address, seconds until then."""
    began = time.perf_counter()
    started = subprocess.Popen(
        [sys.executable, "-m", *arguments], stdout=subprocess.PIPE, text=True
    )
    try:
        assert started.stdout is not None
        address = started.stdout.readline().split()[-1]
        yield started, address, time.perf_counter() - began
    finally:
        started.terminate()
        started.wait(20)
        if started.stdout is not None:
            started.stdout.close()


def prepare(url: str) -> tuple[str, str, list[dict[str, str]]]:
    """An account with a grant, windows that refuse nothing, and people to look at."""
    with httpx2.Client(base_url=f"{url}/_control", timeout=30) as desk:
        spec = {"platform": "twitter", "handle": "bench", "interests": ["coffee"],
                "followers": 5000}  # fmt: skip
        account = desk.post("/accounts", json=spec).json()
        order = {"platform": "twitter", "handle": "bench", "client_id": "bench"}
        token = desk.post("/tokens", json=order).json()["access_token"]
        desk.post("/limits", json={"enforced": False})
        people = desk.get("/people?platform=twitter&limit=500").json()["people"]
    return str(account["id"]), str(token), people


def asking(port: int, account: str, token: str, people: list[dict[str, str]]) -> Asked:
    """What a client asks next; each text is published once."""
    host = f"127.0.0.1:{port}"

    def ask(rng: random.Random, number: int) -> bytes:
        kind = rng.choices(list(MIX), list(MIX.values()))[0]
        person, topic = rng.choice(people), rng.choice(TOPICS)
        base, mine = "/api.x.com/2", f"Bearer {token}"
        if kind == "publish":
            body = json.dumps({"text": f"Notes about {topic}, number {number}"}).encode()
            return request(f"{base}/tweets", host, method="POST", body=body, Authorization=mine)
        paths = {
            "me": "/users/me",
            "person": f"/users/by/username/{person['handle']}?user.fields=public_metrics",
            "posts": f"/users/{person['id']}/tweets?max_results=20",
            "search": f"/tweets/search/recent?query={topic}&max_results=20",
            "mentions": f"/users/{account}/mentions?max_results=20",
        }
        return request(base + paths[kind], host, Authorization=mine)

    return ask


async def load(port: int, ask: Asked, given: argparse.Namespace, turn: int) -> Run:
    """Each connection asks, waits for the answer and asks again, for some seconds."""
    wires, run = await connect_many(port, given.connections), Run()
    began = time.perf_counter()

    async def one(wire: Wire, place: int) -> None:
        rng, number = random.Random(f"{turn} {place}"), 0
        while (sent := time.perf_counter()) - began < given.seconds and wire.open:
            number += 1
            status, _ = await wire.ask(ask(rng, (turn * 64 + place) * 10_000_000 + number))
            run.planned += 1
            if status in (200, 201):
                run.latencies.append((time.perf_counter() - sent) * 1000)
            else:
                run.errors += 1

    await asyncio.gather(*(one(wire, place) for place, wire in enumerate(wires)))
    run.seconds = time.perf_counter() - began
    for wire in wires:
        wire.close()
    return run


def bench(given: argparse.Namespace, home: Path) -> None:
    """Rounds of floor and sandbox."""
    people = ("--people", str(given.people))
    box = ("socialseed.sandbox", "--port", "0", "--home", str(home), *people)
    rounds: dict[str, list[Row]] = {"floor": [], "sandbox": []}
    with process(*box) as (sandbox, url, first_start):
        account, token, found = prepare(url)
        with process("benchmarks.sandbox", "--floor") as (floor, floor_url, _):
            ports = {"floor": int(floor_url.rpartition(":")[2]),
                     "sandbox": int(url.rpartition(":")[2])}  # fmt: skip
            for turn in range(given.rounds):
                for name, pid in (("floor", floor.pid), ("sandbox", sandbox.pid)):
                    ask = asking(ports[name], account, token, found)
                    meter = Meter({name: pid})
                    before = meter.read()
                    run = asyncio.run(load(ports[name], ask, given, turn))
                    spent = sum(meter.since(before).values())
                    cpu = spent * 1000 / max(1, run.answered)
                    rounds[name].append({**run.figures(), "cpu ms/req": cpu})
    with process(*box) as (_, _, later_start):
        report(rounds, given, {"first start s": first_start, "later start s": later_start})


def report(rounds: dict[str, list[Row]], given: argparse.Namespace, starts: Row) -> None:
    """The table and the JSON line."""
    rows = {name: medians(found) for name, found in rounds.items()}
    ratios = ratio(rows["sandbox"], rows["floor"], COLUMNS[:4] + COLUMNS[5:])
    title = (
        f"{given.people:,} people, closed loop of {given.connections}, {given.seconds:.0f} s,"
        f" mix {MIX}, medians of {given.rounds} rounds"
    )
    show(title, COLUMNS, {**rows, "sandbox / floor": ratios})
    show("seconds until it listens", tuple(starts), {"sandbox": starts})
    told = {"processors": processors(), **vars(given), **rows, **starts}
    tell("sandbox", {**told, "sandbox / floor": ratios})


async def serve_floor() -> None:
    """The sandbox's own HTTP server answers a constant until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)

    async def hello(asked: Request) -> Answer:
        return json_answer({"data": {"hello": "world"}})

    server = await serve(hello, 0)
    print(f"floor listens on http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await stop.wait()
    server.close()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sandbox")
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--disk", action="store_true", help="the journal's fsync reaches a disk")
    parser.add_argument("--floor", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.floor:
        asyncio.run(serve_floor())
        return
    memory = MEMORY if MEMORY.is_dir() and not given.disk else None
    root = Path(tempfile.mkdtemp(prefix="socialseed-bench-", dir=memory))
    os.environ.setdefault("PYTHONPATH", "src")
    try:
        bench(given, root / "home")
    finally:
        shutil.rmtree(root, ignore_errors=True)


if __name__ == "__main__":
    main()
