"""Signing in with Instagram, or with Facebook for accounts of that tier.

Both: a code, a short token, exchanged for one of 60 days that renews itself while it is valid.
There is no refresh token and no PKCE.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import assert_never
from urllib.parse import urlencode

from socialseed.connectors.http import Call, Http, lost
from socialseed.connectors.instagram.manifest import (
    FACEBOOK,
    FACEBOOK_GRAPH,
    FACEBOOK_LOGIN,
    FACEBOOK_SCOPES,
    GRAPH,
    LOGIN,
    MANIFEST,
    VERSION,
    WEB,
)
from socialseed.connectors.instagram.mapping import refusal
from socialseed.connectors.reading import items, number, record, text
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
            return Redirect(_address(http, app, step))
        case Finish():
            facebook = step.tier == FACEBOOK_LOGIN
            return await (_finish_facebook if facebook else _finish)(http, app, step)
        case Renew():
            if step.tier == FACEBOOK_LOGIN:
                return _tokens(await _exchange(http, app, step.access_token), (), None)
            query = {"grant_type": "ig_refresh_token", "access_token": step.access_token}
            return _tokens(await _get(http, GRAPH, "/refresh_access_token", query), (), None)
        case Revoke():
            if step.tier == FACEBOOK_LOGIN:
                await _forget(http, step.access_token)
            # With Instagram's login no call is documented: the owner removes the app there.
            return Revoked()
        case _:
            assert_never(step)


def _address(http: Http, app: App, step: Begin) -> str:
    facebook = step.tier == FACEBOOK_LOGIN
    query = {
        "client_id": app.client_id,
        "redirect_uri": step.redirect_uri,
        "response_type": "code",
        "scope": ",".join(FACEBOOK_SCOPES if facebook else MANIFEST.scopes),
        "state": step.state,
    }
    page = f"{http.gateway.base(WEB)}/oauth/authorize"
    if facebook:
        page = f"{http.gateway.base(FACEBOOK)}{VERSION}/dialog/oauth"
    return f"{page}?{urlencode(query)}"


async def _finish(http: Http, app: App, step: Finish) -> Tokens:
    form = {
        "client_id": app.client_id,
        "client_secret": http.gateway.secret(app.client_secret),
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
        "client_secret": http.gateway.secret(app.client_secret),
        "access_token": text(short, "access_token") or "",
    }
    exchanged = await _get(http, GRAPH, "/access_token", query)
    return _tokens(exchanged, _scopes(short), text(short, "user_id"))


def _scopes(short: Mapping[str, object]) -> list[str]:
    told = short.get("permissions")
    if isinstance(told, list):
        return [str(scope) for scope in told]
    return [scope for scope in (text(told) or "").split(",") if scope]


def _refused(body: object) -> UpstreamError | None:
    if text(body, "error_type") is None:
        return None
    return _again()


def _again() -> UpstreamError:
    detail = "Instagram refused the authorization: connect the account again."
    return UpstreamError(Remedy.REAUTHORIZE, "authorization_refused", detail)


async def _finish_facebook(http: Http, app: App, step: Finish) -> Tokens:
    query = {
        "client_id": app.client_id,
        "client_secret": http.gateway.secret(app.client_secret),
        "redirect_uri": step.redirect_uri,
        "code": step.code.removesuffix("#_"),
    }
    short = await _get(http, FACEBOOK_GRAPH, f"{VERSION}/oauth/access_token", query, spent=True)
    exchanged = await _exchange(http, app, text(short, "access_token") or "")
    access = text(exchanged, "access_token") or ""
    asked = {"fields": "id,name,instagram_business_account"}
    pages = await _get(http, FACEBOOK_GRAPH, f"{VERSION}/me/accounts", asked, token=access)
    found = (text(page, "instagram_business_account", "id") for page in items(pages, "data"))
    return _tokens(exchanged, FACEBOOK_SCOPES, next((i for i in found if i), None))


async def _exchange(http: Http, app: App, access: str) -> object:
    query = {
        "grant_type": "fb_exchange_token",
        "client_id": app.client_id,
        "client_secret": http.gateway.secret(app.client_secret),
        "fb_exchange_token": access,
    }
    return await _get(http, FACEBOOK_GRAPH, f"{VERSION}/oauth/access_token", query)


async def _forget(http: Http, access: str) -> None:
    headers = {"authorization": f"Bearer {access}"}
    reply = await http.call(
        Call("DELETE", FACEBOOK_GRAPH, f"{VERSION}/me/permissions", True, headers=headers)
    )
    if not reply.ok:
        raise refusal(reply, http.clock.now())


async def _get(
    http: Http,
    host: str,
    path: str,
    query: Mapping[str, str],
    *,
    spent: bool = False,
    token: str | None = None,
) -> object:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    reply = await http.call(Call("GET", host, path, spent, headers=headers, query=query))
    if reply.ok:
        return reply.json()
    if spent and 400 <= reply.status < 500 and reply.status != 429:
        raise _again()
    raise refusal(reply, http.clock.now())


def _tokens(body: object, scopes: Sequence[str], remote_id: str | None) -> Tokens:
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
