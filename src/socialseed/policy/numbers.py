"""A workspace's policy: the numbers that its owner may move, and the hard bounds around each.

An owner may always be more careful than the product's own numbers, and less careful only within
these bounds. The defaults are the product owner's table of phases, else ours; none is a platform's.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeGuard

Number = int | float


@dataclass(frozen=True, slots=True)
class Bound:
    """One number that may be moved: from `least` to `most`. `careful` tells which end is safer."""

    key: str  # group.name, as in the API
    label: str
    default: Number
    least: Number
    most: Number
    unit: str
    careful: str  # lower or higher
    source: str

    @property
    def whole(self) -> bool:
        """Whether only whole numbers make sense."""
        return isinstance(self.default, int)


_OWNER = "the product owner's table of phases"
_OURS = "SocialSeed"

BOUNDS: Sequence[Bound] = (
    Bound("limits.phase_1", "Actions a day at the end of phase 1", 100, 5, 100, "actions a day",
          "lower", _OWNER),
    Bound("limits.phase_2", "Actions a day at the end of phase 2", 150, 5, 150, "actions a day",
          "lower", _OWNER),
    Bound("limits.phase_3", "Actions a day at the end of the ramp of phase 3", 200, 5, 200,
          "actions a day", "lower", _OURS),
    Bound("days.phase_2", "First day of phase 2", 31, 31, 180, "programme day", "higher", _OWNER),
    Bound("days.phase_3", "First day of phase 3", 61, 61, 365, "programme day", "higher", _OWNER),
    Bound("gates.min_health", "Health that a promotion needs", 70, 60, 95, "points", "higher",
          _OURS),
    Bound("gates.min_decided", "Decisions that a promotion needs", 20, 10, 500, "decisions",
          "higher", _OURS),
    Bound("gates.min_unedited_share", "Share approved without an edit that a promotion needs", 0.7,
          0.5, 0.99, "share", "higher", _OURS),
    Bound("contact.again_after_days", "Days before the same is done again to a person", 30, 14,
          365, "days", "higher", f"{_OURS}, after X's rule against follow churn"),
    Bound("contact.crowd", "Turns to one person in 7 days that are too many", 3, 1, 5, "turns",
          "lower", _OURS),
    Bound("contact.others_within_days", "Days in which no other account turns to a person", 7, 3,
          90, "days", "higher", f"{_OURS}, after X's rule against coordinated attention"),
    Bound("unfollow.after_days", "Days before who did not follow back is proposed to unfollow", 21,
          14, 180, "days", "higher", _OURS),
    Bound("unfollow.a_day", "Unfollows proposed a day; 0 turns it off", 5, 0, 15, "unfollows a day",
          "lower", _OURS),
    Bound("autonomy.min_lower_bound", "Lower bound on approve-without-edit that earns autonomy",
          0.9, 0.85, 0.999, "share", "higher", _OURS),
    Bound("autonomy.min_decided", "Decisions that autonomy needs", 30, 20, 1000, "decisions",
          "higher", _OURS),
    Bound("autonomy.audit_share", "Share of automatic actions that still come to you", 0.1, 0.05,
          1.0, "share", "higher", _OURS),
    Bound("attention.minutes_a_day", "Minutes a day for decisions; 0 means no budget", 0, 0, 600,
          "minutes a day", "lower", _OURS),
)  # fmt: skip
BY_KEY: Mapping[str, Bound] = {one.key: one for one in BOUNDS}


@dataclass(frozen=True, slots=True)
class Problem:
    """Why one number is refused."""

    key: str
    detail: str


@dataclass(frozen=True, slots=True)
class Policy:
    """The numbers in force. Made by `policy_of`; whatever was not moved has its default."""

    moved: Mapping[str, Number]
    version: int = 0  # 0: nobody changed anything yet

    def __hash__(self) -> int:
        return hash((self.version, tuple(sorted(self.moved.items()))))

    def number(self, key: str) -> Number:
        """The number in force. Raises KeyError for a key that does not exist."""
        return self.moved.get(key, BY_KEY[key].default)

    def count(self, key: str) -> int:
        """As `number`, for whole ones."""
        return int(self.number(key))

    def days(self, key: str) -> timedelta:
        """As `number`, as a span of days."""
        return timedelta(days=self.count(key))

    def all(self) -> Iterator[tuple[Bound, Number]]:
        """Every number in force, in the order of the table."""
        return ((bound, self.number(bound.key)) for bound in BOUNDS)


DEFAULTS = Policy({})


def _is_number(value: object) -> TypeGuard[Number]:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value


def policy_of(stored: Mapping[str, object] | None, version: int = 0) -> Policy:
    """The policy of numbers that were stored; what today's bounds refuse is moved into them.

    A number that an earlier version knew and this one does not is left out.
    """
    kept: dict[str, Number] = {}
    for key, value in (stored or {}).items():
        bound = BY_KEY.get(key)
        if bound is None or not _is_number(value):
            continue
        number = min(max(value, bound.least), bound.most)
        kept[key] = int(number) if bound.whole else float(number)
    return Policy(kept, version)


def check(wanted: Mapping[str, object], before: Policy = DEFAULTS) -> Sequence[Problem]:
    """Why these numbers may not be in force on top of `before`; empty when they may.

    A problem between two numbers is told of the one that is wanted.
    """
    found = [problem for key, value in wanted.items() if (problem := _refused(key, value))]
    if found:
        return found
    later = policy_of({**before.moved, **wanted})
    return [
        Problem(second if second in wanted or first not in wanted else first, detail)
        for first, second, apart, detail in _BETWEEN
        if later.number(second) - later.number(first) < apart
    ]


# Two numbers and the least by which the second is above the first.
_LATER_ALLOWS_MORE = "A later phase never allows less than the one before."
_BETWEEN: Sequence[tuple[str, str, Number, str]] = (
    ("days.phase_2", "days.phase_3", 30, "Phase 3 begins at least 30 days after phase 2."),
    ("limits.phase_1", "limits.phase_2", 0, _LATER_ALLOWS_MORE),
    ("limits.phase_2", "limits.phase_3", 0, _LATER_ALLOWS_MORE),
)


def moved(before: Policy, wanted: Mapping[str, Number]) -> Mapping[str, Number]:
    """What is to be stored when `wanted` comes on top of `before`, both within the bounds.

    A number that is back at its default is not moved any more.
    """
    together = policy_of({**before.moved, **wanted}).moved
    return {key: value for key, value in together.items() if value != BY_KEY[key].default}


def _refused(key: str, value: object) -> Problem | None:
    bound = BY_KEY.get(key)
    if bound is None:
        return Problem(key, f"There is no such number; there are {', '.join(BY_KEY)}.")
    if not _is_number(value):
        return Problem(key, "Send a number.")
    if not bound.least <= value <= bound.most:
        return Problem(key, f"Choose from {bound.least:g} to {bound.most:g} ({bound.unit}).")
    if bound.whole and value != int(value):
        return Problem(key, "Send a whole number.")
    return None
