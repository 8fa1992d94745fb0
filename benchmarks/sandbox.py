"""The platform sandbox with 100,000 people, beside its own HTTP server that syncs a line and
answers a constant.

`python -m benchmarks.sandbox`. An open loop of mixed calls by accounts of X and Instagram tells the
latencies, a closed one of the same calls the capacity; sandbox and floor take turns.
"""

import argparse
import asyncio
import itertools
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import httpx2

from benchmarks.figures import Meter, Row, medians, percentile, ratio, show, tell
from benchmarks.load import Run, Wire, connect_many, open_loop, request
from benchmarks.stand import MEMORY, processors
from socialseed.sandbox.app import App
from socialseed.sandbox.http import Answer, Handler, Request, json_answer, serve
from socialseed.sandbox.world.world import World

OPEN = ("req/s", "p50 ms", "p95 ms", "p99 ms", "server p50 ms", "server p99 ms", "own p99 ms",
        "missed", "errors", "cpu ms/req", "load")  # fmt: skip
CLOSED = ("req/s", "p50 ms", "p99 ms", "errors", "cpu ms/req", "load")
RATIOS = ("req/s", "p50 ms", "p99 ms", "server p99 ms", "own p99 ms", "cpu ms/req")
# What is asked for, in shares of 100; the last four are acts.
MIX = {
    "me": 10, "person": 15, "posts": 15, "search": 14, "people": 3, "home": 5, "mentions": 9,
    "comments": 9, "like": 8, "follow": 5, "publish": 4, "comment": 3,
}  # fmt: skip
TOPICS = ("coffee", "running", "ceramics", "photography", "baking", "cycling", "hiking", "books")
X, INSTAGRAM = "/api.x.com/2", "/graph.instagram.com"
TIMINGS = "/_timings"
_LINE = b"x" * 450 + b"\n"


@contextmanager
def process(*arguments: str) -> Iterator[tuple[int, int, Row]]:
    """A process that prints its address first: its pid, its port, seconds until then."""
    began = time.perf_counter()
    started = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.sandbox", *arguments], stdout=subprocess.PIPE, text=True
    )
    try:
        assert started.stdout is not None
        port = int(started.stdout.readline().rpartition(":")[2])
        spent = Meter({"own": started.pid}).read()["own"]
        yield started.pid, port, {"wall s": time.perf_counter() - began, "cpu s": spent}
    finally:
        started.terminate()
        started.wait(20)
        if started.stdout is not None:
            started.stdout.close()


@dataclass(frozen=True)
class Account:
    """One client's accounts on X and Instagram, and its own medium."""

    x: str
    x_token: str
    instagram_token: str
    medium: str


@dataclass(frozen=True)
class Known:
    """Whom and what everybody can look at, and act on once."""

    people: list[dict[str, str]]
    posts: list[str]


def prepare(port: int, count: int) -> tuple[list[Account], Known]:
    """Accounts with grants, windows that refuse nothing, people and posts to look at."""
    with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as http:
        http.post("/_control/limits", json={"enforced": False})
        http.post("/_control/tier", json={"platform": "twitter", "tier": "enterprise"})
        accounts = [_account(http, number) for number in range(count)]
        people: list[dict[str, str]] = []
        for cursor in (0, 20_000, 40_000, 60_000):
            path = f"/_control/people?platform=twitter&limit=500&cursor={cursor}"
            people += http.get(path).json()["people"]
        bearer = {"Authorization": f"Bearer {accounts[0].x_token}"}
        posts: list[str] = []
        for topic in TOPICS:
            path = f"{X}/tweets/search/recent?query={topic}&max_results=100"
            posts += [one["id"] for one in http.get(path, headers=bearer).json()["data"]]
        return accounts, Known(people, posts)


def _account(http: httpx2.Client, number: int) -> Account:
    ids, tokens = {}, {}
    for platform in ("twitter", "instagram"):
        who = {"platform": platform, "handle": f"bench{number}"}
        spec = {**who, "interests": [TOPICS[number % 8]], "followers": 5000, "following": 300}
        ids[platform] = str(http.post("/_control/accounts", json=spec).json()["id"])
        grant = http.post("/_control/tokens", json={**who, "client_id": "bench"}).json()
        tokens[platform] = str(grant["access_token"])
    bearer = {"Authorization": f"Bearer {tokens['instagram']}"}
    spec = {"image_url": "https://example.com/cup.jpg", "caption": "A cup of coffee"}
    made = http.post(f"{INSTAGRAM}/me/media", json=spec, headers=bearer).json()
    until = time.perf_counter() + 30
    while time.perf_counter() < until:
        done = http.post(f"{INSTAGRAM}/me/media_publish", headers=bearer,
                         json={"creation_id": made["id"]})  # fmt: skip
        if done.status_code == 200:
            return Account(
                ids["twitter"], tokens["twitter"], tokens["instagram"], done.json()["id"]
            )
        time.sleep(0.2)
    raise SystemExit(f"the medium was not published: {done.text}")


