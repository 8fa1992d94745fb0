"""One local day of an account as a timeline: its plan, what is sent or due, its limits.

The plan is the one by which slots are given out: what is free here is what the next actions get.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from socialseed.actions.schedule import Pace
from socialseed.actions.standing import find_standing
from socialseed.core.clock import iso, local
from socialseed.core.errors import not_found
from socialseed.planner.queries import Day, day_of
from socialseed.policy.pacing import (
    ALL,
    DayPlan,
    Limit,
    Span,
    binding,
    day_budget,
    day_plan,
    next_window,
    planned,
    window_keys,
)
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx

_FREE = "Free: the next action that is due gets it."
_WHY = {
    "scheduled": "Its place in the day's plan.",
    "executing": "It is being sent.",
    "awaiting_human": "A task for your hands: it unlocks at its place in the plan.",
    "outcome_unknown": "It was sent then; whether it was performed is being read back.",
    "failed": "It was tried then and not performed.",
}
_DONE = "Done at this time."
_DONE_BY_HAND = "Done by hand at this time."
_OWN_SESSION = "Approved while the account was awake: it goes out in a session of its own."
_TRIED = "It was tried before and is tried again then."
_OUTSIDE = "Kept from an earlier plan."


async def preview(tx: Tx, runtime: Runtime, account_id: UUID, on: date | None) -> dict[str, object]:
    """The JSON of `GET /accounts/{id}/plan`; `on` None is today in the account's zone.

    Before now only what happened is shown; after it, free slots stand between what is due.
    Raises NOT_FOUND.
    """
    standing = await find_standing(tx, runtime, account_id)
    if standing is None:
        raise not_found("account")
    rhythm = standing.pace.rhythm
    zone, today = rhythm.timezone, local(tx.now, rhythm.timezone).date()
    on = on or today
    plan, budget = day_plan(rhythm, on), day_budget(rhythm, on)
    end = max(plan.waking.end, next_window(plan.waking.start, zone, "day"))
    start = min(plan.waking.start, end - timedelta(days=1))
    day = await day_of(tx, account_id, start, end, window_keys(tx.now, zone))
    ramp = {"day": budget.ramp.day, "share": budget.ramp.share} if budget.ramp else None
    return {
        "account_id": str(account_id),
        "username": standing.username,
        "on": on.isoformat(),
        "timezone": zone,
        "waking": _span(plan.waking),
        "sessions": [_span(one) for one in plan.sessions],
        "slots": _slots(standing.pace, plan, day, tx.now),
        "quiet": budget.quiet,
        "ramp": ramp,
        "budget": budget.count,
        "limits": _limits(standing.limits, day, today, is_today=on == today),
    }


def _slots(pace: Pace, plan: DayPlan, day: Day, now: datetime) -> list[dict[str, object]]:
    blank = {"action_id": None, "action_type": None, "status": None, "target_account": None}
    found = [(datetime.fromisoformat(str(one["at"])), _shown(one, plan)) for one in day.actions]
    found.extend((at, {**blank, "why": _FREE}) for at in _free(pace, plan, now))
    return [{**one, "at": iso(at)} for at, one in sorted(found, key=lambda slot: slot[0])]


def _free(pace: Pace, plan: DayPlan, now: datetime) -> Iterator[datetime]:
    """What the account would be given of this plan, one after the other."""
    for at in planned(pace.rhythm, pace.load, plan, now):
        pace.load.add(ALL, at)
        yield at


def _shown(action: Mapping[str, object], plan: DayPlan) -> dict[str, object]:
    status = str(action["status"])
    at = datetime.fromisoformat(str(action["at"]))
    planned_here = any(at in session for session in plan.sessions)
    why = _WHY.get(status, _DONE_BY_HAND if action["mode"] == "human" else _DONE)
    if status == "scheduled" and action["tried"]:
        why = _TRIED
    elif status == "scheduled" and not planned_here:
        why = _OWN_SESSION if action["by_person"] else _OUTSIDE
    kept = ("action_id", "action_type", "status", "target_account")
    return {**{name: action[name] for name in kept}, "why": why}


def _limits(
    limits: Sequence[Limit], day: Day, today: date, *, is_today: bool
) -> list[dict[str, object]]:
    used = day.used if is_today else {}
    binds = binding(limits, used)
    return [
        {
            "kind": one.kind,
            "window": one.window,
            "limit": one.limit,
            "used": used.get((one.kind, one.window), 0),
            "binds": one == binds,
            "source": one.source,
            "set_by": one.set_by,
            "local_on": today.isoformat(),
        }
        for one in limits
    ]


def _span(span: Span) -> dict[str, str]:
    return {"start": iso(span.start), "end": iso(span.end)}
