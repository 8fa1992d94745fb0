"""The JSON of an action, written once in SQL: every list, detail and task is made of it."""


def utc(column: str) -> str:
    """`column` as the one form in which an instant leaves the server: UTC, milliseconds, Z."""
    return f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"


# `x` is the action, `a` its account. PostgreSQL takes at most 50 pairs in one call.
_FIELDS = f"""
  'id', x.id, 'account_id', x.account_id,
  'account', json_build_object('id', a.id, 'platform', a.platform, 'username', a.username,
    'light', a.light, 'phase', a.phase),
  'action_type', x.action_type, 'target_account', x.target_account,
  'target_data', x.target_data, 'content_hash', x.content_hash, 'status', x.status,
  'light', x.light, 'risk_score', x.risk_score, 'reasons', x.reasons, 'to_green', x.to_green,
  'mode', x.mode, 'requires_approval', x.requires_approval,
  'proposed_by', json_build_object('kind', x.proposed_by_kind, 'id', x.proposed_by_id,
    'name', x.proposed_by_name),
  'created_at', {utc("x.created_at")}, 'expires_at', {utc("x.expires_at")},
  'snoozed_until', {utc("x.snoozed_until")}, 'held_until', {utc("x.held_until")},
  'scheduled_at', {utc("x.scheduled_at")}, 'executed_at', {utc("x.executed_at")},
  'settled_at', {utc("x.settled_at")}, 'remote_id', x.remote_id, 'remote_url', x.remote_url,
  'verified', x.verified, 'failure', x.failure, 'replaces', x.replaces,
  'worth', x.worth, 'minutes', round((x.review_seconds / 60)::numeric, 2),
  'deferred_until', {utc("x.deferred_until")}, 'deferred_because', x.deferred_because,
  'autonomy_id', x.autonomy_id, 'audit_sample', x.audit_sample"""

ACTION = f"json_build_object({_FIELDS})"
TASK = f"""json_build_object({_FIELDS}, 'deep_link', x.deep_link,
  'prepared_text', x.target_data->>'text', 'unlocks_at', {utc("x.scheduled_at")},
  'unlocked', x.unlocked_at IS NOT NULL)"""

SILENT = (
    "EXISTS (SELECT 1 FROM incidents i WHERE i.account_id = x.account_id"
    " AND i.kind = 'silent_failure' AND i.action_type = x.action_type AND i.closed_at IS NULL)"
)
# What an unfinished action waits for, in the order in which it would be held.
_WAITS = f"""CASE x.status
  WHEN 'awaiting_approval' THEN CASE WHEN x.snoozed_until > :now
    THEN 'Snoozed until ' || {utc("x.snoozed_until")} ELSE 'A person''s decision' END
  WHEN 'awaiting_human' THEN CASE WHEN x.unlocked_at IS NOT NULL
    THEN 'A person, to do it by hand' WHEN x.scheduled_at > :now
    THEN 'Its paced time, ' || {utc("x.scheduled_at")} ELSE 'The open task of its account' END
  WHEN 'outcome_unknown' THEN CASE WHEN x.deadline_at IS NULL
    THEN 'A person, to say what came of it' ELSE 'The next reading back' END
  WHEN 'executing' THEN 'The platform''s answer'
  WHEN 'scheduled' THEN CASE
    WHEN EXISTS (SELECT 1 FROM stops s WHERE s.workspace_id = x.workspace_id
      AND s.lifted_at IS NULL AND (s.scope = 'workspace'
        OR (s.scope = 'platform' AND s.scope_id = x.platform)
        OR (s.scope = 'account' AND s.scope_id = x.account_id::text)))
      THEN 'The emergency stop to be lifted'
    WHEN NOT a.is_active THEN 'The account to be resumed'
    WHEN a.connected_at IS NULL THEN 'The account to be connected'
    WHEN a.needs_reconnect THEN 'The account to be connected again'
    WHEN {SILENT} THEN 'A person, to look at a silent failure'
    WHEN a.frozen_until > :now THEN 'The account''s rest until ' || {utc("a.frozen_until")}
    ELSE 'Its time, ' || {utc("x.scheduled_at")} END
  END"""

DETAIL = f"""json_build_object({_FIELDS},
  'deep_link', x.deep_link, 'waits_for', {_WAITS},
  'timeline', (SELECT coalesce(json_agg(json_build_object('seq', e.seq, 'at', {utc("e.at")},
      'type', e.type, 'actor', json_build_object('kind', e.actor_kind, 'id', e.actor_id,
      'name', e.actor_name), 'sentence', e.sentence, 'data', e.data) ORDER BY e.seq), '[]')
    FROM events e WHERE e.action_id = x.id AND e.workspace_id = x.workspace_id),
  'verdict', (SELECT json_build_object('light', v.light, 'score', v.score,
      'rule_set', v.rule_set, 'facts_digest', v.facts_digest,
      'assessed_at', {utc("v.assessed_at")}, 'stage', v.stage)
    FROM verdicts v WHERE v.action_id = x.id ORDER BY v.assessed_at DESC, v.id DESC LIMIT 1),
  'attempts', (SELECT coalesce(json_agg(json_build_object('n', t.n,
      'started_at', {utc("t.started_at")}, 'ended_at', {utc("t.ended_at")},
      'outcome', t.outcome, 'evidence', t.evidence) ORDER BY t.n), '[]')
    FROM attempts t WHERE t.action_id = x.id),
  'with_person', (SELECT coalesce(json_agg(p.entry), '[]') FROM
    (SELECT json_build_object('action_id', y.id, 'at', {utc("y.created_at")},
      'action_type', y.action_type, 'status', y.status, 'account', b.username,
      'text', y.target_data->>'text') AS entry
     FROM actions y JOIN social_accounts b ON b.id = y.account_id
     WHERE y.workspace_id = x.workspace_id AND y.platform = x.platform
     AND y.target_handle = x.target_handle AND y.id <> x.id
     ORDER BY y.created_at DESC, y.id DESC LIMIT 10) p))"""
