"""Pacing: gaps, waking hours and plans hold in every zone and over every clock change."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import example, given, settings
from hypothesis import strategies as st

from socialseed.policy.capabilities.ledger import LEDGER
from socialseed.policy.capabilities.types import Daily
from socialseed.policy.numbers import Policy
from socialseed.policy.pacing import (
    ALL,
    MIN_GAP,
    binding,
    day_plan,
    limits,
    next_slot,
    next_window,
    waking,
    window_keys,
)
from socialseed.policy.pacing.tables import CEILINGS

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
zones = st.sampled_from(sorted(available_timezones()))
days = st.dates(date(2010, 1, 1), date(2032, 12, 31))
instants = st.datetimes(datetime(2010, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC))
hours = st.integers(0, 23)
lights = st.sampled_from(("green", "yellow", "red"))
SLOWER = {"green": 1, "yellow": 2, "red": 4}


def awake(at: datetime, zone: str, start: int, end: int) -> bool:
    hour = at.astimezone(ZoneInfo(zone)).hour
    return start <= hour < end if start < end else hour >= start or hour < end


@given(zones, instants, hours, hours, lights, st.integers(1, 25))
@example("Europe/Berlin", datetime(2026, 3, 28, 23, tzinfo=UTC), 2, 3, "green", 10)
@example("Europe/Berlin", datetime(2026, 10, 24, 23, tzinfo=UTC), 1, 3, "green", 25)
@example("Australia/Lord_Howe", datetime(2026, 4, 4, 12, tzinfo=UTC), 1, 2, "yellow", 10)
@example("Pacific/Apia", datetime(2011, 12, 29, 12, tzinfo=UTC), 8, 22, "green", 25)
@example("UTC", datetime(2028, 2, 28, 21, 59, tzinfo=UTC), 8, 22, "green", 10)
def test_slots_keep_their_gaps_and_stay_in_waking_hours(
    zone: str, after: datetime, start: int, end: int, light: str, count: int
):
    taken: list[datetime] = []
    for _ in range(count):
        slot = next_slot("seed", "a", after, None, zone, start, end, light, taken)
        assert slot >= after
        assert start == end or awake(slot, zone, start, end)
        taken.append(slot)
    taken.sort()
    assert all(b - a >= SLOWER[light] * MIN_GAP for a, b in pairwise(taken))


@given(instants.filter(lambda at: 8 <= at.hour < 21), st.integers(45, 100_000))
def test_a_single_approved_action_is_due_within_a_minute(after: datetime, seconds_ago: int):
    last = after - timedelta(seconds=seconds_ago)
    slot = next_slot("seed", "a", after, last, "UTC", 8, 22, "green", [])
    assert timedelta(0) <= slot - after <= timedelta(minutes=1)
    assert slot - last >= MIN_GAP


def test_a_night_ends_soon_after_waking_up_and_not_at_the_same_second_each_day():
    rises = {
        next_slot("s", "a", NOON.replace(day=d, hour=23), None, "UTC", 8, 22, "green", []).time()
        for d in range(1, 20)
    }
    assert all(at.hour == 8 and at.minute <= 21 for at in rises)
    assert len(rises) > 10


def test_gaps_are_irregular_and_yellow_halves_the_pace():
    def span(light: str) -> tuple[timedelta, int]:
        taken: list[datetime] = []
        for _ in range(80):
            taken.append(next_slot("s", "a", NOON, None, "UTC", 0, 0, light, taken))
        gaps = [b - a for a, b in pairwise(sorted(taken))]
        return taken[-1] - taken[0], len(set(gaps))

    green, yellow = span("green"), span("yellow")
    assert green[1] > 50
    assert 1.5 < yellow[0] / green[0] < 2.7


@given(zones, days, hours, hours, lights, st.integers(1, 200), st.none() | st.integers(0, 9))
@example("America/New_York", date(2026, 3, 8), 1, 5, "green", 150, None)
@example("Europe/London", date(2026, 10, 25), 0, 4, "green", 150, None)
@example("Asia/Tokyo", date(2028, 2, 29), 8, 22, "green", 200, 0)
def test_a_plan_stays_within_its_windows_and_budget(
    zone: str, on: date, start: int, end: int, light: str, budget: int, pause: int | None
):
    plan = day_plan("seed", "a", on, zone, start, end, light, budget, pause)
    assert plan == day_plan("seed", "a", on, zone, start, end, light, budget, pause)
    assert len(plan.slots) <= budget
    assert len(plan.sessions) <= 6
    assert all(plan.waking.start <= s.start < s.end <= plan.waking.end for s in plan.sessions)
    assert all(a.end <= b.start for a, b in pairwise(plan.sessions))
    assert all(b - a >= SLOWER[light] * MIN_GAP for a, b in pairwise(plan.slots))
    assert all(any(at in session for session in plan.sessions) for at in plan.slots)


def test_an_ordinary_day_has_rests_and_comes_near_its_budget():
    plans = [
        day_plan("s", "a", date(2026, 11, 1) + timedelta(days=n), "UTC", 8, 22, "green", 100)
        for n in range(60)
    ]
    assert all(3 <= len(plan.sessions) <= 6 for plan in plans)
    counts = sorted(len(plan.slots) for plan in plans)
    assert counts[30] > 75  # the median day
    assert counts[0] < 45  # a quiet one
    after_pause = day_plan("s", "a", date(2026, 11, 4), "UTC", 8, 22, "green", 100, 0)
    usual = day_plan("s", "a", date(2026, 11, 4), "UTC", 8, 22, "green", 100)
    assert len(after_pause.slots) <= len(usual.slots) / 2


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
