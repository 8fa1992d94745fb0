"""Instagram from consent to notices against the sandbox: what is granted, told and revoked."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from socialseed.connectors.gateway import Gateway
from socialseed.connectors.http import open_client
from socialseed.connectors.instagram.manifest import MANIFEST
from socialseed.connectors.types import (
    Begin,
    Comments,
    Finish,
    Grant,
    Look,
    Me,
    Mentions,
    Order,
    Renew,
    Revoke,
)
from socialseed.core.clock import SystemClock
from socialseed.core.errors import Remedy, UpstreamError
from socialseed.core.settings import Settings
from tests.sandbox.receiver import SECRET, VERIFY, Receiver, receiving
from tests.support.accounts import connectors_of

BACK = "http://127.0.0.1:1/back"


@pytest.fixture
async def connector(shared_box):
    shared_box.control("DELETE", "/faults")
    async with open_client(Settings(), SystemClock(), Gateway(shared_box.url)) as http:
        yield connectors_of(http).get("instagram")


@pytest.fixture
def receiver(shared_box) -> Iterator[Receiver]:
    with receiving() as one:
        order = {"url": one.url, "secret": SECRET, "verify_token": VERIFY}
        more = {"platform": "instagram", "subscribed_only": True}
        shared_box.control("POST", "/webhooks", order | more)
        yield one


async def connected(connector, box, handle: str, tier: str, without: str = "") -> Grant:
    """What the owner of `handle` granted, leaving out one permission."""
    sent = urlsplit((await connector.authorize(Begin("state", "v", BACK, tier))).url)
    query = {name: values[0] for name, values in parse_qs(sent.query).items()}
    kept = {f"scope:{one}": "on" for one in query["scope"].split(",") if one != without}
    form = {"account": handle, "decision": "allow", "scopes_shown": "1"}
    answer = box.http.post(sent.path, params=query, data=form | kept)
    assert answer.status_code == 303, answer.text
    back = urlsplit(answer.headers["location"])
    code = parse_qs(back.query)["code"][0]
    assert parse_qs(back.query)["state"] == ["state"]
    tokens = await connector.authorize(Finish(code, "v", BACK, tier, account=handle))
    return Grant(handle, tokens.remote_id, tokens.access_token, tokens.scopes, tier)


@pytest.mark.parametrize(
    ("tier", "without"),
    [
        ("instagram_login", "instagram_business_manage_comments"),
        ("facebook_login", "instagram_manage_comments"),
    ],
)
async def test_fewer_permissions_are_told_and_kept_to(connector, shared_box, tier, without):
    handle = f"few_{tier}"
    account = shared_box.account("instagram", handle)
    grant = await connected(connector, shared_box, handle, tier, without)
    assert grant.remote_id == str(account["id"])
    assert without not in grant.scopes
    assert len(grant.scopes) >= 3
    me = await connector.read(Me(), grant)
    assert (me.remote_id, me.handle) == (grant.remote_id, handle)
    before = len(shared_box.journal())
    with pytest.raises(UpstreamError, match="scope_missing") as caught:
        await connector.perform(Order("k", "comment", text="Hi", post_id="1"), grant)
    assert caught.value.remedy is Remedy.REJECT
    assert without in caught.value.detail
    assert len(shared_box.journal()) == before


async def test_a_spent_code_and_a_young_token_say_so(connector, shared_box):
    shared_box.account("instagram", "young_one")
    grant = await connected(connector, shared_box, "young_one", "instagram_login")
    with pytest.raises(UpstreamError, match="too_young") as caught:
        await connector.authorize(Renew(grant.access_token, None, grant.tier))
    assert caught.value.remedy is Remedy.WAIT
    with pytest.raises(UpstreamError) as caught:
        await connector.authorize(Finish("spent", "v", BACK, grant.tier))
    assert caught.value.remedy is Remedy.REAUTHORIZE


async def test_a_revoked_token_of_facebook_is_dead(connector, shared_box):
    shared_box.account("instagram", "leaving_one")
    grant = await connected(connector, shared_box, "leaving_one", "facebook_login")
    renewed = await connector.authorize(Renew(grant.access_token, None, grant.tier))
    await connector.authorize(Revoke(renewed.access_token, grant.tier))
    with pytest.raises(UpstreamError) as caught:
        await connector.read(Me(), grant)
    assert caught.value.remedy is Remedy.REAUTHORIZE


async def test_used_lookups_are_told_and_a_full_hour_waits(connector, shared_box):
    shared_box.account("instagram", "curious_one")
    grant = await connected(connector, shared_box, "curious_one", "facebook_login")
    grant = replace(grant, account_id="ours")
    connector.http.quotas.drain()
    for _ in range(10):
        assert await connector.read(Look("nobody_like_this_here"), grant) is None
    (app,) = [told.quota for told in connector.http.quotas.drain() if told.quota.scope == "app"]
    assert (app.limit, app.remaining) == (100, 95)
    shared_box.fault("429", account="curious_one", verb="user_lookup", times=1)
    with pytest.raises(UpstreamError, match="rate_limited") as caught:
        await connector.read(Look("nobody_like_this_here"), grant)
    assert caught.value.remedy is Remedy.WAIT
    assert caught.value.until is not None
    assert caught.value.until > SystemClock().now()


@pytest.mark.parametrize("tier", ["instagram_login", "facebook_login"])
async def test_connecting_is_enough_to_hear_of_comments(
    connector, shared_box, receiver, picture_url, tier
):
    handle, webhooks = f"heard_{tier}", MANIFEST.webhooks
    assert webhooks is not None
    shared_box.account("instagram", handle)
    guest = await _guest(connector, shared_box, tier)
    grant = await connected(connector, shared_box, handle, tier)
    words = f"Made with @{handle}"
    named = Order(f"named-{tier}", "publish_image", text=words, media_url=picture_url)
    theirs = await connector.perform(named, guest)
    mine = Order(f"mine-{tier}", "publish_image", text="A jug", media_url=picture_url)
    post = (await connector.perform(mine, grant)).remote_id
    _press(shared_box, guest.account, str(post), "Is it glazed?")
    shared_box.control("POST", "/webhooks/deliver")
    found: list[Any] = []
    for got in receiver.got:
        assert webhooks.is_genuine(got.headers, got.raw, SECRET, SystemClock().now())
        assert not webhooks.is_genuine(got.headers, got.raw, "other", SystemClock().now())
        found += webhooks.notices(got.raw)
    assert all(notice.recipient == grant.remote_id for notice in found)
    (comment,) = [notice for notice in found if notice.kind == "comment"]
    assert (comment.post.text, comment.own_post_id) == ("Is it glazed?", post)
    assert comment.post.author.handle == guest.account
    (read,) = await connector.read(Comments(post), grant)
    assert read.remote_id == comment.post.remote_id
    mentions = [notice for notice in found if notice.kind == "mention"]
    assert len(mentions) == (tier == "facebook_login")  # the other login tells none of captions
    for notice in mentions:
        ids = {name: notice.data.get(name) for name in ("media_id", "comment_id")}
        (said,) = await connector.read(Mentions(**ids), grant)
        assert (said.remote_id, said.text) == (theirs.remote_id, words)


async def _guest(connector, box, tier: str) -> Grant:
    handle = f"guest_{tier}"
    box.account("instagram", handle)
    return await connected(connector, box, handle, tier)


def _press(box, as_: str, post: str, text: str) -> None:
    """Somebody comments by hand on the post's own page."""
    head = box.bearer("instagram", as_)
    pages = box.http.get(f"/www.instagram.com/{as_}/", headers=head)
    assert pages.status_code == 200
    sent = {"as": as_, "do": "comment", "post": post, "text": text}
    answer = box.http.post(f"/www.instagram.com/{as_}/", data=sent)
    assert answer.status_code == 303, answer.text
