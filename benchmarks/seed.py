"""Rows in bulk, as the services would have left them: workspaces, people, accounts, actions."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg

from socialseed.core.ids import uuid7
from socialseed.identity.tokens import Claims, issue_access
from socialseed.runtime.keyring import new_wrapped_key
from socialseed.runtime.runtime import Runtime

# A version 7 id in SQL: milliseconds first, so that indexes fill as they do in production.
UUID7 = (
    "(lpad(to_hex(CAST(extract(epoch FROM {at}) * 1000 AS bigint)), 12, '0') || '7'"
    " || substr(md5(random()::text), 1, 3) || '8' || substr(md5(random()::text), 1, 15))::uuid"
)
_ACCOUNTS = (
    "INSERT INTO social_accounts (id, workspace_id, platform, username, display_name, timezone,"
    " tier, phase, programme_started_on, health_score, daily_action_limit, waking_start,"
    " waking_end, connected_at, followers, following, posts, created_at, updated_at)"
    f" SELECT {UUID7.format(at='made.at')}, w.id, 'twitter',"
    " 'studio_' || w.n || '_' || k, 'Studio ' || k, 'UTC', 'enterprise', 'phase_3',"
    " CAST($1 AS date) - 120, 95, 1000, 0, 24, $1, 1000 + k, 300, 120, made.at, made.at"
    " FROM (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM workspaces) w,"
    " generate_series(0, $2 - 1) k,"
    " LATERAL (SELECT CAST($1 AS timestamptz) - k * interval '1 minute' AS at) made"
)
_LANES = "INSERT INTO lanes (account_id, workspace_id) SELECT id, workspace_id FROM social_accounts"
# Measured a moment ago, so that no worker sets out to measure during a run.
_MEASURED = (
    "INSERT INTO health_metrics (account_id, measured_on, workspace_id, score, light, parts,"
    " measured_at) SELECT id, CAST($1 AS date), workspace_id, 95, 'green', '[]', $1"
    " FROM social_accounts"
)
_STATS = (
    "INSERT INTO performance_stats (account_id, measured_on, workspace_id, followers, following,"
    " posts, gained, lost, engagements, measured_at) SELECT a.id, CAST($1 AS date) - d,"
    " a.workspace_id, 1000 - 3 * d, 300, 120, 5, 2, 40 + d % 7, $1"
    " FROM social_accounts a, generate_series(0, $2 - 1) d"
)
_REASONS = """[
 {"code": "target_unknown", "effect": "raise", "weight": 15, "sentence":
  "We know little about this person, so nobody can tell whether a word from you is welcome.",
  "evidence": null, "clears": "After the person's profile was looked at."},
 {"code": "pace_rising", "effect": "raise", "weight": 10, "sentence":
  "The account does more today than on any of the last seven days.",
  "evidence": "24 against 18", "clears": "Tomorrow."},
 {"code": "reply_expected", "effect": "info", "weight": 0, "sentence":
  "The person asked a question under your post.", "evidence": null, "clears": null}]"""
_ACTIONS = (
    "INSERT INTO actions (id, workspace_id, account_id, platform, action_type, target_account,"
    " target_data, content_hash, target_key, status, mode, requires_approval, light, risk_score,"
    " reasons, to_green, rule_set, facts_digest, assessed_at, proposed_by_kind, proposed_by_name,"
    " expires_at, approved_at, approved_by, approved_hash, executed_at, settled_at, remote_id,"
    f" verified, deadline_at, created_at) SELECT {UUID7.format(at='made.at')}, a.workspace_id,"
    " a.id, a.platform, 'reply', 'person_' || k % 997, json_build_object('text',"
    " 'Thank you for asking! We open at eight and the first loaves are ready by nine. ' || k,"
    " 'post', json_build_object('id', 'p' || k, 'author', 'person_' || k % 997, 'text',"
    " 'When do you open on Saturdays, and do you keep a loaf for late risers?',"
    " 'url', 'https://x.com/person/status/' || k), 'summoned', true),"
    " hash.of, 'post:' || $3 || k, $3, 'api', true,"
    " (ARRAY['green','green','green','green','green','green','green','yellow','yellow','red'])"
    " [1 + k % 10], k % 100, $4::jsonb, '[\"wait 3 h 10 m\"]', 'rules-1', hash.of, made.at,"
    " 'planner', 'Planner', CASE WHEN open THEN $1 + interval '3 days' END,"
    " CASE WHEN NOT open THEN made.at END, CASE WHEN NOT open THEN m.user_id END,"
    " CASE WHEN NOT open THEN hash.of END, CASE WHEN NOT open THEN made.at END,"
    " CASE WHEN NOT open THEN made.at END, CASE WHEN NOT open THEN 'r' || k END,"
    " CASE WHEN NOT open THEN true END, CASE WHEN open THEN $1 + interval '3 days' END, made.at"
    " FROM social_accounts a"
    " JOIN LATERAL (SELECT user_id FROM memberships m WHERE m.workspace_id = a.workspace_id"
    " LIMIT 1) m ON true, generate_series(1, $2) k,"
    " LATERAL (SELECT CAST($1 AS timestamptz) - interval '2 days' * k / $2 AS at) made,"
    " LATERAL (SELECT md5(a.id::text || k) || md5(k::text) AS of) hash,"
    " LATERAL (SELECT $3 = 'awaiting_approval' AS open) state"
)
_VERDICTS = (
    f"INSERT INTO verdicts SELECT {UUID7.format(at='x.created_at')}, x.workspace_id, x.id,"
    " 'propose', x.created_at, x.light, x.risk_score, x.rule_set, x.facts_digest, '{}', x.reasons"
    " FROM actions x WHERE x.id = ANY($1::uuid[])"
)
_EVENTS = (
    "SELECT append_events(workspace_id, $1, 'planner', NULL, 'Planner', jsonb_agg("
    "json_build_object('type', kind, 'sentence', 'Proposed to reply to a person.', 'account_id',"
    " account_id, 'action_id', x.id, 'data', json_build_object('status', status, 'light', light,"
    " 'action_type', action_type, 'target_account', target_account)))) FROM actions x,"
    " unnest(ARRAY['action.proposed', 'action.assessed']) kind"
    " WHERE x.id = ANY($2::uuid[]) GROUP BY workspace_id"
)


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in."""

    user: UUID
    session: UUID
    workspace: UUID

    def token(self, runtime: Runtime) -> str:
        """An access token that works for ten minutes from now."""
        claims = Claims(self.user, self.session, self.workspace, "Mia")
        return issue_access(runtime, claims, runtime.clock.now())


