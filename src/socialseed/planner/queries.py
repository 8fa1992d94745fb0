"""What the planner reads: which accounts run low, and all that it needs to plan one of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text

from socialseed.core.errors import not_found
from socialseed.identity.policies import POLICY, policy_in
from socialseed.policy.numbers import Policy
from socialseed.policy.pacing import Limit, limits
from socialseed.policy.phases import programme_day
from socialseed.runtime.tx import Tx
from socialseed.targeting.queries import RULE_COLUMNS, Rule

MONTH = timedelta(days=30)
_OPEN = "('proposed','awaiting_approval','approved','scheduled','awaiting_human')"
# Only what is younger than a month is counted: proposals expire long before.
_LOW = text(f"""
SELECT a.workspace_id, a.id FROM social_accounts a
WHERE a.is_active AND a.connected_at IS NOT NULL AND NOT a.needs_reconnect AND a.light <> 'red'
  AND (a.frozen_until IS NULL OR a.frozen_until <= :now)
  AND (SELECT count(*) FROM actions x WHERE x.account_id = a.id AND x.status IN {_OPEN}
    AND x.created_at > :month_ago) < :low
  AND EXISTS (SELECT 1 FROM targeting_criteria r JOIN candidates c ON c.rule_id = r.id
    WHERE r.workspace_id = a.workspace_id AND r.platform = a.platform AND r.is_active
    AND (r.account_id IS NULL OR r.account_id = a.id) AND c.state = 'new')
  AND NOT EXISTS (SELECT 1 FROM stops s WHERE s.workspace_id = a.workspace_id
    AND s.lifted_at IS NULL AND (s.scope = 'workspace'
    OR (s.scope = 'platform' AND s.scope_id = a.platform)
    OR (s.scope = 'account' AND s.scope_id = a.id::text)))
ORDER BY md5(a.id::text || :turn) LIMIT :limit
""")
_ACCOUNT = text(f"""
SELECT a.id, a.workspace_id, a.platform, a.username, a.tier, a.phase, a.timezone, a.light,
  a.health_score, a.is_active, a.daily_action_limit, a.waking_start, a.waking_end,
  a.programme_started_on, {POLICY} AS policy,
  (SELECT c.scopes FROM credentials c WHERE c.account_id = a.id) AS scopes,
  (SELECT count(*) FROM actions x WHERE x.account_id = a.id AND x.status IN {_OPEN}
    AND x.created_at > :month_ago) AS waiting,
  (SELECT json_object_agg(action_type, n) FROM (SELECT x.action_type, count(*) AS n
    FROM actions x WHERE x.account_id = a.id AND x.created_at >= d.midnight
    AND x.status NOT IN ('blocked','rejected','cancelled','expired') GROUP BY 1) k) AS today
FROM social_accounts a CROSS JOIN LATERAL (SELECT date_trunc('day',
  CAST(:now AS timestamptz) AT TIME ZONE a.timezone) AT TIME ZONE a.timezone AS midnight) d
WHERE a.id = :id
""")
_RULES = text(f"""
SELECT {RULE_COLUMNS}, (SELECT count(*) FROM actions x WHERE x.rule_id = r.id
    AND x.created_at >= date_trunc('day', CAST(:now AS timestamptz) AT TIME ZONE :timezone)
      AT TIME ZONE :timezone AND x.status <> 'blocked') AS used
FROM targeting_criteria r
WHERE r.workspace_id = :workspace AND r.platform = :platform AND r.is_active
  AND (r.account_id IS NULL OR r.account_id = :account)
ORDER BY r.created_at, r.id
""")
_DAY = text("""
SELECT (SELECT json_agg(json_build_object('at', coalesce(x.executed_at, x.scheduled_at),
    'action_id', x.id, 'action_type', x.action_type, 'status', x.status,
    'target_account', x.target_account, 'mode', x.mode, 'by_person', x.approved_by IS NOT NULL,
    'tried', x.fence IS NOT NULL) ORDER BY coalesce(x.executed_at, x.scheduled_at), x.id)
  FROM actions x WHERE x.account_id = :id
    AND coalesce(x.executed_at, x.scheduled_at) >= :start
    AND coalesce(x.executed_at, x.scheduled_at) < :end AND x.created_at > :long_ago
    AND x.status NOT IN ('blocked','rejected','cancelled','expired')) AS actions,
  (SELECT json_agg(json_build_array(kind, span, used)) FROM counters
    WHERE account_id = :id AND window_key IN (:day_key, :hour_key)) AS used
