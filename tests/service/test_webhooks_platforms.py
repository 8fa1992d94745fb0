"""Each platform's own bodies and signatures, from the door to the proposal."""

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from socialseed.accounts.webhooks.receive import handshake, receive, verify_token
from socialseed.bootstrap import handlers
from socialseed.connectors.gateway import Gateway
from socialseed.connectors.http import open_client
from socialseed.core.clock import VirtualClock
from socialseed.core.errors import AppError
from socialseed.jobs.inline import InlineJobs
from tests.support.accounts import connectors_of
from tests.support.fakes import NoJobs
from tests.support.serving import make_person, real_runtime
from tests.support.world import make_account, rows

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECRET = "an app's secret"
MINE = "900719925474099312"
FOUND = (
    "SELECT target_account, target_data->'post'->>'id', target_data->>'comment_id',"
    " target_data->>'summoned', mode FROM actions ORDER BY target_key"
)


@pytest.fixture
async def runtime(database_url: str):
    clock = VirtualClock(NOW)
    async with real_runtime(
        database_url,
        clock=clock,
        twitter_client_secret=SECRET,
        instagram_client_secret=SECRET,
        tiktok_client_secret=SECRET,
    ) as opened:
        async with open_client(opened.settings, clock, Gateway("http://127.0.0.1:9")) as http:
            yield replace(opened, connectors=connectors_of(http), jobs=InlineJobs())


async def connected(runtime, platform: str) -> tuple[UUID, UUID]:
    person = await make_person(runtime, platform)
    made = await make_account(runtime, person.workspace, platform, "clay", remote_id=MINE)
    return person.workspace, made


def digest(message: bytes) -> bytes:
    return hmac.new(SECRET.encode(), message, hashlib.sha256).digest()


def signed(platform: str, body: bytes, at: datetime = NOW) -> dict[str, str]:
    """The header as the platform's own documentation says."""
    if platform == "twitter":
        encoded = base64.b64encode(digest(body)).decode()
        return {"x-twitter-webhooks-signature": f"sha256={encoded}"}
    if platform == "instagram":
        return {"x-hub-signature-256": f"sha256={digest(body).hex()}"}
    moment = str(int(at.timestamp()))
    told = digest(f"{moment}.".encode() + body).hex()
    return {"tiktok-signature": f"t={moment},s={told}"}


async def send(runtime, platform: str, told: dict[str, Any]) -> None:
    body = json.dumps(told).encode()
    await receive(runtime, platform, signed(platform, body), body)
    named = {name: job.handler for name, job in handlers().items()}
    await runtime.jobs.run_due(runtime, named, runtime.clock.now())


def on_x(event: str, uuid: str, **post: object) -> dict[str, Any]:
    author = {"id": "77", "name": "Mia", "username": "mia"}
    payload = {"id": "1880", "author_id": "77", "created_at": "2026-11-20T11:59:00.000Z", **post}
    data = {
        "event_uuid": uuid,
        "filter": {"user_id": MINE},
        "event_type": event,
        "tag": "all",
        "payload": payload,
        "includes": {"users": [author]},
    }
    return {"data": data}


async def test_what_x_tells_of_one_post_twice_is_one_proposal(runtime):
    await connected(runtime, "twitter")
    words = "@clay which glaze is it?"
    await send(runtime, "twitter", on_x("post.mention.create", "u1", text=words))
    above = [{"type": "replied_to", "id": "1700"}]
    reply = on_x("post.reply.create", "u2", text=words, referenced_tweets=above)
    await send(runtime, "twitter", reply)
    assert await rows(runtime, FOUND) == [("mia", "1880", None, "true", "api")]


async def test_who_quotes_a_post_on_x_has_spoken_to_the_account(runtime):
    await connected(runtime, "twitter")
    quoted = [{"type": "quoted", "id": "1700"}]
    told = on_x("post.quote.create", "u1", text="What a glaze", referenced_tweets=quoted)
    await send(runtime, "twitter", told)
    assert await rows(runtime, FOUND) == [("mia", "1880", None, "true", "api")]


