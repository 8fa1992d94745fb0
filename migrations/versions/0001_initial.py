"""The first schema: tables, the job engine's tables, row-level security, the event log."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None

SQL = Path(__file__).parent.parent / "sql"


def _statements(name: str) -> list[str]:
    body = (SQL / name).read_text()
    return [part.strip() for part in body.split("\n--\n") if part.strip()]


def upgrade() -> None:
    for name in ("0001_tables.sql", "0001_pgqueuer.sql", "0001_security.sql"):
        for statement in _statements(name):
            op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    bind = op.get_bind()
    bind.exec_driver_sql("DROP FUNCTION append_events, event_text, app_posters")
    bind.exec_driver_sql(
        "DROP TABLE pgqueuer, pgqueuer_log, pgqueuer_schedules, pgqueuer_statistics CASCADE"
    )
    bind.exec_driver_sql("DROP FUNCTION fn_pgqueuer_changed")
    bind.exec_driver_sql("DROP TYPE pgqueuer_status")
    tables = bind.exec_driver_sql(
        "SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables"
        " WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
    ).scalar()
    bind.exec_driver_sql(f"DROP TABLE {tables} CASCADE")
