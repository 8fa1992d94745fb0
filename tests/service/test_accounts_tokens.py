"""Tokens: sealed at rest, renewed once however many ask, and lost loudly."""

import asyncio
import uuid
from datetime import timedelta

import httpx2
import pytest
from pydantic import SecretStr
from sqlalchemy import text

from socialseed.accounts import egress, egress_service, service, tokens
from socialseed.accounts.egress_schemas import EgressIn
from socialseed.accounts.schemas import AccountChange
from socialseed.connectors.types import Tokens
from socialseed.core.errors import AppError, Remedy, UpstreamError
from socialseed.runtime.runtime import Runtime
from tests.support.accounts import give_tokens, make_account, make_workspace, open_connected

SANDBOX = "http://127.0.0.1:9"
OLD = Tokens("access-old", "refresh-old", ["tweet.read"], timedelta(hours=2), timedelta(days=180))


class TokenServer:
    """X's token endpoint: counts renewals; `answer` decides what it says."""

    def __init__(self) -> None:
        self.renewals: list[str] = []
        self.refresh: str | None = "refresh-new"
        self.failure: httpx2.Response | Exception | None = None

    async def __call__(self, request: httpx2.Request) -> httpx2.Response:
        form = dict(httpx2.QueryParams(request.content.decode()))
        self.renewals.append(form.get("refresh_token", ""))
        # Everybody else gets a turn while this answer is under way.
        for _ in range(50):
            await asyncio.sleep(0)
        if isinstance(self.failure, Exception):
            raise self.failure
        if self.failure is not None:
            return self.failure
        body = {"token_type": "bearer", "expires_in": 7200, "access_token": "access-new"}
        if self.refresh:
            body["refresh_token"] = self.refresh
        return httpx2.Response(200, json=body)


@pytest.fixture
def server() -> TokenServer:
    return TokenServer()


@pytest.fixture
async def runtime(database_url: str, server: TokenServer):
    async with open_connected(database_url, SANDBOX, httpx2.MockTransport(server)) as made:
        yield made


@pytest.fixture
async def mine(runtime: Runtime) -> tuple[uuid.UUID, uuid.UUID]:
    workspace = await make_workspace(runtime)
    account = await make_account(runtime, workspace)
    await give_tokens(runtime, workspace, account, OLD)
    return workspace, account


async def stored(runtime: Runtime, account: uuid.UUID):
    async with runtime.begin(None) as tx:
        return (
            await tx.session.execute(
                text("SELECT * FROM credentials WHERE account_id = :id"), {"id": account}
            )
        ).one()


async def events_of(runtime: Runtime, workspace: uuid.UUID) -> list[str]:
    async with runtime.begin(workspace) as tx:
        rows = await tx.session.execute(text("SELECT type FROM events ORDER BY seq"))
        return [row.type for row in rows]


async def test_a_fresh_token_is_used_as_it_is(runtime, mine, server):
    grant = await tokens.grant(runtime, *mine)
    assert grant.access_token == "access-old"
    assert (grant.account, grant.tier) == ("mara_k", "self_serve")
    assert (grant.account_id, grant.egress) == (str(mine[1]), None)
    assert server.renewals == []


async def test_no_token_stands_in_the_database_in_plain(runtime, mine, database_url):
    async with runtime.begin(None) as tx:
        whole = await tx.session.scalar(
            text(
                "SELECT string_agg(c::text, '') FROM (SELECT row_to_json(credentials)::text AS c"
                " FROM credentials UNION ALL SELECT row_to_json(events)::text FROM events) t"
            )
        )
    row = await stored(runtime, mine[1])
    for secret in (b"access-old", b"refresh-old"):
        assert secret not in bytes(row.access_sealed) + bytes(row.refresh_sealed)
        assert secret.decode() not in whole
        assert secret.hex() not in whole


async def test_a_swapped_ciphertext_does_not_open(runtime, mine):
    async with runtime.begin(None) as tx:
        await tx.session.execute(text("UPDATE credentials SET access_sealed = refresh_sealed"))
    with pytest.raises(Exception, match="access_sealed"):
        await tokens.grant(runtime, *mine)


async def test_workers_renew_an_expired_token_once(runtime, mine, server):
    # Each waiting moves this clock: five workers with twenty rounds stay within the 30 s lease.
    # A hundred of them, on the machine's clock, are in tests/faults/test_tokens.py.
    runtime.clock.move_to(runtime.clock.now() + timedelta(hours=3))
    grants = await asyncio.gather(*(tokens.grant(runtime, *mine) for _ in range(5)))
    assert server.renewals == ["refresh-old"]
    assert {grant.access_token for grant in grants} == {"access-new"}


async def test_ahead_of_expiry_one_renews_and_the_others_go_on(runtime, mine, server):
    runtime.clock.move_to(runtime.clock.now() + timedelta(minutes=112))
    grants = await asyncio.gather(*(tokens.grant(runtime, *mine) for _ in range(20)))
    assert server.renewals == ["refresh-old"]
    assert {grant.access_token for grant in grants} <= {"access-old", "access-new"}
    assert (await tokens.grant(runtime, *mine)).access_token == "access-new"


async def test_the_rotated_refresh_token_is_the_next_one_used(runtime, mine, server):
    for _ in range(2):
        runtime.clock.move_to(runtime.clock.now() + timedelta(hours=3))
        await tokens.grant(runtime, *mine)
    assert server.renewals == ["refresh-old", "refresh-new"]


