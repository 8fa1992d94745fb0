"""How much an account may do per day and hour: the least of phase, account, platform, ledger, light
and health, with who set the number that holds.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from socialseed.policy.capabilities.ledger import LEDGER, Ledger
from socialseed.policy.numbers import DEFAULTS, Policy
from socialseed.policy.phases.programme import first_day

Window = Literal["hour", "day"]
SetBy = Literal["phase", "account", "product", "platform", "light", "health"]
ALL = "all"
# actions a day on the first day of the phase, and 29 days later (product owner's table)
RAMPS = {"phase_1": (50, 100), "phase_2": (100, 150), "phase_3": (150, 200)}
RAMP_DAYS = 29
LOW_HEALTH = 40
WEAK = 0.5  # what health below that leaves
HOUR_SHARE = 5  # no hour takes more than a fifth of a day
HOUR_LEAST = 3  # unless that would be hardly any
OWN = frozenset({"publish_text", "publish_image", "publish_video", "publish_carousel", "delete"})
PACE = {"green": 1.0, "yellow": 0.5, "red": 0.25}  # red: what a person still approves, nothing else


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `limit` of `kind` (an action type, or all) in one `window` of the account's local
    time. `set_by`: what makes it no more than that; `source`: the same in words.
    """

    kind: str
    window: Window
    limit: int
    source: str
    set_by: SetBy = "phase"


@dataclass(frozen=True, slots=True)
class _Number:
    """One of the numbers of which the least holds."""

    most: int
    source: str
    set_by: SetBy


# Our own ceiling of each kind in a day of phase 3, well below what a platform states. Those of
# kinds that share one limit of a platform (posts) add up to no more than that limit.
CEILINGS: Mapping[str, Mapping[str, int]] = {
    "twitter": {
        "follow": 40,
        "unfollow": 30,
        "like": 80,
        "unlike": 30,
        "comment": 30,
        "reply": 50,
        "repost": 10,
        "quote": 5,
        "publish_text": 15,
        "publish_image": 10,
        "publish_video": 5,
        "delete": 10,
    },
    "instagram": {
        "follow": 40,
        "unfollow": 30,
        "like": 80,
        "unlike": 30,
        "comment": 30,
        "reply": 50,
        "repost": 10,
        "publish_image": 10,
        "publish_video": 10,
        "publish_carousel": 10,
        "delete": 10,
    },
    "tiktok": {
        "follow": 40,
        "unfollow": 30,
        "like": 80,
        "unlike": 30,
        "comment": 30,
        "reply": 50,
        "repost": 10,
        "publish_image": 5,
        "publish_video": 5,
        "publish_carousel": 5,
        "delete": 10,
    },
}

# A platform without a row of its own: at most half of what we allow on any that is known.
_NEW = "SocialSeed: cautious, until the platform has ceilings of its own"
NEW_PLATFORM: Mapping[str, int] = {
    "follow": 20,
    "unfollow": 15,
    "like": 40,
    "unlike": 15,
    "comment": 15,
    "reply": 25,
    "repost": 5,
    "quote": 2,
    "publish_text": 2,
    "publish_image": 2,
    "publish_video": 2,
    "publish_carousel": 2,
    "delete": 5,
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
    ledger: Ledger = LEDGER,
) -> Sequence[Limit]:
    """Every limit that holds now, `all` first, then each kind that the platform has; none is below
    1.

    A yellow light halves them and a red one quarters them: under red nothing is automatic
    (`requires_approval`), so these are what a person may still approve. Health below 40 halves
    again. A platform without ceilings of its own has those of `NEW_PLATFORM`; an unknown phase
    ramps like the first.
    """
    slow = _slowdown(light, health)
    ramp = _ramp(phase, programme_day, policy)
    own = _Number(account_limit, "You, for this account", "account")
    whole = slow(_least(ramp, own), 1.0)
    found = [_limit(ALL, "day", whole), _hourly(ALL, whole)]
    for kind, number in _of_kinds(platform, ramp, slow, ledger):
        # Of two equal numbers the kind's own is told.
        day = _least(number, whole)
        found += [_limit(kind, "day", day), _hourly(kind, day)]
    return tuple(found)


def binding(found: Sequence[Limit], used: Mapping[tuple[str, str], int]) -> Limit | None:
    """Which limit over all kinds leaves least, given what is used by (kind, window)."""
    over_all = [one for one in found if one.kind == ALL]
    return min(
        over_all, key=lambda one: one.limit - used.get((one.kind, one.window), 0), default=None
    )


def _least(*numbers: _Number) -> _Number:
    return min(numbers, key=lambda one: one.most)


def _ramp(phase: str, programme_day: int, policy: Policy) -> _Number:
    name = phase if phase in RAMPS else "phase_1"
    low, high = RAMPS[name]
    most, start = policy.count(f"limits.{name}"), first_day(name, policy)
    share = min(max(programme_day - start, 0), RAMP_DAYS) / RAMP_DAYS
    day = f"{name.replace('_', ' ')}, day {max(programme_day, start)}"
    source = f"Your policy for {day}" if most < high else f"SocialSeed, {day}"
    return _Number(round((low + (high - low) * share) * most / high), source, "phase")


def _of_kinds(
    platform: str, ramp: _Number, slow: "_Slowdown", ledger: Ledger
) -> Iterator[tuple[str, _Number]]:
    # Steps towards people ramp with the phase; the account's own posts need no getting used to.
    grown = min(1.0, ramp.most / RAMPS["phase_3"][1])
    for kind, ours in CEILINGS.get(platform, NEW_PLATFORM).items():
        number = _ceiling(platform, kind, ours, ledger)
        if kind in OWN or grown == 1.0:
            yield kind, slow(number, 1.0)
        else:
            source = f"{number.source}, {grown:.0%} of it by {ramp.source}"
            yield kind, slow(_Number(number.most, source, "phase"), grown)


def _ceiling(platform: str, kind: str, ours: int, ledger: Ledger) -> _Number:
    theirs = ledger.daily(platform, kind)
    us = "SocialSeed" if platform in CEILINGS else _NEW
    if theirs is None:
        return _Number(ours, us, "product")
    if theirs.most <= ours:
        return _Number(theirs.most, theirs.source, "platform")
    return _Number(ours, f"{us}, below {theirs.source}", "product")


@dataclass(frozen=True, slots=True)
class _Slowdown:
    """What light and health leave of every number."""

    pace: float
    set_by: SetBy

    def __call__(self, number: _Number, share: float) -> _Number:
        most = max(1, math.floor(number.most * share * self.pace))
        if self.pace == 1.0:
            return _Number(most, number.source, number.set_by)
        return _Number(most, f"{number.source}, slowed to {_percent(self.pace)}", self.set_by)


def _slowdown(light: str, health: int | None) -> _Slowdown:
    pace = PACE.get(light, PACE["red"])
    weak = health is not None and health < LOW_HEALTH
    # The one that takes more away is told.
    set_by: SetBy = "health" if weak and pace >= WEAK else "light"
    return _Slowdown(pace * WEAK if weak else pace, set_by)


def _percent(share: float) -> str:
    return f"{share * 100:g} %"


def _limit(kind: str, window: Window, number: _Number) -> Limit:
    return Limit(kind, window, number.most, number.source, number.set_by)


def _hourly(kind: str, day: _Number) -> Limit:
    most = max(min(day.most, HOUR_LEAST), math.ceil(day.most / HOUR_SHARE))
    return Limit(kind, "hour", most, f"A fifth of the day: {day.source}", day.set_by)
