"""What every platform's connector keeps, whatever the platform answers. A platform's file inherits
`Answers` (recorded bodies) and `Sandboxed` (a running sandbox) and names its orders and bodies.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, get_args

import httpx2
import pytest

from socialseed.connectors.gateway import Gateway
from socialseed.connectors.http import Call, Http, Reply, open_client
from socialseed.connectors.protocol import Connector
from socialseed.connectors.types import (
    ActionType,
    Comments,
    Egress,
    Followers,
    FollowsBack,
    Grant,
    Hashtag,
    Insights,
    Look,
    Me,
    Measures,
    Mentions,
    Order,
    OwnPosts,
    Person,
    PublishingQuota,
    Receipt,
    Search,
)
from socialseed.core.clock import SystemClock, VirtualClock
from socialseed.core.errors import Remedy, UpstreamError
from socialseed.core.settings import Settings
from tests.sandbox.conftest import Sandbox
from tests.support.accounts import connectors_of

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECRET = "act.token-that-nobody-may-see"
PICTURE = b"\xff\xd8\xff\xe0 a picture"
FILM = b"\x00\x00\x00\x18ftypmp42" + b"a film" * 1000

Recording = tuple[str, str, int, object]  # method, path, status, body
Refusal = tuple[int, object, Remedy, str]  # status, body, what we make of it


class World:
    """Answers from recordings; the call that counts can be made to fail, and is counted."""

    def __init__(self, recordings: Sequence[Recording], effect: str) -> None:
        self.recordings = recordings
        self.effect = re.compile(effect)
        self.effects: list[httpx2.Request] = []
        self.requests: list[httpx2.Request] = []
        self.breaks: Callable[[httpx2.Request], httpx2.Response] | None = None

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        name = f"{request.method} {request.url.path}"
        if self.effect.search(name):
            self.effects.append(request)
            if self.breaks is not None:
                return self.breaks(request)
        for method, path, status, body in self.recordings:
            if method == request.method and re.search(path, request.url.path):
                if isinstance(body, bytes):
                    return httpx2.Response(status, content=body)
                return httpx2.Response(status, json=body)
        raise AssertionError(f"no recording for {name}")


def _raising(error: Exception) -> Callable[[httpx2.Request], httpx2.Response]:
    def answer(request: httpx2.Request) -> httpx2.Response:
        raise error

    return answer


def _answering(status: int, content: bytes, **headers: str):
    return lambda request: httpx2.Response(status, content=content, headers=headers)


UNKNOWN = {
    "reset": _raising(httpx2.ReadError("reset")),
    "write broke": _raising(httpx2.WriteError("broken pipe")),
    "no answer": _raising(httpx2.RemoteProtocolError("Server disconnected")),
    "read time-out": _raising(httpx2.ReadTimeout("slow")),
    "500": _answering(500, b'{"error":"internal"}'),
    "502 page": _answering(502, b"<html>Bad gateway</html>"),
    "200 page": _answering(200, b"<!doctype html><title>Something went wrong</title>"),
    "truncated": _answering(200, b'{"data":{"id":"1'),
    "empty object": _answering(200, b"{}"),
    "nothing": _answering(200, b""),
    "undocumented 4xx": _answering(418, b'{"detail":"teapot"}'),
    "redirect": _answering(302, b"", location="http://127.0.0.1:1/"),
    "huge": _answering(200, b'"' + b"x" * (3 * 1024 * 1024) + b'"'),
}
UNSENT = {
    "refused": _raising(httpx2.ConnectError("refused")),
    "connect time-out": _raising(httpx2.ConnectTimeout("slow")),
    "no connection free": _raising(httpx2.PoolTimeout("busy")),
}


class Answers:
    """The suite over recorded answers."""

    platform: ClassVar[str]
    orders: ClassVar[Mapping[str, Order]]
    tier: ClassVar[str]
    effect: ClassVar[str]
    recordings: ClassVar[Sequence[Recording]]
    refusals: ClassVar[Sequence[Refusal]]
    unauthorized: ClassVar[Refusal]
    limited: ClassVar[Refusal]

    def connector_over(self, http: Http) -> Connector:
        """The registered connector."""
        return connectors_of(http).get(self.platform)

    @pytest.fixture
    def world(self) -> World:
        return World(self.recordings, self.effect)

    @pytest.fixture
    async def connector(self, world: World):
        transport = httpx2.MockTransport(world)
        clock = VirtualClock(NOW)
        gateway = Gateway("http://127.0.0.1:9")
        async with open_client(Settings(), clock, gateway, transport) as http:
            yield self.connector_over(http)

    @property
    def grant(self) -> Grant:
        return Grant("mara_k", "17841400000000001", SECRET, (), self.tier)

    def test_the_manifest_is_consistent(self, connector: Connector):
        manifest = connector.manifest
        assert manifest.platform == self.platform
        assert manifest.performs <= set(get_args(ActionType))
        assert manifest.verifies <= manifest.performs
        assert set(manifest.text_limits) <= manifest.performs
        assert "{base}" in manifest.profile_url
        assert "{base}" in manifest.post_url
        assert "web" in manifest.hosts
        assert manifest.tiers
        assert manifest.sources
        assert set(self.orders) == manifest.performs

    async def test_a_good_answer_is_a_receipt_from_one_call(self, connector, world):
        for kind, order in self.orders.items():
            world.effects.clear()
            receipt = await connector.perform(order, self.grant)
            assert isinstance(receipt, Receipt), kind
            assert receipt.remote_id, kind
            assert len(world.effects) == 1, kind

    @pytest.mark.parametrize("how", UNKNOWN)
    async def test_nobody_knows_after_a_lost_or_odd_answer(self, connector, world, how):
        world.breaks = UNKNOWN[how]
        for kind, order in self.orders.items():
            world.effects.clear()
            error = await _refused(connector.perform(order, self.grant))
            assert error.remedy is Remedy.RECONCILE, (kind, str(error))
            assert len(world.effects) == 1, kind

    @pytest.mark.parametrize("how", UNSENT)
    async def test_nothing_was_sent_when_nobody_was_reached(self, connector, world, how):
        world.breaks = UNSENT[how]
        for kind, order in self.orders.items():
            error = await _refused(connector.perform(order, self.grant))
            assert error.remedy is Remedy.RETRY, (kind, str(error))

    async def test_a_limit_waits_and_says_until_when(self, connector, world):
        status, body, remedy, code = self.limited
        world.breaks = _answering(status, json.dumps(body).encode(), **{"retry-after": "120"})
        for order in self.orders.values():
            error = await _refused(connector.perform(order, self.grant))
            assert (error.remedy, error.code) == (remedy, code)
            assert error.until is not None
            assert NOW + timedelta(seconds=60) <= error.until <= NOW + timedelta(days=1)

    async def test_a_refused_token_asks_for_the_owner(self, connector, world):
        status, body, remedy, code = self.unauthorized
        world.breaks = _answering(status, json.dumps(body).encode())
        for order in self.orders.values():
            error = await _refused(connector.perform(order, self.grant))
            assert (error.remedy, error.code) == (remedy, code)

    async def test_documented_refusals_have_their_remedy(self, connector, world):
        assert self.refusals
        order = next(iter(self.orders.values()))
        for status, body, remedy, code in self.refusals:
            world.breaks = _answering(status, json.dumps(body).encode())
            error = await _refused(connector.perform(order, self.grant))
            assert (error.remedy, error.code) == (remedy, code), body

    async def test_what_is_not_offered_is_refused_before_any_call(self, connector, world):
        offered = connector.manifest.performs
        missing = set(get_args(ActionType)) - offered
        order = next(iter(self.orders.values()))
        for kind in missing:
            error = await _refused(connector.perform(replace(order, action_type=kind), self.grant))
            assert (error.remedy, error.code) == (Remedy.REJECT, "not_offered")
        for kind in set(get_args(ActionType)) - connector.manifest.verifies:
            error = await _refused(connector.find(replace(order, action_type=kind), self.grant))
            assert (error.remedy, error.code) == (Remedy.REJECT, "not_verifiable")
        assert world.requests == []

    async def test_what_the_owner_did_not_grant_is_refused_before_any_call(self, connector, world):
        if not connector.manifest.scopes:
            pytest.skip("The platform has no scopes.")
        narrow = replace(self.grant, scopes=("something.else",))
        for kind, order in self.orders.items():
            error = await _refused(connector.perform(order, narrow))
            assert (error.remedy, error.code) == (Remedy.REJECT, "scope_missing"), kind
        assert world.requests == []

    async def test_every_call_leaves_through_the_accounts_egress(self, connector, world):
        calls: list[Call] = []

        class Watched(Http):
            async def call(self, call: Call) -> Reply:
                calls.append(call)
                return await super().call(replace(call, egress=None))

        http = connector.http
        watched = Watched(**{f.name: getattr(http, f.name) for f in fields(Http) if f.init})
        home = Egress("e1", "home", "http://user:password@192.0.2.1:8080")
        for order in self.orders.values():
            await self.connector_over(watched).perform(order, replace(self.grant, egress=home))
        assert len(calls) >= len(self.orders)
        assert all(call.egress == home for call in calls)
        assert "password" not in repr(calls)

    async def test_an_order_cannot_climb_out_of_its_path(self, connector, world):
        for kind, order in self.orders.items():
            evil = replace(order, post_id="../../2/users/me", comment_id="..", target_id="a/b")
            world.effects.clear()
            try:
                await connector.perform(evil, self.grant)
            except UpstreamError as error:
                assert error.code == "bad_target", kind
            assert all(".." not in str(r.url.path) for r in world.requests), kind

    async def test_no_error_carries_the_token(self, connector, world):
        for how in (*UNKNOWN.values(), *UNSENT.values()):
            world.breaks = how
            for order in self.orders.values():
                error = await _refused(connector.perform(order, self.grant))
                assert SECRET not in f"{error!r} {error.detail} {error.__cause__!r}"

    async def test_the_token_is_never_part_of_an_address(self, connector, world):
        for order in self.orders.values():
            await connector.perform(order, self.grant)
        assert all(SECRET not in str(request.url) for request in world.requests)


async def _refused(call) -> UpstreamError:
    with pytest.raises(UpstreamError) as caught:
        await call
    return caught.value


class Sandboxed:
    """The suite over a running sandbox: our receipts and the platform's own journal agree."""

    platform: ClassVar[str]
    sandbox_tier: ClassVar[str]
    verified: ClassVar[Sequence[str]]  # kinds to perform, lose, and read back

    def connector_over(self, http: Http) -> Connector:
        """The registered connector."""
        return connectors_of(http).get(self.platform)

    @pytest.fixture
    async def live(self, shared_box: Sandbox):
        async with open_client(Settings(), SystemClock(), Gateway(shared_box.url)) as http:
            yield self.connector_over(http)

    @pytest.fixture
    async def acting(self, shared_box: Sandbox, live: Connector, request) -> Grant:
        handle = f"a{abs(hash(request.node.name)) % 10**12}"
        if self.platform == "twitter":
            shared_box.control("POST", "/tier", {"platform": "twitter", "tier": self.sandbox_tier})
        shared_box.control("DELETE", "/faults")
        account = shared_box.account(self.platform, handle)
        token = shared_box.token(self.platform, handle)
        return Grant(handle, str(account["id"]), token, (), self.sandbox_tier)

    async def order(self, live: Connector, acting: Grant, picture: str, kind: str) -> Order:
        """An order of this kind whose target exists."""
        raise NotImplementedError

    async def test_it_knows_who_it_is(self, live, acting):
        me = await live.read(Me(), acting)
        assert isinstance(me, Person)
        assert me.handle == acting.account
        assert me.followers == 900
        assert await live.read(OwnPosts(5), acting) is not None

    async def test_it_reads_what_its_manifest_names(self, live, acting):
        asks = {
            "me": (Me(), Person),
            "look": (Look(acting.account), Person | None),
            "own_posts": (OwnPosts(5), list),
            "search": (Search("coffee", 5), list),
            "mentions": (Mentions(5), list),
            "comments": (Comments("1", 5), list),
            "hashtag": (Hashtag("coffee", 5), list),
            "insights": (Insights(), Measures),
            "publishing_quota": (PublishingQuota(), Measures),
            "follows_back": (FollowsBack([acting.account]), Followers),
        }
        for kind, (ask, answer) in asks.items():
            if kind not in live.manifest.reads:
                error = await _refused(live.read(ask, acting))
                assert (error.remedy, error.code) == (Remedy.REJECT, "not_offered"), kind
            elif kind != "comments":  # their post must exist: each platform's own tests
                assert isinstance(await live.read(ask, acting), answer), kind

    async def test_a_dead_token_asks_for_the_owner(self, live, acting):
        error = await _refused(live.read(Me(), replace(acting, access_token="dead")))
        assert error.remedy is Remedy.REAUTHORIZE

    async def test_done_once_and_found_again(self, live, acting, shared_box, picture_url):
        for kind in self.verified:
            order = await self.order(live, acting, picture_url, kind)
            before = len(done(shared_box, order))
            receipt = await live.perform(order, acting)
            assert receipt.remote_id, kind
            assert len(done(shared_box, order)) == before + 1, kind
            found = await live.find(order, acting)
            assert found is not None, kind
            if kind not in ("like", "follow", "repost"):
                assert found.remote_id == receipt.remote_id, kind

    async def test_done_but_lost_is_unknown_and_then_found(
        self, live, acting, shared_box, picture_url
    ):
        for kind in self.verified:
            for mode in ("performed_then_reset", "performed_then_500", "performed_then_html"):
                order = await self.order(live, acting, picture_url, kind)
                shared_box.fault(mode, verb=self.verb(kind), account=acting.account, times=1)
                error = await _refused(live.perform(order, acting))
                assert error.remedy is Remedy.RECONCILE, (kind, mode)
                assert len(done(shared_box, order)) == 1, (kind, mode)
                assert await self.found(live, order, acting), (kind, mode)

    async def test_not_done_is_unknown_and_then_not_found(
        self, live, acting, shared_box, picture_url
    ):
        for kind in self.verified:
            order = await self.order(live, acting, picture_url, kind)
            shared_box.fault("500", verb=self.verb(kind), account=acting.account, times=1)
            error = await _refused(live.perform(order, acting))
            assert error.remedy is Remedy.RECONCILE, kind
            assert done(shared_box, order) == []
            assert not await self.found(live, order, acting), kind

    def verb(self, kind: str) -> str:
        """The journal's word for this kind."""
        return kind

    async def found(self, live: Connector, order: Order, acting: Grant) -> bool:
        """Whether `find` gives a receipt."""
        return await live.find(order, acting) is not None


def done(box: Sandbox, order: Order) -> list[dict[str, Any]]:
    """The journal's performed entries that carry this order's key."""
    return [
        entry
        for entry in box.journal()
        if entry["idempotency_key"] == order.key
        and entry["outcome"] == "performed"
        and entry["verb"] != "media"
    ]
