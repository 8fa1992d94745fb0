"""The limits' counters: raised under their CHECK before a call, given back only on proof."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from socialseed.policy.pacing import Limit, next_window, window_keys
from socialseed.policy.risk.types import Use
from socialseed.runtime.tx import Tx

# A full counter is left as it is and returns no row: fewer rows than asked means a limit holds.
# The ceiling is that of whoever raises it: one that was lowered below what is used refuses and
# changes nothing.
RAISE = (
    "INSERT INTO counters (account_id, kind, span, window_key, workspace_id, used, ceiling)"
    " SELECT :account_id, k.kind, k.span, k.window_key, :workspace_id, 1, k.ceiling"
    " FROM unnest(CAST(:kinds AS text[]), CAST(:spans AS text[]), CAST(:keys AS text[]),"
    " CAST(:ceilings AS int[])) AS k(kind, span, window_key, ceiling)"
    " WHERE k.ceiling > 0 ORDER BY 2, 3 ON CONFLICT (account_id, kind, span, window_key) DO UPDATE"
    " SET used = counters.used + 1, ceiling = EXCLUDED.ceiling"
    " WHERE counters.used < EXCLUDED.ceiling RETURNING kind"
)
GIVE_BACK = (
    "UPDATE counters c SET used = c.used - 1"
    " FROM unnest(CAST(:kinds AS text[]), CAST(:spans AS text[]), CAST(:keys AS text[]))"
    " AS k(kind, span, window_key) WHERE c.account_id = :account_id AND c.kind = k.kind"
    " AND c.span = k.span AND c.window_key = k.window_key AND c.used > 0"
)
_RAISE = text(RAISE)
KEEP = timedelta(days=40)


@dataclass(frozen=True, slots=True)
class Claim:
    """The counters that one action uses, as they were chosen when it began."""

    kinds: tuple[str, ...]
    spans: tuple[str, ...]
    keys: tuple[str, ...]
    ceilings: tuple[int, ...]

    def values(self) -> dict[str, object]:
        """What RAISE and GIVE_BACK are bound with, beside the account."""
        return {
            "kinds": list(self.kinds),
            "spans": list(self.spans),
            "keys": list(self.keys),
            "ceilings": list(self.ceilings),
        }


def claim_of(limits: Sequence[Limit], action_type: str, now: datetime, timezone: str) -> Claim:
    """The counters of 'all' and of this kind, per hour and day, in the account's local time.

    Raises LookupError when the kind has no limit: what is not known is not sent.
    """
    day, hour = window_keys(now, timezone)
    chosen = sorted(
        ((one.kind, one.window, one.limit) for one in limits if one.kind in ("all", action_type)),
    )
    if len(chosen) < 4:
        raise LookupError(action_type)
    return Claim(
        tuple(kind for kind, _, _ in chosen),
        tuple(window for _, window, _ in chosen),
        tuple(day if window == "day" else hour for _, window, _ in chosen),
        tuple(limit for _, _, limit in chosen),
    )


def opens_at(use: Use | None, now: datetime, timezone: str) -> datetime:
    """When a full limit opens again, a little after the window's edge."""
    window = use.window if use else "hour"
    return next_window(now, timezone, window) + timedelta(seconds=30)


async def take(tx: Tx, account_id: UUID, workspace_id: UUID, claim: Claim) -> bool:
    """One unit of every counter of `claim` is used, or the transaction must be rolled back."""
    rows = await tx.session.execute(
        _RAISE, {"account_id": account_id, "workspace_id": workspace_id, **claim.values()}
    )
    return len(rows.all()) == len(claim.kinds)