def asking(port: int, mine: Account, known: Known, key: str) -> Iterator[bytes]:
    """What one client asks, without end; each text is said once."""
    rng, host = random.Random(key), f"127.0.0.1:{port}"
    kinds, shares = list(MIX), list(MIX.values())
    for number in itertools.count():
        kind = rng.choices(kinds, shares)[0]
        token = mine.instagram_token if kind.startswith("comment") else mine.x_token
        path, body = _call(kind, mine, known, rng, f"{key} number {number}")
        sent = json.dumps(body).encode() if body else b""
        method = "POST" if body else "GET"
        yield request(path, host, method=method, body=sent, Authorization=f"Bearer {token}")


def _call(
    kind: str, mine: Account, known: Known, rng: random.Random, text: str
) -> tuple[str, dict[str, str]]:
    """Path and, for acts, body."""
    person, topic = rng.choice(known.people), rng.choice(TOPICS)
    users, fields = f"{X}/users/{mine.x}", "tweet.fields=public_metrics,created_at,author_id"
    paths = {
        "me": f"{X}/users/me?user.fields=public_metrics",
        "person": f"{X}/users/by/username/{person['handle']}?user.fields=public_metrics",
        "posts": f"{X}/users/{person['id']}/tweets?max_results=20&{fields}",
        "search": f"{X}/tweets/search/recent?query={topic}&max_results=20&{fields}",
        "people": f"{X}/users/search?query={topic}&max_results=20",
        "home": f"{users}/timelines/reverse_chronological?max_results=20&{fields}",
        "mentions": f"{users}/mentions?max_results=20&{fields}",
        "comments": f"{INSTAGRAM}/{mine.medium}/comments?fields=id,text,username,timestamp",
        "like": f"{users}/likes",
        "follow": f"{users}/following",
        "publish": f"{X}/tweets",
        "comment": f"{INSTAGRAM}/{mine.medium}/comments",
    }
    bodies = {
        "like": {"tweet_id": rng.choice(known.posts)},
        "follow": {"target_user_id": person["id"]},
        "publish": {"text": f"Notes about {topic}, {text}"},
        "comment": {"message": f"More about {topic}, {text}"},
    }
    return paths[kind], bodies.get(kind, {})


async def closed(port: int, asked: list[Iterator[bytes]], seconds: float) -> Run:
    """Each client asks, waits for the answer and asks again, for some seconds."""
    wires, run = await connect_many(port, len(asked)), Run()
    began = time.perf_counter()

    async def one(wire: Wire, mine: Iterator[bytes]) -> None:
        while (sent := time.perf_counter()) - began < seconds and wire.open:
            status, _ = await wire.ask(next(mine))
            run.planned += 1
            if 200 <= status < 300:
                run.latencies.append((time.perf_counter() - sent) * 1000)
            else:
                run.errors += 1

    await asyncio.gather(*map(one, wires, asked))
    run.seconds = time.perf_counter() - began
    for wire in wires:
        wire.close()
    return run


@dataclass(frozen=True)
class Side:
    """The sandbox or the floor."""

    pid: int
    port: int

    def timings(self) -> Row:
        """What the server saw since the last time."""
        return httpx2.get(f"http://127.0.0.1:{self.port}{TIMINGS}", timeout=30).json()


def measure(side: Side, asked: list[Iterator[bytes]], given: argparse.Namespace, way: str) -> Row:
    """One run of one side."""
    side.timings()
    meter = Meter({"server": side.pid})
    before = meter.read()
    if way == "open":
        every = len(asked) / given.rate
        run = asyncio.run(open_loop(side.port, asked, every, given.seconds))
    else:
        run = asyncio.run(closed(side.port, asked[: given.connections], given.seconds / 2))
    cpu = meter.since(before)["server"] * 1000 / max(1, run.answered)
    load = {"cpu ms/req": cpu, "load": os.getloadavg()[0]}
    return {**run.figures(), **side.timings(), **load}


