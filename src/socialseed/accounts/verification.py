"""Claimed against verified: what official reads said of an account's acknowledged steps, kind by
kind, and the incident that follows when too much of it is not there.

Only a person ends such an incident. A platform that hides a part still shows the rest, so one
read-back that proves true would prove nothing; read-backs from before the look no longer count.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from socialseed.accounts import events, incidents
from socialseed.policy.suspicion import MOST, Suspicion, suspicion
from socialseed.runtime.tx import Tx

KIND = "silent_failure"
LOOK_BACK = timedelta(days=90)

_READ_BACKS = text(
    "SELECT action_type, json_agg(verified ORDER BY n DESC) AS confirmed,"
    " EXISTS (SELECT 1 FROM incidents o WHERE o.account_id = :id AND o.kind = 'silent_failure'"
    "  AND o.action_type = x.action_type AND o.closed_at IS NULL) AS silent"
    " FROM (SELECT y.action_type, y.verified, row_number() OVER"
    "   (PARTITION BY y.action_type ORDER BY y.read_back_at DESC, y.id DESC) AS n"
    "  FROM actions y WHERE y.account_id = :id AND y.read_back_at > :since"
    "  AND (CAST(:kind AS text) IS NULL OR y.action_type = :kind)"
    "  AND y.read_back_at > coalesce((SELECT max(c.closed_at) FROM incidents c"
    "   WHERE c.account_id = :id AND c.kind = 'silent_failure' AND c.action_type = y.action_type),"
    "   '-infinity')) x WHERE n <= :most GROUP BY action_type ORDER BY action_type"
)
# Two read-backs of one kind are judged one after the other, so that the second sees the first.
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:one, 6))")


@dataclass(frozen=True, slots=True)
class Verification:
    """One kind's read-backs since a person last looked."""

    action_type: str
    found: Suspicion
    silent: bool  # an incident is open

    def plain(self) -> dict[str, object]:
        """As the API tells it."""
        return {
            "action_type": self.action_type,
            "checked": self.found.checked,
            "contradicted": self.found.contradicted,
            "state": "suspect" if self.silent else self.found.state,
            "sentence": self.found.sentence,
        }


async def read(tx: Tx, account_id: UUID, kind: str | None = None) -> Sequence[Verification]:
    """Every kind of the account that was read back in the last 90 days, or only `kind`."""
    values = {"id": account_id, "kind": kind, "since": tx.now - LOOK_BACK, "most": MOST}
    rows = (await tx.session.execute(_READ_BACKS, values)).all()
    return [Verification(row.action_type, suspicion(row.confirmed), row.silent) for row in rows]


async def one_at_a_time(tx: Tx, account_id: UUID, kind: str) -> None:
    """No other transaction judges this kind of this account until this one ends."""
    await tx.session.execute(_LOCK, {"one": f"{account_id}/{kind}"})


async def judge(tx: Tx, account_id: UUID, platform: str, username: str, kind: str) -> None:
    """If too many of this kind are not there, an incident is open and the kind pauses."""
    for one in await read(tx, account_id, kind):
        if one.found.state != "suspect":
            continue
        words = kind.replace("_", " ")
        told = f"{words}: {one.found.sentence}"
        sentence = f"{events.label(tx, platform, username)}: {told}"
        detail = {"checked": one.found.checked, "contradicted": one.found.contradicted}
        if await incidents.open_(
            tx, account_id, KIND, sentence, action_type=kind, detail={**detail}
        ):
            more = {"action_type": kind, "alert": "critical"}
            events.emit(
                tx,
                "silent_failure",
                account_id,
                platform,
                username,
                f"shows no effect, {told}",
                **more,
                **detail,
            )
