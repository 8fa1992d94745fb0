"""Health comes from what was observed, part by part, and from nothing else."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialseed.accounts.health import Signals, assess
from socialseed.accounts.record import Record

NOTHING = Record(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
BUSY = replace(NOTHING, calls=40, decided=20, unedited=20, checked=12)
WELL = Signals(BUSY, None, 1000, 1000)
ALL = {
    "warnings", "calls", "throttled", "unknown", "verified", "connection", "decisions", "growth",
}  # fmt: skip


def test_the_weights_of_all_parts_are_a_hundred():
    assert sum(part.weight for part in assess(WELL).parts) == 100
    assert {part.code for part in assess(WELL).parts} == ALL


def test_an_account_of_which_nothing_is_known_is_judged_by_what_is():
    found = assess(Signals(NOTHING, None, None, None))
    assert {p.code for p in found.parts if p.value is not None} == {"warnings", "connection"}
    assert (found.score, found.light) == (100, "green")


SICK = {
    "warnings": {"warnings": 1},
    "calls": {"refused": 20},
    "throttled": {"throttled": 20},
    "unknown": {"unknown": 20},
    "verified": {"contradicted": 6},
    "decisions": {"rejected": 10},
}


@pytest.mark.parametrize("code", SICK)
def test_each_sign_lowers_its_own_part_alone_and_is_said(code: str):
    found = assess(replace(WELL, record=replace(BUSY, **SICK[code])))
    values = {part.code: part.value for part in found.parts}
    assert values.pop(code) in (40, 50)
    assert set(values.values()) == {100}
    assert found.score < 100
    sentence = next(part.sentence for part in found.parts if part.code == code)
    assert sentence in found.reasons or found.light == "green"


def test_followers_who_leave_and_a_connection_that_ends_count_too():
    leaving = assess(replace(WELL, followers=975))
    assert next(p.value for p in leaving.parts if p.code == "growth") == 50
    ending = assess(replace(WELL, works_for_days=3.5))
    assert next(p.value for p in ending.parts if p.code == "connection") == 50


def test_few_read_backs_do_not_count_yet():
    few = assess(replace(WELL, record=replace(BUSY, checked=4, contradicted=4)))
    assert next(p for p in few.parts if p.code == "verified").value is None
    assert few.score == 100


records = st.builds(
    Record,
    calls=st.integers(0, 200),
    refused=st.integers(0, 60),
    throttled=st.integers(0, 60),
    unknown=st.integers(0, 60),
    warnings=st.integers(0, 4),
    fresh_warnings=st.integers(0, 2),
    incidents=st.integers(0, 3),
    decided=st.integers(0, 50),
    rejected=st.integers(0, 50),
    unedited=st.integers(0, 50),
    checked=st.integers(0, 50),
    contradicted=st.integers(0, 50),
).map(
    lambda r: replace(
        r,
        calls=max(r.calls, r.refused + r.throttled + r.unknown),
        rejected=min(r.rejected, r.decided),
        contradicted=min(r.contradicted, r.checked),
    )
)


@given(
    records,
    st.none() | st.floats(0, 90),
    st.none() | st.integers(0, 9000),
    st.none() | st.integers(0, 9000),
)
def test_the_score_is_the_weighted_mean_of_the_known_parts(record, days, before, now):
    found = assess(Signals(record, days, before, now))
    known = [part for part in found.parts if part.value is not None]
    assert all(0 <= (part.value or 0) <= 100 for part in known)
    assert min(p.value or 0 for p in known) <= found.score <= max(p.value or 0 for p in known)
    assert all(part.sentence for part in found.parts)
    if record.fresh_warnings:
        assert found.light == "red"
    assert bool(found.reasons) <= (found.light != "green")
