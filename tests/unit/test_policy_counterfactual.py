"""What would turn a verdict green is tried out: it does, and no part of it would do."""

from dataclasses import replace
from datetime import timedelta
from itertools import combinations
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from socialseed.policy.capabilities.ledger import find
from socialseed.policy.risk.assess import RULES, assess
from socialseed.policy.risk.changes import Change, catalogue
from socialseed.policy.risk.counterfactual import MOST_STEPS, applied, to_green
from socialseed.policy.risk.types import Contact, Facts, Finding, Use
from tests.unit.test_policy_risk import FOLLOW, GOOD, NOW, all_facts

AFTERNOON = NOW.replace(minute=20)
FULL_HOUR = Use("all", "hour", 9, 9, "SocialSeed")
FULL_DAY = Use("all", "day", 99, 99, "SocialSeed")
# Findings that are near one another, so that single steps and combinations are both found.
SHARDS: tuple[dict[str, Any], ...] = (
    {"account_light": "yellow"},
    {"account_light": "red"},
    {"consent": None},
    {"connected": False},
    {"is_active": False},
    {"health_score": 30},
    {"frozen_until": NOW + timedelta(hours=30)},
    {"uses": (FULL_HOUR,)},
    {"uses": (FULL_HOUR, FULL_DAY)},
    {"now": NOW.replace(hour=2)},
    {"errors_last_24h": 7},
    {"warnings_last_7_days": 1},
    {"phase": "phase_1", "programme_day": 12},
    {"text_similarity": 0.95, "similar_account": "shop"},
    {"text": "SEE EXAMPLE.COM AND DOUBLE YOUR REACH @a @b @c"},
    {"text": "#one #two #three #four #five, follow me back"},
    {"text": "a" * 300},
    {"text": ""},
    {"target_known": False, "summoned": None, "mode": "human"},
    {"contacts": (Contact(False, "shop", "like", "succeeded", NOW - timedelta(days=5)),)},
    {"contacts": tuple(
        Contact(True, "me", "like", "succeeded", NOW - timedelta(days=days)) for days in (1, 3, 6)
    )},
    {"silent": True},
    {"running_since": NOW - timedelta(hours=6), "last_action_at": NOW - timedelta(minutes=9)},
    {"mentions_left_alone": ("noa",), "text": "Ask @noa about glazes"},
)  # fmt: skip
near = st.builds(
    lambda base, some: replace(base, **{k: v for shard in some for k, v in shard.items()}),
    st.sampled_from((GOOD, FOLLOW)),
    st.lists(st.sampled_from(SHARDS), max_size=5),
)


def steps(facts: Facts) -> tuple[Change, ...]:
    return to_green(facts, assess(facts).findings, RULES)


@settings(max_examples=500, deadline=None)
@given(near | all_facts)
def test_what_is_said_really_turns_it_green_and_no_part_of_it_does(facts: Facts):
    verdict = assess(facts)
    found = steps(facts)
    assert tuple(step.sentence for step in found) == verdict.to_green
    if verdict.light == "green":
        assert found == ()
    if not found:
        return
    assert len(found) <= MOST_STEPS
    assert assess(applied(facts, found)).light == "green"
    for size in range(len(found)):
        for part in combinations(found, size):
            assert assess(applied(facts, part)).light != "green"


@settings(max_examples=300, deadline=None)
@given(near)
def test_when_one_entry_of_the_catalogue_suffices_the_cheapest_such_is_said(facts: Facts):
    verdict = assess(facts)
    assume(verdict.light != "green")
    alone = [
        change
        for change in catalogue(facts, verdict.findings)
        if assess(change.apply(facts)).light == "green"
    ]
    assume(alone)
    (found,) = steps(facts)
    assert found.hours == min(change.hours for change in alone)


@settings(deadline=None)
@given(near, st.integers(25, 100))
def test_a_rule_that_nothing_clears_leaves_no_way(facts: Facts, weight: int):
    def stubborn(_: Facts) -> Finding:
        return Finding("stubborn", "raise", weight, "It stays.")

    assert assess(facts, [*RULES, stubborn]).to_green == ()


EXAMPLES: dict[str, tuple[Facts, tuple[str, ...]]] = {
    "an hour": (replace(GOOD, now=AFTERNOON, uses=(FULL_HOUR,)), ("wait 40 m",)),
    "a freeze": (
        replace(GOOD, frozen_until=NOW + timedelta(hours=3, minutes=10)),
        ("wait 3 h 10 m",),
    ),
    "a freeze into the night": (
        replace(GOOD, frozen_until=NOW + timedelta(hours=12)),
        ("wait until 08:00, in 19 h",),
    ),
    "a cool-off": (
        replace(FOLLOW, contacts=(replace(SHARDS[19]["contacts"][0], action_type="follow"),)),
        ("wait 2 days",),
    ),
    "a phase": (replace(GOOD, phase="phase_2", programme_day=40), ("after day 60",)),
    "a phase of one's own policy": (
        replace(GOOD, phase="phase_2", programme_day=40, opens_on_day=91),
        ("after day 90",),
    ),
    "a phase that is late": (
        replace(GOOD, phase="phase_2", programme_day=64),
        ("once it is in phase 3",),
    ),
    "a pause": (replace(GOOD, is_active=False), ("resume the account",)),
    "a connection": (replace(GOOD, connected=False), ("connect the account",)),
    "a broken one": (replace(GOOD, needs_reconnect=True), ("reconnect the account",)),
    "a stranger": (
        replace(
            GOOD,
            action_type="like",
            text=None,
            summoned=None,
            target_known=False,
            capability=find("twitter", "like", "enterprise"),
        ),
        ("look at the profile",),
    ),
    "a link": (replace(GOOD, text="More on example.com"), ("leave the link out",)),
    "two faults of a text": (
        replace(GOOD, text="Guaranteed, see example.com"),
        ("leave the link out", "leave the promise out"),
    ),
    "a long text": (replace(GOOD, text="a" * 291), ("shorten it by 11",)),
    "a copy": (replace(GOOD, text_similarity=0.97), ("say it in your own words",)),
    "a picture": (
        replace(
            GOOD,
            action_type="publish_image",
            capability=find("twitter", "publish_image", "self_serve"),
        ),
        ("name the picture or video",),
    ),
    "a comment to a stranger": (
        replace(
            GOOD,
            action_type="comment",
            summoned=None,
            capability=find("twitter", "comment", "self_serve"),
        ),
        ("do it by hand",),
    ),
    "somebody left alone": (replace(GOOD, **SHARDS[-1]), ("leave @noa out",)),
    "nobody to turn to": (replace(GOOD, do_not_contact=True), ()),
    "a platform that forbids it": (
        replace(GOOD, capability=find("twitter", "publish_carousel", "self_serve")),
        (),
    ),
}


@pytest.mark.parametrize("case", EXAMPLES)
def test_the_step_is_said_with_its_number(case: str):
    facts, wanted = EXAMPLES[case]
    assert assess(facts).light != "green"
    assert set(assess(facts).to_green) == set(wanted)


def test_of_two_ways_the_shorter_is_said():
    full = replace(GOOD, now=AFTERNOON, uses=(FULL_HOUR,), consent=None)
    # The hour alone is enough; consent alone is not.
    assert assess(full).to_green == ("wait 40 m",)
