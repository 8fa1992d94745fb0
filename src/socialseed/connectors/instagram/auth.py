"""Signing in with Instagram, or with Facebook for accounts of that tier.

Both: a code, a short token, exchanged for one of 60 days that renews itself while it is valid.
There is no refresh token and no PKCE. With Facebook, the owner's own token is kept, for it alone
may delete media, search hashtags and be revoked; the page's token only asks for notices.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, assert_never
from urllib.parse import urlencode

from socialseed.connectors.http import Call, Http, Reply, lost
from socialseed.connectors.instagram.manifest import (
    FACEBOOK,
    FACEBOOK_GRAPH,
    FACEBOOK_LOGIN,
    FACEBOOK_SCOPES,
    GRAPH,
    INSTAGRAM_SCOPES,
    LOGIN,
    VERSION,
    WEB,
)
from socialseed.connectors.instagram.refusals import refusal
from socialseed.connectors.reading import dig, items, number, record, segment, text
from socialseed.connectors.types import (
    Authorization,
    Begin,
    Egress,
    Finish,
    Redirect,
    Renew,
    Revoke,
    Revoked,
    Step,
    Tokens,
)
from socialseed.core.errors import Remedy, UpstreamError

LONG_LIFE: Final = timedelta(days=60)  # where an answer tells none
YOUNG: Final = timedelta(hours=24)  # a younger token is not renewed
PAGES: Final = 100


@dataclass(frozen=True, slots=True)
class App:
    """The Meta app that the product acts as."""

    client_id: str
    client_secret: str


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where one step is done."""

    http: Http
    app: App
    egress: Egress | None

    @property
    def secret(self) -> str:
        return self.http.gateway.secret(self.app.client_secret)

    async def call(self, call: Call) -> Reply:
        return await self.http.call(replace(call, egress=self.egress))


async def authorize(http: Http, app: App, step: Step) -> Authorization:
    """Does one step of the authorization."""
    match step:
        case Begin():
            return Redirect(_address(http, app, step))
        case Finish():
            desk = _Desk(http, app, step.egress)
            facebook = step.tier == FACEBOOK_LOGIN
            return await (_finish_facebook if facebook else _finish)(desk, step)
        case Renew():
            return await _renew(_Desk(http, app, step.egress), step)
        case Revoke():
            if step.tier == FACEBOOK_LOGIN:
                await _forget(_Desk(http, app, step.egress), step.access_token)
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
        "scope": ",".join(FACEBOOK_SCOPES if facebook else INSTAGRAM_SCOPES),
        "state": step.state,
    }
    page = f"{http.gateway.base(WEB)}/oauth/authorize"
    if facebook:
        page = f"{http.gateway.base(FACEBOOK)}{VERSION}/dialog/oauth"
    return f"{page}?{urlencode(query)}"


async def _renew(desk: _Desk, step: Renew) -> Tokens:
    """Another 60 days. WAIT `too_young` for a token of less than a day, which stays good."""
    try:
        if step.tier == FACEBOOK_LOGIN:
            return _tokens(await _exchange(desk, step.access_token), (), None)
        query = {"grant_type": "ig_refresh_token", "access_token": step.access_token}
        return _tokens(await _get(desk, GRAPH, "/refresh_access_token", query), (), None)
    except UpstreamError as error:
        if error.code != "no_permission":
            raise
        detail = "Instagram renews a token only when it is a day old."
        until = desk.http.clock.now() + YOUNG
        raise UpstreamError(Remedy.WAIT, "too_young", detail, until=until) from None


# --- Instagram login -----------------------------------------------------------------------------


async def _finish(desk: _Desk, step: Finish) -> Tokens:
    form = {
        "client_id": desk.app.client_id,
        "client_secret": desk.secret,
        "grant_type": "authorization_code",
        "redirect_uri": step.redirect_uri,
        "code": step.code.removesuffix("#_"),
    }
    # The code is spent by the first answer, seen or not.
    reply = await desk.call(Call("POST", LOGIN, "/oauth/access_token", True, form=form))
    body = reply.json_or_none()
    if text(body, "error_type") is not None:
        raise _again()
    if not reply.ok or dig(body, "error") is not None:
        raise refusal(reply, desk.http.clock.now())
    # Documented is a list in `data`; some apps are answered with the bare object.
    short = record(reply.json(), "data", 0) or record(reply.json())
    query = {
        "grant_type": "ig_exchange_token",
        "client_secret": desk.secret,
        "access_token": text(short, "access_token") or "",
    }
    tokens = _tokens(await _get(desk, GRAPH, "/access_token", query), _scopes(short), None)
    user = text(short, "user_id")
    if user is not None:
        ask = Call("POST", GRAPH, f"{VERSION}/{segment(user, 'account')}/subscribed_apps")
        await _ask_for_notices(desk, ask, "comments", tokens.access_token)
    return replace(tokens, remote_id=user)


