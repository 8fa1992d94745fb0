"""TikTok's limits: sliding minutes, told by a refusal only, never by headers."""

from socialseed.sandbox.call import Call, Route
from socialseed.sandbox.limits import Limits
from socialseed.sandbox.platforms.tiktok_errors import BUSINESS, TikTokErrors

_APP_A_MINUTE = 600  # API for Business, basic level


def limit(limits: Limits, call: Call, route: Route) -> dict[str, str]:
    """No headers. Raises the refusal of the API that was called when a minute is used up."""
    if not route.limit or call.actor is None:
        return {}
    who = str(call.actor.id)
    use = limits.slide(who, f"tiktok {route.name}", route.limit, route.window, call.now)
    allowed = use.allowed
    if allowed and call.host == BUSINESS and call.token is not None:
        app = f"app {call.token.client_id}"
        allowed = limits.slide(app, "tiktok business", _APP_A_MINUTE, 60, call.now).allowed
    if not allowed:
        raise TikTokErrors().limited(call)
    return {}
