"""The pace `immediate`, on which the fault tests stand: nothing waits but for the daily limit."""

import pytest
from sqlalchemy import text

from socialseed.actions.content import checked
from socialseed.actions.ground import gather
from socialseed.core.settings import Settings
from socialseed.runtime.runtime import Runtime
from tests.faults.crew import make_crew
from tests.support.product import Product

pytestmark = pytest.mark.fault


async def test_what_is_approved_is_due_at_once_and_only_the_accounts_own_limit_holds(
    product: Product, runtime: Runtime
) -> None:
    crew = await make_crew(product, runtime, 1, limit=137)
    (account,) = crew.accounts
    await crew.approved(account, 12)
    async with crew.begin() as tx:
        late = await tx.session.scalar(
            text("SELECT count(*) FROM actions WHERE scheduled_at > :now"), {"now": tx.now}
        )
        content = checked(account.id, "publish_text", None, {"text": "A word"})
        paced = await gather(tx, account.id, content)
        ground = await gather(tx, account.id, content, pace="immediate")
    assert late == 0
    assert {limit.limit for limit in ground.limits} == {137}
    assert min(limit.limit for limit in paced.limits) < 137


def test_real_platforms_refuse_it() -> None:
    with pytest.raises(ValueError, match="SOCIALSEED_PACE"):
        Settings(platform_mode="live", pace="immediate")
