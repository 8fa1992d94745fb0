"""The platforms' HTTP: one set of modules each for X, Instagram and TikTok."""

from collections.abc import Callable
from typing import Protocol

from socialseed.sandbox.call import ApiError, Call, Json, Route
from socialseed.sandbox.http import Answer
from socialseed.sandbox.platforms import (
    instagram_oauth,
    instagram_routes,
    tiktok_oauth,
    tiktok_routes,
    x_oauth,
    x_routes,
)
from socialseed.sandbox.platforms.instagram_errors import InstagramErrors, usage_headers
from socialseed.sandbox.platforms.tiktok_errors import TikTokErrors, no_headers
from socialseed.sandbox.platforms.x_errors import XErrors
from socialseed.sandbox.platforms.x_errors import limit_headers as x_limit_headers
from socialseed.sandbox.world.people import Person
from socialseed.sandbox.world.world import World


class Errors(Protocol):
    """The failures every platform has, in its own words."""

    def limited(self, call: Call) -> ApiError: ...
    def expired(self, call: Call) -> ApiError: ...
    def broken(self, call: Call, status: int) -> ApiError: ...
    def unknown_path(self, call: Call) -> Answer: ...


HOSTS: dict[str, str] = {
    "x.com": "twitter",
    "api.x.com": "twitter",
    "www.instagram.com": "instagram",
    "api.instagram.com": "instagram",
    "graph.instagram.com": "instagram",
    "www.facebook.com": "instagram",
    "graph.facebook.com": "instagram",
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
LIMIT_STYLE: dict[str, Callable[[Call, Route, int, int], dict[str, str]]] = {
    "twitter": x_limit_headers,
    "instagram": usage_headers,
    "tiktok": no_headers,
}
_MINTS = {
    "twitter": x_oauth.mint,
    "instagram": instagram_oauth.mint,
    "tiktok": tiktok_oauth.mint,
}


def mint(world: World, person: Person, client: str, scopes: str) -> Json:
    """A grant for `person` without the consent form; the body its OAuth endpoint would answer."""
    return _MINTS[person.platform](world, person, client, scopes)
