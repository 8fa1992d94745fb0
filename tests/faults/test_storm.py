"""Workers and the API killed at random under load: nothing is lost, nothing happens twice."""

import pytest

from socialseed.core.clock import wait_for
from socialseed.core.rng import derive
from socialseed.runtime.runtime import Runtime
from socialseed.sim.invariants import read_journal
from tests.faults.crew import CLOCK, Crew, make_crew, posts_to_like, read_back_everything, until
from tests.support.invariants import find_secrets, find_secrets_in_database
from tests.support.product import Product

pytestmark = [pytest.mark.fault, pytest.mark.timeout(900)]

KILLS = 30
ACCOUNTS = 50  # in each of two workspaces
TEXTS, LIKES, REPOSTS = 5, 13, 2


async def test_two_thousand_actions_survive_thirty_kills(
    product: Product, runtime: Runtime
) -> None:
    posts = posts_to_like(product, LIKES)
    crews = [await make_crew(product, runtime, ACCOUNTS, name=name) for name in ("ash", "birch")]
    for crew in crews:
        for account in crew.accounts:
            await crew.approved(account, TEXTS, posts, posts[:REPOSTS])
    product.start_api(wait=False)
    workers = product.start_workers(4)
    assert await until(lambda: sent(product, 20), 60, 0.1)
    rng = derive("storm", 1)
    for _ in range(KILLS):
        await CLOCK.wait_until(wait_for(CLOCK, rng.uniform(0.2, 1.5)))
        name = await at_work(product, rng.sample([*workers, "api"], 5))
        product.kill(name)
        restart(product, name)
    survived = await unsent(crews)

    async def drained() -> bool:
        return all([await crew.drained() for crew in crews])

    assert await until(drained, 150, 0.2), [await crew.left() for crew in crews]
    product.wait_api()
    for name in workers:
        product.kill(name)
    unknown = sum([await read_back_everything(crew) for crew in crews])
    report = await crews[0].check()
    print(f"kills: {product.kills}, unsent after the last: {survived}, read back: {unknown}")
    print(f"counts: {dict(report.counts)}")
    assert report.violations == []
    secrets = [secret for crew in crews for secret in crew.secrets]
    assert find_secrets(secrets, product.logs) == []
    assert await find_secrets_in_database(product.database_url, secrets[::25]) == []
    assert sum(product.kills[name] for name in [*workers, "api"]) >= KILLS
    assert product.kills["api"] > 0
    total = len(crews) * ACCOUNTS * (TEXTS + LIKES + REPOSTS)
    # After many kills the light may have given some back to a person, as it should.
    ended = sum(report.counts[one] for one in ("succeeded", "failed", "awaiting_approval"))
    assert ended == total
    assert survived > 0, "the storm must end before the work does"
    interrupted = sum([await told(crew, "action.unknown") for crew in crews])
    assert interrupted > 0, "some kill must have met a call"
    assert sum([await told(crew, "action.reconciled") for crew in crews]) == interrupted


async def at_work(product: Product, names: list[str]) -> str:
    """The first of them that is at work: a process that only just starts has nothing to lose."""
    found: list[str] = []

    async def any_works() -> bool:
        found.extend(name for name in names if product.works(name))
        return bool(found)

    assert await until(any_works, 30), "nobody is at work"
    return found[0]


async def sent(product: Product, at_least: int) -> bool:
    """Whether the platform has performed so many."""
    return len(read_journal(product.journal)) >= at_least


async def told(crew: Crew, event: str) -> int:
    """How many events of this type the workspace has."""
    return int(await crew.value("SELECT count(*) FROM events WHERE type = :type", type=event))


async def unsent(crews: list[Crew]) -> int:
    """How many actions wait to be sent."""
    return sum([(await crew.left())[0] for crew in crews])


def restart(product: Product, name: str) -> None:
    """The part runs again, or will soon."""
    if name == "api":
        product.start_api(wait=False)
    else:
        product.start_worker(name)
