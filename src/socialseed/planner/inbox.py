"""Answers to people who spoke first: what was said is read, or told by the platform itself.

Replying to those who came by themselves is the lane that every platform allows through its API.
"""

from collections.abc import Sequence
from uuid import UUID

from socialseed.accounts import tokens
from socialseed.accounts.webhooks.said import Told
from socialseed.connectors.protocol import Connector
from socialseed.connectors.types import Comments, Grant, Mentions, OwnPosts, Post
from socialseed.core.errors import UpstreamError
from socialseed.planner.replies import Said, answer, room
from socialseed.runtime.actor import PLANNER
from socialseed.runtime.runtime import Runtime

POSTS_READ = 8
COMMENTS_READ = 20
MENTIONS_READ = 20
TOLD_FULL = 50  # what was told waits up to here, then it is left to reading


async def listen(
    runtime: Runtime, workspace_id: UUID, account_id: UUID, *, depth: int
) -> list[UUID]:
    """The ids of new reply proposals, so that up to `depth` of them wait.

    None for an account that may not listen now (see `replies.room`). What was answered or turned
    down once is not proposed again. Raises NOT_FOUND for an unknown account.
    """
    async with runtime.begin(workspace_id, PLANNER) as tx:
        account, wanted = await room(tx, account_id, depth)
    if wanted == 0:
        return []
    try:
        grant = await tokens.grant(runtime, workspace_id, account_id)
        heard = await _hear(runtime.connectors.get(account.platform), grant)
    except UpstreamError:
        # The account's health shows it; the next round asks again.
        return []
    async with runtime.begin(
        workspace_id, PLANNER, key=("listen", account_id), timeout_ms=10_000
    ) as tx:
        return await answer(tx, runtime, account, heard, wanted)


async def take(
    runtime: Runtime, workspace_id: UUID, account_id: UUID, told: Sequence[Told]
) -> list[UUID]:
    """As `listen`, about what the platform told by itself: up to 50 wait, nothing is read."""
    heard = [Said(one.post, _own(one)) for one in told]
    key = ("told", account_id, *(one.post.remote_id for one in told))
    async with runtime.begin(workspace_id, PLANNER, key=key, timeout_ms=10_000) as tx:
        account, wanted = await room(tx, account_id, TOLD_FULL)
        return await answer(tx, runtime, account, heard, wanted) if wanted else []


def _own(one: Told) -> Post | None:
    if one.own_post_id is None:
        return None
    return Post(one.own_post_id, "", None, None, None)


async def _hear(connector: Connector, grant: Grant) -> list[Said]:
    """The newest first: mentions, then comments under own posts."""
    heard: list[Said] = []
    reads = connector.manifest.reads
    if "mentions" in reads:
        heard += [
            Said(p, None) for p in _posts(await connector.read(Mentions(MENTIONS_READ), grant))
        ]
    if "comments" in reads and "own_posts" in reads:
        for own in _posts(await connector.read(OwnPosts(POSTS_READ), grant)):
            if own.comments != 0:
                found = await connector.read(Comments(own.remote_id, COMMENTS_READ), grant)
                heard += [Said(post, own) for post in _posts(found)]
    return heard


def _posts(found: object) -> Sequence[Post]:
    return [one for one in found if isinstance(one, Post)] if isinstance(found, list) else []
