"""A platform that says yes and does nothing: reading back finds it, and only there it pauses."""

from datetime import timedelta
from uuid import UUID

import pytest

from socialseed.accounts.incidents import close_by_person
from socialseed.core.clock import iso
from socialseed.sim.invariants import read_journal
from tests.faults.crew import Account
from tests.support.product import Product
from tests.support.stage import HANDLERS, Stage, open_stage

pytestmark = [pytest.mark.fault, pytest.mark.timeout(240)]

IN_VAIN = 4  # texts that are acknowledged before it is found out
MORE = 3
STEP = timedelta(minutes=3)
WATCH = "actions.watch"


async def pass_time(stage: Stage, minutes: float) -> None:
    """Time goes by for the product and for the platform alike, and the watchdog looks on."""
    end = stage.clock.now() + timedelta(minutes=minutes)
    while stage.clock.now() < end:
        to = min(end, stage.clock.now() + STEP)
        stage.crew.product.control("POST", "/clock/advance", {"to": iso(to)})
        stage.clock.move_to(to)
        await HANDLERS[WATCH](stage.runtime, {})
        await stage.settle()


def outcomes(stage: Stage, account: Account, verb: str) -> list[str]:
    entries = read_journal(stage.crew.product.journal)
    mine = [e for e in entries if e["account"] == account.handle and e["verb"] == verb]
    return [str(e["outcome"]) for e in mine]


async def liked_by(stage: Stage, account: Account, posts: list[UUID]) -> list[UUID]:
    """Likes of what our own `posts` became on the platform."""
    ids = [str((await stage.row("actions", post)).remote_id) for post in posts]
    return await stage.crew.approved(account, 0, likes=ids)


async def test_success_without_effect_pauses_this_kind_of_this_account_alone(
    product: Product,
) -> None:
    async with open_stage(product, 2) as stage:
        crew, (ill, well) = stage.crew, stage.crew.accounts
        product.control("POST", "/clock", {"mode": "manual", "now": iso(stage.clock.now())})
        product.fault("ok_not_performed", account=ill.handle, verb="publish_text")
        lost = await crew.approved(ill, IN_VAIN)
        there = await crew.approved(well, IN_VAIN)
        await pass_time(stage, 45)
        assert await crew.statuses(lost) == ["succeeded"] * IN_VAIN
        assert outcomes(stage, ill, "publish_text") == ["acknowledged"] * IN_VAIN
        assert [(await stage.row("actions", one)).verified for one in lost] == [False] * IN_VAIN
        assert [(await stage.row("actions", one)).verified for one in there] == [True] * IN_VAIN
        assert await stage.told("account.silent_failure") == 1

        held, goes_on = await crew.approved(ill, MORE), await crew.approved(well, MORE)
        likes = await liked_by(stage, ill, there)
        await pass_time(stage, 30)
        assert await crew.statuses(held) == ["scheduled"] * MORE
        assert await crew.statuses(goes_on) == ["succeeded"] * MORE
        assert await crew.statuses(likes) == ["succeeded"] * IN_VAIN
        assert outcomes(stage, ill, "publish_text") == ["acknowledged"] * IN_VAIN
        assert product.fault_hits() == {"ok_not_performed": IN_VAIN}

        # The platform is well again, which nobody knows before a person has looked.
        product.control("DELETE", "/faults")
        await pass_time(stage, 120)
        assert await crew.statuses(held) == ["scheduled"] * MORE
        async with crew.begin() as tx:
            incident = await crew.value("SELECT id FROM incidents WHERE closed_at IS NULL")
            await close_by_person(tx, incident, "The posts of today are missing; now they show.")
        await pass_time(stage, 75)
        assert await crew.statuses(held) == ["succeeded"] * MORE
        # Nothing was ever sent a second time, neither what was lost nor what was held.
        assert outcomes(stage, ill, "publish_text") == (
            ["acknowledged"] * IN_VAIN + ["performed"] * MORE
        )
        assert await stage.told("account.silent_failure") == 1
