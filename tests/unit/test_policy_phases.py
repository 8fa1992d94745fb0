"""Phases: days are necessary, health and record too, and an incident demotes."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from socialseed.core.clock import local
from socialseed.policy.numbers import Policy
from socialseed.policy.pacing import next_window
from socialseed.policy.phases import (
    PHASES,
    PhaseFacts,
    first_date,
    first_day,
    is_open,
    opens_on_day,
    phase_of,
    programme_day,
    standing,
    starting_phase,
)

ZONES = (
    "UTC",
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "America/Los_Angeles",
    "America/St_Johns",
    "America/Sao_Paulo",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Tokyo",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Pacific/Honolulu",
)
zones = st.sampled_from(ZONES)
instants = st.datetimes(datetime(2008, 1, 1), datetime(2032, 12, 31), timezones=st.just(UTC))

READY = PhaseFacts(
    platform="tiktok",
    phase="phase_1",
    started_on=date(2026, 10, 1),
    programme_day=31,
    established=False,
    health_score=80,
    warnings_last_7_days=0,
    decided=25,
    approved_without_edits_share=0.8,
)


def test_days_are_counted_on_the_accounts_own_wall():
    at = datetime(2026, 11, 1, 23, 30, tzinfo=UTC)
    assert programme_day(date(2026, 11, 1), at, "UTC") == 1
    assert programme_day(date(2026, 11, 1), at, "Asia/Tokyo") == 2
    assert programme_day(date(2026, 11, 2), at, "UTC") == 1  # never less


def test_day_31_with_a_clean_record_opens_phase_2():
    verdict = phase_of(READY)
    assert verdict.phase == "phase_2"
    assert verdict.opens_next is not None
    assert (verdict.opens_next.phase, verdict.opens_next.on) == ("phase_3", date(2026, 11, 30))


MISSING: dict[str, dict[str, Any]] = {
    "day": {"programme_day": 30},
    "health": {"health_score": 69},
    "health unknown": {"health_score": None},
    "warning": {"warnings_last_7_days": 1},
    "decisions": {"decided": 19},
    "edits": {"approved_without_edits_share": 0.69},
    "share unknown": {"approved_without_edits_share": None},
}


@pytest.mark.parametrize("gate", MISSING)
def test_each_gate_holds_alone_and_says_what_is_missing(gate: str):
    verdict = phase_of(replace(READY, **MISSING[gate]))
    assert verdict.phase == "phase_1"
    assert verdict.opens_next is not None
    assert bool(verdict.opens_next.missing) is (gate != "day")


def test_phase_3_needs_day_61_and_is_the_last():
    second = replace(READY, phase="phase_2", programme_day=60)
    assert phase_of(second).phase == "phase_2"
    third = phase_of(replace(second, programme_day=61))
    assert (third.phase, third.opens_next) == ("phase_3", None)


def test_an_incident_goes_one_step_back_and_not_below_the_first():
    assert phase_of(replace(READY, phase="phase_3", incidents_since_change=1)).phase == "phase_2"
    fallen = replace(READY, incidents_since_change=1, warnings_last_7_days=1)
    assert phase_of(fallen).phase == "phase_1"


def test_where_the_platform_is_closed_no_record_can_be_asked_for():
    x = replace(READY, platform="twitter", decided=0, approved_without_edits_share=None)
    assert phase_of(x).phase == "phase_2"
    assert phase_of(replace(x, health_score=None)).phase == "phase_1"


def test_an_established_account_starts_in_phase_2_and_stays_there_until_day_61():
    assert (starting_phase(True), starting_phase(False)) == ("phase_2", "phase_1")
    fresh = replace(READY, phase="phase_2", established=True, programme_day=1)
    assert phase_of(fresh).phase == "phase_2"
    assert "established" in phase_of(fresh).reasons[0]


def test_platforms_open_one_after_the_other():
    words = ("tiktok", "instagram", "twitter", "a_new_one")
    opened = {phase: [word for word in words if is_open(word, phase)] for phase in PHASES}
    assert opened == {
        "phase_1": ["tiktok"],
        "phase_2": ["tiktok", "instagram"],
        "phase_3": ["tiktok", "instagram", "twitter", "a_new_one"],
    }
    assert not any(is_open(word, "phase_4") for word in words)
    assert [opens_on_day(word) for word in words] == [1, 31, 61, 61]


# --- gates, as they are shown --------------------------------------------------------------------


def test_every_gate_says_what_it_is_and_what_it_needs():
    here = standing(replace(READY, programme_day=12, health_score=64, decided=3))
    assert here.opens_next is not None and here.opens_next.on == date(2026, 10, 31)
    shown = [(gate.code, gate.met, gate.found, gate.needs) for gate in here.gates]
    assert shown == [
        ("day", False, "day 12", "day 31"),
        ("health", False, "64", "at least 70"),
        ("clean_record", True, "no incidents in 7 days", "none for 7 days"),
        ("decided", False, "3 decided", "at least 20"),
        ("unedited", True, "80%", "at least 70%"),
    ]
    assert "You need to decide 17 more proposals." in here.opens_next.missing


def test_an_incident_that_does_not_demote_still_keeps_from_rising_for_7_days():
    verdict = phase_of(replace(READY, incidents_last_7_days=1))
    assert verdict.phase == "phase_1"
    assert verdict.opens_next is not None and "1 incident" in verdict.opens_next.missing[0]


def test_an_old_incident_in_the_first_phase_does_not_hold_for_ever():
    assert phase_of(replace(READY, incidents_since_change=1)).phase == "phase_2"


MOVED = Policy(
    {
        "days.phase_2": 45,
        "days.phase_3": 90,
        "gates.min_health": 80,
        "gates.min_decided": 30,
        "gates.min_unedited_share": 0.9,
    }
)


def test_a_workspace_that_moved_its_numbers_gets_its_own_days_and_gates():
    assert phase_of(replace(READY, programme_day=44), MOVED).phase == "phase_1"
    good: dict[str, Any] = {"health_score": 80, "decided": 30, "approved_without_edits_share": 0.9}
    risen = phase_of(replace(READY, programme_day=45, **good), MOVED)
    assert risen.phase == "phase_2" and risen.opens_next is not None
    assert risen.opens_next.on == date(2026, 10, 1) + timedelta(days=89)
    for name, value in good.items():
        less = value - 0.01 if isinstance(value, float) else value - 1
        worse = replace(READY, programme_day=45, **{**good, name: less})
        assert phase_of(worse, MOVED).phase == "phase_1", name
    assert opens_on_day("instagram", MOVED) == 45
    assert opens_on_day("twitter", MOVED) == 90
    assert opens_on_day("tiktok", MOVED) == 1


def test_a_day_that_was_moved_away_takes_the_account_one_step_back():
    third = replace(READY, phase="phase_3", programme_day=70)
    assert phase_of(third).phase == "phase_3"
    back = phase_of(third, MOVED)
    assert back.phase == "phase_2"
    assert back.reasons == ("Phase 3 begins on day 90 here, and it is day 70.",)
    assert phase_of(replace(third, programme_day=89), MOVED).phase == "phase_3"  # a day of grace
    settled = replace(READY, phase="phase_2", established=True, programme_day=1)
    assert phase_of(settled, MOVED).phase == "phase_2"


facts = st.builds(
    PhaseFacts,
    platform=st.sampled_from(("tiktok", "instagram", "twitter")),
    phase=st.sampled_from(PHASES),
    started_on=st.just(date(2026, 10, 1)),
    programme_day=st.integers(1, 400),
    established=st.booleans(),
    health_score=st.none() | st.integers(0, 100),
    warnings_last_7_days=st.integers(0, 2),
    decided=st.integers(0, 600),
    approved_without_edits_share=st.none() | st.floats(0, 1),
    incidents_since_change=st.integers(0, 2),
    incidents_last_7_days=st.integers(0, 2),
)
CAREFUL: dict[str, int | float] = {
    "days.phase_2": 60,
    "days.phase_3": 120,
    "gates.min_health": 90,
    "gates.min_decided": 100,
    "gates.min_unedited_share": 0.95,
}


@given(facts, st.dictionaries(st.sampled_from(sorted(CAREFUL)), st.just(0)))
def test_a_more_careful_policy_never_gives_a_later_phase(one: PhaseFacts, keys: dict[str, int]):
    policy = Policy({key: CAREFUL[key] for key in keys})
    if "days.phase_2" in keys:
        policy = Policy({**policy.moved, "days.phase_3": CAREFUL["days.phase_3"]})
    assert PHASES.index(phase_of(one, policy).phase) <= PHASES.index(phase_of(one).phase)


WORSE: dict[str, Any] = {
    "health_score": None,
    "approved_without_edits_share": None,
    "warnings_last_7_days": 3,
    "incidents_last_7_days": 3,
    "incidents_since_change": 3,
    "decided": 0,
    "programme_day": 1,
}


@given(facts, st.sampled_from(sorted(WORSE)))
def test_a_worse_or_missing_fact_never_gives_a_later_phase(one: PhaseFacts, name: str):
    assert name in {field.name for field in fields(PhaseFacts)}
    worse = phase_of(replace(one, **{name: WORSE[name]}))
    assert PHASES.index(worse.phase) <= PHASES.index(phase_of(one).phase)


@given(facts)
def test_a_phase_moves_by_one_step_and_rises_only_through_open_gates(one: PhaseFacts):
    verdict, before = phase_of(one), PHASES.index(one.phase)
    assert abs(PHASES.index(verdict.phase) - before) <= 1
    if PHASES.index(verdict.phase) > before:
        assert all(gate.met for gate in standing(one).gates)
    assert verdict.reasons


# --- days in local time --------------------------------------------------------------------------


@given(zones, instants, st.integers(0, 500))
@example("Europe/Berlin", datetime(2026, 3, 28, 23, 30, tzinfo=UTC), 40)
@example("Australia/Lord_Howe", datetime(2026, 4, 4, 15, 0, tzinfo=UTC), 60)
@example("UTC", datetime(2028, 2, 28, 23, 59, tzinfo=UTC), 30)
@example("Pacific/Apia", datetime(2011, 12, 30, 9, 59, tzinfo=UTC), 30)
@example("America/Sao_Paulo", datetime(2017, 10, 15, 2, 59, tzinfo=UTC), 30)
def test_the_day_changes_at_local_midnight_and_only_there(zone: str, now: datetime, ago: int):
    started = local(now, zone).date() - timedelta(days=ago)
    midnight = next_window(now, zone, "day")
    assert programme_day(started, now, zone) == ago + 1
    assert programme_day(started, midnight - timedelta(seconds=1), zone) == ago + 1
    # Samoa left out the 30th of December 2011: the next date is the one that counts.
    skipped = (local(midnight, zone).date() - local(now, zone).date()).days
    assert programme_day(started, midnight, zone) == ago + 1 + skipped
    assert skipped == 1 or (zone, midnight.year) == ("Pacific/Apia", 2011)


@given(zones, instants, st.sampled_from(PHASES), st.sampled_from((Policy({}), MOVED)))
@example("Pacific/Kiritimati", datetime(2028, 2, 29, 10, 0, tzinfo=UTC), "phase_3", Policy({}))
def test_a_phase_opens_on_exactly_the_date_that_was_shown(
    zone: str, start: datetime, phase: str, policy: Policy
):
    started = local(start, zone).date()
    on = first_date(phase, started, policy)
    for day in (on - timedelta(days=1), on, on + timedelta(days=1)):
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        here = local(noon, zone).date()
        opened = programme_day(started, noon, zone) >= first_day(phase, policy)
        assert opened is (here >= on or phase == "phase_1")


@given(zones, zones, instants, st.integers(0, 500))
@example("Pacific/Kiritimati", "Pacific/Honolulu", datetime(2026, 5, 1, 10, 30, tzinfo=UTC), 60)
def test_moving_to_another_zone_moves_the_count_by_one_day_at_most(
    before: str, after: str, now: datetime, ago: int
):
    started = local(now, before).date() - timedelta(days=ago)
    moved = programme_day(started, now, after) - programme_day(started, now, before)
    assert abs(moved) <= 1


@given(zones, zones, instants)
def test_no_zone_change_takes_an_opened_phase_away(before: str, after: str, now: datetime):
    started = local(now, before).date() - timedelta(days=60)
    third = replace(READY, phase="phase_3", started_on=started)
    day = programme_day(started, now, before)
    assert phase_of(replace(third, programme_day=day)).phase == "phase_3"
    day = programme_day(started, now, after)
    assert phase_of(replace(third, programme_day=day)).phase == "phase_3"
