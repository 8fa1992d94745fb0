"""X's refresh tokens work once. However many want one and wherever a process dies, none is used
twice, none is lost in silence, and what waits for a lost one goes on after reconnecting.
"""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import httpx2
import pytest

from socialseed.accounts import connect, tokens
from socialseed.accounts.connect import Callback
from socialseed.connectors.types import Me, Person
from socialseed.identity.access import Caller
from socialseed.runtime.actor import Actor
from socialseed.runtime.steps import TOKEN_STEPS
from socialseed.sim.invariants import read_journal
from tests.faults.crew import Account, Crew, make_crew, until
from tests.faults.renewers import LIFE
from tests.support.product import Product
from tests.support.stage import Stage, open_stage

pytestmark = [pytest.mark.fault, pytest.mark.timeout(300)]

PROCESSES, WORKERS = 4, 25
ACCOUNTS, ROUNDS = 5, 4
EXITED = 137


@pytest.fixture
async def stage(product: Product) -> AsyncIterator[Stage]:
    async with open_stage(product, 2) as made:
        yield made


def start_renewers(
    product: Product, name: str, crew: Crew, workers: int, rounds: int, **env: str
) -> None:
    accounts = [str(account.id) for account in crew.accounts]
    arguments = (str(crew.workspace), str(workers), str(rounds), *accounts)
    product.start(name, "tests.faults.renewers", *arguments, SOCIALSEED_POOL_SIZE="12", **env)


def renewals(product: Product) -> Counter[str]:
    """How many renewals the platform performed by account, and how many it `refused`."""
    entries = [e for e in read_journal(product.journal) if e["verb"] == "refresh"]
    done = [e["account"] if e["outcome"] == "performed" else "refused" for e in entries]
    return Counter(map(str, done))


async def test_a_hundred_workers_in_four_processes_renew_each_token_once(
    product: Product, runtime
) -> None:
    crew = await make_crew(product, runtime, ACCOUNTS)
    names = [f"renewers{number}" for number in range(PROCESSES)]
    for name in names:
        start_renewers(product, name, crew, WORKERS, ROUNDS)
    codes = await asyncio.gather(
        *(asyncio.to_thread(product.wait_exit, name, 120) for name in names)
    )
    assert codes == [0] * PROCESSES
    got: Counter[str] = Counter()
    for name in names:
        got.update(json.loads((product.logs / f"{name}.log").read_text().splitlines()[-1]))
    print(f"got: {dict(got)}")
    assert got["granted"] == PROCESSES * WORKERS * ACCOUNTS * ROUNDS
    assert set(got) <= {"granted", "renewal_under_way"}
    # One renewal per account and expiry, and no token was shown a second time.
    assert renewals(product) == {account.handle: ROUNDS for account in crew.accounts}
    for account in crew.accounts:
        assert await works(crew, account)
    lost = "SELECT count(*) FROM social_accounts WHERE needs_reconnect OR works_until IS NULL"
    assert await crew.value(lost) == 0


async def works(crew: Crew, account: Account) -> bool:
    """Whether the stored access token is one that the platform accepts."""
    grant = await tokens.grant(crew.runtime, crew.workspace, account.id)
    me = await crew.runtime.connectors.get("twitter").read(Me(), grant)
    return isinstance(me, Person) and me.handle == account.handle


async def test_tokens_that_run_out_in_the_middle_of_a_batch_delay_nothing_for_long(
    product: Product, runtime
) -> None:
    crew = await make_crew(product, runtime, 8)
    for account in crew.accounts:
        await crew.approved(account, 6)
    product.start_workers(4)

    async def some_sent() -> bool:
        return len(posted(product)) >= 8

    assert await until(some_sent, 60)
    await crew.execute("UPDATE credentials SET expires_at = now()")
    # A renewal that takes too long on a busy machine costs its action two backoffs: 90 s.
    assert await until(crew.drained, 180, 0.2), await crew.left()
    assert Counter(posted(product)) == {account.handle: 6 for account in crew.accounts}
    told = renewals(product)
    assert told and set(told.values()) == {1}, "somebody had to renew, and nobody twice"
    assert "refused" not in told
    report = await crew.check()
    assert report.violations == []


def posted(product: Product) -> list[str]:
    entries = read_journal(product.journal)
    return [str(e["account"]) for e in entries if e["verb"] == "publish_text"]


