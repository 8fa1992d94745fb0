"""The planner's round: every minute, some accounts whose queue runs low get new proposals."""

from datetime import timedelta

from socialseed.core.errors import AppError, Kind
from socialseed.jobs.port import Job, Payload
from socialseed.planner.planning import MONTH, plan_account
from socialseed.planner.queries import get_account, list_low
from socialseed.runtime.actor import PLANNER
from socialseed.runtime.runtime import Runtime

ACCOUNTS_A_ROUND = 25
LOW = 6  # fewer open proposals than this: the account is planned
FULL = 10  # up to this many


async def plan_round(runtime: Runtime, payload: Payload) -> None:
    """Each of at most 25 accounts that ran low has up to ten open proposals, by its own
    transaction.
    """
    async with runtime.begin(None, PLANNER) as tx:
        low = await list_low(tx, LOW, ACCOUNTS_A_ROUND, tx.now - MONTH)
    for workspace_id, account_id in low:
        async with runtime.begin(workspace_id, PLANNER, key=("plan", account_id)) as tx:
            try:
                account = await get_account(tx, account_id, tx.now - MONTH)
                missing = FULL - account.waiting
                if account.light == "yellow":
                    missing //= 2
                await plan_account(tx, runtime, account_id, count=max(0, missing))
            except AppError as error:
                if error.kind is not Kind.NOT_FOUND:  # deleted meanwhile
                    raise


JOBS = (Job("planner.plan", plan_round, every=timedelta(minutes=1)),)
