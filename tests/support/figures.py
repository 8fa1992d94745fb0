"""Rows for figures: accounts, actions and measured days written straight into the tables."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import insert

from socialseed.accounts.models import PerformanceStat, SocialAccount
from socialseed.actions.models import Action
from socialseed.runtime.tx import Tx


async def add_account(tx: Tx, username: str, timezone: str = "UTC", **more: object) -> UUID:
    """An account of the transaction's workspace."""
    account = tx.new_id()
    row: dict[str, object] = {
        "id": account,
        "workspace_id": tx.tenant,
        "platform": "twitter",
        "username": username,
        "display_name": username,
        "timezone": timezone,
        "tier": "free",
        "programme_started_on": tx.now.date(),
        "daily_action_limit": 50,
        "created_at": tx.now,
        "updated_at": tx.now,
        "connected_at": tx.now,
    }
    await tx.session.execute(insert(SocialAccount).values(row | more))
    return account


async def add_action(
    tx: Tx, account: UUID, status: str, settled_at: datetime | None = None, **more: object
) -> UUID:
    """An action in `status`, settled at the given instant."""
    action = tx.new_id()
    row = {
        "id": action,
        "workspace_id": tx.tenant,
        "account_id": account,
        "platform": "twitter",
        "action_type": "reply",
        "target_account": "somebody",
        "target_data": {"text": "Hello"},
        "content_hash": "h",
        "target_key": str(action),
        "status": status,
        "mode": "api",
        "requires_approval": True,
        "light": "green",
        "risk_score": 10,
        "reasons": [],
        "to_green": [],
        "rule_set": "1",
        "facts_digest": "d",
        "assessed_at": tx.now,
        "proposed_by_kind": "planner",
        "proposed_by_name": "Planner",
        "settled_at": settled_at,
        "created_at": settled_at or tx.now,
    }
    await tx.session.execute(insert(Action).values(row | more))
    return action


async def add_day(
    tx: Tx,
    account: UUID,
    on: date,
    followers: int,
    gained: int = 0,
    lost: int = 0,
    engagements: int = 0,
) -> None:
    """What the platform said of one local day."""
    await tx.session.execute(
        insert(PerformanceStat).values(
            account_id=account,
            workspace_id=tx.tenant,
            on=on,
            followers=followers,
            following=1,
            posts=1,
            gained=gained,
            lost=lost,
            engagements=engagements,
            detail={},
            measured_at=tx.now,
        )
    )
