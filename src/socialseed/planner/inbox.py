"""Answers to people who spoke first: what was said is read, or told by the platform itself.

Replying to those who came by themselves is the lane that every platform allows through its API.
"""

from collections.abc import Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class About:
    """What a notice named without its words: an own post, or a mention by its ids."""

    own_post_id: str | None = None
    media_id: str | None = None
    comment_id: str | None = None


EVERYTHING = About()


async def listen(
    runtime: Runtime,
    workspace_id: UUID,
    account_id: UUID,
    *,
    depth: int,
    about: About = EVERYTHING,
) -> list[UUID]:
    """The ids of new reply proposals, so that up to `depth` of them wait; only `about` is read.

    None for an account that may not listen now (see `replies.room`). What was answered or turned
    down once is not proposed again. Raises NOT_FOUND for an unknown account.
    """
    async with runtime.begin(workspace_id, PLANNER) as tx:
        account, wanted = await room(tx, account_id, depth)
    if wanted == 0:
        return []
    try:
        grant = await tokens.grant(runtime, workspace_id, account_id)
        heard = await _hear(runtime.connectors.get(account.platform), grant, about)
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
    heard = [Said(one.post, _under(one)) for one in told]
    key = ("told", account_id, *(one.post.remote_id for one in told))
    async with runtime.begin(workspace_id, PLANNER, key=key, timeout_ms=10_000) as tx:
        account, wanted = await room(tx, account_id, TOLD_FULL)
        return await answer(tx, runtime, account, heard, wanted) if wanted else []


async def _hear(connector: Connector, grant: Grant, about: About) -> list[Said]:
    """The newest first: mentions, then comments under own posts."""
    reads = connector.manifest.reads
    if about.own_post_id and "comments" in reads:
        return await _comments(connector, grant, _bare(about.own_post_id))
    heard: list[Said] = []
    if "mentions" in reads:
        ask = Mentions(MENTIONS_READ, about.media_id, about.comment_id)
        heard += [Said(post, None) for post in _posts(await connector.read(ask, grant))]
        if about != EVERYTHING:
            return heard
    if "comments" in reads and "own_posts" in reads:
        for own in _posts(await connector.read(OwnPosts(POSTS_READ), grant)):
            if own.comments != 0:
                heard += await _comments(connector, grant, own)
    return heard


async def _comments(connector: Connector, grant: Grant, own: Post) -> list[Said]:
    found = await connector.read(Comments(own.remote_id, COMMENTS_READ), grant)
    return [Said(post, own) for post in _posts(found)]


def _under(one: Told) -> Post | None:
    """The own post that a comment stands under; a mention or quote is a post of its own."""
    if one.kind == "mention" or one.own_post_id is None:
        return None
    return _bare(one.own_post_id)


def _bare(post_id: str) -> Post:
    return Post(post_id, "", None, None, None)


def _posts(found: object) -> Sequence[Post]:
    return [one for one in found if isinstance(one, Post)] if isinstance(found, list) else []
