"""Makes the demo workspace: the real pipeline on a virtual clock, in the sandbox's social world.

Prints its progress as JSON lines and writes demo.json last, so that a demo is whole or not there.
"""

import json
import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

import uvloop
from sqlalchemy import text

from socialseed.accounts import connect, measure
from socialseed.accounts import service as accounts
from socialseed.bootstrap import build_runtime
from socialseed.core import log
from socialseed.core.clock import SystemClock, VirtualClock
from socialseed.core.settings import Settings
from socialseed.identity import consents, keys, service, signin
from socialseed.identity.access import Caller
from socialseed.identity.models import CONSENT_KINDS
from socialseed.jobs.inline import InlineJobs
from socialseed.planner.inbox import listen
from socialseed.planner.planning import plan_account
from socialseed.policy.phases import platforms_open
from socialseed.runtime.actor import PLANNER, Actor
from socialseed.runtime.runtime import Runtime
from socialseed.sim import cast, people
from socialseed.sim.cast import CAST, Part
from socialseed.sim.desk import Desk
from socialseed.sim.stage import WATCHDOG, Act, Stage, World
from socialseed.targeting import service as targeting
from socialseed.targeting.schemas import NewRule

SEED = "demo"
_PHASES = text("SELECT id, platform, phase FROM social_accounts")
REDISCOVER = "targeting.rediscover"
DISCOVERY_DAYS = 4
SELDOM, RECENT_DAYS = 4, 35  # accounts that wait for their phase are measured less often at first
DAYS = 70
# People of each interest that the owner knows by name; where there is a search, it finds them.
HANDLES = {"tiktok": 240, "instagram": 120, "twitter": 0}
PLANNED_A_DAY = 12
LISTENED_A_DAY = 4
WAITING_AT_THE_END = 10
REPLIES_AT_THE_END = 8
POSTS_AT_THE_END = 4


async def make(settings: Settings) -> None:
    """The demo workspace stands, its history ends now, and demo.json holds the sign-in.

    Raises ValueError when no sandbox is named. An unfinished earlier demo is removed first.
    """
    if settings.sandbox_url is None:
        raise ValueError("SOCIALSEED_SANDBOX_URL is not set: the demo needs the platform sandbox.")
    end = SystemClock().now()
    clock = VirtualClock(end - timedelta(days=DAYS))
    world = World(clock)
    desk, jobs = Desk(settings.sandbox_url, world), InlineJobs()
    password = secrets.token_urlsafe(15)
    async with build_runtime(
        settings, clock=clock, seed=SEED, jobs=jobs, virtual=True, transport=world
    ) as runtime:
        try:
            await _forget_unfinished(runtime)
            await desk.set_clock(clock.now())
            await desk.enforce_limits(False)
            stage = await _open(runtime, clock, jobs, desk, password)
            await _play(stage, end, password)
            await desk.enforce_limits(True)
            await desk.release_clock()
        finally:
            await desk.close()
    _write(settings, password)


async def _forget_unfinished(runtime: Runtime) -> None:
    async with runtime.begin(None, timeout_ms=60_000) as tx:
        await tx.session.execute(
            text(
                "DELETE FROM workspaces w USING memberships m, users u WHERE m.workspace_id = w.id"
                " AND u.id = m.user_id AND u.email = :email"
            ),
            {"email": cast.EMAIL},
        )
        await tx.session.execute(
            text("DELETE FROM users WHERE email = :email"), {"email": cast.EMAIL}
        )


async def _open(
    runtime: Runtime, clock: VirtualClock, jobs: InlineJobs, desk: Desk, password: str
) -> Stage:
    user = service.NewUser(cast.EMAIL, password, cast.OWNER, cast.WORKSPACE)
    ids = await service.sign_up(runtime, user)
    owner = Actor("user", ids.user_id, cast.OWNER, "owner")
    async with runtime.begin(ids.workspace_id, owner) as tx:
        for kind in CONSENT_KINDS:
            await consents.decide(tx, kind, True)
    return Stage(runtime, clock, jobs, desk, SEED, ids.workspace_id, owner)


async def _play(stage: Stage, end: datetime, password: str) -> None:
    async with stage.runtime.begin(stage.workspace, stage.owner) as tx:
        made = await keys.create(tx, "Content desk")
    machine = Actor("api_key", UUID(str(made["id"])), "Content desk")
    for part in CAST:
        _book(stage, machine, part, end, password)
    start = stage.clock.now()
    for day in range(1, DAYS + 1):
        await stage.play(start + timedelta(days=day))
        await stage.run_job(WATCHDOG)
        if day % DISCOVERY_DAYS == 0:
            await stage.run_job(REDISCOVER)
        await _note_open(stage)
        _say(day, DAYS, f"day {day} of {DAYS}")
    await stage.play(end)
    await stage.desk.move_clock(end)


async def _note_open(stage: Stage) -> None:
    async with stage.runtime.begin(stage.workspace, stage.owner) as tx:
        rows = (await tx.session.execute(_PHASES)).all()
    stage.open.update(row.id for row in rows if row.platform in platforms_open(row.phase))


def _book(stage: Stage, machine: Actor, part: Part, end: datetime, password: str) -> None:
    """The part's first day; each day books the next."""
    start = end - timedelta(days=part.days)

    async def arrive() -> None:
        account = await _connect(stage, part, password)
        await _note_open(stage)
        await _book_days(stage, machine, part, account, start, end)

    stage.at(max(start, stage.clock.now()), arrive)


