"""Gathers what a decision about an account and a content hangs on: one SQL statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, TextClause, text

from socialseed.accounts.incidents import AGAINST
from socialseed.actions.content import PUBLISHES, Content
from socialseed.actions.schedule import Pace, pace_of
from socialseed.core.errors import not_found
from socialseed.identity.policies import POLICY, policy_in
from socialseed.policy.capabilities.ledger import LEDGER, Ledger
from socialseed.policy.numbers import Policy
from socialseed.policy.pacing import Limit, limits, window_keys
from socialseed.policy.phases import programme_day
from socialseed.policy.risk.rules_content import named
from socialseed.policy.risk.rules_pace import LONGEST_RUN, PAUSE
from socialseed.policy.risk.types import Use
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx

KNOWN_FOR = timedelta(days=30)
HISTORY = timedelta(days=28)
_LIGHTS = ("green", "yellow", "red")
_NO_ACTION = UUID(int=0)
_OWN = "You, for this account"

_TEXTS = """
  (SELECT json_agg(json_build_array(x.said, b.username)) FROM
    (SELECT y.target_data->>'text' AS said, y.account_id FROM actions y
      WHERE y.workspace_id = a.workspace_id AND y.target_data ? 'text'
      AND y.created_at > :month_ago AND y.id <> :action_id
      AND y.status NOT IN ('rejected','expired','cancelled','blocked','failed')
      ORDER BY y.created_at DESC, y.id DESC LIMIT 60) x
    JOIN social_accounts b ON b.id = x.account_id)
"""
_POSTED = """
  EXISTS (SELECT 1 FROM actions y WHERE y.account_id = a.id
    AND y.status = 'succeeded' AND y.remote_id = :post_id)
"""
_LEFT_ALONE = """
  (SELECT json_agg(q.handle_key ORDER BY q.handle_key) FROM profiles q
    WHERE q.workspace_id = a.workspace_id AND q.platform = a.platform
    AND q.handle_key = ANY(CAST(:named AS text[])) AND q.do_not_contact_at IS NOT NULL)
