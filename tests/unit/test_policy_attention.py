"""Reviewer's minutes: never overspent, the best first, and more minutes never put off more."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from socialseed.policy.attention import (
    EFFECT,
    MEASURED_FROM,
    SECONDS,
    Pace,
    Share,
    Waiting,
    Weighed,
    plan,
    seconds_of,
    weigh,
)

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
KINDS = st.sampled_from([*EFFECT, "unfollow"])
LIGHTS = st.sampled_from(["green", "yellow", "red"])
WEIGHED = st.lists(
    st.builds(
        Weighed,
        st.uuids(),
        st.floats(0, 100, allow_nan=False),
        st.floats(1, 300, allow_nan=False),
    ),
    unique_by=lambda one: one.id,
)
MINUTES = st.floats(0, 600, allow_nan=False)


def waiting(**change: object) -> Waiting:
    values: dict[str, object] = {
        "id": UUID(int=1),
        "action_type": "reply",
        "light": "green",
        "expires_at": NOW + timedelta(days=2),
    }
    return Waiting(**{**values, **change})  # type: ignore[arg-type]


@given(WEIGHED, MINUTES)
def test_the_minutes_are_never_overspent_and_the_best_come_first(
    weighed: list[Weighed], minutes: float
) -> None:
    kept = set(plan(weighed, minutes))
    assert sum(one.seconds for one in weighed if one.id in kept) <= minutes * 60 + 1e-6
    least = min((one.worth for one in weighed if one.id in kept), default=float("inf"))
    assert all(one.worth <= least for one in weighed if one.id not in kept)


@given(WEIGHED, MINUTES, MINUTES)
def test_more_minutes_never_put_off_more(weighed: list[Weighed], some: float, more: float) -> None:
    assert set(plan(weighed, min(some, more))) <= set(plan(weighed, max(some, more)))


@given(WEIGHED)
def test_without_a_budget_everything_is_planned(weighed: list[Weighed]) -> None:
    assert sorted(plan(weighed, None)) == sorted(one.id for one in weighed)


@given(KINDS, LIGHTS, st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
def test_what_was_approved_more_often_is_worth_more(
    kind: str, light: str, tries: int, some: int, more: int
) -> None:
    low, high = sorted((min(some, tries), min(more, tries)))
    seldom = weigh(waiting(action_type=kind, light=light, approved=Share(low, tries)), NOW)
    often = weigh(waiting(action_type=kind, light=light, approved=Share(high, tries)), NOW)
    assert seldom.worth <= often.worth


def test_what_ends_soon_comes_before_its_like() -> None:
    soon = weigh(waiting(expires_at=NOW + timedelta(hours=3)), NOW)
    assert soon.worth > weigh(waiting(), NOW).worth


def test_a_reply_is_worth_more_of_a_minute_than_a_like_and_plain_more_than_doubtful() -> None:
    assert weigh(waiting(), NOW).worth > weigh(waiting(action_type="like"), NOW).worth
    assert weigh(waiting(), NOW).worth > weigh(waiting(light="red"), NOW).worth


def test_the_measured_time_counts_once_there_is_enough_of_it() -> None:
    few = {("reply", "green"): Pace(30.0, MEASURED_FROM - 1)}
    enough = {("reply", "green"): Pace(30.0, MEASURED_FROM)}
    assert seconds_of("reply", "green", few) == (SECONDS["green"], False)
    assert seconds_of("reply", "green", enough) == (30.0, True)
    assert weigh(waiting(), NOW, enough).worth < weigh(waiting(), NOW).worth
