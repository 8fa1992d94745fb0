"""The enforcement ladder alone: observations in, steps out, no server and no database."""

from datetime import UTC, datetime, timedelta

import pytest

from socialseed.sandbox.enforcement.history import Facts, Observation
from socialseed.sandbox.enforcement.ladder import Ladder
from socialseed.sandbox.enforcement.likeness import groups_of, likeness
from socialseed.sandbox.enforcement.profile import NAMES, ProfileError, named, parse, share_at

START = datetime(2026, 11, 2, 12, tzinfo=UTC)
OLD = Facts(START - timedelta(days=800), 5000, "Europe/Berlin")
YOUNG = Facts(START - timedelta(days=2), 20, "Europe/Berlin")


def profile(**signals: object) -> dict[str, object]:
    return {
        "name": "test",
        "half_life_hours": 24,
        "age_days": [[0, 0.2], [100, 1.0]],
        "followers": [[0, 1.0]],
        "groups": {"follow": ["follow"], "speak": ["comment", "reply"]},
        "signals": signals,
        "ladder": [
            {"step": "warn", "score": 2},
            {"step": "restrict", "score": 4, "hours": 6, "refuses": ["follow"]},
            {"step": "challenge", "score": 6},
            {"step": "suspend", "score": 9},
        ],
    }


VOLUME = {"points": 1, "groups": {"follow": {"hour": 10, "day": 100}}}
NIGHT = {"from": 1, "to": 5, "acts": 2, "points": 1}
COPIES = {"days": 2, "copies": 2, "likeness": 0.8, "points": 1}


def seen(minutes: float, verb: str = "follow", **more: object) -> Observation:
    return Observation(START + timedelta(minutes=minutes), verb, **more)  # type: ignore[arg-type]


def signals_of(ladder: Ladder, facts: Facts, acts: list[Observation], who: str = "a") -> list[str]:
    return [f.signal for act in acts for f in ladder.observe(who, facts, act).findings]


def test_an_account_climbs_one_step_at_a_time_and_each_has_its_consequence() -> None:
    ladder = Ladder(parse(profile(unwanted_contact={"points": 2, "averse": 1, "chance": {}})))
    steps = []
    for minute in range(5):
        ladder.observe("a", OLD, seen(minute, unwanted=True, target=f"p{minute}"))
        at = START + timedelta(minutes=minute)
        refused = [verb for verb in ("follow", "comment", "me") if ladder.refusal("a", verb, at)]
        steps.append((ladder.standing("a", at).step, refused))
    assert steps == [
        ("warn", []),
        ("warn", []),
        ("restrict", ["follow"]),
        ("challenge", ["follow", "comment", "me"]),
        ("suspend", ["follow", "comment", "me"]),
    ]
    standing = ladder.standing("a", START + timedelta(minutes=5))
    assert [change.step for change in standing.history] == ["warn", "restrict", "challenge",
                                                            "suspend"]  # fmt: skip
    assert standing.reasons[0].signal == "unwanted_contact"
    assert standing.reasons[0].times == 5
    assert standing.refuses == ("all",)


def test_a_restriction_ends_and_is_longer_the_next_time() -> None:
    ladder = Ladder(parse(profile(unwanted_contact={"points": 2, "averse": 1, "chance": {}})))
    for minute in range(3):
        ladder.observe("a", OLD, seen(minute, unwanted=True))
    first = ladder.standing("a", START + timedelta(minutes=3))
    assert first.until == START + timedelta(hours=6, minutes=2)
    later = first.until
    assert ladder.refusal("a", "follow", later - timedelta(seconds=1)) == "restrict"
    assert ladder.refusal("a", "follow", later) is None
    again = ladder.observe("a", OLD, seen(6 * 60 + 3, unwanted=True))
    assert [change.step for change in again.changes] == ["restrict"]
    second = ladder.standing("a", START + timedelta(hours=7))
    assert second.until == START + timedelta(hours=18, minutes=3)


def test_good_behaviour_lets_score_and_warning_fade() -> None:
    ladder = Ladder(parse(profile(unwanted_contact={"points": 3, "averse": 1, "chance": {}})))
    ladder.observe("a", OLD, seen(0, unwanted=True))
    assert ladder.standing("a", START).step == "warn"
    half = ladder.standing("a", START + timedelta(hours=24))
    assert half.score == pytest.approx(1.5)
    assert half.step == "warn"
    assert ladder.standing("a", START + timedelta(hours=40)).step == "clear"


def test_a_challenge_waits_for_a_login_and_a_suspension_for_a_reset() -> None:
    ladder = Ladder(parse(profile(unwanted_contact={"points": 2, "averse": 1, "chance": {}})))
    for minute in range(4):
        ladder.observe("a", OLD, seen(minute, unwanted=True))
    year = START + timedelta(days=365)
    assert ladder.refusal("a", "me", START + timedelta(days=30)) == "challenge"
    change = ladder.login("a", START + timedelta(days=30))
    assert change is not None
    assert change.why == "login"
    assert ladder.refusal("a", "me", START + timedelta(days=30)) is None
    for minute in range(5):
        ladder.observe("b", OLD, seen(minute, unwanted=True))
    assert ladder.login("b", year) is None
    assert ladder.refusal("b", "me", year) == "suspend"
    ladder.reset("b", year)
    assert ladder.refusal("b", "me", year) is None
    assert ladder.standing("b", year).score == 0


