"""The platforms' HTTP: one set of modules each for X, Instagram and TikTok."""

from collections.abc import Callable
from typing import Protocol

from socialseed.sandbox.call import ApiError, Call, Json, Route
from socialseed.sandbox.http import Answer
from socialseed.sandbox.limits import Limits
from socialseed.sandbox.platforms import (
    instagram_oauth,
    instagram_routes,
    tiktok_oauth,
    tiktok_routes,
    x_oauth,
    x_routes,
)
from socialseed.sandbox.platforms.instagram_errors import InstagramErrors
from socialseed.sandbox.platforms.instagram_limits import limit as limit_instagram
from socialseed.sandbox.platforms.tiktok_errors import TikTokErrors
from socialseed.sandbox.platforms.tiktok_limits import limit as limit_tiktok
from socialseed.sandbox.platforms.x_errors import XErrors
from socialseed.sandbox.platforms.x_limits import limit as limit_x
from socialseed.sandbox.world.people import Person
from socialseed.sandbox.world.world import World


class Errors(Protocol):
    """The failures every platform has, in its own words."""

    def limited(self, call: Call) -> ApiError: ...
    def expired(self, call: Call) -> ApiError: ...
    def broken(self, call: Call, status: int) -> ApiError: ...
    def revoked(self, call: Call) -> ApiError: ...
    def restricted(self, call: Call) -> ApiError: ...
    def locked(self, call: Call) -> ApiError: ...
    def suspended(self, call: Call) -> ApiError: ...
    def unknown_path(self, call: Call) -> Answer: ...


HOSTS: dict[str, str] = {
    "x.com": "twitter",
    "api.x.com": "twitter",
    "www.instagram.com": "instagram",
    "api.instagram.com": "instagram",
    "graph.instagram.com": "instagram",
    "www.facebook.com": "instagram",
    "graph.facebook.com": "instagram",
    "rupload.facebook.com": "instagram",
    "www.tiktok.com": "tiktok",
    "open.tiktokapis.com": "tiktok",
    "open-upload.tiktokapis.com": "tiktok",
    "business-api.tiktok.com": "tiktok",
}
ROUTES: dict[str, tuple[Route, ...]] = {
    "x.com": x_routes.AUTHORIZE,
    "api.x.com": x_routes.API,
    "www.instagram.com": instagram_routes.AUTHORIZE,
    "api.instagram.com": instagram_routes.TOKEN,
    "graph.instagram.com": instagram_routes.GRAPH,
    "www.facebook.com": instagram_routes.FACEBOOK_AUTHORIZE,
    "graph.facebook.com": instagram_routes.FACEBOOK,
    "rupload.facebook.com": instagram_routes.RUPLOAD,
    "www.tiktok.com": tiktok_routes.AUTHORIZE,
    "open.tiktokapis.com": tiktok_routes.OPEN,
    "open-upload.tiktokapis.com": tiktok_routes.UPLOAD,
    "business-api.tiktok.com": tiktok_routes.BUSINESS,
}
ERRORS: dict[str, Errors] = {
    "twitter": XErrors(),
    "instagram": InstagramErrors(),
    "tiktok": TikTokErrors(),
}
# Counts a call; the headers of its answer. Raises the platform's refusal when a limit is used up.
LIMITERS: dict[str, Callable[[Limits, Call, Route], dict[str, str]]] = {
    "twitter": limit_x,
    "instagram": limit_instagram,
    "tiktok": limit_tiktok,
}
_MINTS = {
    "twitter": x_oauth.mint,
    "instagram": instagram_oauth.mint,
    "tiktok": tiktok_oauth.mint,
}


def mint(world: World, person: Person, client: str, scopes: str) -> Json:
    """A grant for `person` without the consent form; the body its OAuth endpoint would answer."""
    return _MINTS[person.platform](world, person, client, scopes)
