"""A video that Instagram still prepares: whichever worker goes on with it, it is posted once."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest

from socialseed.actions import decide
from socialseed.actions.propose import Proposal, submit
from socialseed.actions.schedule import execute_now
from socialseed.sim.invariants import read_journal
from tests.faults.crew import CLOCK, Crew, make_crew, read_back_everything, until
from tests.faults.test_webhooks_sandbox import Connected, connected
from tests.support.product import Product

pytestmark = [pytest.mark.fault, pytest.mark.timeout(300)]

FILM = {"text": "The kiln, opened.", "media_url": "https://a.test/kiln.mp4"}
STATUS = "post_lookup"  # the sandbox's word for a look at a container


@dataclass
class Studio:
    """An account on Instagram with one approved film that is due."""

    crew: Crew
    account: Connected
    film: UUID

    @property
    def product(self) -> Product:
        return self.crew.product

    def asked(self, verb: str) -> int:
        entries = read_journal(self.product.journal)
        mine = [e for e in entries if e["account"] == self.account.handle]
        return sum(e["verb"] == verb for e in mine)

    async def status(self) -> str:
        return (await self.crew.statuses([self.film]))[0]

    async def tries(self) -> Sequence[tuple[str | None, str | None]]:
        """Each attempt's outcome and what the platform was heard to say."""
        told = await self.crew.value(
            "SELECT json_agg(json_build_array(outcome, evidence->>'code') ORDER BY n) FROM attempts"
        )
        return [(outcome, code) for outcome, code in told or ()]

    def ready(self) -> None:
        """Instagram's clock goes on: what it prepares is finished."""
        later = (CLOCK.now() + timedelta(minutes=1)).isoformat()
        self.product.control("POST", "/clock/advance", {"to": later})


async def open_studio(product: Product, runtime) -> Studio:
    """Instagram's clock stands still, so that nothing it prepares gets finished."""
    crew = await make_crew(product, runtime, 0)
    account = await connected(product, crew, "instagram")
    async with crew.begin() as tx:
        new = await submit(tx, runtime, Proposal(account.id, "publish_video", None, FILM))
        if new.status == "awaiting_approval":
            await decide.approve(tx, runtime, new.action_id)
    product.control("POST", "/clock", {"mode": "manual", "now": CLOCK.now().isoformat()})
    return Studio(crew, account, new.action_id)


async def test_another_worker_goes_on_with_the_container_and_posts_it_once(
    product: Product, runtime
) -> None:
    studio = await open_studio(product, runtime)
    product.start_worker("first")

    async def put_off() -> bool:
        return list(await studio.tries()) == [("not_performed", "not_ready")]

    assert await until(put_off, 60), await studio.tries()
    product.kill("first")
    assert (studio.asked("media"), studio.asked("publish_video")) == (1, 0)
    studio.ready()
    async with studio.crew.begin() as tx:
        await execute_now(tx, studio.film)
    product.start_worker("second")

    async def posted() -> bool:
        return await studio.status() == "succeeded"

    assert await until(posted, 60), await studio.tries()
    assert (studio.asked("media"), studio.asked("publish_video")) == (1, 1)
    assert (await studio.crew.check()).violations == []


async def test_a_worker_that_dies_while_it_waits_leaves_an_unknown_and_nothing_is_posted(
    product: Product, runtime
) -> None:
    studio = await open_studio(product, runtime)
    product.fault("slow", account=studio.account.handle, verb=STATUS, times=1, delay_ms=5000)
    product.start_worker("first")

    async def waiting() -> bool:
        return product.fault_hits()["slow"] > 0

    assert await until(waiting, 60)
    product.kill("first")
    assert await studio.status() == "executing"
    studio.ready()  # what the dead worker prepared could be posted now, by nobody
    product.start_worker("second")

    async def given_up() -> bool:
        return await studio.status() == "outcome_unknown"

    assert await until(given_up, 60)
    assert list(await studio.tries()) == [("unknown", "interrupted")]
    product.kill("second")
    assert await read_back_everything(studio.crew) == 1
    assert await studio.status() == "failed"
    product.start_worker("third")
    await asyncio.to_thread(product.works, "third")
    assert (studio.asked("media"), studio.asked("publish_video")) == (1, 0)
    report = await studio.crew.check()
    assert report.violations == []
