"""From what people said to an account to proposals of replies, however it was heard.

One proposal for each thing said, never again after a no; at most three a day for one person. The
workspace's own accounts are not answered, nor is anybody who wants to be left alone.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from socialseed.accounts.webhooks.gone import list_gone
from socialseed.actions.propose import Proposal, submit
from socialseed.actions.withdraw import take_turn
from socialseed.connectors.types import Person, Post
from socialseed.core.errors import AppError, Kind
from socialseed.core.rng import derive
from socialseed.planner.drafts import fresh_reply
from socialseed.planner.planning import is_possible
from socialseed.planner.queries import (
    MONTH,
    Account,
    count_replies,
    get_account,
    list_own_handles,
    list_said,
    may_listen,
)
from socialseed.policy.phases import is_open
from socialseed.profiles import service as profiles
from socialseed.profiles.queries import left_alone
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx

A_PERSON_A_DAY = 3
DAY = timedelta(days=1)

_WAITING = text(
    "SELECT count(*) FROM actions WHERE account_id = :account AND action_type = 'reply'"
    " AND status IN ('awaiting_approval', 'awaiting_human', 'approved', 'scheduled')"
)
_ANSWERED = text(
    "SELECT target_key FROM actions WHERE account_id = :account AND action_type = 'reply'"
    " AND target_key = ANY(:keys)"
)


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that somebody said: to the account, or under its post `own`."""

    post: Post
    own: Post | None


async def room(tx: Tx, account_id: UUID, depth: int) -> tuple[Account, int]:
    """The account, and how many more replies may wait so that `depth` do.

    None for one that is paused, not connected, frozen, on red, or closed in its phase. Raises
    NOT_FOUND for an unknown account.
    """
    account = await get_account(tx, account_id, tx.now - MONTH)
    closed = not is_open(account.platform, account.phase)
    if closed or not await may_listen(tx, account_id):
        return account, 0
    waiting = int(await tx.session.scalar(_WAITING, {"account": account_id}) or 0)
    return account, max(0, depth - waiting)


async def answer(
    tx: Tx, runtime: Runtime, account: Account, heard: Sequence[Said], wanted: int
) -> list[UUID]:
    """The ids of at most `wanted` new proposals, in the order of what was heard."""
    # Two ways to hear the same thing at one moment: the second finds what the first proposed.
    await take_turn(tx, account.id)
    addressed = await _addressed(tx, account, heard)
    keys = [f"post:{said.post.remote_id}" for said, _ in addressed]
    values = {"account": account.id, "keys": keys}
    answered = set((await tx.session.execute(_ANSWERED, values)).scalars())
    people = [_key(author) for _, author in addressed]
    today = Counter(await count_replies(tx, account.id, people, tx.now - DAY))
    earlier = list(await list_said(tx, tx.tenant, tx.now - MONTH))
    made: list[UUID] = []
    for key, person, (said, author) in zip(keys, people, addressed, strict=True):
        if len(made) >= wanted:
            break
        if key in answered or today[person] >= A_PERSON_A_DAY:
            continue
        answered.add(key)
        rng = derive(runtime.seed or "socialseed", "reply", account.id, key)
        words = fresh_reply(said.post.text, rng, earlier)
        action_id = await _propose(tx, runtime, account, said, author, words)
        if action_id is not None:
            made.append(action_id)
            today[person] += 1
            earlier.insert(0, (words, account.username))
    return made


async def _addressed(
    tx: Tx, account: Account, heard: Sequence[Said]
) -> Sequence[tuple[Said, Person]]:
    """What was said by people whom the account may answer, each with its author."""
    shunned = await left_alone(tx, account.platform) | await list_own_handles(tx, account.platform)
    gone = await list_gone(tx, account.platform, [said.post.remote_id for said in heard])
    return [
        (said, said.post.author)
        for said in heard
        if said.post.author is not None
        and _key(said.post.author) not in shunned
        and said.post.remote_id not in gone
    ]


def _key(person: Person) -> str:
    return profiles.bare(person.handle).lower()


async def _propose(
    tx: Tx, runtime: Runtime, account: Account, said: Said, author: Person, words: str
) -> UUID | None:
    await profiles.observe(tx, account.platform, author)
    data = _data(said, author, account.username, words)
    if not is_possible(runtime, account, "reply", "summoned" in data, said.own is not None):
        return None
    try:
        found = await submit(tx, runtime, Proposal(account.id, "reply", author.handle, data))
    except AppError as error:
        if error.kind not in (Kind.CONFLICT, Kind.INVALID):
            raise
        return None
    return None if found.status == "blocked" else found.action_id


def _data(said: Said, author: Person, username: str, words: str) -> dict[str, object]:
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
    else:
        # The post is ours; what is answered is the comment under it.
        post = {"id": said.own.remote_id, "author": username}
        data["comment_id"] = said.post.remote_id
    if said.own is None or f"@{username}".lower() in said.post.text.lower():
        data["summoned"] = True
    url = said.post.url or (said.own.url if said.own else None)
    data["post"] = {**post, "text": said.post.text, **({"url": url} if url else {})}
    return data
