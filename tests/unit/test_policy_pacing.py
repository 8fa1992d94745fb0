"""Pacing: windows of local time and limits hold in every zone and over every clock change."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import example, given, settings
from hypothesis import strategies as st

from socialseed.policy.capabilities.ledger import LEDGER
from socialseed.policy.capabilities.types import Daily
from socialseed.policy.numbers import Policy
from socialseed.policy.pacing import (
    ALL,
    binding,
    limits,
    next_window,
    waking,
    window_keys,
)
from socialseed.policy.pacing.tables import CEILINGS

zones = st.sampled_from(sorted(available_timezones()))
days = st.dates(date(2010, 1, 1), date(2032, 12, 31))
instants = st.datetimes(datetime(2010, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC))
lights = st.sampled_from(("green", "yellow", "red"))


@given(zones, days)
def test_a_day_awake_begins_and_ends_at_its_hours(zone: str, on: date):
    span = waking(on, zone, 8, 22)
    assert span.start.astimezone(ZoneInfo(zone)).hour >= 8 or span.end <= span.start
    before_end = (span.end - timedelta(seconds=1)).astimezone(ZoneInfo(zone))
    assert before_end.hour < 22 or span.end <= span.start


@given(zones, instants)
@example("Australia/Lord_Howe", datetime(2026, 10, 3, 15, 10, tzinfo=UTC))
@example("Pacific/Apia", datetime(2011, 12, 30, 9, 30, tzinfo=UTC))
@example("Africa/Casablanca", datetime(2026, 3, 22, 1, 50, tzinfo=UTC))
def test_the_next_window_is_the_first_instant_with_another_key(zone: str, now: datetime):
    for index, window in enumerate(("day", "hour")):
        opens = next_window(now, zone, window)
        assert opens > now
        assert window_keys(opens, zone)[index] != window_keys(now, zone)[index]
        just_before = opens - timedelta(seconds=1)
        if just_before >= now:
            assert window_keys(just_before, zone)[index] == window_keys(now, zone)[index]


def all_per_day(phase: str, day: int, light: str = "green", cap: int = 1000) -> int:
    found = limits("tiktok", phase, day, light, 90, cap)
    return next(one.limit for one in found if (one.kind, one.window) == ("all", "day"))


def test_the_days_of_each_phase_ramp_as_the_owner_wrote():
    assert [all_per_day("phase_1", day) for day in (1, 30, 45)] == [50, 100, 100]
    assert [all_per_day("phase_2", day) for day in (1, 31, 60, 90)] == [100, 100, 150, 150]
    assert [all_per_day("phase_3", day) for day in (61, 90, 400)] == [150, 200, 200]
    assert all_per_day("phase_3", 90, cap=12) == 12


@given(
    st.sampled_from(("tiktok", "instagram", "twitter")),
    st.sampled_from(("phase_1", "phase_2", "phase_3")),
    st.integers(1, 200),
    lights,
    st.none() | st.integers(0, 100),
    st.integers(1, 1000),
)
@settings(max_examples=60)
def test_limits_are_never_looser_when_slowed_and_stay_below_the_platforms(
    platform: str, phase: str, day: int, light: str, health: int | None, cap: int
):
    found = limits(platform, phase, day, light, health, cap)
    free = limits(platform, phase, day, "green", 100, 1000)
    assert [(a.kind, a.window) for a in found] == [(b.kind, b.window) for b in free]
    assert all(1 <= a.limit <= b.limit for a, b in zip(found, free, strict=True))
    by_kind = {one.kind: one.limit for one in free if one.window == "day"}
    posts = sum(n for kind, n in by_kind.items() if kind.startswith("publish") or kind == "quote")
    assert posts <= {"tiktok": 15, "instagram": 50, "twitter": 50}[platform]
    assert by_kind["follow"] <= 40
    assert all(one.source for one in found)


def test_a_platform_without_ceilings_of_its_own_has_cautious_ones():
    found = {(x.kind, x.window): x for x in limits("new", "phase_3", 200, "green", 90, 1000)}
    known = [limits(word, "phase_3", 200, "green", 90, 1000) for word in CEILINGS]
    assert {kind for kind, _ in found} == {
        ALL,
        *(kind for one in CEILINGS.values() for kind in one),
    }
    for one in (one for every in known for one in every if one.kind != ALL):
        if one.window == "day":
            assert found[one.kind, "day"].limit * 2 <= one.limit
            assert "cautious" in found[one.kind, "day"].source
        assert found[one.kind, one.window].limit <= one.limit


def set_by(kind: str, **change: Any) -> tuple[int, str]:
    values: dict[str, Any] = {
        "platform": "twitter",
        "phase": "phase_3",
        "programme_day": 90,
        "light": "green",
        "health": 90,
        "account_limit": 1000,
    }
    found = limits(**{**values, **change})
    return next((one.limit, one.set_by) for one in found if (one.kind, one.window) == (kind, "day"))


def test_each_limit_says_which_number_makes_it():
    assert set_by("all") == (200, "phase")
    assert set_by("all", account_limit=30) == (30, "account")
    assert set_by("all", light="yellow") == (100, "light")
    assert set_by("all", health=20) == (100, "health")
    assert set_by("all", health=20, light="red") == (25, "light")
    assert set_by("follow") == (40, "product")
    assert set_by("follow", account_limit=30) == (30, "account")
    assert set_by("follow", phase="phase_1", programme_day=1) == (10, "phase")
    assert set_by("publish_text", phase="phase_1", programme_day=1) == (15, "product")
    assert set_by("publish_text", light="yellow") == (7, "light")
    policy = Policy({"limits.phase_3": 20})
    assert set_by("follow", policy=policy) == (4, "phase")
    assert set_by("publish_text", policy=policy) == (15, "product")
    assert set_by("all", policy=policy) == (20, "phase")


@given(st.integers(1, 60), st.sampled_from(("follow", "like", "publish_text")))
def test_a_platform_number_in_the_ledger_is_never_passed(most: int, kind: str):
    days = {**LEDGER.days, ("twitter", kind): Daily(most, "the platform says so")}
    limit, by = set_by(kind, ledger=replace(LEDGER, days=days))
    assert limit <= most
    assert (by == "platform") is (most <= CEILINGS["twitter"][kind])


def test_our_ceilings_lie_at_or_below_what_each_platform_states():
    for (platform, kind), day in LEDGER.days.items():
        assert day.source and CEILINGS[platform][kind] <= day.most, (platform, kind)


@given(
    st.sampled_from(("phase_1", "phase_2", "phase_3")),
    st.integers(1, 400),
    lights,
    st.integers(1, 1000),
    st.fixed_dictionaries(
        {
            "limits.phase_1": st.integers(5, 100),
            "limits.phase_2": st.integers(5, 150),
            "limits.phase_3": st.integers(5, 200),
            "days.phase_2": st.integers(31, 180),
            "days.phase_3": st.integers(61, 365),
        }
    ),
)
@settings(max_examples=60)
def test_no_policy_allows_more_than_the_products_own_numbers(
    phase: str, day: int, light: str, cap: int, moved: dict[str, int]
):
    found = limits("tiktok", phase, day, light, 90, cap, Policy(moved))
    usual = limits("tiktok", phase, day, light, 90, cap)
    assert all(1 <= a.limit <= b.limit for a, b in zip(found, usual, strict=True))
    by_key = {(one.kind, one.window): one for one in found}
    for one in found:
        assert one.limit <= by_key["all", one.window].limit
        assert one.limit <= cap and one.source and one.set_by


def test_the_binding_limit_is_the_one_with_least_left():
    found = limits("twitter", "phase_3", 70, "green", 90, 1000)
    day, hour = found[0], found[1]
    assert binding(found, {}) == hour
    assert binding(found, {("all", "day"): day.limit - 1}) == day
