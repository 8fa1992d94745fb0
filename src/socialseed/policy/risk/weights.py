"""What each finding weighs, and on whose word. One table: a number that is not here has no source.

Green is below 25, yellow below 60, red from 60 or when anything forbids. The weights are ours: a
step that a platform's rules name as abuse is red alone, one that they discourage is yellow alone,
and signs that mean little alone turn yellow in pairs.
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


_OURS = "SocialSeed"
_X = "X automation and platform manipulation rules (2026-06)"
_IG = "Meta spam standard (2026)"
_TT = "TikTok community guidelines (2026)"

WEIGHTS: Mapping[str, Weight] = {
    # the account
    "paused": Weight(60, _OURS),
    "not_connected": Weight(40, _OURS),
    "scope_missing": Weight(60, "the capability ledger: the call needs what was not granted"),
    "frozen": Weight(60, "SocialSeed: after a platform's warning nothing goes out for a while"),
    "account_yellow": Weight(15, _OURS),
    "account_red": Weight(60, "SocialSeed: red sends everything to a person"),
    "platform_yellow": Weight(10, _OURS),
    "platform_red": Weight(60, "SocialSeed: red sends everything to a person"),
    "light_unknown": Weight(25, "SocialSeed: a missing fact never allows"),
    "health_unknown": Weight(8, "SocialSeed: a missing fact never allows"),
    "health_low": Weight(20, _OURS),
    "health_fair": Weight(8, _OURS),
    "errors_some": Weight(12, _OURS),
    "errors_many": Weight(30, _OURS),
    "warning": Weight(30, "SocialSeed: a platform's warning counts for 7 days"),
    "warnings": Weight(60, "SocialSeed: three warnings in 7 days"),
    "rejections_some": Weight(12, "SocialSeed: you refused many of its proposals"),
    "rejections_most": Weight(25, "SocialSeed: you refused most of its proposals"),
    "consent_missing": Weight(
        10, "Meta developer policy 1.7: consent before any action on one's behalf"
    ),
    # pace
    "limit_used_up": Weight(30, "the limit's own source"),
    "limit_nearly_used": Weight(8, _OURS),
    "velocity": Weight(15, f"{_IG}; {_TT}"),
    "rest_hours": Weight(15, "SocialSeed: people are asleep"),
    "too_soon": Weight(8, "SocialSeed: 45 seconds between any two steps"),
    # the person
    "target_unknown": Weight(25, "SocialSeed: a missing fact never allows"),
    "target_unknown_seen": Weight(12, "SocialSeed: whoever does it by hand sees the profile first"),
    "target_empty": Weight(15, "SocialSeed: such profiles are often not people"),
    "target_mass_follower": Weight(15, "SocialSeed: such profiles are often not people"),
    "target_huge": Weight(5, _OURS),
    "same_again": Weight(60, f"{_X}: no follow churn; {_IG}: nothing repetitive"),
    "same_person_recently": Weight(12, _OURS),
    "crowding": Weight(30, f"{_IG}: nothing repetitive"),
    "other_account": Weight(30, f"{_X}: no coordinated attention from several accounts"),
    # the content
    "text_copied_elsewhere": Weight(60, f"{_X}: no near-identical content across accounts"),
    "text_copied": Weight(35, f"{_IG}: nothing repetitive"),
    "text_similar": Weight(12, _OURS),
    "similarity_unknown": Weight(8, "SocialSeed: a missing fact never allows"),
    "text_limit_unknown": Weight(10, "SocialSeed: a missing fact never allows"),
    "link_to_stranger": Weight(30, f"{_X}: no unsolicited links"),
    "promise": Weight(30, "SocialSeed: promises read as spam"),
    "engagement_bait": Weight(35, f"{_IG}: no trading of follows, likes or comments"),
    "shouting": Weight(12, _OURS),
    "many_hashtags": Weight(12, _OURS),
    "many_mentions": Weight(30, f"{_X}: no unsolicited mentions"),
    # the means
    "by_hand_only": Weight(FULL, "the capability ledger"),
    "proof_expired": Weight(YELLOW_FROM, "the capability ledger's own re-check date"),
    "posters_unknown": Weight(25, "SocialSeed: a missing fact never allows"),
}


def weight(code: str) -> int:
    """The points of a code. Raises KeyError for one without a source."""
    return WEIGHTS[code].points
