"""How fast 20,000 due actions of 500 accounts leave by two workers to a sandbox on this machine.

`python -m benchmarks.dispatch`. The floor is one bare loop that does the least for an action:
claim, note that it is executing, call the same sandbox, settle. A bound cuts both off.
"""

import argparse
import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import orjson
import uvloop

from benchmarks import seed
from benchmarks.figures import Meter, Row, medians, ratio, show, tell
from benchmarks.load import Wire, connect, connect_many, request
from benchmarks.seed import Person
from benchmarks.stand import Stand, processors, stand
from socialseed.accounts.tokens import sealed
from socialseed.actions.content import checked
from socialseed.bootstrap import build_runtime
from socialseed.runtime.keyring import data_key
from socialseed.runtime.runtime import Runtime

COLUMNS = ("actions/s", "actions", "cpu ms/action", "own ms/action", "postgres ms", "sandbox ms")
WORKSPACES = 10
FLOOR_LANES = 32
_FLOOR_TABLE = (
    "CREATE TABLE floor_actions (id uuid PRIMARY KEY, account_id uuid NOT NULL,"
    " status text NOT NULL, remote_id text, settled_at timestamptz);"
    "CREATE INDEX ON floor_actions (id) WHERE status = 'due'"
)
_FLOOR_CLAIM = (
    "UPDATE floor_actions SET status = 'claimed' WHERE id = (SELECT id FROM floor_actions"
    " WHERE status = 'due' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id, account_id"
)
_FLOOR_START = "UPDATE floor_actions SET status = 'executing' WHERE id = $1"
_FLOOR_SETTLE = (
    "UPDATE floor_actions SET status = 'succeeded', remote_id = $2, settled_at = now()"
    " WHERE id = $1"
)
# Approved by a person although red, so that no verdict at sending time takes it back.
_ACTIONS = (
    "INSERT INTO actions (id, workspace_id, account_id, platform, action_type, target_data,"
    " content_hash, target_key, status, mode, requires_approval, light, risk_score, reasons,"
    " to_green, rule_set, facts_digest, assessed_at, proposed_by_kind, proposed_by_name,"
    " approved_at, approved_hash, approved_by, scheduled_at, created_at)"
    f" SELECT {seed.UUID7.format(at='CAST($1 AS timestamptz)')}, a.workspace_id, a.id, a.platform,"
    " 'publish_text', given.data::jsonb, given.hash, given.key, 'scheduled', 'api', true, 'red',"
    " 90, '[]', '[]', 'rules-1', '', $1, 'planner', 'Planner', $1, given.hash, m.user_id, $1, $1"
    " FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[]) given(account, data, hash, key)"
    " JOIN social_accounts a ON a.id = given.account"
    " JOIN memberships m ON m.workspace_id = a.workspace_id"
)
_USUAL = (
    "INSERT INTO counters (account_id, kind, span, window_key, workspace_id, used, ceiling)"
    " SELECT id, 'all', 'day', to_char(CAST($1 AS timestamptz) - d * interval '1 day',"
    " 'YYYY-MM-DD'), workspace_id, 200, 200 FROM social_accounts, generate_series(1, 6) d"
)
_DUE = (
    "UPDATE lanes SET next_due = $1 WHERE account_id IN"
    " (SELECT account_id FROM actions WHERE status = 'scheduled')"
)
_SETTLED = (
    "SELECT count(*) AS settled, min(settled_at) AS first, max(settled_at) AS last FROM actions"
    " WHERE status = 'succeeded' AND settled_at >= $1"
)


@dataclass(frozen=True)
class Crew:
    """The accounts and their tokens on the platform."""

    ids: Sequence[UUID]
    tokens: dict[UUID, str]


