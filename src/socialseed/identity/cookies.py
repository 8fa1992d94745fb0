"""The browser's two cookies and the proof that an unsafe request came from our own pages."""

from fastapi import Request, Response

from socialseed.core.errors import forbidden
from socialseed.core.settings import Settings
from socialseed.identity.tokens import ACCESS_LIFETIME

REFRESH_PATH = "/api/v1/auth"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def is_https(settings: Settings) -> bool:
    """Whether browsers reach us over TLS; plain http is allowed on loopback only."""
    return settings.origin.startswith("https://")


def access_name(settings: Settings) -> str:
    """`__Host-` pins the cookie to this host over TLS; loopback http cannot carry that prefix."""
    return "__Host-socialseed_access" if is_https(settings) else "socialseed_access"


def refresh_name(settings: Settings) -> str:
    """`__Secure-`, because `__Host-` would not allow the narrow path."""
    return "__Secure-socialseed_refresh" if is_https(settings) else "socialseed_refresh"


def give(
    response: Response, settings: Settings, *, access: str, refresh: str, refresh_seconds: int
) -> None:
    """The browser holds both tokens, unreadable for scripts.

    The access cookie is Lax because a platform sends the browser back to us by a cross-site
    navigation; the refresh cookie goes to /api/v1/auth only and is Strict.
    """
    secure = is_https(settings)
    response.set_cookie(
        access_name(settings),
        access,
        max_age=int(ACCESS_LIFETIME.total_seconds()),
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )
    response.set_cookie(
        refresh_name(settings),
        refresh,
        max_age=refresh_seconds,
        path=REFRESH_PATH,
        secure=secure,
        httponly=True,
        samesite="strict",
    )


def take_back(response: Response, settings: Settings) -> None:
    """The browser forgets both tokens."""
    secure = is_https(settings)
    response.delete_cookie(access_name(settings), path="/", secure=secure, httponly=True)
    response.delete_cookie(
        refresh_name(settings), path=REFRESH_PATH, secure=secure, httponly=True, samesite="strict"
    )


def _same_origin(request: Request, settings: Settings) -> bool:
    if request.headers.get("sec-fetch-site") == "same-origin":
        return True
    origin = request.headers.get("origin")
    host = request.headers.get("host")
    return origin is not None and origin in {settings.origin, f"{request.url.scheme}://{host}"}


def refuse_cross_site(request: Request, settings: Settings) -> None:
    """Returns for a safe method or a request of our own pages. Else raises FORBIDDEN."""
    if request.method in _SAFE or _same_origin(request, settings):
        return
    raise forbidden(
        "cross_site", "With a cookie, change things from the dashboard's own address only."
    )


def refuse_foreign_page(request: Request, settings: Settings) -> None:
    """As above, for routes without a cookie: only a browser that names another site is refused."""
    site = request.headers.get("sec-fetch-site", "none")
    if site in {"same-origin", "none"} and request.headers.get("origin") is None:
        return
    refuse_cross_site(request, settings)
