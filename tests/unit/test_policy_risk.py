"""The traffic light: honest lights for plain cases, and laws that hold for all facts and rules."""

import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialseed.policy.capabilities.ledger import find
from socialseed.policy.numbers import DEFAULTS
from socialseed.policy.risk.assess import (
    RULES,
    assess,
    digest,
    facts_from_json,
    facts_to_json,
    replay,
    requires_approval,
)
from socialseed.policy.risk.page import render
from socialseed.policy.risk.rules_content import named, without_mentions
from socialseed.policy.risk.types import Contact, Facts, Finding, Use
from socialseed.policy.risk.weights import FORBIDS, NOTES, WEIGHTS

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
LIGHTS = ("green", "yellow", "red")
GOOD = Facts(
    now=NOW,
    platform="twitter",
    action_type="reply",
    capability=find("twitter", "reply", "self_serve"),
    mode="api",
    phase="phase_3",
    programme_day=70,
    timezone="Europe/Berlin",
    waking_start=8,
    waking_end=22,
    connected=True,
    needs_reconnect=False,
    is_active=True,
    account_light="green",
    platform_light="green",
    health_score=90,
    frozen_until=None,
    uses=(Use("all", "day", 10, 150, "SocialSeed"), Use("reply", "hour", 1, 8, "SocialSeed")),
    last_action_at=NOW - timedelta(hours=1),
    actions_last_7_days=400,
    errors_last_24h=0,
    warnings_last_7_days=0,
    rejection_share=0.1,
    consent=True,
    target_handle="mia",
    target_known=True,
    target_followers=900,
    target_following=300,
    target_posts=120,
    do_not_contact=False,
    contacts=(),
    text="Thank you for asking! The kiln runs at 1,240 degrees.",
    text_limit=280,
    text_similarity=0.1,
    similar_account=None,
    media_url=None,
    summoned=True,
)


def codes(facts: Facts) -> set[str]:
    return {finding.code for finding in assess(facts).findings}


def earlier(**changes: Any) -> Contact:
    made = Contact(True, "clay_studio", "follow", "succeeded", NOW - timedelta(days=3))
    return replace(made, **changes)


FOLLOW = replace(
    GOOD,
    action_type="follow",
    capability=find("twitter", "follow", "self_serve"),
    mode="human",
    text=None,
    summoned=None,
)


def test_a_plain_answer_to_somebody_who_asked_is_green_without_reasons():
    verdict = assess(GOOD)
    assert (verdict.light, verdict.score, verdict.findings) == ("green", 0, ())


FORBIDDEN: dict[str, dict[str, Any]] = {
    "platform_closed": {"phase": "phase_1", "programme_day": 3},
    "capability_unknown": {"capability": None},
    "capability_forbidden": {"capability": find("twitter", "publish_carousel", "self_serve")},
    "by_hand_only": {"summoned": False},
    "do_not_contact": {"do_not_contact": True},
    "text_missing": {"text": "  "},
    "text_too_long": {"text": "a" * 281},
    "names_left_alone": {"mentions_left_alone": ("noa",)},
}


@pytest.mark.parametrize("code", FORBIDDEN)
def test_what_must_not_be_done_is_red_and_forbidden(code: str):
    verdict = assess(replace(GOOD, **FORBIDDEN[code]))
    assert verdict.forbidden and verdict.light == "red" and verdict.score == 100
    assert verdict.findings[0].code == code


def test_it_says_when_a_closed_platform_opens():
    closed = replace(GOOD, phase="phase_1", programme_day=3)
    assert assess(closed).to_green == ("after day 60",)
    instagram = replace(
        closed,
        platform="instagram",
        capability=find("instagram", "reply", "instagram_login"),
        own_post=True,
    )
    assert assess(instagram).to_green == ("after day 30",)


YELLOW = {
    "target_unknown": replace(
        GOOD,
        target_known=False,
        summoned=None,
        action_type="like",
        text=None,
        capability=find("twitter", "like", "enterprise"),
    ),
    "limit_used_up": replace(GOOD, uses=(Use("all", "hour", 9, 9, "SocialSeed"),)),
    "other_account": replace(FOLLOW, contacts=(earlier(same_account=False),)),
    "link_to_stranger": replace(GOOD, text="See example.com for more"),
    "promise": replace(GOOD, text="Growth is guaranteed with us"),
    "warning": replace(GOOD, warnings_last_7_days=1),
    "text_copied": replace(GOOD, text_similarity=0.95),
    "many_mentions": replace(GOOD, text="@a @b @c look at this"),
    "silent_failure": replace(GOOD, silent=True),
    "crowding": replace(FOLLOW, contacts=tuple(earlier(action_type="like") for _ in range(3))),
}


