"""What else must hold after a fault: I9 no secret is shown, I5 no call comes after a stop."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import asyncpg

from socialseed.sim.invariants import Entry, writes


def find_secrets(secrets: Iterable[str], *places: Path) -> list[str]:
    """I9: where any of `secrets` stands in a file under `places`."""
    wanted = [secret.encode() for secret in secrets if secret]
    found: list[str] = []
    for place in places:
        for file in sorted(p for p in place.rglob("*") if p.is_file()):
            body = file.read_bytes()
            found.extend(f"I9: a secret stands in {file}" for secret in wanted if secret in body)
    return found


async def find_secrets_in_database(database_url: str, secrets: Iterable[str]) -> list[str]:
    """I9: which table's text shows any of `secrets` outside its sealed columns."""
    connection = await asyncpg.connect(database_url)
    try:
        tables = await connection.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        )
        found: list[str] = []
        for secret in secrets:
            for table in tables:
                name = table["tablename"]
                shown = f'SELECT count(*) FROM "{name}" t WHERE strpos(t::text, $1) > 0'
                if secret and await connection.fetchval(shown, secret):
                    found.append(f"I9: a secret stands in table {name}")
    finally:
        await connection.close()
    return found


def late_calls(entries: Iterable[Entry], acknowledged: datetime, until: datetime) -> list[Entry]:
    """I5: calls that the platform received later than 250 ms after a stop was acknowledged."""
    latest = acknowledged + timedelta(milliseconds=250)
    return [e for e in writes(entries) if latest < datetime.fromisoformat(e["wall"]) < until]
