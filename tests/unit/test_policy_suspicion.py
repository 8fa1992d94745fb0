"""Verify and suspect: the test finds what is ill, rarely alarms for nothing, and says why."""

from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from socialseed.core.rng import derive
from socialseed.policy.suspicion import (
    ALPHA,
    BETA,
    ILL,
    LOWER,
    NUMBERS,
    UPPER,
    WELL,
    suspicion,
)

ROUNDS = 4000


def first_bound(share: float, seed: int) -> tuple[bool, int]:
    """Whether the first bound that is reached is the upper one, and after how many read-backs."""
    rng = derive("suspicion", share, seed)
    seen: list[bool] = []
    for number in count(1):
        seen.append(rng.random() >= share)
        found = suspicion(seen)
        if found.state == "suspect":
            return True, number
        if found.evidence == 0.0:
            return False, number
    raise AssertionError


def test_nothing_is_suspected_before_anything_was_read_back():
    assert suspicion(()).state == "clear"
    assert suspicion(()).sentence == "Nothing was read back yet."


def test_two_contradictions_in_a_row_are_suspect_and_one_is_watched():
    assert suspicion([False]).state == "watching"
    found = suspicion([True, False, False])
    assert (found.state, found.checked, found.contradicted) == ("suspect", 3, 2)
    assert found.sentence == (
        "1 of 3 read back is really there. That is too few to be chance:"
        " this kind pauses until you looked."
    )


def test_one_contradiction_is_forgiven_after_enough_confirmations():
    states = [suspicion([False, *[True] * more]).state for more in (0, 9, 10)]
    assert states == ["watching", "watching", "clear"]
    # One in twenty goes on without an alarm; one in four does not.
    assert suspicion([*[True] * 19, False] * 3).state != "suspect"
    assert suspicion([True, True, True, False] * 6).state == "suspect"


def test_a_false_alarm_in_a_round_is_as_rare_as_the_table_says():
    alarms = sum(first_bound(WELL, seed)[0] for seed in range(ROUNDS))
    assert alarms / ROUNDS <= ALPHA / (1 - BETA) + 0.005


def test_what_is_ill_is_found_in_a_round_as_surely_as_the_table_says_and_soon():
    found = [first_bound(ILL, seed) for seed in range(ROUNDS)]
    passed = sum(not alarm for alarm, _ in found)
    assert passed / ROUNDS <= BETA / (1 - ALPHA) + 0.01
    assert sum(number for _, number in found) / ROUNDS <= 14
    # What has no effect at all is found by the second read-back.
    assert first_bound(1.0, 1) == (True, 2)


@given(st.lists(st.booleans(), max_size=80))
def test_evidence_stays_between_the_bounds_and_suspicion_stays(seen: list[bool]):
    found = suspicion(seen)
    assert found.evidence > LOWER
    assert (found.state == "suspect") == (found.evidence >= UPPER)
    if found.state == "suspect":
        assert suspicion([*seen, *[True] * 20]).state == "suspect"


@given(st.lists(st.booleans(), min_size=1, max_size=40), st.data())
def test_one_more_contradiction_never_lifts_a_suspicion(seen: list[bool], data: st.DataObject):
    spot = data.draw(st.integers(0, len(seen)))
    if suspicion(seen).state == "suspect":
        worse = [*seen[:spot], False, *seen[spot:]]
        assert suspicion(worse).state == "suspect"


def test_every_number_has_a_reason():
    assert all(len(number.because) > 20 for number in NUMBERS.values())
