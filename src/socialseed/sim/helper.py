"""Somebody's days with the accounts in his care: plan, post, listen, review, do, look back."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text

from socialseed.accounts import measure
from socialseed.planner.inbox import listen
from socialseed.planner.planning import plan_account
from socialseed.policy.phases import is_open
from socialseed.runtime.actor import PLANNER
from socialseed.sim import people
from socialseed.sim.office import Newcomer, Office, join
from socialseed.sim.scenario import Habits
from socialseed.sim.stage import WATCHDOG, Act, Stage

PLAN_AT, POST_AT, HEAR_AT, LOOK_BACK_AT = 8 + 5 / 60, 8 + 20 / 60, 8 + 40 / 60, 23 + 20 / 60
ROUND = timedelta(minutes=3)  # between two tasks of one account in one sitting
# Tasks that unlock this shortly before the end stay open: at any hour somebody has been awake.
LEFT_OPEN = timedelta(hours=16)
_PHASES = text("SELECT id, platform, phase FROM social_accounts")


async def note_open(stage: Stage) -> None:
    """The stage knows which accounts' platforms their phase has opened by now."""
    async with stage.runtime.begin(None) as tx:
        rows = (await tx.session.execute(_PHASES)).all()
    for row in rows:
        if is_open(row.platform, row.phase):
            stage.open.setdefault(row.id, stage.clock.now())


@dataclass(frozen=True, slots=True)
class Cared:
    """An account that somebody looks after, since `start` and until `end`."""

    who: Newcomer
    account: UUID
    start: datetime
    end: datetime


@dataclass(slots=True)
class Helper:
    """Does each thing for all accounts in his care; `together`: at the same time."""

    office: Office
    zone: ZoneInfo
    habits: Habits
    together: bool = False
    cared: list[Cared] = field(default_factory=list)

    @property
    def stage(self) -> Stage:
        """Where it happens."""
        return self.office.stage

    def book(self, first: datetime, end: datetime) -> None:
        """All his days between two instants are on the stage."""
        day = first.astimezone(self.zone).replace(hour=0, minute=0, second=0, microsecond=0)
        while day < end:
            for minutes, act in self._day(day):
                at = (day + timedelta(minutes=minutes)).astimezone(UTC)
                if first < at < end:
                    self.stage.at(at, act)
            day += timedelta(days=1)

    def arrival(self, who: Newcomer, end: datetime) -> Act:
        """The act by which an account comes into his care until `end`."""

        async def arrive() -> None:
            account = await join(self.office, who)
            self.cared.append(Cared(who, account, self.stage.clock.now(), end))
            await note_open(self.stage)

        return arrive

    def _day(self, day: datetime) -> Iterator[tuple[int, Act]]:
        """Minute of the day → what is done then."""
        habits, draw = self.habits, self.stage.draw("day", self.office.user.email, day.date())
        yield round(PLAN_AT * 60), self.for_each(self.plan)
        yield round(POST_AT * 60), self.for_each(self.post)
        yield round(HEAR_AT * 60), self.for_each(self.hear)
        yield round(LOOK_BACK_AT * 60), self.for_each(self.look_back, sends=False)
        for hour in habits.reviewer.hours:
            late = draw.randint(0, habits.reviewer.late_minutes)
            if draw.random() >= habits.reviewer.skips:
                yield round(hour * 60) + late, self.review
        for hour in habits.doer.hours:
            late = draw.randint(0, habits.doer.late_minutes)
            if draw.random() >= habits.doer.skips:
                yield round(hour * 60) + late, self.work

    def for_each(
        self, work: Callable[[Cared], Coroutine[object, object, None]], *, sends: bool = True
    ) -> Act:
        """One act that does `work` for every account; `sends`: it may give something to send."""

        async def act() -> None:
            if not sends or not self.cared:
                self.stage.nothing_to_send()
            if not self.together:
                for one in self.cared:
                    await work(one)
                return
            async with asyncio.TaskGroup() as group:
                for one in self.cared:
                    group.create_task(work(one))

        return act

    def _open(self, *, left: timedelta = timedelta()) -> Sequence[UUID]:
        # Nobody works on an account whose platform its phase has not opened yet.
        now = self.stage.clock.now()
        return [c.account for c in self.cared if self._works(c) and c.end - now > left]

    def _works(self, one: Cared) -> bool:
        return one.account in self.stage.open

    def _number(self, one: Cared) -> int:
        return (self.stage.clock.now() - one.start).days

    async def plan(self, one: Cared) -> None:
        """New proposals, as many as are wanted this morning."""
        draw = self.stage.draw("busy", one.account, self._number(one))
        await self.propose(one, draw.randint(*one.who.planned))

    async def propose(self, one: Cared, count: int) -> None:
        """At most `count` new proposals."""
        if not self._works(one):
            return
        runtime, key = self.stage.runtime, ("plan", one.account)
        async with runtime.begin(self.office.workspace, PLANNER, key=key) as tx:
            await plan_account(tx, runtime, one.account, count=count)

    async def post(self, one: Cared) -> None:
        """Every so many days the calendar proposes a post."""
        number = self._number(one)
        if number % self.habits.owner.post_every_days == 0:
            await self.fill_calendar(one, number)

    async def fill_calendar(self, one: Cared, number: int) -> None:
        """The calendar's `number`-th post is proposed."""
        if self._works(one):
            await people.fill_calendar(self.office, one.account, one.who.person, number)

    async def hear(self, one: Cared) -> None:
        """Every so many days what was said to the account is read."""
        every = self.habits.owner.listen_every_days
        if self._number(one) % every == 1 % every:
            await self.listen(one, self.habits.owner.replies)

    async def listen(self, one: Cared, depth: int) -> None:
        """Up to `depth` replies wait."""
        if self._works(one):
            office = self.office
            await listen(self.stage.runtime, office.workspace, one.account, depth=depth)

    async def review(self) -> None:
        """He sees to what is wrong, then to the queue."""
        if not self.cared:
            self.stage.nothing_to_send()
            return
        after = timedelta(hours=self.habits.owner.trouble_hours)
        await people.mend(self.office, after)
        await people.review(self.office, self.habits.reviewer, self._open())

    async def work(self, round_: int = 1) -> None:
        """He does what is unlocked, and comes back a little later while there was something."""
        await self.stage.run_job(WATCHDOG)
        self.stage.nothing_to_send()
        did = await people.do_tasks(self.office, self.habits.doer, self._open(left=LEFT_OPEN))
        if did and round_ < self.habits.doer.tasks:
            self.stage.at(self.stage.clock.now() + ROUND, partial(self.work, round_ + 1))

    async def look_back(self, one: Cared) -> None:
        """The account is measured; one that waits for its phase seldom."""
        owner, days_left = self.habits.owner, (one.end - self.stage.clock.now()).days
        seldom = not self._works(one) and self._number(one) % owner.seldom_days
        if seldom and days_left > owner.recent_days:
            return
        await measure.measure(self.stage.runtime, self.office.workspace, one.account)