async def people(
    runtime: Runtime, connection: asyncpg.Connection, workspaces: int, each: int
) -> list[Person]:
    """`workspaces` new workspaces with `each` owners, signed in, who consent to everything."""
    now = datetime.now(UTC)
    names = [uuid7(now) for _ in range(workspaces)]
    found = [Person(uuid7(now), uuid7(now), name) for name in names for _ in range(each)]
    await connection.executemany(
        "INSERT INTO workspaces (id, name, wrapped_key, created_at) VALUES ($1, 'Studio', $2, $3)",
        [(name, new_wrapped_key(runtime.master_key, name), now) for name in names],
    )
    await connection.executemany(
        "INSERT INTO users (id, email, password_hash, display_name, created_at)"
        " VALUES ($1, $1::uuid::text || '@example.com', '', 'Mia', $2)",
        [(one.user, now) for one in found],
    )
    await connection.executemany(
        "INSERT INTO memberships (workspace_id, user_id, role, joined_at)"
        " VALUES ($1, $2, 'owner', $3)",
        [(one.workspace, one.user, now) for one in found],
    )
    await connection.executemany(
        "INSERT INTO sessions (id, user_id, workspace_id, user_agent, created_at, last_seen_at,"
        " expires_at) VALUES ($1, $2, $3, 'bench', $4, $4, $5)",
        [(one.session, one.user, one.workspace, now, now + timedelta(days=1)) for one in found],
    )
    await connection.execute(
        "INSERT INTO consents (workspace_id, kind, granted, user_id, at) SELECT DISTINCT ON"
        " (workspace_id, kind) workspace_id, kind, true, user_id, $1::timestamptz FROM memberships,"
        " unnest(ARRAY['publish', 'engage']) kind",
        now,
    )
    return found


async def accounts(connection: asyncpg.Connection, each: int, *, days: int = 0) -> None:
    """`each` accounts on X in every workspace, in phase 3, measured on the last `days` days."""
    now = datetime.now(UTC)
    await connection.execute(_ACCOUNTS, now, each)
    await connection.execute(_LANES)
    await connection.execute(_MEASURED, now)
    if days:
        await connection.execute(_STATS, now, days)


async def actions(connection: asyncpg.Connection, each: int, status: str) -> None:
    """`each` replies of every account in this status, made over the last two days."""
    await connection.execute(_ACTIONS, datetime.now(UTC), each, status, _REASONS)


async def histories(connection: asyncpg.Connection, ids: list[UUID]) -> None:
    """Each of these actions has a verdict and two events."""
    await connection.execute(_VERDICTS, ids)
    await connection.execute(_EVENTS, datetime.now(UTC), ids)


async def settle_down(connection: asyncpg.Connection) -> None:
    """The database knows its new contents as it would after a night."""
    await connection.execute("VACUUM ANALYZE")
    await connection.execute("CHECKPOINT")
