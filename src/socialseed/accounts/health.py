"""Health: 0 to 100 from what was observed, as weighted parts, each with a sentence. Pure.

The weights are ours, not a platform's. A part without observations does not count.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from socialseed.accounts.record import Record
from socialseed.core.events import Plain

GREEN_FROM = 70
YELLOW_FROM = 40
FEW_DECISIONS = 5
FEW_READ_BACKS = 5
SOON_DAYS = 7.0


@dataclass(frozen=True, slots=True)
class Signals:
    """What was observed of one account."""

    record: Record
    works_for_days: float | None  # until its owner must connect it again; None: without end
    followers_before: int | None  # about a week ago
    followers: int | None


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the score; `value` None when nothing was observed."""

    code: str
    label: str
    value: int | None
    weight: int
    sentence: str

    def plain(self) -> dict[str, Plain]:
        """The part as it is stored and told."""
        return {
            "code": self.code,
            "label": self.label,
            "value": self.value,
            "weight": self.weight,
            "sentence": self.sentence,
        }


@dataclass(frozen=True, slots=True)
class Health:
    """Score, light, and why the light is not green."""

    score: int
    light: str
    reasons: Sequence[str]
    parts: Sequence[Part]


def assess(signals: Signals) -> Health:
    """The health that the signals show. A warning of the last day makes the light red."""
    parts = (
        _warnings(signals.record),
        _calls(signals.record),
        _throttled(signals.record),
        _unknown(signals.record),
        _verified(signals.record),
        _connection(signals.works_for_days),
        _decisions(signals.record),
        _growth(signals.followers_before, signals.followers),
    )
    known = [(part.value, part.weight) for part in parts if part.value is not None]
    score = round(sum(value * weight for value, weight in known) / sum(w for _, w in known))
    light = _light(score, signals.record)
    low = [p.sentence for p in parts if p.value is not None and p.value < GREEN_FROM]
    return Health(score, light, low if light != "green" else (), parts)


def _light(score: int, record: Record) -> str:
    if record.fresh_warnings or score < YELLOW_FROM:
        return "red"
    return "yellow" if record.warnings or score < GREEN_FROM else "green"


def _warnings(record: Record) -> Part:
    value = max(0, 100 - 60 * record.warnings)
    told = "The platform gave no warning in 7 days."
    if record.warnings:
        times = "once" if record.warnings == 1 else f"{record.warnings} times"
        told = f"The platform warned or restricted the account {times} in 7 days."
    return Part("warnings", "Warnings", value, 30, told)


def _calls(record: Record) -> Part:
    return _of_calls(record, "calls", "Refusals", 15, record.refused, "were refused")


def _throttled(record: Record) -> Part:
    return _of_calls(
        record, "throttled", "Throttling", 6, record.throttled, "were told to come back later"
    )


def _unknown(record: Record) -> Part:
    return _of_calls(
        record, "unknown", "Unknown outcomes", 6, record.unknown, "have an unknown outcome"
    )


def _of_calls(record: Record, code: str, label: str, weight: int, bad: int, what: str) -> Part:
    if not record.calls:
        return Part(code, label, None, weight, "Nothing was sent in 7 days.")
    value = round(100 * (record.calls - bad) / record.calls)
    told = f"{bad or 'None'} of {record.calls} calls in 7 days {what}."
    return Part(code, label, value, weight, told)


def _verified(record: Record) -> Part:
    if record.checked < FEW_READ_BACKS:
        told = f"Fewer than {FEW_READ_BACKS} steps were read back in 28 days."
        return Part("verified", "Really there", None, 13, told)
    there = record.checked - record.contradicted
    value = round(100 * there / record.checked)
    told = f"{there} of {record.checked} steps that were read back in 28 days are really there."
    return Part("verified", "Really there", value, 13, told)


def _connection(days: float | None) -> Part:
    if days is None or days >= SOON_DAYS:
        return Part("connection", "Connection", 100, 16, "The connection works.")
    value = max(0, round(100 * days / SOON_DAYS))
    told = f"The connection works for {max(0, int(days))} more days: connect the account again."
    return Part("connection", "Connection", value, 16, told)


def _decisions(record: Record) -> Part:
    if record.decided < FEW_DECISIONS:
        told = f"Fewer than {FEW_DECISIONS} proposals were decided."
        return Part("decisions", "Your decisions", None, 7, told)
    kept = record.decided - record.rejected
    value = round(100 * kept / record.decided)
    told = f"You approved {kept} of {record.decided} proposals."
    return Part("decisions", "Your decisions", value, 7, told)


def _growth(before: int | None, now: int | None) -> Part:
    if before is None or now is None or before == 0:
        return Part("growth", "Followers", None, 7, "There is no week of followers yet.")
    share = (now - before) / before
    # Losing a twentieth of the followers in a week is the bottom of the scale.
    value = max(0, min(100, round(100 + 2000 * min(0.0, share))))
    told = f"Followers went from {before:,} to {now:,} in about a week."
    return Part("growth", "Followers", value, 7, told)
