"""Answers to people who spoke first: up to a depth, to each once, and never again after a no."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from socialseed.accounts.connect import store
from socialseed.actions import decide
from socialseed.connectors.registry import Connectors
from socialseed.connectors.types import Answer, Ask, Grant, Mentions, Person, Post, Tokens
from socialseed.core.clock import VirtualClock
from socialseed.core.errors import AppError
from socialseed.planner.inbox import listen
from socialseed.runtime.actor import Actor
from socialseed.runtime.keyring import new_wrapped_key
from tests.support.serving import make_person, real_runtime
from tests.support.world import ScriptedConnector, make_account, manifest_of, rows

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TOKENS = Tokens("access", "refresh", (), timedelta(hours=2), None)


def mention(number: int, handle: str) -> Post:
    author = Person(f"id-{handle}", handle, handle.title(), followers=400, posts=30)
    at = NOW - timedelta(minutes=number)
    return Post(f"m{number}", "Lovely work, how did you do it?", None, author, at)


@dataclass
class Heard(ScriptedConnector):
    """A platform on which some people mentioned the account."""

    mentions: list[Post] = field(default_factory=list)

    async def read(self, ask: Ask, grant: Grant) -> Answer:
        return list(self.mentions) if isinstance(ask, Mentions) else await super().read(ask, grant)


@pytest.fixture
def platform():
    return Heard(
        manifest_of("twitter", reads=frozenset({"me", "mentions"})),
        mentions=[mention(n, h) for n, h in enumerate(["mia", "clay", "noah", "ines", "kai"])],
    )


@pytest.fixture
async def runtime(database_url: str, platform: Heard):
    async with real_runtime(database_url, clock=VirtualClock(NOW)) as opened:
        yield replace(opened, connectors=Connectors({"twitter": platform}))


@pytest.fixture
async def account(runtime):
    person = await make_person(runtime, "ada")
    key = new_wrapped_key(runtime.master_key, person.workspace)
    async with runtime.begin(None) as tx:
        await tx.session.execute(text("UPDATE workspaces SET wrapped_key = :key"), {"key": key})
    made = await make_account(runtime, person.workspace, "twitter", "clay")
    async with runtime.begin(person.workspace) as tx:
        await store(runtime, tx, made, TOKENS)
    return person.workspace, made


async def test_replies_wait_up_to_the_depth_and_each_person_is_answered_once(runtime, account):
    workspace, made = account
    first = await listen(runtime, workspace, made, depth=2)
    again = await listen(runtime, workspace, made, depth=2)
    more = await listen(runtime, workspace, made, depth=10)
    assert (len(first), len(again), len(more)) == (2, 0, 2)
    told = await rows(
        runtime, "SELECT target_account, mode, status, requires_approval FROM actions ORDER BY 1"
    )
    # The account's own words (clay) are not answered.
    assert [row[0] for row in told] == ["ines", "kai", "mia", "noah"]
    assert {row[1:] for row in told} == {("api", "awaiting_approval", True)}


async def test_what_was_turned_down_is_not_proposed_again(runtime, account):
    workspace, made = account
    (proposed,) = await listen(runtime, workspace, made, depth=1)
    owner = (await rows(runtime, "SELECT user_id FROM memberships"))[0][0]
    async with runtime.begin(workspace, Actor("user", UUID(str(owner)), "Ada", "owner")) as tx:
        await decide.reject(tx, runtime, proposed, "off_topic")
    (other,) = await listen(runtime, workspace, made, depth=1)
    spoken_to = await rows(runtime, "SELECT target_account FROM actions ORDER BY created_at, id")
    assert other != proposed
    assert len(set(spoken_to)) == 2


async def test_a_platform_that_does_not_answer_changes_nothing(runtime, account, platform):
    workspace, made = account
    platform.manifest = manifest_of("twitter", reads=frozenset({"comments", "own_posts"}))
    assert await listen(runtime, workspace, made, depth=5) == []
    assert await rows(runtime, "SELECT 1 FROM actions") == []


async def test_an_unknown_account_is_an_error(runtime, account):
    with pytest.raises(AppError, match="not_found"):
        await listen(runtime, account[0], account[0], depth=1)