@pytest.mark.parametrize("code", YELLOW)
def test_what_is_doubtful_alone_is_yellow(code: str):
    verdict = assess(YELLOW[code])
    assert verdict.light == "yellow"
    assert verdict.findings[0].code == code


RED = {
    "same_again": replace(FOLLOW, contacts=(earlier(),)),
    "text_copied_elsewhere": replace(GOOD, text_similarity=0.95, similar_account="other_shop"),
    "account_red": replace(GOOD, account_light="red"),
    "platform_red": replace(GOOD, platform_light="red"),
    "warnings": replace(GOOD, warnings_last_7_days=3),
    "frozen": replace(GOOD, frozen_until=NOW + timedelta(hours=2)),
}


@pytest.mark.parametrize("code", RED)
def test_what_rules_call_abuse_is_red(code: str):
    verdict = assess(RED[code])
    assert verdict.light == "red" and not verdict.forbidden
    assert verdict.findings[0].code == code


def test_a_used_up_hour_says_how_long_to_wait_and_a_later_slot_needs_no_wait():
    at = NOW.replace(minute=18)
    full = replace(
        GOOD, now=at, last_action_at=None, uses=(Use("all", "hour", 9, 9, "SocialSeed"),)
    )
    assert assess(full).to_green == ("wait 42 m",)
    assert assess(replace(full, expected_at=at + timedelta(hours=1))).light == "green"


def test_a_used_up_day_says_how_long_it_is_to_the_morning():
    noon = replace(GOOD, uses=(Use("all", "day", 100, 100, "SocialSeed"),))
    # 13:00 in Berlin; the next day begins while the account sleeps.
    assert assess(noon).to_green == ("wait until 08:00, in 19 h",)
    always = replace(noon, waking_start=0, waking_end=24)
    # 19:50 in Berlin: the account's day ends in 4 h 10 m.
    evening = replace(always, now=NOW.replace(hour=18, minute=50), last_action_at=None)
    assert assess(evening).to_green == ("wait until 00:00, in 4 h 10 m",)


def test_a_limit_is_graded_by_the_hour_and_by_the_day():
    def score(window: str, used: int) -> int:
        return assess(replace(GOOD, uses=(Use("all", window, used, 100, "x"),))).score

    assert [score("day", used) for used in (79, 80, 95, 100)] == [0, 8, 12, 30]
    assert [score("hour", used) for used in (79, 80, 99, 100)] == [0, 4, 4, 30]


def test_what_is_fast_is_measured_by_the_accounts_own_history():
    def fast(today: int, **history: Any) -> bool:
        day = Use("all", "day", today, 500, "x")
        return "velocity" in codes(replace(GOOD, uses=(day,), **history))

    steady = {"active_days": 20, "usual_day": 30.0, "usual_spread": 2.0}
    assert not fast(60, **steady) and fast(61, **steady)
    # Who goes up and down by himself may, yet never beyond three of his usual days.
    lively = steady | {"usual_spread": 25.0}
    assert not fast(90, **lively) and fast(91, **lively)
    # A few quiet weeks make nobody fast who was as busy on the days on which he did anything.
    assert not fast(60, **steady, actions_last_7_days=0)
    # Without three active days the last week tells.
    young = {"active_days": 2, "usual_day": 30.0, "actions_last_7_days": 140}
    assert not fast(40, **young) and fast(41, **young)


def test_hours_without_a_pause_count_until_half_an_hour_has_passed():
    on = replace(GOOD, running_since=NOW - timedelta(hours=4))
    assert "no_rest" in codes(replace(on, last_action_at=NOW - timedelta(minutes=29)))
    assert "no_rest" not in codes(replace(on, last_action_at=NOW - timedelta(minutes=30)))
    soon = replace(on, last_action_at=NOW, expected_at=NOW + timedelta(minutes=30))
    assert "no_rest" not in codes(soon)
    young = replace(on, running_since=NOW - timedelta(hours=3, minutes=59), last_action_at=NOW)
    assert "no_rest" not in codes(young)


