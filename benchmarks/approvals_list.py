"""One page of the approval queue of a workspace with 100,000 waiting, beside a bare server's.

`python -m benchmarks.approvals_list`. Closed loop; product and floor take turns on one machine.
"""

import argparse
from uuid import UUID

import uvloop

from benchmarks import seed
from benchmarks.figures import Meter, Row, medians, ratio, show, tell
from benchmarks.load import closed_loop, connect, request
from benchmarks.stand import Stand, processors, stand
from socialseed.bootstrap import build_runtime

PAGE = "/api/v1/approvals/pending?limit=50"
COLUMNS = ("req/s", "p50 ms", "p99 ms", "cpu ms/req", "server ms/req", "errors")
ACCOUNTS = 50


async def measure(
    port: int, raw: bytes, meter: Meter, part: str, given: argparse.Namespace
) -> dict[str, float]:
    """One round: what the load saw, and processor time for each request."""
    before = meter.read()
    run = await closed_loop(port, raw, given.connections, given.seconds)
    spent, count = meter.since(before), max(1, run.answered)
    return {
        **run.figures(),
        "cpu ms/req": sum(spent.values()) * 1000 / count,
        "server ms/req": spent[part] * 1000 / count,
    }


async def prepare(at: Stand, given: argparse.Namespace) -> tuple[str, UUID]:
    """The rows are there; somebody's token, and their workspace."""
    connection = await at.connect()
    async with build_runtime(at.product.settings()) as runtime:
        (person,) = await seed.people(runtime, connection, 1, 1)
        await seed.accounts(connection, ACCOUNTS)
        await seed.actions(connection, -(-given.pending // ACCOUNTS), "awaiting_approval")
        await seed.settle_down(connection)
        await connection.close()
        return person.token(runtime), person.workspace


async def bench(at: Stand, given: argparse.Namespace) -> None:
    """Rounds of floor, product, and product as a browser asks (compressed)."""
    token, workspace = await prepare(at, given)
    at.start_api()
    at.start_floor(str(workspace))
    api, floor = at.product.api_port, at.floor_port
    host = f"127.0.0.1:{api}"
    head = {"Authorization": f"Bearer {token}"}
    plain = request(PAGE, host, **head)
    variants = {
        "floor": (floor, request("/pending", host), "floor"),
        "product": (api, plain, "api"),
        "product, gzip": (api, request(PAGE, host, Accept_Encoding="gzip", **head), "api"),
    }
    status, body = await (await connect(api)).ask(plain)
    if status != 200:
        raise SystemExit(f"{status} {body.decode()}")
    rounds: dict[str, list[Row]] = {name: [] for name in variants}
    for number in range(-1, given.rounds):
        for name, (port, raw, part) in variants.items():
            found = await measure(port, raw, at.meter(part), part, given)
            if number >= 0:  # the first round warms up
                rounds[name].append(found)
    report(rounds, len(body), given)


def report(rounds: dict[str, list[Row]], size: int, given: argparse.Namespace) -> None:
    """The table and the JSON line."""
    rows = {name: medians(found) for name, found in rounds.items()}
    names = ("req/s", "p50 ms", "p99 ms", "cpu ms/req", "server ms/req")
    ratios = {
        f"{name} / floor": ratio(rows[name], rows["floor"], names)
        for name in rows
        if name != "floor"
    }
    title = (
        f"GET {PAGE}: {given.pending:,} pending, page of {size / 1024:.0f} KiB,"
        f" {given.connections} connections, medians of {given.rounds} rounds"
    )
    show(title, COLUMNS, {**rows, **ratios})
    tell("approvals_list", {"processors": processors(), **vars(given), **rows, **ratios})


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.approvals_list")
    parser.add_argument("--pending", type=int, default=100_000)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with stand() as at:
        uvloop.run(bench(at, given))


if __name__ == "__main__":
    main()