async def prepare(at: Stand, runtime: Runtime, given: argparse.Namespace) -> Crew:
    """Accounts that are connected and idle, known to the sandbox."""
    connection = await at.connect()
    spaces = min(WORKSPACES, given.accounts)
    people = await seed.people(runtime, connection, spaces, 1)
    await seed.accounts(connection, given.accounts // spaces)
    await connection.execute(_USUAL, datetime.now(UTC))
    await connection.execute(_FLOOR_TABLE)
    tokens = await sign_in(at, connection)
    for person in people:
        await keep_tokens(runtime, connection, person, tokens)
    await seed.settle_down(connection)
    await connection.close()
    return Crew(list(tokens), tokens)


async def sign_in(at: Stand, connection: asyncpg.Connection) -> dict[UUID, str]:
    """Every account exists on the platform; the access token of each."""
    rows = await connection.fetch("SELECT id, username FROM social_accounts ORDER BY id")
    port = at.product.sandbox_port
    wire, host, tokens = await connect(port), f"127.0.0.1:{port}", {}

    async def order(path: str, body: dict[str, object]) -> dict[str, str]:
        raw = request(f"/_control{path}", host, method="POST", body=orjson.dumps(body))
        status, answer = await wire.ask(raw)
        if status != 200:
            raise SystemExit(f"{path}: {status} {answer.decode()}")
        found: dict[str, str] = orjson.loads(answer)
        return found

    for row in rows:
        who: dict[str, object] = {"platform": "twitter", "handle": row["username"]}
        made = await order("/accounts", {**who, "followers": 10, "posts": 1})
        grant = await order("/tokens", {**who, "client_id": "socialseed"})
        tokens[row["id"]] = grant["access_token"]
        await connection.execute(
            "UPDATE social_accounts SET remote_id = $2 WHERE id = $1", row["id"], made["id"]
        )
    wire.close()
    return tokens


async def keep_tokens(
    runtime: Runtime, connection: asyncpg.Connection, person: Person, tokens: dict[UUID, str]
) -> None:
    """The workspace's accounts hold their tokens, sealed, for a day."""
    workspace = person.workspace
    async with runtime.begin(workspace) as tx:
        key = await data_key(runtime, tx, workspace)
    rows = await connection.fetch(
        "SELECT id FROM social_accounts WHERE workspace_id = $1", workspace
    )
    now = datetime.now(UTC)
    await connection.executemany(
        "INSERT INTO credentials (account_id, workspace_id, access_sealed, scopes, issued_at,"
        " expires_at) VALUES ($1, $2, $3, '[]', $4, $5)",
        [
            (
                row["id"],
                workspace,
                sealed(key, workspace, row["id"], "access_sealed", tokens[row["id"]]),
                now - timedelta(minutes=30),
                now + timedelta(days=1),
            )
            for row in rows
        ],
    )


async def fill(connection: asyncpg.Connection, crew: Crew, count: int, words: str) -> None:
    """`count` approved actions, spread evenly; no lane is due yet."""
    accounts, data, hashes, keys = [], [], [], []
    for number in range(count):
        account = crew.ids[number % len(crew.ids)]
        content = checked(account, "publish_text", None, {"text": f"{words} {number:x} {account}"})
        accounts.append(account)
        data.append(orjson.dumps(content.target_data).decode())
        hashes.append(content.content_hash)
        keys.append(content.target_key)
    await connection.execute(_ACTIONS, datetime.now(UTC), accounts, data, hashes, keys)
    await connection.execute("VACUUM ANALYZE actions")


async def product_round(
    at: Stand, crew: Crew, count: int, seconds: float, words: str, meter: Meter
) -> dict[str, float]:
    """The workers drain `count` actions or what they can in `seconds`; then nothing is left."""
    connection = await at.connect()
    await fill(connection, crew, count, words)
    before, began = meter.read(), datetime.now(UTC)
    await connection.execute(_DUE, began)
    end, settled = time.perf_counter() + seconds, 0
    while settled < count and time.perf_counter() < end:
        await asyncio.sleep(0.2)
        settled = await connection.fetchval("SELECT settled FROM (" + _SETTLED + ") s", began)
    spent = meter.since(before)
    row = await connection.fetchrow(_SETTLED, began)
    took = (row["last"] - row["first"]).total_seconds() if row["settled"] > 1 else seconds
    await clear(connection)
    await connection.close()
    return figures(row["settled"], took, spent, [n for n in spent if n.startswith("worker")])


async def clear(connection: asyncpg.Connection) -> None:
    """What the bound left over waits no longer, and nothing is under way."""
    await connection.execute(
        "UPDATE actions SET status = 'cancelled', deadline_at = NULL WHERE status = 'scheduled'"
    )
    for _ in range(100):
        if not await connection.fetchval("SELECT count(*) FROM actions WHERE status = 'executing'"):
            return
        await asyncio.sleep(0.1)


def figures(
    count: int, took: float, spent: dict[str, float], own: Sequence[str]
) -> dict[str, float]:
    """One round's row."""
    each = 1000 / max(1, count)
    return {
        "actions/s": count / took,
        "actions": float(count),
        "cpu ms/action": sum(spent.values()) * each,
        "own ms/action": sum(spent[name] for name in own) * each,
        "postgres ms": spent["postgres"] * each,
        "sandbox ms": spent["sandbox"] * each,
    }


async def floor_round(
    at: Stand, crew: Crew, count: int, seconds: float, words: str, meter: Meter
) -> dict[str, float]:
    """The bare loop drains as many rows of its own table."""
    pool = await asyncpg.create_pool(at.database_url, min_size=10, max_size=10)
    await pool.execute(
        "INSERT INTO floor_actions SELECT gen_random_uuid(), account, 'due' FROM"
        " unnest($1::uuid[]) account, generate_series(1, $2) ORDER BY 1",
        list(crew.ids),
        -(-count // len(crew.ids)),
    )
    await pool.execute("VACUUM ANALYZE floor_actions")
    wires = await connect_many(at.product.sandbox_port, FLOOR_LANES)
    before, began = meter.read(), time.perf_counter()
    told: Callable[[UUID], bytes] = _posts(at, crew, words)
    done = sum(await asyncio.gather(*(_drain(pool, wire, told, began + seconds) for wire in wires)))
    took, spent = time.perf_counter() - began, meter.since(before)
    for wire in wires:
        wire.close()
    await pool.execute("TRUNCATE floor_actions")
    await pool.close()
    return figures(done, took, spent, ["loop"])


async def _drain(pool: asyncpg.Pool, wire: Wire, told: Callable[[UUID], bytes], end: float) -> int:
    done = 0
    while time.perf_counter() < end:
        row = await pool.fetchrow(_FLOOR_CLAIM)
        if row is None:
            break
        await pool.execute(_FLOOR_START, row["id"])
        status, body = await wire.ask(told(row["account_id"]))
        if status != 201:
            raise SystemExit(f"sandbox: {status} {body.decode()}")
        await pool.execute(_FLOOR_SETTLE, row["id"], orjson.loads(body)["data"]["id"])
        done += 1
    return done


def _posts(at: Stand, crew: Crew, words: str) -> Callable[[UUID], bytes]:
    """The same call as the connector's, with words that nobody has said before."""
    numbers: Iterator[int] = iter(range(10**9))
    host = f"127.0.0.1:{at.product.sandbox_port}"

    def told(account: UUID) -> bytes:
        text = f"{words} floor {next(numbers):x} {account}"
        return request(
            "/api.x.com/2/tweets",
            host,
            method="POST",
            body=orjson.dumps({"text": text}),
            Authorization=f"Bearer {crew.tokens[account]}",
        )

    return told


async def bench(at: Stand, given: argparse.Namespace) -> None:
    """Rounds of floor and product over the same accounts."""
    at.product.start_sandbox()
    names = [f"worker{number}" for number in range(1, given.workers + 1)]
    async with build_runtime(at.product.settings()) as runtime:
        crew = await prepare(at, runtime, given)
    for name in names:
        at.start_worker(name)
    meters = {
        "floor": at.meter("sandbox").plus_self("loop"),
        "product": at.meter("sandbox", *names),
    }
    await product_round(at, crew, len(crew.ids), 30, "warm", meters["product"])
    rounds: dict[str, list[Row]] = {"floor": [], "product": []}
    count = given.actions // given.rounds
    for number in range(given.rounds):
        bound = (at, crew, count, given.seconds, f"round {number}")
        rounds["floor"].append(await floor_round(*bound, meters["floor"]))
        rounds["product"].append(await product_round(*bound, meters["product"]))
    report(rounds, given)


def report(rounds: dict[str, list[Row]], given: argparse.Namespace) -> None:
    """The table and the JSON line."""
    rows = {name: medians(found) for name, found in rounds.items()}
    ratios = ratio(rows["product"], rows["floor"], [c for c in COLUMNS if c != "actions"])
    title = (
        f"{given.actions:,} due actions over {given.accounts} accounts, {given.workers} workers,"
        f" medians of {given.rounds} rounds of at most {given.seconds:.0f} s"
    )
    show(title, COLUMNS, {**rows, "product / floor": ratios})
    tell("dispatch", {"processors": processors(), **vars(given), **rows, "product / floor": ratios})


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dispatch")
    parser.add_argument("--actions", type=int, default=20_000)
    parser.add_argument("--accounts", type=int, default=500)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=90, help="bound of one round")
    given = parser.parse_args()
    with stand() as at:
        uvloop.run(bench(at, given))


if __name__ == "__main__":
    main()
