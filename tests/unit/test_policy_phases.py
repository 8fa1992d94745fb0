"""Phases: days are necessary, health and record too, and an incident demotes."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from socialseed.policy.phases import (
    PHASES,
    PhaseFacts,
    is_open,
    opens_on_day,
    phase_of,
    programme_day,
    starting_phase,
)

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
    assert phase_of(replace(READY, incidents_since_change=1)).phase == "phase_1"


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
