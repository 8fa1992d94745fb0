"""What a platform says was deleted is not answered: once, whatever comes first or twice."""

import itertools
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from socialseed.actions.withdraw import gone
from socialseed.connectors.registry import Connectors
from socialseed.connectors.tiktok.webhooks import TikTokWebhooks
from socialseed.connectors.twitter.webhooks import XWebhooks
from socialseed.core.clock import VirtualClock
from socialseed.core.events import Plain
from socialseed.jobs.inline import InlineJobs
from tests.service.test_webhooks import connected, send, work
from tests.support.serving import real_runtime
from tests.support.webhooks import SECRET, body_of, said, sending
from tests.support.world import rows

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
STATE = "SELECT target_key, status FROM actions ORDER BY target_key"
DECIDED = "SELECT kind, reason, actor_kind FROM decisions"
TOLD = "SELECT sentence FROM events WHERE type = 'action.cancelled'"
WAITING = ("proposed", "awaiting_approval", "approved", "scheduled", "awaiting_human")
REASON = "Withdrawn: Twitter says that what it was about was deleted."


@pytest.fixture
async def runtime(database_url: str):
    async with real_runtime(
        database_url, clock=VirtualClock(NOW), twitter_client_secret=SECRET
    ) as opened:
        platforms = {"twitter": sending("twitter")}
        yield replace(opened, connectors=Connectors(platforms), jobs=InlineJobs())


def deleted(number: int, recipient: str = "42", again: int = 0) -> dict[str, object]:
    """The notice that what `said(number)` told is gone."""
    key = f"d{number}.{again}"
    gone_id = f"p{number}"
    return {"key": key, "kind": "deleted", "recipient": recipient, "deleted_id": gone_id}


async def deliver(runtime, *bodies: bytes) -> None:
    for body in bodies:
        await send(runtime, body)
        await work(runtime)


async def test_a_waiting_reply_is_withdrawn_and_says_why(runtime):
    await connected(runtime)
    await deliver(runtime, body_of(said(1, "mia", "42"), said(2, "noah", "42")))
    await deliver(runtime, body_of(deleted(1)))
    assert await rows(runtime, STATE) == [
        ("post:p1", "cancelled"),
        ("post:p2", "awaiting_approval"),
    ]
    assert await rows(runtime, DECIDED) == [("cancelled", "target_deleted", "system")]
    assert await rows(runtime, TOLD) == [(REASON,)]


MENTION, GONE = body_of(said(1, "mia", "42")), body_of(deleted(1))
AGAIN = body_of(deleted(1, again=1))
BOTH = body_of(said(1, "mia", "42", key="again"), deleted(1))


@pytest.mark.parametrize(
    "order", list(itertools.permutations([MENTION, MENTION, GONE, GONE, AGAIN, BOTH], 4))[::12]
)
async def test_whatever_comes_first_or_twice_nothing_waits_in_the_end(runtime, order):
    await connected(runtime)
    for body in order:
        await send(runtime, body)  # handed out only afterwards, so that jobs of all mix
    await work(runtime, timedelta(minutes=1))
    await deliver(runtime, MENTION)
    found = await rows(runtime, STATE)
    told = len(await rows(runtime, TOLD))
    if any(body != MENTION for body in order):
        assert found in ([], [("post:p1", "cancelled")])
        assert told == len(found) == len(await rows(runtime, DECIDED))
    else:
        assert found == [("post:p1", "awaiting_approval")]


async def test_only_what_waits_is_withdrawn(runtime):
    workspace, account = await connected(runtime)
    payload: dict[str, Plain] = {
        "workspace_id": str(workspace),
        "account_id": str(account),
        "ids": ["p1", "nobody"],
    }
    await deliver(runtime, body_of(said(1, "mia", "42")))
    for status in (*WAITING, "executing", "succeeded", "failed", "outcome_unknown", "rejected"):
        async with runtime.begin(workspace) as tx:
            await tx.session.execute(text("DELETE FROM decisions"))
            await tx.session.execute(text("UPDATE actions SET status = :s"), {"s": status})
        await gone(runtime, payload)
        await gone(runtime, payload)
        expected = "cancelled" if status in WAITING else status
        assert await rows(runtime, "SELECT status FROM actions") == [(expected,)]
        assert len(await rows(runtime, DECIDED)) == (status in WAITING)


async def test_another_accounts_proposals_stay(runtime):
    await connected(runtime)
    await connected(runtime, name="kiln")
    async with runtime.begin(None) as tx:
        await tx.session.execute(
            text("UPDATE social_accounts SET remote_id = '43' WHERE username = 'kiln'")
        )
    await deliver(runtime, body_of(said(1, "mia", "42"), said(2, "noah", "43", post_id="p1")))
    await deliver(runtime, body_of(deleted(1)))
    found = await rows(
        runtime,
        "SELECT a.username, x.status FROM actions x JOIN social_accounts a ON a.id = x.account_id"
        " ORDER BY 1",
    )
    assert found == [("clay", "cancelled"), ("kiln", "awaiting_approval")]


def test_the_documented_notices_name_what_is_gone():
    comment = {"comment_id": 7012345678901234567, "video_id": 7212345678901234567}
    for action, expected in (("delete", "7012345678901234567"), ("insert", None)):
        content = json.dumps(comment | {"comment_action": action, "comment_type": "comment"})
        told = {"event": "comment.update", "user_openid": "42", "content": content}
        (notice,) = TikTokWebhooks().notices(json.dumps(told).encode())
        assert notice.deleted_id == expected
    for kind, expected in (("post.delete", "99"), ("post.create", None)):
        event = {"event_type": kind, "filter": {"user_id": "42"}, "payload": {"id": "99"}}
        (notice,) = XWebhooks().notices(json.dumps({"data": event}).encode())
        assert notice.deleted_id == expected
