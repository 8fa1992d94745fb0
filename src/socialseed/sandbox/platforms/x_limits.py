"""X's rate limits: quarters of an hour by account or app, and days where X counts those too."""

from socialseed.sandbox.call import Call, Route
from socialseed.sandbox.limits import Limits, Use
from socialseed.sandbox.platforms.x_errors import XErrors

_DAY_S = 86_400
# Calls in 24 hours by one account (X limits page; likes: rate-limit page) and by the whole app.
DAILY_USER = {"POST /2/tweets": 2400, "POST /2/users/{id}/likes": 1000,
              "DELETE /2/users/{id}/likes/{tweet_id}": 1000}  # fmt: skip
DAILY_APP = {
    "POST /2/tweets": 10_000,
    "POST /2/media/upload": 50_000,
    "POST /2/media/upload/initialize": 180_000,
    "POST /2/media/upload/{id}/append": 180_000,
    "POST /2/media/upload/{id}/finalize": 180_000,
    "GET /2/media/upload": 100_000,
    "POST /2/media/metadata": 50_000,
}


def limit(limits: Limits, call: Call, route: Route) -> dict[str, str]:
    """The headers of this call's answer. Raises 429 with them when a window is used up."""
    headers = {"api-version": "2.167", "x-access-level": "read-write"}
    allowed = True
    app = call.token.client_id if call.token is not None else "nobody"
    user = str(call.actor.id) if call.actor is not None else ""
    most = route.limit if user else route.app_limit
    if most:
        who = user or f"app {app}"
        use = limits.use(who, f"twitter {route.name}", most, route.window, call.now)
        headers |= _told("x-rate-limit", most, use)
        allowed = use.allowed
    for prefix, who, table in (
        ("x-user-limit-24hour", user, DAILY_USER),
        ("x-app-limit-24hour", f"app {app}", DAILY_APP),
    ):
        if who and allowed and route.name in table:
            most = table[route.name]
            use = limits.use(who, f"day {route.name}", most, _DAY_S, call.now)
            headers |= _told(prefix, most, use)
            allowed = use.allowed
    if not allowed:
        error = XErrors().limited(call)
        error.answer.headers.update(headers)
        raise error
    return headers


def _told(prefix: str, most: int, use: Use) -> dict[str, str]:
    return {
        f"{prefix}-limit": str(most),
        f"{prefix}-remaining": str(use.left),
        f"{prefix}-reset": str(-(-use.ends // 1000)),
    }
