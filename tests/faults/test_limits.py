"""Limits under a crowd: exactly the limit is sent, and no wake-up delivered twice sends twice."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import pytest

from socialseed.actions import counters, dispatch
from socialseed.actions.execute import send
from socialseed.bootstrap import build_runtime
from socialseed.policy.pacing import ALL, Limit, window_keys
from socialseed.runtime.runtime import Runtime
from socialseed.sim.invariants import read_journal, writes
from tests.faults.crew import Crew, make_crew, until
from tests.support.product import Product

pytestmark = pytest.mark.fault

SENDERS = 32
# limit: accounts with it, and approved actions on each
GROUPS = {1: (10, 4), 5: (6, 9), 100: (2, 106)}


async def test_exactly_the_limit_is_sent_by_a_crowd_of_senders(
    product: Product, runtime: Runtime
) -> None:
    crews = {
        limit: await make_crew(product, runtime, accounts, limit=limit, name=f"limit_{limit}")
        for limit, (accounts, _) in GROUPS.items()
    }
    for limit, crew in crews.items():
        await usual_days(crew, limit)
        for account in crew.accounts:
            await crew.approved(account, GROUPS[limit][1])
    product.start_workers(4)  # eight lanes each

    async def all_sent() -> bool:
        return all([await nothing_is_due(crew) for crew in crews.values()])

    assert await until(all_sent, 90, 0.2)
    report = await crews[1].check()
    assert report.violations == []
    sent = Counter(e["account"] for e in performed(product))
    for limit, crew in crews.items():
        assert {sent[account.handle] for account in crew.accounts} == {limit}
        assert await used_today(crew) == [limit] * len(crew.accounts)
        left = (GROUPS[limit][1] - limit) * len(crew.accounts)
        assert await crew.left() == (left, 0), "what is beyond the limit waits for another day"
        held = "SELECT count(*) FROM events WHERE type = 'action.held'"
        assert await crew.value(held) >= len(crew.accounts)


@pytest.mark.parametrize("limit", GROUPS)
async def test_a_counter_stops_at_its_limit_whoever_raises_it(
    product: Product, runtime: Runtime, limit: int
) -> None:
    crew = await make_crew(product, runtime, 1, limit=limit)
    (account,) = crew.accounts
    found = [Limit(kind, span, limit, "test") for kind in (ALL, "like") for span in ("day", "hour")]
    claim = counters.claim_of(found, "like", runtime.clock.now(), "UTC")
    tries = max(2 * SENDERS, limit + SENDERS)
    async with build_runtime(product.settings(pool_size=SENDERS)) as crowd:
        raised = await in_crowd(tries, lambda: raise_once(crowd, crew.workspace, account.id, claim))
    assert raised == Counter({True: limit, False: tries - limit})
    assert await crew.value("SELECT min(used) FROM counters") == limit
    assert await crew.value("SELECT max(used) FROM counters") == limit


async def test_a_wake_up_delivered_many_times_at_once_sends_once(
    product: Product, runtime: Runtime
) -> None:
    crew = await make_crew(product, runtime, 1)
    (account,) = crew.accounts
    ids = await crew.approved(account, 2)
    product.fault("slow", verb="publish_text", delay_ms=600)
    async with build_runtime(product.settings(pool_size=SENDERS)) as crowd:
        assert await dispatch.claim(crowd) == 1
        fence = await crew.value("SELECT fence FROM lanes")
        payload = {
            "account_id": str(account.id),
            "workspace_id": str(crew.workspace),
            "fence": fence,
        }
        ended = await asyncio.gather(
            *(send(crowd, payload) for _ in range(SENDERS)), return_exceptions=True
        )
    # Who waited for the lane longer than a statement may take did nothing either.
    assert all(one is None or "statement timeout" in str(one) for one in ended), ended
    report = await crew.check()
    assert report.violations == []
    assert report.counts["calls"] == 1
    assert sorted(await crew.statuses(ids)) == ["scheduled", "succeeded"]
    unknown = "SELECT count(*) FROM events WHERE type = 'action.unknown'"
    assert await crew.value(unknown) == 0, "the one that is being sent was given up"


class Full(Exception):
    """The counter refused, so the transaction is rolled back."""


async def raise_once(
    runtime: Runtime, workspace: UUID, account: UUID, claim: counters.Claim
) -> bool:
    """Whether one unit was taken."""
    try:
        async with runtime.begin(workspace, timeout_ms=20_000) as tx:
            if not await counters.take(tx, account, workspace, claim):
                raise Full
    except Full:
        return False
    return True


async def in_crowd(tries: int, one: Callable[[], Awaitable[bool]]) -> Counter[bool]:
    """The results of `tries` calls, SENDERS at a time."""
    gate = asyncio.Semaphore(SENDERS)

    async def gated() -> bool:
        async with gate:
            return await one()

    return Counter(await asyncio.gather(*(gated() for _ in range(tries))))


async def usual_days(crew: Crew, each: int) -> None:
    """Every account did as much on each of the last days, so that today is nothing unusual."""
    for back in range(1, 7):
        day, _ = window_keys(crew.runtime.clock.now() - timedelta(days=back), "UTC")
        for account in crew.accounts:
            await crew.execute(
                "INSERT INTO counters (account_id, kind, span, window_key, workspace_id, used,"
                " ceiling) VALUES (:account, 'all', 'day', :day, :workspace, :each, :each)",
                account=account.id,
                day=day,
                workspace=crew.workspace,
                each=each,
            )


async def nothing_is_due(crew: Crew) -> bool:
    """Whether nothing is under way, and what is scheduled is for another day."""
    due = (
        "SELECT count(*) FROM actions WHERE status = 'executing'"
        " OR (status = 'scheduled' AND scheduled_at <= :now)"
    )
    return bool(await crew.value(due, now=crew.runtime.clock.now()) == 0)


async def used_today(crew: Crew) -> list[int]:
    """The day's counter over all kinds, for each account that has one."""
    day, _ = window_keys(crew.runtime.clock.now(), "UTC")
    found = await crew.value(
        "SELECT json_agg(used) FROM counters WHERE kind = 'all' AND span = 'day'"
        " AND window_key = :day",
        day=day,
    )
    return list(found or [])


def performed(product: Product) -> list[dict[str, object]]:
    """The journal's entries of what changed the world."""
    return [e for e in writes(read_journal(product.journal)) if e["outcome"] == "performed"]
