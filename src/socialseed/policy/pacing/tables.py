"""How much an account may do per day and hour: one table, with who set each number.

Ours are well below the platforms'; a platform's own number stands beside the one it caps.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from socialseed.policy.numbers import DEFAULTS, Policy
from socialseed.policy.phases.programme import FIRST_DAY

Window = Literal["hour", "day"]
ALL = "all"
# first day of the phase, actions a day then, actions a day 29 days later (product owner's table)
RAMPS = {"phase_1": (1, 50, 100), "phase_2": (31, 100, 150), "phase_3": (61, 150, 200)}
RAMP_DAYS = 29
LOW_HEALTH = 40
HOUR_SHARE = 5  # no hour takes more than a fifth of a day
HOUR_LEAST = 3  # unless that would be hardly any
OWN = frozenset({"publish_text", "publish_image", "publish_video", "publish_carousel", "delete"})
PACE = {"green": 1.0, "yellow": 0.5, "red": 0.25}  # red: what a person still approves, nothing else


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `limit` of `kind` (an action type, or all) in one `window` of the account's local
    time.
    """

    kind: str
    window: Window
    limit: int
    source: str


@dataclass(frozen=True, slots=True)
class Ceiling:
    """Our daily ceiling of one kind in phase 3, and the platform's own where it states one."""

    ours: int
    platform: int | None = None
    platform_says: str = ""
    by: str = "SocialSeed"

    @property
    def day(self) -> int:
        """The lower of the two."""
        return self.ours if self.platform is None else min(self.ours, self.platform)

    @property
    def source(self) -> str:
        """Who set the number that holds."""
        if self.platform is not None and self.platform <= self.ours:
            return self.platform_says
        return f"{self.by}, below {self.platform_says}" if self.platform_says else self.by


_X_POSTS = "X: 50 posts a day unverified (X limits page, 2026-06)"
_X_REPLIES = "X: 200 replies a day unverified (X limits page, 2026-06)"
_X_FOLLOWS = "X: 400 follows a day (X limits page, 2026-06)"
_X_LIKES = "X: 1,000 likes a day (X API rate limits, 2026-08)"
_IG_POSTS = "Instagram: 50 posts in 24 hours (content publishing reference, 2026)"
_TT_POSTS = "TikTok: about 15 posts in 24 hours (Content Posting API, 2026-09)"

# The ceilings of kinds that share one limit of a platform (posts) add up to no more than that
# limit.
CEILINGS: Mapping[str, Mapping[str, Ceiling]] = {
    "twitter": {
        "follow": Ceiling(40, 400, _X_FOLLOWS),
        "unfollow": Ceiling(30),
        "like": Ceiling(80, 1000, _X_LIKES),
        "unlike": Ceiling(30),
        "comment": Ceiling(30, 200, _X_REPLIES),
        "reply": Ceiling(50, 200, _X_REPLIES),
        "repost": Ceiling(10, 50, _X_POSTS),
        "quote": Ceiling(5, 50, _X_POSTS),
        "publish_text": Ceiling(15, 50, _X_POSTS),
        "publish_image": Ceiling(10, 50, _X_POSTS),
        "publish_video": Ceiling(5, 50, _X_POSTS),
        "delete": Ceiling(10),
    },
    "instagram": {
        "follow": Ceiling(40),
        "unfollow": Ceiling(30),
        "like": Ceiling(80),
        "unlike": Ceiling(30),
        "comment": Ceiling(30),
        "reply": Ceiling(50),
        "repost": Ceiling(10),
        "publish_image": Ceiling(10, 50, _IG_POSTS),
        "publish_video": Ceiling(10, 50, _IG_POSTS),
        "publish_carousel": Ceiling(10, 50, _IG_POSTS),
        "delete": Ceiling(10),
    },
    "tiktok": {
        "follow": Ceiling(40),
        "unfollow": Ceiling(30),
        "like": Ceiling(80),
        "unlike": Ceiling(30),
        "comment": Ceiling(30),
        "reply": Ceiling(50),
        "repost": Ceiling(10),
        "publish_image": Ceiling(5, 15, _TT_POSTS),
        "publish_video": Ceiling(5, 15, _TT_POSTS),
        "publish_carousel": Ceiling(5, 15, _TT_POSTS),
        "delete": Ceiling(10),
    },
}