def test_a_stranger_without_figures_is_said_to_be_unclear():
    blank = replace(FOLLOW, target_followers=None, target_following=None, target_posts=None)
    assert codes(blank) == {"target_untold"}
    assert codes(replace(blank, target_posts=0)) == set()
    assert codes(replace(blank, summoned=True)) == set()


def test_the_workspaces_own_numbers_decide_how_long_a_person_is_let_be():
    since = NOW - timedelta(days=20)
    again = replace(FOLLOW, contacts=(earlier(at=since),))
    assert "same_again" in codes(again)
    assert "same_again" not in codes(replace(again, contact_again_days=14))
    other = replace(FOLLOW, contacts=(earlier(same_account=False, at=since),))
    assert "other_account" not in codes(other)
    assert "other_account" in codes(replace(other, contact_others_days=21))
    like = earlier(action_type="like")
    assert "crowding" not in codes(replace(FOLLOW, contacts=(like, like)))
    assert "crowding" in codes(replace(FOLLOW, contacts=(like, like), contact_crowd=2))


def test_a_handle_is_found_in_a_text_whatever_stands_around_it():
    assert named("Ask @Noa. Or @noa.b.c, or x@mail.org") == ["noa", "noa.b", "noa.b.c"]
    assert named(None) == named("nobody") == []
    text = "Ask @Noa. Or @noah, or (@noa.b)"
    assert without_mentions(text, ["noa"]) == "Ask . Or @noah, or (.b)"
    assert without_mentions(text, ["noa.b"]) == "Ask @Noa. Or @noah, or ()"


def test_the_numbers_that_are_not_told_are_those_of_the_table():
    assert GOOD.contact_again_days == DEFAULTS.count("contact.again_after_days")
    assert GOOD.contact_crowd == DEFAULTS.count("contact.crowd")
    assert GOOD.contact_others_days == DEFAULTS.count("contact.others_within_days")


def test_the_page_of_weights_is_current():
    page = Path(__file__).parents[2] / "docs" / "weights.md"
    assert page.read_text() == render(), "run `make docs`"


def test_rest_hours_are_the_accounts_own():
    night = NOW.replace(hour=4)
    assert "rest_hours" in codes(replace(GOOD, now=night, last_action_at=None))
    assert "rest_hours" not in codes(
        replace(GOOD, now=night, last_action_at=None, timezone="America/New_York", waking_end=24)
    )
    assert "rest_hours" not in codes(replace(GOOD, now=night, last_action_at=None, expected_at=NOW))


def test_too_many_hashtags_for_instagram_are_forbidden():
    post = replace(
        GOOD,
        platform="instagram",
        action_type="publish_image",
        capability=find("instagram", "publish_image", "instagram_login"),
        media_url="https://example.org/a.jpg",
        text=" ".join(f"#tag{n}" for n in range(31)),
        text_limit=2200,
    )
    assert assess(post).forbidden
    assert assess(replace(post, text="#one #two")).light == "green"


def test_a_text_is_as_long_as_its_platform_counts():
    long_link = replace(GOOD, action_type="publish_text", text="https://example.org/" + "a" * 300)
    assert "text_too_long" in codes(long_link)
    assert "text_too_long" not in codes(replace(long_link, text_length=23))
    assert "text_too_long" in codes(replace(GOOD, text="日" * 150, text_length=300))


def _one(name: str, value: Any) -> dict[str, Any]:
    return {name: value}


# --- laws ----------------------------------------------------------------------------------------

