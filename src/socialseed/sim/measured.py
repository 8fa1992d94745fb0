"""Measures one finished world: the product's database beside the platforms' own books."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Row, text

from socialseed.policy.pacing import ALL, window_keys
from socialseed.runtime.runtime import Runtime
from socialseed.sandbox.world import people
from socialseed.sandbox.world.world import World
from socialseed.sim import invariants
from socialseed.sim.desk import Desk
from socialseed.sim.invariants import Entry
from socialseed.sim.wanted import BEGINS, LIGHTS, AccountTold, Blame, Step, Told

_ACCOUNTS = text(
    "SELECT id, platform, username, timezone, phase, light FROM social_accounts ORDER BY id"
)
_OUTCOMES = text("SELECT action_type, status, count(*) FROM actions GROUP BY 1, 2 ORDER BY 1, 2")
_DONE = text(
    "SELECT x.executed_at, x.light, a.timezone FROM actions x"
    " JOIN social_accounts a ON a.id = x.account_id"
    " WHERE x.status = 'succeeded' AND x.executed_at IS NOT NULL"
)
_HEALTH = text("SELECT measured_on, score FROM health_metrics ORDER BY measured_on, account_id")
_LIGHTS = text(
    "SELECT account_id, at, data ->> 'light' AS light FROM events"
    " WHERE type = 'account.light_changed' ORDER BY workspace_id, seq"
)
_HEADS = text("SELECT workspace_id, encode(hash, 'hex') FROM event_heads")
_CEILINGS = text(
    "SELECT a.platform, lower(a.username), c.kind, c.span, c.window_key, c.ceiling"
    " FROM counters c JOIN social_accounts a ON a.id = c.account_id"
)
_PATIENT_MS = 60_000
_Since = Sequence[tuple[datetime, str]]  # what held from an instant on, in order
Window = tuple[str, str, str, str, str]  # platform, handle, kind, span, key


def seconds_of(told: _Since, wanted: str, start: datetime, end: datetime) -> float:
    """How long `wanted` held between two instants."""
    total, since = 0.0, [*told, (end, "")]
    for (at, what), (until, _) in pairwise(since):
        if what == wanted:
            total += max(0.0, (min(until, end) - max(at, start)).total_seconds())
    return total


async def standing(desk: Desk, platform: str, handle: str) -> tuple[list[Step], list[Blame]]:
    """The steps of an account at its platform, and what is held against it now."""
    told = await desk.standing(platform, handle)
    steps, blamed = told.get("history") or [], told.get("reasons") or []
    return msgspec.convert(steps, list[Step]), msgspec.convert(blamed, list[Blame])


def account_told(
    number: int,
    platform: str,
    handle: str,
    steps: Sequence[Step],
    blamed: Sequence[Blame],
    since: datetime | None,
    end: datetime,
) -> AccountTold:
    """An account by its platform's books alone: its light is how it stands there."""
    start = since or end
    clear = seconds_of([(BEGINS, "clear"), *((s.at, s.step) for s in steps)], "clear", start, end)
    return AccountTold(
        number=number,
        platform=platform,
        handle=handle,
        steps=steps,
        blamed=blamed,
        seconds=(end - start).total_seconds(),
        green_seconds=clear,
        clear_seconds=clear,
        gained=0,
    )


def followers(world: World) -> dict[tuple[str, str], int]:
    """How many follow each owned account now."""
    return {(one.platform, one.handle): one.followers for one in people.owned(world.db)}


def count_hours(told: Told, done: Iterable[tuple[datetime, str, str]], days: int) -> None:
    """Performed actions (instant, light, zone) are counted by day and light, weekday and hour."""
    first, zones = BEGINS.date(), dict[str, ZoneInfo]()
    for at, light, zone in done:
        zones[zone] = zones.get(zone) or ZoneInfo(zone)
        wall = at.astimezone(zones[zone])
        day = min(max(0, (wall.date() - first).days), days - 1)
        told.by_day[day][LIGHTS.index(light)] += 1
        told.hours[wall.weekday()][wall.hour] += 1