def bench(given: argparse.Namespace, home: Path) -> None:
    """Rounds of floor and sandbox, each in both ways."""
    box = ("--serve", "sandbox", "--home", str(home), "--people", str(given.people))
    bare = ("--serve", "floor", "--home", str(home.parent / "floor"))
    rounds: dict[tuple[str, str], list[Row]] = {}
    with process(*box) as (pid, port, first), process(*bare) as (floor, beside, _):
        accounts, known = prepare(port, given.clients)
        sides = {"floor": Side(floor, beside), "sandbox": Side(pid, port)}
        for turn, way in itertools.product(range(given.rounds), ("open", "closed")):
            for name, side in sides.items():
                asked = [
                    asking(side.port, mine, known, f"{way} {turn} {place}")
                    for place, mine in enumerate(accounts)
                ]
                found = measure(side, asked, given, way)
                rounds.setdefault((way, name), []).append(found)
    with process(*box) as (_, _, later):
        report(rounds, given, {"first": first, "later": later})


def report(
    rounds: dict[tuple[str, str], list[Row]], given: argparse.Namespace, starts: dict[str, Row]
) -> None:
    """The tables and the JSON line."""
    told: dict[str, object] = {"processors": processors(), **vars(given), "starts": starts}
    loops = {
        "open": (OPEN, f"{given.clients} clients ask {given.rate:.0f} times a second"),
        "closed": (CLOSED, f"{given.connections} clients ask without pause"),
    }
    for way, (columns, what) in loops.items():
        rows = {name: medians(rounds[way, name]) for name in ("floor", "sandbox")}
        ratios = ratio(rows["sandbox"], rows["floor"], RATIOS)
        title = f"{way} loop: {given.people:,} people, {what}, medians of {given.rounds} rounds"
        show(title, columns, {**rows, "sandbox / floor": ratios})
        told[way] = {**rows, "sandbox / floor": ratios}
    show("until it listens", ("wall s", "cpu s"), starts)
    tell("sandbox", told)


class Steps:
    """An answer on its way; `spent` is the processor time (s) of its own steps alone."""

    def __init__(self, answer: Awaitable[Answer]) -> None:
        self._answer = answer
        self.spent = 0.0

    def __await__(self) -> Generator[object, None, Answer]:
        steps = self._answer.__await__()
        while True:
            began = time.thread_time()
            try:
                waits = next(steps)
            except StopIteration as done:
                return cast(Answer, done.value)
            finally:
                self.spent += time.thread_time() - began
            yield waits


class Timed:
    """A handler whose time is taken, from the whole request to the whole answer."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._taken: list[tuple[float, float]] = []

    async def __call__(self, asked: Request) -> Answer:
        if asked.path == TIMINGS:
            return json_answer(self._told())
        began, steps = time.perf_counter(), Steps(self._handler(asked))
        answer = await steps
        self._taken.append(((time.perf_counter() - began) * 1000, steps.spent * 1000))
        return answer

    def _told(self) -> Row:
        wall, cpu = (sorted(one[place] for one in self._taken) for place in (0, 1))
        self._taken = []
        return {
            "server p50 ms": percentile(wall, 0.5),
            "server p99 ms": percentile(wall, 0.99),
            "own p99 ms": percentile(cpu, 0.99),
        }


class Hello:
    """A constant, once a line of the journal's length is on the disk of `home`."""

    def __init__(self, home: Path) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self._file = (home / "floor.jsonl").open("ab")

    async def __call__(self, asked: Request) -> Answer:
        self._file.write(_LINE)
        self._file.flush()
        await asyncio.to_thread(os.fsync, self._file.fileno())
        return json_answer({"data": {"hello": "world"}})


async def serve_one(given: argparse.Namespace) -> None:
    """The sandbox, or its own HTTP server that syncs a line and answers a constant."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    world = World(given.home, 7, given.people, "real") if given.serve == "sandbox" else None
    app = App(world) if world is not None else None
    server = await serve(Timed(app or Hello(given.home)), 0)
    print(f"listens on http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    hooks = asyncio.create_task(app.state.hooks.run()) if app is not None else None
    await stop.wait()
    if hooks is not None:
        hooks.cancel()
    server.close()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sandbox")
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--rate", type=float, default=100, help="calls a second, open loop")
    parser.add_argument("--clients", type=int, default=25, help="connections of the open loop")
    parser.add_argument("--connections", type=int, default=4, help="those of the closed loop")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--disk", action="store_true", help="the journal's fsync reaches a disk")
    parser.add_argument("--serve", choices=("sandbox", "floor"), help=argparse.SUPPRESS)
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        asyncio.run(serve_one(given))
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
