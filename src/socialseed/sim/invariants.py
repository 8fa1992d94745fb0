"""What must hold at any time: our database against the platforms' own journal.

I1 one unproven call per action. I2 nobody is forgotten. I3 what we say of an outcome is so. I4 no
limit is passed. I5 stops hold. I6 one in flight per account, in order. I7 only what was approved.
I8 the audit chain verifies. I11 nothing crosses workspaces.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import asyncpg
import orjson

from socialseed.core.clock import SystemClock

Stamp = Literal["wall", "at"]
WRITES = frozenset(
    {
        *("publish_text", "publish_image", "publish_video", "publish_carousel"),
        *("comment", "reply", "like", "unlike", "follow", "unfollow", "repost", "delete"),
    }
)
SETUP = "setup"  # the idempotency key of calls that a test itself makes
WEB = "web"  # how the journal names what a person pressed on a page
OPEN = frozenset({"scheduled", "outcome_unknown", "awaiting_approval", "awaiting_human"})
FINAL = frozenset({"succeeded", "failed", "rejected", "expired", "cancelled", "blocked"})
MAY_APPROVE = frozenset({"owner", "admin", "approver"})
IN_FLIGHT_SLACK = timedelta(milliseconds=5)  # two processes stamp an end and the next beginning

_ACTIONS = """
SELECT x.id::text, x.workspace_id::text AS workspace, x.account_id::text AS account, x.status,
  x.mode, x.action_type, x.content_hash, x.scheduled_at,
  x.executed_at, x.target_data->>'text' AS text, a.username, a.workspace_id::text AS owner,
  x.autonomy_id::text AS autonomy, EXISTS (SELECT 1 FROM autonomy_grants g
    WHERE g.id = x.autonomy_id AND g.account_id = x.account_id AND g.action_type = x.action_type
    AND (g.revoked_at IS NULL OR g.revoked_at > x.executed_at)) AS earned
FROM actions x JOIN social_accounts a ON a.id = x.account_id
"""
_ATTEMPTS = """
SELECT action_id::text AS action, account_id::text AS account, workspace_id::text AS workspace, n,
  started_at, ended_at, outcome FROM attempts ORDER BY started_at, n
"""
_DECISIONS = """
SELECT d.action_id::text AS action, d.workspace_id::text AS workspace, d.kind, d.content_hash,
  d.actor_kind, d.decided_at, d.reason, m.role FROM decisions d
LEFT JOIN memberships m ON m.user_id = d.actor_id AND m.workspace_id = d.workspace_id
"""
_COUNTERS = "SELECT account_id::text AS account, kind, span, used, ceiling FROM counters"
_CHAIN = """
SELECT workspace_id::text AS workspace, seq FROM (
  SELECT e.*, lag(hash, 1, ''::bytea) OVER w AS before, lag(seq, 1, 0) OVER w AS last
  FROM events e WINDOW w AS (PARTITION BY workspace_id ORDER BY seq)) linked
WHERE seq <> last + 1 OR hash <> sha256(before || convert_to(event_text(seq, at, actor_kind,
  actor_id, actor_name, jsonb_build_object('type', type, 'account_id', account_id::text,
  'action_id', action_id::text, 'sentence', sentence, 'data', data)), 'UTF8'))
UNION ALL
SELECT h.workspace_id::text, h.seq FROM event_heads h
LEFT JOIN events e ON e.workspace_id = h.workspace_id AND e.seq = h.seq
WHERE h.seq > 0 AND e.hash IS DISTINCT FROM h.hash
"""
_STARTED_UNDER_STOP = """
SELECT e.workspace_id::text AS workspace, e.seq FROM events e
JOIN social_accounts a ON a.id = e.account_id
JOIN events s ON s.workspace_id = e.workspace_id AND s.type = 'stop.set' AND s.seq < e.seq
WHERE e.type = 'action.started'
  AND (s.data->>'scope' = 'workspace' OR s.data->>'scope_id' IN (a.id::text, a.platform))
  AND NOT EXISTS (SELECT 1 FROM events l WHERE l.workspace_id = s.workspace_id
    AND l.type = 'stop.lifted' AND l.seq > s.seq AND l.seq < e.seq
    AND l.data->>'stop_id' = s.data->>'stop_id')
"""
_STRANGERS = """
SELECT 'attempt', t.id FROM attempts t JOIN actions x ON x.id = t.action_id
  WHERE (t.workspace_id, t.account_id) <> (x.workspace_id, x.account_id)
UNION ALL SELECT 'verdict', v.id FROM verdicts v JOIN actions x ON x.id = v.action_id
  WHERE v.workspace_id <> x.workspace_id
UNION ALL SELECT 'decision', d.id FROM decisions d JOIN actions x ON x.id = d.action_id
  WHERE (d.workspace_id, d.account_id) <> (x.workspace_id, x.account_id)
