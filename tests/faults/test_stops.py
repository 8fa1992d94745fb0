"""The emergency stop raced by sixteen senders in four processes: once told, nothing starts."""

from datetime import datetime, timedelta

import pytest

from socialseed.actions.stops import lift, set_stop
from socialseed.core.clock import wait_for
from socialseed.runtime.runtime import Runtime
from socialseed.sim.invariants import Entry, read_journal, writes
from tests.faults.crew import CLOCK, Crew, make_crew, posts_to_like, until
from tests.support.invariants import late_calls
from tests.support.product import Product

pytestmark = pytest.mark.fault

STOPS = 50
ACCOUNTS, EACH = 50, 20
GRACE = timedelta(milliseconds=250)  # for what had started before, and is on its way
SILENCE = 0.3  # seconds for which each stop is held


async def test_nothing_starts_once_a_stop_is_acknowledged(
    product: Product, runtime: Runtime
) -> None:
    crew = await make_crew(product, runtime, ACCOUNTS)
    posts = posts_to_like(product, EACH - 2)
    for account in crew.accounts:
        await crew.approved(account, 2, posts)
    for number in range(1, 5):
        product.start_worker(f"worker{number}", SOCIALSEED_WORKER_LANES="4")
    spans, raced = [], 0
    for number in range(STOPS):
        await sending(product)
        acknowledged, in_flight = await stopped(crew, number)
        raced += in_flight
        await CLOCK.wait_until(wait_for(CLOCK, SILENCE))
        async with crew.begin() as tx:
            lifting = CLOCK.now()
            await lift(tx, None)
        spans.append((acknowledged, lifting))
    for number in range(1, 5):
        product.kill(f"worker{number}")
    entries = read_journal(product.journal)
    late = [entry for span in spans for entry in late_calls(entries, *span)]
    assert late == []
    report = await crew.check(quiet=False)
    assert report.violations == []
    assert report.counts["stops"] == STOPS
    assert raced >= STOPS // 2, "the stops must meet senders at work"
    within = [at for begun, _ in spans for at in called(entries) if begun < at < begun + GRACE]
    print(
        f"stops: {STOPS}, raced: {raced}, calls under way at an acknowledgement: {len(within)},"
        f" sent: {report.counts['performed']} of {ACCOUNTS * EACH}"
    )


async def sending(product: Product) -> None:
    """Something was sent since this was asked."""
    before = len(writes(read_journal(product.journal)))

    async def more() -> bool:
        return len(writes(read_journal(product.journal))) > before + 2

    assert await until(more, 15, 0.01), "the senders do not send"


async def stopped(crew: Crew, number: int) -> tuple[datetime, bool]:
    """When the stop was acknowledged, and whether something was executing just before."""
    busy = "SELECT EXISTS (SELECT 1 FROM actions WHERE status = 'executing')"
    in_flight = bool(await crew.value(busy))
    async with crew.begin() as tx:
        if number % 5:
            await set_stop(tx, "workspace", None, "race")
        else:
            await set_stop(tx, "platform", "twitter", "race")
    return CLOCK.now(), in_flight


def called(entries: list[Entry]) -> list[datetime]:
    """When each writing call was received."""
    return [datetime.fromisoformat(entry["wall"]) for entry in writes(entries)]