"""
_GATHER = f"""
SELECT a.id, a.workspace_id, a.platform, a.username, a.timezone, a.tier, a.phase,
  a.programme_started_on, a.health_score, a.light, a.is_active, a.daily_action_limit,
  a.waking_start, a.waking_end, a.connected_at IS NOT NULL AS connected, a.needs_reconnect,
  a.frozen_until, a.resumed_at, l.last_sent_at,
  (SELECT c.scopes FROM credentials c WHERE c.account_id = a.id) AS scopes,
  EXISTS (SELECT 1 FROM egresses g WHERE g.id = a.egress_id AND g.state = 'failing') AS egress_down,
  coalesce((w.settings->>'approval_ttl_hours')::int, 72) AS ttl_hours,
  {POLICY} AS policy,
  (SELECT json_object_agg(g.light, g.id) FROM autonomy_grants g WHERE g.account_id = a.id
    AND g.action_type = :action_type AND g.revoked_at IS NULL AND NOT EXISTS
    (SELECT 1 FROM incidents i WHERE i.account_id = a.id AND i.opened_at >= g.granted_at
      AND {AGAINST})) AS earned,
  (SELECT granted FROM consents c WHERE c.workspace_id = a.workspace_id AND c.kind = :consent)
    AS consent,
  (SELECT json_agg(json_build_array(kind, span, window_key, used)) FROM counters
    WHERE account_id = a.id AND window_key >= :since_key AND kind IN ('all', :action_type))
    AS counters,
  (SELECT coalesce(sum(used), 0)::int FROM counters WHERE account_id = a.id AND kind = 'all'
    AND span = 'day' AND window_key > :week_key) AS week,
  (SELECT json_build_array(count(*), avg(used)::float8, stddev_pop(used)::float8) FROM counters
    WHERE account_id = a.id AND kind = 'all' AND span = 'day' AND used > 0
    AND window_key >= :month_key AND window_key <
      to_char(CAST(:now AS timestamptz) AT TIME ZONE a.timezone, 'YYYY-MM-DD')) AS history,
  (SELECT max(at) FROM (SELECT settled_at AS at, lag(settled_at) OVER (ORDER BY settled_at)
      AS before FROM actions y WHERE y.account_id = a.id AND y.status = 'succeeded'
      AND y.settled_at > :run_since) t
    WHERE before IS NULL OR at - before >= CAST(:pause AS interval)) AS running_since,
  EXISTS (SELECT 1 FROM incidents i WHERE i.account_id = a.id AND i.kind = 'silent_failure'
    AND i.action_type = :action_type AND i.closed_at IS NULL) AS silent,
  (SELECT json_build_array(count(*) FILTER (WHERE started_at > :day_ago),
      count(*) FILTER (WHERE evidence->>'remedy' = 'stop')) FROM attempts
    WHERE account_id = a.id AND outcome <> 'performed' AND started_at > :week_ago
    AND evidence->>'code' IS DISTINCT FROM 'egress_down') AS troubles,
  (SELECT max(started_at) FROM attempts
    WHERE account_id = a.id AND outcome <> 'performed' AND started_at > :week_ago) AS trouble_at,
  (SELECT json_build_array(count(*) FILTER (WHERE settled_at > :day_ago), max(settled_at))
    FROM actions y WHERE y.account_id = a.id AND y.task_outcome = 'blocked'
    AND y.settled_at > :week_ago) AS barred,
  (SELECT y.action_type FROM actions y WHERE y.account_id = a.id AND y.status = 'awaiting_human'
    AND y.unlocked_at IS NOT NULL AND y.id <> :action_id LIMIT 1) AS open_task,
  (SELECT json_build_array(count(*), count(*) FILTER (WHERE outcome <> 'performed')) FROM
    (SELECT outcome FROM attempts t WHERE t.workspace_id = a.workspace_id
      AND t.platform = a.platform AND t.started_at > :half_hour_ago AND t.outcome IS NOT NULL
      AND t.evidence->>'remedy' IS DISTINCT FROM 'wait'
      AND t.evidence->>'code' IS DISTINCT FROM 'egress_down'
      ORDER BY t.started_at DESC, t.id DESC LIMIT 20) recent) AS platform_calls,
  (SELECT json_build_array(count(*), count(*) FILTER (WHERE kind = 'rejected')) FROM
    (SELECT kind FROM decisions d WHERE d.account_id = a.id AND kind IN ('approved','rejected')
      ORDER BY decided_at DESC, id DESC LIMIT 50) answers) AS answers,
  (SELECT json_agg(json_build_array(x.account_id = a.id, b.username, x.action_type, x.status,
      x.at) ORDER BY x.created_at DESC, x.id) FROM
    (SELECT z.*, row_number() OVER (PARTITION BY account_id, action_type
        ORDER BY created_at DESC, id) AS n FROM
      (SELECT id, account_id, action_type, status, created_at,
        coalesce(executed_at, settled_at, created_at) AS at
        FROM actions y WHERE y.workspace_id = a.workspace_id AND y.platform = a.platform
        AND y.target_handle = :handle AND y.id <> :action_id
        AND y.status NOT IN ('rejected','expired','cancelled','blocked','failed')
        ORDER BY y.created_at DESC, y.id DESC LIMIT 200) z) x
    JOIN social_accounts b ON b.id = x.account_id WHERE x.n <= 6) AS contacts,
  {{texts}} AS texts,
  (SELECT json_agg(json_build_array(action_type, scheduled_at)) FROM actions y
    WHERE y.account_id = a.id AND y.id <> :action_id
    AND (y.status IN ('scheduled','executing')
      OR (y.status = 'awaiting_human' AND y.scheduled_at > :now))) AS taken,
  p.observed_at, p.followers AS target_followers, p.following AS target_following,
  p.posts AS target_posts, p.do_not_contact_at,
  {{left_alone}} AS left_alone,
  (SELECT json_agg(json_build_array(s.scope, s.reason)) FROM stops s
    WHERE s.workspace_id = a.workspace_id AND s.lifted_at IS NULL
    AND (s.scope = 'workspace' OR (s.scope = 'platform' AND s.scope_id = a.platform)
      OR (s.scope = 'account' AND s.scope_id = a.id::text))) AS stops,
  (current_setting('fsync') <> 'off' AND current_setting('synchronous_commit') <> 'off'
    AND current_setting('full_page_writes') <> 'off')
    OR current_setting('app.virtual', true) IS NOT DISTINCT FROM 'yes' AS durable,
  coalesce((SELECT confirmed_at IS NOT NULL FROM installation), true) AS confirmed,
  CASE WHEN a.platform || '/' || a.tier = ANY(CAST(:capped AS text[]))
    THEN app_posters(a.platform, a.tier, a.id, :day_ago) END AS posters,
  {{posted}} AS posted_by_us,
  (SELECT json_build_array(id, request_digest) FROM actions
    WHERE workspace_id = a.workspace_id AND idempotency_key = :idempotency_key) AS replay,
  (SELECT json_build_array(id, status) FROM actions y WHERE y.account_id = a.id
    AND y.action_type = :action_type AND y.target_key = :target_key AND y.id <> :action_id
    AND y.status IN ('proposed','awaiting_approval','approved','scheduled','executing',
      'succeeded','awaiting_human','outcome_unknown')) AS duplicate