UNION ALL SELECT 'event', e.action_id FROM events e JOIN actions x ON x.id = e.action_id
  WHERE e.workspace_id <> x.workspace_id
UNION ALL SELECT 'counter', c.account_id FROM counters c
  JOIN social_accounts a ON a.id = c.account_id WHERE c.workspace_id <> a.workspace_id
"""

Row = Any  # asyncpg.Record
Entry = dict[str, Any]  # as the journal tells it


@dataclass
class Report:
    """What was found. `counts`: statuses, outcomes, `performed`, `calls`, `unknown`, ..."""

    violations: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def wrong(self, invariant: str, sentence: str) -> None:
        """One more violation."""
        self.violations.append(f"{invariant}: {sentence}")


@dataclass
class _State:
    actions: dict[str, Row]
    attempts: dict[str, list[Row]]
    decisions: dict[str, list[Row]]
    counters: Sequence[Row]
    calls: dict[str, list[Entry]]

    def performed(self, action: str) -> list[Entry]:
        return [e for e in self.calls.get(action, []) if e["outcome"] == "performed"]


def read_journal(path: Path) -> list[Entry]:
    """Every whole line of the journal; a half-written last one is left out."""
    lines = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
    return [orjson.loads(line) for line in lines]


def writes(entries: Iterable[Entry]) -> list[Entry]:
    """The calls that would change the world, without those that a test itself made."""
    return [e for e in entries if e["verb"] in WRITES and e["idempotency_key"] != SETUP]


async def check(
    database_url: str,
    journal: Path,
    *,
    lease_seconds: float,
    quiet: bool = True,
    now: datetime | None = None,
    stamp: Stamp = "wall",
) -> Report:
    """The violations and counts. `quiet`: nothing may be in flight any more.

    `now` and `stamp` tell the clock that the product ran by: the machine's and the journal's
    `wall`, or a virtual one, which the sandbox followed in `at`.
    """
    report, present = Report(), now or SystemClock().now()
    connection = await asyncpg.connect(database_url)
    try:
        state = await _load(connection, journal)
        _at_most_once(report, state)
        _nobody_forgotten(report, state, present - timedelta(seconds=lease_seconds + 30), quiet)
        _what_we_say_is_so(report, state)
        _within_limits(report, state)
        await _stops_hold(connection, report)
        _one_at_a_time(report, state)
        _approved(report, state, stamp)
        await _chain_holds(connection, report)
        await _nothing_crosses(connection, report, state)
    finally:
        await connection.close()
    return report


async def _load(connection: asyncpg.Connection, journal: Path) -> _State:
    calls: dict[str, list[Entry]] = defaultdict(list)
    for entry in writes(read_journal(journal)):
        if entry.get("via") != WEB:
            calls[str(entry["idempotency_key"])].append(entry)
    attempts: dict[str, list[Row]] = defaultdict(list)
    for row in await connection.fetch(_ATTEMPTS):
        attempts[row["action"]].append(row)
    decisions: dict[str, list[Row]] = defaultdict(list)
    for row in await connection.fetch(_DECISIONS):
        decisions[row["action"]].append(row)
    actions = {row["id"]: row for row in await connection.fetch(_ACTIONS)}
    return _State(actions, attempts, decisions, await connection.fetch(_COUNTERS), calls)


def _at_most_once(report: Report, state: _State) -> None:
    for action, entries in state.calls.items():
        report.counts["calls"] += len(entries)
        done = state.performed(action)
        report.counts["performed"] += len(done)
        tried = state.attempts.get(action, [])
        unproven = [t for t in tried if t["outcome"] != "not_performed"]
        if len(done) > 1:
            report.wrong("I1", f"{action} was performed {len(done)} times")
        if len(entries) > len(tried):
            report.wrong("I1", f"{action} was called {len(entries)} times in {len(tried)} attempts")
        if len(unproven) > 1:
            report.wrong("I1", f"{action} has {len(unproven)} attempts without proof")


def _nobody_forgotten(report: Report, state: _State, oldest: datetime, quiet: bool) -> None:
    for action, row in state.actions.items():
        status = row["status"]
        report.counts[status] += 1
        if status == "executing":
            if quiet or row["executed_at"] < oldest:
                report.wrong("I2", f"{action} is executing since {row['executed_at']}")
        elif status not in OPEN | FINAL:
            report.wrong("I2", f"{action} is left {status}")
    for tried in state.attempts.values():
        report.counts.update(f"attempt_{t['outcome']}" for t in tried)
        report.counts["retried"] += len(tried) > 1


def _what_we_say_is_so(report: Report, state: _State) -> None:
    for action, row in state.actions.items():
        if row["mode"] != "api":
            continue
        done = len(state.performed(action))
        if row["status"] == "succeeded" and not done:
            report.wrong("I3", f"{action} succeeded, but the platform never performed it")
        if row["status"] != "succeeded" and row["status"] not in OPEN | {"executing"} and done:
            report.wrong("I3", f"{action} is {row['status']}, but the platform performed it")
        if row["status"] in ("scheduled", "awaiting_approval", "awaiting_human") and done:
            report.wrong("I3", f"{action} is {row['status']} again after it was performed")


def _within_limits(report: Report, state: _State) -> None:
    used: Counter[tuple[str, str]] = Counter()
    for row in state.counters:
        if row["used"] > row["ceiling"]:
            report.wrong("I4", f"{row['account']} used {row['used']} of {row['ceiling']}")
        if row["span"] == "day":
            used[row["account"], row["kind"]] += row["used"]
    sent: Counter[tuple[str, str]] = Counter()
    for action in state.calls:
        row = state.actions.get(action)
        if row is not None and state.performed(action):
            sent[row["account"], row["action_type"]] += 1
            sent[row["account"], "all"] += 1
    for key, count in sent.items():
        if used[key] < count:
            report.wrong("I4", f"{key} sent {count}, its counter says {used[key]}")


async def _stops_hold(connection: asyncpg.Connection, report: Report) -> None:
    rows = await connection.fetch(_STARTED_UNDER_STOP)
    for row in rows:
        report.wrong("I5", f"event {row['seq']} of {row['workspace']} started under a stop")
    report.counts["stops"] = await connection.fetchval(
        "SELECT count(*) FROM events WHERE type = 'stop.set'"
    )


def _one_at_a_time(report: Report, state: _State) -> None:
    lanes: dict[str, list[Row]] = defaultdict(list)
    for tried in state.attempts.values():
        for attempt in tried:
            lanes[attempt["account"]].append(attempt)
    for account, tried in lanes.items():
        tried.sort(key=lambda one: one["started_at"])
        for before, after in pairwise(tried):
            if before["ended_at"] is None or (
                before["ended_at"] > after["started_at"] + IN_FLIGHT_SLACK
            ):
                report.wrong("I6", f"{account} had two in flight at {after['started_at']}")
    _in_order(report, state)


def _in_order(report: Report, state: _State) -> None:
    """Calls of one account come in the order of the schedule; a retry has a new place in it."""
    called: dict[str, list[tuple[int, datetime, str]]] = defaultdict(list)
    for action, entries in state.calls.items():
        row, done = state.actions.get(action), state.performed(action)
        if row is not None and done and row["scheduled_at"] and len(entries) == 1:
            called[row["account"]].append((int(done[0]["n"]), row["scheduled_at"], action))
    for account, calls in called.items():
        calls.sort()
        order = [(at, action) for _, at, action in calls]
        if order != sorted(order):
            report.wrong("I6", f"{account} was not served in the order of its schedule")


def _approved(report: Report, state: _State, stamp: Stamp) -> None:
    for action, entries in state.calls.items():
        row = state.actions.get(action)
        if row is None:
            report.wrong("I7", f"a call with the key {action} belongs to no action")
            continue
        first = min(datetime.fromisoformat(e[stamp]) for e in entries)
        if not any(_allows(row, d, first) for d in state.decisions.get(action, [])):
            report.wrong("I7", f"{action} was called without an approval of its content")
        for entry in entries:
            if "text_sha256" in entry and entry["text_sha256"] != _sha(row["text"]):
                report.wrong("I7", f"{action} said something else than was approved")


def _allows(row: Row, decision: Row, first: datetime) -> bool:
    if decision["content_hash"] != row["content_hash"]:
        return False
    # The journal shows milliseconds.
    if decision["decided_at"] > first + timedelta(milliseconds=1):
        return False
    if decision["kind"] == "auto_approved":
        named = row["autonomy"] is None or (row["earned"] and row["autonomy"] in decision["reason"])
        return bool(decision["actor_kind"] == "system" and decision["reason"] and named)
    by_person = decision["kind"] == "approved" and decision["actor_kind"] == "user"
    return bool(by_person and decision["role"] in MAY_APPROVE)


def _sha(text: str | None) -> str:
    return hashlib.sha256((text or "").encode()).hexdigest()


async def _chain_holds(connection: asyncpg.Connection, report: Report) -> None:
    for row in await connection.fetch(_CHAIN):
        report.wrong("I8", f"the audit chain of {row['workspace']} breaks at {row['seq']}")
    report.counts["events"] = await connection.fetchval("SELECT count(*) FROM events")


async def _nothing_crosses(connection: asyncpg.Connection, report: Report, state: _State) -> None:
    for row in await connection.fetch(_STRANGERS):
        report.wrong("I11", f"{row[0]} {row[1]} stands in another workspace")
    for action, entries in state.calls.items():
        row = state.actions.get(action)
        if row is None:
            continue
        if row["workspace"] != row["owner"]:
            report.wrong("I11", f"{action} stands in another workspace than its account")
        for entry in entries:
            if str(entry["account"]).lower() != row["username"].lower():
                report.wrong("I11", f"{action} was sent as @{entry['account']}")
