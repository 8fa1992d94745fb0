"""What is asked of a simulation and what each of its processes tells: plain data."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from socialseed.sandbox.enforcement.profile import Profile
from socialseed.sim.scenario import Scenario

OURS = "socialseed"
OTHERS = ("fixed-interval", "uniform-random", "limits-only")
POLICIES = (OURS, *OTHERS)
LIGHTS = ("green", "yellow", "red")
PHASES = ("phase_1", "phase_2", "phase_3")
STEPS = ("clear", "warn", "restrict", "challenge", "suspend")
# Every world begins on this Monday, so that the same seed makes the same one at any time. Ninety
# days from it hold the change to summer time of America and of Europe.
BEGINS = datetime(2026, 1, 5, tzinfo=UTC)
RESULT = "told.json"  # in a process's folder: what it told
SHARDS = 2  # processes that share the workspaces; what comes out hangs on it, so it never changes


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """One simulation. `numbers`: what every workspace's own policy moves, None for nothing."""

    accounts: int
    days: int
    seed: str
    policy: str
    enforcement: Profile
    scenario: Scenario
    numbers: dict[str, int | float] | None = None

    @property
    def ends(self) -> datetime:
        """The instant at which it ends."""
        return BEGINS + timedelta(days=self.days)


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """The part of one process: every `SHARDS`-th workspace from `shard` on."""

    wanted: Wanted
    shard: int
    home: str  # a folder for its world; removed by whoever gave it


class Step(msgspec.Struct, frozen=True):
    """An account's standing with its platform from an instant on, and why."""

    at: datetime
    step: str
    why: str
    reasons: Sequence[str] = ()


class Blame(msgspec.Struct, frozen=True):
    """What a platform holds against an account by one signal: points today, how often, the last."""

    signal: str
    points: float
    times: int
    latest: str


class AccountTold(msgspec.Struct, kw_only=True):
    """What became of one account. Seconds count from the day on which it could act."""

    number: int
    platform: str
    handle: str
    steps: Sequence[Step]
    blamed: Sequence[Blame]  # what the platform held against it in the end
    seconds: float
    green_seconds: float
    clear_seconds: float
    gained: int
    phase: str | None = None

    @property
    def worst(self) -> str:
        """The highest step it ever stood on."""
        return max((one.step for one in self.steps), key=STEPS.index, default="clear")


class Told(msgspec.Struct, kw_only=True):
    """All that one process tells at the end."""

    accounts: list[AccountTold]
    heads: list[tuple[int, str]]  # workspace number, head of its chain of events
    actions: dict[str, dict[str, int]]  # kind → outcome → count
    by_day: list[list[int]]  # a day: performed actions by light
    hours: list[list[int]]  # weekday and hour of the account's own time: performed actions
    health: list[list[int]]  # a day: scores
    phases: list[list[int]]  # a day: accounts in each phase
    seconds: dict[str, float]  # that people spent, by what they did
    exceeded: list[str]
    broken: list[str]


def new_told(days: int) -> Told:
    """Nothing told yet, of so many days."""
    return Told(
        accounts=[],
        heads=[],
        actions={},
        by_day=[[0, 0, 0] for _ in range(days)],
        hours=[[0] * 24 for _ in range(7)],
        health=[[] for _ in range(days)],
        phases=[[0, 0, 0] for _ in range(days)],
        seconds={},
        exceeded=[],
        broken=[],
    )
