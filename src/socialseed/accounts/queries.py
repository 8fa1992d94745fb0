"""What accounts look like from outside: one statement for a page, the numbers from one table."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from socialseed.accounts import record, verification
from socialseed.core.errors import not_found
from socialseed.core.pagination import decode_position, encode_cursor
from socialseed.identity.policies import POLICY, policy_in
from socialseed.policy.pacing import Limit, limits, window_keys
from socialseed.policy.phases import PhaseFacts, phase_of, programme_day, standing
from socialseed.runtime.tx import Tx

SERIES_DAYS = 30
CHANGE_DAYS = 7

_COLUMNS = f"""
SELECT a.*, {POLICY} AS policy,
  c.account_id IS NOT NULL AS has_tokens, l.next_due, g.name AS egress_name,
  g.state AS egress_state,
  (SELECT json_agg(json_build_array(k.kind, k.span, k.window_key, k.used)) FROM counters k
    WHERE k.account_id = a.id AND k.window_key >= :since_key) AS counters,
  (SELECT json_agg(json_build_array(s.measured_on, s.followers) ORDER BY s.measured_on) FROM
    (SELECT measured_on, followers FROM performance_stats p WHERE p.account_id = a.id
      ORDER BY measured_on DESC LIMIT :days) s) AS series,
  EXISTS (SELECT 1 FROM stops s WHERE s.workspace_id = a.workspace_id AND s.lifted_at IS NULL
    AND (s.scope = 'workspace' OR (s.scope = 'platform' AND s.scope_id = a.platform)
      OR (s.scope = 'account' AND s.scope_id = a.id::text))) AS stopped
FROM social_accounts a
LEFT JOIN credentials c ON c.account_id = a.id
LEFT JOIN lanes l ON l.account_id = a.id
LEFT JOIN egresses g ON g.id = a.egress_id
"""
_PAGE = text(
    _COLUMNS
    + " WHERE (CAST(:platform AS text) IS NULL OR a.platform = :platform)"
    + " AND (CAST(:like AS text) IS NULL OR a.username ILIKE :like OR a.display_name ILIKE :like)"
    + " AND (CAST(:before AS timestamptz) IS NULL"
    + "  OR (a.created_at, a.id) < (CAST(:before AS timestamptz), CAST(:before_id AS uuid)))"
    + " ORDER BY a.created_at DESC, a.id DESC LIMIT :limit"
)
_ONE = text(_COLUMNS + " WHERE a.id = :id")
_HEALTH = text(
    "SELECT a.health_score, a.light,"
    " (SELECT json_build_object('measured_at', h.measured_at, 'parts', h.parts)"
    "   FROM health_metrics h WHERE h.account_id = a.id ORDER BY measured_on DESC LIMIT 1) AS last,"
    " (SELECT json_agg(json_build_object('on', d.measured_on, 'score', d.score)"
    "    ORDER BY d.measured_on) FROM (SELECT measured_on, score FROM health_metrics h"
    "    WHERE h.account_id = a.id ORDER BY measured_on DESC LIMIT :days) d) AS history"
    " FROM social_accounts a WHERE a.id = :id"
)


def _bound(tx: Tx) -> dict[str, object]:
    # Zones are at most a day apart, so the day before in UTC begins every account's today.
    since = (tx.now - timedelta(days=1)).strftime("%Y-%m-%d")
    return {"since_key": since, "days": SERIES_DAYS}


async def page(
    tx: Tx, platform: str | None, q: str | None, limit: int, cursor: str | None
) -> dict[str, object]:
    """The workspace's accounts, newest first. `q` looks in handles and names."""
    before, before_id = decode_position(cursor) if cursor else (None, None)
    values = {
        **_bound(tx),
        "platform": platform,
        "like": f"%{_escaped(q)}%" if q else None,
        "before": before,
        "before_id": before_id,
        "limit": limit + 1,
    }
    rows = (await tx.session.execute(_PAGE, values)).all()
    more = len(rows) > limit
    shown = rows[:limit]
    last = encode_cursor(shown[-1].created_at.isoformat(), str(shown[-1].id)) if more else None
    return {"items": [account_json(row, tx.now) for row in shown], "next_cursor": last}


def _escaped(q: str) -> str:
    return q.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


async def detail(tx: Tx, account_id: UUID) -> dict[str, object]:
    """One account with its phase and limits. Raises NOT_FOUND."""
    values = {**_bound(tx), "id": account_id}
    row = (await tx.session.execute(_ONE, values)).one_or_none()
    if row is None:
        raise not_found("account")
    kept = await record.read(tx, account_id)
    return {
        **account_json(row, tx.now),
        "phase_detail": _phase_json(row, record.phase_facts(row, kept, tx.now)),
        "limits": _limits_json(row, tx.now),
    }


