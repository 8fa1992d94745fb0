"""`socialseed plan`: one local day of an account as a timeline in the terminal. It changes nothing.

Without DATABASE_URL it finds the instance that runs in SOCIALSEED_HOME.
"""

import argparse
import asyncio
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.text import Text
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from socialseed.app.doctor import found_settings
from socialseed.bootstrap import build_runtime
from socialseed.core import log
from socialseed.core.settings import Settings
from socialseed.planner.preview import preview
from socialseed.runtime.runtime import Runtime

Plan = Mapping[str, Any]
FINE, TROUBLE, MISUSED = 0, 1, 2
CELL = timedelta(minutes=2)
CELLS = 30  # an hour
_FIND = text(
    "SELECT id, workspace_id, platform, username FROM social_accounts"
    " WHERE lower(username) = :name OR id::text = :name ORDER BY platform, id LIMIT 20"
)
# What stands in a cell → how it is drawn; the later one of two that share a cell wins.
_ASLEEP, _AWAKE, _SESSION = (" ", ""), ("·", "dim"), ("─", "cyan")
_FREE, _DUE, _TASK, _DONE = ("○", "cyan"), ("●", "yellow"), ("◆", "magenta"), ("✓", "green")
_SIGNS = {None: _FREE, "scheduled": _DUE, "executing": _DUE, "awaiting_human": _TASK}
_LEGEND = "✓ done   ● due   ◆ task   ○ free   ─ session   · rest"


class PlanError(Exception):
    """There is no plan to show. The message is for the person at the terminal."""


async def read_plan(runtime: Runtime, name: str, on: date | None) -> Plan:
    """The plan of the account of this handle or id. Raises PlanError unless it is exactly one."""
    asked = name.strip().removeprefix("@").lower()
    async with runtime.begin(None) as tx:
        found = (await tx.session.execute(_FIND, {"name": asked})).all()
    if not found:
        raise PlanError(f"There is no account {name}. `socialseed doctor` lists them all.")
    if len(found) > 1:
        each = "\n".join(f"  {one.id}  @{one.username} on {one.platform}" for one in found)
        raise PlanError(f"Several accounts are called {name}. Name one by its id:\n{each}")
    async with runtime.begin(found[0].workspace_id) as tx:
        plan = await preview(tx, runtime, UUID(str(found[0].id)), on)
    return {**plan, "platform": runtime.connectors.get(found[0].platform).manifest.name}


def lines(plan: Plan) -> Iterator[Text]:
    """The plan for a person at a terminal: an hour a row of two-minute cells, then what is due."""
    zone = ZoneInfo(plan["timezone"])
    waking = [_instant(plan["waking"][end]).astimezone(zone) for end in ("start", "end")]
    on = date.fromisoformat(plan["on"])
    title = f"@{plan['username']} on {plan['platform']}, {on:%A} {on.day} {on:%B %Y}"
    yield Text(title, style="bold")
    yield Text(f"Awake {waking[0]:%H:%M} to {waking[1]:%H:%M} in {plan['timezone']}. {_day(plan)}")
    yield Text()
    yield from _hours(plan, zone)
    yield Text(_LEGEND, style="dim")
    yield Text()
    yield from _named(plan, zone)


def _day(plan: Plan) -> str:
    most = next(one for one in plan["limits"] if (one["kind"], one["window"]) == ("all", "day"))
    told = f"At most {plan['budget']} actions; the limit is {most['limit']} ({most['source']})."
    if plan["quiet"]:
        told += " A quiet day."
    if plan["ramp"]:
        told += f" Day {plan['ramp']['day']} after a pause: {plan['ramp']['share']:.0%} of usual."
    return told


def _hours(plan: Plan, zone: ZoneInfo) -> Iterator[Text]:
    start, end = (_instant(plan["waking"][name]) for name in ("start", "end"))
    slots = [(_instant(one["at"]), _SIGNS.get(one["status"], _DONE)) for one in plan["slots"]]
    start = min([start, *(at for at, _ in slots)])
    end = max([end, *(at + CELL for at, _ in slots)])
    wall = start.astimezone(zone)
    row = start - timedelta(minutes=wall.minute, seconds=wall.second)
    while row < end:
        drawn = Text(f"{row.astimezone(zone):%H:%M}  ")
        for number in range(CELLS):
            drawn.append(*_cell(plan, slots, row + number * CELL))
        yield drawn
        row += timedelta(hours=1)


def _cell(
    plan: Plan, slots: Sequence[tuple[datetime, tuple[str, str]]], at: datetime
) -> tuple[str, str]:
    here = [sign for instant, sign in slots if at <= instant < at + CELL]
    if here:
        return here[-1]
    if any(_within(one, at) for one in plan["sessions"]):
        return _SESSION
    return _AWAKE if _within(plan["waking"], at) else _ASLEEP


def _named(plan: Plan, zone: ZoneInfo) -> Iterator[Text]:
    taken = [one for one in plan["slots"] if one["action_id"]]
    for one in taken:
        who = f" @{one['target_account']}" if one["target_account"] else ""
        what = f"{str(one['action_type']).replace('_', ' ')}{who}"
        yield Text(f"{_instant(one['at']).astimezone(zone):%H:%M:%S}  {what:<28} {one['why']}")
    free = len(plan["slots"]) - len(taken)
    yield Text(f"{len(taken)} {'action' if len(taken) == 1 else 'actions'}, {free} free slots.")


def _within(span: Mapping[str, str], at: datetime) -> bool:
    return _instant(span["start"]) <= at < _instant(span["end"])


def _instant(said: str) -> datetime:
    return datetime.fromisoformat(said)


async def _run(settings: Settings, name: str, on: date | None) -> Plan:
    async with build_runtime(settings) as runtime:
        return await read_plan(runtime, name, on)


def _date(said: str) -> date:
    try:
        found = date.fromisoformat(said)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{said} is no date: write it like 2026-03-05.") from None
    if not 2000 <= found.year <= 2199:
        raise argparse.ArgumentTypeError("the year must be from 2000 to 2199.")
    return found


def main(arguments: Sequence[str]) -> int:
    """0 when the plan is shown, 1 when there is none to show, 2 when it was asked for wrongly."""
    parser = argparse.ArgumentParser("socialseed plan", description=__doc__)
    parser.add_argument("account", metavar="USERNAME|ID", help="the account's handle or id")
    parser.add_argument("--on", type=_date, metavar="DATE", help="a local date; today if left out")
    chosen = parser.parse_args(arguments)
    log.configure("ERROR", "plan")
    try:
        plan = asyncio.run(_run(found_settings(), chosen.account, chosen.on))
    except PlanError as error:
        sys.stderr.write(f"{error}\n")
        return TROUBLE
    except (SQLAlchemyError, OSError):
        sys.stderr.write("The database cannot be used. Is SocialSeed running?\n")
        return TROUBLE
    except ValueError as error:
        sys.stderr.write(f"The plan could not be read: {error}\n")
        return TROUBLE
    console = Console(highlight=False, soft_wrap=True)
    for line in lines(plan):
        console.print(line)
    return FINE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
