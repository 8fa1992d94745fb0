"""Downloads of actions and of growth, in pieces: no more than one page is ever held in memory."""

import csv
import io
from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

import orjson
from sqlalchemy import text

from socialseed.analytics.sql import utc
from socialseed.identity.access import Caller

PAGE = 500
What = Literal["actions", "growth"]
Format = Literal["csv", "json"]
Row = Mapping[str, object]
_Page = tuple[Sequence[str], Sequence[Row]]

# A spreadsheet runs a cell that begins like this. https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")

_ACTIONS = text(
    f"""SELECT x.id, {utc("x.created_at")} AS created_at, x.platform, a.username AS account,
    x.action_type, x.target_account, x.target_data->>'text' AS text, x.status, x.mode, x.light,
    x.risk_score, x.proposed_by_name AS proposed_by, {utc("x.approved_at")} AS approved_at,
    x.was_edited, {utc("x.executed_at")} AS executed_at, {utc("x.settled_at")} AS settled_at,
    x.verified, x.remote_url, x.failure->>'code' AS failure, x.created_at AS at, x.id AS key
    FROM actions x JOIN social_accounts a ON a.id = x.account_id
    WHERE x.workspace_id = :workspace AND x.created_at >= :since
        AND (x.created_at, x.id) < (:at, :key)
    ORDER BY x.created_at DESC, x.id DESC LIMIT :limit"""
)
_GROWTH = text(
    """SELECT to_char(p.measured_on, 'YYYY-MM-DD') AS on, a.platform, a.username AS account,
    p.followers, p.following, p.posts, p.gained, p.lost, p.engagements, p.measured_at AS at,
    p.account_id AS key
    FROM social_accounts a JOIN performance_stats p ON p.account_id = a.id
    WHERE a.workspace_id = :workspace AND p.measured_on >= CAST(:since AS date)
        AND (p.measured_at, p.account_id) < (:at, :key)
    ORDER BY p.measured_at DESC, p.account_id DESC LIMIT :limit"""
)
_QUERIES = {"actions": _ACTIONS, "growth": _GROWTH}
_HIDDEN = ("at", "key")
_LAST_KEY = "ffffffff-ffff-ffff-ffff-ffffffffffff"


def safe_cell(value: object) -> object:
    """`value` as a cell that no spreadsheet takes for a formula. Numbers stay numbers."""
    if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA_STARTS):
        return "'" + value
    return "" if value is None else value


def filename(what: What, form: Format, at: datetime) -> str:
    """A name that sorts by date."""
    return f"socialseed-{what}-{at:%Y-%m-%d}.{form}"


async def chunks(
    caller: Caller, what: What, form: Format, days: int
) -> AsyncGenerator[bytes, None]:
    """The file, newest row first. Each page's transaction is closed before the page is sent."""
    first = True
    async for columns, rows in _pages(caller, what, days):
        yield _csv(columns if first else (), rows) if form == "csv" else _json(rows, first=first)
        first = False
    if form == "json":
        yield b"]"


async def _pages(caller: Caller, what: What, days: int) -> AsyncGenerator[_Page, None]:
    now = caller.runtime.clock.now()
    at, key = now + timedelta(days=1), _LAST_KEY
    while True:
        async with caller.begin() as tx:
            found = await tx.session.execute(
                _QUERIES[what],
                {
                    "workspace": caller.workspace,
                    "since": now - timedelta(days=days),
                    "at": at,
                    "key": key,
                    "limit": PAGE,
                },
            )
            names = list(found.keys())
            rows = found.mappings().all()
        columns = [name for name in names if name not in _HIDDEN]
        yield columns, [{name: row[name] for name in columns} for row in rows]
        if len(rows) < PAGE:
            return
        at, key = rows[-1]["at"], rows[-1]["key"]


def _csv(header: Sequence[str], rows: Sequence[Row]) -> bytes:
    text_file = io.StringIO(newline="")
    writer = csv.writer(text_file)
    if header:
        writer.writerow(header)
    writer.writerows([safe_cell(value) for value in row.values()] for row in rows)
    return text_file.getvalue().encode()


def _json(rows: Sequence[Row], *, first: bool) -> bytes:
    body = b",\n".join(orjson.dumps(dict(row), default=str) for row in rows)
    return (b"[" if first else b",\n" if body else b"") + body