def _scopes(short: Mapping[str, object]) -> list[str]:
    told = short.get("permissions")
    if isinstance(told, list):
        return [str(scope) for scope in told]
    return [scope.strip() for scope in (text(told) or "").split(",") if scope.strip()]


def _again() -> UpstreamError:
    detail = "Instagram refused the authorization: connect the account again."
    return UpstreamError(Remedy.REAUTHORIZE, "authorization_refused", detail)


# --- Facebook login ------------------------------------------------------------------------------


async def _finish_facebook(desk: _Desk, step: Finish) -> Tokens:
    query = {
        "client_id": desk.app.client_id,
        "client_secret": desk.secret,
        "redirect_uri": step.redirect_uri,
        "code": step.code.removesuffix("#_"),
    }
    short = await _get(desk, FACEBOOK_GRAPH, f"{VERSION}/oauth/access_token", query, spent=True)
    exchanged = await _exchange(desk, text(short, "access_token") or "")
    tokens = _tokens(exchanged, (), None)
    page = await _page(desk, tokens.access_token, step.account)
    page_id, page_token = text(page, "id"), text(page, "access_token")
    if page_id is not None and page_token is not None:
        ask = Call("POST", FACEBOOK_GRAPH, f"{VERSION}/{segment(page_id, 'page')}/subscribed_apps")
        # Notices about Instagram come once the page is subscribed to any field of its own.
        await _ask_for_notices(desk, ask, "feed", page_token)
    return replace(
        tokens,
        scopes=await _granted(desk, tokens.access_token),
        remote_id=text(page, "instagram_business_account", "id"),
    )


async def _exchange(desk: _Desk, access: str) -> object:
    query = {
        "grant_type": "fb_exchange_token",
        "client_id": desk.app.client_id,
        "client_secret": desk.secret,
        "fb_exchange_token": access,
    }
    return await _get(desk, FACEBOOK_GRAPH, f"{VERSION}/oauth/access_token", query)


async def _page(desk: _Desk, access: str, account: str | None) -> object:
    """The page whose Instagram account is `account`, else the first one that has any, else {}."""
    fields = "id,name,access_token,instagram_business_account{id,username}"
    query = {"fields": fields, "limit": str(PAGES)}
    body = await _get(desk, FACEBOOK_GRAPH, f"{VERSION}/me/accounts", query, token=access)
    pages = [p for p in items(body, "data") if text(p, "instagram_business_account", "id")]
    wanted = (account or "").casefold()
    for page in pages:
        handle = text(page, "instagram_business_account", "username")
        if handle is not None and handle.casefold() == wanted:
            return page
    return pages[0] if pages else {}


async def _granted(desk: _Desk, access: str) -> list[str]:
    """What the owner granted, of what was asked; empty when Facebook does not tell."""
    path = f"{VERSION}/me/permissions"
    try:
        body = await _get(desk, FACEBOOK_GRAPH, path, {}, token=access)
    except UpstreamError:
        return []
    told = items(body, "data")
    return [text(p, "permission") or "" for p in told if text(p, "status") == "granted"]


async def _forget(desk: _Desk, access: str) -> None:
    headers = {"authorization": f"Bearer {access}"}
    path = f"{VERSION}/me/permissions"
    reply = await desk.call(Call("DELETE", FACEBOOK_GRAPH, path, True, headers=headers))
    if not reply.ok:
        raise refusal(reply, desk.http.clock.now())


# --- both ----------------------------------------------------------------------------------------


async def _ask_for_notices(desk: _Desk, ask: Call, field: str, token: str) -> None:
    # Without notices the account works as well; its comments are then only found by reading.
    headers = {"authorization": f"Bearer {token}"}
    try:
        await desk.call(replace(ask, headers=headers, form={"subscribed_fields": field}))
    except UpstreamError:
        return


async def _get(
    desk: _Desk,
    host: str,
    path: str,
    query: Mapping[str, str],
    *,
    spent: bool = False,
    token: str | None = None,
) -> object:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    reply = await desk.call(Call("GET", host, path, spent, headers=headers, query=query))
    if reply.ok and dig(reply.json_or_none(), "error") is None:
        return reply.json()
    if spent and 400 <= reply.status < 500 and reply.status != 429:
        raise _again()
    raise refusal(reply, desk.http.clock.now())


def _tokens(body: object, scopes: Sequence[str], remote_id: str | None) -> Tokens:
    access = text(body, "access_token")
    if not access:
        raise lost(False, "no_token", "Instagram's answer held no access token.")
    seconds = number(body, "expires_in")
    return Tokens(
        access_token=access,
        refresh_token=None,
        scopes=scopes,
        expires_in=timedelta(seconds=seconds) if seconds else LONG_LIFE,
        refresh_expires_in=None,
        remote_id=remote_id,
    )
