"""Business Login for Instagram: a code, a token of one hour, exchanged for one of 60 days.

There is no refresh token and no PKCE: a long-lived token renews itself while it is valid.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import assert_never
from urllib.parse import urlencode

from socialseed.connectors.http import Call, Http, lost
from socialseed.connectors.instagram.manifest import GRAPH, LOGIN, MANIFEST, WEB
from socialseed.connectors.instagram.mapping import refusal
from socialseed.connectors.reading import number, record, text
from socialseed.connectors.types import (
    Authorization,
    Begin,
    Finish,
    Redirect,
    Renew,
    Revoke,
    Revoked,
    Step,
    Tokens,
)
from socialseed.core.errors import Remedy, UpstreamError


@dataclass(frozen=True, slots=True)
class App:
    """The Meta app that the product acts as."""

    client_id: str
    client_secret: str


async def authorize(http: Http, app: App, step: Step) -> Authorization:
    """Does one step of the authorization."""
    match step:
        case Begin():
            query = {
                "client_id": app.client_id,
                "redirect_uri": step.redirect_uri,
                "response_type": "code",
                "scope": ",".join(MANIFEST.scopes),
                "state": step.state,
            }
            return Redirect(f"{http.gateway.base(WEB)}/oauth/authorize?{urlencode(query)}")
        case Finish():
            return await _finish(http, app, step)
        case Renew():
            query = {"grant_type": "ig_refresh_token", "access_token": step.access_token}
            return _tokens(await _get(http, "/refresh_access_token", query), (), None)
        case Revoke():
            # No call is documented: the owner removes the app in Instagram's settings.
            return Revoked()
        case _:
            assert_never(step)


async def _finish(http: Http, app: App, step: Finish) -> Tokens:
    form = {
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "grant_type": "authorization_code",
        "redirect_uri": step.redirect_uri,
        "code": step.code.removesuffix("#_"),
    }
    # The code is spent by the first answer, seen or not.
    reply = await http.call(Call("POST", LOGIN, "/oauth/access_token", True, form=form))
    if not reply.ok:
        raise _refused(reply.json_or_none()) or refusal(reply, http.clock.now())
    body = reply.json()
    short = record(body, "data", 0) or record(body)
    query = {
        "grant_type": "ig_exchange_token",
        "client_secret": app.client_secret,
        "access_token": text(short, "access_token") or "",
    }
    exchanged = await _get(http, "/access_token", query)
    return _tokens(exchanged, _scopes(short), text(short, "user_id"))


def _scopes(short: Mapping[str, object]) -> list[str]:
    told = short.get("permissions")
    if isinstance(told, list):
        return [str(scope) for scope in told]
    return [scope for scope in (text(told) or "").split(",") if scope]


def _refused(body: object) -> UpstreamError | None:
    if text(body, "error_type") is None:
        return None
    detail = "Instagram refused the authorization: connect the account again."
    return UpstreamError(Remedy.REAUTHORIZE, "authorization_refused", detail)


async def _get(http: Http, path: str, query: Mapping[str, str]) -> object:
    reply = await http.call(Call("GET", GRAPH, path, query=query))
    if not reply.ok:
        raise refusal(reply, http.clock.now())
    return reply.json()


def _tokens(body: object, scopes: list[str] | tuple[()], remote_id: str | None) -> Tokens:
    access = text(body, "access_token")
    if not access:
        raise lost(False, "no_token", "Instagram's answer held no access token.")
    seconds = number(body, "expires_in")
    return Tokens(
        access_token=access,
        refresh_token=None,
        scopes=scopes,
        expires_in=timedelta(seconds=seconds) if seconds else None,
        refresh_expires_in=None,
        remote_id=remote_id,
    )
