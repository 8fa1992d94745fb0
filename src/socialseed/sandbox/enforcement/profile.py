"""Profiles: what a platform tolerates, read from YAML. Owns the shape, refuses what does not fit.

No platform publishes these numbers. They are assumptions, strict or lenient on purpose, to be
measured against; the product itself never reads them.
"""

from importlib.resources import files
from typing import Annotated, Literal

import msgspec
import yaml
from msgspec import Meta

Positive = Annotated[float, Meta(gt=0)]
Count = Annotated[int, Meta(ge=0)]
Points = Annotated[float, Meta(ge=0)]
Share = Annotated[float, Meta(ge=0, le=1)]
Curve = tuple[tuple[float, float], ...]
StepName = Literal["clear", "warn", "restrict", "challenge", "suspend"]
NAMES: tuple[str, ...] = ("lenient", "normal", "strict")


class ProfileError(ValueError):
    """The profile cannot be used; the text says where and why."""


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Window(_Part, frozen=True):
    """The most acts of one group in 60 minutes and in 24 hours, for a grown account."""

    hour: Count
    day: Count


class Volume(_Part, frozen=True):
    """Acts above the allowance of their group."""

    points: Points
    groups: dict[str, Window]


class Burst(_Part, frozen=True):
    """More than `acts` acts within `seconds`."""

    acts: Count
    seconds: Positive
    points: Points


class Gaps(_Part, frozen=True):
    """The last `sample` pauses are as even as a machine's: deviation / mean below `spread`."""

    sample: Annotated[int, Meta(ge=3)]
    spread: Positive
    points: Points


class Night(_Part, frozen=True):
    """More than `acts` acts in seven days between the hours `from` and `to` of the account."""

    from_: Annotated[int, Meta(ge=0, le=23)] = msgspec.field(name="from")
    to: Annotated[int, Meta(ge=0, le=23)]
    acts: Count
    points: Points


class Copies(_Part, frozen=True):
    """More than `copies` earlier texts of at least this `likeness` within `days`."""

    days: Positive
    copies: Count
    points: Points
    likeness: Share = 0.8


class Churn(_Part, frozen=True):
    """More than `acts` people left within `days` of being followed, in seven days."""

    days: Positive
    acts: Count
    points: Points


class Complaints(_Part, frozen=True):
    """Unasked contact with somebody who does not want it.

    `averse` is the share of people who want none; `chance` says how often such a person complains
    about an act of a group.
    """

    points: Points
    averse: Share
    chance: dict[str, Share]


class Rejections(_Part, frozen=True):
    """More than `per_day` acts in 24 hours that the platform's rules refused."""

    per_day: Count
    points: Points


class Defiance(_Part, frozen=True):
    """Going on with what a restriction forbids."""

    points: Points


class Signals(_Part, frozen=True):
    """What is watched; an absent signal is not."""

    volume: Volume | None = None
    burst: Burst | None = None
    regular_gaps: Gaps | None = None
    night: Night | None = None
    own_text: Copies | None = None
    shared_text: Copies | None = None
    follow_churn: Churn | None = None
    unwanted_contact: Complaints | None = None
    rejection: Rejections | None = None
    defiance: Defiance | None = None


class Rung(_Part, frozen=True):
    """One step of the ladder, entered at `score`.

    `hours` bound a restriction and grow by `growth` with each repetition; `refuses` names groups.
    """

    step: Literal["warn", "restrict", "challenge", "suspend"]
    score: Positive
    hours: Positive | None = None
    growth: Positive = 2.0
    refuses: tuple[str, ...] = ()


class Profile(_Part, frozen=True):
    """All of one platform's tolerance.

    `age_days` and `followers` map an account's age and size to the share of the volumes it may use.
    """

    name: str
    half_life_hours: Positive
    age_days: Curve
    followers: Curve
    groups: dict[str, tuple[str, ...]]
    signals: Signals
    ladder: tuple[Rung, ...]

    def group_of(self, verb: str) -> str | None:
        """The group a verb belongs to; None if nobody watches it."""
        for name, verbs in self.groups.items():
            if verb in verbs:
                return name
        return None


_STEPS = ("warn", "restrict", "challenge", "suspend")


def parse(data: object) -> Profile:
    """The profile in `data`, as YAML or JSON hold it. Raises ProfileError."""
    try:
        profile = msgspec.convert(data, Profile)
    except msgspec.ValidationError as error:
        raise ProfileError(f"the enforcement profile does not fit: {error}") from error
    _check(profile)
    return profile


def _check(profile: Profile) -> None:
    order = [_STEPS.index(rung.step) for rung in profile.ladder]
    scores = [rung.score for rung in profile.ladder]
    if order != sorted(set(order)) or scores != sorted(set(scores)):
        raise ProfileError("the ladder rises: warn, restrict, challenge, suspend, by score")
    for curve in (profile.age_days, profile.followers):
        if not curve or [x for x, _ in curve] != sorted({x for x, _ in curve}):
            raise ProfileError("age_days and followers are lists of [value, share], rising")
    volume = profile.signals.volume
    named = set(volume.groups if volume else ()).union(*(r.refuses for r in profile.ladder))
    if unknown := sorted(named - set(profile.groups)):
        raise ProfileError(f"no such group: {', '.join(unknown)}")
    for rung in profile.ladder:
        if (rung.step == "restrict") != (rung.hours is not None and bool(rung.refuses)):
            raise ProfileError("restrict, and only restrict, has hours and refuses")


def read(text: str) -> Profile:
    """The profile in a YAML text. Raises ProfileError."""
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ProfileError(f"the enforcement profile is no YAML: {error}") from error
    return parse(data)


def named(name: str) -> Profile:
    """One of the profiles that come along: lenient, normal or strict. Raises ProfileError."""
    if name not in NAMES:
        raise ProfileError(f"no profile {name!r}; there are {', '.join(NAMES)}")
    return read((files(__package__) / f"{name}.yaml").read_text("utf-8"))


def share_at(curve: Curve, value: float) -> float:
    """The share at `value`: straight between two points, level outside."""
    before = curve[0]
    for point in curve:
        if value < point[0]:
            if point is before:
                return point[1]
            part = (value - before[0]) / (point[0] - before[0])
            return before[1] + part * (point[1] - before[1])
        before = point
    return before[1]
