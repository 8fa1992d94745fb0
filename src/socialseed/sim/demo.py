"""Makes the demo workspace: the real pipeline on a virtual clock, in the sandbox's social world.

Prints its progress as JSON lines and writes demo.json last, so that a demo is whole or not there.
"""

import json
import os
import secrets
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import uvloop
from sqlalchemy import text

from socialseed.bootstrap import build_runtime
from socialseed.core import log
from socialseed.core.clock import SystemClock, VirtualClock
from socialseed.core.settings import Settings
from socialseed.identity import service
from socialseed.jobs.inline import InlineJobs
from socialseed.runtime.runtime import Runtime
from socialseed.sim import cast
from socialseed.sim.cast import CAST, Part
from socialseed.sim.desk import Desk
from socialseed.sim.helper import Cared, Helper, note_open
from socialseed.sim.office import Office, open_office
from socialseed.sim.platforms import Remote
from socialseed.sim.stage import WATCHDOG, Stage

SEED = "demo"
REDISCOVER = "targeting.rediscover"
DISCOVERY_DAYS = 4
DAYS = 70
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
    way = Remote(clock)
    desk, jobs = Desk(settings.sandbox_url, way), InlineJobs()
    password = secrets.token_urlsafe(15)
    async with build_runtime(
        settings, clock=clock, seed=SEED, jobs=jobs, virtual=True, transport=way
    ) as runtime:
        try:
            await _forget_unfinished(runtime)
            await desk.set_clock(clock.now())
            await desk.enforce_limits(False)
            stage = Stage(runtime, clock, jobs, desk, SEED)
            user = service.NewUser(cast.EMAIL, password, cast.OWNER, cast.WORKSPACE)
            await _play(await open_office(stage, user), end)
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


async def _play(office: Office, end: datetime) -> None:
    stage = office.stage
    for zone in sorted({part.helper for part in CAST}):
        parts = [part for part in CAST if part.helper == zone]
        _book(Helper(office, ZoneInfo(zone), cast.HABITS, together=True), parts, end)
    start = stage.clock.now()
    for hours in range(24):  # on the last day as often as it matters: tasks open while it is day
        stage.at(end - timedelta(hours=hours, minutes=3), partial(stage.run_job, WATCHDOG))
    for day in range(1, DAYS + 1):
        await stage.play(start + timedelta(days=day))
        await stage.run_job(WATCHDOG)
        if day % DISCOVERY_DAYS == 0:
            await stage.run_job(REDISCOVER)
        await note_open(stage)
        _say(day, DAYS, f"day {day} of {DAYS}")
    await stage.play(end)
    await stage.desk.move_clock(end)


def _book(helper: Helper, parts: Sequence[Part], end: datetime) -> None:
    """Each part's first day, and every day of the helper who looks after them from then on."""
    first = helper.stage.clock.now()
    for part in parts:
        arrives = max(end - timedelta(days=part.days), first)
        helper.stage.at(arrives, helper.arrival(part, end))
    helper.book(first, end)

    async def fill(one: Cared) -> None:
        """The queue is full when the real clock takes over."""
        await helper.propose(one, WAITING_AT_THE_END)
        await helper.listen(one, REPLIES_AT_THE_END)
        for ahead in range(POSTS_AT_THE_END):
            await helper.fill_calendar(one, (end - one.start).days + ahead + 1)

    helper.stage.at(end - timedelta(minutes=2), helper.for_each(fill))


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
