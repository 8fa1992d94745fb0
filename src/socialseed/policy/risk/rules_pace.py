"""Rules about how much and when."""

from datetime import datetime, timedelta

from socialseed.core.clock import local
from socialseed.policy.pacing.days import next_window, window_keys
from socialseed.policy.pacing.slots import MIN_GAP
from socialseed.policy.risk.types import Facts, Finding, Use
from socialseed.policy.risk.weights import weight
from socialseed.policy.risk.words import count_of, for_how_long

NEARLY, ALMOST = 0.8, 0.95
USUAL_AT_LEAST = 20.0
BURST, SPREADS, MOST_BURST = 2.0, 3.0, 3.0
KNOWN_AFTER = 3  # active days that tell what is usual
PAUSE = timedelta(minutes=30)
LONGEST_RUN = timedelta(hours=4)


def limits_left(facts: Facts) -> Finding | None:
    """The limit that is used up and is longest in the way, unless pacing sends in a later window
    anyway.
    """
    full = [use for use in facts.uses if use.used >= use.limit and not _over_by_then(use, facts)]
    if not full:
        return None
    use = max(full, key=lambda one: (one.window == "day", one.kind == "all"))
    wait = next_window(facts.now, facts.timezone, use.window) - facts.now
    sentence = f"{count_of(use.limit, use.kind)} per {use.window} are used up."
    clears = "wait until tomorrow" if use.window == "day" else f"wait {for_how_long(wait)}"
    if use.window == "day" and wait < timedelta(hours=6):
        clears = f"wait {for_how_long(wait)}"
    return Finding(
        "limit_used_up",
        "raise",
        weight("limit_used_up"),
        sentence,
        f"Limit by {use.source}",
        clears,
    )


def limits_near(facts: Facts) -> Finding | None:
    """Close to a day's limit, what is left should go to what matters."""
    use = _fullest(facts, "day")
    if use is None:
        return None
    code = "limit_almost_used" if use.used >= ALMOST * use.limit else "limit_nearly_used"
    sentence = f"{use.used} of {count_of(use.limit, use.kind)} for today are used."
    return Finding(code, "raise", weight(code), sentence, use.source, "wait until tomorrow")


def hour_near(facts: Facts) -> Finding | None:
    """The same for an hour, which counts less: it is soon over."""
    use = _fullest(facts, "hour")
    if use is None:
        return None
    wait = for_how_long(next_window(facts.now, facts.timezone, "hour") - facts.now)
    sentence = f"{use.used} of {count_of(use.limit, use.kind)} for this hour are used."
    points = weight("hour_nearly_used")
    return Finding("hour_nearly_used", "raise", points, sentence, use.source, f"wait {wait}")


def velocity(facts: Facts) -> Finding | None:
    """Far more in a day than this account's own history would suggest stands out.

    Usual is the mean of its active days of the last 28, and up to three times their spread more;
    before there are three such days, a seventh of its last week.
    """
    day = next((use for use in facts.uses if use.kind == "all" and use.window == "day"), None)
    if day is None:
        return None
    if facts.usual_day is not None and facts.active_days >= KNOWN_AFTER:
        usual = max(facts.usual_day, USUAL_AT_LEAST)
        spread = usual + SPREADS * (facts.usual_spread or 0.0)
        most = min(max(BURST * usual, spread), MOST_BURST * usual)
        evidence = f"{usual:.0f} on each of its last {facts.active_days} active days, on average"
    else:
        usual = max(facts.actions_last_7_days / 7, USUAL_AT_LEAST)
        most = BURST * usual
        evidence = f"{facts.actions_last_7_days} in the last 7 days"
    if day.used <= most or _over_by_then(day, facts):
        return None
    sentence = f"{day.used} actions today are far more than this account's usual day."
    return Finding(
        "velocity", "raise", weight("velocity"), sentence, evidence, "wait until tomorrow"
    )


def no_rest(facts: Facts) -> Finding | None:
    """Nobody is at it for hours without putting the phone down."""
    if facts.running_since is None or facts.last_action_at is None:
        return None
    at = _planned(facts)
    if at - facts.last_action_at >= PAUSE or at - facts.running_since < LONGEST_RUN:
        return None
    ran = for_how_long(at - facts.running_since)
    wait = for_how_long(facts.last_action_at + PAUSE - facts.now)
    sentence = f"The account would have been at it for {ran} without half an hour's pause."
    return Finding("no_rest", "raise", weight("no_rest"), sentence, None, f"wait {wait}")


def rest_hours(facts: Facts) -> Finding | None:
    """Nothing goes out while the account sleeps."""
    at = _planned(facts)
    if _awake(local(at, facts.timezone).hour, facts.waking_start, facts.waking_end):
        return None
    clears = f"wait until {facts.waking_start:02d}:00"
    sentence = "It would go out in the account's rest hours."
    evidence = f"Awake from {facts.waking_start:02d}:00 to {facts.waking_end:02d}:00"
    return Finding("rest_hours", "raise", weight("rest_hours"), sentence, evidence, clears)


def spacing(facts: Facts) -> Finding | None:
    """Two steps need a pause between them."""
    if facts.last_action_at is None:
        return None
    since = _planned(facts) - facts.last_action_at
    if since >= MIN_GAP:
        return None
    wait = for_how_long(MIN_GAP - since)
    sentence = "The account's last step is only seconds away."
    return Finding("too_soon", "raise", weight("too_soon"), sentence, None, f"wait {wait}")


def _fullest(facts: Facts, window: str) -> Use | None:
    """The limit of this window that is close to its end but not yet there."""
    near = [
        use
        for use in facts.uses
        if use.window == window
        and NEARLY * use.limit <= use.used < use.limit
        and not _over_by_then(use, facts)
    ]
    return max(near, key=lambda one: one.used / one.limit, default=None)


def _planned(facts: Facts) -> datetime:
    return facts.now if facts.expected_at is None else max(facts.now, facts.expected_at)


def _over_by_then(use: Use, facts: Facts) -> bool:
    """True when pacing sends it in a later window of this limit."""
    if facts.expected_at is None or facts.expected_at <= facts.now:
        return False
    index = 0 if use.window == "day" else 1
    then = window_keys(_planned(facts), facts.timezone)[index]
    return then != window_keys(facts.now, facts.timezone)[index]


def _awake(hour: int, start: int, end: int) -> bool:
    if start < end:
        return start <= hour < end
    return hour >= start or hour < end


RULES = (limits_left, limits_near, hour_near, velocity, no_rest, rest_hours, spacing)
