"""Answers that break after the platform performed, and refusals that prove that it did not."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest

from socialseed.actions.schedule import execute_now
from socialseed.runtime.runtime import Runtime
from socialseed.sim.invariants import read_journal, writes
from tests.faults.crew import Crew, make_crew, read_back_everything, until
from tests.support.product import Product

pytestmark = pytest.mark.fault

PERFORMED = (
    "performed_then_reset",
    "performed_then_timeout",
    "performed_then_500",
    "performed_then_truncated",
    "performed_then_html",
    "performed_then_cut",
    "success_without_id",
)
LOST = ("500", "503", "ok_with_error_body")
EACH = 5  # fewer calls of a workspace than it takes to call its platform ill
TWICE = 3  # the same, where each is called twice


@dataclass(frozen=True)
class Broken:
    """A workspace each of whose accounts has one approved text, and what its first call meets."""

    crew: Crew
    mode: str
    ids: list[UUID]

    async def all_are(self, status: str) -> bool:
        """Whether every action has this status."""
        return set(await self.crew.statuses(self.ids)) == {status}


async def broken(
    product: Product, runtime: Runtime, modes: Sequence[str], each: int = EACH
) -> list[Broken]:
    """One workspace for each mode. An empty mode breaks nothing."""
    found = []
    for number, mode in enumerate(modes):
        crew = await make_crew(product, runtime, each, name=f"{mode or 'plain'}_{number}")
        ids = []
        for account in crew.accounts:
            if mode:
                delay = 5_000 if mode == "performed_then_timeout" else 0
                rule = {"account": account.handle, "verb": "publish_text", "times": 1}
                product.fault(mode, delay_ms=delay, **rule)
            ids += await crew.approved(account, 1)
        found.append(Broken(crew, mode, ids))
    return found


async def all_become(groups: Sequence[Broken], status: str, seconds: float) -> None:
    """Every action has the status; else an AssertionError that shows what they have."""

    async def all_are() -> bool:
        return all([await group.all_are(status) for group in groups])

    if not await until(all_are, seconds):
        shown = {g.mode: Counter(await g.crew.statuses(g.ids)) for g in groups}
        raise AssertionError(f"not all are {status}: {shown}")


async def test_what_was_performed_is_never_sent_again_and_is_found_by_reading_back(
    product: Product, runtime: Runtime
) -> None:
    groups = await broken(product, runtime, PERFORMED)
    product.start_workers(2)
    await all_become(groups, "succeeded", 60)
    report = await groups[0].crew.check()
    assert report.violations == []
    assert product.fault_hits() == dict.fromkeys(PERFORMED, EACH)
    assert report.counts["calls"] == report.counts["performed"] == EACH * len(PERFORMED)
    for group in groups:
        told = "SELECT count(*) FROM events WHERE type = 'action.unknown'"
        assert await group.crew.value(told) == EACH, group.mode


async def test_what_was_lost_without_effect_is_read_back_and_then_failed(
    product: Product, runtime: Runtime
) -> None:
    groups = await broken(product, runtime, LOST)
    product.start_workers(1)
    await all_become(groups, "outcome_unknown", 30)
    product.kill("worker1")
    for group in groups:
        assert await read_back_everything(group.crew) == EACH
    await all_become(groups, "failed", 0)
    report = await groups[0].crew.check()
    assert report.violations == []
    assert product.fault_hits() == dict.fromkeys(LOST, EACH)
    assert (report.counts["calls"], report.counts["performed"]) == (EACH * len(LOST), 0)


async def test_what_provably_was_not_performed_is_sent_again_once(
    product: Product, runtime: Runtime
) -> None:
    modes = ("429", "token_expired") * 2
    groups = await broken(product, runtime, modes, TWICE)
    for group in groups:
        # A token that is refused minutes after it was issued means: connect again. These are older.
        then = runtime.clock.now() - timedelta(minutes=30)
        await group.crew.execute("UPDATE credentials SET issued_at = :then", then=then)
    product.start_workers(2)
    await refused(groups)
    assert product.fault_hits() == dict.fromkeys(modes, 2 * TWICE)
    await again(groups)
    report = await groups[0].crew.check()
    assert report.violations == []
    assert report.counts["retried"] == TWICE * len(modes)
    assert report.counts["calls"] == 2 * TWICE * len(modes)
    assert report.counts["performed"] == TWICE * len(modes)
    refreshes = [e for e in read_journal(product.journal) if e["verb"] == "refresh"]
    assert len(refreshes) == 2 * TWICE


async def test_a_platform_that_cannot_be_reached_is_called_when_it_is_back(
    product: Product, runtime: Runtime
) -> None:
    groups = await broken(product, runtime, ("", ""), TWICE)
    product.kill("sandbox")
    product.start_workers(2)
    await refused(groups)
    assert writes(read_journal(product.journal)) == []
    product.start_sandbox()
    await again(groups)
    report = await groups[0].crew.check()
    assert report.violations == []
    assert report.counts["retried"] == 2 * TWICE
    assert report.counts["calls"] == report.counts["performed"] == 2 * TWICE


async def refused(groups: Sequence[Broken]) -> None:
    """Each has an attempt that is proven void, its counters are given back, and it waits."""
    void = "SELECT count(DISTINCT action_id) FROM attempts WHERE outcome = 'not_performed'"

    async def each() -> bool:
        return all(
            [
                await group.crew.value(void) == TWICE and await group.crew.left() == (TWICE, 0)
                for group in groups
            ]
        )

    assert await until(each, 30), [await group.crew.statuses(group.ids) for group in groups]
    for group in groups:
        assert await group.crew.value("SELECT coalesce(sum(used), 0) FROM counters") == 0


async def again(groups: Sequence[Broken]) -> None:
    """A person runs each of them now, and each succeeds."""
    for group in groups:
        for action_id in group.ids:
            async with group.crew.begin() as tx:
                await execute_now(tx, action_id)
    await all_become(groups, "succeeded", 30)
