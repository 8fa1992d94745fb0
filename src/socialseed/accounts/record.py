"""An account's record: what attempts, decisions and the log say of how it has been doing."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol
from uuid import UUID

from sqlalchemy import text

from socialseed.accounts.incidents import AGAINST
from socialseed.policy.phases import PhaseFacts, programme_day
from socialseed.runtime.tx import Tx

WEEK = timedelta(days=7)
# `evidence.remedy` is what the platform's answer asked for; 'stop' is a warning or a restriction.
# The phase falls for what the platform itself did; what else went wrong only keeps it from rising.
_READ = text(
    "WITH changed AS (SELECT coalesce(max(e.at), '-infinity') AS at FROM events e"
    "  WHERE e.account_id = :id AND e.type = 'account.phase_changed')"
    " SELECT coalesce(max(t.calls), 0) + max(h.done + h.barred) AS calls,"
    " coalesce(max(t.refused), 0) + max(h.barred) AS refused,"
    " coalesce(max(t.throttled), 0) AS throttled,"
    " coalesce(max(t.unknown), 0) AS unknown, coalesce(max(t.warnings), 0) AS warnings,"
    " coalesce(max(t.fresh_warnings), 0) AS fresh_warnings,"
    " (SELECT count(*) FROM attempts i WHERE i.account_id = :id AND i.evidence->>'remedy' = 'stop'"
    "   AND i.started_at > (SELECT at FROM changed))"
    " + (SELECT count(*) FROM incidents i WHERE i.account_id = :id AND i.kind = 'silent_failure'"
    "   AND i.opened_at > (SELECT at FROM changed)) AS incidents,"
    " coalesce(max(d.decided), 0) AS decided, coalesce(max(d.rejected), 0) AS rejected,"
    " coalesce(max(d.unedited), 0) AS unedited,"
    " (SELECT count(*) FROM actions v WHERE v.account_id = :id AND v.read_back_at > :month_ago)"
    "   AS checked,"
    " (SELECT count(*) FROM actions v WHERE v.account_id = :id AND v.read_back_at > :month_ago"
    "   AND NOT v.verified) AS contradicted,"
    f" (SELECT count(*) FROM incidents i WHERE i.account_id = :id AND {AGAINST}"
    "   AND (i.closed_at IS NULL OR i.opened_at > :week_ago)) AS recent"
    " FROM (SELECT count(*) AS calls, count(*) FILTER (WHERE outcome = 'not_performed'"
    "   AND evidence->>'remedy' IS DISTINCT FROM 'wait') AS refused,"
    "   count(*) FILTER (WHERE evidence->>'remedy' = 'wait') AS throttled,"
    "   count(*) FILTER (WHERE outcome = 'unknown') AS unknown,"
    "   count(*) FILTER (WHERE evidence->>'remedy' = 'stop') AS warnings,"
    "   count(*) FILTER (WHERE evidence->>'remedy' = 'stop' AND started_at > :day_ago)"
    "    AS fresh_warnings"
    "  FROM attempts WHERE account_id = :id AND started_at > :week_ago AND outcome IS NOT NULL"
    "   AND evidence->>'code' IS DISTINCT FROM 'egress_down') t"
    " CROSS JOIN (SELECT count(*) AS decided, count(*) FILTER (WHERE d.kind = 'rejected')"
    "   AS rejected, count(*) FILTER (WHERE d.kind = 'approved' AND NOT a.was_edited) AS unedited"
    "  FROM decisions d JOIN actions a ON a.id = d.action_id"
    "  WHERE a.account_id = :id AND d.kind IN ('approved', 'rejected')) d"
    # What a person did by hand, or was not let do, counts like a call.
    " CROSS JOIN (SELECT (SELECT count(*) FROM actions WHERE account_id = :id"
    "   AND status = 'succeeded' AND mode = 'human' AND settled_at > :week_ago) AS done,"
    "  (SELECT count(*) FROM actions WHERE account_id = :id AND task_outcome = 'blocked'"
    "   AND settled_at > :week_ago) AS barred) h"
)


class Programme(Protocol):
    """The fields of an account that its phase depends on."""

    platform: str
    phase: str
    programme_started_on: date
    timezone: str
    established: bool
    health_score: int | None


@dataclass(frozen=True, slots=True)
class Record:
    """Calls and warnings of the last 7 days, decisions of all time, read-backs of 28 days.

    Of the calls, those that were refused, throttled, or whose outcome is still unknown.
    """

    calls: int
    refused: int
    throttled: int
    unknown: int
    warnings: int
    fresh_warnings: int  # of the last 24 hours
    incidents: int  # since the phase last changed
    decided: int
    rejected: int
    unedited: int
    checked: int
    contradicted: int
    recent: int = 0  # incidents of 7 days, or open yet, that count against the record


async def read(tx: Tx, account_id: UUID) -> Record:
    """The account's record now."""
    values = {
        "id": account_id,
        "week_ago": tx.now - WEEK,
        "month_ago": tx.now - 4 * WEEK,
        "day_ago": tx.now - timedelta(days=1),
    }
    row = (await tx.session.execute(_READ, values)).one()
    return Record(*(int(value) for value in row))


def phase_facts(row: Programme, kept: Record, now: datetime) -> PhaseFacts:
    """What the account's phase depends on."""
    return PhaseFacts(
        platform=row.platform,
        phase=row.phase,
        started_on=row.programme_started_on,
        programme_day=programme_day(row.programme_started_on, now, row.timezone),
        established=row.established,
        health_score=row.health_score,
        warnings_last_7_days=kept.warnings,
        decided=kept.decided,
        approved_without_edits_share=kept.unedited / kept.decided if kept.decided else None,
        incidents_since_change=kept.incidents,
        incidents_last_7_days=kept.recent,
    )
