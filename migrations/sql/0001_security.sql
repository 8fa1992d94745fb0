-- The application role, row-level security, and the append-only event log.
-- The role is shared by all databases of a server, so creating it may race with another one.
DO $$ BEGIN
    CREATE ROLE socialseed_app NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
--
DO $$ BEGIN
    EXECUTE format('GRANT socialseed_app TO %I', current_user);
EXCEPTION WHEN OTHERS THEN
    IF NOT pg_has_role(current_user, 'socialseed_app', 'MEMBER') THEN RAISE; END IF;
END $$
--
GRANT USAGE ON SCHEMA public TO socialseed_app
--
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO socialseed_app
--
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO socialseed_app
--
REVOKE UPDATE, DELETE ON events FROM socialseed_app
--
DO $$
DECLARE name text;
BEGIN
    FOR name IN
        SELECT c.table_name FROM information_schema.columns c
        JOIN information_schema.tables t USING (table_schema, table_name)
        WHERE c.table_schema = 'public' AND c.column_name = 'workspace_id' AND t.table_type = 'BASE TABLE'
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format(
            -- One sub-select, read once a statement: each costs a tenth of a millisecond of planning for
            -- every table of a statement, and the row of the own workspace needs no more than it.
            'CREATE POLICY tenant ON %I USING ('
            'workspace_id = (SELECT nullif(nullif(current_setting(''app.workspace'', true), ''''), ''*'')::uuid)'
            ' OR current_setting(''app.workspace'', true) = ''*'')',
            name);
    END LOOP;
END $$
--
CREATE FUNCTION append_events(
    for_workspace uuid, happened_at timestamptz, by_kind text, by_id text, by_name text, body jsonb
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    entry jsonb;
    next_seq bigint;
    link bytea;
BEGIN
    INSERT INTO event_heads (workspace_id, seq, hash) VALUES (for_workspace, 0, ''::bytea)
        ON CONFLICT DO NOTHING;
    -- The lock is taken last in every transaction and released by its commit: order of seq is order of commit.
    SELECT seq, hash INTO next_seq, link FROM event_heads WHERE workspace_id = for_workspace FOR UPDATE;
    FOR entry IN SELECT * FROM jsonb_array_elements(body) LOOP
        next_seq := next_seq + 1;
        link := sha256(link || convert_to(event_text(
            next_seq, happened_at, by_kind, by_id, by_name, entry), 'UTF8'));
        INSERT INTO events (workspace_id, seq, at, type, actor_kind, actor_id, actor_name,
                            account_id, action_id, sentence, data, hash)
        VALUES (for_workspace, next_seq, happened_at, entry->>'type', by_kind, by_id, by_name,
                (entry->>'account_id')::uuid, (entry->>'action_id')::uuid, entry->>'sentence',
                entry->'data', link);
    END LOOP;
    UPDATE event_heads SET seq = next_seq, hash = link WHERE workspace_id = for_workspace;
    PERFORM pg_notify('socialseed_events', for_workspace::text);
    RETURN next_seq;
END $$
--
CREATE FUNCTION event_text(
    seq bigint, happened_at timestamptz, by_kind text, by_id text, by_name text, entry jsonb
) RETURNS text LANGUAGE sql STABLE AS $$
    -- jsonb prints its keys in one order, so that the same event is always the same text.
    SELECT jsonb_build_object(
        'seq', seq, 'at', extract(epoch FROM happened_at), 'actor', jsonb_build_array(by_kind, by_id, by_name),
        'type', entry->'type', 'account', entry->'account_id', 'action', entry->'action_id',
        'sentence', entry->'sentence', 'data', entry->'data')::text
$$
--
CREATE FUNCTION app_posters(on_platform text, under_tier text, but uuid, since timestamptz)
RETURNS int LANGUAGE plpgsql STABLE AS $$
-- The developer app is the installation's: its accounts count together, whosever they are.
-- Not `SET app.workspace` on the function: that takes a superuser, whom a hosted PostgreSQL lends nobody.
DECLARE
    own text := current_setting('app.workspace', true);
    posters int;
BEGIN
    PERFORM set_config('app.workspace', '*', true);
    SELECT count(*) INTO posters FROM social_accounts a JOIN lanes l ON l.account_id = a.id
    WHERE a.platform = on_platform AND a.tier = under_tier AND a.id <> but AND l.last_sent_at > since
      AND EXISTS (SELECT 1 FROM attempts t JOIN actions x ON x.id = t.action_id
        WHERE t.account_id = a.id AND t.started_at > since AND x.action_type LIKE 'publish%'
          AND t.outcome IS DISTINCT FROM 'not_performed');
    PERFORM set_config('app.workspace', own, true);
    RETURN posters;
END $$
--
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO socialseed_app
