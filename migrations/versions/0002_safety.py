"""Safety: a workspace's policy, earned autonomy, the reviewer's time, suspicion, simulations."""

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"

SQL = Path(__file__).parent.parent / "sql"


def _run(name: str) -> None:
    for part in (SQL / name).read_text().split("\n--\n"):
        if part.strip():
            op.get_bind().exec_driver_sql(part.strip())


def upgrade() -> None:
    _run("0002_safety_up.sql")


def downgrade() -> None:
    _run("0002_safety_down.sql")
