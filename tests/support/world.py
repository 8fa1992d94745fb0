"""Accounts, rules and candidates for tests, and a platform that answers from a script."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text

from socialseed.accounts.models import SocialAccount
from socialseed.bootstrap import CONNECTORS
from socialseed.connectors.manifest import Manifest, TextLimit
from socialseed.connectors.registry import Connectors
from socialseed.connectors.types import (
    Answer,
    Ask,
    Authorization,
    Followers,
    FollowsBack,
    Grant,
    Look,
    Order,
    Receipt,
    Search,
    Step,
)
from socialseed.core.errors import Remedy, UpstreamError
from socialseed.runtime.actor import PLANNER
from socialseed.runtime.runtime import Runtime
from socialseed.targeting import service
from socialseed.targeting.schemas import NewRule

TEXTS = ("comment", "reply", "quote", "publish_text")


def manifest_of(platform: str, **changes: Any) -> Manifest:
    """A manifest that reads everything and performs what the real ones do at most."""
    plain = Manifest(
        platform=platform,
        name=platform.capitalize(),
        hosts={"api": f"api.{platform}.test", "web": f"{platform}.test"},
        performs=frozenset({"publish_text", "reply", "comment", "repost", "like", "follow"}),
        verifies=frozenset(),
        reads=frozenset({"me", "look", "search"}),
        scopes=(),
        text_limits=dict.fromkeys(TEXTS, TextLimit(280, "test")),
        profile_url="{base}/{handle}",
        post_url="{base}/{handle}/{id}",
        tiers=(),
        sources=(),
    )
    return replace(plain, **changes)


@dataclass
class ScriptedConnector:
    """Answers searches and look-ups from what the test wrote down, and counts the questions."""

    manifest: Manifest
    found: dict[str, list[Any]] = field(default_factory=dict)  # keyword → posts
    people: dict[str, Any] = field(default_factory=dict)  # handle → Person
    asked: list[Ask] = field(default_factory=list)
    follows: dict[str, bool] = field(default_factory=dict)  # handle → whether they follow us
    trouble: UpstreamError | None = None  # what asking who follows back meets

    async def authorize(self, step: Step) -> Authorization:
        raise UpstreamError(Remedy.REJECT, "not_scripted", "Not in this test.")

    async def read(self, ask: Ask, grant: Grant) -> Answer:
        self.asked.append(ask)
        if isinstance(ask, Search):
            return self.found.get(ask.keyword, [])
        if isinstance(ask, FollowsBack):
            if self.trouble is not None:
                raise self.trouble
            told = {
                handle: self.follows[handle] for handle in ask.handles if handle in self.follows
            }
            return Followers(told)
        if isinstance(ask, Look):
            answer: Answer = self.people.get(ask.handle)
            return answer
        raise UpstreamError(Remedy.REJECT, "not_offered", "Not in this test.")

    async def perform(self, order: Order, grant: Grant) -> Receipt:
        raise UpstreamError(Remedy.REJECT, "not_scripted", "Not in this test.")

    async def find(self, order: Order, grant: Grant) -> Receipt | None:
        return None


def scripted(*platforms: str) -> Connectors:
    """A connector with a script for each of these platforms, else for all that there are."""
    words = platforms or tuple(CONNECTORS)
    return Connectors({word: ScriptedConnector(manifest_of(word)) for word in words})


async def make_account(
    runtime: Runtime, workspace: UUID, platform: str, username: str, **changes: Any
) -> UUID:
    """A connected account in phase 3, awake all day, unless told otherwise."""
    async with runtime.begin(workspace, key=username) as tx:
        values: dict[str, Any] = {
            "id": tx.new_id(),
            "workspace_id": workspace,
            "platform": platform,
            "username": username,
            "display_name": username,
            "timezone": "UTC",
            "tier": {"twitter": "self_serve", "instagram": "instagram_login"}.get(
                platform, "audited"
            ),
            "phase": "phase_3",
            "programme_started_on": tx.now.date() - timedelta(days=90),
            "health_score": 90,
            "daily_action_limit": 200,
            "waking_start": 0,
            "waking_end": 24,
            "connected_at": tx.now,
            "created_at": tx.now,
            "updated_at": tx.now,
        } | changes
        await tx.session.execute(insert(SocialAccount).values(**values))
    account_id: UUID = values["id"]
    return account_id


async def make_rule(runtime: Runtime, workspace: UUID, **fields: Any) -> UUID:
    """An active rule of the workspace."""
    async with runtime.begin(workspace, key=("rule", fields.get("name"))) as tx:
        return await service.create(tx, NewRule(**{"name": "Rule", **fields}))


async def make_candidates(
    runtime: Runtime, rule_id: UUID, workspace: UUID, handles: Sequence[str], *, posts: bool = True
) -> None:
    """One observed candidate for each handle, the first the best, with a post about ceramics."""
    from socialseed.connectors.types import Person
    from socialseed.targeting import candidates, queries

    async with runtime.begin(workspace, PLANNER, key=("make", rule_id)) as tx:
        rule = await queries.get_rule(tx, rule_id)
        finds = []
        for number, handle in enumerate(handles):
            person = Person(f"id-{handle}", handle, handle.title(), followers=500, posts=20)
            post = {
                "id": f"post-{handle}",
                "text": "My new glaze",
                "author": handle,
                "keyword": "ceramics",
            }
            score = 1 - number / 1000
            finds.append(candidates.Find(person, True, post if posts else None, score))
        await candidates.keep(tx, rule, finds)


async def rows(runtime: Runtime, statement: str, **values: object) -> list[tuple[Any, ...]]:
    """What a statement returns across all workspaces."""
    async with runtime.begin(None) as tx:
        return [tuple(row) for row in await tx.session.execute(text(statement), values)]
