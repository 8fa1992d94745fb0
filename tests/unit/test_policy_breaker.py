"""The breaker: trips, probes, climbs its ladder, and forgets after a success."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from socialseed.policy.breaker import COOL_OFF, TRIP, Try, breaker

START = datetime(2026, 3, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def failures(count: int, start: datetime = START) -> list[Try]:
    return [Try(start + MINUTE * n, False) for n in range(count)]


def test_four_failures_leave_it_closed_and_the_fifth_opens_it():
    assert breaker(failures(TRIP - 1), START + MINUTE * 9).state == "closed"
    tries = failures(TRIP)
    found = breaker(tries, START + MINUTE * 9)
    assert (found.state, found.level) == ("open", 1)
    assert found.until == tries[-1].at + COOL_OFF[0]


def test_one_refusal_that_a_person_saw_opens_it_for_the_longest_time():
    seen = Try(START, False, by_hand=True)
    found = breaker([seen], START + MINUTE)
    assert (found.state, found.failures, found.opened_at) == ("open", 1, START)
    assert found.until == START + COOL_OFF[-1]
    again = Try(START + COOL_OFF[-1], False, by_hand=True)
    assert breaker([seen, again], again.at).until == again.at + COOL_OFF[-1]
    assert breaker([seen, Try(again.at, True)], again.at).state == "closed"


def test_a_success_in_between_begins_the_count_anew():
    tries = [*failures(4), Try(START + MINUTE * 5, True), *failures(4, START + MINUTE * 6)]
    assert breaker(tries, START + MINUTE * 20).state == "closed"


def test_each_failed_probe_waits_longer_up_to_a_day_and_a_good_one_closes():
    tries = failures(TRIP)
    for level in range(1, 7):
        found = breaker(tries, tries[-1].at)
        assert found.until is not None
        assert found.level == min(level, len(COOL_OFF))
        assert breaker(tries, found.until).state == "half_open"
        tries = [*tries, Try(found.until, False)]
    found = breaker(tries, tries[-1].at)
    assert found.until is not None
    assert breaker([*tries, Try(found.until, True)], found.until).state == "closed"


def test_what_had_begun_before_it_opened_changes_nothing():
    tries = failures(TRIP)
    late = [Try(tries[-1].at + MINUTE, False), Try(tries[-1].at + MINUTE * 2, True)]
    assert breaker([*tries, *late], START + MINUTE * 8) == breaker(tries, START + MINUTE * 8)


@given(st.lists(st.tuples(st.integers(0, 4000), st.booleans()), max_size=60))
def test_while_it_is_open_at_least_five_failed_in_a_row_and_the_wait_is_on_the_ladder(made):
    tries = [Try(START + MINUTE * at, ok) for at, ok in sorted(made)]
    now = START + MINUTE * 4001
    found = breaker(tries, now)
    if found.state == "closed":
        assert found.until is None
        return
    assert found.failures >= TRIP
    assert found.until is not None and found.opened_at is not None
    assert found.until - found.opened_at == COOL_OFF[found.level - 1]
    assert (found.state == "open") == (now < found.until)
