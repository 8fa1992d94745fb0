"""What waiting changes: the instants worth waiting for, and the facts as they are then. Pure."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from socialseed.core.clock import local
from socialseed.policy.pacing.days import next_window, waking_from, window_keys
from socialseed.policy.pacing.slots import MIN_GAP
from socialseed.policy.risk import rules_pace, rules_person
from socialseed.policy.risk.types import Contact, Facts

A_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)


def instants(facts: Facts, codes: Collection[str]) -> Sequence[datetime]:
    """When waiting may help against findings of these codes, the nearest first.

    An instant at which the account sleeps becomes the start of its next waking hours.
    """
    found = {at for code in codes for at in _WHEN.get(code, _never)(facts) if at > facts.now}
    return sorted({_awake(facts, at) for at in found})


def until_morning(facts: Facts, at: datetime) -> bool:
    """Whether `at` is when the account wakes up."""
    wall = local(at, facts.timezone)
    return (wall.hour, wall.minute, wall.second) == (facts.waking_start, 0, 0)


def waited(facts: Facts, until: datetime) -> Facts:
    """The facts at `until`: time has passed, windows have opened, nothing else has happened."""
    span = until - facts.now
    before, after = (window_keys(at, facts.timezone) for at in (facts.now, until))
    opened = {
        window
        for window, key, then in zip(("day", "hour"), before, after, strict=True)
        if key != then
    }
    days = (local(until, facts.timezone).date() - local(facts.now, facts.timezone).date()).days
    return replace(
        facts,
        now=until,
        programme_day=facts.programme_day + days,
        uses=tuple(replace(use, used=0) if use.window in opened else use for use in facts.uses),
        errors_last_24h=0 if span >= A_DAY else facts.errors_last_24h,
        warnings_last_7_days=0 if span >= A_WEEK else facts.warnings_last_7_days,
        posters=0 if span >= A_DAY and facts.posters is not None else facts.posters,
    )


def _awake(facts: Facts, at: datetime) -> datetime:
    planned = at if facts.expected_at is None else max(at, facts.expected_at)
    for _, span in waking_from(planned, facts.timezone, facts.waking_start, facts.waking_end):
        return at if planned >= span.start else span.start
    raise AssertionError("waking hours come every day")


def _next(window: str) -> Callable[[Facts], Iterator[datetime]]:
    def found(facts: Facts) -> Iterator[datetime]:
        yield next_window(facts.now, facts.timezone, window)

    return found


def _after(span: timedelta) -> Callable[[Facts], Iterator[datetime]]:
    def found(facts: Facts) -> Iterator[datetime]:
        yield facts.now + span

    return found


def _never(facts: Facts) -> Iterator[datetime]:
    yield from ()


def _limit_opens(facts: Facts) -> Iterator[datetime]:
    yield next_window(facts.now, facts.timezone, "hour")
    yield next_window(facts.now, facts.timezone, "day")


def _thawed(facts: Facts) -> Iterator[datetime]:
    if facts.frozen_until is not None:
        yield facts.frozen_until


def _rested(facts: Facts) -> Iterator[datetime]:
    if facts.last_action_at is not None:
        yield facts.last_action_at + rules_pace.PAUSE


def _spaced(facts: Facts) -> Iterator[datetime]:
    if facts.last_action_at is not None:
        yield facts.last_action_at + MIN_GAP


def _morning(facts: Facts) -> Iterator[datetime]:
    yield facts.now + timedelta(microseconds=1)


def _mine(facts: Facts, within: timedelta) -> list[Contact]:
    return [c for c in rules_person.recent(facts, within) if c.same_account]


def _again(facts: Facts) -> Iterator[datetime]:
    span = timedelta(days=facts.contact_again_days)
    same = [c.at for c in _mine(facts, span) if c.action_type == facts.action_type]
    if same:
        yield max(same) + span


def _breathed(facts: Facts) -> Iterator[datetime]:
    fresh = [
        c.at for c in _mine(facts, rules_person.BREATH) if not rules_person.takes_back(facts, c)
    ]
    if fresh:
        yield max(fresh) + rules_person.BREATH


def _dispersed(facts: Facts) -> Iterator[datetime]:
    """When fewer turns than a crowd are left in the week; not within a breath of the last one."""
    turns = sorted((c.at for c in _mine(facts, rules_person.CROWD_WITHIN)), reverse=True)
    if len(turns) >= facts.contact_crowd:
        at = turns[facts.contact_crowd - 1] + rules_person.CROWD_WITHIN
        yield at
        yield max([at, *_breathed(facts)])


def _others_gone(facts: Facts) -> Iterator[datetime]:
    span = timedelta(days=facts.contact_others_days)
    others = [c.at for c in rules_person.recent(facts, span) if not c.same_account]
    if others:
        yield max(others) + span


_WHEN: Mapping[str, Callable[[Facts], Iterator[datetime]]] = {
    "limit_used_up": _limit_opens,
    "limit_almost_used": _next("day"),
    "limit_nearly_used": _next("day"),
    "hour_nearly_used": _next("hour"),
    "velocity": _next("day"),
    "no_rest": _rested,
    "rest_hours": _morning,
    "too_soon": _spaced,
    "frozen": _thawed,
    "errors_some": _after(A_DAY),
    "errors_many": _after(A_DAY),
    "warning": _after(A_WEEK),
    "warnings": _after(A_WEEK),
    "app_posters": _after(A_DAY),
    "same_again": _again,
    "same_person_recently": _breathed,
    "crowding": _dispersed,
    "other_account": _others_gone,
}
WAITABLE = frozenset(_WHEN)