def performed_by_window(
    entries: Iterable[Entry], zones: Mapping[tuple[str, str], str]
) -> Counter[Window]:
    """What the platforms saw of each account, by kind, hour and day of the account's own time."""
    seen: Counter[Window] = Counter()
    for entry in invariants.writes(entries):
        who = (str(entry["platform"]), str(entry["account"]).lower())
        if entry["outcome"] != "performed" or who not in zones:
            continue
        day, hour = window_keys(datetime.fromisoformat(str(entry["at"])), zones[who])
        for kind in (str(entry["verb"]), ALL):
            seen[(*who, kind, "day", day)] += 1
            seen[(*who, kind, "hour", hour)] += 1
    return seen


async def read(
    runtime: Runtime, told: Told, opened: Mapping[UUID, datetime], numbers: Mapping[str, int],
    desk: Desk, end: datetime,
) -> None:  # fmt: skip
    """`told` holds what the database says; `opened`: since when each account could act."""
    days = len(told.by_day)
    async with runtime.begin(None, timeout_ms=_PATIENT_MS) as tx:
        accounts = (await tx.session.execute(_ACCOUNTS)).all()
        for kind, status, count in (await tx.session.execute(_OUTCOMES)).all():
            told.actions.setdefault(kind, {})[status] = count
        done = (await tx.session.execute(_DONE)).all()
        for on, score in (await tx.session.execute(_HEALTH)).all():
            told.health[min(max(0, (on - BEGINS.date()).days), days - 1)].append(score)
        lights: dict[UUID, list[tuple[datetime, str]]] = {}
        for row in (await tx.session.execute(_LIGHTS)).all():
            lights.setdefault(row.account_id, []).append((row.at, row.light))
    count_hours(told, [tuple(row) for row in done], days)
    for row in accounts:
        one = await _account(desk, row, opened.get(row.id), numbers[row.username], end)
        shown = [(BEGINS, "green"), *lights.get(row.id, [])]
        start = opened.get(row.id, end)
        one.green_seconds = seconds_of(shown, "green", start, end)
        told.accounts.append(one)
        if row.light != shown[-1][1]:
            told.broken.append(f"I8: @{row.username} is {row.light}, its log says {shown[-1][1]}")


async def _account(
    desk: Desk, row: Row[Any], since: datetime | None, number: int, end: datetime
) -> AccountTold:
    steps, blamed = await standing(desk, row.platform, row.username)
    one = account_told(number, row.platform, row.username, steps, blamed, since, end)
    one.phase = row.phase
    return one


async def heads(runtime: Runtime) -> Mapping[UUID, str]:
    """The head of each workspace's chain of events."""
    async with runtime.begin(None) as tx:
        return {row[0]: row[1] for row in (await tx.session.execute(_HEADS)).all()}


async def check(runtime: Runtime, told: Told, journal: Path) -> None:
    """`told` holds which limits were exceeded and which invariants are broken, by the journal."""
    async with runtime.begin(None, timeout_ms=_PATIENT_MS) as tx:
        rows = (await tx.session.execute(_ACCOUNTS)).all()
        ceilings = {
            (r[0], r[1], r[2], r[3], r[4]): r[5]
            for r in (await tx.session.execute(_CEILINGS)).all()
        }
    zones = {(row.platform, row.username.lower()): row.timezone for row in rows}
    for window, count in performed_by_window(invariants.read_journal(journal), zones).items():
        ceiling = ceilings.get(window)
        if ceiling is None or count > ceiling:
            platform, handle, kind, span, key = window
            told.exceeded.append(
                f"@{handle} on {platform}: {count} {kind} in {span} {key}, {ceiling} are allowed"
            )
    report = await invariants.check(
        runtime.settings.database_url or "",
        journal,
        lease_seconds=runtime.settings.lease_seconds,
        now=runtime.clock.now(),
        stamp="at",
    )
    told.broken.extend(report.violations)
