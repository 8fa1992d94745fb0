"""What platforms tell: proven, stored once, passed on once, and never more than it proves."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from uuid import UUID

import pytest
from sqlalchemy import text

from socialseed.accounts.connect import store
from socialseed.accounts.webhooks import tasks
from socialseed.accounts.webhooks.deliver import MAX_ATTEMPTS, deliver
from socialseed.accounts.webhooks.receive import handshake, receive, verify_token
from socialseed.bootstrap import handlers
from socialseed.connectors.registry import Connectors
from socialseed.connectors.types import Ask, Comments, Me, Mentions, OwnPosts, Tokens
from socialseed.core.clock import VirtualClock
from socialseed.core.errors import AppError, Kind
from socialseed.core.rng import derive
from socialseed.jobs.inline import InlineJobs
from socialseed.profiles import service as profiles
from socialseed.runtime.keyring import new_wrapped_key
from tests.support.serving import make_person, real_runtime
from tests.support.webhooks import SECRET, body_of, said, sending, signed
from tests.support.world import make_account, rows

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TOKENS = Tokens("access", "refresh", (), timedelta(hours=2), None)
STATES = "SELECT state, attempts, body IS NULL FROM webhook_deliveries ORDER BY received_at, id"
ANSWERED = "SELECT target_account, target_key, mode, status FROM actions ORDER BY target_key"


@pytest.fixture
async def runtime(database_url: str):
    async with real_runtime(
        database_url,
        clock=VirtualClock(NOW),
        twitter_client_secret=SECRET,
        instagram_client_secret=SECRET,
        tiktok_client_secret=SECRET,
    ) as opened:
        platforms = {name: sending(name) for name in ("twitter", "instagram", "tiktok")}
        yield replace(opened, connectors=Connectors(platforms), jobs=InlineJobs())


async def connected(
    runtime, platform: str = "twitter", name: str = "clay", **more
) -> tuple[UUID, UUID]:
    """A workspace with one connected account, which the platform calls 42."""
    person = await make_person(runtime, f"{name}.{platform}.{len(more)}")
    key = new_wrapped_key(runtime.master_key, person.workspace)
    async with runtime.begin(person.workspace) as tx:
        await tx.session.execute(
            text("UPDATE workspaces SET wrapped_key = :key WHERE id = :id"),
            {"key": key, "id": person.workspace},
        )
    account = await make_account(runtime, person.workspace, platform, name, remote_id="42", **more)
    async with runtime.begin(person.workspace) as tx:
        await store(runtime, tx, account, TOKENS)
    return person.workspace, account


async def send(runtime, body: bytes, platform: str = "twitter") -> None:
    await receive(runtime, platform, signed(body, runtime.clock.now()), body)


async def work(runtime, span: timedelta = timedelta(0)) -> None:
    """Every job that is due within `span` has run."""
    named = {name: job.handler for name, job in handlers().items()}
    await runtime.jobs.run_due(runtime, named, runtime.clock.now() + span)


async def test_only_what_the_platform_signed_lately_is_stored(runtime):
    body, now = body_of(said(1, "mia", "42")), runtime.clock.now()
    good = signed(body, now)
    for headers, sent in (
        ({}, body),
        (signed(body, now, "another secret"), body),
        (good, body + b" "),
        (signed(body, now - timedelta(minutes=6)), body),
    ):
        with pytest.raises(AppError, match="bad_signature") as refused:
            await receive(runtime, "twitter", headers, sent)
        assert refused.value.kind is Kind.UNAUTHENTICATED
    assert await rows(runtime, STATES) == []
    assert len(runtime.jobs) == 0
    await receive(runtime, "twitter", good, body)
    assert await rows(runtime, STATES) == [("waiting", 0, False)]


async def test_without_a_secret_nothing_is_genuine(runtime):
    bare = replace(runtime, settings=runtime.settings.model_copy(update={
        "twitter_client_secret": runtime.settings.twitter_consumer_secret,
    }))  # fmt: skip
    body = body_of(said(1, "mia", "42"))
    with pytest.raises(AppError, match="bad_signature"):
        await receive(bare, "twitter", signed(body, NOW, ""), body)
    with pytest.raises(AppError, match="bad_challenge"):
        handshake(bare, "twitter", {"crc_token": "x"})


@pytest.mark.parametrize("body", [b"", b"plain words", b"[]", b'"text"', b"\x00\xff"])
async def test_what_is_no_object_is_not_stored_even_when_signed(runtime, body):
    with pytest.raises(AppError, match="bad_json"):
        await send(runtime, body)
    assert await rows(runtime, STATES) == []


async def test_the_handshake_proves_the_address_and_signs_no_delivery(runtime):
    word = verify_token(runtime)
    assert len(word) == 32
    query = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": word}
    assert handshake(runtime, "instagram", query) == "1158201444"
    assert "response_token" in handshake(runtime, "twitter", {"crc_token": "abc"})
    for wrong in (
        {},
        query | {"hub.verify_token": "guess"},
        # Signing this would forge a delivery.
        {"crc_token": body_of(said(1, "mia", "42")).decode()},
    ):
        with pytest.raises(AppError, match="bad_challenge"):
            handshake(runtime, "instagram", wrong)
    with pytest.raises(AppError, match="not_found"):
        handshake(runtime, "myspace", query)


async def test_five_times_in_any_order_is_once_and_a_replay_later_is_nothing(runtime):
    workspace, _ = await connected(runtime)
    bodies = [body_of(said(n, f"person{n}", "42")) for n in range(6)]
    # The same notices in other deliveries, as a platform packs them anew.
    bodies.append(body_of(*(said(n, f"person{n}", "42") for n in range(6)), batch=1))
    bodies.append(body_of(*(said(n, f"person{n}", "42") for n in reversed(range(6))), batch=2))
    storm = list(chain.from_iterable([body] * 5 for body in bodies))
    derive("webhooks", 5).shuffle(storm)
    for body in storm:
        await send(runtime, body)
        if body is bodies[2]:
            await work(runtime)
    await work(runtime)
    told = await rows(runtime, ANSWERED)
    assert [row[0] for row in told] == [f"person{n}" for n in range(6)]
    assert {row[2:] for row in told} == {("api", "awaiting_approval")}
    assert await rows(runtime, STATES) == [("done", 1, True)] * 8
    runtime.clock.move_to(NOW + timedelta(days=31))
    await tasks.forget(runtime, {})
    assert await rows(runtime, "SELECT 1 FROM webhook_deliveries") == []
    assert await rows(runtime, "SELECT 1 FROM webhook_notices") == []
    for body in bodies:
        await send(runtime, body)
    await work(runtime)
    # The pipeline's own memory is longer: each thing said has its one answer.
    assert await rows(runtime, ANSWERED) == told
    assert workspace is not None


async def test_an_account_in_two_workspaces_is_told_in_both_and_a_stranger_in_none(runtime):
    here, there = await connected(runtime), await connected(runtime, name="clay", waking_start=1)
    await send(runtime, body_of(said(1, "mia", "42"), said(2, "noah", "someone else's")))
    await work(runtime)
    told = await rows(runtime, "SELECT workspace_id, account_id, target_account FROM actions")
    assert sorted(told) == sorted([(*here, "mia"), (*there, "mia")])
    taken = await rows(runtime, "SELECT platform, key FROM webhook_notices")
    assert taken == [("twitter", "n1")]


async def test_a_notice_of_one_platform_says_nothing_of_another(runtime):
    await connected(runtime)
    await send(runtime, body_of(said(1, "mia", "42")), "tiktok")
    await work(runtime)
    assert await rows(runtime, ANSWERED) == []


async def test_a_comment_is_answered_under_the_own_post_and_a_mention_as_one(runtime):
    await connected(runtime, "instagram")
    await connected(runtime, "twitter")
    comment = said(1, "mia", "42", kind="comment", own_post_id="own7")
    await send(runtime, body_of(comment), "instagram")
    await send(runtime, body_of(said(2, "mia", "42")))
    named = said(3, "noah", "42", kind="reply", own_post_id="own8", text="@Clay, is it stoneware?")
    await send(runtime, body_of(named))
    await work(runtime)
    told = await rows(
        runtime,
        "SELECT platform, target_key, mode, target_data->'post'->>'id',"
        " target_data->'post'->>'author', target_data->>'comment_id', target_data->>'summoned'"
        " FROM actions ORDER BY target_key",
    )
    assert told == [
        ("instagram", "post:p1", "api", "own7", "clay", "p1", None),
        ("twitter", "post:p2", "api", "p2", "mia", None, "true"),
        ("twitter", "post:p3", "api", "own8", "clay", "p3", "true"),
    ]


async def test_nobody_is_answered_who_should_not_be(runtime):
    workspace, _ = await connected(runtime)
    await make_account(runtime, workspace, "twitter", "Sister")
    async with runtime.begin(workspace) as tx:
        await profiles.leave_alone(tx, "twitter", "@Quiet")
    authors = ("clay", "CLAY", "sister", "quiet", "mia", "mia", "mia", "mia", "mia")
    await send(runtime, body_of(*(said(n, who, "42") for n, who in enumerate(authors))))
    await work(runtime)
    told = await rows(runtime, ANSWERED)
    assert [row[0] for row in told] == ["mia"] * 3  # three a day for one person
    assert await rows(runtime, "SELECT 1 FROM profiles WHERE handle_key = 'sister'") == []


@pytest.mark.parametrize(
    "change",
    [
        {"is_active": False},
        {"needs_reconnect": True},
        {"light": "red"},
        {"phase": "phase_1"},
        {"frozen_until": NOW + timedelta(days=1)},
    ],
)
async def test_an_account_that_rests_proposes_nothing(runtime, change):
    await connected(runtime, **change)
    await send(runtime, body_of(said(1, "mia", "42")))
    await work(runtime)
    assert await rows(runtime, ANSWERED) == []


async def asked_by(runtime, platform: str, *notices) -> list[Ask]:
    """What is read because of notices without words, each sent twice."""
    connector = runtime.connectors.get(platform)
    reads = frozenset({"me", "own_posts", "mentions", "comments"})
    connector.manifest = replace(connector.manifest, reads=reads)
    for number in range(2):
        for notice in notices:
            await send(runtime, body_of(notice | {"key": f"{notice['key']}.{number}"}), platform)
    await work(runtime)
    assert connector.asked == []
    await work(runtime, timedelta(seconds=10))
    found: list[Ask] = connector.asked
    return found


async def test_what_a_notice_leaves_out_is_read_once_for_many(runtime):
    await connected(runtime, "instagram")
    comment = said(1, "", "42", kind="comment", own_post_id="own7", text="")
    named = said(2, "", "42", text="", data={"media_id": "m1", "comment_id": "c1"})
    asked = await asked_by(runtime, "instagram", comment, named)
    assert asked == [Comments("own7", 20), Mentions(20, "m1", "c1")]


async def test_what_a_notice_does_not_place_is_looked_for_everywhere(runtime):
    await connected(runtime)
    asked = await asked_by(runtime, "twitter", said(1, "", "42"), said(2, "", "42"))
    assert asked == [Mentions(20), OwnPosts(8)]  # the script stops there: it offers none


async def test_what_cannot_be_read_is_parked_and_told_once_an_hour(runtime):
    workspace, _ = await connected(runtime)
    other, _ = await connected(runtime, "tiktok", "kiln")
    for number in range(3):
        await send(runtime, body_of(number=number, notices="none").replace(b"[]", b"{}"))
    await send(runtime, body_of(said(1, "mia", "42")))
    await work(runtime)
    assert sorted(row[0] for row in await rows(runtime, STATES)) == ["done", *["parked"] * 3]
    told = await rows(
        runtime, "SELECT workspace_id, data->>'alert' FROM events WHERE type = 'webhook.parked'"
    )
    assert told == [(workspace, "warning")]
    assert other != workspace
    assert len(await rows(runtime, ANSWERED)) == 1


async def test_what_fails_is_tried_again_later_and_then_parked(runtime):
    await connected(runtime)
    body = b'{"other": 1}'  # the stand-in fails on it with a KeyError: a fault of its own
    await send(runtime, body)
    (delivery,) = (await rows(runtime, "SELECT id FROM webhook_deliveries"))[0]
    payload = {"delivery_id": str(delivery)}
    pauses = []
    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(KeyError):
            await deliver(runtime, payload)
        await deliver(runtime, payload)  # not before its time
        (at,) = (await rows(runtime, "SELECT next_at FROM webhook_deliveries"))[0]
        pauses.append((at - runtime.clock.now()).total_seconds())
        runtime.clock.move_to(at)
    assert pauses == [30, 120, 480, 1920, 7680]
    await tasks.take_up(runtime, {})
    assert (await rows(runtime, STATES))[0][:2] == ("parked", MAX_ATTEMPTS)
    await deliver(runtime, payload)
    assert (await rows(runtime, STATES))[0][:2] == ("parked", MAX_ATTEMPTS)


async def test_a_delivery_whose_worker_died_is_taken_up_again(runtime):
    await connected(runtime)
    await send(runtime, body_of(said(1, "mia", "42")))
    async with runtime.begin(None) as tx:  # claimed, and never heard of again
        await tx.session.execute(
            text("UPDATE webhook_deliveries SET attempts = 1, next_at = :at"),
            {"at": NOW + timedelta(seconds=30)},
        )
    await work(runtime)
    assert await rows(runtime, ANSWERED) == []
    runtime.clock.move_to(NOW + timedelta(seconds=31))
    await tasks.take_up(runtime, {})
    await work(runtime)
    assert len(await rows(runtime, ANSWERED)) == 1
    assert await rows(runtime, STATES) == [("done", 2, True)]


async def lost(runtime, account: UUID) -> bool:
    found = await rows(
        runtime, "SELECT needs_reconnect FROM social_accounts WHERE id = :id", id=account
    )
    return bool(found[0][0])


async def test_a_revoked_account_waits_for_its_owner_but_not_for_an_old_notice(runtime):
    _, account = await connected(runtime)

    async def revoke(key: str, at: datetime | None) -> None:
        notice = {"key": key, "kind": "revoked", "recipient": "42"}
        await send(runtime, body_of(notice | ({"at": at.isoformat()} if at else {})))
        await work(runtime)

    await revoke("old", NOW - timedelta(hours=1))
    assert not await lost(runtime, account)
    await revoke("undated", None)  # its account is read instead, and does not refuse us
    assert not await lost(runtime, account)
    assert runtime.connectors.get("twitter").asked == [Me()]
    await revoke("new", NOW)
    assert await lost(runtime, account)
    told = await rows(runtime, "SELECT 1 FROM events WHERE type = 'account.needs_reconnect'")
    assert len(told) == 1


async def test_an_undated_revocation_counts_when_the_platform_itself_refuses(runtime):
    _, account = await connected(runtime)
    runtime.connectors.get("twitter").refusing = True
    await send(runtime, body_of({"key": "r", "kind": "revoked", "recipient": "42"}))
    await work(runtime)
    assert await lost(runtime, account)


async def test_texts_that_no_database_holds_are_cleaned(runtime):
    await connected(runtime)
    body = body_of(said(1, "mia", "42", text="nice\x00 bowl"), said(2, "no\x00ah", "42"))
    await send(runtime, body)
    await work(runtime)
    told = await rows(
        runtime, "SELECT target_account, target_data->'post'->>'text' FROM actions ORDER BY 1"
    )
    assert [row[0] for row in told] == ["mia", "noah"]
    assert told[0][1] == "nice bowl"
