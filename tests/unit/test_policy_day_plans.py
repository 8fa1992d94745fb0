"""Day plans: gaps, windows, budgets and limits hold in every zone, over every change of clocks."""

import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from socialseed.policy.pacing import (
    ALL,
    MIN_GAP,
    OWN_SESSION,
    Limit,
    Load,
    Rhythm,
    at_once,
    day_budget,
    day_plan,
    load_of,
    next_slot,
    window_keys,
)
from socialseed.policy.pacing.plan import RAMP_AFTER_PAUSE
from socialseed.policy.pacing.slots import SLOWER

ZONES = (
    "Africa/Casablanca",
    "America/New_York",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Tokyo",
    "Australia/Lord_Howe",
    "Europe/Berlin",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Pacific/Honolulu",
    "Pacific/Kiritimati",
    "UTC",
)
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
zones = st.sampled_from(ZONES)
# Both changes of clocks, a leap day, the turn of the year, the day that Apia did not have.
special = st.sampled_from(
    (
        SPRING, AUTUMN, date(2026, 3, 8), date(2026, 11, 1), date(2026, 4, 5), date(2026, 10, 4),
        date(2028, 2, 29), date(2026, 12, 31), date(2011, 12, 30), date(2026, 2, 15),
    )
)  # fmt: skip
days = special | st.dates(date(2010, 1, 1), date(2032, 12, 31))
lights = st.sampled_from(("green", "yellow", "red"))
waking_hours = st.tuples(st.integers(0, 23), st.integers(0, 24)).filter(lambda h: h != (0, 24))


