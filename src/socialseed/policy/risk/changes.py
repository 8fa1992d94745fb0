"""The closed catalogue of what could be changed about a step, each applied to its facts. Pure.

A change tells only what it says: waiting lets windows open and spans pass, and nothing else of the
world gets better by itself.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from socialseed.policy.capabilities.ledger import RECHECK_AFTER
from socialseed.policy.phases.programme import opens_in, opens_on_day
from socialseed.policy.risk import rules_account, rules_content
from socialseed.policy.risk.types import Facts, Finding
from socialseed.policy.risk.waiting import WAITABLE, instants, until_morning, waited
from socialseed.policy.risk.words import at_least, platform_name

WHEN = "when"  # of one group at most one change is made
# What a change costs beside hours of waiting. Ours: how long people take, and how sure it is.
MINUTES, SOON, EFFORT, PATIENCE = 0.05, 0.2, 0.5, 48.0


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the catalogue. `hours`: its cost, by which equally many are compared."""

    sentence: str
    hours: float
    apply: Callable[[Facts], Facts]
    group: str


Make = Callable[[Facts, Finding], Change | None]


def catalogue(facts: Facts, findings: Collection[Finding]) -> Iterator[Change]:
    """Everything that may help against these findings, waiting first and each once."""
    yield from _waits(facts, {finding.code for finding in findings})
    seen: set[str] = set()
    for finding in findings:
        make = _AGAINST.get(finding.code)
        change = make(facts, finding) if make is not None else None
        if change is not None and change.sentence not in seen:
            seen.add(change.sentence)
            yield change


def out_of_reach(finding: Finding) -> bool:
    """Whether nothing in the catalogue is meant to help against it."""
    return finding.code not in _AGAINST and finding.code not in WAITABLE


def _waits(facts: Facts, codes: Collection[str]) -> Iterator[Change]:
    for at in instants(facts, codes):
        morning = until_morning(facts, at)
        span = at - facts.now
        sentence = f"wait {at_least(span)}"
        if morning:
            sentence = f"wait until {facts.waking_start:02d}:00, in {at_least(span)}"
        yield Change(sentence, span / timedelta(hours=1), partial(waited, until=at), WHEN)


def _plain(sentence: str, hours: float, **changes: object) -> Make:
    def make(facts: Facts, finding: Finding) -> Change | None:
        def apply(given: Facts) -> Facts:
            return replace(given, **changes)  # type: ignore[arg-type]

        return Change(sentence, hours, apply, finding.code)

    return make


def _edit(sentence: str, edit: Callable[[Facts], str]) -> Make:
    def make(facts: Facts, finding: Finding) -> Change | None:
        def apply(given: Facts) -> Facts:
            return replace(given, text=edit(given))

        return Change(sentence, MINUTES, apply, finding.code)

    return make


def _next_phase(facts: Facts, finding: Finding) -> Change | None:
    day = facts.opens_on_day or opens_on_day(facts.platform)
    phase = opens_in(facts.platform)
    days = max(0, day - facts.programme_day)
    sentence = f"after day {day - 1}" if days else f"once it is in {phase.replace('_', ' ')}"

    def apply(given: Facts) -> Facts:
        later = waited(given, given.now + timedelta(days=days))
        return replace(later, phase=phase, programme_day=max(day, given.programme_day))

    return Change(sentence, 24.0 * days or PATIENCE, apply, WHEN)


def _connect(facts: Facts, finding: Finding) -> Change | None:
    sentence = "reconnect the account" if facts.connected else "connect the account"

    def apply(given: Facts) -> Facts:
        return replace(given, connected=True, needs_reconnect=False)

    return Change(sentence, SOON, apply, finding.code)


def _light(field: str) -> Make:
    def make(facts: Facts, finding: Finding) -> Change | None:
        whose = "the account" if field == "account_light" else platform_name(facts)
        sentence = f"wait until {whose} is green"
        return _plain(sentence, PATIENCE, **{field: "green"})(facts, finding)

    return make


