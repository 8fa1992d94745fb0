"""The summary of a simulation: what all its processes told, in an order that no timing changes."""

import hashlib
import statistics
from collections.abc import Mapping, Sequence

import msgspec
import orjson

from socialseed.core.events import Plain
from socialseed.sim.wanted import LIGHTS, PHASES, STEPS, Told, Wanted

Summary = dict[str, object]
SHOWN = 20  # accounts and sentences that are spelled out


def merge(parts: Sequence[Told]) -> Told:
    """All of them as one; accounts and workspaces in their own order."""
    whole = msgspec.json.decode(msgspec.json.encode(parts[0]), type=Told)
    for part in parts[1:]:
        whole.accounts += part.accounts
        whole.heads += part.heads
        for kind, counts in part.actions.items():
            _add(whole.actions.setdefault(kind, {}), counts)
        _add(whole.seconds, part.seconds)
        for name in ("by_day", "hours", "phases"):
            for mine, theirs in zip(getattr(whole, name), getattr(part, name), strict=True):
                mine[:] = [a + b for a, b in zip(mine, theirs, strict=True)]
        for scores, more in zip(whole.health, part.health, strict=True):
            scores += more
        whole.exceeded += part.exceeded
        whole.broken += part.broken
    whole.accounts.sort(key=lambda one: one.number)
    whole.heads.sort()
    return whole


def _add(whole: dict[str, int] | dict[str, float], more: Mapping[str, int | float]) -> None:
    for name, count in more.items():
        whole[name] = whole.get(name, 0) + count  # type: ignore[assignment]


def digest(told: Told) -> str:
    """Over the head of every workspace's chain of events and every step at a platform.

    A policy without a database has no chains: there its counts stand for them.
    """
    steps = [
        (a.number, [(str(s.at), s.step, s.why) for s in a.steps], a.gained) for a in told.accounts
    ]
    counts = [sorted((k, sorted(v.items())) for k, v in told.actions.items()), told.by_day]
    return hashlib.sha256(orjson.dumps([told.heads, steps, counts])).hexdigest()


def summary(wanted: Wanted, told: Told, wall_seconds: float) -> Summary:
    """What summary.json holds."""
    count, seconds = len(told.accounts), sum(one.seconds for one in told.accounts)
    worst = [STEPS.index(one.worst) for one in told.accounts]

    def reached(step: str) -> float:
        return _share(sum(one >= STEPS.index(step) for one in worst), count)

    people = sum(told.seconds.values())
    return {
        "policy": wanted.policy,
        "accounts": count,
        "days": wanted.days,
        "seed": wanted.seed,
        "enforcement": wanted.enforcement.name,
        "scenario": wanted.scenario.name,
        "numbers": wanted.numbers,
        "accounts_warned_share": reached("warn"),
        "accounts_restricted_share": reached("restrict"),
        "accounts_suspended_share": reached("suspend"),
        "time_green_share": _share(sum(one.green_seconds for one in told.accounts), seconds),
        "time_clear_share": _share(sum(one.clear_seconds for one in told.accounts), seconds),
        "actions": {
            kind: dict(sorted(told.actions[kind].items())) for kind in sorted(told.actions)
        },
        "actions_done": sum(sum(day) for day in told.by_day),
        "followers_gained": sum(one.gained for one in told.accounts),
        "reviewer_minutes": round(people / 60, 1),
        "minutes_by_work": {k: round(v / 60, 1) for k, v in sorted(told.seconds.items())},
        "limits_exceeded": len(told.exceeded),
        "invariants_broken": len(told.broken),
        "broken": told.broken[:SHOWN],
        "exceeded": told.exceeded[:SHOWN],
        "troubled": _troubled(told),
        "series": _series(told),
        "digest": digest(told),
        "wall_s": round(wall_seconds, 1),
    }


def _share(part: float, whole: float) -> float:
    return round(part / whole, 4) if whole else 0.0


def _troubled(told: Told) -> list[Plain]:
    """The accounts that were restricted or worse, the worst first, and what for."""
    bad = [one for one in told.accounts if STEPS.index(one.worst) >= STEPS.index("restrict")]
    bad.sort(key=lambda one: (-STEPS.index(one.worst), one.number))
    return [
        {
            "account": one.handle,
            "platform": one.platform,
            "phase": one.phase,
            "worst": one.worst,
            "steps": [
                {"at": s.at.isoformat(), "step": s.step, "why": s.why, "reasons": list(s.reasons)}
                for s in one.steps
            ],
            "blamed": [msgspec.to_builtins(blame) for blame in one.blamed],
        }
        for one in bad[:SHOWN]
    ]


def _series(told: Told) -> dict[str, object]:
    days = range(len(told.by_day))
    return {
        "actions_by_day": [
            {"day": d + 1, **dict(zip(LIGHTS, told.by_day[d], strict=True))} for d in days
        ],
        "hours": told.hours,
        "health": [{"day": d + 1, **_spread(told.health[d])} for d in days if told.health[d]],
        "phases": [
            {"day": d + 1, **dict(zip(PHASES, told.phases[d], strict=True))}
            for d in days
            if sum(told.phases[d])
        ],
    }


def _spread(scores: Sequence[int]) -> dict[str, float]:
    if len(scores) == 1:
        return {"p10": scores[0], "p50": scores[0], "p90": scores[0]}
    cuts = statistics.quantiles(scores, n=10, method="inclusive")
    return {"p10": round(cuts[0], 1), "p50": round(cuts[4], 1), "p90": round(cuts[8], 1)}