async def _connect(stage: Stage, part: Part, password: str) -> UUID:
    runtime, person = stage.runtime, part.person
    await stage.desk.add_account(person)
    attempt = signin.Attempt(cast.EMAIL, password, "127.0.0.1", "Demo")
    opened = await signin.sign_in(runtime, attempt)
    actor = replace(stage.owner, session_id=opened.claims.session_id)
    async with runtime.begin(stage.workspace, actor, key=("account", person.handle)) as tx:
        account = await accounts.create(
            tx,
            accounts.NewAccount(
                person.platform,
                person.handle,
                person.timezone,
                tier=part.tier,
                display_name=person.display_name,
                established=part.established,
            ),
        )
    caller = Caller(runtime, actor, stage.workspace)
    started = await connect.begin(caller, person.platform, account)
    back = parse_qs(urlsplit(await stage.desk.allow(started.authorize_url, person.handle)).query)
    came = connect.Callback(
        person.platform, back["state"][0], started.state, back["code"][0].removesuffix("#_"), None
    )
    finished = await connect.finish(runtime, came)
    if finished.error:
        raise RuntimeError(f"{person.handle} could not be connected: {finished.error}")
    await _add_rules(stage, part, account)
    return account


async def _add_rules(stage: Stage, part: Part, account: UUID) -> None:
    platform = part.person.platform
    for interest in part.interests:
        handles = await stage.desk.people(platform, interest, HANDLES[platform])
        async with stage.runtime.begin(stage.workspace, stage.owner, key=interest) as tx:
            await targeting.create(
                tx,
                NewRule(
                    platform=platform,
                    name=f"People into {interest}",
                    account_id=account,
                    keywords=[interest],
                    handles=handles,
                    action_types=list(part.action_types),
                    daily_budget=part.daily_budget,
                ),
            )


async def _book_days(
    stage: Stage, machine: Actor, part: Part, account: UUID, start: datetime, end: datetime
) -> None:
    zone = ZoneInfo(part.person.timezone)
    first = start.astimezone(zone).date()
    for number in range(part.days + 2):
        day = first + timedelta(days=number)
        for hour, act in _day(stage, machine, part, account, number).items():
            at = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(minutes=hour)
            at = at.astimezone(UTC)
            if start < at < end:
                stage.at(at, act)
    stage.at(end - timedelta(minutes=2), _filling(stage, machine, part, account))


def _day(stage: Stage, machine: Actor, part: Part, account: UUID, number: int) -> Mapping[int, Act]:
    """One local day: minute of the day → what somebody does then."""
    handle = part.person.handle

    async def post() -> None:
        await people.fill_calendar(stage, machine, account, part, number)

    async def hear() -> None:
        await listen(stage.runtime, stage.workspace, account, depth=LISTENED_A_DAY)

    async def review() -> None:
        await people.review(stage, account)

    async def work() -> None:
        stage.nothing_to_send()
        await people.do_tasks(stage, account, handle)

    async def look_back() -> None:
        stage.nothing_to_send()
        if account not in stage.open and number % SELDOM and number < part.days - RECENT_DAYS:
            return
        await measure.measure(stage.runtime, stage.workspace, account)

    busy = stage.draw("busy", account, number).randint(PLANNED_A_DAY - 4, PLANNED_A_DAY)
    day = {
        8 * 60 + 5: _planning(stage, account, busy),
        9 * 60 + 15: review,
        13 * 60 + 40: work,
        21 * 60 + 30: work,
    }
    if number % 2 == 0:
        day[8 * 60 + 20] = post
    else:
        day[15 * 60 + 30] = review
    if number % 4 == 1:
        day[8 * 60 + 40] = hear
    opened = {at: _when_open(stage, account, act) for at, act in day.items()}
    return {**opened, 23 * 60 + 20: look_back}


def _when_open(stage: Stage, account: UUID, act: Act) -> Act:
    """Nobody works on an account whose platform its phase has not opened yet."""

    async def maybe() -> None:
        if account in stage.open:
            await act()

    return maybe


def _planning(stage: Stage, account: UUID, count: int) -> Act:
    async def plan() -> None:
        async with stage.runtime.begin(stage.workspace, PLANNER, key=("plan", account)) as tx:
            await plan_account(tx, stage.runtime, account, count=count)

    return plan


def _filling(stage: Stage, machine: Actor, part: Part, account: UUID) -> Act:
    async def fill() -> None:
        """The queue is full when the real clock takes over."""
        await _planning(stage, account, WAITING_AT_THE_END)()
        if account not in stage.open:
            return
        await listen(stage.runtime, stage.workspace, account, depth=REPLIES_AT_THE_END)
        for number in range(POSTS_AT_THE_END):
            await people.fill_calendar(stage, machine, account, part, part.days + number + 1)

    return fill


def _say(done: int, total: int, label: str) -> None:
    sys.stdout.write(json.dumps({"done": done, "total": total, "label": label}) + "\n")
    sys.stdout.flush()


def _write(settings: Settings, password: str) -> None:
    body = {
        "url": settings.origin,
        "email": cast.EMAIL,
        "password": password,
        "sandbox_url": settings.sandbox_url,
    }
    target = settings.home / "demo.json"
    draft = Path(f"{target}.new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(body, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(target)


if __name__ == "__main__":
    log.configure("WARNING", "demo")
    uvloop.run(make(Settings()))
