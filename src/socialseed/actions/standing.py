"""Where one account stands now: its limits, its rhythm, what it did and what it was given."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from socialseed.actions import ground
from socialseed.actions.schedule import Pace
from socialseed.identity.policies import POLICY, policy_in
from socialseed.policy.pacing import Limit
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx

_ACCOUNT = text(f"""
SELECT a.id AS account_id, a.platform, a.username, a.timezone, a.waking_start, a.waking_end,
  a.light AS account_light, a.phase, a.programme_started_on, a.health_score, a.daily_action_limit,
  a.resumed_at, l.last_sent_at,
  {POLICY} AS policy,
  (SELECT json_agg(json_build_array(kind, span, window_key, used)) FROM counters
    WHERE account_id = a.id AND window_key >= :since_key) AS counters,
  CASE WHEN NOT :empty THEN (SELECT json_agg(json_build_array(action_type, scheduled_at))
    FROM actions y WHERE y.account_id = a.id AND (y.status IN ('scheduled','executing')
      OR (y.status = 'awaiting_human' AND y.scheduled_at > :now))) END AS taken
FROM social_accounts a LEFT JOIN lanes l ON l.account_id = a.id WHERE a.id = :account_id
""")


@dataclass(frozen=True, slots=True)
class Standing:
    """One account's pace and the limits that hold now."""

    username: str
    pace: Pace
    limits: Sequence[Limit]


async def find_standing(
    tx: Tx, runtime: Runtime, account_id: UUID, *, empty: bool = False
) -> Standing | None:
    """None when there is no such account. `empty`: as if nothing were waiting for its time."""
    since = ground.since_key(tx.now)
    bound = {"account_id": account_id, "since_key": since, "now": tx.now, "empty": empty}
    row = (await tx.session.execute(_ACCOUNT, bound)).first()
    if row is None:
        return None
    policy, pace = policy_in(row.policy), runtime.settings.pace
    limits = ground.limits_of(row, row.account_light, tx.now, policy, pace, runtime.ledger)
    return Standing(row.username, ground.pace_in(runtime, row, tx.now), limits)
