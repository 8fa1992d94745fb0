"""Earned autonomy: an exact bound, and no fact that is missing and no condition that grants."""

import math
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialseed.core.rng import derive
from socialseed.policy.autonomy import (
    LOOK_BACK,
    TO_EARN,
    TO_KEEP,
    AutonomyFacts,
    Condition,
    audit_words,
    is_audited,
    look_back,
    lower_bound,
    standing,
)
from socialseed.policy.numbers import BY_KEY, DEFAULTS, Policy

PROVEN = AutonomyFacts(
    action_type="reply",
    light="green",
    mode="api",
    needs_approval=False,
    proof="fresh",
    phase="phase_3",
    account_light="green",
    incidents=0,
    taken_back=False,
    decided=30,
    unedited=30,
)
any_facts = st.builds(
    AutonomyFacts,
    action_type=st.just("reply"),
    light=st.sampled_from(("green", "yellow", "red")),
    mode=st.sampled_from(("api", "human", None)),
    needs_approval=st.sampled_from((True, False, None)),
    proof=st.sampled_from(("fresh", "expired", None)),
    phase=st.sampled_from(("phase_1", "phase_2", "phase_3", None)),
    account_light=st.sampled_from(("green", "yellow", "red", None)),
    incidents=st.sampled_from((0, 0, 1, None)),
    taken_back=st.sampled_from((False, False, True, None)),
    decided=st.integers(0, 300) | st.none(),
    unedited=st.integers(0, 300) | st.none(),
)


def chance(k: int, n: int, p: float) -> float:
    return math.comb(n, k) * p**k * (1 - p) ** (n - k)


@settings(deadline=None)
@given(st.integers(1, 60), st.floats(0.001, 0.999))
def test_the_bound_lies_above_the_truth_in_one_record_of_twenty_at_most(n: int, truth: float):
    misses = sum(chance(k, n, truth) for k in range(n + 1) if lower_bound(k, n) > truth)
    assert misses <= 0.05 + 1e-9


@settings(deadline=None)
@given(st.integers(1, 1000), st.data())
def test_the_bound_is_below_the_share_and_grows_with_every_success(n: int, data: Any):
    k = data.draw(st.integers(0, n - 1))
    assert 0 <= lower_bound(k, n) <= k / n
    assert lower_bound(k, n) < lower_bound(k + 1, n)
    assert lower_bound(k, n + 1) <= lower_bound(k, n)  # one more that was not approved


def test_known_bounds():
    # 0.05 ** (1 / n) when all succeed; the others from the tables of Clopper and Pearson.
    assert lower_bound(30, 30) == pytest.approx(0.05 ** (1 / 30), abs=1e-9)
    assert lower_bound(29, 30) == pytest.approx(0.8514, abs=1e-4)
    assert lower_bound(45, 50) == pytest.approx(0.8012, abs=1e-4)
    assert [lower_bound(*odd) for odd in ((0, 9), (0, 0), (5, 4), (-1, 4))] == [0.0] * 4


def test_thirty_of_thirty_earn_it_and_one_edit_more_does_not():
    assert standing(PROVEN, DEFAULTS).earned
    assert not standing(replace(PROVEN, decided=31), DEFAULTS).earned
    assert standing(replace(PROVEN, decided=46, unedited=46), DEFAULTS).earned
    assert standing(replace(PROVEN, decided=47, unedited=46), DEFAULTS).earned
    assert not standing(replace(PROVEN, decided=20, unedited=20), DEFAULTS).earned


NOT: dict[str, tuple[Any, str]] = {
    "light": ("red", "always asked"),
    "mode": ("human", "by hand"),
    "needs_approval": (True, "platform wants a person"),
    "proof": ("expired", "checked again"),
    "phase": ("phase_2", "phase 3"),
    "account_light": ("yellow", "light must be green"),
    "incidents": (1, "no incident for 30 days"),
    "taken_back": (True, "took it back"),
    "decided": (29, "29 of 30 decisions"),
    "unedited": (29, "must be 90.0%"),
}


@pytest.mark.parametrize("name", NOT)
def test_each_condition_alone_says_no_and_says_what_is_missing(name: str):
    value, words = NOT[name]
    found = standing(replace(PROVEN, **{name: value}), DEFAULTS)
    assert not found.earned
    assert words in " ".join(found.missing)


def test_a_slower_light_and_an_old_proof_take_nothing_back():
    worse = replace(PROVEN, account_light="yellow", proof="expired")
    assert standing(worse, DEFAULTS, TO_KEEP).earned
    assert not standing(worse, DEFAULTS).earned
    assert set(TO_KEEP) < set(TO_EARN)


@given(any_facts, st.sampled_from([f.name for f in fields(AutonomyFacts)][2:]))
def test_a_missing_fact_never_grants(facts: AutonomyFacts, name: str):
    gone: dict[str, Any] = {name: None}
    assert not standing(replace(facts, **gone), DEFAULTS).earned


@given(any_facts, st.sampled_from(TO_EARN), st.sets(st.sampled_from(TO_EARN)))
def test_an_extra_condition_never_grants_more(
    facts: AutonomyFacts, extra: Condition, some: set[Condition]
):
    few = standing(facts, DEFAULTS, tuple(some))
    more = standing(facts, DEFAULTS, (*some, extra))
    assert few.earned or not more.earned
    assert set(few.missing) <= set(more.missing)
    refuses = standing(facts, DEFAULTS, (*TO_EARN, lambda _facts, _policy: "No."))
    assert not refuses.earned


@given(
    any_facts,
    st.floats(0.85, 0.999),
    st.integers(30, 1000),
)
def test_a_more_careful_policy_never_grants_more(facts: AutonomyFacts, bound: float, least: int):
    bound = max(bound, float(BY_KEY["autonomy.min_lower_bound"].default))
    careful = Policy({"autonomy.min_lower_bound": bound, "autonomy.min_decided": least})
    assert standing(facts, DEFAULTS).earned or not standing(facts, careful).earned


def test_as_many_decisions_are_looked_at_as_the_policy_asks_for():
    assert look_back(DEFAULTS) == LOOK_BACK
    assert look_back(Policy({"autonomy.min_decided": 700})) == 700


@pytest.mark.parametrize("share", [0.05, 0.1, 0.25, 1.0])
def test_the_audit_takes_its_share_and_the_same_ones_each_time(share: float):
    ids = [derive("ids", n).getrandbits(128) for n in range(20_000)]
    drawn = [is_audited("a seed", one, share) for one in ids]
    spread = 4 * math.sqrt(share * (1 - share) / len(ids))  # four standard deviations
    assert abs(sum(drawn) / len(ids) - share) <= spread
    assert drawn == [is_audited("a seed", one, share) for one in ids]
    assert share == 1.0 or drawn != [is_audited("another", one, share) for one in ids]


@given(st.integers(), st.floats(0.05, 1.0), st.floats(0.05, 1.0))
def test_a_greater_share_asks_about_no_fewer(action: int, one: float, other: float):
    least, most = sorted((one, other))
    assert is_audited("seed", action, most) or not is_audited("seed", action, least)


def test_the_words_for_the_share():
    assert audit_words(0.1) == "One in ten of these still comes to you."
    assert audit_words(0.25) == "One in four of these still comes to you."
    assert audit_words(0.33) == "33% of these still come to you."
    assert audit_words(1.0) == "Every one of these still comes to you."
