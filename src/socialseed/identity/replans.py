"""Asks for new slots: whoever changes what a day plan hangs on leaves one job by its name."""

from datetime import timedelta
from uuid import UUID

from socialseed.runtime.tx import Tx

REPLAN = "actions.replan"
TOGETHER = timedelta(seconds=5)  # changes that are planned for once


async def replan(tx: Tx, why: str, account_id: UUID | None = None) -> None:
    """What the account (or, without one, any account of the workspace) has not sent yet gets new
    slots within seconds. `why` is the reason as the log tells it.

    The job runs after the stretch in which its key is known, so that no change comes too late.
    """
    stretch = int(tx.now.timestamp() // TOGETHER.total_seconds())
    whose = str(account_id or tx.tenant)
    await tx.defer(
        REPLAN,
        {
            "workspace_id": str(tx.tenant),
            "account_id": str(account_id) if account_id else None,
            "why": why,
        },
        run_at=tx.now + TOGETHER,
        dedupe_key=f"{REPLAN}:{whose}:{stretch}",
    )
