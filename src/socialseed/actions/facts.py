"""Gathers what a verdict depends on: one SQL statement, then pure assembly of `Facts`."""

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
from socialseed.actions.similarity import nearest
from socialseed.connectors.manifest import Manifest
from socialseed.core.errors import not_found
from socialseed.identity.policies import POLICY, policy_in
from socialseed.policy.capabilities.ledger import LEDGER, Ledger, mode_for
from socialseed.policy.capabilities.types import Capability
from socialseed.policy.numbers import Policy
from socialseed.policy.pacing import Limit, limits, window_keys
from socialseed.policy.phases import opens_on_day, programme_day
from socialseed.policy.risk.rules_content import named
from socialseed.policy.risk.rules_pace import LONGEST_RUN, PAUSE
from socialseed.policy.risk.types import Contact, Facts, Use
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
      ORDER BY y.created_at DESC LIMIT 60) x JOIN social_accounts b ON b.id = x.account_id)
"""
_POSTED = """
  EXISTS (SELECT 1 FROM actions y WHERE y.account_id = a.id
    AND y.status = 'succeeded' AND y.remote_id = :post_id)
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
  (SELECT json_build_array(count(*), count(*) FILTER (WHERE outcome <> 'performed')) FROM
    (SELECT outcome FROM attempts t WHERE t.workspace_id = a.workspace_id
      AND t.platform = a.platform AND t.started_at > :half_hour_ago AND t.outcome IS NOT NULL
      AND t.evidence->>'remedy' IS DISTINCT FROM 'wait'
      AND t.evidence->>'code' IS DISTINCT FROM 'egress_down'
      ORDER BY t.started_at DESC LIMIT 20) recent) AS platform_calls,
  (SELECT json_build_array(count(*), count(*) FILTER (WHERE kind = 'rejected')) FROM
    (SELECT kind FROM decisions d WHERE d.account_id = a.id AND kind IN ('approved','rejected')
      ORDER BY decided_at DESC LIMIT 50) answers) AS answers,
  (SELECT json_agg(json_build_array(x.account_id = a.id, b.username, x.action_type, x.status,
      x.at) ORDER BY x.created_at DESC, x.id) FROM
    (SELECT z.*, row_number() OVER (PARTITION BY account_id, action_type
        ORDER BY created_at DESC, id) AS n FROM
      (SELECT id, account_id, action_type, status, created_at,
        coalesce(executed_at, settled_at, created_at) AS at
        FROM actions y WHERE y.workspace_id = a.workspace_id AND y.platform = a.platform
        AND y.target_handle = :handle AND y.id <> :action_id
        AND y.status NOT IN ('rejected','expired','cancelled','blocked','failed')
        ORDER BY y.created_at DESC LIMIT 200) z) x
    JOIN social_accounts b ON b.id = x.account_id WHERE x.n <= 6) AS contacts,
  {{texts}} AS texts,
  (SELECT json_agg(json_build_array(action_type, scheduled_at)) FROM actions y
    WHERE y.account_id = a.id AND y.id <> :action_id
    AND (y.status IN ('scheduled','executing')
      OR (y.status = 'awaiting_human' AND y.scheduled_at > :now))) AS taken,
  p.observed_at, p.followers AS target_followers, p.following AS target_following,
  p.posts AS target_posts, p.do_not_contact_at,
  CASE WHEN cardinality(CAST(:named AS text[])) > 0 THEN
    (SELECT json_agg(q.handle_key ORDER BY q.handle_key) FROM profiles q
      WHERE q.workspace_id = a.workspace_id AND q.platform = a.platform
      AND q.handle_key = ANY(CAST(:named AS text[])) AND q.do_not_contact_at IS NOT NULL) END
    AS left_alone,
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
_LIKE = text(_GATHER.format(texts="NULL", posted="NULL"))
_WRITE = text(_GATHER.format(texts=_TEXTS, posted="NULL"))
_DELETE = text(_GATHER.format(texts="NULL", posted=_POSTED))


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
        counters = _json(self.row.counters) or ()
        row = self.row
        return pace_of(runtime, row.id, row, self.light, self.limits, counters, self.taken)

    @property
    def light(self) -> str:
        """The worse one of the account's and the platform's: its pace follows it."""
        return max(str(self.row.light), self.platform_light, key=_worse)

    @property
    def replay(self) -> tuple[UUID, str | None] | None:
        """The action that this Idempotency-Key made, and the digest of its request."""
        found = _json(self.row.replay)
        return (UUID(found[0]), found[1]) if found else None

    @property
    def duplicate(self) -> tuple[UUID, str] | None:
        """The live or done action towards the same target, and its status."""
        found = _json(self.row.duplicate)
        return (UUID(found[0]), found[1]) if found else None

    @property
    def earned(self) -> Mapping[str, UUID]:
        """The grants held for this kind by light. One incident since then and none is honoured."""
        return {light: UUID(found) for light, found in (_json(self.row.earned) or {}).items()}

    @property
    def troubled(self) -> bool:
        """Whether any call of the account failed within a week."""
        return self.row.trouble_at is not None

    def full(self, action_type: str) -> Use | None:
        """The limit that has nothing left for this kind, the longest one first."""
        uses = [u for u in self.uses if u.kind in ("all", action_type)]
        held = [u for u in (*uses, *self._posters(action_type)) if u.used >= u.limit]
        return max(held, key=lambda use: use.window == "day", default=None)

    def lacks(self, action_type: str) -> tuple[str, ...]:
        """The scopes that a call of this kind needs and the owner did not grant."""
        row = self.row
        return self.ledger.lacks(row.platform, action_type, row.tier, _json(row.scopes) or ())

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
    now = tx.now
    row = (
        await tx.session.execute(
            _gathering(content),
            {
                "account_id": account_id,
                "action_id": action_id or _NO_ACTION,
                "action_type": content.action_type,
                "target_key": content.target_key,
                "handle": (content.target_account or "").lower(),
                "post_id": _post_text(content, "id"),
                "capped": ledger.capped(content.action_type),
                "consent": "publish" if content.action_type in PUBLISHES else "engage",
                "idempotency_key": idempotency_key,
                "since_key": since_key(now),
                "week_key": (now - timedelta(days=7)).strftime("%Y-%m-%d"),
                "month_key": (now - HISTORY).strftime("%Y-%m-%d"),
                "run_since": now - LONGEST_RUN - timedelta(hours=2),
                "pause": PAUSE,
                "named": named(content.text),
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


def _gathering(content: Content) -> TextClause:
    if content.action_type == "delete":
        return _DELETE
    return _LIKE if content.text is None else _WRITE


def _ground(row: Row[tuple[Any, ...]], now: datetime, pace: str, ledger: Ledger) -> Ground:
    policy = policy_in(row.policy)
    found = limits_of(row, row.light, now, policy, pace, ledger)
    return Ground(
        row=row,
        now=now,
        taken=taken_of(row.taken),
        stops=[(scope, reason) for scope, reason in _json(row.stops) or ()],
        limits=found,
        uses=_uses(found, _json(row.counters) or (), window_keys(now, row.timezone)),
        programme_day=programme_day(row.programme_started_on, now, row.timezone),
        platform_light=_platform_light(*(_json(row.platform_calls) or (0, 0))),
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
    counters, taken = _json(row.counters) or (), taken_of(row.taken)
    return pace_of(runtime, row.account_id, row, light, found, counters, taken)


def taken_of(stored: object) -> Sequence[tuple[str, datetime]]:
    """Kind and instant of each in a column `taken`."""
    return [(kind, datetime.fromisoformat(at)) for kind, at in _json(stored) or () if at]


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


def facts_of(
    ground: Ground,
    content: Content,
    mode: str,
    manifest: Manifest,
    *,
    text_room: tuple[int | None, int | None],
    expected_at: datetime | None,
) -> Facts:
    """The facts about this content on this ground. `expected_at` None means: now."""
    row = ground.row
    errors, warnings = _json(row.troubles) or (0, 0)
    likeness, whose = (
        nearest(content.text, _json(row.texts) or ()) if content.text else (None, None)
    )
    found = Facts(
        now=ground.now,
        platform=row.platform,
        action_type=content.action_type,
        capability=capability_of(ground, content.action_type, manifest.performs),
        mode=mode,
        phase=row.phase,
        programme_day=ground.programme_day,
        timezone=row.timezone,
        waking_start=row.waking_start,
        waking_end=row.waking_end,
        connected=row.connected,
        needs_reconnect=row.needs_reconnect,
        is_active=row.is_active,
        account_light=row.light,
        platform_light=ground.platform_light,
        health_score=row.health_score,
        frozen_until=row.frozen_until,
        uses=tuple(u for u in ground.uses if u.kind in ("all", content.action_type)),
        last_action_at=row.last_sent_at,
        actions_last_7_days=row.week,
        errors_last_24h=errors,
        warnings_last_7_days=warnings,
        rejection_share=_share(*(_json(row.answers) or (0, 0))),
        consent=row.consent,
        target_handle=content.target_account,
        target_known=row.observed_at is not None and row.observed_at > ground.now - KNOWN_FOR,
        target_followers=row.target_followers,
        target_following=row.target_following,
        target_posts=row.target_posts,
        do_not_contact=row.do_not_contact_at is not None,
        contacts=_contacts(_json(row.contacts) or ()),
        text=content.text,
        text_limit=text_room[1],
        text_length=text_room[0],
        text_similarity=likeness,
        similar_account=None if whose == row.username else whose,
        media_url=next(iter(content.media), None),
        summoned=_flag(content, "summoned"),
        expected_at=expected_at,
        own_post=own_post(ground, content),
        posters=row.posters,
        platform_name=manifest.name,
    )
    return _with_history(found, ground, content.action_type)


def _with_history(found: Facts, ground: Ground, action_type: str) -> Facts:
    row = ground.row
    active_days, usual, spread = _json(row.history) or (0, None, None)
    return replace(
        found,
        missing_scopes=ground.lacks(action_type),
        active_days=active_days,
        usual_day=usual,
        usual_spread=spread,
        running_since=row.running_since,
        silent=row.silent,
        opens_on_day=opens_on_day(row.platform, ground.policy),
        mentions_left_alone=tuple(_json(row.left_alone) or ()),
        contact_again_days=ground.policy.count("contact.again_after_days"),
        contact_crowd=ground.policy.count("contact.crowd"),
        contact_others_days=ground.policy.count("contact.others_within_days"),
    )


def _worse(light: str) -> int:
    # A light that is not known is as bad as red.
    return _LIGHTS.index(light) if light in _LIGHTS else len(_LIGHTS)


def capability_of(ground: Ground, action_type: str, performs: frozenset[str]) -> Capability | None:
    """The ledger's row for this account's platform and tier, as it holds for what we can do."""
    return ground.ledger.holding(ground.row.platform, action_type, ground.row.tier, performs)


def mode_of(ground: Ground, content: Content, performs: frozenset[str]) -> str:
    """`api` or `human`. What the ledger forbids is `api`: it is blocked before anything is sent."""
    capability = capability_of(ground, content.action_type, performs)
    mode = mode_for(capability, _flag(content, "summoned"), own_post(ground, content))
    return "human" if mode == "human" else "api"


def own_post(ground: Ground, content: Content) -> bool | None:
    """Whether the target is a post of the account itself; None when its author is not known."""
    author = _post_text(content, "author")
    if author is None:
        return True if ground.row.posted_by_us else None
    return author.lstrip("@").lower() == str(ground.row.username).lower()


def _contacts(found: Sequence[Sequence[Any]]) -> Sequence[Contact]:
    return tuple(
        Contact(same, account, kind, status, datetime.fromisoformat(at))
        for same, account, kind, status, at in found
    )


def _share(answers: int, rejected: int) -> float | None:
    return None if answers < 10 else round(rejected / answers, 3)


def _text(content: Content, key: str) -> str | None:
    value = content.target_data.get(key)
    return value if isinstance(value, str) else None


def _post_text(content: Content, key: str) -> str | None:
    post = content.target_data.get("post")
    value = post.get(key) if isinstance(post, dict) else None
    return value if isinstance(value, str) else None


def _flag(content: Content, key: str) -> bool | None:
    value = content.target_data.get(key)
    return value if isinstance(value, bool) else None


def _json(value: object) -> Any:  # noqa: ANN401 - plain JSON
    return orjson.loads(value) if isinstance(value, str | bytes) else value
