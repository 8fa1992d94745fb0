"""What somebody should know now, derived from facts each time it is asked: nothing is stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import text

from socialseed.monitoring import heartbeat
from socialseed.runtime.tx import Tx

Level = Literal["critical", "warning", "info"]
_ORDER: tuple[Level, ...] = ("critical", "warning", "info")
LATE_SENDS = timedelta(minutes=10)
OLD_APPROVAL = timedelta(hours=12)

_FACTS = text(
    """SELECT
    (SELECT count(*) FROM actions WHERE workspace_id = :workspace AND status = 'outcome_unknown'),
    (SELECT min(next_due) FROM lanes WHERE workspace_id = :workspace AND next_due <= :now),
    (SELECT min(created_at) FROM actions WHERE workspace_id = :workspace
        AND status = 'awaiting_approval'),
    (SELECT count(*) FROM stops WHERE workspace_id = :workspace AND lifted_at IS NULL),
    (SELECT coalesce(array_agg(username ORDER BY username), '{}') FROM social_accounts
        WHERE workspace_id = :workspace AND light = 'red'),
    (SELECT coalesce(array_agg(username ORDER BY username), '{}') FROM social_accounts
        WHERE workspace_id = :workspace AND needs_reconnect),
    (SELECT coalesce(array_agg(username ORDER BY username), '{}') FROM social_accounts
        WHERE workspace_id = :workspace AND works_until BETWEEN :now AND :soon
        AND NOT needs_reconnect),
    (SELECT coalesce(array_agg(a.username ORDER BY a.username), '{}') FROM social_accounts a
        JOIN egresses g ON g.id = a.egress_id WHERE a.workspace_id = :workspace
        AND g.state = 'failing'),
    (SELECT coalesce(array_agg(DISTINCT a.username ORDER BY a.username), '{}')
        FROM social_accounts a JOIN incidents i ON i.account_id = a.id
        WHERE a.workspace_id = :workspace AND i.kind = 'silent_failure'
        AND i.closed_at IS NULL)"""
)


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing to know: how urgent, what it is, and what to do next."""

    level: Level
    code: str
    sentence: str
    next_step: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules below look at."""

    now: datetime
    worker_age: float | None = None
    unknown: int = 0
    oldest_due: datetime | None = None
    oldest_waiting: datetime | None = None
    stops: int = 0
    red: Sequence[str] = ()
    to_reconnect: Sequence[str] = ()
    expiring: Sequence[str] = ()
    platforms_down: Sequence[str] = ()
    behind_dead_proxy: Sequence[str] = ()
    silent: Sequence[str] = ()


def alerts_of(facts: Facts) -> list[Alert]:
    """The alerts that follow from the facts, the most urgent first."""
    found = [*_critical(facts), *_warnings(facts), *_notes(facts)]
    return sorted(found, key=lambda alert: _ORDER.index(alert.level))


def _critical(facts: Facts) -> list[Alert]:
    alerts = []
    if facts.worker_age is None or facts.worker_age > heartbeat.LATE_SECONDS:
        last = "never" if facts.worker_age is None else f"{facts.worker_age:.0f} s ago"
        alerts.append(
            Alert(
                "critical",
                "worker_silent",
                f"The worker was last heard of {last}. Nothing is sent meanwhile.",
                "Look at the worker's log and start it again.",
            )
        )
    if facts.red:
        alerts.append(
            Alert(
                "critical",
                "account_red",
                f"{_named(facts.red)}: health is red. Everything goes to a person.",
                "Open the account and read why; pause it until that is cleared.",
            )
        )
    if facts.behind_dead_proxy:
        alerts.append(
            Alert(
                "critical",
                "egress_down",
                f"{_named(facts.behind_dead_proxy)}: the proxy does not work. Nothing is sent.",
                "Check the proxy's address, login and plan, or give the account another one.",
            )
        )
    if facts.silent:
        alerts.append(
            Alert(
                "critical",
                "silent_failure",
                f"{_named(facts.silent)}: the platform says yes, but shows nothing of it.",
                "Open the incident, look at the account on the platform, then close it.",
            )
        )
    if facts.platforms_down:
        alerts.append(
            Alert(
                "critical",
                "platform_failing",
                f"{_named(facts.platforms_down)}: at least half of the calls fail.",
                "Wait, or stop the platform until it recovers.",
            )
        )
    return alerts


def _warnings(facts: Facts) -> list[Alert]:
    alerts = []
    if facts.unknown:
        alerts.append(
            Alert(
                "warning",
                "outcome_unknown",
                f"{_count(facts.unknown, 'action has', 'actions have')} an unknown outcome.",
                "Look at the evidence on each and decide what happened.",
            )
        )
    if facts.to_reconnect:
        alerts.append(
            Alert(
                "warning",
                "reconnect_needed",
                f"{_named(facts.to_reconnect)}: the platform no longer accepts our access.",
                "Connect the account again.",
            )
        )
    if facts.oldest_due is not None and facts.now - facts.oldest_due > LATE_SENDS:
        minutes = (facts.now - facts.oldest_due).total_seconds() // 60
        alerts.append(
            Alert(
                "warning",
                "sends_late",
                f"An action is {minutes:.0f} minutes late.",
                "See whether the worker runs and whether the platform answers.",
            )
        )
    return alerts


def _notes(facts: Facts) -> list[Alert]:
    alerts = []
    if facts.stops:
        alerts.append(
            Alert(
                "info",
                "stop_active",
                f"{_count(facts.stops, 'emergency stop is', 'emergency stops are')} active.",
                "Lift it when the cause is gone.",
            )
        )
    if facts.expiring:
        alerts.append(
            Alert(
                "info",
                "access_expires",
                f"{_named(facts.expiring)}: access ends within three days.",
                "Connect the account again in time.",
            )
        )
    if facts.oldest_waiting is not None and facts.now - facts.oldest_waiting > OLD_APPROVAL:
        hours = (facts.now - facts.oldest_waiting).total_seconds() // 3600
        alerts.append(
            Alert(
                "info",
                "approvals_old",
                f"The oldest proposal has waited {hours:.0f} hours.",
                "Open the approval queue.",
            )
        )
    return alerts


def _named(names: Sequence[str]) -> str:
    shown = ", ".join(names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


async def read_facts(tx: Tx, platforms_down: Sequence[str]) -> Facts:
    """The workspace's facts at `tx.now`."""
    soon = tx.now + timedelta(days=3)
    row = (
        await tx.session.execute(_FACTS, {"workspace": tx.tenant, "now": tx.now, "soon": soon})
    ).one()
    unknown, due, waiting, stops, red, reconnect, expiring, behind, silent = row
    age = await heartbeat.age(tx)
    down = [tx.connectors.name_of(one) for one in platforms_down]
    return Facts(
        tx.now,
        age,
        unknown,
        due,
        waiting,
        stops,
        red,
        reconnect,
        expiring,
        down,
        behind,
        silent,
    )