extra_findings = st.none() | st.builds(
    Finding,
    code=st.just("extra"),
    effect=st.sampled_from(("forbid", "raise", "info")),
    weight=st.integers(-200, 200),
    sentence=st.just("Extra."),
    clears=st.none() | st.just("later"),
)
instants = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))
uses = st.lists(
    st.builds(
        Use,
        kind=st.sampled_from(("all", "reply")),
        window=st.sampled_from(("hour", "day")),
        used=st.integers(0, 20),
        limit=st.integers(1, 20),
        source=st.just("x"),
    ),
    max_size=3,
).map(tuple)
contacts = st.lists(
    st.builds(
        Contact,
        same_account=st.booleans(),
        account=st.just("shop"),
        action_type=st.sampled_from(("follow", "like", "reply")),
        status=st.sampled_from(("succeeded", "rejected", "scheduled")),
        at=st.integers(0, 60).map(lambda days: NOW - timedelta(days=days)),
    ),
    max_size=4,
).map(tuple)
all_facts = st.builds(
    Facts,
    now=instants,
    platform=st.sampled_from(("twitter", "instagram", "tiktok")),
    action_type=st.sampled_from(("follow", "like", "reply", "publish_text", "publish_image")),
    capability=st.sampled_from(
        (None, GOOD.capability, FOLLOW.capability, find("tiktok", "publish_text", "audited"))
    ),
    mode=st.sampled_from(("api", "human")),
    phase=st.sampled_from(("phase_1", "phase_2", "phase_3", "phase_9")),
    programme_day=st.integers(1, 100),
    timezone=st.sampled_from(("UTC", "Asia/Kathmandu", "America/St_Johns")),
    waking_start=st.integers(0, 23),
    waking_end=st.integers(0, 24),
    connected=st.booleans(),
    needs_reconnect=st.booleans(),
    is_active=st.booleans(),
    account_light=st.sampled_from((*LIGHTS, "unknown")),
    platform_light=st.sampled_from((*LIGHTS, "unknown")),
    health_score=st.none() | st.integers(0, 100),
    frozen_until=st.none() | instants,
    uses=uses,
    last_action_at=st.none() | instants,
    actions_last_7_days=st.integers(0, 900),
    errors_last_24h=st.integers(0, 10),
    warnings_last_7_days=st.integers(0, 4),
    rejection_share=st.none() | st.floats(0, 1),
    consent=st.none() | st.booleans(),
    target_handle=st.none() | st.just("mia"),
    target_known=st.booleans(),
    target_followers=st.none() | st.integers(0, 10**7),
    target_following=st.none() | st.integers(0, 10**6),
    target_posts=st.none() | st.integers(0, 5000),
    do_not_contact=st.booleans(),
    contacts=contacts,
    text=st.none() | st.text(max_size=60),
    text_limit=st.none() | st.integers(1, 300),
    text_length=st.none() | st.integers(0, 400),
    text_similarity=st.none() | st.floats(0, 1),
    similar_account=st.none() | st.just("shop"),
    media_url=st.none() | st.just("https://example.org/a.jpg"),
    summoned=st.none() | st.booleans(),
    expected_at=st.none() | instants,
    own_post=st.none() | st.booleans(),
    active_days=st.integers(0, 28),
    usual_day=st.none() | st.floats(1, 200),
    usual_spread=st.none() | st.floats(0, 90),
    running_since=st.none() | instants,
    silent=st.booleans(),
    opens_on_day=st.none() | st.integers(1, 180),
    mentions_left_alone=st.just(()) | st.just(("noa",)),
    contact_again_days=st.integers(14, 365),
    contact_crowd=st.integers(1, 5),
    contact_others_days=st.integers(3, 90),
)


@given(all_facts, st.lists(extra_findings, min_size=1, max_size=3))
def test_extra_rules_never_make_a_verdict_milder(facts: Facts, extra: list[Finding | None]):
    plain = assess(facts)
    more = assess(facts, [*RULES, *(lambda _, found=found: found for found in extra)])
    assert LIGHTS.index(more.light) >= LIGHTS.index(plain.light)
    assert more.score >= plain.score
    assert more.forbidden >= plain.forbidden


# For each fact that may be missing: what it would say at its best.
AT_BEST: dict[str, Any] = {
    "capability": GOOD.capability,
    "health_score": 100,
    "consent": True,
    "target_known": True,
    "text_limit": 10_000,
    "text_similarity": 0.0,
    "summoned": True,
    "own_post": True,
    "media_url": "https://example.org/a.jpg",
    "target_followers": 900,
    "target_following": 300,
    "target_posts": 120,
    "usual_day": 10_000.0,
}


