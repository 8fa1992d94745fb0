"""The events of accounts: their names, their sentences, and the data that a live view needs."""

from uuid import UUID

from socialseed.core.events import Event, Plain
from socialseed.runtime.tx import Tx


def label(tx: Tx, platform: str, username: str) -> str:
    """How a sentence names an account."""
    return f"@{username} on {tx.connectors.name_of(platform)}"


def emit(
    tx: Tx, kind: str, account_id: UUID, platform: str, username: str, told: str, **more: Plain
) -> None:
    """`account.<kind>` is in the log when the transaction commits: "@name on X <told>"."""
    data: dict[str, Plain] = {"platform": platform, "username": username, **more}
    tx.emit(
        Event(
            f"account.{kind}",
            f"{label(tx, platform, username)} {told}",
            account_id=account_id,
            data=data,
        )
    )
