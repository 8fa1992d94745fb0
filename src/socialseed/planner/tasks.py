"""The planner's rounds: accounts whose queue runs low get new proposals and new replies."""

from datetime import timedelta
from uuid import UUID

from socialseed.accounts.webhooks.deliver import HEARD, LISTEN
from socialseed.accounts.webhooks.said import unpack
from socialseed.core.errors import AppError, Kind
from socialseed.jobs.port import Job, Payload
from socialseed.planner.inbox import EVERYTHING, TOLD_FULL, About, listen, take
from socialseed.planner.planning import plan_account
from socialseed.planner.queries import MONTH, get_account, list_low, list_quiet
from socialseed.planner.unfollow import look_round, unfollow_round
from socialseed.runtime.actor import PLANNER
from socialseed.runtime.runtime import Runtime

ACCOUNTS_A_ROUND = 25
LOW = 6  # fewer open proposals than this: the account is planned
FULL = 10  # up to this many
LISTEN_EVERY = timedelta(minutes=5)
REPLIES_LOW = 5  # fewer replies waiting than this: the account is listened to
REPLIES_FULL = 8  # up to this many


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


async def listen_round(runtime: Runtime, payload: Payload) -> None:
    """Each of at most 25 accounts with few replies waiting is listened to once in five minutes."""
    async with runtime.begin(None, PLANNER) as tx:
        turn = int(tx.now.timestamp()) // int(LISTEN_EVERY.total_seconds())
        for workspace_id, account_id in await list_quiet(tx, REPLIES_LOW, ACCOUNTS_A_ROUND):
            await tx.defer(
                LISTEN,
                {"workspace_id": str(workspace_id), "account_id": str(account_id)},
                dedupe_key=f"{LISTEN}:{account_id}:{turn}",
            )


async def listen_one(runtime: Runtime, payload: Payload) -> None:
    """The account has up to eight replies waiting; nothing happens when it is gone.

    With `about` only that is read, and more may wait.
    """
    workspace_id, account_id = UUID(str(payload["workspace_id"])), UUID(str(payload["account_id"]))
    named = payload.get("about")
    ids = named.items() if isinstance(named, dict) else ()
    about = About(**{name: value for name, value in ids if isinstance(value, str)})
    depth = REPLIES_FULL if about == EVERYTHING else TOLD_FULL
    try:
        await listen(runtime, workspace_id, account_id, depth=depth, about=about)
    except AppError as error:
        if error.kind is not Kind.NOT_FOUND:
            raise


async def heard(runtime: Runtime, payload: Payload) -> None:
    """What the platform told is proposed to be answered; nothing when the account is gone."""
    workspace_id, account_id = UUID(str(payload["workspace_id"])), UUID(str(payload["account_id"]))
    said = payload["said"]
    told = [unpack(one) for one in said if isinstance(one, dict)] if isinstance(said, list) else []
    try:
        await take(runtime, workspace_id, account_id, told)
    except AppError as error:
        if error.kind is not Kind.NOT_FOUND:
            raise


JOBS = (
    Job("planner.plan", plan_round, every=timedelta(minutes=1)),
    Job("planner.listen_round", listen_round, every=timedelta(minutes=1)),
    Job("planner.look_back", look_round, every=timedelta(hours=1)),
    Job("planner.unfollow", unfollow_round, every=timedelta(hours=1)),
    Job(LISTEN, listen_one),
    Job(HEARD, heard),
)
