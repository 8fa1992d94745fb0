"""A storm of 429s: a throttled account is tried once in the time it was told, the others go on."""

from collections import Counter
from datetime import datetime, timedelta
from email.utils import format_datetime

import pytest

from socialseed.connectors.http import LONGEST_WAIT, SHORTEST_WAIT
from socialseed.core.clock import SystemClock
from socialseed.runtime.runtime import Runtime
from socialseed.sim.invariants import read_journal
from tests.faults.crew import Account, Crew, make_crew, until
from tests.support.product import Product
from tests.support.stage import open_stage

pytestmark = [pytest.mark.fault, pytest.mark.timeout(240)]

DATE = "date"
SECOND = timedelta(seconds=1)
# What Retry-After says, and how long the account then waits.
TOLD: dict[str | None, timedelta] = {
    "300": timedelta(minutes=5),
    "3": SHORTEST_WAIT,
    DATE: timedelta(minutes=20),
    None: SHORTEST_WAIT,
    "soon": SHORTEST_WAIT,
    "-30": SHORTEST_WAIT,
    "99999999999999999999": SHORTEST_WAIT,
    "604800": LONGEST_WAIT,
}
THROTTLED_EACH = 3
FREE = 60
ACTIONS = 8
TOLD_TO_WAIT = "SELECT count(*) FROM attempts WHERE evidence->>'remedy' = 'wait'"


def throttle(product: Product, account: Account, said: str | None, at: datetime) -> None:
    """The platform answers every post of the account with 429. A date counts from `at`."""
    if said == DATE:
        said = format_datetime(at + TOLD[DATE], usegmt=True)
    more = {} if said is None else {"retry_after": said}
    product.fault("429", account=account.handle, verb="publish_text", **more)


async def test_only_the_throttled_wait_and_each_was_tried_once(
    product: Product, runtime: Runtime
) -> None:
    crew = await make_crew(product, runtime, FREE + THROTTLED_EACH * len(TOLD))
    throttled = dict(zip(crew.accounts[FREE:], [*TOLD] * THROTTLED_EACH, strict=True))
    began = SystemClock().now()
    for account, said in throttled.items():
        throttle(product, account, said, began)
    ids = {account: await crew.approved(account, ACTIONS) for account in crew.accounts}
    product.start_workers(4)

    async def all_were_tried() -> bool:
        rest = await crew.left() == (ACTIONS * len(throttled), 0)
        return rest and await crew.value(TOLD_TO_WAIT) == len(throttled)

    await until(all_were_tried, 90, 0.2)
    calls = Counter(
        (str(e["account"]), str(e["outcome"]))
        for e in read_journal(product.journal)
        if e["verb"] == "publish_text"
    )
    print(f"free: {FREE * ACTIONS} due, throttled: {len(throttled)} accounts")
    sent = sum(calls[account.handle, "performed"] for account in crew.accounts[:FREE])
    print(f"sent by the free: {sent}")
    assert sent >= 0.95 * FREE * ACTIONS
    for account, said in throttled.items():
        assert calls[account.handle, "refused"] == 1, f"one probe for {said}"
        assert calls[account.handle, "performed"] == 0
        assert await crew.statuses(ids[account]) == ["scheduled"] * ACTIONS
        since = began if said == DATE else await tried(crew, account)
        waits = await next_try(crew, account) - since
        assert abs(waits - TOLD[said]) <= 2 * SECOND, f"{said}: {waits}"
    report = await crew.check()
    assert report.violations == []
    assert await crew.value(TOLD_TO_WAIT) == len(throttled)


async def next_try(crew: Crew, account: Account) -> datetime:
    """When the account is next looked at."""
    due = "SELECT next_due FROM lanes WHERE account_id = :id"
    found: datetime = await crew.value(due, id=account.id)
    return found


async def tried(crew: Crew, account: Account) -> datetime:
    """When its one call ended."""
    ended = "SELECT ended_at FROM attempts WHERE account_id = :id"
    found: datetime = await crew.value(ended, id=account.id)
    return found


async def test_after_the_window_one_call_asks_and_the_rest_follows(product: Product) -> None:
    async with open_stage(product, 2) as stage:
        account, still = stage.crew.accounts
        for one in (account, still):
            product.fault("429", account=one.handle, verb="publish_text", retry_after="600")
        ids = {one: await stage.crew.approved(one, ACTIONS) for one in (account, still)}
        await stage.later(minutes=9, seconds=30)
        assert await probes(stage.crew, account) == 1
        product.control("DELETE", "/faults")
        product.fault("429", account=still.handle, verb="publish_text", retry_after="600")
        await stage.later(minutes=2)
        assert await stage.crew.statuses(ids[account]) == ["succeeded"] * ACTIONS
        assert len(stage.posted(account)) == ACTIONS
        # Who is still throttled asked once more, and waits as long again.
        assert await probes(stage.crew, still) == 2
        await stage.later(minutes=8)
        assert await probes(stage.crew, still) == 2
        assert await stage.crew.statuses(ids[still]) == ["scheduled"] * ACTIONS


async def probes(crew: Crew, account: Account) -> int:
    """How often the platform refused the account."""
    entries = read_journal(crew.product.journal)
    return sum(e["account"] == account.handle and e["status"] == 429 for e in entries)
