"""A storm of webhooks through the real processes: every effect once, whatever comes how often."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from socialseed.core.rng import derive
from socialseed.runtime.runtime import Runtime
from tests.faults.crew import CLOCK, Crew, make_crew, until
from tests.support.product import Product

pytestmark = [pytest.mark.fault, pytest.mark.timeout(300)]

TOTAL = 5_000
SENDERS = 24
ACCOUNTS, SAID_EACH = 10, 8  # in one workspace; two of them are in another one too
SHARED = 2
STRANGERS, ECHOES, POISON, FORGED = 150, 60, 40, 400
SECRET = b"sandbox"  # what the sandbox's apps share with it
DOOR = "/api/v1/webhooks/twitter"
_LEFT = text("SELECT count(*) FROM webhook_deliveries WHERE state = 'waiting'")
_JOBS = text(
    "SELECT count(*) FROM pgqueuer WHERE entrypoint IN ('planner.heard', 'accounts.webhook')"
)


@dataclass(frozen=True)
class Delivery:
    """A body with its signature, and what the door must say to it."""

    body: bytes
    headers: dict[str, str]
    status: int = 200


def event(uuid: str, recipient: str, author: str, post: str) -> bytes:
    """X's notice of a mention."""
    payload = {"id": post, "author_id": f"9{post}", "text": f"@you how was {post} made?"}
    user = {"id": f"9{post}", "name": author, "username": author}
    data = {
        "event_uuid": uuid,
        "filter": {"user_id": recipient},
        "event_type": "post.mention.create",
        "payload": payload,
        "includes": {"users": [user]},
    }
    return json.dumps({"data": data}).encode()


def genuine(body: bytes) -> Delivery:
    digest = hmac.new(SECRET, body, hashlib.sha256).digest()
    signature = f"sha256={base64.b64encode(digest).decode()}"
    return Delivery(body, {"x-twitter-webhooks-signature": signature})


def forged(number: int, victim: Delivery) -> Delivery:
    """Another's words under a genuine signature, or with none of worth."""
    body = event(f"forged{number}", "1", "eve", f"66{number:06}")
    headers = victim.headers if number % 2 else {"x-twitter-webhooks-signature": "sha256=AAAA"}
    return Delivery(body, headers, 401)


async def remote_ids(crew: Crew) -> list[str]:
    async with crew.begin() as tx:
        found = await tx.session.execute(
            text("SELECT id, remote_id FROM social_accounts WHERE workspace_id = :w"),
            {"w": crew.workspace},
        )
        known = {row.id: str(row.remote_id) for row in found}
    return [known[account.id] for account in crew.accounts]


def storm(ids: list[str], handle: str) -> tuple[list[Delivery], list[str]]:
    """Five thousand deliveries in no order, and the posts that somebody must answer."""
    rng = derive("webhooks", "storm")
    posts: list[str] = []
    once: list[Delivery] = []
    for place, recipient in enumerate(ids):
        for number in range(SAID_EACH):
            post = f"77{place:03}{number:03}"
            posts.append(post)
            once.append(genuine(event(f"u{post}", recipient, f"fan_{post}", post)))
            if number % 4 == 0:  # told once more under another number
                once.append(genuine(event(f"v{post}", recipient, f"fan_{post}", post)))
    once += [genuine(event(f"s{n}", f"stranger{n}", "zoe", f"88{n:06}")) for n in range(STRANGERS)]
    once += [genuine(event(f"e{n}", ids[-1], handle, f"55{n:06}")) for n in range(ECHOES)]
    once += [genuine(json.dumps({"poison": number}).encode()) for number in range(POISON)]
    wrong = [forged(number, once[number % len(once)]) for number in range(FORGED)]
    repeated = [rng.choice(once) for _ in range(TOTAL - len(once) - len(wrong))]
    everything = [*once, *wrong, *repeated]
    rng.shuffle(everything)
    return everything, posts


async def send_all(product: Product, deliveries: list[Delivery]) -> Counter[str]:
    """Every delivery was answered; like a platform, a sender tries again what was not taken.

    When half of them are, the API is killed and started again.
    """
    told: Counter[str] = Counter()
    waiting = iter(deliveries)

    async def sender(client: httpx2.AsyncClient) -> None:
        for one in waiting:
            while True:
                try:
                    answer = await client.post(DOOR, content=one.body, headers=one.headers)
                except httpx2.TransportError:
                    told["no answer"] += 1
                    await CLOCK.wait_until(CLOCK.now() + timedelta(seconds=0.2))
                    continue
                if answer.status_code == one.status:
                    told[str(answer.status_code)] += 1
                    break
                assert answer.status_code == 503, answer.text
                told["busy"] += 1

    async with httpx2.AsyncClient(base_url=product.url, trust_env=False, timeout=20) as client:
        async with asyncio.TaskGroup() as senders:
            for _ in range(SENDERS):
                senders.create_task(sender(client))
            while told["200"] < len(deliveries) // 2:
                await CLOCK.wait_until(CLOCK.now() + timedelta(seconds=0.05))
            product.kill("api")
            product.start_api(wait=False)
    return told


async def rows(crew: Crew, sql: str, **bound: object) -> list[Any]:
    async with crew.begin() as tx:
        return list((await tx.session.execute(text(sql), bound)).all())