""")


_SAID = text("""
SELECT x.target_data->>'text', a.username FROM actions x
JOIN social_accounts a ON a.id = x.account_id
WHERE x.workspace_id = :workspace AND x.target_data ? 'text' AND x.created_at > :month_ago
ORDER BY x.created_at DESC, x.id DESC LIMIT 60
""")


@dataclass(frozen=True, slots=True)
class Account:
    """One account as the planner needs it."""

    id: UUID
    workspace_id: UUID
    platform: str
    username: str
    tier: str
    phase: str
    timezone: str
    light: str
    health_score: int | None
    is_active: bool
    daily_action_limit: int
    waking_start: int
    waking_end: int
    programme_started_on: date
    scopes: Sequence[str]  # what its owner granted; empty when the platform does not tell
    policy: Policy
    waiting: int  # proposals and tasks that nobody has settled yet
    today: Mapping[str, int]  # by kind: what was proposed since local midnight and still stands

    def limits(self, now: datetime) -> Sequence[Limit]:
        """What holds for it at this instant."""
        return limits(
            self.platform,
            self.phase,
            programme_day(self.programme_started_on, now, self.timezone),
            self.light,
            self.health_score,
            self.daily_action_limit,
            self.policy,
        )


@dataclass(frozen=True, slots=True)
class Day:
    """What is sent or due on one local day, and how much of each limit is used."""

    actions: Sequence[Mapping[str, object]]
    used: Mapping[tuple[str, str], int]


async def list_low(
    tx: Tx, low: int, limit: int, month_ago: datetime
) -> Sequence[tuple[UUID, UUID]]:
    """Accounts with fewer than `low` open proposals, in another order each minute."""
    values = {
        "now": tx.now,
        "month_ago": month_ago,
        "low": low,
        "turn": tx.now.strftime("%H:%M"),
        "limit": limit,
    }
    return [(row[0], row[1]) for row in (await tx.session.execute(_LOW, values)).all()]


async def get_account(tx: Tx, account_id: UUID, month_ago: datetime) -> Account:
    """The account. Raises NOT_FOUND."""
    values = {"id": account_id, "now": tx.now, "month_ago": month_ago}
    row = (await tx.session.execute(_ACCOUNT, values)).mappings().one_or_none()
    if row is None:
        raise not_found("account")
    told = {
        "today": row["today"] or {},
        "scopes": _json(row["scopes"]),
        "policy": policy_in(row["policy"]),
    }
    return Account(**{**row, **told})


async def list_rules(tx: Tx, account: Account) -> Sequence[tuple[Rule, int]]:
    """The account's active rules, each with what is left of its daily budget, oldest first."""
    values = {
        "now": tx.now,
        "timezone": account.timezone,
        "workspace": account.workspace_id,
        "platform": account.platform,
        "account": account.id,
    }
    rows = (await tx.session.execute(_RULES, values)).mappings().all()
    rules = [Rule(**{k: v for k, v in row.items() if k != "used"}) for row in rows]
    return [(rule, rule.daily_budget - row["used"]) for rule, row in zip(rules, rows, strict=True)]


async def list_said(tx: Tx, workspace_id: UUID, month_ago: datetime) -> Sequence[tuple[str, str]]:
    """The newest texts of the workspace's actions, each with its account's name."""
    values = {"workspace": workspace_id, "month_ago": month_ago}
    return [(row[0], row[1]) for row in (await tx.session.execute(_SAID, values)).all()]


async def day_of(
    tx: Tx, account_id: UUID, start: datetime, end: datetime, keys: tuple[str, str]
) -> Day:
    """What happens between `start` and `end`, and the counters under these window keys."""
    values = {
        "id": account_id,
        "start": start,
        "end": end,
        "long_ago": start.replace(year=start.year - 1, day=1),
        "day_key": keys[0],
        "hour_key": keys[1],
    }
    row = (await tx.session.execute(_DAY, values)).one()
    used = {(kind, window): count for kind, window, count in _json(row.used)}
    return Day(_json(row.actions), used)


def _json(value: object) -> list[Any]:
    parsed = orjson.loads(value) if isinstance(value, str | bytes) else value
    return parsed if isinstance(parsed, list) else []


LISTENS = """a.is_active AND a.connected_at IS NOT NULL AND NOT a.needs_reconnect
  AND a.light <> 'red' AND (a.frozen_until IS NULL OR a.frozen_until <= :now)"""
_MAY_LISTEN = text(f"SELECT EXISTS (SELECT FROM social_accounts a WHERE a.id = :id AND {LISTENS})")
_OWN_HANDLES = text(
    "SELECT lower(username) FROM social_accounts"
    " WHERE workspace_id = :workspace AND platform = :platform"
)
_REPLIES = text(
    "SELECT target_handle, count(*) FROM actions WHERE account_id = :account"
    " AND action_type = 'reply' AND target_handle = ANY(CAST(:handles AS text[]))"
    " AND created_at > :since GROUP BY target_handle"
)
_QUIET = text(f"""
SELECT a.workspace_id, a.id FROM social_accounts a
WHERE {LISTENS}
  AND (SELECT count(*) FROM actions x WHERE x.account_id = a.id AND x.action_type = 'reply'
    AND x.status IN ('awaiting_approval', 'awaiting_human', 'approved', 'scheduled')) < :low
ORDER BY md5(a.id::text || :turn) LIMIT :limit
""")


async def list_quiet(tx: Tx, low: int, limit: int) -> Sequence[tuple[UUID, UUID]]:
    """Accounts with fewer than `low` replies waiting, in another order each minute."""
    values = {"now": tx.now, "low": low, "turn": tx.now.strftime("%H:%M"), "limit": limit}
    return [(row[0], row[1]) for row in (await tx.session.execute(_QUIET, values)).all()]


async def may_listen(tx: Tx, account_id: UUID) -> bool:
    """Whether the account is at work: connected, not paused, not frozen, not on red."""
    return bool(await tx.session.scalar(_MAY_LISTEN, {"id": account_id, "now": tx.now}))


async def list_own_handles(tx: Tx, platform: str) -> frozenset[str]:
    """The handles, in lower case, of the workspace's accounts on the platform."""
    values = {"workspace": tx.tenant, "platform": platform}
    return frozenset((await tx.session.scalars(_OWN_HANDLES, values)).all())


async def count_replies(
    tx: Tx, account_id: UUID, handles: Sequence[str], since: datetime
) -> Mapping[str, int]:
    """How many replies the account proposed to each of `handles` (lower case) since then."""
    values = {"account": account_id, "handles": list(handles), "since": since}
    return {row[0]: row[1] for row in (await tx.session.execute(_REPLIES, values)).all()}