def _proof(facts: Facts, finding: Finding) -> Change | None:
    def apply(given: Facts) -> Facts:
        row = given.capability
        if row is None:
            return given
        again = max(row.recheck_on, given.now.date() + RECHECK_AFTER)
        return replace(given, capability=replace(row, recheck_on=again))

    return Change("check the platform's rules", EFFORT, apply, finding.code)


def _shorten(facts: Facts, finding: Finding) -> Change | None:
    length = len(facts.text or "") if facts.text_length is None else facts.text_length
    over = length - (facts.text_limit or length)

    def apply(given: Facts) -> Facts:
        return replace(given, text_length=given.text_limit)

    return Change(f"shorten it by {over}", MINUTES, apply, finding.code)


def _hashtags(facts: Facts, finding: Finding) -> Change | None:
    usual = rules_content.HASHTAGS.get(facts.platform, rules_content.HASHTAGS_ELSEWHERE)
    drop = len(rules_content.HASHTAG.findall(facts.text or "")) - usual
    words = "hashtag" if drop == 1 else "hashtags"
    return _edit(f"drop {drop} {words}", rules_content.fewer_hashtags)(facts, finding)


def _names(facts: Facts, finding: Finding) -> Change | None:
    names = facts.mentions_left_alone
    said = ", ".join(f"@{name}" for name in names)

    def apply(given: Facts) -> Facts:
        text = rules_content.without_mentions(given.text or "", names)
        return replace(given, text=text, mentions_left_alone=())

    return Change(f"leave {said} out", MINUTES, apply, finding.code)


_OWN_WORDS = _plain("say it in your own words", SOON, text_similarity=0.0, similar_account=None)
_LOOK = _plain("look at the profile", MINUTES, target_known=True)
_HEALTH = _plain(
    f"wait until health is {rules_account.HEALTH_FAIR}",
    PATIENCE,
    health_score=rules_account.HEALTH_FAIR,
)
_TEXT = "Written by whoever decides."
_AGAINST: Mapping[str, Make] = {
    "platform_closed": _next_phase,
    "by_hand_only": _plain("do it by hand", EFFORT, mode="human"),
    "proof_expired": _proof,
    "paused": _plain("resume the account", SOON, is_active=True),
    "not_connected": _connect,
    "silent_failure": _plain(
        "look at the account on the platform and close the incident", EFFORT, silent=False
    ),
    "account_yellow": _light("account_light"),
    "account_red": _light("account_light"),
    "platform_yellow": _light("platform_light"),
    "platform_red": _light("platform_light"),
    "health_low": _HEALTH,
    "health_fair": _HEALTH,
    "consent_missing": _plain("give consent in Settings", SOON, consent=True),
    "target_unknown": _LOOK,
    "target_unknown_seen": _LOOK,
    "text_missing": _plain("write a text", SOON, text=_TEXT, text_similarity=0.0, text_length=None),
    "media_missing": _plain("name the picture or video", SOON, media_url="https://media.invalid/"),
    "text_too_long": _shorten,
    "text_copied_elsewhere": _OWN_WORDS,
    "text_copied": _OWN_WORDS,
    "text_similar": _OWN_WORDS,
    "link_to_stranger": _edit("leave the link out", rules_content.without_links),
    "promise": _edit("leave the promise out", rules_content.without_promises),
    "engagement_bait": _edit("do not ask for follows or likes", rules_content.without_bait),
    "shouting": _edit("use small letters", rules_content.in_small_letters),
    "many_hashtags": _hashtags,
    "too_many_hashtags": _hashtags,
    "many_mentions": _edit("name at most 2 people", rules_content.fewer_mentions),
    "too_many_mentions": _edit("name at most 2 people", rules_content.fewer_mentions),
    "names_left_alone": _names,
}
