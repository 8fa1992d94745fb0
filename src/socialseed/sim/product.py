"""The policy `socialseed`: the product itself, driven by its scripted people in a judging world."""

import itertools
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import orjson
from sqlalchemy import text

from socialseed.bootstrap import JOBS, build_runtime
from socialseed.core.clock import VirtualClock
from socialseed.core.settings import Settings
from socialseed.identity.service import NewUser
from socialseed.jobs.inline import InlineJobs
from socialseed.sim import measured
from socialseed.sim.desk import Desk
from socialseed.sim.helper import Helper, note_open
from socialseed.sim.office import Office, open_office
from socialseed.sim.platforms import ADDRESS, Within
from socialseed.sim.population import Firm
from socialseed.sim.stage import Act, Stage
from socialseed.sim.wanted import BEGINS, PHASES, Told, Wanted, new_told

Say = Callable[[int], None]  # days done
ARRIVES = timedelta(hours=7.5)  # of an account's first day in its helper's zone
PASSWORD = "a long enough phrase of the simulation"  # noqa: S105 - of invented people
# What the scripted people do themselves in step with their day, and what has nothing to do here.
REPLACED = frozenset(
    {
        *("planner.plan", "planner.listen_round", "accounts.measure", "accounts.keep_quotas"),
        *("accounts.check_egresses", "accounts.webhooks_round", "accounts.webhooks_forget"),
        *("actions.tidy", "privacy.purge", "simulations.look_after"),
    }
)
SELDOM = {"targeting.rediscover": 12}  # hours between two rounds; every other job has one an hour
_NUMBERS = text(
    "INSERT INTO policies (workspace_id, version, numbers, reason, changed_by_name, changed_at)"
    " VALUES (:workspace, 1, CAST(:numbers AS jsonb), 'Simulated', :name, :now)"
)
_IN_PHASE = text("SELECT phase, count(*) FROM social_accounts GROUP BY 1")


async def play(
    wanted: Wanted, firms: Sequence[Firm], way: Within, clock: VirtualClock, say: Say
) -> Told:
    """The whole simulation of these workspaces, measured. Needs DATABASE_URL."""
    jobs, desk = InlineJobs(), Desk(ADDRESS, way)
    told = new_told(wanted.days)
    async with build_runtime(
        Settings(), clock=clock, seed=wanted.seed, jobs=jobs, virtual=True, transport=way
    ) as runtime:
        stage = Stage(runtime, clock, jobs, desk, wanted.seed)
        await desk.judge(msgspec.to_builtins(wanted.enforcement))
        offices = [await _open(stage, wanted, firm) for firm in firms]
        _keep_time(stage, wanted.ends)
        before = await _days(stage, wanted, told, say, way)
        numbers = {m.person.handle: m.number for firm in firms for m in firm.members}
        await measured.read(runtime, told, stage.open, numbers, desk, wanted.ends)
        after = measured.followers(way.world)
        for one in told.accounts:
            key = (one.platform, one.handle)
            one.gained = after[key] - before.get(key, after[key])
        chains = await measured.heads(runtime)
        told.heads = [(f.number, chains[o.workspace]) for f, o in zip(firms, offices, strict=True)]
        for office in offices:
            for what, seconds in office.seconds.items():
                told.seconds[what] = told.seconds.get(what, 0.0) + seconds
        way.world.journal.flush()
        await measured.check(runtime, told, way.world.home / "journal.jsonl")
    await desk.close()
    return told


async def _open(stage: Stage, wanted: Wanted, firm: Firm) -> Office:
    """A workspace stands, its accounts will arrive, and its helper's days are booked."""
    name = f"{firm.kind} {firm.number}"
    user = NewUser(f"{firm.kind}{firm.number}@socialseed.test", PASSWORD, name.title(), name)
    office = await open_office(stage, user)
    if wanted.numbers:
        async with stage.runtime.begin(office.workspace, office.owner) as tx:
            values = {"workspace": office.workspace, "name": user.shown_as, "now": tx.now}
            numbers = orjson.dumps(wanted.numbers).decode()
            await tx.session.execute(_NUMBERS, {**values, "numbers": numbers})
    helper = Helper(office, ZoneInfo(firm.zone), wanted.scenario.habits)
    for member in firm.members:
        stage.at(_morning(firm.zone, member.arrives), helper.arrival(member, wanted.ends))
    helper.book(BEGINS, wanted.ends)
    return office


def _morning(zone: str, day: int) -> datetime:
    midnight = datetime.combine((BEGINS + timedelta(days=day)).date(), datetime.min.time())
    return max(BEGINS, (midnight.replace(tzinfo=ZoneInfo(zone)) + ARRIVES).astimezone(UTC))


def _keep_time(stage: Stage, end: datetime) -> None:
    """The rounds that production runs by the clock have one an hour, or one in `SELDOM` hours."""
    names = [one.name for one in JOBS if one.every is not None and one.name not in REPLACED]

    def rounds(hour: int) -> Iterable[str]:
        return (name for name in names if hour % SELDOM.get(name, 1) == 0)

    def act(hour: int) -> Act:
        async def run() -> None:
            for name in rounds(hour):
                await stage.run_job(name)

        return run

    for hour in itertools.count(1):
        at = BEGINS + timedelta(hours=hour)
        if at >= end:
            return
        stage.at(at, act(hour))


async def _days(
    stage: Stage, wanted: Wanted, told: Told, say: Say, way: Within
) -> dict[tuple[str, str], int]:
    """Plays day by day; how many followed each account when it came."""
    first: dict[tuple[str, str], int] = {}
    for day in range(wanted.days):
        await stage.play(BEGINS + timedelta(days=day + 1))
        await note_open(stage)
        async with stage.runtime.begin(None) as tx:
            for phase, count in (await tx.session.execute(_IN_PHASE)).all():
                told.phases[day][PHASES.index(phase)] += count
        first = {**measured.followers(way.world), **first}
        say(day + 1)
    return first
