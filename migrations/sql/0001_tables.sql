-- Tables and indexes. Statements are separated by lines that hold only two dashes.
CREATE TABLE heartbeats (
    process TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    detail JSONB NOT NULL,
    CONSTRAINT pk_heartbeats PRIMARY KEY (process)
)
--
CREATE TABLE installation (
    one INTEGER DEFAULT '1' NOT NULL,
    epoch BYTEA NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    confirmed_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_installation PRIMARY KEY (one)
)
--
CREATE TABLE login_failures (
    key_hash BYTEA NOT NULL,
    failures INTEGER NOT NULL,
    first_at TIMESTAMP WITH TIME ZONE NOT NULL,
    blocked_until TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_login_failures PRIMARY KEY (key_hash)
)
--
CREATE INDEX ix_login_failures_first_at ON login_failures (first_at)
--
CREATE UNLOGGED TABLE rate_limits (
    key_digest BYTEA NOT NULL,
    window_start TIMESTAMP WITH TIME ZONE NOT NULL,
    used INTEGER NOT NULL,
    CONSTRAINT pk_rate_limits PRIMARY KEY (key_digest)
)
--
CREATE TABLE users (
    id UUID NOT NULL,
    email TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    display_name TEXT NOT NULL,
    settings JSONB DEFAULT '{}'::jsonb NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_users PRIMARY KEY (id),
    CONSTRAINT uq_users_email UNIQUE (email)
)
--
CREATE TABLE webhook_deliveries (
    id UUID NOT NULL,
    platform TEXT NOT NULL,
    digest BYTEA NOT NULL,
    body BYTEA,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT DEFAULT 'waiting' NOT NULL,
    attempts INTEGER DEFAULT '0' NOT NULL,
    next_at TIMESTAMP WITH TIME ZONE NOT NULL,
    processed_at TIMESTAMP WITH TIME ZONE,
    trouble TEXT,
    CONSTRAINT pk_webhook_deliveries PRIMARY KEY (id),
    CONSTRAINT ck_webhook_deliveries_state CHECK (state IN ('waiting', 'done', 'parked')),
    CONSTRAINT uq_webhook_deliveries_once UNIQUE (platform, digest)
)
--
CREATE INDEX ix_webhook_deliveries_due ON webhook_deliveries (next_at) WHERE state = 'waiting'
--
CREATE INDEX ix_webhook_deliveries_received_at ON webhook_deliveries (received_at)
--
CREATE TABLE webhook_notices (
    platform TEXT NOT NULL,
    key TEXT NOT NULL,
    taken_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_webhook_notices PRIMARY KEY (platform, key)
)
--
CREATE INDEX ix_webhook_notices_taken_at ON webhook_notices (taken_at)
--
CREATE TABLE workspaces (
    id UUID NOT NULL,
    name TEXT NOT NULL,
    settings JSONB DEFAULT '{}'::jsonb NOT NULL,
    wrapped_key BYTEA NOT NULL,
    key_version INTEGER DEFAULT '1' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_workspaces PRIMARY KEY (id)
)
--
CREATE TABLE api_keys (
    id UUID NOT NULL,
    workspace_id UUID NOT NULL,
    name TEXT NOT NULL,
    prefix TEXT NOT NULL,
    key_hash BYTEA NOT NULL,
    created_by UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    last_used_at TIMESTAMP WITH TIME ZONE,
    revoked_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_api_keys PRIMARY KEY (id),
    CONSTRAINT fk_api_keys_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
    CONSTRAINT uq_api_keys_key_hash UNIQUE (key_hash),
    CONSTRAINT fk_api_keys_created_by FOREIGN KEY(created_by) REFERENCES users (id) ON DELETE CASCADE
)
--
CREATE INDEX ix_api_keys_workspace_id ON api_keys (workspace_id)
--
CREATE TABLE consents (
    workspace_id UUID NOT NULL,
    kind TEXT NOT NULL,
    granted BOOLEAN NOT NULL,
    user_id UUID NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_consents PRIMARY KEY (workspace_id, kind),
    CONSTRAINT ck_consents_kind CHECK (kind IN ('publish', 'engage', 'discover', 'ai_drafts')),
    CONSTRAINT fk_consents_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
    CONSTRAINT fk_consents_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
)
--
CREATE TABLE egresses (
    id UUID NOT NULL,
    workspace_id UUID NOT NULL,
    name TEXT NOT NULL,
    preset TEXT NOT NULL,
    scheme TEXT NOT NULL,
    host TEXT NOT NULL,
    port INTEGER NOT NULL,
    country TEXT,
    user_sealed BYTEA,
    password_sealed BYTEA,
    session TEXT NOT NULL,
    state TEXT DEFAULT 'unknown' NOT NULL,
    checked_at TIMESTAMP WITH TIME ZONE,
    last_error TEXT,
    exit_address TEXT,
    version INTEGER DEFAULT '1' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_egresses PRIMARY KEY (id),
    CONSTRAINT ck_egresses_preset CHECK (preset IN ('iproyal', 'smartproxy', 'brightdata', 'custom')),
    CONSTRAINT ck_egresses_scheme CHECK (scheme IN ('http', 'https', 'socks5')),
    CONSTRAINT ck_egresses_state CHECK (state IN ('unknown', 'ok', 'failing')),
    CONSTRAINT ck_egresses_port CHECK (port BETWEEN 1 AND 65535),
    CONSTRAINT fk_egresses_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
)
--
CREATE INDEX ix_egresses_workspace_id_created_at_id ON egresses (workspace_id, created_at, id)
--
CREATE UNIQUE INDEX uq_egresses_name ON egresses (workspace_id, lower(name))
--
CREATE TABLE event_heads (
    workspace_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    CONSTRAINT pk_event_heads PRIMARY KEY (workspace_id),
    CONSTRAINT fk_event_heads_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
)
--
CREATE TABLE events (
    workspace_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    type TEXT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id TEXT,
    actor_name TEXT NOT NULL,
    account_id UUID,
    action_id UUID,
    sentence TEXT NOT NULL,
    data JSONB NOT NULL,
    hash BYTEA NOT NULL,
    CONSTRAINT pk_events PRIMARY KEY (workspace_id, seq),
    CONSTRAINT fk_events_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
)
--
CREATE INDEX ix_events_action_id_seq ON events (action_id, seq)
--
CREATE INDEX ix_events_workspace_id_account_id_seq ON events (workspace_id, account_id, seq)
--
CREATE INDEX ix_events_workspace_id_at ON events (workspace_id, at)
--
CREATE INDEX ix_events_workspace_id_type_seq ON events (workspace_id, type, seq)
--
CREATE TABLE exports (
    id UUID NOT NULL,
    workspace_id UUID NOT NULL,
    user_id UUID NOT NULL,
    status TEXT NOT NULL,
    body BYTEA,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ready_at TIMESTAMP WITH TIME ZONE,
    expires_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_exports PRIMARY KEY (id),
    CONSTRAINT ck_exports_status CHECK (status IN ('queued','ready','failed')),
    CONSTRAINT fk_exports_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
    CONSTRAINT fk_exports_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
)
--
CREATE INDEX ix_exports_workspace_id ON exports (workspace_id)
--
CREATE TABLE invitations (
    workspace_id UUID NOT NULL,
    email TEXT NOT NULL,
    role TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_invitations PRIMARY KEY (workspace_id, email),
    CONSTRAINT fk_invitations_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
)
--
CREATE TABLE memberships (
    workspace_id UUID NOT NULL,
    user_id UUID NOT NULL,
    role TEXT NOT NULL,
    joined_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_memberships PRIMARY KEY (workspace_id, user_id),
    CONSTRAINT ck_memberships_role CHECK (role IN ('owner', 'admin', 'approver', 'viewer')),
    CONSTRAINT fk_memberships_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
    CONSTRAINT fk_memberships_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
)
--
CREATE INDEX ix_memberships_user_id ON memberships (user_id)
--
CREATE TABLE profiles (
    id UUID NOT NULL,
    workspace_id UUID NOT NULL,
    platform TEXT NOT NULL,
    handle TEXT NOT NULL,
    handle_key TEXT GENERATED ALWAYS AS (lower(handle)) STORED NOT NULL,
    remote_id TEXT,
    display_name TEXT,
    bio TEXT,
    url TEXT,
    followers INTEGER,
    following INTEGER,
    posts INTEGER,
    interests JSONB DEFAULT '[]'::jsonb NOT NULL,
    observed_at TIMESTAMP WITH TIME ZONE,
    do_not_contact_at TIMESTAMP WITH TIME ZONE,
    follows_back_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_profiles PRIMARY KEY (id),
    CONSTRAINT fk_profiles_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
)
--
CREATE UNIQUE INDEX uq_profiles_handle ON profiles (workspace_id, platform, handle_key)
--
CREATE TABLE sessions (
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    workspace_id UUID NOT NULL,
    user_agent TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    last_seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    revoked_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_sessions PRIMARY KEY (id),
    CONSTRAINT fk_sessions_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT fk_sessions_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
)
--
CREATE INDEX ix_sessions_user_id ON sessions (user_id)
--
CREATE TABLE stops (
    id UUID NOT NULL,
    workspace_id UUID NOT NULL,
    scope TEXT NOT NULL,
    scope_id TEXT DEFAULT '' NOT NULL,
    reason TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    lifted_at TIMESTAMP WITH TIME ZONE,
    lifted_by TEXT,
    CONSTRAINT pk_stops PRIMARY KEY (id),
    CONSTRAINT ck_stops_scope CHECK (scope IN ('workspace','platform','account')),
    CONSTRAINT fk_stops_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
)
--
CREATE UNIQUE INDEX uq_stops_active ON stops (workspace_id, scope, scope_id) WHERE lifted_at IS NULL
--
CREATE TABLE refresh_tokens (
    token_hash BYTEA NOT NULL,
    session_id UUID NOT NULL,
    issued_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    successor_sealed BYTEA,
    CONSTRAINT pk_refresh_tokens PRIMARY KEY (token_hash),
    CONSTRAINT fk_refresh_tokens_session_id FOREIGN KEY(session_id) REFERENCES sessions (id) ON DELETE CASCADE
)
--
CREATE INDEX ix_refresh_tokens_session_id ON refresh_tokens (session_id)
--
CREATE TABLE social_accounts (
    id UUID NOT NULL,
    workspace_id UUID NOT NULL,
    platform TEXT NOT NULL,
    username TEXT NOT NULL,
    display_name TEXT NOT NULL,
    timezone TEXT NOT NULL,
    tier TEXT NOT NULL,
    phase TEXT DEFAULT 'phase_1' NOT NULL,
    phase_reasons JSONB DEFAULT '[]'::jsonb NOT NULL,
    programme_started_on DATE NOT NULL,
    established BOOLEAN DEFAULT false NOT NULL,
    health_score INTEGER,
    light TEXT DEFAULT 'green' NOT NULL,
    light_reasons JSONB DEFAULT '[]'::jsonb NOT NULL,
    is_active BOOLEAN DEFAULT true NOT NULL,
    daily_action_limit INTEGER NOT NULL,
    waking_start INTEGER DEFAULT '8' NOT NULL,
    waking_end INTEGER DEFAULT '22' NOT NULL,
    remote_id TEXT,
    connected_at TIMESTAMP WITH TIME ZONE,
    works_until TIMESTAMP WITH TIME ZONE,
    needs_reconnect BOOLEAN DEFAULT false NOT NULL,
    followers INTEGER,
    following INTEGER,
    posts INTEGER,
    egress_id UUID,
    frozen_until TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_social_accounts PRIMARY KEY (id),
    CONSTRAINT ck_social_accounts_platform CHECK (platform IN ('tiktok', 'instagram', 'twitter')),
    CONSTRAINT ck_social_accounts_phase CHECK (phase IN ('phase_1', 'phase_2', 'phase_3')),
    CONSTRAINT ck_social_accounts_light CHECK (light IN ('green', 'yellow', 'red')),
    CONSTRAINT ck_social_accounts_daily_action_limit CHECK (daily_action_limit BETWEEN 1 AND 1000),
    CONSTRAINT fk_social_accounts_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
    CONSTRAINT fk_social_accounts_egress_id FOREIGN KEY(egress_id) REFERENCES egresses (id)
)
--
CREATE INDEX ix_social_accounts_egress_id ON social_accounts (egress_id)
--
CREATE INDEX ix_social_accounts_platform_remote_id ON social_accounts (platform, remote_id)
--
CREATE INDEX ix_social_accounts_workspace_id_created_at_id ON social_accounts (workspace_id, created_at, id)
--
CREATE UNIQUE INDEX uq_social_accounts_handle ON social_accounts (workspace_id, platform, lower(username))
--
CREATE TABLE counters (
    account_id UUID NOT NULL,
    kind TEXT NOT NULL,
    span TEXT NOT NULL,
    window_key TEXT NOT NULL,
    workspace_id UUID NOT NULL,
    used INTEGER NOT NULL,
    ceiling INTEGER NOT NULL,
    CONSTRAINT pk_counters PRIMARY KEY (account_id, kind, span, window_key),
    CONSTRAINT ck_counters_within CHECK (used BETWEEN 0 AND ceiling),
    CONSTRAINT fk_counters_account_id FOREIGN KEY(account_id) REFERENCES social_accounts (id) ON DELETE CASCADE,
    CONSTRAINT fk_counters_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
)
--
CREATE TABLE credentials (
    account_id UUID NOT NULL,
    workspace_id UUID NOT NULL,
    access_sealed BYTEA NOT NULL,
    refresh_sealed BYTEA,
    scopes JSONB NOT NULL,
    issued_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE,
    refresh_expires_at TIMESTAMP WITH TIME ZONE,
    refresh_leased_until TIMESTAMP WITH TIME ZONE,
    version INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_credentials PRIMARY KEY (account_id),
    CONSTRAINT fk_credentials_account_id FOREIGN KEY(account_id) REFERENCES social_accounts (id) ON DELETE CASCADE,
    CONSTRAINT fk_credentials_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
)
--
CREATE TABLE health_metrics (
    account_id UUID NOT NULL,
    measured_on DATE NOT NULL,
    workspace_id UUID NOT NULL,
    score INTEGER NOT NULL,
    light TEXT NOT NULL,
    parts JSONB NOT NULL,
    measured_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_health_metrics PRIMARY KEY (account_id, measured_on),
    CONSTRAINT fk_health_metrics_account_id FOREIGN KEY(account_id) REFERENCES social_accounts (id) ON DELETE CASCADE,
    CONSTRAINT fk_health_metrics_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
)
--
CREATE INDEX ix_health_metrics_workspace_id ON health_metrics (workspace_id)
--
CREATE TABLE incidents (
    id UUID NOT NULL,
    workspace_id UUID NOT NULL,
    account_id UUID NOT NULL,
    kind TEXT NOT NULL,
    action_type TEXT DEFAULT '' NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    closed_at TIMESTAMP WITH TIME ZONE,
    sentence TEXT NOT NULL,
    detail JSONB DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT pk_incidents PRIMARY KEY (id),
    CONSTRAINT ck_incidents_kind CHECK (kind IN ('breaker','warning','reconnect','egress')),
    CONSTRAINT fk_incidents_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
    CONSTRAINT fk_incidents_account_id FOREIGN KEY(account_id) REFERENCES social_accounts (id) ON DELETE CASCADE
)
--
CREATE INDEX ix_incidents_account_id_opened_at_id ON incidents (account_id, opened_at, id)
--
CREATE INDEX ix_incidents_workspace_id_opened_at_id ON incidents (workspace_id, opened_at, id)
--
CREATE UNIQUE INDEX uq_incidents_open ON incidents (account_id, kind, action_type) WHERE closed_at IS NULL
--
CREATE TABLE lanes (
    account_id UUID NOT NULL,
    workspace_id UUID NOT NULL,
    next_due TIMESTAMP WITH TIME ZONE,
    leased_until TIMESTAMP WITH TIME ZONE,
    fence BIGINT DEFAULT '0' NOT NULL,
    last_sent_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_lanes PRIMARY KEY (account_id),
    CONSTRAINT fk_lanes_account_id FOREIGN KEY(account_id) REFERENCES social_accounts (id) ON DELETE CASCADE,
    CONSTRAINT fk_lanes_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
)
--
CREATE INDEX ix_lanes_due ON lanes (next_due) WHERE next_due IS NOT NULL
--
CREATE INDEX ix_lanes_leased ON lanes (leased_until) WHERE leased_until IS NOT NULL
--
CREATE TABLE oauth_states (
    state_hash BYTEA NOT NULL,
    workspace_id UUID NOT NULL,
    account_id UUID NOT NULL,
    user_id UUID NOT NULL,
    session_id UUID,
    verifier_sealed BYTEA NOT NULL,
    redirect_uri TEXT NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_oauth_states PRIMARY KEY (state_hash),
    CONSTRAINT fk_oauth_states_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
    CONSTRAINT fk_oauth_states_account_id FOREIGN KEY(account_id) REFERENCES social_accounts (id) ON DELETE CASCADE,
    CONSTRAINT fk_oauth_states_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
)
--
CREATE TABLE performance_stats (
    account_id UUID NOT NULL,
    measured_on DATE NOT NULL,
    workspace_id UUID NOT NULL,
    followers INTEGER NOT NULL,
    following INTEGER NOT NULL,
    posts INTEGER NOT NULL,
    gained INTEGER DEFAULT '0' NOT NULL,
    lost INTEGER DEFAULT '0' NOT NULL,
    engagements INTEGER DEFAULT '0' NOT NULL,
    detail JSONB DEFAULT '{}'::jsonb NOT NULL,
    measured_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_performance_stats PRIMARY KEY (account_id, measured_on),
    CONSTRAINT fk_performance_stats_account_id FOREIGN KEY(account_id) REFERENCES social_accounts (id) ON DELETE CASCADE,
    CONSTRAINT fk_performance_stats_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
)
--
CREATE INDEX ix_performance_stats_workspace_id ON performance_stats (workspace_id)
--
CREATE TABLE quotas (
    account_id UUID NOT NULL,
    endpoint TEXT NOT NULL,
    scope TEXT NOT NULL,
    workspace_id UUID NOT NULL,
    allowed INTEGER,
    remaining INTEGER,
    resets_at TIMESTAMP WITH TIME ZONE,
    told_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_quotas PRIMARY KEY (account_id, endpoint, scope),
    CONSTRAINT ck_quotas_scope CHECK (scope IN ('user','app')),
    CONSTRAINT fk_quotas_account_id FOREIGN KEY(account_id) REFERENCES social_accounts (id) ON DELETE CASCADE,
    CONSTRAINT fk_quotas_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
)
--
CREATE INDEX ix_quotas_workspace_id ON quotas (workspace_id)
--
CREATE TABLE targeting_criteria (
    id UUID NOT NULL,
    workspace_id UUID NOT NULL,
    account_id UUID,
    platform TEXT NOT NULL,
    name TEXT NOT NULL,
    keywords JSONB NOT NULL,
    handles JSONB NOT NULL,
    action_types JSONB NOT NULL,
    daily_budget INTEGER NOT NULL,
    min_followers INTEGER,
    max_followers INTEGER,
    text_template TEXT,
    is_active BOOLEAN DEFAULT true NOT NULL,
    discovered_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_targeting_criteria PRIMARY KEY (id),
    CONSTRAINT ck_targeting_criteria_daily_budget CHECK (daily_budget BETWEEN 1 AND 500),
    CONSTRAINT fk_targeting_criteria_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
    CONSTRAINT fk_targeting_criteria_account_id FOREIGN KEY(account_id) REFERENCES social_accounts (id) ON DELETE CASCADE
)
--
CREATE INDEX ix_targeting_criteria_account_id ON targeting_criteria (account_id)
--
CREATE INDEX ix_targeting_criteria_workspace_id_created_at_id ON targeting_criteria (workspace_id, created_at, id)
--
CREATE TABLE actions (
    id UUID NOT NULL,
    workspace_id UUID NOT NULL,
    account_id UUID NOT NULL,
    platform TEXT NOT NULL,
    action_type TEXT NOT NULL,
    target_account TEXT,
    target_handle TEXT GENERATED ALWAYS AS (lower(target_account)) STORED,
    target_data JSONB NOT NULL,
    content_hash TEXT NOT NULL,
    target_key TEXT NOT NULL,
    status TEXT NOT NULL,
    mode TEXT NOT NULL,
    requires_approval BOOLEAN NOT NULL,
    light TEXT NOT NULL,
    risk_score INTEGER NOT NULL,
    reasons JSONB NOT NULL,
    to_green JSONB NOT NULL,
    rule_set TEXT NOT NULL,
    facts_digest TEXT NOT NULL,
    assessed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    proposed_by_kind TEXT NOT NULL,
    proposed_by_id UUID,
    proposed_by_name TEXT NOT NULL,
    rule_id UUID,
    replaces UUID,
    idempotency_key TEXT,
    request_digest TEXT,
    not_before TIMESTAMP WITH TIME ZONE,
    expires_at TIMESTAMP WITH TIME ZONE,
    snoozed_until TIMESTAMP WITH TIME ZONE,
    held_until TIMESTAMP WITH TIME ZONE,
    approved_at TIMESTAMP WITH TIME ZONE,
    approved_hash TEXT,
    approved_by UUID,
    was_edited BOOLEAN DEFAULT false NOT NULL,
    scheduled_at TIMESTAMP WITH TIME ZONE,
    deadline_at TIMESTAMP WITH TIME ZONE,
    fence BIGINT,
    executed_at TIMESTAMP WITH TIME ZONE,
    settled_at TIMESTAMP WITH TIME ZONE,
    remote_id TEXT,
    remote_url TEXT,
    deep_link TEXT,
    task_outcome TEXT,
    unlocked_at TIMESTAMP WITH TIME ZONE,
    verified BOOLEAN,
    verify_due_at TIMESTAMP WITH TIME ZONE,
    failure JSONB,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_actions PRIMARY KEY (id),
    CONSTRAINT ck_actions_status CHECK (status IN ('proposed', 'awaiting_approval', 'approved', 'scheduled', 'executing', 'succeeded', 'failed', 'rejected', 'expired', 'cancelled', 'blocked', 'awaiting_human', 'outcome_unknown')),
    CONSTRAINT ck_actions_mode CHECK (mode IN ('api','human')),
    CONSTRAINT ck_actions_light CHECK (light IN ('green','yellow','red')),
    CONSTRAINT ck_actions_risk_score CHECK (risk_score BETWEEN 0 AND 100),
    CONSTRAINT fk_actions_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
    CONSTRAINT fk_actions_account_id FOREIGN KEY(account_id) REFERENCES social_accounts (id) ON DELETE CASCADE,
    CONSTRAINT fk_actions_rule_id FOREIGN KEY(rule_id) REFERENCES targeting_criteria (id) ON DELETE SET NULL
)
--
CREATE INDEX ix_actions_account ON actions (account_id, created_at DESC, id DESC)
--
CREATE INDEX ix_actions_deadline ON actions (deadline_at) WHERE deadline_at IS NOT NULL
--
CREATE INDEX ix_actions_decided ON actions (workspace_id, approved_at) INCLUDE (was_edited) WHERE approved_by IS NOT NULL
--
CREATE INDEX ix_actions_done ON actions (account_id, settled_at) INCLUDE (verified) WHERE status = 'succeeded'
--
CREATE INDEX ix_actions_due ON actions (account_id, scheduled_at, id) WHERE status IN ('scheduled','executing')
--
CREATE INDEX ix_actions_history ON actions (workspace_id, created_at DESC, id DESC)
--
CREATE INDEX ix_actions_open ON actions (workspace_id, status) WHERE status IN ('proposed','awaiting_approval','approved','scheduled','executing','awaiting_human','outcome_unknown')
--
CREATE INDEX ix_actions_pending ON actions (workspace_id, created_at, id) INCLUDE (light, snoozed_until) WHERE status = 'awaiting_approval'
--
CREATE INDEX ix_actions_person ON actions (workspace_id, platform, target_handle, created_at DESC) WHERE target_handle IS NOT NULL
--
CREATE INDEX ix_actions_rule_id ON actions (rule_id)
--
CREATE INDEX ix_actions_tasks ON actions (workspace_id, scheduled_at, id) WHERE status = 'awaiting_human'
--
CREATE INDEX ix_actions_texts ON actions (workspace_id, created_at DESC) WHERE target_data ? 'text'
--
CREATE INDEX ix_actions_verify ON actions (verify_due_at) WHERE verify_due_at IS NOT NULL
--
CREATE UNIQUE INDEX uq_actions_idempotency_key ON actions (workspace_id, idempotency_key) WHERE idempotency_key IS NOT NULL
--
CREATE UNIQUE INDEX uq_actions_in_flight ON actions (account_id) WHERE status = 'executing'
--
CREATE UNIQUE INDEX uq_actions_once ON actions (account_id, action_type, target_key) WHERE status IN ('proposed','awaiting_approval','approved','scheduled','executing','succeeded','awaiting_human','outcome_unknown')
--
CREATE TABLE candidates (
    id UUID NOT NULL,
    workspace_id UUID NOT NULL,
    rule_id UUID NOT NULL,
    profile_id UUID NOT NULL,
    post JSONB,
    post_key TEXT DEFAULT '' NOT NULL,
    score FLOAT NOT NULL,
    state TEXT DEFAULT 'new' NOT NULL,
    found_at TIMESTAMP WITH TIME ZONE NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_candidates PRIMARY KEY (id),
    CONSTRAINT ck_candidates_state CHECK (state IN ('new','proposed','skipped')),
    CONSTRAINT uq_candidates_rule_id_profile_id_post_key UNIQUE (rule_id, profile_id, post_key),
    CONSTRAINT fk_candidates_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
    CONSTRAINT fk_candidates_rule_id FOREIGN KEY(rule_id) REFERENCES targeting_criteria (id) ON DELETE CASCADE,
    CONSTRAINT fk_candidates_profile_id FOREIGN KEY(profile_id) REFERENCES profiles (id) ON DELETE CASCADE
)
--
CREATE INDEX ix_candidates_profile_id ON candidates (profile_id)
--
CREATE INDEX ix_candidates_rule_id_found_at_id ON candidates (rule_id, found_at, id)
--
CREATE INDEX ix_candidates_waiting ON candidates (rule_id, score, id) WHERE state = 'new'
--
CREATE TABLE attempts (
    id UUID NOT NULL,
    workspace_id UUID NOT NULL,
    action_id UUID NOT NULL,
    account_id UUID NOT NULL,
    platform TEXT NOT NULL,
    n INTEGER NOT NULL,
    fence BIGINT NOT NULL,
    request_hash TEXT NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    outcome TEXT,
    evidence JSONB DEFAULT '{}'::jsonb NOT NULL,
    remote_id TEXT,
    CONSTRAINT pk_attempts PRIMARY KEY (id),
    CONSTRAINT ck_attempts_outcome CHECK (outcome IN ('performed','not_performed','unknown')),
    CONSTRAINT fk_attempts_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
    CONSTRAINT fk_attempts_action_id FOREIGN KEY(action_id) REFERENCES actions (id) ON DELETE CASCADE,
    CONSTRAINT fk_attempts_account_id FOREIGN KEY(account_id) REFERENCES social_accounts (id) ON DELETE CASCADE
)
--
CREATE INDEX ix_attempts_account_id_started_at ON attempts (account_id, started_at)
--
CREATE INDEX ix_attempts_action_id_n ON attempts (action_id, n)
--
CREATE INDEX ix_attempts_trouble ON attempts (account_id, started_at) WHERE outcome <> 'performed'
--
CREATE INDEX ix_attempts_workspace_id_started_at ON attempts (workspace_id, started_at)
--
CREATE UNIQUE INDEX uq_attempts_once ON attempts (action_id) WHERE outcome IS DISTINCT FROM 'not_performed'
--
CREATE TABLE decisions (
    id UUID NOT NULL,
    workspace_id UUID NOT NULL,
    action_id UUID NOT NULL,
    account_id UUID NOT NULL,
    kind TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id UUID,
    actor_name TEXT NOT NULL,
    reason TEXT,
    note TEXT,
    decided_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_decisions PRIMARY KEY (id),
    CONSTRAINT fk_decisions_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
    CONSTRAINT fk_decisions_action_id FOREIGN KEY(action_id) REFERENCES actions (id) ON DELETE CASCADE,
    CONSTRAINT fk_decisions_account_id FOREIGN KEY(account_id) REFERENCES social_accounts (id) ON DELETE CASCADE
)
--
CREATE INDEX ix_decisions_action_id ON decisions (action_id)
--
CREATE INDEX ix_decisions_answers ON decisions (account_id, decided_at DESC) WHERE kind IN ('approved','rejected')
--
CREATE INDEX ix_decisions_workspace_id_decided_at ON decisions (workspace_id, decided_at)
--
CREATE TABLE verdicts (
    id UUID NOT NULL,
    workspace_id UUID NOT NULL,
    action_id UUID NOT NULL,
    stage TEXT NOT NULL,
    assessed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    light TEXT NOT NULL,
    score INTEGER NOT NULL,
    rule_set TEXT NOT NULL,
    facts_digest TEXT NOT NULL,
    facts JSONB NOT NULL,
    findings JSONB NOT NULL,
    CONSTRAINT pk_verdicts PRIMARY KEY (id),
    CONSTRAINT fk_verdicts_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
    CONSTRAINT fk_verdicts_action_id FOREIGN KEY(action_id) REFERENCES actions (id) ON DELETE CASCADE
)
--
CREATE INDEX ix_verdicts_action_id ON verdicts (action_id)
