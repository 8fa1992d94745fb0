"""Answers to people who spoke first: reads what was said to an account and proposes replies.

Replying to those who came by themselves is the lane that every platform allows through its API.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from socialseed.accounts import tokens
from socialseed.actions.propose import Proposal, submit
from socialseed.connectors.protocol import Connector
from socialseed.connectors.types import Comments, Grant, Mentions, OwnPosts, Post
from socialseed.core.errors import AppError, Kind, UpstreamError
from socialseed.core.rng import derive
from socialseed.planner.drafts import fresh_reply
from socialseed.planner.queries import MONTH, get_account, list_said
from socialseed.policy.phases import platforms_open
from socialseed.profiles import service as profiles
from socialseed.runtime.actor import PLANNER
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx

POSTS_READ = 8
COMMENTS_READ = 20
MENTIONS_READ = 20

_WAITING = text(
    "SELECT count(*) FROM actions WHERE account_id = :account AND action_type = 'reply'"
    " AND status IN ('awaiting_approval', 'awaiting_human', 'approved', 'scheduled')"
)
_ANSWERED = text(
    "SELECT target_key FROM actions WHERE account_id = :account AND action_type = 'reply'"
    " AND target_key = ANY(:keys)"
)


@dataclass(frozen=True, slots=True)
class _Said:
    """One thing that somebody said: to the account, or under its post `own`."""

    post: Post
    own: Post | None


async def listen(
    runtime: Runtime, workspace_id: UUID, account_id: UUID, *, depth: int
) -> list[UUID]:
    """The ids of new reply proposals, so that up to `depth` of them wait.

    None for an account that is paused, not connected, on red, or closed in its phase. What was
    answered or turned down once is not proposed again. Raises NOT_FOUND for an unknown account.
    """
    async with runtime.begin(workspace_id, PLANNER) as tx:
        account = await get_account(tx, account_id, tx.now - MONTH)
        waiting = int(await tx.session.scalar(_WAITING, {"account": account_id}) or 0)
    wanted = depth - waiting
    closed = account.platform not in platforms_open(account.phase)
    if wanted <= 0 or closed or not account.is_active or account.light == "red":
        return []
    try:
        grant = await tokens.grant(runtime, workspace_id, account_id)
        heard = await _hear(runtime.connectors.get(account.platform), grant)
    except UpstreamError:
        # The account's health shows it; the next round asks again.
        return []
    async with runtime.begin(workspace_id, PLANNER, key=("listen", account_id)) as tx:
        return await _answer(tx, runtime, account_id, account.username, heard, wanted)


async def _hear(connector: Connector, grant: Grant) -> list[_Said]:
    """The newest first: mentions, then comments under own posts."""
    heard: list[_Said] = []
    reads = connector.manifest.reads
    if "mentions" in reads:
        heard += [
            _Said(p, None) for p in _posts(await connector.read(Mentions(MENTIONS_READ), grant))
        ]
    if "comments" in reads and "own_posts" in reads:
        for own in _posts(await connector.read(OwnPosts(POSTS_READ), grant)):
            if own.comments != 0:
                found = await connector.read(Comments(own.remote_id, COMMENTS_READ), grant)
                heard += [_Said(post, own) for post in _posts(found)]
    return [
        said
        for said in heard
        if said.post.author and said.post.author.handle.lower() != grant.account.lower()
    ]


def _posts(answer: object) -> Sequence[Post]:
    return [one for one in answer if isinstance(one, Post)] if isinstance(answer, list) else []


async def _answer(
    tx: Tx, runtime: Runtime, account_id: UUID, username: str, heard: Sequence[_Said], wanted: int
) -> list[UUID]:
    keys = [f"post:{said.post.remote_id}" for said in heard]
    values = {"account": account_id, "keys": keys}
    answered = set((await tx.session.execute(_ANSWERED, values)).scalars())
    earlier = list(await list_said(tx, tx.tenant, tx.now - MONTH))
    made: list[UUID] = []
    for key, said in zip(keys, heard, strict=True):
        if len(made) >= wanted:
            break
        if key in answered:
            continue
        answered.add(key)
        rng = derive(runtime.seed or "socialseed", "reply", account_id, key)
        words = fresh_reply(said.post.text, rng, earlier)
        action_id = await _propose(tx, runtime, account_id, username, said, words)
        if action_id is not None:
            made.append(action_id)
            earlier.insert(0, (words, username))
    return made


async def _propose(
    tx: Tx, runtime: Runtime, account_id: UUID, username: str, said: _Said, words: str
) -> UUID | None:
    author = said.post.author
    assert author is not None
    account = await get_account(tx, account_id, tx.now - MONTH)
    await profiles.observe(tx, account.platform, author)
    try:
        found = await submit(
            tx, runtime, Proposal(account_id, "reply", author.handle, _data(said, username, words))
        )
    except AppError as error:
        if error.kind not in (Kind.CONFLICT, Kind.INVALID):
            raise
        return None
    return None if found.status == "blocked" else found.action_id


def _data(said: _Said, username: str, words: str) -> dict[str, object]:
    author = said.post.author
    assert author is not None
    person = {
        "id": author.remote_id,
        "handle": author.handle,
        "display_name": author.display_name,
        "bio": author.bio,
        "followers": author.followers,
        "following": author.following,
        "posts": author.posts,
        "url": author.url,
    }
    data: dict[str, object] = {
        "person": {name: value for name, value in person.items() if value is not None},
        "text": words,
    }
    if said.own is None:
        post = {"id": said.post.remote_id, "author": author.handle}
        data["summoned"] = True
    else:
        # The post is ours; what is answered is the comment under it.
        post = {"id": said.own.remote_id, "author": username}
        data["comment_id"] = said.post.remote_id
    url = said.post.url or (said.own.url if said.own else None)
    data["post"] = {**post, "text": said.post.text, **({"url": url} if url else {})}
    return data
