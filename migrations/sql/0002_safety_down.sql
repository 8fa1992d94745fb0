DROP TABLE policies, autonomy_grants, simulations
--
ALTER TABLE actions DROP COLUMN autonomy_id, DROP COLUMN audit_sample, DROP COLUMN worth, DROP COLUMN review_seconds, DROP COLUMN deferred_until, DROP COLUMN deferred_because, DROP COLUMN opened_at, DROP COLUMN followed_back, DROP COLUMN followed_back_at
--
DROP INDEX ix_profiles_left_alone
--
ALTER TABLE profiles DROP COLUMN do_not_contact_because
--
DROP INDEX ix_actions_read_back, ix_actions_barred, ix_actions_by_hand
--
ALTER TABLE actions DROP COLUMN read_back_at
--
ALTER TABLE social_accounts DROP COLUMN resumed_at, DROP COLUMN paused_at
--
DELETE FROM incidents WHERE kind = 'silent_failure'
--
ALTER TABLE incidents DROP CONSTRAINT ck_incidents_kind
--
ALTER TABLE incidents ADD CONSTRAINT ck_incidents_kind CHECK (kind IN ('breaker','warning','reconnect','egress'))
