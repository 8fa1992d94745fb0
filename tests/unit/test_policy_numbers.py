"""The workspace's numbers: none is ever in force outside of its bounds, whatever was stored."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialseed.policy.numbers import BOUNDS, BY_KEY, DEFAULTS, Policy, check, moved, policy_of

KEYS = [bound.key for bound in BOUNDS]
ANYTHING = st.one_of(st.integers(), st.floats(), st.sampled_from([True, None, "40", (1,)]))
within = st.fixed_dictionaries(
    {},
    optional={
        one.key: st.integers(one.least, one.most)  # type: ignore[arg-type]
        if one.whole
        else st.floats(one.least, one.most)
        for one in BOUNDS
    },
)


def test_every_number_has_a_source_a_unit_and_a_default_within_its_bounds():
    assert len(set(KEYS)) == len(KEYS)
    for one in BOUNDS:
        assert one.source and one.unit and one.label
        assert one.least <= one.default <= one.most
        assert one.careful in ("lower", "higher")
    assert check({one.key: one.default for one in BOUNDS}) == []


@given(st.dictionaries(st.sampled_from([*KEYS, "limits.phase_9"]), ANYTHING))
def test_whatever_was_stored_what_is_in_force_lies_within_the_bounds(stored: dict[str, Any]):
    policy = policy_of(stored)
    for bound, value in policy.all():
        assert bound.least <= value <= bound.most
        assert isinstance(value, int) or not bound.whole


@given(st.dictionaries(st.sampled_from([*KEYS, "limits.phase_9"]), ANYTHING, min_size=1))
def test_what_is_not_refused_is_in_force_exactly(wanted: dict[str, Any]):
    problems = check(wanted)
    assert all(one.key in wanted and one.detail for one in problems)
    if not problems:
        policy = policy_of(wanted)
        assert {key: policy.number(key) for key in wanted} == wanted


@given(within, within)
def test_changes_on_top_of_each_other_never_break_what_holds_between_numbers(
    first: dict[str, Any], second: dict[str, Any]
):
    policy = DEFAULTS
    for wanted in (first, second):
        if not check(wanted, policy):
            policy = Policy(moved(policy, wanted), policy.version + 1)
    assert policy.count("days.phase_3") - policy.count("days.phase_2") >= 30
    ends = [policy.count(f"limits.phase_{n}") for n in (1, 2, 3)]
    assert ends == sorted(ends)


def test_a_problem_between_two_numbers_is_told_of_the_one_that_was_sent():
    assert [one.key for one in check({"days.phase_2": 100})] == ["days.phase_2"]
    later = Policy({"days.phase_3": 90})
    assert [one.key for one in check({"days.phase_2": 61}, later)] == ["days.phase_2"]
    assert check({"days.phase_2": 60}, later) == []
    both = {"days.phase_2": 60, "days.phase_3": 80}
    assert [one.key for one in check(both)] == ["days.phase_3"]


@pytest.mark.parametrize("value", [31.5, True, float("nan"), float("inf"), 30, 181])
def test_a_day_is_a_whole_number_within_its_bounds(value: object):
    assert [one.key for one in check({"days.phase_2": value})] == ["days.phase_2"]


def test_a_number_back_at_its_default_is_not_moved_any_more():
    before = Policy({"unfollow.a_day": 3, "contact.crowd": 2}, 4)
    again = BY_KEY["unfollow.a_day"].default
    assert moved(before, {"unfollow.a_day": again}) == {"contact.crowd": 2}
