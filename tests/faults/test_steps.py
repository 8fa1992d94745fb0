"""The process exits at every named step of the protocol, with good answers and with broken ones."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import text

from socialseed.actions.propose import Proposal, propose
from socialseed.actions.schedule import execute_now
from socialseed.bootstrap import build_runtime
from socialseed.runtime.steps import STEPS
from tests.faults.crew import Crew, make_crew, read_back_everything, until
from tests.support.client import Client
from tests.support.postgres import TestServer, drop_database, fresh_database
from tests.support.product import Product, free_port, running

pytestmark = [pytest.mark.fault, pytest.mark.timeout(900)]

BY_PEOPLE = ("approve.before_commit", "complete.before_commit", "stop.before_commit")
BY_WORKERS = tuple(step for step in STEPS if step not in BY_PEOPLE)
MODES = ("ok", "performed_then_reset")
SUPPLY = 4
EXITED = 137


async def test_an_exit_at_any_step_loses_nothing_and_sends_nothing_twice(
    postgres_server: TestServer, tmp_path: Path
) -> None:
    urls = [fresh_database(postgres_server) for _ in MODES]
    async with AsyncExitStack() as stack:
        crews = []
        for mode, url in zip(MODES, urls, strict=True):
            stack.callback(drop_database, postgres_server, url)
            product = stack.enter_context(running(tmp_path / mode, url))
            runtime = await stack.enter_async_context(build_runtime(product.settings()))
            crews.append(await make_crew(product, runtime, 0, name="steps"))
        exits = await asyncio.gather(*map(all_cells, crews, MODES))
        assert exits == [dict.fromkeys(STEPS, EXITED)] * len(MODES)
        await asyncio.gather(*map(recovered, crews))
        for crew in crews:
            report = await crew.check()
            print(f"{crew.product.home.name}: {dict(report.counts)}")
            assert report.violations == []
            assert report.counts["attempt_not_performed"] > 0
        assert crews[1].product.fault_hits()["performed_then_reset"] > 0


async def all_cells(crew: Crew, mode: str) -> dict[str, int | None]:
    """The exit code of the process that was to exit at each step."""
    exits = await by_people(crew)
    for step in BY_WORKERS:
        exit_worker(crew.product, step, step)

    async def all_exited() -> bool:
        await supply(crew, mode)
        return not any(crew.product.alive(step) for step in BY_WORKERS)

    await until(all_exited, 150, 2.0)
    return exits | {step: crew.product.wait_exit(step, 0) for step in BY_WORKERS}


def exit_worker(product: Product, name: str, step: str) -> None:
    """A worker that exits when it reaches the step."""
    product.start_worker(name, SOCIALSEED_EXIT_AT=step, SOCIALSEED_WORKER_LANES="2")


async def supply(crew: Crew, mode: str) -> None:
    """Work for every step: fresh accounts, one of which is throttled once, and someone who dies."""
    first = len(crew.accounts)
    await crew.add_accounts(SUPPLY, prefix="steps")
    for account in crew.accounts[first:]:
        if account is crew.accounts[-1]:
            crew.product.fault("429", account=account.handle, verb="publish_text", times=1)
        elif mode != "ok":
            crew.product.fault(mode, account=account.handle, verb="publish_text", times=1)
        await crew.approved(account, 1)
    waiting = [s for s in BY_WORKERS if s.startswith(("re", "se")) and crew.product.alive(s)]
    if waiting and not crew.product.alive("dying"):
        # What it leaves executing is what `recover` and `reconcile` have to do with.
        exit_worker(crew.product, "dying", "call.before")


async def by_people(crew: Crew) -> dict[str, int | None]:
    """The exit codes of three APIs, each of which dies while a person's decision is committed."""
    product = crew.product
    await crew.add_accounts(2, prefix="people")
    by_hand, by_api = crew.accounts
    await crew.execute(
        "UPDATE social_accounts SET tier = 'self_serve' WHERE id = :id", id=by_hand.id
    )
    task = await proposed(crew, by_hand.id, "like", {"post": {"id": "1234567"}})
    pending = await proposed(crew, by_api.id, "like", {"post": {"id": "7654321"}})
    ports = {step: free_port() for step in BY_PEOPLE}
    for step, port in ports.items():
        product.start(
            step, "socialseed.app.api", SOCIALSEED_EXIT_AT=step, SOCIALSEED_PORT=str(port)
        )
    exits: dict[str, int | None] = {}
    for step, port in ports.items():
        url = f"http://127.0.0.1:{port}"
        await asyncio.to_thread(product.wait_answer, step, f"{url}/health/ready")
        await asyncio.to_thread(decide, step, url, str(pending), str(task))
        exits[step] = await asyncio.to_thread(product.wait_exit, step, 10)
    assert await crew.statuses([pending, task]) == ["awaiting_approval", "awaiting_human"]
    assert await crew.value("SELECT count(*) FROM stops") == 0
    return exits


async def proposed(crew: Crew, account: UUID, kind: str, data: dict[str, object]) -> UUID:
    """A proposal that waits for a person."""
    async with crew.begin() as tx:
        return await propose(tx, crew.runtime, Proposal(account, kind, None, data))


def decide(step: str, url: str, pending: str, task: str) -> None:
    """A person decides, and the connection breaks before an answer."""
    with Client(url) as client:
        client.login("steps@example.com")
        with pytest.raises(httpx2.TransportError):
            if step == "approve.before_commit":
                client.approve(pending)
            elif step == "complete.before_commit":
                client.complete(task)
            else:
                client.stop()


async def recovered(crew: Crew) -> None:
    """Healthy workers find nothing left to do; what is unknown was read back."""
    crew.product.start_workers(1)

    async def at_rest() -> bool:
        for action_id in await scheduled(crew):
            async with crew.begin() as tx:
                await execute_now(tx, action_id)
        return await crew.drained()

    assert await until(at_rest, 60, 0.5), await crew.left()
    crew.product.kill("worker1")
    await read_back_everything(crew)


async def scheduled(crew: Crew) -> Sequence[UUID]:
    """What waits to be tried again after it was refused."""
    async with crew.begin() as tx:
        found = await tx.session.scalars(
            text("SELECT id FROM actions WHERE status = 'scheduled' AND scheduled_at > :now"),
            {"now": tx.now},
        )
        return found.all()
