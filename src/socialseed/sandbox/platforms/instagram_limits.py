"""Instagram's budgets: calls of 24 hours by what the account was seen, and an hour for lookups."""

import json

from socialseed.sandbox.call import Call, Route
from socialseed.sandbox.clock import DAY_MS
from socialseed.sandbox.limits import Limits, Use
from socialseed.sandbox.platforms.instagram_errors import graph_error
from socialseed.sandbox.world import measures

_PER_IMPRESSION = 4800  # calls in 24 h for each impression of the last 24 h; at least one counts
_LOOKUPS_AN_HOUR = 200  # business discovery and hashtags, by user
_LIKES, _LIKES_S, _LOCK_MS = 50, 5, 3_600_000
_SHOWN_FROM = 1  # percent; below it the headers stay away


def limit(limits: Limits, call: Call, route: Route) -> dict[str, str]:
    """The usage headers of this answer. Raises the documented code when a budget is used up.

    A call made while throttled counts as well and so extends the block.
    """
    if not route.limit or call.actor is None:
        return {}
    who = f"{call.token.client_id if call.token else ''} {call.actor.id}"
    if route.name == "likes":
        _burst(limits, call, who)
    if call.verb in ("search", "user_lookup"):
        use = limits.slide(who, "lookups", _LOOKUPS_AN_HOUR, 3600, call.now, greedy=True)
        headers = _app_usage(_LOOKUPS_AN_HOUR, use)
        error = graph_error(403, 4, "(#4) Application request limit reached", transient=True)
    else:
        seen = measures.impressions(call.world.db, call.actor.id, call.now - DAY_MS)
        most = _PER_IMPRESSION * max(1, seen)
        use = limits.slide(who, "account", most, 86_400, call.now, greedy=True)
        headers = _business_usage(call, most, use)
        message = (
            "There have been too many calls to this Instagram account. Wait a bit and try again."
            " For more info, please refer to"
            " https://developers.facebook.com/docs/graph-api/overview/rate-limiting."
        )
        error = graph_error(400, 80002, message)
    if not use.allowed:
        error.answer.headers.update(headers)
        raise error
    return headers


def _burst(limits: Limits, call: Call, who: str) -> None:
    """More than 50 requests in 5 seconds lock the account out of likes for an hour."""
    use = limits.slide(who, "likes", _LIKES, _LIKES_S, call.now)
    if not use.allowed:
        limits.lock(who, "likes", call.now + _LOCK_MS)
    if limits.locked(who, "likes", call.now):
        raise graph_error(400, 17, "(#17) User request limit reached", transient=True)


def _percent(most: int, use: Use) -> int:
    return 100 if not use.allowed else (most - use.left) * 100 // most


def _app_usage(most: int, use: Use) -> dict[str, str]:
    used = _percent(most, use)
    if used < _SHOWN_FROM:
        return {}
    told = {"call_count": used, "total_time": used // 2, "total_cputime": used // 3}
    return {"x-app-usage": json.dumps(told)}


def _business_usage(call: Call, most: int, use: Use) -> dict[str, str]:
    used = _percent(most, use)
    if used < _SHOWN_FROM:
        return {}
    wait = 0 if use.allowed else max(1, -(-(use.ends - call.now) // 60_000))
    told = {
        "type": "instagram", "call_count": used, "total_cputime": used // 3,
        "total_time": used // 2, "estimated_time_to_regain_access": wait,
    }  # fmt: skip
    return {"x-business-use-case-usage": json.dumps({call.me.uid: [told]})}