def _phase_json(row: Row[Any], facts: PhaseFacts) -> dict[str, object]:
    policy = policy_in(row.policy)
    here, verdict = standing(facts, policy), phase_of(facts, policy)
    why = [*row.phase_reasons, *here.reasons]
    if verdict.phase != row.phase:
        words = verdict.phase.replace("_", " ")
        why.append(f"With the next measurement it goes to {words}. {verdict.reasons[0]}")
    opens = here.opens_next
    return {
        "phase": row.phase,
        "programme_day": facts.programme_day,
        "started_on": row.programme_started_on,
        "established": row.established,
        "why": list(dict.fromkeys(why)),
        "opens_next": None
        if opens is None
        else {"phase": opens.phase, "on": opens.on, "missing": list(opens.missing)},
        "gates": [
            {
                "code": gate.code,
                "label": gate.label,
                "met": gate.met,
                "is": gate.found,
                "needs": gate.needs,
            }
            for gate in here.gates
        ],
    }


def account_json(row: Row[Any], now: datetime) -> dict[str, object]:
    """The account as every list shows it."""
    series = [(date.fromisoformat(on), followers) for on, followers in row.series or ()]
    whole = next(limit for limit in limits_of(row, now) if limit.window == "day")
    used = _used(row, whole, window_keys(now, row.timezone))
    return {
        "id": row.id,
        "platform": row.platform,
        "username": row.username,
        "display_name": row.display_name,
        "timezone": row.timezone,
        "phase": row.phase,
        "phase_reason": row.phase_reasons,
        "programme_day": programme_day(row.programme_started_on, now, row.timezone),
        "health_score": row.health_score,
        "light": row.light,
        "light_reasons": row.light_reasons,
        "is_active": row.is_active,
        "daily_action_limit": row.daily_action_limit,
        "waking_start": row.waking_start,
        "waking_end": row.waking_end,
        "connected": row.has_tokens and not row.needs_reconnect,
        "works_until": row.works_until,
        "tier": row.tier,
        "created_at": row.created_at,
        "today": {"used": used, "limit": whole.limit, "binds": used >= whole.limit},
        "next_due_at": row.next_due,
        "followers": row.followers,
        "followers_series": [followers for _, followers in series],
        "followers_change": _change(series),
        "needs": _needs(row),
        "egress": None
        if row.egress_id is None
        else {"id": row.egress_id, "name": row.egress_name, "state": row.egress_state},
    }


def _needs(row: Row[Any]) -> str | None:
    if not row.has_tokens:
        return "connect"
    if row.needs_reconnect:
        return "reconnect"
    if row.stopped:
        return "stopped"
    return None if row.is_active else "paused"


def _change(series: Sequence[tuple[date, int]]) -> float | None:
    """The share by which followers grew over the last seven days of the series."""
    if len(series) < 2:
        return None
    last_on, last = series[-1]
    start = last_on - timedelta(days=CHANGE_DAYS)
    earlier = [followers for on, followers in series if on >= start]
    return round((last - earlier[0]) / earlier[0], 4) if earlier[0] else None


def limits_of(row: Row[Any], now: datetime) -> Sequence[Limit]:
    """Every limit that holds for the account now."""
    day = programme_day(row.programme_started_on, now, row.timezone)
    return limits(
        row.platform,
        row.phase,
        day,
        row.light,
        row.health_score,
        row.daily_action_limit,
        policy_in(row.policy),
    )


def _limits_json(row: Row[Any], now: datetime) -> list[Mapping[str, object]]:
    keys = window_keys(now, row.timezone)
    found: list[Mapping[str, object]] = []
    for limit in limits_of(row, now):
        used = _used(row, limit, keys)
        found.append(
            {
                "kind": limit.kind,
                "window": limit.window,
                "limit": limit.limit,
                "used": used,
                "binds": used >= limit.limit,
                "source": limit.source,
                "set_by": limit.set_by,
                "local_on": keys[0],
            }
        )
    return found


def _used(row: Row[Any], limit: Limit, keys: tuple[str, str]) -> int:
    key = keys[0] if limit.window == "day" else keys[1]
    wanted = [limit.kind, limit.window, key]
    return next((used for *found, used in row.counters or () if found == wanted), 0)


async def health(tx: Tx, account_id: UUID) -> dict[str, object]:
    """The last measured health with its parts, and the score of each measured day."""
    values = {"id": account_id, "days": SERIES_DAYS}
    row = (await tx.session.execute(_HEALTH, values)).one_or_none()
    if row is None:
        raise not_found("account")
    last = row.last or {"measured_at": None, "parts": []}
    return {
        "account_id": account_id,
        "score": row.health_score,
        "light": row.light,
        "as_of": last["measured_at"],
        "parts": last["parts"],
        "history": row.history or [],
        "verification": [one.plain() for one in await verification.read(tx, account_id)],
    }
