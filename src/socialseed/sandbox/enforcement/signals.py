"""The signals: each looks at one act in the light of the account's history and gives points."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from socialseed.sandbox.enforcement.history import (
    WEEK,
    Facts,
    History,
    Observation,
    add,
    count_since,
)
from socialseed.sandbox.enforcement.likeness import Groups, Texts
from socialseed.sandbox.enforcement.profile import Copies, Profile, share_at

HOUR, DAY = 3_600.0, 86_400.0


@dataclass(frozen=True, slots=True)
class Finding:
    """What a signal says about one act: points for the score and a sentence."""

    signal: str
    points: float
    reason: str


@dataclass(frozen=True, slots=True)
class Look:
    """All that a signal may see. `group` is None for acts nobody counts (unfollow)."""

    profile: Profile
    account: str
    facts: Facts
    history: History
    texts: Texts
    seen: Observation
    at: float
    group: str | None
    said: Groups

    def allowed(self, most: int) -> float:
        """`most`, scaled by the account's age and size; at least one."""
        age = (self.seen.at - self.facts.created_at).total_seconds() / DAY
        share = share_at(self.profile.age_days, age)
        return max(1.0, most * share * share_at(self.profile.followers, self.facts.followers))


def judge(look: Look) -> list[Finding]:
    """Every finding about this act; the act is in the history afterwards."""
    _remember(look)
    found = [signal(look) for signal in _SIGNALS]
    return [one for one in found if one is not None and one.points > 0]


def _remember(look: Look) -> None:
    seen, history, signals = look.seen, look.history, look.profile.signals
    if seen.rejected:
        add(history.rejected, look.at)
    if seen.rejected or seen.defied:
        return
    if look.group is not None:
        history.note(look.group, look.at)
        night = signals.night
        if night is not None and _within(_local_hour(seen.at, look.facts), night.from_, night.to):
            add(history.nights, look.at)
    if seen.verb == "follow" and seen.target:
        history.note_follow(seen.target, look.at)
    if seen.verb == "unfollow" and seen.target and signals.follow_churn is not None:
        since = history.take_follow(seen.target)
        if since is not None and look.at - since <= signals.follow_churn.days * DAY:
            add(history.left, look.at)


def _local_hour(at: datetime, facts: Facts) -> int:
    try:
        return at.astimezone(ZoneInfo(facts.timezone)).hour
    except (ZoneInfoNotFoundError, ValueError):
        return at.hour


def _within(hour: int, start: int, end: int) -> bool:
    return start <= hour < end if start <= end else hour >= start or hour < end


def _done(look: Look) -> bool:
    return look.group is not None and not look.seen.rejected and not look.seen.defied


def _volume(look: Look) -> Finding | None:
    rule = look.profile.signals.volume
    if rule is None or not _done(look) or look.group not in rule.groups:
        return None
    window, times = rule.groups[look.group], look.history.by_group[look.group]
    worst: Finding | None = None
    for most, span, word in ((window.hour, HOUR, "an hour"), (window.day, DAY, "a day")):
        used, allowed = count_since(times, look.at - span + 1e-6), look.allowed(most)
        if used > allowed:
            points = rule.points * used / allowed
            reason = f"{used} times {look.group} within {word}, {allowed:.0f} is usual here"
            if worst is None or points > worst.points:
                worst = Finding("volume", points, reason)
    return worst


def _burst(look: Look) -> Finding | None:
    rule = look.profile.signals.burst
    if rule is None or not _done(look):
        return None
    used = count_since(look.history.acts, look.at - rule.seconds)
    if used <= rule.acts:
        return None
    reason = f"{used} acts within {rule.seconds:.0f} seconds"
    return Finding("burst", rule.points, reason)


def _regular_gaps(look: Look) -> Finding | None:
    rule = look.profile.signals.regular_gaps
    if rule is None or not _done(look) or len(look.history.acts) <= rule.sample:
        return None
    times = look.history.acts[-rule.sample - 1 :]
    gaps = [later - sooner for sooner, later in pairwise(times)]
    mean = sum(gaps) / len(gaps)
    if mean < 1.0 or max(gaps) > 6 * HOUR or _deviation(gaps, mean) / mean >= rule.spread:
        return None
    reason = f"the last {rule.sample} pauses were all about {mean:.0f} seconds"
    return Finding("regular_gaps", rule.points, reason)


def _deviation(values: Sequence[float], mean: float) -> float:
    return math.sqrt(sum((value - mean) ** 2 for value in values) / len(values))


def _night(look: Look) -> Finding | None:
    rule, nights = look.profile.signals.night, look.history.nights
    if rule is None or not _done(look) or not nights or nights[-1] != look.at:
        return None
    used = count_since(nights, look.at - WEEK)
    if used <= rule.acts:
        return None
    reason = f"{used} acts in a week between {rule.from_}:00 and {rule.to}:00 of its own time"
    return Finding("night", rule.points, reason)


def _near(look: Look, rule: Copies) -> list[str]:
    return look.texts.near(look.said, look.at - rule.days * DAY, rule.likeness)


def _own_text(look: Look) -> Finding | None:
    rule = look.profile.signals.own_text
    if rule is None or not _done(look) or not look.said:
        return None
    copies = _near(look, rule).count(look.account)
    if copies <= rule.copies:
        return None
    reason = f"nearly the same text {copies + 1} times within {rule.days:g} days"
    return Finding("own_text", rule.points, reason)


def _shared_text(look: Look) -> Finding | None:
    rule = look.profile.signals.shared_text
    if rule is None or not _done(look) or not look.said:
        return None
    others = {name for name in _near(look, rule) if name != look.account}
    if len(others) <= rule.copies:
        return None
    reason = f"{len(others)} other accounts said nearly the same within {rule.days:g} days"
    return Finding("shared_text", rule.points, reason)


def _follow_churn(look: Look) -> Finding | None:
    rule, left = look.profile.signals.follow_churn, look.history.left
    if rule is None or look.seen.verb != "unfollow" or not left or left[-1] != look.at:
        return None
    used = count_since(left, look.at - WEEK)
    if used <= rule.acts:
        return None
    reason = f"left {used} people in a week within {rule.days:g} days of following them"
    return Finding("follow_churn", rule.points, reason)


def _unwanted_contact(look: Look) -> Finding | None:
    rule = look.profile.signals.unwanted_contact
    if rule is None or not look.seen.unwanted:
        return None
    reason = f"somebody who had not asked for it complained about a {look.seen.verb}"
    return Finding("unwanted_contact", rule.points, reason)


def _rejection(look: Look) -> Finding | None:
    rule = look.profile.signals.rejection
    if rule is None or not look.seen.rejected:
        return None
    used = count_since(look.history.rejected, look.at - DAY)
    if used <= rule.per_day:
        return None
    return Finding("rejection", rule.points, f"{used} refused attempts within a day")


def _defiance(look: Look) -> Finding | None:
    rule = look.profile.signals.defiance
    if rule is None or not look.seen.defied:
        return None
    return Finding("defiance", rule.points, f"went on with {look.seen.verb} while it is refused")


_SIGNALS: tuple[Callable[[Look], Finding | None], ...] = (
    _volume, _burst, _regular_gaps, _night, _own_text, _shared_text, _follow_churn,
    _unwanted_contact, _rejection, _defiance,
)  # fmt: skip
