"""The packaged ledger ends on a date; tests by the machine's clock have one that does not."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from socialseed.bootstrap import build_runtime
from socialseed.core.clock import VirtualClock
from socialseed.core.settings import Settings
from socialseed.jobs.inline import InlineJobs
from socialseed.policy.capabilities.ledger import LEDGER
from tests.support.ledger import fresh, fresh_file
from tests.support.pipeline import Platform, add_workspace
from tests.support.product import Product, python_environment

LATER = datetime(2028, 6, 1, 12, tzinfo=UTC)


def test_only_the_dates_differ():
    ours, packaged = fresh().entries, LEDGER.entries
    assert ours.keys() == packaged.keys()
    for key, entry in ours.items():
        row, was = entry.capability, packaged[key].capability
        assert row.proof(date(2900, 1, 1)) == "fresh"
        assert (row.mode, row.as_of, row.sentence) == (was.mode, was.as_of, was.sentence)
        assert (entry.call, entry.scopes) == (packaged[key].call, packaged[key].scopes)


async def scheduled_in_2028(settings: Settings) -> str:
    """The status of a post that nothing speaks against, proposed long after the packaged dates."""
    clock, jobs = VirtualClock(LATER), InlineJobs()
    async with build_runtime(settings, clock=clock, seed="dates", jobs=jobs) as runtime:
        made = await add_workspace(runtime, clock, jobs, Platform(), 1, "phase_3", "owner")
        return await made.status(await made.propose())


async def test_the_processes_of_tests_send_by_themselves_on_any_date(
    database_url: str, tmp_path: Path
):
    product = Product(tmp_path, database_url)
    assert await scheduled_in_2028(product.settings()) == "scheduled"
    packaged = product.settings(ledger=None)
    assert await scheduled_in_2028(packaged) == "awaiting_approval"
    assert python_environment()["SOCIALSEED_LEDGER"] == str(fresh_file())


def test_real_platforms_are_never_judged_by_another_ledger():
    with pytest.raises(ValidationError, match="SOCIALSEED_LEDGER must not be set"):
        Settings(platform_mode="live", twitter_client_secret=SecretStr("x"), ledger=fresh_file())


async def test_a_ledger_that_cannot_be_read_starts_nothing(database_url: str, tmp_path: Path):
    wrong = tmp_path / "ledger.toml"
    wrong.write_text("[x]\nname = 1")
    settings = Product(tmp_path, database_url).settings(ledger=wrong)
    with pytest.raises((ValueError, KeyError)):
        async with build_runtime(settings):
            pass
