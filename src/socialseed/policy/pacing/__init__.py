"""Limits, and when within the day the next action may go out."""

from socialseed.policy.pacing.days import Span, next_window, waking, window_keys
from socialseed.policy.pacing.plan import DayPlan, day_plan
from socialseed.policy.pacing.slots import MIN_GAP, gap_after, next_slot
from socialseed.policy.pacing.tables import ALL, Limit, Window, binding, limits

__all__ = [
    "ALL",
    "MIN_GAP",
    "DayPlan",
    "Limit",
    "Span",
    "Window",
    "binding",
    "day_plan",
    "gap_after",
    "limits",
    "next_slot",
    "next_window",
    "waking",
    "window_keys",
]