def test_volume_is_measured_against_age() -> None:
    acts = [seen(minute, target=str(minute)) for minute in range(10)]
    assert signals_of(Ladder(parse(profile(volume=VOLUME))), OLD, acts) == []
    young = signals_of(Ladder(parse(profile(volume=VOLUME))), YOUNG, acts)
    assert young == ["volume"] * 8  # 2 days old: 0.216 of 10 are allowed an hour
    spread = [seen(40 * n, target=str(n)) for n in range(10)]
    assert signals_of(Ladder(parse(profile(volume=VOLUME))), OLD, spread) == []


def test_a_burst_and_even_pauses() -> None:
    burst = Ladder(parse(profile(burst={"acts": 3, "seconds": 60, "points": 1})))
    assert signals_of(burst, OLD, [seen(n / 10) for n in range(5)]) == ["burst"] * 2
    rule = {"sample": 5, "spread": 0.05, "points": 1}
    even = Ladder(parse(profile(regular_gaps=rule)))
    assert signals_of(even, OLD, [seen(3 * n) for n in range(7)]) == ["regular_gaps"] * 2
    human = Ladder(parse(profile(regular_gaps=rule)))
    assert signals_of(human, OLD, [seen(at) for at in (0, 2, 9, 11, 17, 19, 30)]) == []


def test_the_night_is_the_accounts_own() -> None:
    acts = [seen(60 * 12 + n) for n in range(4)]  # midnight UTC, one in the morning in Berlin
    assert signals_of(Ladder(parse(profile(night=NIGHT))), OLD, acts) == ["night"] * 2
    tokyo = Facts(OLD.created_at, 5000, "Asia/Tokyo")
    assert signals_of(Ladder(parse(profile(night=NIGHT))), tokyo, acts) == []


def test_near_copies_count_for_one_account_and_across_accounts() -> None:
    texts = [f"Love this so much, what a great bowl @person{n} {n}!" for n in range(4)]
    own = Ladder(parse(profile(own_text=COPIES)))
    acts = [seen(n, "comment", text=text) for n, text in enumerate(texts)]
    assert signals_of(own, OLD, acts) == ["own_text"]
    shared = Ladder(parse(profile(shared_text=COPIES)))
    found = [signals_of(shared, OLD, [act], f"account{n}") for n, act in enumerate(acts)]
    assert found == [[], [], [], ["shared_text"]]
    late = [seen(3 * 24 * 60, "comment", text=texts[0])]
    assert signals_of(shared, OLD, late, "account9") == []


def test_leaving_people_soon_after_following_them_is_churn() -> None:
    ladder = Ladder(parse(profile(follow_churn={"days": 7, "acts": 1, "points": 1})))
    follows = [seen(n, target=f"p{n}") for n in range(3)]
    leaves = [seen(60 + n, "unfollow", target=f"p{n}") for n in range(3)]
    stranger = [seen(70, "unfollow", target="followed long ago")]
    assert signals_of(ladder, OLD, follows + leaves + stranger) == ["follow_churn"] * 2


def test_refused_attempts_and_defiance_are_no_volume() -> None:
    rules = {"rejection": {"per_day": 2, "points": 1}, "defiance": {"points": 1},
             "volume": {"points": 1, "groups": {"follow": {"hour": 1, "day": 1}}}}  # fmt: skip
    ladder = Ladder(parse(profile(**rules)))
    rejected = [seen(n, rejected=True) for n in range(3)]
    assert signals_of(ladder, OLD, [*rejected, seen(4, defied=True)]) == ["rejection", "defiance"]


def test_the_same_observations_judge_the_same() -> None:
    acts = [seen(n * 1.5, "follow" if n % 3 else "comment", text=f"hello number {n % 4} there",
                 target=str(n)) for n in range(400)]  # fmt: skip
    ladders = [Ladder(named("strict")) for _ in range(2)]
    for ladder in ladders:
        for act in acts:
            ladder.observe("a", YOUNG, act)
    end = START + timedelta(days=2)
    assert ladders[0].standing("a", end) == ladders[1].standing("a", end)
    assert ladders[0].standing("a", end).step != "clear"


def test_the_profiles_that_come_along_rise_in_severity() -> None:
    acts = [seen(n * 4.7 + (n * n % 7) / 3, target=str(n)) for n in range(140)]
    scores = []
    for name in ("lenient", "normal", "strict"):
        ladder = Ladder(named(name))
        for act in acts:
            ladder.observe("a", Facts(START - timedelta(days=60), 800), act)
        scores.append(ladder.standing("a", acts[-1].at).score)
    assert scores[0] == 0
    assert scores[0] < scores[1] < scores[2]
    assert len(NAMES) == 3


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"half_life_hours": 0}, "half_life_hours"),
        ({"signals": {"volumes": {}}}, "volumes"),
        ({"signals": {"volume": {"points": 1, "groups": {"x": {"hour": 1, "day": 1}}}}}, "x"),
        ({"ladder": [{"step": "suspend", "score": 1}, {"step": "warn", "score": 2}]}, "rises"),
        ({"ladder": [{"step": "restrict", "score": 1}]}, "hours"),
        ({"age_days": []}, "age_days"),
    ],
)
def test_a_profile_that_does_not_fit_is_refused_with_its_place(
    change: dict[str, object], said: str
) -> None:
    with pytest.raises(ProfileError, match=said):
        parse(profile() | change)


def test_shares_run_straight_between_points() -> None:
    curve = ((0.0, 0.2), (100.0, 1.0))
    assert [share_at(curve, x) for x in (-5, 0, 50, 100, 900)] == pytest.approx(
        [0.2, 0.2, 0.6, 1.0, 1.0]
    )


def test_likeness_ignores_names_numbers_and_case() -> None:
    one, other = groups_of("Nice mug, @mara! 12"), groups_of("nice MUG @tom")
    assert likeness(one, other) == 1.0
    assert likeness(one, groups_of("A quiet walk along the old canal")) == 0.0
