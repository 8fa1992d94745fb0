"""Rules about how much and when."""

from datetime import datetime, timedelta

from socialseed.core.clock import local
from socialseed.policy.pacing.days import next_window, window_keys
from socialseed.policy.pacing.slots import MIN_GAP
from socialseed.policy.risk.types import Facts, Finding, Use
from socialseed.policy.risk.weights import weight
from socialseed.policy.risk.words import count_of, for_how_long

NEARLY = 0.8
USUAL_AT_LEAST = 20.0
BURST = 2.0


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
    near = [
        use
        for use in facts.uses
        if use.window == "day"
        and NEARLY * use.limit <= use.used < use.limit
        and not _over_by_then(use, facts)
    ]
    if not near:
        return None
    use = max(near, key=lambda one: one.used / one.limit)
    sentence = f"{use.used} of {count_of(use.limit, use.kind)} for today are used."
    points = weight("limit_nearly_used")
    return Finding(
        "limit_nearly_used", "raise", points, sentence, use.source, "wait until tomorrow"
    )


def velocity(facts: Facts) -> Finding | None:
    """Far more in a day than this account's own week would suggest stands out."""
    today = max(
        (use.used for use in facts.uses if use.kind == "all" and use.window == "day"), default=0
    )
    usual = max(facts.actions_last_7_days / 7, USUAL_AT_LEAST)
    if today <= BURST * usual:
        return None
    sentence = f"{today} actions today are more than twice this account's usual day."
    evidence = f"{facts.actions_last_7_days} in the last 7 days"
    return Finding(
        "velocity", "raise", weight("velocity"), sentence, evidence, "wait until tomorrow"
    )


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


def _planned(facts: Facts) -> datetime:
    return facts.now if facts.expected_at is None else max(facts.now, facts.expected_at)


def _over_by_then(use: Use, facts: Facts) -> bool:
    """True when pacing sends it in a later window of this limit."""
    index = 0 if use.window == "day" else 1
    then = window_keys(_planned(facts), facts.timezone)[index]
    return then != window_keys(facts.now, facts.timezone)[index]


def _awake(hour: int, start: int, end: int) -> bool:
    if start < end:
        return start <= hour < end
    return hour >= start or hour < end


RULES = (limits_left, limits_near, velocity, rest_hours, spacing)
