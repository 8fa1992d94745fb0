"""One local day of an account as a timeline: its plan, what is sent or due, its limits."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from socialseed.core.clock import iso, local
from socialseed.planner.queries import MONTH, Account, Day, day_of, get_account
from socialseed.policy.pacing import (
    ALL,
    DayPlan,
    Limit,
    Span,
    binding,
    day_plan,
    next_window,
    window_keys,
)
from socialseed.runtime.tx import Tx

NEAR = timedelta(minutes=4)


async def preview(tx: Tx, seed: str, account_id: UUID, on: date | None) -> dict[str, object]:
    """The JSON of `GET /accounts/{id}/plan`; `on` None is today in the account's zone.

    Before now only what happened is shown; after it, free slots stand between what is due.
    Raises NOT_FOUND.
    """
    account = await get_account(tx, account_id, tx.now - MONTH)
    today = local(tx.now, account.timezone).date()
    on = on or today
    limits = account.limits(tx.now)
    budget = next(one.limit for one in limits if one.kind == ALL and one.window == "day")
    plan = day_plan(
        seed,
        account.id,
        on,
        account.timezone,
        account.waking_start,
        account.waking_end,
        account.light,
        budget,
    )
    end = max(plan.waking.end, next_window(plan.waking.start, account.timezone, "day"))
    start = min(plan.waking.start, end - timedelta(days=1))
    day = await day_of(tx, account.id, start, end, window_keys(tx.now, account.timezone))
    return {
        "account_id": str(account.id),
        "on": on.isoformat(),
        "timezone": account.timezone,
        "waking": _span(plan.waking),
        "sessions": [_span(one) for one in plan.sessions],
        "slots": _slots(plan, day, tx.now, budget),
        "limits": _limits(account, limits, day, today, is_today=on == today),
    }


def _slots(plan: DayPlan, day: Day, now: datetime, budget: int) -> list[dict[str, object]]:
    real = [(datetime.fromisoformat(str(one["at"])), one) for one in day.actions]
    free = [
        at for at in plan.slots if at > now and all(abs(at - taken) >= NEAR for taken, _ in real)
    ]
    blank = {"action_id": None, "action_type": None, "status": None, "target_account": None}
    slots = real + [(at, blank) for at in free[: max(0, budget - len(real))]]
    return [{**one, "at": iso(at)} for at, one in sorted(slots, key=lambda slot: slot[0])]


def _limits(
    account: Account, limits: Sequence[Limit], day: Day, today: date, *, is_today: bool
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
            "local_on": today.isoformat(),
        }
        for one in limits
    ]


def _span(span: Span) -> dict[str, str]:
    return {"start": iso(span.start), "end": iso(span.end)}
