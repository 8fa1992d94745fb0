"""1,000 people online: each asks once in two seconds, whatever the server does, for 30 seconds.

`python -m benchmarks.online_1000`. Open loop: latency counts from the planned instant. The floor is
a bare application on the same kind of server that says hello at the same rate.
"""

import argparse
import random
from collections.abc import Iterator, Sequence
from uuid import UUID

import uvloop

from benchmarks import seed
from benchmarks.figures import Row, medians, ratio, show, tell
from benchmarks.load import connect, open_loop, request
from benchmarks.seed import Person
from benchmarks.stand import Stand, processors, stand
from socialseed.bootstrap import build_runtime
from socialseed.runtime.runtime import Runtime

# What people look at, in shares of a hundred.
MIX = {"approvals": 30, "action": 30, "accounts": 15, "summary": 15, "overview": 10}
PATHS = {
    "approvals": "/api/v1/approvals/pending?limit=50",
    "action": "/api/v1/actions/{}",
    "accounts": "/api/v1/accounts",
    "summary": "/api/v1/approvals/summary",
    "overview": "/api/v1/analytics/overview?days=30",
}
COLUMNS = ("req/s", "p50 ms", "p95 ms", "p99 ms", "errors", "missed", "cpu ms/req")
WORKSPACES = 100
ACCOUNTS = 10  # in each workspace
PENDING = 20  # of each account
DONE = 30  # of each account
DETAILED = 20  # actions of each workspace that people open


async def prepare(
    at: Stand, runtime: Runtime, given: argparse.Namespace
) -> tuple[list[Person], dict[UUID, list[UUID]]]:
    """The rows are there; who is online, and which actions they open."""
    connection = await at.connect()
    each = max(1, given.users // WORKSPACES)
    people = await seed.people(runtime, connection, WORKSPACES, each)
    await seed.accounts(connection, ACCOUNTS, days=60)
    await seed.actions(connection, PENDING, "awaiting_approval")
    await seed.actions(connection, DONE, "succeeded")
    opened: dict[UUID, list[UUID]] = {}
    for row in await connection.fetch(
        "SELECT w.id AS workspace, x.id FROM workspaces w, LATERAL (SELECT id FROM actions"
        " WHERE workspace_id = w.id ORDER BY created_at LIMIT $1) x",
        DETAILED,
    ):
        opened.setdefault(row["workspace"], []).append(row["id"])
    await seed.histories(connection, [one for ids in opened.values() for one in ids])
    await seed.settle_down(connection)
    await connection.close()
    return people, opened


def browse(person: Person, opened: Sequence[UUID], token: str, port: int) -> Iterator[bytes]:
    """One person's endless requests: their own order, the same in every run."""
    rng, host = random.Random(str(person.user)), f"127.0.0.1:{port}"
    kinds, weights = list(MIX), list(MIX.values())
    while True:
        kind = rng.choices(kinds, weights)[0]
        path = PATHS[kind].format(rng.choice(opened))
        yield request(path, host, Authorization=f"Bearer {token}", Accept_Encoding="gzip")


def repeat(raw: bytes) -> Iterator[bytes]:
    """The same request for ever."""
    while True:
        yield raw


async def bench(at: Stand, given: argparse.Namespace) -> None:
    """Rounds of floor and product."""
    rounds: dict[str, list[Row]] = {"floor": [], "product": []}
    async with build_runtime(at.product.settings()) as runtime:
        people, opened = await prepare(at, runtime, given)
        at.start_api()
        at.start_floor()
        api = at.product.api_port
        await look_once(api, people[0], opened, runtime)
        hello = request("/", f"127.0.0.1:{at.floor_port}")
        for number in range(given.rounds):
            for name, port, part in (("floor", at.floor_port, "floor"), ("product", api, "api")):
                asked = [repeat(hello) for _ in people]
                if name == "product":  # tokens live ten minutes: new ones for every round
                    asked = [
                        browse(one, opened[one.workspace], one.token(runtime), api)
                        for one in people
                    ]
                if number == 0:  # warm
                    await open_loop(port, asked, given.every, min(4.0, given.seconds))
                meter = at.meter(part)
                before = meter.read()
                run = await open_loop(port, asked, given.every, given.seconds)
                spent = sum(meter.since(before).values())
                found = {**run.figures(), "cpu ms/req": spent * 1000 / max(1, run.answered)}
                rounds[name].append(found)
    report(rounds, given)


async def look_once(
    port: int, person: Person, opened: dict[UUID, list[UUID]], runtime: Runtime
) -> None:
    """Every kind of request is answered 200; else the script ends here."""
    wire, token = await connect(port), person.token(runtime)
    for kind, path in PATHS.items():
        asked = path.format(opened[person.workspace][0])
        raw = request(asked, f"127.0.0.1:{port}", Authorization=f"Bearer {token}")
        status, body = await wire.ask(raw)
        if status != 200:
            raise SystemExit(f"{kind}: {status} {body.decode()}")
    wire.close()


def report(rounds: dict[str, list[Row]], given: argparse.Namespace) -> None:
    """The table and the JSON line."""
    rows = {name: medians(found) for name, found in rounds.items()}
    ratios = ratio(rows["product"], rows["floor"], COLUMNS[:4] + COLUMNS[6:])
    title = (
        f"{given.users:,} online, {given.users / given.every:.0f} requests/s planned for"
        f" {given.seconds:.0f} s, mix {MIX}, medians of {given.rounds} rounds"
    )
    show(title, COLUMNS, {**rows, "product / floor": ratios})
    told = {"processors": processors(), **vars(given), **rows, "product / floor": ratios}
    tell("online_1000", {**told, "rounds_product": rounds["product"]})


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.online_1000")
    parser.add_argument("--users", type=int, default=1000)
    parser.add_argument("--every", type=float, default=2.0, help="seconds between two looks")
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--rounds", type=int, default=2)
    given = parser.parse_args()
    with stand() as at:
        uvloop.run(bench(at, given))


if __name__ == "__main__":
    main()
