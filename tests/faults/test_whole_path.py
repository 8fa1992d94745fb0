"""One action over HTTP, from registration to the platform's journal; the whole instance's start."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from socialseed.app.up import answers
from socialseed.sim.invariants import check, read_journal, writes
from tests.faults.crew import until
from tests.support.client import PASSWORD, Client
from tests.support.invariants import find_secrets
from tests.support.product import LEASE_SECONDS, Product, free_port, start_whole

pytestmark = pytest.mark.fault


async def test_a_person_connects_proposes_and_approves_and_it_is_performed_once(
    product: Product,
) -> None:
    product.start_api()
    product.start_worker()
    with Client(product.url) as person:
        person.enter("ada@example.com")
        account = await asyncio.to_thread(person.connected_account, "twitter", "ada_makes")
        assert account["connected"] is True
        await opened(product)
        proposal = ("publish_text", {"text": "Morning light over the old harbour wall."})
        first = person.propose(account["id"], *proposal, key="one")
        again = person.propose(account["id"], *proposal, key="one")
        assert again["id"] == first["id"]
        person.approve(first["id"], first["content_hash"])

        async def succeeded() -> bool:
            return bool(person.action(first["id"])["status"] == "succeeded")

        assert await until(succeeded, 20, 0.1), person.action(first["id"])
        stop = person.stop()
        second = person.propose(account["id"], "publish_text", {"text": "Held by a stop, for now."})
        person.approve(second["id"])
        person.lift(stop["id"])
    entries = writes(read_journal(product.journal))
    (entry,) = [e for e in entries if e["idempotency_key"] == first["id"]]
    assert (entry["verb"], entry["outcome"]) == ("publish_text", "performed")
    report = await check(
        product.database_url, product.journal, lease_seconds=LEASE_SECONDS, quiet=False
    )
    assert report.violations == []
    assert find_secrets([PASSWORD], product.logs) == []


async def opened(product: Product) -> None:
    """The account is past its first phases, which keep X closed."""
    connection = await asyncpg.connect(product.database_url)
    await connection.execute(
        "UPDATE social_accounts SET phase = 'phase_3', health_score = 95,"
        " programme_started_on = current_date - 120"
    )
    await connection.close()


def test_a_whole_instance_starts_and_leaves_nothing_running(tmp_path: Path) -> None:
    whole = start_whole(tmp_path / "home", free_port(), demo=False)
    try:
        whole.wait_ready(120)
        assert answers(f"{whole.url}/health")
    finally:
        whole.stop()
    assert not answers(f"{whole.url}/health")
