"""Media by platform: how many, with which cover, whose post is deleted, and what is sent of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest

from socialseed.actions import queries
from socialseed.connectors.registry import Connectors
from socialseed.core.errors import AppError
from tests.support.pipeline import VERBS, World, make_world
from tests.support.world import ScriptedConnector, make_account, manifest_of

HOURS = timedelta(hours=3)


@pytest.fixture
async def world(database_url: str):
    made = await make_world(database_url, phase="phase_3")
    yield made
    await made.runtime.engine.dispose()


PICTURES = [f"https://m.example/{n}.jpg" for n in range(11)]


@pytest.fixture
async def gallery(world: World) -> Callable[..., Any]:
    """Proposes for an account on Instagram, whose connector publishes everything."""
    kinds = frozenset({"publish_image", "publish_video", "publish_carousel", "delete"})
    instagram = ScriptedConnector(manifest_of("instagram", performs=kinds, name="Instagram"))
    connectors = Connectors({"twitter": world.platform, "instagram": instagram})
    runtime = replace(world.runtime, connectors=connectors)
    tier = {"tier": "facebook_login"}
    account = await make_account(runtime, world.workspace, "instagram", "clay", **tier)
    there = replace(world, runtime=runtime)

    async def propose(kind: str, **data: Any) -> UUID:
        return await there.propose(account=account, action_type=kind, target_data=data)

    return propose


async def test_a_carousel_is_stored_as_given_and_shown(world, gallery):
    action_id = await gallery("publish_carousel", media_urls=PICTURES[:10], text="Ten cups")
    async with world.begin() as tx:
        shown = orjson.loads(await queries.detail(tx, action_id))
    assert shown["target_data"] == {"media_urls": PICTURES[:10], "text": "Ten cups"}


async def test_a_carousel_is_no_longer_than_its_platform_takes(gallery):
    with pytest.raises(AppError) as refused:
        await gallery("publish_carousel", media_urls=PICTURES)
    assert refused.value.errors[0].pointer == "/target_data/media_urls"
    assert refused.value.detail == "Instagram takes at most 10 here."


async def test_a_cover_is_taken_where_the_platform_takes_one(world, gallery):
    film = {"media_url": "https://m.example/1.mp4", "cover_url": PICTURES[0]}
    assert await gallery("publish_video", **film)
    with pytest.raises(AppError) as refused:
        await world.propose(action_type="publish_video", target_data=film)
    assert refused.value.errors[0].pointer == "/target_data/cover_url"


async def test_one_post_has_as_many_pictures_as_its_platform_takes(world, gallery):
    four, five = {"media_urls": PICTURES[:4]}, {"media_urls": PICTURES[:5]}
    assert await world.propose(action_type="publish_image", target_data=four)
    with pytest.raises(AppError, match=r"X takes at most 4 here\."):
        await world.propose(action_type="publish_image", target_data=five)
    with pytest.raises(AppError, match=r"Instagram takes one here\."):
        await gallery("publish_image", **four)


async def test_a_carousel_where_there_is_none_is_blocked_with_the_reason(world):
    data = {"media_urls": PICTURES[:3]}
    action_id = await world.propose(action_type="publish_carousel", target_data=data)
    assert await world.status(action_id) == "blocked"
    reasons = "SELECT reasons->0->>'code' FROM actions WHERE id = :id"
    assert await world.value(reasons, id=action_id) == "capability_forbidden"


@pytest.mark.parametrize("author", ["mia", None])
async def test_only_a_post_of_ones_own_is_deleted(world, author):
    post = {"id": "p9", **({"author": author} if author else {})}
    with pytest.raises(AppError) as refused:
        await world.propose(action_type="delete", target_data={"post": post})
    assert (refused.value.code, refused.value.errors[0].pointer) == (
        "not_own_post",
        "/target_data/post/author",
    )


async def test_what_we_posted_ourselves_is_deleted_without_naming_its_author(world):
    made = await world.propose()
    await world.run(HOURS)
    remote_id = await world.value("SELECT remote_id FROM actions WHERE id = :id", id=made)
    gone = await world.propose(action_type="delete", target_data={"post": {"id": remote_id}})
    await world.run(HOURS)
    assert await world.status(gone) == "succeeded"
    assert world.platform.journal[-1].post_id == remote_id


async def test_a_carousel_reaches_the_connector_whole(world):
    there = "UPDATE social_accounts SET platform = 'instagram', tier = 'facebook_login'"
    await world.execute(there)
    world.platform.performs = VERBS | {"publish_carousel"}
    connectors = Connectors({"instagram": world.platform})
    able = replace(world, runtime=replace(world.runtime, connectors=connectors))
    data = {"media_urls": PICTURES[:3], "text": "Three cups", "alt_text": "Cups"}
    action_id = await able.propose(action_type="publish_carousel", target_data=data)
    await able.run(HOURS)
    assert await able.status(action_id) == "succeeded"
    sent = world.platform.journal[-1]
    assert (sent.media_urls, sent.alt_text) == (tuple(PICTURES[:3]), "Cups")
