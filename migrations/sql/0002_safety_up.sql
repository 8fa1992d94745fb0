CREATE TABLE policies (
    workspace_id UUID NOT NULL,
    version INTEGER NOT NULL,
    numbers JSONB NOT NULL,
    reason TEXT NOT NULL,
    changed_by UUID,
    changed_by_name TEXT NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_policies PRIMARY KEY (workspace_id, version),
    CONSTRAINT fk_policies_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
)
--
CREATE TABLE autonomy_grants (
    id UUID NOT NULL,
    workspace_id UUID NOT NULL,
    account_id UUID NOT NULL,
    action_type TEXT NOT NULL,
    light TEXT NOT NULL,
    evidence JSONB NOT NULL,
    granted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    revoked_at TIMESTAMP WITH TIME ZONE,
    revoked_because TEXT,
    revoked_by UUID,
    CONSTRAINT pk_autonomy_grants PRIMARY KEY (id),
    CONSTRAINT ck_autonomy_grants_light CHECK (light IN ('green','yellow')),
    CONSTRAINT fk_autonomy_grants_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
    CONSTRAINT fk_autonomy_grants_account_id FOREIGN KEY(account_id) REFERENCES social_accounts (id) ON DELETE CASCADE
)
--
CREATE UNIQUE INDEX uq_autonomy_grants_held ON autonomy_grants (account_id, action_type, light) WHERE revoked_at IS NULL
--
CREATE INDEX ix_autonomy_grants_workspace_id_granted_at_id ON autonomy_grants (workspace_id, granted_at, id)
--
CREATE TABLE simulations (
    id UUID NOT NULL,
    workspace_id UUID NOT NULL,
    status TEXT NOT NULL,
    wanted JSONB NOT NULL,
    progress DOUBLE PRECISION DEFAULT 0 NOT NULL,
    summary JSONB,
    failure TEXT,
    requested_by UUID,
    requested_by_name TEXT NOT NULL,
    requested_at TIMESTAMP WITH TIME ZONE NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE,
    seen_at TIMESTAMP WITH TIME ZONE,
    finished_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_simulations PRIMARY KEY (id),
    CONSTRAINT ck_simulations_status CHECK (status IN ('waiting','running','finished','failed','cancelled')),
    CONSTRAINT fk_simulations_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
)
--
CREATE INDEX ix_simulations_workspace_id_requested_at_id ON simulations (workspace_id, requested_at, id)
--
ALTER TABLE actions ADD COLUMN autonomy_id UUID
--
ALTER TABLE actions ADD COLUMN audit_sample BOOLEAN DEFAULT false NOT NULL
--
ALTER TABLE actions ADD COLUMN worth DOUBLE PRECISION DEFAULT 0 NOT NULL
--
ALTER TABLE actions ADD COLUMN review_seconds DOUBLE PRECISION DEFAULT 0 NOT NULL
--
ALTER TABLE actions ADD COLUMN deferred_until TIMESTAMP WITH TIME ZONE
--
ALTER TABLE actions ADD COLUMN deferred_because TEXT
--
ALTER TABLE actions ADD COLUMN opened_at TIMESTAMP WITH TIME ZONE
--
ALTER TABLE actions ADD COLUMN followed_back BOOLEAN
--
ALTER TABLE actions ADD COLUMN followed_back_at TIMESTAMP WITH TIME ZONE
--
CREATE INDEX ix_actions_barred ON actions (account_id, settled_at) WHERE task_outcome = 'blocked'
--
CREATE INDEX ix_actions_by_hand ON actions (account_id, scheduled_at, id) WHERE status = 'awaiting_human'
--
CREATE INDEX ix_actions_follows ON actions (account_id, settled_at) WHERE action_type = 'follow' AND status = 'succeeded' AND followed_back IS NOT TRUE
--
ALTER TABLE actions ADD COLUMN read_back_at TIMESTAMP WITH TIME ZONE
--
CREATE INDEX ix_actions_read_back ON actions (account_id, action_type, read_back_at) INCLUDE (verified) WHERE read_back_at IS NOT NULL
--
ALTER TABLE profiles ADD COLUMN do_not_contact_because TEXT
--
ALTER TABLE profiles ADD CONSTRAINT ck_profiles_do_not_contact_because CHECK (do_not_contact_because IN ('their_wish','our_choice'))
--
CREATE INDEX ix_profiles_left_alone ON profiles (workspace_id, do_not_contact_at, id) WHERE do_not_contact_at IS NOT NULL
--
ALTER TABLE social_accounts ADD COLUMN resumed_at TIMESTAMP WITH TIME ZONE
--
ALTER TABLE social_accounts ADD COLUMN paused_at TIMESTAMP WITH TIME ZONE
--
ALTER TABLE incidents DROP CONSTRAINT ck_incidents_kind
--
ALTER TABLE incidents ADD CONSTRAINT ck_incidents_kind CHECK (kind IN ('breaker','warning','reconnect','egress','silent_failure'))
--
CREATE INDEX ix_actions_worth ON actions (workspace_id, worth DESC, created_at, id) WHERE status = 'awaiting_approval'
--
GRANT SELECT, INSERT, UPDATE, DELETE ON policies, autonomy_grants, simulations TO socialseed_app
--
REVOKE UPDATE, DELETE ON policies FROM socialseed_app
--
GRANT UPDATE (changed_by_name) ON policies TO socialseed_app
--
DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['policies', 'autonomy_grants', 'simulations'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY tenant ON %I USING ('
            'workspace_id = (SELECT nullif(nullif(current_setting(''app.workspace'', true), ''''), ''*'')::uuid)'
            ' OR current_setting(''app.workspace'', true) = ''*'')',
            name);
    END LOOP;
END $$
