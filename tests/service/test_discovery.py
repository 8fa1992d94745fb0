"""Discovery: official reads only, what is not told stays unknown, and nobody is found twice."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from socialseed.accounts.connect import store
from socialseed.connectors.registry import Connectors
from socialseed.connectors.types import Look, Person, Post, Search, Tokens
from socialseed.core.clock import VirtualClock
from socialseed.core.errors import Remedy, UpstreamError
from socialseed.profiles import service as profiles
from socialseed.runtime.keyring import new_wrapped_key
from socialseed.runtime.runtime import Runtime
from socialseed.targeting.discover import discover
from socialseed.targeting.tasks import discover_by_rule, rediscover
from tests.support.serving import make_person, real_runtime
from tests.support.world import ScriptedConnector, make_account, make_rule, manifest_of, rows

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TOKENS = Tokens("access", "refresh", (), timedelta(hours=2), None)


def post(number: int, author: Person | None) -> Post:
    at = NOW - timedelta(hours=number)
    return Post(f"p{number}", "New ceramics glaze", f"https://x.test/{number}", author, at)


MIA = Person("1", "Mia", "Mia", "ceramics and tea", followers=800, following=200, posts=90)
BIG = Person("2", "bigbrand", followers=90_000)
OWN = Person("3", "Clay", followers=50)


@pytest.fixture
async def runtime(database_url: str):
    async with real_runtime(database_url, clock=VirtualClock(NOW)) as opened:
        reads_little = manifest_of("tiktok", reads=frozenset({"me", "own_posts"}))
        scripted = {
            "twitter": ScriptedConnector(manifest_of("twitter")),
            "tiktok": ScriptedConnector(reads_little),
        }
        yield replace(opened, connectors=Connectors(scripted))


@pytest.fixture
async def ada(runtime):
    person = await make_person(runtime, "ada")
    key = new_wrapped_key(runtime.master_key, person.workspace)
    async with runtime.begin(None) as tx:
        await tx.session.execute(text("UPDATE workspaces SET wrapped_key = :key"), {"key": key})
    return person


async def connected(runtime: Runtime, workspace: UUID, platform: str = "twitter") -> UUID:
    account = await make_account(runtime, workspace, platform, "clay")
    async with runtime.begin(workspace) as tx:
        await store(runtime, tx, account, TOKENS)
    return account


async def found(runtime: Runtime) -> Sequence[tuple[Any, ...]]:
    return await rows(
        runtime,
        "SELECT p.handle, c.post_key, c.state, p.observed_at IS NOT NULL FROM candidates c"
        " JOIN profiles p ON p.id = c.profile_id ORDER BY c.score DESC, p.handle",
    )


async def last_event(runtime: Runtime) -> tuple[str, dict[str, Any]]:
    events = await rows(
        runtime,
        "SELECT sentence, data FROM events WHERE type = 'candidates.discovered'"
        " ORDER BY seq DESC LIMIT 1",
    )
    return events[0][0], events[0][1]


async def test_a_search_keeps_authors_that_fit_and_nobody_of_our_own(runtime, ada):
    await connected(runtime, ada.workspace)
    connector = runtime.connectors.get("twitter")
    connector.found["ceramics"] = [post(1, MIA), post(2, BIG), post(3, OWN), post(4, None)]
    rule = await make_rule(
        runtime,
        ada.workspace,
        platform="twitter",
        keywords=["ceramics"],
        max_followers=5000,
        action_types=["like"],
    )
    assert await discover(runtime, ada.workspace, rule) == 1
    assert await found(runtime) == [("Mia", "p1", "new", True)]
    assert await discover(runtime, ada.workspace, rule) == 0
    assert len(await found(runtime)) == 1
    sentence, data = await last_event(runtime)
    assert (data["found"], data["new"]) == (1, 0)
    assert "0 new candidates" in sentence


async def test_handles_are_looked_at_once_a_month(runtime, ada):
    await connected(runtime, ada.workspace)
    connector = runtime.connectors.get("twitter")
    connector.people["Mia"] = MIA
    rule = await make_rule(
        runtime,
        ada.workspace,
        platform="twitter",
        handles=["Mia", "ghost"],
        action_types=["follow"],
    )
    await discover(runtime, ada.workspace, rule)
    assert await found(runtime) == [("Mia", "", "new", True)]
    assert "There is no @ghost." in (await last_event(runtime))[0]
    await discover(runtime, ada.workspace, rule)
    assert connector.asked.count(Look("Mia")) == 1
    assert await found(runtime) == [("Mia", "", "new", True)]


async def test_where_nothing_can_be_read_only_the_handle_is_known(runtime, ada):
    await connected(runtime, ada.workspace, "tiktok")
    rule = await make_rule(
        runtime,
        ada.workspace,
        platform="tiktok",
        keywords=["ceramics"],
        handles=["mia"],
        action_types=["follow"],
    )
    assert await discover(runtime, ada.workspace, rule) == 1
    assert await found(runtime) == [("mia", "", "new", False)]
    assert runtime.connectors.get("tiktok").asked == []
    assert "no official search" in (await last_event(runtime))[0]


async def test_without_a_connected_account_nothing_is_asked(runtime, ada):
    rule = await make_rule(
        runtime, ada.workspace, platform="twitter", handles=["mia"], action_types=["follow"]
    )
    assert await discover(runtime, ada.workspace, rule) == 1
    assert runtime.connectors.get("twitter").asked == []


async def test_whoever_wants_to_be_left_alone_is_not_found(runtime, ada):
    await connected(runtime, ada.workspace)
    runtime.connectors.get("twitter").found["ceramics"] = [post(1, MIA)]
    async with runtime.begin(ada.workspace) as tx:
        await profiles.leave_alone(tx, "twitter", "mia")
    rule = await make_rule(
        runtime,
        ada.workspace,
        platform="twitter",
        keywords=["ceramics"],
        handles=["mia"],
        action_types=["follow"],
    )
    assert await discover(runtime, ada.workspace, rule) == 0
    assert await found(runtime) == []


class Refusing(ScriptedConnector):
    """Refuses one keyword for good and breaks off at another."""

    async def read(self, ask, grant):
        if ask == Search("forbidden", 30):
            raise UpstreamError(Remedy.REJECT, "refused", "This word is not searchable.")
        if ask == Search("crowded", 30):
            raise UpstreamError(Remedy.WAIT, "rate_limited", "Too many searches.")
        return await super().read(ask, grant)


async def test_what_was_found_before_an_error_is_kept_and_the_error_told(runtime, ada):
    await connected(runtime, ada.workspace)
    refusing = Refusing(manifest_of("twitter"), found={"ceramics": [post(1, MIA)]})
    runtime = replace(runtime, connectors=Connectors({"twitter": refusing}))
    rule = await make_rule(
        runtime,
        ada.workspace,
        platform="twitter",
        keywords=["forbidden", "ceramics", "crowded", "never asked"],
        action_types=["like"],
    )
    assert await discover(runtime, ada.workspace, rule) == 1
    sentence, _ = await last_event(runtime)
    assert "not searchable" in sentence and "Too many searches." in sentence
    assert refusing.asked == [Search("ceramics", 30)]


async def test_a_deleted_rule_ends_its_search_quietly(runtime, ada):
    missing = {"workspace_id": str(ada.workspace), "rule_id": str(ada.user)}
    await discover_by_rule(runtime, missing)
    assert await found(runtime) == []


async def test_rules_that_run_low_are_searched_again_but_not_all_the_time(runtime, ada):
    rule = await make_rule(
        runtime, ada.workspace, platform="twitter", handles=["mia"], action_types=["follow"]
    )
    runtime.jobs.queued.clear()
    await rediscover(runtime, {})
    assert [payload["rule_id"] for _, payload in runtime.jobs.queued] == [str(rule)]
    await discover(runtime, ada.workspace, rule)
    runtime.jobs.queued.clear()
    await rediscover(runtime, {})
    assert runtime.jobs.queued == []
    runtime.clock.move_to(NOW + timedelta(hours=2))
    await rediscover(runtime, {})
    assert len(runtime.jobs.queued) == 1