@st.composite
def rhythms(draw: st.DrawFn) -> Rhythm:
    start, end = draw(waking_hours)
    limit, light = draw(st.integers(1, 200)), draw(lights)
    day = max(1, limit // SLOWER[light])
    hour = max(min(day, 3), -(-day // 5))
    resumed = draw(st.none() | days)
    account = draw(st.sampled_from(("a", "b", "c")))
    return Rhythm("seed", account, draw(zones), start, end, light, day, hour, resumed)


def limits_of(rhythm: Rhythm, follows: int = 7) -> list[Limit]:
    return [
        Limit(ALL, "day", rhythm.day, ""),
        Limit(ALL, "hour", rhythm.hour, ""),
        Limit("follow", "day", follows, ""),
        Limit("follow", "hour", 3, ""),
    ]


def empty(rhythm: Rhythm, last_at: datetime | None = None) -> Load:
    return load_of(rhythm.timezone, last_at, limits_of(rhythm), {}, ())


def awake_at(rhythm: Rhythm, at: datetime) -> bool:
    hour, start, end = (
        at.astimezone(ZoneInfo(rhythm.timezone)).hour,
        rhythm.waking_start,
        rhythm.waking_end,
    )
    return start <= hour < end if start < end else hour >= start or hour < end


def in_a_session(rhythm: Rhythm, at: datetime) -> bool:
    on = at.astimezone(ZoneInfo(rhythm.timezone)).date()
    plans = [day_plan(rhythm, on - timedelta(days=n)) for n in (0, 1)]
    return any(at in session for plan in plans for session in plan.sessions)


def check_limits(rhythm: Rhythm, given_out: list[tuple[str, datetime]]) -> None:
    """No local hour or day has more than its limit or budget, of all and of each kind."""
    counts: Counter[tuple[str, str]] = Counter()
    for kind, at in given_out:
        for key in window_keys(at, rhythm.timezone):
            counts[ALL, key] += 1
            counts[kind, key] += 1
    for (kind, key), count in counts.items():
        if kind == ALL and len(key) == 10:
            assert count <= day_budget(rhythm, date.fromisoformat(key)).count <= rhythm.day
        elif kind == ALL:
            assert count <= rhythm.hour
        elif kind == "follow":
            assert count <= (7 if len(key) == 10 else 3)


def check_gaps(rhythm: Rhythm, instants: list[datetime]) -> None:
    assert all(b - a >= rhythm.gap for a, b in pairwise(sorted(instants)))
    assert rhythm.gap == SLOWER[rhythm.light] * MIN_GAP


@given(rhythms(), days)
@settings(max_examples=300, deadline=None)
@example(Rhythm("seed", "a", "America/New_York", 1, 5, "green", 150, 30), date(2026, 3, 8))
@example(Rhythm("seed", "a", "Europe/Berlin", 20, 4, "green", 200, 40), AUTUMN)
@example(Rhythm("seed", "a", "Australia/Lord_Howe", 1, 2, "red", 50, 10), date(2026, 10, 4))
def test_a_plan_stays_within_its_windows_limits_and_budget(rhythm: Rhythm, on: date):
    plan = day_plan(rhythm, on)
    assert len(plan.sessions) <= 6
    assert all(plan.waking.start <= s.start < s.end <= plan.waking.end for s in plan.sessions)
    assert all(a.end <= b.start for a, b in pairwise(plan.sessions))
    assert all(any(at in session for session in plan.sessions) for at in plan.slots)
    assert all(
        awake_at(rhythm, at) or rhythm.waking_start == rhythm.waking_end for at in plan.slots
    )
    check_gaps(rhythm, list(plan.slots))
    check_limits(rhythm, [("like", at) for at in plan.slots])


@given(rhythms(), days)
@settings(deadline=None)
def test_two_plans_that_share_a_date_keep_its_budget_together(rhythm: Rhythm, on: date):
    both = [*day_plan(rhythm, on).slots, *day_plan(rhythm, on + timedelta(days=1)).slots]
    check_limits(rhythm, [("like", at) for at in both])


@given(
    rhythms(),
    days,
    st.integers(0, 86399),
    st.integers(1, 60),
    st.none() | st.integers(0, 4000),
)
@settings(max_examples=150, deadline=None)
def test_slots_given_one_by_one_are_those_of_the_plan(
    rhythm: Rhythm, on: date, second: int, count: int, since_last: int | None
):
    after = datetime(on.year, on.month, on.day, tzinfo=UTC) + timedelta(seconds=second)
    last = after - timedelta(seconds=since_last) if since_last is not None else None
    load, given_out = empty(rhythm, last), []
    for number in range(count):
        kind = "follow" if number % 3 == 0 else "like"
        at = next_slot(rhythm, load, after, kind)
        assert at >= after and in_a_session(rhythm, at)
        load.add(kind, at)
        given_out.append((kind, at))
    instants = [at for _, at in given_out]
    check_gaps(rhythm, instants + ([last] if last else []))
    check_limits(rhythm, given_out)
    likes = [at for kind, at in given_out if kind == "like"]
    assert likes == sorted(likes)  # in the order in which they asked


@given(rhythms(), days, st.integers(0, 86399), st.integers(1, 30))
@settings(max_examples=150, deadline=None)
def test_approvals_in_a_row_keep_gaps_limits_and_waking_hours(
    rhythm: Rhythm, on: date, second: int, count: int
):
    start = datetime(on.year, on.month, on.day, tzinfo=UTC) + timedelta(seconds=second)
    load, given_out = empty(rhythm), []
    for number in range(count):
        after = start + timedelta(seconds=4 * number)
        at = at_once(rhythm, load, after, "like")
        if at is not None:
            assert after <= at <= after + OWN_SESSION
            assert rhythm.waking_start == rhythm.waking_end or awake_at(rhythm, at)
        at = at or next_slot(rhythm, load, after, "like")
        load.add("like", at)
        given_out.append(("like", at))
    check_gaps(rhythm, [at for _, at in given_out])
    check_limits(rhythm, given_out)


@given(zones, st.integers(9, 20), st.integers(45, 100_000))
def test_a_single_approval_of_somebody_awake_goes_out_within_a_minute(
    zone: str, hour: int, since_last: int
):
    after = datetime(2026, 6, 3, hour, 7, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    last = after - timedelta(seconds=since_last)
    rhythm = Rhythm("seed", "a", zone, 8, 22, "green", 100, 20)
    at = at_once(rhythm, empty(rhythm, last), after, "like")
    assert at is not None
    assert timedelta(0) <= at - after <= timedelta(minutes=1)
    assert at - last >= MIN_GAP


def test_nobody_is_taken_for_awake_at_night_and_nothing_goes_out_at_once_beyond_the_budget():
    rhythm = Rhythm("seed", "a", "UTC", 8, 22, "green", 20, 4)
    assert at_once(rhythm, empty(rhythm), NOON.replace(hour=23), "like") is None
    spent = {(ALL, "2026-11-20"): day_budget(rhythm, NOON.date()).count}
    load = load_of("UTC", None, limits_of(rhythm), spent, ())
    assert at_once(rhythm, load, NOON, "like") is None
    assert next_slot(rhythm, load, NOON, "like").date() == date(2026, 11, 21)


@given(rhythms(), days, st.integers(0, 40))
@settings(deadline=None)
def test_what_was_sent_today_counts(rhythm: Rhythm, on: date, sent: int):
    assume(rhythm.waking_start < rhythm.waking_end)
    assume(day_plan(rhythm, on).slots)
    budget = day_budget(rhythm, on).count
    load = load_of(rhythm.timezone, None, limits_of(rhythm), {(ALL, on.isoformat()): sent}, ())
    start, end = day_plan(rhythm, on).waking.start, day_plan(rhythm, on).waking.end
    count = 0
    while (at := next_slot(rhythm, load, start, "like")) < end:
        load.add("like", at)
        count += 1
    assert count <= max(0, budget - sent)


@given(rhythms(), zones, days, st.integers(2, 30), st.integers(2, 30))
@settings(max_examples=100, deadline=None)
def test_a_zone_changed_in_the_middle_keeps_gaps_and_the_limits_of_the_new_days(
    rhythm: Rhythm, zone: str, on: date, before: int, then: int
):
    after = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    load, sent = empty(rhythm), []
    for _ in range(before):
        at = next_slot(rhythm, load, after, "like")
        load.add("like", at)
        sent.append(at)
    moved = replace(rhythm, timezone=zone)
    # As the counters have it: what was sent is counted under the keys of then.
    load = load_of(zone, sent[-1], limits_of(moved), load.counts, ())
    used, given_out = Counter(load.counts), []
    for _ in range(then):
        at = next_slot(moved, load, sent[-1], "like")
        assert in_a_session(moved, at)
        load.add("like", at)
        given_out.append(at)
    check_gaps(moved, [sent[-1], *given_out])
    check_limits(moved, [("like", at) for at in given_out])
    for key in {window_keys(at, zone)[0] for at in given_out}:
        assert load.counts[ALL, key] <= day_budget(moved, date.fromisoformat(key)).count
        assert load.counts[ALL, key] >= used[ALL, key]


@given(rhythms(), days)
@settings(deadline=None)
def test_a_slower_light_thins_the_day(rhythm: Rhythm, on: date):
    green = replace(rhythm, light="green", day=100, hour=20)
    yellow = replace(rhythm, light="yellow", day=50, hour=10)
    red = replace(rhythm, light="red", day=25, hour=5)
    counts = [len(day_plan(one, on).slots) for one in (green, yellow, red)]
    assert counts[0] >= counts[1] >= counts[2]
    assert counts[1] <= counts[0] / 2 + 2 or counts[0] < day_budget(green, on).count


@given(rhythms(), days, st.integers(1, 100))
@settings(deadline=None)
def test_a_smaller_budget_keeps_the_slots_where_they_are(rhythm: Rhythm, on: date, less: int):
    assume(rhythm.waking_start < rhythm.waking_end)
    small = replace(rhythm, day=min(less, rhythm.day))
    assert set(day_plan(small, on).slots) <= set(day_plan(rhythm, on).slots)


@given(zones, days, st.integers(20, 200))
@settings(deadline=None)
def test_no_burst_on_the_days_after_a_long_pause(zone: str, resumed_on: date, limit: int):
    usual = Rhythm("seed", "a", zone, 8, 22, "green", limit, max(3, limit // 5))
    after = replace(usual, resumed_on=resumed_on)
    for number, share in enumerate(RAMP_AFTER_PAUSE):
        on = resumed_on + timedelta(days=number)
        budget = day_budget(after, on)
        assert budget.ramp is not None and budget.ramp.day == number + 1
        assert abs(budget.count - share * day_budget(usual, on).count) <= 1
        assert len(day_plan(after, on).slots) <= budget.count
    later = resumed_on + timedelta(days=len(RAMP_AFTER_PAUSE))
    assert day_budget(after, later) == day_budget(usual, later)


def test_an_ordinary_day_has_rests_and_comes_near_its_budget():
    rhythm = Rhythm("s", "a", "UTC", 8, 22, "green", 100, 20)
    dates = [date(2026, 11, 1) + timedelta(days=n) for n in range(60)]
    plans = [day_plan(rhythm, on) for on in dates]
    assert all(3 <= len(plan.sessions) <= 6 for plan in plans)
    counts = sorted(len(plan.slots) for plan in plans)
    assert counts[30] > 75  # the median day
    assert counts[0] < 45  # a quiet one
    quiet = [day_budget(rhythm, on).quiet for on in dates]
    assert 1 <= sum(quiet) <= 12
    gaps = {b - a for plan in plans for a, b in pairwise(plan.slots)}
    assert len(gaps) > 500  # irregular
    firsts = {plan.slots[0].time() for plan in plans}
    assert len(firsts) > 50  # never at the same second each day


_ELSEWHERE = """
from datetime import date
from socialseed.policy.pacing import Rhythm, day_plan
plan = day_plan(Rhythm("seed", "a", "Asia/Kathmandu", 21, 3, "yellow", 75, 15), date(2028, 2, 29))
print([at.isoformat() for at in plan.slots])
"""


def test_the_same_seed_gives_the_same_plan_in_another_process():
    rhythm = Rhythm("seed", "a", "Asia/Kathmandu", 21, 3, "yellow", 75, 15)
    here = str([at.isoformat() for at in day_plan(rhythm, date(2028, 2, 29)).slots])
    told = subprocess.run(
        [sys.executable, "-c", _ELSEWHERE], capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == here
    other = day_plan(replace(rhythm, account="b"), date(2028, 2, 29))
    assert str([at.isoformat() for at in other.slots]) != here


@given(rhythms(), days)
@settings(max_examples=25, deadline=None)
def test_a_backlog_of_two_hundred_flows_over_the_days_without_a_burst(rhythm: Rhythm, on: date):
    resumed = replace(rhythm, resumed_on=on)
    start = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    load, given_out = empty(resumed), []
    for _ in range(200):
        at = next_slot(resumed, load, start, "like")
        load.add("like", at)
        given_out.append(("like", at))
    check_gaps(resumed, [at for _, at in given_out])
    check_limits(resumed, given_out)