async def test_five_thousand_deliveries_have_every_effect_once(
    product: Product, runtime: Runtime
) -> None:
    here = await make_crew(product, runtime, ACCOUNTS, name="elm")
    there = await make_crew(product, runtime, SHARED, name="fir")
    ids = await remote_ids(here)
    for account, remote_id in zip(there.accounts, ids, strict=False):
        await there.execute(
            "UPDATE social_accounts SET remote_id = :r WHERE id = :id", r=remote_id, id=account.id
        )
    deliveries, posts = storm(ids, here.accounts[-1].handle)
    assert len(deliveries) == TOTAL
    product.start_api()
    product.start_worker()
    began = CLOCK.now()
    told = await send_all(product, deliveries)
    received = CLOCK.now()

    async def drained() -> bool:
        async with runtime.begin(None) as tx:
            left = [int(await tx.session.scalar(sql) or 0) for sql in (_LEFT, _JOBS)]
        return left == [0, 0]

    assert await until(drained, 60, 0.2)
    took = (received - began).total_seconds(), (CLOCK.now() - received).total_seconds()
    print(f"{dict(told)}, received in {took[0]:.1f} s, worked off {took[1]:.1f} s later")
    assert told["no answer"] > 0, "the kill must have met somebody"
    assert told["401"] == FORGED
    assert told["200"] == TOTAL - FORGED

    keys = [f"post:{post}" for post in posts]
    for crew, wanted in ((here, keys), (there, keys[: SHARED * SAID_EACH])):
        asked = await rows(
            crew,
            "SELECT target_key, count(*) AS n FROM actions WHERE workspace_id = :w"
            " AND target_key LIKE 'post:77%' GROUP BY target_key",
            w=crew.workspace,
        )
        assert {row.target_key: row.n for row in asked} == dict.fromkeys(wanted, 1)
        other = "SELECT 1 FROM actions WHERE target_key ~ '^post:(66|88|55)'"
        assert await rows(crew, other) == []
        alerts = "SELECT 1 FROM events WHERE workspace_id = :w AND type = 'webhook.parked'"
        assert len(await rows(crew, alerts, w=crew.workspace)) == 1
    async with runtime.begin(None) as tx:
        found = await tx.session.execute(
            text("SELECT state, count(*) AS n FROM webhook_deliveries GROUP BY state")
        )
        states = {row.state: row.n for row in found}
        bodies = await tx.session.scalar(
            text("SELECT count(*) FROM webhook_deliveries WHERE state = 'done' AND body NOTNULL")
        )
    distinct = {one.body for one in deliveries if one.status == 200}
    assert states == {"done": len(distinct) - POISON, "parked": POISON}
    assert bodies == 0


def deletion(uuid: str, recipient: str, post: str) -> bytes:
    """The notice that a post is gone."""
    data = {"event_uuid": uuid, "filter": {"user_id": recipient}, "event_type": "post.delete"}
    return json.dumps({"data": data | {"payload": {"id": post}}}).encode()


async def test_what_was_deleted_is_answered_by_nobody_in_any_order(
    product: Product, runtime: Runtime
) -> None:
    crew = await make_crew(product, runtime, 3, name="ash")
    rng = derive("webhooks", "deleted")
    kept: set[str] = set()
    lost: set[str] = set()
    once: list[Delivery] = []
    early: list[Delivery] = []
    for place, recipient in enumerate(await remote_ids(crew)):
        for number in range(12):
            post = f"77{place:03}{number:03}"
            once.append(genuine(event(f"u{post}", recipient, f"fan_{post}", post)))
            (lost if number % 2 else kept).add(f"post:{post}")
            if number % 4 == 1:
                early.append(once[-1])
            if number % 2:
                once += [genuine(deletion(f"{n}{post}", recipient, post)) for n in ("d", "e")]
    everything = once * 3
    rng.shuffle(everything)
    product.start_api()
    product.start_worker()
    jobs = text(
        "SELECT count(*) FROM pgqueuer WHERE entrypoint IN"
        " ('planner.heard', 'accounts.webhook', 'actions.gone')"
    )

    async def drained() -> bool:
        async with runtime.begin(None) as tx:
            left = [int(await tx.session.scalar(sql) or 0) for sql in (_LEFT, jobs)]
        return left == [0, 0]

    async with httpx2.AsyncClient(base_url=product.url, trust_env=False, timeout=20) as client:
        for one in early:
            answer = await client.post(DOOR, content=one.body, headers=one.headers)
            assert answer.status_code == 200
    assert await until(drained, 120, 0.2)
    waiting = await rows(crew, "SELECT 1 FROM actions WHERE status = 'awaiting_approval'")
    assert len(waiting) == len(early)
    told = await send_all(product, everything)
    product.kill("worker")
    product.start_worker("heir")
    assert told["200"] == len(everything)
    assert await until(drained, 120, 0.2)
    found = await rows(crew, "SELECT id, target_key, status FROM actions")
    state = {row.target_key: row.status for row in found}
    assert len(state) == len(found)
    assert {key: state.get(key) for key in kept} == dict.fromkeys(kept, "awaiting_approval")
    withdrawn = [row.id for row in found if row.target_key in lost]
    assert {state[key] for key in lost & state.keys()} == {"cancelled"}
    decided = await rows(crew, "SELECT action_id FROM decisions WHERE reason = 'target_deleted'")
    assert sorted(row.action_id for row in decided) == sorted(withdrawn)
    print(f"{len(withdrawn)} of {len(lost)} withdrawn, the others never proposed")
    assert 0 < len(withdrawn) < len(lost), "both orders must have happened"
