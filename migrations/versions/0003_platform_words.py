"""An account's platform may be any word; which ones there are, the connectors say."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    bind = op.get_bind()
    bind.exec_driver_sql("SET LOCAL lock_timeout = '5s'")
    bind.exec_driver_sql(
        "ALTER TABLE social_accounts DROP CONSTRAINT ck_social_accounts_platform,"
        " ADD CONSTRAINT ck_social_accounts_platform CHECK (platform ~ '^[a-z][a-z0-9_]{0,31}$')"
    )


def downgrade() -> None:
    bind = op.get_bind()
    bind.exec_driver_sql("SET LOCAL lock_timeout = '5s'")
    bind.exec_driver_sql(
        "ALTER TABLE social_accounts DROP CONSTRAINT ck_social_accounts_platform,"
        " ADD CONSTRAINT ck_social_accounts_platform"
        " CHECK (platform IN ('tiktok', 'instagram', 'twitter'))"
    )