async def test_an_empty_refresh_token_never_overwrites_the_one_we_have(runtime, mine, server):
    server.refresh = None
    for _ in range(2):
        runtime.clock.move_to(runtime.clock.now() + timedelta(hours=3))
        await tokens.grant(runtime, *mine)
    assert server.renewals == ["refresh-old", "refresh-old"]


async def test_a_refused_renewal_asks_the_owner_to_connect_again_once(runtime, mine, server):
    server.failure = httpx2.Response(
        400, json={"error": "invalid_request", "error_description": "Value passed was invalid."}
    )
    runtime.clock.move_to(runtime.clock.now() + timedelta(hours=3))
    for _ in range(3):
        with pytest.raises(UpstreamError) as caught:
            await tokens.grant(runtime, *mine)
        assert caught.value.remedy is Remedy.REAUTHORIZE
    assert len(server.renewals) == 1
    assert (await events_of(runtime, mine[0])).count("account.needs_reconnect") == 1


@pytest.mark.parametrize(
    "failure",
    [httpx2.ReadError("reset"), httpx2.ConnectError("no"), httpx2.Response(503)],
    ids=["lost", "unreachable", "unavailable"],
)
async def test_a_renewal_that_fails_for_now_is_tried_again(runtime, mine, server, failure):
    server.failure = failure
    runtime.clock.move_to(runtime.clock.now() + timedelta(hours=3))
    with pytest.raises(UpstreamError) as caught:
        await tokens.grant(runtime, *mine)
    assert caught.value.remedy is Remedy.RETRY
    assert "refresh-old" not in str(caught.value)
    server.failure = None
    assert (await tokens.grant(runtime, *mine)).access_token == "access-new"


async def test_a_worker_that_died_while_renewing_blocks_nobody_for_long(runtime, mine, server):
    runtime.clock.move_to(runtime.clock.now() + timedelta(hours=3))
    async with runtime.begin(None) as tx:
        await tx.session.execute(
            text("UPDATE credentials SET refresh_leased_until = :until"),
            {"until": tx.now + timedelta(minutes=1)},
        )
    with pytest.raises(UpstreamError) as caught:
        await tokens.grant(runtime, *mine)
    assert (caught.value.remedy, caught.value.code) == (Remedy.RETRY, "renewal_under_way")
    runtime.clock.move_to(runtime.clock.now() + timedelta(minutes=2))
    assert (await tokens.grant(runtime, *mine)).access_token == "access-new"


async def test_a_401_renews_first_and_gives_up_when_a_fresh_token_is_refused(runtime, mine, server):
    runtime.clock.move_to(runtime.clock.now() + timedelta(minutes=10))
    async with runtime.begin(mine[0]) as tx:
        await tokens.refused(tx, mine[1])
    assert (await tokens.grant(runtime, *mine)).access_token == "access-new"
    async with runtime.begin(mine[0]) as tx:
        await tokens.refused(tx, mine[1])
    with pytest.raises(UpstreamError, match="needs_reconnect"):
        await tokens.grant(runtime, *mine)


async def with_proxy(runtime: Runtime, mine: tuple[uuid.UUID, uuid.UUID]) -> uuid.UUID:
    new = EgressIn(
        name="Out",
        preset="iproyal",
        user=SecretStr("kim"),
        password=SecretStr("a word"),
        country="fr",
    )
    async with runtime.begin(mine[0]) as tx:
        egress_id = await egress_service.create(runtime, tx, new)
        await service.update(tx, runtime, mine[1], AccountChange(egress_id=egress_id))
    return egress_id


async def test_a_grant_carries_the_way_out_with_its_login(runtime, mine):
    egress_id = await with_proxy(runtime, mine)
    grant = await tokens.grant(runtime, *mine)
    async with runtime.begin(mine[0]) as tx:
        session = await tx.session.scalar(text("SELECT session FROM egresses"))
    assert grant.egress is not None
    assert (grant.egress.id, grant.egress.name) == (str(egress_id), "Out")
    assert grant.egress.url == (
        f"http://kim:a%20word_country-fr_session-{session}_lifetime-7d@geo.iproyal.com:12321"
    )
    assert "word" not in repr(grant)


async def test_while_a_proxy_fails_there_is_no_grant_and_no_renewal(runtime, mine, server):
    egress_id = await with_proxy(runtime, mine)
    runtime.clock.move_to(runtime.clock.now() + timedelta(hours=3))
    async with runtime.begin(mine[0]) as tx:
        await egress.failed(tx, egress_id, "No answer.")
    with pytest.raises(UpstreamError) as caught:
        await tokens.grant(runtime, *mine)
    assert (caught.value.remedy, caught.value.code) == (Remedy.RETRY, "egress_down")
    assert server.renewals == []
    async with runtime.begin(mine[0]) as tx:
        await egress.works(tx, egress_id, None)
    assert (await tokens.grant(runtime, *mine)).access_token == "access-new"


async def test_another_workspaces_way_out_is_not_taken(runtime, mine):
    egress_id = await with_proxy(runtime, mine)
    theirs = await make_workspace(runtime)
    account = await make_account(runtime, theirs)
    with pytest.raises(AppError, match="unknown_egress"):
        async with runtime.begin(theirs) as tx:
            await service.update(tx, runtime, account, AccountChange(egress_id=egress_id))


async def test_another_workspace_gets_no_grant(runtime, mine):
    theirs = await make_workspace(runtime)
    with pytest.raises(AppError, match="not_found"):
        await tokens.grant(runtime, theirs, mine[1])
