"""The pipeline behind real proxies: a dead one holds its account and nobody else, and never falls
back. The sandbox's journal is the witness.
"""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import UUID

import pytest

from tests.faults.crew import Account
from tests.support.invariants import find_secrets_in_database
from tests.support.product import Product, running
from tests.support.proxies import proxy
from tests.support.stage import Stage, open_stage

SECRET = "hush-nobody-may-see-this"


@pytest.fixture
def product(database_url: str, tmp_path: Path) -> Iterator[Product]:
    with running(tmp_path / "product", database_url) as made:
        yield made


@pytest.fixture
async def stage(product: Product) -> AsyncIterator[Stage]:
    async with open_stage(product, 2) as made:
        yield made


@pytest.mark.parametrize("scheme", ["http", "socks5"])
async def test_a_proxy_killed_midway_holds_its_account_and_nobody_else(stage, scheme):
    held, free = stage.crew.accounts
    login = {f"kim:{SECRET}"}
    async with proxy(scheme, accepts=login) as one:
        egress_id = await stage.leaves_through(held, one, user="kim", password=SECRET)
        assert (await stage.row("egresses", egress_id)).state == "ok"
        looks = one.requests
        ids = await stage.crew.approved(held, 6)
        theirs = await stage.crew.approved(free, 6)
        for _ in range(3):
            await stage.step()
        assert len(stage.posted(held)) == 3
        assert one.requests - looks == stage.calls(held) == 3
    await stage.settle()
    await stage.later(minutes=20)
    assert len(stage.posted(free)) == 6
    assert await stage.crew.statuses(theirs) == ["succeeded"] * 6
    # The platform heard nothing more, by no way; the actions wait and only one try was made.
    assert stage.calls(held) == 3
    assert sorted(await stage.crew.statuses(ids)) == ["scheduled"] * 3 + ["succeeded"] * 3
    tries = "SELECT count(*) FROM attempts WHERE account_id = :id AND outcome = 'not_performed'"
    assert await stage.crew.value(tries, id=held.id) == 1
    await waits(stage, held, egress_id)
    await one.start()
    looks, before = one.requests, stage.calls(held)
    await stage.later(minutes=3)
    assert len(set(stage.posted(held))) == len(stage.posted(held)) == 6
    assert await stage.crew.statuses(ids) == ["succeeded"] * 6
    assert one.requests - looks >= stage.calls(held) - before == 3
    await goes_on(stage, held, egress_id)
    assert set(one.logins) == login
    assert await find_secrets_in_database(stage.crew.product.database_url, [SECRET]) == []
    await one.kill()


async def waits(stage: Stage, held: Account, egress_id: UUID) -> None:
    account, way = (
        await stage.row("social_accounts", held.id),
        await stage.row("egresses", egress_id),
    )
    assert (account.light, account.light_reasons) == (
        "yellow",
        ["Its way out does not work: nothing is sent until it does."],
    )
    assert way.state == "failing" and way.last_error
    assert await stage.told("egress.failing") == 1
    open_one = "SELECT count(*) FROM incidents WHERE kind = 'egress' AND closed_at IS NULL"
    assert await stage.crew.value(open_one) == 1


async def goes_on(stage: Stage, held: Account, egress_id: UUID) -> None:
    account = await stage.row("social_accounts", held.id)
    assert (account.light, account.light_reasons) == ("green", [])
    assert (await stage.row("egresses", egress_id)).state == "ok"
    assert await stage.told("egress.recovered") == 1
    assert await stage.told("egress.rotated") == 0
    open_one = "SELECT count(*) FROM incidents WHERE kind = 'egress' AND closed_at IS NULL"
    assert await stage.crew.value(open_one) == 0


async def test_an_answer_lost_in_the_proxy_is_read_back_and_never_sent_again(stage):
    account = stage.crew.accounts[0]
    async with proxy("http") as one:
        await stage.leaves_through(account, one)
        ids = await stage.crew.approved(account, 1)
        one.mode = "cut"
        await stage.step()
        assert await stage.crew.statuses(ids) == ["outcome_unknown"]
        assert len(stage.posted(account)) == 1
        one.mode = "ok"
        await stage.later(minutes=2)
        assert await stage.crew.statuses(ids) == ["succeeded"]
    assert len(stage.posted(account)) == 1
    assert await stage.told("egress.failing") == 0


async def test_a_token_is_renewed_through_the_proxy_or_not_at_all(stage):
    account = stage.crew.accounts[0]
    async with proxy("socks5") as one:
        await stage.leaves_through(account, one)
        ids = await stage.crew.approved(account, 1)
        before = await credentials(stage, account)
        await stage.crew.execute(
            "UPDATE credentials SET expires_at = :now WHERE account_id = :id",
            id=account.id,
            now=stage.clock.now(),
        )
    await stage.later(minutes=15)
    assert stage.calls(account) == 0
    assert await credentials(stage, account) == before
    assert await stage.crew.statuses(ids) == ["scheduled"]
    await one.start()
    await stage.later(minutes=5)
    assert await stage.crew.statuses(ids) == ["succeeded"]
    after = await credentials(stage, account)
    assert after != before
    # One for the token, one for the post, and looks at the proxy.
    assert stage.calls(account) == 2
    await one.kill()


async def credentials(stage: Stage, account: Account) -> bytes:
    sealed = "SELECT access_sealed || refresh_sealed FROM credentials WHERE account_id = :id"
    return bytes(await stage.crew.value(sealed, id=account.id))


async def test_a_session_is_changed_only_when_it_fails_and_a_new_one_works(stage):
    account = stage.crew.accounts[0]
    async with proxy("http") as one:
        more = {"preset": "iproyal", "country": "DE", "user": "kim", "password": "word"}
        egress_id = await stage.leaves_through(account, one, **more)
        first = (await stage.row("egresses", egress_id)).session
        old = f"kim:word_country-de_session-{first}_lifetime-7d"
        await stage.crew.approved(account, 2)
        await stage.later(minutes=20)
        assert set(one.logins) == {old}
        one.turns_away = {old}
        await stage.crew.approved(account, 2)
        await stage.later(minutes=3)
        second = (await stage.row("egresses", egress_id)).session
        assert second != first
        assert one.logins[-1] == f"kim:word_country-de_session-{second}_lifetime-7d"
        assert await stage.told("egress.rotated") == 1
        assert len(stage.posted(account)) == 4
    await stage.later(minutes=20)
    way = await stage.row("egresses", egress_id)
    assert (way.state, way.session) == ("failing", second)
    assert await stage.told("egress.rotated") == 1
