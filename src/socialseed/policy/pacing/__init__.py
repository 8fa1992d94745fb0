"""Limits, and when within the day the next action may go out."""

from socialseed.policy.pacing.days import Span, next_window, waking, window_keys
from socialseed.policy.pacing.plan import (
    LONG_PAUSE,
    MIN_GAP,
    Budget,
    DayPlan,
    Ramp,
    Rhythm,
    day_budget,
    day_plan,
)
from socialseed.policy.pacing.slots import (
    OWN_SESSION,
    Load,
    at_once,
    awake,
    gap_after,
    load_of,
    next_slot,
    planned,
)
from socialseed.policy.pacing.tables import ALL, Limit, Window, binding, limits

__all__ = [
    "ALL",
    "LONG_PAUSE",
    "MIN_GAP",
    "OWN_SESSION",
    "Budget",
    "DayPlan",
    "Limit",
    "Load",
    "Ramp",
    "Rhythm",
    "Span",
    "Window",
    "at_once",
    "awake",
    "binding",
    "day_budget",
    "day_plan",
    "gap_after",
    "limits",
    "load_of",
    "next_slot",
    "next_window",
    "planned",
    "waking",
    "window_keys",
]