FROM social_accounts a
JOIN workspaces w ON w.id = a.workspace_id
LEFT JOIN lanes l ON l.account_id = a.id
LEFT JOIN profiles p ON p.workspace_id = a.workspace_id AND p.platform = a.platform
  AND p.handle_key = :handle
WHERE a.id = :account_id
"""
# A statement for each need: with a CASE that most calls skip, PostgreSQL plans the whole of it anew
# for each call, which costs three times as much as running it.
_PARTS = {"texts": "NULL", "posted": "NULL", "left_alone": "NULL"}
_LIKE = text(_GATHER.format(**_PARTS))
_WRITE = text(_GATHER.format(**_PARTS | {"texts": _TEXTS}))
_NAME = text(_GATHER.format(**_PARTS | {"texts": _TEXTS, "left_alone": _LEFT_ALONE}))
_DELETE = text(_GATHER.format(**_PARTS | {"posted": _POSTED}))


@dataclass(frozen=True, slots=True)
class Ground:
    """One account as the database tells it at this instant, with all that surrounds one content."""

    row: Row[tuple[Any, ...]]
    now: datetime
    taken: Sequence[tuple[str, datetime]]  # kind and instant of what waits for its time
    stops: Sequence[tuple[str, str]]
    limits: Sequence[Limit]
    uses: Sequence[Use]
    programme_day: int
    platform_light: str
    ledger: Ledger
    policy: Policy

    @property
    def account_id(self) -> UUID:
        """The account."""
        return UUID(str(self.row.id))

    def pace(self, runtime: Runtime) -> Pace:
        """What its pace hangs on."""
        counters = plain(self.row.counters) or ()
        row = self.row
        return pace_of(runtime, row.id, row, self.light, self.limits, counters, self.taken)

    @property
    def light(self) -> str:
        """The worse one of the account's and the platform's: its pace follows it."""
        return max(str(self.row.light), self.platform_light, key=_worse)

    @property
    def replay(self) -> tuple[UUID, str | None] | None:
        """The action that this Idempotency-Key made, and the digest of its request."""
        found = plain(self.row.replay)
        return (UUID(found[0]), found[1]) if found else None

    @property
    def duplicate(self) -> tuple[UUID, str] | None:
        """The live or done action towards the same target, and its status."""
        found = plain(self.row.duplicate)
        return (UUID(found[0]), found[1]) if found else None

    @property
    def earned(self) -> Mapping[str, UUID]:
        """The grants held for this kind by light. One incident since then and none is honoured."""
        return {light: UUID(found) for light, found in (plain(self.row.earned) or {}).items()}

    @property
    def troubled(self) -> bool:
        """Whether any call of the account failed within a week, or a person was not let through."""
        return self.row.trouble_at is not None or self.barred > 0

    @property
    def barred(self) -> int:
        """How often in a day the platform did not let a person do something by hand."""
        return int((plain(self.row.barred) or (0,))[0])

    def full(self, action_type: str) -> Use | None:
        """The limit that has nothing left for this kind, the longest one first."""
        uses = [u for u in self.uses if u.kind in ("all", action_type)]
        # A person may do the open task at any moment: its unit is as good as used.
        kept = {"all", self.row.open_task} if self.row.open_task else set()
        held = [u for u in uses if u.used + (u.kind in kept) >= u.limit]
        held += [u for u in self._posters(action_type) if u.used >= u.limit]
        return max(held, key=lambda use: use.window == "day", default=None)

    def lacks(self, action_type: str) -> tuple[str, ...]:
        """The scopes that a call of this kind needs and the owner did not grant."""
        row = self.row
        return self.ledger.lacks(row.platform, action_type, row.tier, plain(row.scopes) or ())

    def _posters(self, action_type: str) -> Sequence[Use]:
        row = self.ledger.find(self.row.platform, action_type, self.row.tier)
        if row is None or row.accounts_a_day is None or self.row.posters is None:
            return ()
        most = row.accounts_a_day
        return (Use("posting accounts of the app", "day", self.row.posters, most, row.source),)


async def gather(
    tx: Tx,
    account_id: UUID,
    content: Content,
    *,
    action_id: UUID | None = None,
    idempotency_key: str | None = None,
    pace: str = "natural",
    ledger: Ledger = LEDGER,
) -> Ground:
    """What is known of the account and of this content's target now, in one statement.

    Raises not_found for an account of another workspace. `action_id` is left out of what it counts.
    At the pace `immediate` the account's own daily limit is the only one.
    """
    now, names = tx.now, named(content.text)
    row = (
        await tx.session.execute(
            _gathering(content, names),
            {
                "account_id": account_id,
                "action_id": action_id or _NO_ACTION,
                "action_type": content.action_type,
                "target_key": content.target_key,
                "handle": (content.target_account or "").lower(),
                "post_id": post_text(content, "id"),
                "capped": ledger.capped(content.action_type),
                "consent": "publish" if content.action_type in PUBLISHES else "engage",
                "idempotency_key": idempotency_key,
                "since_key": since_key(now),
                "week_key": (now - timedelta(days=7)).strftime("%Y-%m-%d"),
                "month_key": (now - HISTORY).strftime("%Y-%m-%d"),
                "run_since": now - LONGEST_RUN - timedelta(hours=2),
                "pause": PAUSE,
                "named": names,
                "now": now,
                "half_hour_ago": now - timedelta(minutes=30),
                "day_ago": now - timedelta(days=1),
                "week_ago": now - timedelta(days=7),
                "month_ago": now - KNOWN_FOR,
            },
        )
    ).first()
    if row is None:
        raise not_found("account")
    return _ground(row, now, pace, ledger)


def _gathering(content: Content, names: Sequence[str]) -> TextClause:
    if content.action_type == "delete":
        return _DELETE
    if content.text is None:
        return _LIKE
    return _NAME if names else _WRITE


def _ground(row: Row[tuple[Any, ...]], now: datetime, pace: str, ledger: Ledger) -> Ground:
    policy = policy_in(row.policy)
    found = limits_of(row, row.light, now, policy, pace, ledger)
    return Ground(
        row=row,
        now=now,
        taken=taken_of(row.taken),
        stops=[(scope, reason) for scope, reason in plain(row.stops) or ()],
        limits=found,
        uses=_uses(found, plain(row.counters) or (), window_keys(now, row.timezone)),
        programme_day=programme_day(row.programme_started_on, now, row.timezone),
        platform_light=_platform_light(*(plain(row.platform_calls) or (0, 0))),
        ledger=ledger,
        policy=policy,
    )


def limits_of(
    row: Row[tuple[Any, ...]],
    light: str,
    now: datetime,
    policy: Policy,
    pace: str,
    ledger: Ledger,
) -> Sequence[Limit]:
    """The limits that hold now for the account whose columns `row` has, under this light."""
    found = limits(
        row.platform,
        row.phase,
        programme_day(row.programme_started_on, now, row.timezone),
        light,
        row.health_score,
        row.daily_action_limit,
        policy,
        ledger,
    )
    if pace != "immediate":
        return found
    own = row.daily_action_limit
    return [replace(one, limit=own, source=_OWN, set_by="account") for one in found]


def since_key(now: datetime) -> str:
    """No later than the key of any account's local day that is not over yet."""
    return (now - timedelta(hours=38)).strftime("%Y-%m-%d")