async def test_a_crash_before_the_commit_ends_in_reconnect_and_what_waits_goes_on(
    stage: Stage,
) -> None:
    crew, product = stage.crew, stage.crew.product
    lost, well = crew.accounts
    ids = {account.handle: await crew.approved(account, 3) for account in crew.accounts}
    await die(product, crew, lost, "renew.after_answer")
    assert renewals(product) == {lost.handle: 1}
    # Three hours on, as for the process that died; the lease that it left behind is over.
    stage.clock.move_to(stage.clock.now() + LIFE + timedelta(minutes=1))
    await stage.later(minutes=5)
    assert await needs_reconnect(stage, lost) and not await needs_reconnect(stage, well)
    assert renewals(product) == {lost.handle: 1, well.handle: 1, "refused": 1}
    assert await crew.statuses(ids[well.handle]) == ["succeeded"] * 3
    assert await crew.statuses(ids[lost.handle]) == ["scheduled"] * 3
    assert await stage.told("account.needs_reconnect") == 1
    heard, tries = stage.calls(lost), await attempts(stage, lost)
    await stage.later(hours=2)
    assert (stage.calls(lost), await attempts(stage, lost)) == (heard, tries)
    assert await crew.statuses(ids[lost.handle]) == ["scheduled"] * 3
    await reconnect(stage, lost)
    await stage.later(minutes=6)
    assert await crew.statuses(ids[lost.handle]) == ["succeeded"] * 3
    assert len(stage.posted(lost)) == 3
    account = await stage.row("social_accounts", lost.id)
    assert account.works_until > stage.clock.now()
    assert account.light != "red" and not account.needs_reconnect


async def test_a_crash_after_the_commit_loses_nothing(stage: Stage) -> None:
    crew, product = stage.crew, stage.crew.product
    account = crew.accounts[0]
    ids = await crew.approved(account, 3)
    await die(product, crew, account, "renew.after_commit")
    stage.clock.move_to(stage.clock.now() + LIFE + timedelta(minutes=1))
    await stage.later(minutes=5)
    assert await crew.statuses(ids) == ["succeeded"] * 3
    assert not await needs_reconnect(stage, account)
    assert renewals(product) == {account.handle: 1}


@pytest.mark.parametrize("step", TOKEN_STEPS)
async def test_a_worker_that_dies_renewing_for_a_sending_has_marked_nothing(
    stage: Stage, step: str
) -> None:
    crew, product = stage.crew, stage.crew.product
    account = crew.accounts[0]
    ids = await crew.approved(account, 2)
    await crew.execute("UPDATE credentials SET expires_at = now()")
    product.start_worker("dying", SOCIALSEED_EXIT_AT=step, SOCIALSEED_WORKER_LANES="1")
    assert await asyncio.to_thread(product.wait_exit, "dying", 60) == EXITED
    assert renewals(product) == {account.handle: 1}
    assert await crew.statuses(ids) == ["scheduled"] * 2
    assert await attempts(stage, account) == 0
    assert await crew.value("SELECT coalesce(sum(used), 0) FROM counters") == 0
    stage.clock.move_to(stage.clock.now() + timedelta(minutes=2))
    await stage.later(minutes=6)
    if step == "renew.after_answer":
        # The rotated token went down with the worker: only its owner can bring a new one.
        assert await needs_reconnect(stage, account)
        assert await crew.statuses(ids) == ["scheduled"] * 2
        assert (await attempts(stage, account), stage.posted(account)) == (0, [])
        await reconnect(stage, account)
        await stage.later(minutes=6)
    assert await crew.statuses(ids) == ["succeeded"] * 2
    assert len(stage.posted(account)) == await attempts(stage, account) == 2
    told = "SELECT count(*) FROM events WHERE type = 'action.unknown'"
    assert await crew.value(told) == 0


async def die(product: Product, crew: Crew, account: Account, step: str) -> None:
    """A process has renewed the account's token and exited at this step."""
    alone = Crew(product, crew.runtime, crew.workspace, crew.person, [account])
    start_renewers(product, step, alone, 1, 1, SOCIALSEED_EXIT_AT=step)
    assert await asyncio.to_thread(product.wait_exit, step, 60) == EXITED


async def needs_reconnect(stage: Stage, account: Account) -> bool:
    row = await stage.row("social_accounts", account.id)
    assert row.light == ("red" if row.needs_reconnect else "green")
    return bool(row.needs_reconnect)


async def attempts(stage: Stage, account: Account) -> int:
    made = "SELECT count(*) FROM attempts WHERE account_id = :id"
    return int(await stage.crew.value(made, id=account.id))


async def reconnect(stage: Stage, account: Account) -> None:
    """The owner signs in anew, and allows us again on the platform's own page."""
    crew = stage.crew
    person = await signed_in(stage)
    begun = await connect.begin(
        Caller(stage.runtime, person, crew.workspace), "twitter", account.id
    )
    async with httpx2.AsyncClient(trust_env=False) as browser:
        form = {"account": account.handle, "decision": "allow"}
        sent = await browser.post(begun.authorize_url, data=form)
    query = httpx2.URL(sent.headers["location"]).params
    came = Callback("twitter", query["state"], begun.state, query["code"], None)
    done = await connect.finish(stage.runtime, came)
    assert done.error is None, done


async def signed_in(stage: Stage) -> Actor:
    """The crew's owner with a session that lives."""
    crew, session = stage.crew, uuid4()
    await crew.execute(
        "INSERT INTO sessions (id, user_id, workspace_id, user_agent, created_at, last_seen_at,"
        " expires_at) VALUES (:id, :user, :workspace, 'a browser', :now, :now, :end)",
        id=session,
        user=crew.person.id,
        workspace=crew.workspace,
        now=stage.clock.now(),
        end=stage.clock.now() + timedelta(days=1),
    )
    return replace(crew.person, session_id=session)
