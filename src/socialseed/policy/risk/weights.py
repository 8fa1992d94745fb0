"""What each finding weighs, and on whose word. One table: a number that is not here has no source.

Green is below 25, yellow below 60, red from 60 or when anything forbids. The weights are ours: a
step that a platform's rules name as abuse is red alone, one that they discourage is yellow alone,
and signs that mean little alone turn yellow in pairs. `docs/weights.md` is made from these tables.
"""

from collections.abc import Mapping
from dataclasses import dataclass

YELLOW_FROM = 25
RED_FROM = 60
FULL = 100


@dataclass(frozen=True, slots=True)
class Weight:
    """0..100 and why this much."""

    points: int
    source: str


_X = "X automation and platform manipulation rules (2026-06)"
_IG = "Meta spam standard (2026)"
_TT = "TikTok community guidelines (2026)"
_MISSING = "SocialSeed: a missing fact never allows"
_LEDGER = "the capability ledger"

_ACCOUNT: Mapping[str, Weight] = {
    "paused": Weight(60, "SocialSeed: you paused it, so each step needs your yes"),
    "not_connected": Weight(40, "SocialSeed: it could not be sent, and is asked about first"),
    "scope_missing": Weight(60, "the capability ledger: the call needs what was not granted"),
    "frozen": Weight(60, "SocialSeed: after a platform's warning nothing goes out for a while"),
    "silent_failure": Weight(40, "SocialSeed: read-backs contradict what the platform answered"),
    "account_yellow": Weight(15, "SocialSeed: yellow slows down; with one more sign it is asked"),
    "account_red": Weight(60, "SocialSeed: red sends everything to a person"),
    "account_light_unknown": Weight(25, _MISSING),
    "platform_yellow": Weight(10, "SocialSeed: yellow slows down; the fault is not the account's"),
    "platform_red": Weight(60, "SocialSeed: red sends everything to a person"),
    "platform_light_unknown": Weight(25, _MISSING),
    "health_unknown": Weight(8, _MISSING),
    "health_low": Weight(20, "SocialSeed: below 40 of 100 one more sign makes it yellow"),
    "health_fair": Weight(8, "SocialSeed: below 60 of 100"),
    "errors_some": Weight(12, "SocialSeed: three failures in 24 hours"),
    "errors_many": Weight(30, "SocialSeed: six failures in 24 hours are a way of saying slow down"),
    "warning": Weight(30, "SocialSeed: a platform's warning counts for 7 days"),
    "warnings": Weight(60, "SocialSeed: three warnings in 7 days"),
    "rejections_some": Weight(12, "SocialSeed: you refused 40 % of its last proposals"),
    "rejections_most": Weight(25, "SocialSeed: you refused 70 % of its last proposals"),
    "consent_missing": Weight(
        10, "Meta developer policy 1.7: consent before any action on one's behalf"
    ),
}
_PACE: Mapping[str, Weight] = {
    "limit_used_up": Weight(30, "the limit's own source"),
    "limit_almost_used": Weight(12, "SocialSeed: 95 % of a day's limit"),
    "limit_nearly_used": Weight(8, "SocialSeed: 80 % of a day's limit"),
    "hour_nearly_used": Weight(4, "SocialSeed: 80 % of an hour's limit"),
    "velocity": Weight(15, f"{_IG}; {_TT}"),
    "no_rest": Weight(12, "SocialSeed: four hours without half an hour's pause"),
    "rest_hours": Weight(15, "SocialSeed: people are asleep"),
    "too_soon": Weight(8, "SocialSeed: 45 seconds between any two steps"),
}
_PERSON: Mapping[str, Weight] = {
    "target_unknown": Weight(25, _MISSING),
    "target_unknown_seen": Weight(12, "SocialSeed: whoever does it by hand sees the profile first"),
    "target_untold": Weight(8, _MISSING),
    "target_empty": Weight(15, "SocialSeed: such profiles are often not people"),
    "target_mass_follower": Weight(15, "SocialSeed: such profiles are often not people"),
    "target_huge": Weight(5, "SocialSeed: it will hardly be seen, which harms nobody"),
    "same_again": Weight(60, f"{_X}: no follow churn; {_IG}: nothing repetitive"),
    "same_person_recently": Weight(12, "SocialSeed: two days between two turns to one person"),
    "crowding": Weight(30, f"{_IG}: nothing repetitive"),
    "other_account": Weight(30, f"{_X}: no coordinated attention from several accounts"),
}
_CONTENT: Mapping[str, Weight] = {
    "text_copied_elsewhere": Weight(60, f"{_X}: no near-identical content across accounts"),
    "text_copied": Weight(35, f"{_IG}: nothing repetitive"),
    "text_similar": Weight(12, "SocialSeed: three quarters alike to a text of the last 30 days"),
    "similarity_unknown": Weight(8, _MISSING),
    "text_limit_unknown": Weight(10, _MISSING),
    "link_to_stranger": Weight(30, f"{_X}: no unsolicited links"),
    "promise": Weight(30, "SocialSeed: promises read as spam"),
    "engagement_bait": Weight(35, f"{_IG}: no trading of follows, likes or comments"),
    "shouting": Weight(12, "SocialSeed: capitals read as shouting"),
    "many_hashtags": Weight(12, "SocialSeed: more than read well on the platform"),
    "many_mentions": Weight(30, f"{_X}: no unsolicited mentions"),
}
_MEANS: Mapping[str, Weight] = {
    "proof_expired": Weight(YELLOW_FROM, "the capability ledger's own re-check date"),
    "posters_unknown": Weight(25, _MISSING),
}
GROUPS: Mapping[str, Mapping[str, Weight]] = {
    "The account": _ACCOUNT,
    "Pace": _PACE,
    "The person": _PERSON,
    "The content": _CONTENT,
    "The means": _MEANS,
}
WEIGHTS: Mapping[str, Weight] = {
    code: weight for group in GROUPS.values() for code, weight in group.items()
}
# What is not weighed: it is red and is never sent, whatever else is true.
FORBIDS: Mapping[str, str] = {
    "platform_closed": "the product owner's table of phases, or your policy",
    "capability_unknown": _MISSING,
    "capability_forbidden": _LEDGER,
    "by_hand_only": _LEDGER,
    "app_posters": _LEDGER,
    "do_not_contact": "SocialSeed: whoever wants to be left alone is left alone",
    "names_left_alone": "SocialSeed: naming somebody turns to them as well",
    "target_missing": _MISSING,
    "text_missing": _MISSING,
    "media_missing": _MISSING,
    "text_too_long": "the platform's own limit",
    "too_many_hashtags": "Instagram content publishing guide (2026)",
    "too_many_mentions": "Instagram content publishing guide (2026)",
}
# What is only said.
NOTES: Mapping[str, str] = {"private_only": _LEDGER}


def weight(code: str) -> int:
    """The points of a code. Raises KeyError for one without a source."""
    return WEIGHTS[code].points