def pace_in(runtime: Runtime, row: Row[tuple[Any, ...]], now: datetime) -> Pace:
    """The pace of the account of an action whose row has its columns, `counters` and `taken`."""
    light, pace = row.account_light, runtime.settings.pace
    found = limits_of(row, light, now, policy_in(row.policy), pace, runtime.ledger)
    counters, taken = plain(row.counters) or (), taken_of(row.taken)
    return pace_of(runtime, row.account_id, row, light, found, counters, taken)


def taken_of(stored: object) -> Sequence[tuple[str, datetime]]:
    """Kind and instant of each in a column `taken`."""
    return [(kind, datetime.fromisoformat(at)) for kind, at in plain(stored) or () if at]


def _uses(
    found: Sequence[Limit], counters: Sequence[Sequence[Any]], keys: tuple[str, str]
) -> Sequence[Use]:
    key_of: Mapping[str, str] = {"day": keys[0], "hour": keys[1]}
    used = {
        (kind, window): count for kind, window, key, count in counters if key_of.get(window) == key
    }
    return tuple(
        Use(one.kind, one.window, used.get((one.kind, one.window), 0), one.limit, one.source)
        for one in found
    )


def _platform_light(calls: int, failed: int) -> str:
    # Of the last 20 calls in half an hour: a third failing is yellow, two thirds are red.
    if calls < 6 or failed * 3 < calls:
        return "green"
    return "red" if failed * 3 >= calls * 2 else "yellow"


def _worse(light: str) -> int:
    # A light that is not known is as bad as red.
    return _LIGHTS.index(light) if light in _LIGHTS else len(_LIGHTS)


def post_text(content: Content, key: str) -> str | None:
    """A text about the post that the content is about; None when it is not known."""
    post = content.target_data.get("post")
    value = post.get(key) if isinstance(post, dict) else None
    return value if isinstance(value, str) else None


def plain(value: object) -> Any:  # noqa: ANN401 - plain JSON
    """What a JSON column holds, however the driver gave it."""
    return orjson.loads(value) if isinstance(value, str | bytes) else value
