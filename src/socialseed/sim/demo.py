"""Makes the demo workspace: the real pipeline on a virtual clock, in the sandbox's social world.

Prints its progress as JSON lines and writes demo.json last, so that a demo is whole or not there.
"""

import asyncio
import json
import os
import secrets
import sys
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
from socialseed.policy.phases import is_open
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
LEFT_OPEN = timedelta(hours=6)  # tasks that unlock this shortly before the end wait for you


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
    for zone in sorted({part.helper for part in CAST}):
        parts = [part for part in CAST if part.helper == zone]
        await _book(stage, _Helper(stage, machine, ZoneInfo(zone)), parts, end, password)
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
    stage.open.update(row.id for row in rows if is_open(row.platform, row.phase))


async def _book(
    stage: Stage, helper: "_Helper", parts: Sequence[Part], end: datetime, password: str
) -> None:
    """Each part's first day, and every day of the helper who looks after them from then on."""

    def arrival(part: Part) -> Act:
        async def arrive() -> None:
            account = await _connect(stage, part, password)
            helper.cared.append(_Cared(part, account, stage.clock.now(), end))
            await _note_open(stage)

        return arrive

    first = stage.clock.now()
    for part in parts:
        stage.at(max(end - timedelta(days=part.days), first), arrival(part))
    day = first.astimezone(helper.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    while day < end:
        for minute, act in helper.day().items():
            at = (day + timedelta(minutes=minute)).astimezone(UTC)
            if first < at < end:
                stage.at(at, act)
        day += timedelta(days=1)
    stage.at(end - timedelta(minutes=2), helper.for_each(helper.fill))


async def _connect(stage: Stage, part: Part, password: str) -> UUID:
    runtime, person = stage.runtime, part.person
    await stage.desk.add_account(person)
    attempt = signin.Attempt(cast.EMAIL, password, "127.0.0.1", "Demo")
    opened = await signin.sign_in(runtime, attempt)
    actor = replace(stage.owner, session_id=opened.claims.session_id)
    async with runtime.begin(stage.workspace, actor, key=("account", person.handle)) as tx:
        account = await accounts.create(
            tx,
            runtime,
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


@dataclass(frozen=True, slots=True)
class _Cared:
    """An account that somebody looks after, since `start` and until `end`."""

    part: Part
    account: UUID
    start: datetime
    end: datetime


@dataclass(slots=True)
class _Helper:
    """Somebody's day with the accounts in his care; he does each thing for all of them together."""

    stage: Stage
    machine: Actor
    zone: ZoneInfo
    cared: list[_Cared] = field(default_factory=list)

    def day(self) -> Mapping[int, Act]:
        """Minute of the day → what is done then."""
        return {
            8 * 60 + 5: self.for_each(self.plan),
            8 * 60 + 20: self.for_each(self.post),
            8 * 60 + 40: self.for_each(self.hear),
            9 * 60 + 15: self.for_each(self.review),
            13 * 60 + 40: self.for_each(self.work, sends=False),
            15 * 60 + 30: self.for_each(self.review_again),
            20 * 60 + 30: self.for_each(self.work, sends=False),
            23 * 60 + 20: self.for_each(self.look_back, sends=False),
        }

    def for_each(
        self, work: Callable[[_Cared], Coroutine[object, object, None]], *, sends: bool = True
    ) -> Act:
        """One act that does `work` for every account; `sends`: it may give something to send."""

        async def act() -> None:
            if not sends or not self.cared:
                self.stage.nothing_to_send()
            async with asyncio.TaskGroup() as together:
                for one in self.cared:
                    together.create_task(work(one))

        return act

    def _closed(self, one: _Cared) -> bool:
        # Nobody works on an account whose platform its phase has not opened yet.
        return one.account not in self.stage.open

    def _number(self, one: _Cared) -> int:
        return (self.stage.clock.now() - one.start).days

    async def plan(self, one: _Cared) -> None:
        draw = self.stage.draw("busy", one.account, self._number(one))
        await self._plan(one, draw.randint(PLANNED_A_DAY - 4, PLANNED_A_DAY))

    async def _plan(self, one: _Cared, count: int) -> None:
        if self._closed(one):
            return
        runtime, key = self.stage.runtime, ("plan", one.account)
        async with runtime.begin(self.stage.workspace, PLANNER, key=key) as tx:
            await plan_account(tx, runtime, one.account, count=count)

    async def post(self, one: _Cared) -> None:
        number = self._number(one)
        if number % 2 == 0 and not self._closed(one):
            await people.fill_calendar(self.stage, self.machine, one.account, one.part, number)

    async def hear(self, one: _Cared) -> None:
        if self._number(one) % 4 == 1:
            await self._hear(one, LISTENED_A_DAY)

    async def _hear(self, one: _Cared, depth: int) -> None:
        if not self._closed(one):
            await listen(self.stage.runtime, self.stage.workspace, one.account, depth=depth)

    async def review(self, one: _Cared) -> None:
        if not self._closed(one):
            await people.review(self.stage, one.account)

    async def review_again(self, one: _Cared) -> None:
        if self._number(one) % 2:
            await self.review(one)

    async def work(self, one: _Cared) -> None:
        left = one.end - self.stage.clock.now()
        if not self._closed(one) and left > LEFT_OPEN:
            await people.do_tasks(self.stage, one.account, one.part.person.handle)

    async def look_back(self, one: _Cared) -> None:
        days_left = (one.end - self.stage.clock.now()).days
        if self._closed(one) and self._number(one) % SELDOM and days_left > RECENT_DAYS:
            return
        await measure.measure(self.stage.runtime, self.stage.workspace, one.account)

    async def fill(self, one: _Cared) -> None:
        """The queue is full when the real clock takes over."""
        await self._plan(one, WAITING_AT_THE_END)
        if self._closed(one):
            return
        await self._hear(one, REPLIES_AT_THE_END)
        for ahead in range(POSTS_AT_THE_END):
            number = one.part.days + ahead + 1
            await people.fill_calendar(self.stage, self.machine, one.account, one.part, number)


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
