"""The public door for platforms, over the real application: who is refused, and who is answered."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from socialseed.app.http import create_app
from socialseed.bootstrap import ROUTERS
from socialseed.connectors.registry import Connectors
from socialseed.core.clock import VirtualClock
from tests.api.whole import digest, problem_in
from tests.support.serving import client_of, real_runtime
from tests.support.webhooks import SECRET, SIGNATURE, body_of, said, sending, signed
from tests.support.world import manifest_of, rows

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
URL = "/api/v1/webhooks/twitter"
TOKEN = "a word of our own"
MEGABYTE = 1_000_000


@pytest.fixture
async def runtime(database_url: str):
    async with real_runtime(
        database_url,
        clock=VirtualClock(NOW),
        twitter_client_secret=SECRET,
        tiktok_client_secret=SECRET,
        webhook_verify_token=TOKEN,
    ) as opened:
        silent = sending("tiktok")
        silent.manifest = manifest_of("tiktok")
        platforms = {"twitter": sending("twitter"), "tiktok": silent}
        yield replace(opened, connectors=Connectors(platforms))


@pytest.fixture
async def client(runtime):
    async with client_of(create_app(runtime, ROUTERS)) as opened:
        yield opened


async def stored(runtime) -> int:
    return int((await rows(runtime, "SELECT count(*) FROM webhook_deliveries"))[0][0])


def refused(answer: httpx2.Response, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert problem_in(answer) == ""


async def test_a_genuine_delivery_is_stored_and_answered_though_it_comes_from_elsewhere(
    runtime, client
):
    body = body_of(said(1, "mia", "42"))
    headers = {**signed(body, NOW), "origin": "https://x.example", "sec-fetch-site": "cross-site"}
    for _ in range(3):
        answer = await client.post(URL, content=body, headers=headers)
        assert (answer.status_code, answer.json()) == (200, {"received": True})
    assert await stored(runtime) == 1
    assert [job for job, _ in runtime.jobs.queued] == ["accounts.webhook"]


async def test_what_is_forged_or_stale_is_refused_and_leaves_nothing(runtime, client):
    body, before = body_of(said(1, "mia", "42")), await digest(runtime)
    good = signed(body, NOW)
    for headers, sent in (
        ({}, body),
        ({**good, SIGNATURE: "0" * 64}, body),
        ({**good, SIGNATURE: "\xff\xfe"}, body),
        ({**good, SIGNATURE: ""}, body),
        (signed(body, NOW, "guess"), body),
        (good, body.replace(b"mia", b"eve")),
        (signed(body, NOW - timedelta(hours=1)), body),
        (signed(body, NOW + timedelta(hours=1)), body),
    ):
        encoded = {name: value.encode("latin-1") for name, value in headers.items()}
        answer = await client.post(URL, content=sent, headers=encoded)
        refused(answer, 401, "bad_signature")
    assert await digest(runtime) == before
    assert runtime.jobs.queued == []


async def test_only_platforms_that_send_have_a_door(client):
    body = body_of(said(1, "mia", "42"))
    for name in ("tiktok", "instagram", "myspace", "x" * 300, "%00"):
        for method in ("GET", "POST"):
            url = f"/api/v1/webhooks/{name}"
            answer = await client.request(method, url, content=body, headers=signed(body, NOW))
            assert answer.status_code == (422 if name == "%00" else 404)
            assert problem_in(answer) == ""


async def test_a_megabyte_is_taken_and_one_byte_more_is_not(runtime, client):
    bare = len(body_of(said(1, "mia", "42"), pad=""))
    for size, status in ((MEGABYTE, 200), (MEGABYTE + 1, 413)):
        body = body_of(said(1, "mia", "42"), pad="x" * (size - bare))
        assert len(body) == size
        answer = await client.post(URL, content=body, headers=signed(body, NOW))
        assert answer.status_code == status, answer.text
    assert await stored(runtime) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe\x00garbage",
        b"{",
        b"[]",
        b'{"a":"\\u0000"}',
        b'{"a":"\\ud800"}',
        b'{"a":' + b"[" * 500 + b"]" * 500 + b"}",
        b'{"a":NaN}',
    ],
)
async def test_garbage_is_refused_even_when_it_is_signed(runtime, client, body):
    refused_with = await client.post(URL, content=body, headers=signed(body, NOW))
    assert refused_with.status_code == 422
    assert problem_in(refused_with) == ""
    assert await stored(runtime) == 0


async def test_the_handshake_echoes_only_with_our_word(client):
    query = {"hub.mode": "subscribe", "hub.challenge": "<b>1158</b>", "hub.verify_token": TOKEN}
    answer = await client.get(URL, params=query)
    assert (answer.status_code, answer.text) == (200, "<b>1158</b>")
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["x-content-type-options"] == "nosniff"
    for wrong in ({}, query | {"hub.verify_token": "guess"}, {"hub.challenge": "1"}):
        refused(await client.get(URL, params=wrong), 401, "bad_challenge")


async def test_a_challenge_token_is_proven_as_json_and_signs_no_delivery(client):
    answer = await client.get(URL, params={"crc_token": "a-token"})
    assert answer.headers["content-type"] == "application/json"
    assert set(answer.json()) == {"response_token"}
    forged = body_of(said(1, "mia", "42")).decode()
    refused(await client.get(URL, params={"crc_token": forged}), 401, "bad_challenge")
