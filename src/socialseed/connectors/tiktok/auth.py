"""Two sign-ins: Login Kit for the tiers unaudited and audited, API for Business for its own tier.

Login Kit: comma scopes, a hexadecimal PKCE challenge, flat errors that may come with 200.
API for Business: JSON bodies in its envelope, no PKCE, a redirect URI that ends with a slash.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import assert_never
from urllib.parse import unquote, urlencode

from socialseed.connectors.http import Call, Http, lost
from socialseed.connectors.reading import dig, number, text
from socialseed.connectors.tiktok.business import PREFIX
from socialseed.connectors.tiktok.manifest import (
    API,
    BUSINESS,
    BUSINESS_API,
    BUSINESS_SCOPES,
    SCOPES,
    WEB,
)
from socialseed.connectors.tiktok.refusals import business_oauth_error, oauth_error
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


@dataclass(frozen=True, slots=True)
class App:
    """The developer app that the product acts as; API for Business wants one of its own.

    `verified` are the beginnings of addresses that TikTok's portal knows as ours: videos under
    them are pulled by TikTok, all others are sent to it.
    """

    client_key: str
    client_secret: str = field(repr=False)
    business_key: str = ""
    business_secret: str = field(default="", repr=False)
    verified: Sequence[str] = ()


async def authorize(http: Http, app: App, step: Step) -> Authorization:
    """Does one step of the authorization."""
    business = step.tier == BUSINESS
    match step:
        case Begin():
            return Redirect(_address(http, app, step))
        case Finish():
            return await (_business_finish if business else _finish)(http, app, step)
        case Renew():
            if step.refresh_token is None:
                detail = "TikTok gave no refresh token: connect the account again."
                raise UpstreamError(Remedy.REAUTHORIZE, "no_refresh_token", detail)
            form = {"grant_type": "refresh_token", "refresh_token": step.refresh_token}
            if business:
                body = await _business(http, app, "refresh_token", form, step.egress)
                return _tokens(dig(body, "data"))
            return _tokens(await _post(http, app, "/v2/oauth/token/", form, step.egress))
        case Revoke():
            if business:
                form = {"access_token": step.access_token}
                await _business(http, app, "revoke", form, step.egress)
            else:
                form = {"token": step.access_token}
                await _post(http, app, "/v2/oauth/revoke/", form, step.egress)
            return Revoked()
        case _:
            assert_never(step)


def asked_scopes(http: Http, tier: str | None) -> Sequence[str]:
    """What the owner is asked for. A real app that asks for a scope of the other product is turned
    away; the sandbox's one app has both products, so that one sign-in shows all there is.
    """
    if tier == BUSINESS:
        return BUSINESS_SCOPES
    if http.gateway.sandbox_url is None:
        return SCOPES
    return tuple(dict.fromkeys((*SCOPES, *BUSINESS_SCOPES)))


def _address(http: Http, app: App, step: Begin) -> str:
    query = {
        "client_key": app.client_key,
        "response_type": "code",
        "scope": ",".join(asked_scopes(http, step.tier)),
        "redirect_uri": step.redirect_uri,
        "state": step.state,
    }
    if step.tier == BUSINESS:
        query["client_key"] = _business_key(app)
        query["redirect_uri"] = _slashed(step.redirect_uri)
    else:
        # Hexadecimal, not base64url: TikTok differs from RFC 7636 here.
        query["code_challenge"] = hashlib.sha256(step.verifier.encode()).hexdigest()
        query["code_challenge_method"] = "S256"
    return f"{http.gateway.base(WEB)}/v2/auth/authorize/?{urlencode(query)}"


def _slashed(redirect_uri: str) -> str:
    return f"{redirect_uri.rstrip('/')}/"


def _business_key(app: App) -> str:
    return app.business_key or app.client_key


async def _finish(http: Http, app: App, step: Finish) -> Tokens:
    form = {
        "grant_type": "authorization_code",
        "code": unquote(step.code),
        "redirect_uri": step.redirect_uri,
        "code_verifier": step.verifier,
    }
    return _tokens(await _post(http, app, "/v2/oauth/token/", form, step.egress))


async def _business_finish(http: Http, app: App, step: Finish) -> Tokens:
    form = {
        "grant_type": "authorization_code",
        "auth_code": unquote(step.code),
        "redirect_uri": _slashed(step.redirect_uri),
    }
    return _tokens(dig(await _business(http, app, "token", form, step.egress), "data"))


def _tokens(body: object) -> Tokens:
    access = text(body, "access_token")
    if not access:
        raise lost(True, "no_token", "TikTok's answer held no access token.")
    lasting = _seconds(body, "refresh_expires_in") or _seconds(body, "refresh_token_expires_in")
    return Tokens(
        access_token=access,
        refresh_token=text(body, "refresh_token") or None,
        scopes=[one.strip() for one in (text(body, "scope") or "").split(",") if one.strip()],
        expires_in=_seconds(body, "expires_in"),
        refresh_expires_in=lasting,
        remote_id=text(body, "open_id"),
    )


def _seconds(body: object, name: str) -> timedelta | None:
    told = number(body, name)
    return timedelta(seconds=told) if told else None


async def _post(
    http: Http, app: App, path: str, form: Mapping[str, str], egress: Egress | None
) -> object:
    secret = http.gateway.secret(app.client_secret)
    whole = {"client_key": app.client_key, "client_secret": secret, **form}
    # A lost answer may have spent the code or the refresh token: unknown, never repeated blindly.
    reply = await http.call(Call("POST", API, path, True, form=whole, egress=egress))
    body = reply.json_or_none()
    code = text(body, "error", "code")
    flat = text(body, "error")
    if not reply.ok or flat or (code is not None and code != "ok"):
        raise oauth_error(reply, http.clock.now())
    return body


async def _business(
    http: Http, app: App, word: str, form: Mapping[str, str], egress: Egress | None
) -> object:
    secret = http.gateway.secret(app.business_secret)
    whole = {"client_id": _business_key(app), "client_secret": secret, **form}
    path = f"{PREFIX}/tt_user/oauth2/{word}/"
    reply = await http.call(Call("POST", BUSINESS_API, path, True, json=whole, egress=egress))
    body = reply.json_or_none()
    if not reply.ok or number(body, "code") != 0:
        raise business_oauth_error(reply, http.clock.now())
    return body