@given(all_facts)
def test_every_finding_stands_in_the_tables(facts: Facts):
    for finding in assess(facts).findings:
        if finding.effect == "raise":
            assert finding.weight == WEIGHTS[finding.code].points
        else:
            assert finding.code in (FORBIDS if finding.effect == "forbid" else NOTES)


@given(all_facts, st.sampled_from(sorted(AT_BEST)))
def test_a_missing_fact_never_allows_what_the_best_fact_would_not(facts: Facts, name: str):
    missing = assess(replace(facts, **_one(name, False if name == "target_known" else None)))
    best = assess(replace(facts, **_one(name, AT_BEST[name])))
    if name == "capability" and best.forbidden:
        assert missing.forbidden
        return
    assert missing.score >= best.score
    assert missing.forbidden >= best.forbidden


def test_an_unknown_light_or_phase_allows_nothing_alone():
    assert assess(replace(GOOD, account_light="")).light == "yellow"
    assert assess(replace(GOOD, platform_light="")).light == "yellow"
    assert assess(replace(GOOD, phase="")).forbidden


@given(all_facts)
def test_a_stored_verdict_replays_to_the_same(facts: Facts):
    stored = json.loads(json.dumps(facts_to_json(facts)))
    assert replay(stored) == assess(facts)
    assert facts_from_json(stored) == facts
    assert digest(facts) == assess(facts).facts_digest


@given(all_facts, st.sampled_from([field.name for field in fields(Facts)]))
def test_the_digest_changes_with_any_fact(facts: Facts, name: str):
    other = replace(facts, **_one(name, getattr(GOOD, name)))
    assert (digest(other) == digest(facts)) == (facts_to_json(other) == facts_to_json(facts))


@given(all_facts)
def test_the_light_follows_the_score_and_green_needs_no_steps(facts: Facts):
    verdict = assess(facts)
    assert 0 <= verdict.score <= 100
    expected = "green" if verdict.score < 25 else "yellow" if verdict.score < 60 else "red"
    assert verdict.light == ("red" if verdict.forbidden else expected)
    if verdict.light == "green":
        assert verdict.to_green == ()


@given(all_facts, st.sampled_from(("phase_1", "phase_2", "phase_3", "phase_9")), st.booleans())
def test_who_must_agree_follows_the_table(facts: Facts, phase: str, earned: bool):
    verdict = assess(facts)
    needed = requires_approval(phase, GOOD.capability, verdict, True, "green", earned=earned)
    free = find("twitter", "publish_text", "self_serve")
    assert needed  # a person starts each reply
    table = {
        "phase_1": True,
        "phase_2": verdict.light != "green",
        "phase_3": verdict.light == "red" or not earned,
        "phase_9": True,
    }
    asked = requires_approval(phase, free, verdict, True, "green", earned=earned)
    assert asked is table[phase]
    # To have earned it never asks for more, and not to be known to have never allows.
    assert asked <= requires_approval(phase, free, verdict, True, "green")
    assert requires_approval(phase, free, verdict, None, "green", earned=earned)
    assert requires_approval(phase, free, verdict, False, "green", earned=earned)
    assert requires_approval(phase, free, verdict, True, "red", earned=earned)
    assert requires_approval(phase, None, verdict, True, "green", earned=earned)


@pytest.mark.parametrize("phase", ["phase_1", "phase_2", "phase_3"])
def test_a_scope_that_was_not_granted_is_red_for_the_api_and_nothing_for_a_person(phase: str):
    lacking = replace(GOOD, phase=phase, missing_scopes=("tweet.write",), platform_name="X")
    verdict = assess(lacking)
    row = lacking.capability
    assert row is not None
    free = replace(row, needs_approval=False)
    assert verdict.light == "red"
    assert requires_approval(phase, free, verdict, True, "green")
    assert "reconnect it" in [finding.clears for finding in verdict.findings]
    by_hand = assess(replace(lacking, mode="human"))
    assert "scope_missing" not in [finding.code for finding in by_hand.findings]


def test_facts_stored_before_scopes_and_names_were_facts_give_the_verdict_of_then():
    stored = facts_to_json(replace(GOOD, phase="phase_1"))
    for name in ("missing_scopes", "platform_name"):
        del stored[name]
    assert replay(stored) == assess(replace(GOOD, phase="phase_1"))
    assert replay(stored).findings[0].sentence == "X is not open in phase 1."
