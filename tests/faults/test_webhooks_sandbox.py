"""From somebody's words on a platform to a proposal, by webhook, through the real processes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import text

from socialseed.accounts import connect, tokens
from socialseed.accounts import service as accounts
from socialseed.accounts.service import NewAccount
from socialseed.app.hooks import introduce
from socialseed.connectors.types import OwnPosts, Post, Tokens
from socialseed.planner.inbox import listen
from socialseed.runtime.runtime import Runtime
from tests.faults.crew import CLOCK, Crew, make_crew, until
from tests.support.product import Product

pytestmark = [pytest.mark.fault, pytest.mark.timeout(300)]

WORD = "a word for the handshake"
TIERS = {"twitter": "self_serve", "instagram": "instagram_login"}
EARLIER = timedelta(minutes=10)
_PROPOSED = (
    "SELECT target_account, target_data->'post'->>'text' AS words FROM actions"
    " WHERE account_id = :id AND action_type = 'reply'"
)
_READY = text(
    "UPDATE social_accounts SET phase = 'phase_3', connected_at = :now, remote_id = :remote_id,"
    " health_score = 95, programme_started_on = :started, waking_start = 0, waking_end = 24"
    " WHERE id = :id"
)


@dataclass(frozen=True)
class Connected:
    """An account of ours, and what the sandbox gave us for it."""

    id: UUID
    handle: str
    access: str
    remote_id: str


async def connected(product: Product, crew: Crew, platform: str) -> Connected:
    """An account with posts of its own on this platform, and somebody else beside it."""
    handle = f"kiln_{platform}"
    known = {"platform": platform, "followers": 10, "posts": 5}
    made = product.control("POST", "/accounts", {**known, "handle": handle})
    product.control("POST", "/accounts", {**known, "handle": "visitor"})
    order = {"platform": platform, "handle": handle, "client_id": "socialseed"}
    product.control("POST", "/tier", {"platform": platform, "tier": TIERS[platform]})
    grant = product.control("POST", "/tokens", order)
    given = Tokens(
        access_token=grant["access_token"],
        refresh_token=grant.get("refresh_token"),
        scopes=re.findall(r"[\w.]+", str(grant.get("scope") or grant["permissions"])),
        expires_in=timedelta(seconds=int(grant["expires_in"])),
        refresh_expires_in=timedelta(days=180),
    )
    async with crew.begin() as tx:
        new = NewAccount(platform, handle, "UTC", TIERS[platform])
        account_id = await accounts.create(tx, crew.runtime, new)
        await connect.store(crew.runtime, tx, account_id, given)
        started = tx.now.date() - timedelta(days=120)
        values = {"id": account_id, "now": tx.now, "remote_id": made["id"], "started": started}
        await tx.session.execute(_READY, values)
    return Connected(account_id, handle, grant["access_token"], made["id"])


def publish(product: Product, platform: str, account: Connected) -> None:
    """The account has a post that is ten minutes old."""
    now = CLOCK.now()
    product.control("POST", "/clock", {"mode": "manual", "now": (now - EARLIER).isoformat()})
    with httpx2.Client(
        base_url=product.sandbox_url,
        headers={"authorization": f"Bearer {account.access}"},
        trust_env=False,
        timeout=20,
    ) as client:
        if platform == "twitter":
            made = client.post("/api.x.com/2/tweets", json={"text": "Glaze day"})
            assert made.status_code == 201, made.text
        else:
            base = f"/graph.instagram.com/v25.0/{account.remote_id}"
            picture = {"image_url": "https://a.test/1.jpg", "caption": "Mugs"}
            made = client.post(f"{base}/media", json=picture)
            later = (now - EARLIER / 2).isoformat()
            product.control("POST", "/clock/advance", {"to": later})
            done = client.post(f"{base}/media_publish", json={"creation_id": made.json()["id"]})
            assert done.status_code == 200, done.text
    product.control("POST", "/clock", {"mode": "real"})


async def newest_post(crew: Crew, platform: str, account: Connected) -> Post:
    grant = await tokens.grant(crew.runtime, crew.workspace, account.id)
    found = await crew.runtime.connectors.get(platform).read(OwnPosts(1), grant)
    assert isinstance(found, list)
    return found[0]


def comment(post: Post, words: str) -> None:
    """The visitor writes under the post, on the platform's own page."""
    said = {"as": "visitor", "do": "comment", "post": post.remote_id, "text": words}
    answer = httpx2.post(str(post.url), data=said, trust_env=False, timeout=20)
    assert answer.status_code == 303, answer.text[:300]


async def proposals(crew: Crew, account: Connected) -> list[Mapping[str, Any]]:
    async with crew.begin() as tx:
        rows = await tx.session.execute(text(_PROPOSED), {"id": account.id})
        return [dict(row._mapping) for row in rows if row.target_account == "visitor"]


async def test_words_on_each_platform_are_proposed_once_by_webhook_and_by_reading(
    product: Product, runtime: Runtime
) -> None:
    crew = await make_crew(product, runtime, 0, name="oak")
    product.start_api(SOCIALSEED_WEBHOOK_VERIFY_TOKEN=WORD)
    product.start_worker()
    assert introduce(product.sandbox_url, product.api_port, "another word") == ["instagram"]
    assert introduce(product.sandbox_url, product.api_port, WORD) == []
    for mode in ("duplicated", "forged", "replayed"):
        product.fault(f"webhook_{mode}")
    for platform in TIERS:
        account = await connected(product, crew, platform)
        words = f"@{account.handle} how long does it take?"
        publish(product, platform, account)
        comment(await newest_post(crew, platform, account), words)

        async def proposed(one: Connected = account) -> bool:
            return bool(await proposals(crew, one))

        assert await until(proposed, 40, 0.2), platform
        product.control("POST", "/webhooks/deliver")
        await listen(runtime, crew.workspace, account.id, depth=8)
        (only,) = await proposals(crew, account)
        assert only["words"] == words, platform
        taken = "SELECT count(*) FROM webhook_notices WHERE platform = :platform"
        assert await crew.value(taken, platform=platform) > 0
    states = await crew.value("SELECT count(*) FROM webhook_deliveries WHERE state = 'parked'")
    assert states == 0


async def test_an_access_taken_away_on_the_platform_waits_for_its_owner(
    product: Product, runtime: Runtime
) -> None:
    crew = await make_crew(product, runtime, 0, name="ash")
    product.start_api(SOCIALSEED_WEBHOOK_VERIFY_TOKEN=WORD)
    product.start_worker()
    assert introduce(product.sandbox_url, product.api_port, WORD) == []
    account, other = [await connected(product, crew, platform) for platform in TIERS]
    revoke = {"token": account.access, "client_id": "socialseed", "client_secret": "sandbox"}
    url = f"{product.sandbox_url}/api.x.com/2/oauth2/revoke"
    answer = httpx2.post(url, data=revoke, auth=("socialseed", "sandbox"), trust_env=False)
    assert answer.status_code == 200, answer.text

    async def lost() -> bool:
        sql = "SELECT needs_reconnect FROM social_accounts WHERE id = :id"
        return bool(await crew.value(sql, id=account.id))

    assert await until(lost, 40, 0.2)
    sql = "SELECT needs_reconnect FROM social_accounts WHERE id = :id"
    assert await crew.value(sql, id=other.id) is False