# A platform without a row of its own: at most half of what we allow on any that is known.
_NEW = "SocialSeed: cautious, until the platform has ceilings of its own"
NEW_PLATFORM: Mapping[str, Ceiling] = {
    "follow": Ceiling(20, by=_NEW),
    "unfollow": Ceiling(15, by=_NEW),
    "like": Ceiling(40, by=_NEW),
    "unlike": Ceiling(15, by=_NEW),
    "comment": Ceiling(15, by=_NEW),
    "reply": Ceiling(25, by=_NEW),
    "repost": Ceiling(5, by=_NEW),
    "quote": Ceiling(2, by=_NEW),
    "publish_text": Ceiling(2, by=_NEW),
    "publish_image": Ceiling(2, by=_NEW),
    "publish_video": Ceiling(2, by=_NEW),
    "publish_carousel": Ceiling(2, by=_NEW),
    "delete": Ceiling(5, by=_NEW),
}


@lru_cache(maxsize=4096)  # an account asks for the same ones all day
def limits(
    platform: str,
    phase: str,
    programme_day: int,
    light: str,
    health: int | None,
    account_limit: int,
    policy: Policy = DEFAULTS,
) -> Sequence[Limit]:
    """Every limit that holds now, `all` first, then each kind that the platform has; none is below
    1.

    A yellow light halves them and a red one quarters them: under red nothing is automatic
    (`requires_approval`), so these are what a person may still approve. Health below 40 halves
    again. A platform without ceilings of its own has those of `NEW_PLATFORM`; an unknown phase
    ramps like the first.
    """
    pace = PACE.get(light, PACE["red"])
    if health is not None and health < LOW_HEALTH:
        pace /= 2
    ramp, source = _ramp(phase, programme_day, policy)
    day = min(ramp, account_limit)
    if account_limit < ramp:
        source = "You, for this account"
    whole = max(1, math.floor(day * pace))
    found = [
        Limit(ALL, "day", whole, _slowed(source, pace)),
        Limit(ALL, "hour", _hourly(whole), _slowed("SocialSeed: a fifth of the day", pace)),
    ]
    found.extend(_of_kinds(platform, whole, ramp, pace))
    return tuple(found)


def binding(found: Sequence[Limit], used: Mapping[tuple[str, str], int]) -> Limit | None:
    """Which limit over all kinds leaves least, given what is used by (kind, window)."""
    over_all = [one for one in found if one.kind == ALL]
    return min(
        over_all, key=lambda one: one.limit - used.get((one.kind, one.window), 0), default=None
    )


def _ramp(phase: str, programme_day: int, policy: Policy) -> tuple[int, str]:
    name = phase if phase in RAMPS else "phase_1"
    first, low, high = RAMPS[name]
    most = policy.count(f"limits.{name}")
    start = max(first, policy.count(f"days.{name}")) if name != "phase_1" else first
    share = min(max(programme_day - start, 0), RAMP_DAYS) / RAMP_DAYS
    words = name.replace("_", " ")
    source = f"SocialSeed, day {max(programme_day, FIRST_DAY[name])} in {words}"
    if most < high:
        source = f"Your policy for {words}, day {max(programme_day, start)}"
    return round((low + (high - low) * share) * most / high), source


def _of_kinds(platform: str, whole: int, day: int, pace: float) -> Iterator[Limit]:
    # Steps towards people ramp with the phase; the account's own posts need no getting used to.
    ramp = min(1.0, day / RAMPS["phase_3"][2])
    for kind, ceiling in CEILINGS.get(platform, NEW_PLATFORM).items():
        share = pace if kind in OWN else ramp * pace
        count = min(whole, max(1, math.floor(ceiling.day * share)))
        source = _slowed(ceiling.source, pace)
        yield Limit(kind, "day", count, source)
        yield Limit(kind, "hour", _hourly(count), "SocialSeed: a fifth of the day")


def _hourly(day: int) -> int:
    return max(min(day, HOUR_LEAST), math.ceil(day / HOUR_SHARE))


def _slowed(source: str, pace: float) -> str:
    return source if pace == 1.0 else f"{source}, slowed to {pace:.0%}"
