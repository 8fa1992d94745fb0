"""Which schema revision a database has and which is the newest, found in milliseconds."""

import re
from pathlib import Path

from socialseed.app.embedded import psql
from socialseed.app.process import StartError

ROOT = Path(__file__).resolve().parents[3]
MIGRATIONS = ROOT / "migrations"
_REVISION = re.compile(r"^(down_)?revision\b[^=\n]*=\s*[\"']([^\"']+)[\"']", re.MULTILINE)


def newest_revision() -> str | None:
    """The one revision that no other follows; None when there is none or more than one."""
    own: set[str] = set()
    followed: set[str] = set()
    for path in (MIGRATIONS / "versions").glob("*.py"):
        for down, revision in _REVISION.findall(path.read_text()):
            (followed if down else own).add(revision)
    heads = own - followed
    return heads.pop() if len(heads) == 1 else None


def is_current(url: str) -> bool:
    """Whether the database certainly has the newest schema."""
    try:
        found = psql(url, "SELECT version_num FROM alembic_version")
    except StartError:
        return False
    return found != "" and found == newest_revision()


def plain_url(url: str) -> str:
    """The address as every PostgreSQL client takes it, without SQLAlchemy's driver."""
    return re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql://", url)
