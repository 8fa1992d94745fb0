"""A crew whose clock and jobs a test drives itself, over a real sandbox process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from socialseed.accounts import egress_service, service, tasks
from socialseed.accounts.egress_schemas import EgressIn
from socialseed.accounts.schemas import AccountChange
from socialseed.actions import dispatch
from socialseed.bootstrap import build_runtime, handlers
from socialseed.core.clock import SystemClock, VirtualClock
from socialseed.jobs.inline import InlineJobs
from socialseed.runtime.runtime import Runtime
from socialseed.sim.invariants import read_journal
from tests.faults.crew import Account, Crew, make_crew
from tests.support.product import Product
from tests.support.proxies import LocalProxy

HANDLERS = {name: job.handler for name, job in handlers().items()}


@dataclass
class Stage:
    """A crew whose clock and jobs the test drives."""

    crew: Crew
    clock: VirtualClock
    jobs: InlineJobs

    @property
    def runtime(self) -> Runtime:
        return self.crew.runtime

    async def step(self) -> bool:
        """What is due now is done once; True when a lane was among it."""
        claimed = await dispatch.claim(self.runtime)
        await self.jobs.run_due(self.runtime, HANDLERS, self.clock.now())
        return claimed > 0

    async def settle(self) -> None:
        """Everything that is due now is done."""
        while await self.step():
            pass

    async def later(self, **by: float) -> None:
        """Time has gone by, with looks at proxies and whatever else is due each half-minute."""
        end = self.clock.now() + timedelta(**by)
        while self.clock.now() < end:
            self.clock.move_to(min(end, self.clock.now() + timedelta(seconds=30)))
            await HANDLERS[tasks.CHECK_DUE](self.runtime, {})
            await self.settle()

    async def leaves_through(self, account: Account, one: LocalProxy, **more: Any) -> UUID:
        """The account has this proxy as its way out, which was looked at."""
        values = {"name": f"way of {account.handle}", "scheme": one.scheme, "host": "127.0.0.1"}
        body = EgressIn(**(values | {"port": one.port} | more))
        async with self.crew.begin() as tx:
            egress_id = await egress_service.create(self.runtime, tx, body)
            await service.update(tx, self.runtime, account.id, AccountChange(egress_id=egress_id))
        await self.settle()
        return egress_id

    def posted(self, account: Account) -> list[str]:
        """The texts that the platform published for the account, in order."""
        entries = read_journal(self.crew.product.journal)
        mine = [e for e in entries if e["account"] == account.handle]
        published = [e for e in mine if e["verb"] == "publish_text"]
        return [str(e["text"]) for e in published if e["outcome"] == "performed"]

    def calls(self, account: Account) -> int:
        """How often the platform heard of the account at all."""
        return sum(e["account"] == account.handle for e in read_journal(self.crew.product.journal))

    async def row(self, table: str, id: UUID) -> Any:
        async with self.crew.begin() as tx:
            found = await tx.session.execute(
                text(f"SELECT * FROM {table} WHERE id = :id"), {"id": id}
            )
            return found.one()

    async def told(self, kind: str) -> int:
        return int(await self.crew.value("SELECT count(*) FROM events WHERE type = :t", t=kind))


@asynccontextmanager
async def open_stage(product: Product, accounts: int) -> AsyncIterator[Stage]:
    """A new crew of so many accounts; the clock stands at the present until it is moved."""
    clock, jobs = VirtualClock(SystemClock().now()), InlineJobs()
    async with build_runtime(product.settings(), clock=clock, jobs=jobs) as runtime:
        yield Stage(await make_crew(product, runtime, accounts), clock, jobs)