async def test_an_own_post_that_x_tells_is_not_answered(runtime):
    await connected(runtime, "twitter")
    told = on_x("post.create", "u1", text="@clay talks to itself")
    await send(runtime, "twitter", told)
    me = on_x("post.mention.create", "u2", text="@clay and again", author_id=MINE)
    me["data"]["includes"] = {"users": [{"id": MINE, "name": "Clay", "username": "Clay"}]}
    await send(runtime, "twitter", me)
    assert await rows(runtime, FOUND) == []


async def test_a_comment_that_instagram_tells_whole_is_answered_under_the_own_post(runtime):
    await connected(runtime, "instagram")
    value = {
        "id": "178",
        "from": {"id": "5", "username": "mia"},
        "text": "Lovely, is it stoneware?",
        "media": {"id": "1790", "media_product_type": "FEED"},
    }
    change = {"field": "comments", "value": value}
    entry = {"id": MINE, "time": int(NOW.timestamp()), "changes": [change]}
    flat = {"id": MINE, "time": int(NOW.timestamp()), **change}
    for one in (entry, flat):
        await send(runtime, "instagram", {"object": "instagram", "entry": [one]})
    assert await rows(runtime, FOUND) == [("mia", "1790", "178", None, "api")]


async def test_tiktok_names_a_comment_and_its_words_are_read(runtime):
    workspace, account = await connected(runtime, "tiktok")
    runtime = replace(runtime, jobs=NoJobs())
    content = {
        "comment_id": 7012345678901234567,
        "video_id": 7212345678901234567,
        "comment_type": "comment",
        "comment_action": "insert",
        "timestamp": int(NOW.timestamp()),
        "unique_identifier": "u",
    }
    told = {
        "client_key": "k",
        "event": "comment.update",
        "create_time": int(NOW.timestamp()),
        "user_openid": MINE,
        "content": json.dumps(content),
    }
    body = json.dumps(told).encode()
    await receive(runtime, "tiktok", signed("tiktok", body), body)
    ((job, payload),) = runtime.jobs.queued
    runtime.jobs.queued.clear()
    await handlers()[job].handler(runtime, payload)
    assert runtime.jobs.queued == [
        (
            "planner.listen",
            {
                "workspace_id": str(workspace),
                "account_id": str(account),
                "about": {"own_post_id": "7212345678901234567"},
            },
        )
    ]


@pytest.mark.parametrize("platform", ["twitter", "instagram", "tiktok"])
async def test_no_platform_is_spoken_for_by_others(runtime, platform):
    body = b'{"any": "thing"}'
    good = signed(platform, body)
    (name, value) = next(iter(good.items()))
    for headers, sent in (
        ({}, body),
        ({name: ""}, body),
        ({name: "\xff\xfe"}, body),
        ({name: value[:-2] + ("AA" if not value.endswith("AA") else "BB")}, body),
        (good, body + b" "),
        (signed(platform, b""), body),
    ):
        with pytest.raises(AppError, match="bad_signature"):
            await receive(runtime, platform, headers, sent)
    assert await rows(runtime, "SELECT 1 FROM webhook_deliveries") == []
    await receive(runtime, platform, good, body)
    assert len(await rows(runtime, "SELECT 1 FROM webhook_deliveries")) == 1


async def test_each_platform_shakes_hands_in_its_own_way(runtime):
    word = verify_token(runtime)
    meta = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": word}
    assert handshake(runtime, "instagram", meta) == "1158201444"
    told = json.loads(handshake(runtime, "twitter", {"crc_token": "a-token"}))
    wanted = base64.b64encode(digest(b"a-token")).decode()
    assert told == {"response_token": f"sha256={wanted}"}
    with pytest.raises(AppError, match="bad_challenge"):
        handshake(runtime, "tiktok", meta | {"crc_token": "a-token"})
