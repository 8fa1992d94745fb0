"""The inbox of a world: reads what people said to an account and has a machine propose replies."""

from collections.abc import Sequence
from uuid import UUID

from socialseed.accounts import tokens
from socialseed.connectors.protocol import Connector
from socialseed.connectors.types import Comments, Grant, Mentions, OwnPosts, Post
from socialseed.core.errors import UpstreamError
from socialseed.runtime.actor import Actor
from socialseed.sim.people import answer
from socialseed.sim.stage import Stage

REPLIES_A_LOOK = 3
POSTS_A_LOOK = 3


async def look(stage: Stage, machine: Actor, platform: str, account: UUID, number: int) -> None:
    """At most three replies are proposed to what was said lately."""
    connector = stage.runtime.connectors.get(platform)
    try:
        grant = await tokens.grant(stage.runtime, stage.workspace, account)
        heard = await _heard(connector, grant)
    except UpstreamError:
        return
    for index, (own, said) in enumerate(heard[:REPLIES_A_LOOK]):
        about = _about(own, said)
        if about is not None:
            await answer(stage, machine, account, about, number * REPLIES_A_LOOK + index)


async def _heard(connector: Connector, grant: Grant) -> list[tuple[Post | None, Post]]:
    if "mentions" in connector.manifest.reads and "comments" not in connector.manifest.reads:
        return [(None, said) for said in _posts(await connector.read(Mentions(10), grant))]
    heard: list[tuple[Post | None, Post]] = []
    for own in _posts(await connector.read(OwnPosts(POSTS_A_LOOK), grant)):
        if own.comments == 0:
            continue
        said = _posts(await connector.read(Comments(own.remote_id, 5), grant))
        heard.extend((own, one) for one in said)
    if not heard and "mentions" in connector.manifest.reads:
        heard = [(None, said) for said in _posts(await connector.read(Mentions(10), grant))]
    return [(own, one) for own, one in heard if one.author and one.author.handle != grant.account]


def _posts(answered: object) -> Sequence[Post]:
    return [one for one in answered if isinstance(one, Post)] if isinstance(answered, list) else []


def _about(own: Post | None, said: Post) -> dict[str, object] | None:
    if said.author is None:
        return None
    handle = said.author.handle
    spoken = {"id": said.remote_id, "url": said.url, "text": said.text, "author": handle}
    about: dict[str, object] = {
        "handle": handle,
        "person": {"handle": handle, "id": said.author.remote_id},
    }
    if own is None:
        about["post"] = {name: value for name, value in spoken.items() if value}
        about["summoned"] = True
    else:
        about["post"] = {"id": own.remote_id, "text": said.text, "author": handle}
        about["comment_id"] = said.remote_id
    return about
