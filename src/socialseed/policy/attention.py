"""The reviewer's time: what a decision is worth, how long it takes, and what today's minutes hold.

Pure. The chances that nothing is known of yet are ours; they give way to what was observed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

MEASURED_FROM = 5  # decisions of a kind and light before their median counts
PRIOR = 10  # how many observations the assumed chance weighs as much as
# Seconds for one decision until it is measured: the owner's goal is 100 in under 5 minutes, so 3
# for what is plain; what has reasons against it takes reading.
SECONDS: Mapping[str, float] = {"green": 3.0, "yellow": 9.0, "red": 20.0}
# The chance that a step brings an answer, before anything was observed; ours. A reply goes to
# somebody who spoke first; an own post reaches those who follow already.
EFFECT: Mapping[str, float] = {
    "reply": 0.5,
    "publish_text": 0.6,
    "publish_image": 0.6,
    "publish_video": 0.6,
    "publish_carousel": 0.6,
    "comment": 0.15,
    "quote": 0.15,
    "follow": 0.12,
    "repost": 0.08,
    "like": 0.06,
}
EFFECT_OTHERS = 0.05
APPROVED = 0.8  # the chance that a proposal is approved, before anything was observed
SOON = timedelta(hours=12)
SOON_FACTOR = 1.25  # what ends soon is worth a quarter more than what can wait


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `tries` observed."""

    hits: int = 0
    tries: int = 0

    def towards(self, assumed: float) -> float:
        """The share, drawn towards what is assumed while little was observed."""
        return (self.hits + assumed * PRIOR) / (self.tries + PRIOR)


@dataclass(frozen=True, slots=True)
class Pace:
    """How long decisions of one kind and light took: the median, of so many."""

    seconds: float
    decisions: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """One proposal that waits for a decision, and what was observed of its like."""

    id: UUID
    action_type: str
    light: str
    expires_at: datetime | None
    approved: Share = Share()
    effect: Share = Share()


@dataclass(frozen=True, slots=True)
class Weighed:
    """`worth` is the expected number of answers for a minute of the reviewer's time."""

    id: UUID
    worth: float
    seconds: float


def seconds_of(
    action_type: str, light: str, paces: Mapping[tuple[str, str], Pace] | None = None
) -> tuple[float, bool]:
    """How long a decision takes, in seconds, and whether that was measured."""
    pace = (paces or {}).get((action_type, light))
    if pace is not None and pace.decisions >= MEASURED_FROM:
        return max(pace.seconds, 1.0), True
    return SECONDS.get(light, SECONDS["red"]), False


def weigh(
    one: Waiting, now: datetime, paces: Mapping[tuple[str, str], Pace] | None = None
) -> Weighed:
    """What a minute spent on this proposal is expected to bring."""
    seconds, _ = seconds_of(one.action_type, one.light, paces)
    chance = one.approved.towards(APPROVED)
    effect = one.effect.towards(EFFECT.get(one.action_type, EFFECT_OTHERS))
    soon = one.expires_at is not None and one.expires_at - now < SOON
    value = chance * effect * (SOON_FACTOR if soon else 1.0)
    return Weighed(one.id, round(value * 60 / seconds, 4), seconds)


def plan(weighed: Sequence[Weighed], minutes: float | None) -> Sequence[UUID]:
    """Which proposals today's minutes hold, the most worth first; None holds all of them.

    It ends at the first that does not fit, so that more minutes never put off more. Equal worth
    keeps the order in which they came.
    """
    order = sorted(weighed, key=lambda one: -one.worth)
    if minutes is None:
        return [one.id for one in order]
    left = minutes * 60
    kept: list[UUID] = []
    for one in order:
        left -= one.seconds
        if left < 0:
            break
        kept.append(one.id)
    return kept
