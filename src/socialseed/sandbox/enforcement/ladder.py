"""The ladder: observations in, consequences out. One object judges all accounts of a platform.

Deterministic: the same observations in the same order give the same scores and steps.
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime

from socialseed.sandbox.enforcement.history import Facts, History, Observation
from socialseed.sandbox.enforcement.likeness import Texts, groups_of
from socialseed.sandbox.enforcement.profile import Profile, Rung, StepName
from socialseed.sandbox.enforcement.signals import DAY, HOUR, Finding, Look, judge

_CLEAR = -1
_HISTORY = 200


@dataclass(frozen=True, slots=True)
class Change:
    """The account stands on another step since `at`. `why` is climbed, eased, login or reset."""

    at: datetime
    step: StepName
    score: float
    why: str
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """What one signal adds to the score today, how often it spoke, and its latest sentence."""

    signal: str
    points: float
    times: int
    last_at: datetime
    latest: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How an account stands. `until` ends a restriction; `refuses` names groups, or `all`."""

    score: float
    step: StepName
    until: datetime | None
    refuses: tuple[str, ...]
    reasons: tuple[Reason, ...]
    history: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one observation led to. `changes` also holds steps that eased since the last look."""

    score: float
    findings: tuple[Finding, ...]
    changes: tuple[Change, ...]


@dataclass(slots=True)
class _Weight:
    points: float
    times: int
    at: float
    latest: str


@dataclass(slots=True)
class _Record:
    history: History = field(default_factory=History)
    score: float = 0.0
    at: float = 0.0
    rung: int = _CLEAR
    until: float | None = None
    entered: dict[int, int] = field(default_factory=dict)
    weights: dict[str, _Weight] = field(default_factory=dict)
    changes: deque[Change] = field(default_factory=lambda: deque(maxlen=_HISTORY))


class Ladder:
    """Scores and steps of every account, by a name of the caller's choice."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self._records: dict[str, _Record] = {}
        self._texts = Texts()
        rules = (profile.signals.own_text, profile.signals.shared_text)
        self._keep = max((rule.days * DAY for rule in rules if rule is not None), default=0.0)

    def refusal(self, account: str, verb: str, at: datetime) -> StepName | None:
        """The step that refuses this verb at this instant; None if it may happen."""
        record = self._records.get(account)
        if record is None or record.rung == _CLEAR:
            return None
        self._ease(record, at.timestamp())
        rung = self._rung(record)
        if rung is None or rung.step == "warn":
            return None
        if rung.step == "restrict" and self.profile.group_of(verb) not in rung.refuses:
            return None
        return rung.step

    def observe(self, account: str, facts: Facts, seen: Observation) -> Judgement:
        """The act counts. An account climbs at most one step at a time."""
        record = self._records.setdefault(account, _Record())
        at = max(seen.at.timestamp(), record.at)
        eased = self._ease(record, at)
        said = groups_of(seen.text) if seen.text and self._keep else frozenset()
        group = self.profile.group_of(seen.verb)
        look = Look(
            self.profile, account, facts, record.history, self._texts, seen, at, group, said
        )
        findings = judge(look)
        if said and not seen.rejected and not seen.defied:
            self._texts.add(account, said, at, self._keep)
        for finding in findings:
            self._weigh(record, finding, at)
        climbed = self._climb(record, at, findings) if findings else []
        return Judgement(record.score, tuple(findings), (*eased, *climbed))

    def standing(self, account: str, at: datetime) -> Standing:
        """How the account stands at this instant; one never seen is clear."""
        record = self._records.get(account, _Record())
        instant = max(at.timestamp(), record.at)
        self._ease(record, instant)
        rung = self._rung(record)
        reasons = [
            Reason(name, round(self._faded(one.points, instant - one.at), 3), one.times,
                   _moment(one.at), one.latest)
            for name, one in record.weights.items()
        ]  # fmt: skip
        reasons.sort(key=lambda one: (-one.points, one.signal))
        return Standing(
            round(record.score, 3),
            rung.step if rung else "clear",
            _moment(record.until) if record.until is not None else None,
            _refused(rung),
            tuple(reasons),
            tuple(record.changes),
        )

    def login(self, account: str, at: datetime) -> Change | None:
        """A human logged in: a challenge is over and the account is only warned. Else nothing."""
        record = self._records.get(account)
        rung = self._rung(record) if record is not None else None
        if record is None or rung is None or rung.step != "challenge":
            return None
        instant = max(at.timestamp(), record.at)
        self._ease(record, instant)
        first = self.profile.ladder[0]
        record.score = min(record.score, first.score)
        return self._enter(record, 0 if first.step == "warn" else _CLEAR, instant, "login", ())

    def reset(self, account: str, at: datetime) -> Change:
        """The account is clear and its past is forgotten, but for the list of its changes."""
        old = self._records.get(account, _Record())
        record = self._records[account] = _Record(changes=old.changes)
        return self._enter(record, _CLEAR, max(at.timestamp(), old.at), "reset", ())

    def accounts(self) -> list[str]:
        """Everybody who was seen, in the order of the first time."""
        return list(self._records)

    def _rung(self, record: _Record) -> Rung | None:
        return self.profile.ladder[record.rung] if record.rung != _CLEAR else None

    def _faded(self, points: float, seconds: float) -> float:
        return float(points * 0.5 ** (max(0.0, seconds) / (self.profile.half_life_hours * HOUR)))

    def _ease(self, record: _Record, at: float) -> list[Change]:
        """The score fades; a restriction that is over and a warning that is half gone end."""
        if at > record.at:
            record.score = self._faded(record.score, at - record.at)
            record.at = at
        changes = []
        while (rung := self._rung(record)) is not None:
            over = record.until is not None and at >= record.until
            faded = rung.step == "warn" and record.score < rung.score / 2
            if not over and not faded:
                break
            changes.append(self._enter(record, record.rung - 1, at, "eased", ()))
        return changes

    def _weigh(self, record: _Record, finding: Finding, at: float) -> None:
        record.score += finding.points
        old = record.weights.get(finding.signal)
        points = self._faded(old.points, at - old.at) if old else 0.0
        times = old.times if old else 0
        record.weights[finding.signal] = _Weight(
            points + finding.points, times + 1, at, finding.reason
        )

    def _climb(self, record: _Record, at: float, findings: list[Finding]) -> list[Change]:
        above = record.rung + 1
        if above >= len(self.profile.ladder) or record.score < self.profile.ladder[above].score:
            return []
        reasons = tuple(one.reason for one in findings)
        return [self._enter(record, above, at, "climbed", reasons)]

    def _enter(
        self, record: _Record, rung: int, at: float, why: str, reasons: tuple[str, ...]
    ) -> Change:
        record.rung, record.at, record.until = rung, at, None
        step = self._rung(record)
        if step is not None and why == "climbed":
            times = record.entered.get(rung, 0)
            record.entered[rung] = times + 1
            if step.hours is not None:
                record.until = at + step.hours * HOUR * step.growth**times
        name: StepName = step.step if step is not None else "clear"
        change = Change(_moment(at), name, round(record.score, 3), why, reasons)
        record.changes.append(change)
        return change


def _refused(rung: Rung | None) -> tuple[str, ...]:
    if rung is None or rung.step == "warn":
        return ()
    return rung.refuses if rung.step == "restrict" else ("all",)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
