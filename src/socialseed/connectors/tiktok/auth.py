"""TikTok's Login Kit: comma scopes, a hexadecimal PKCE challenge, errors that may come with 200."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import assert_never
from urllib.parse import unquote, urlencode

from socialseed.connectors.http import Call, Http, lost
from socialseed.connectors.reading import number, text
from socialseed.connectors.tiktok.manifest import API, MANIFEST, WEB
from socialseed.connectors.tiktok.mapping import oauth_error
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
    """The developer app that the product acts as."""

    client_key: str
    client_secret: str


async def authorize(http: Http, app: App, step: Step) -> Authorization:
    """Does one step of the authorization."""
    match step:
        case Begin():
            return Redirect(_address(http, app, step))
        case Finish():
            form = {
                "grant_type": "authorization_code",
                "code": unquote(step.code),
                "redirect_uri": step.redirect_uri,
                "code_verifier": step.verifier,
            }
            return await _tokens(http, app, form)
        case Renew():
            if step.refresh_token is None:
                detail = "TikTok gave no refresh token: connect the account again."
                raise UpstreamError(Remedy.REAUTHORIZE, "no_refresh_token", detail)
            form = {"grant_type": "refresh_token", "refresh_token": step.refresh_token}
            return await _tokens(http, app, form)
        case Revoke():
            await _post(http, app, "/v2/oauth/revoke/", {"token": step.access_token})
            return Revoked()
        case _:
            assert_never(step)


def _address(http: Http, app: App, step: Begin) -> str:
    query = {
        "client_key": app.client_key,
        "response_type": "code",
        "scope": ",".join(MANIFEST.scopes),
        "redirect_uri": step.redirect_uri,
        "state": step.state,
        # Hexadecimal, not base64url: TikTok differs from RFC 7636 here.
        "code_challenge": hashlib.sha256(step.verifier.encode()).hexdigest(),
        "code_challenge_method": "S256",
    }
    return f"{http.gateway.base(WEB)}/v2/auth/authorize/?{urlencode(query)}"


async def _tokens(http: Http, app: App, form: Mapping[str, str]) -> Tokens:
    body = await _post(http, app, "/v2/oauth/token/", form)
    access = text(body, "access_token")
    if not access:
        raise lost(True, "no_token", "TikTok's answer held no access token.")
    return Tokens(
        access_token=access,
        refresh_token=text(body, "refresh_token") or None,
        scopes=[scope for scope in (text(body, "scope") or "").split(",") if scope],
        expires_in=_seconds(body, "expires_in"),
        refresh_expires_in=_seconds(body, "refresh_expires_in"),
        remote_id=text(body, "open_id"),
    )


def _seconds(body: object, name: str) -> timedelta | None:
    told = number(body, name)
    return timedelta(seconds=told) if told else None


async def _post(http: Http, app: App, path: str, form: Mapping[str, str]) -> object:
    secret = http.gateway.secret(app.client_secret)
    whole = {"client_key": app.client_key, "client_secret": secret, **form}
    # A lost answer may have spent the code or the refresh token: unknown, never repeated blindly.
    reply = await http.call(Call("POST", API, path, True, form=whole))
    body = reply.json_or_none()
    if not reply.ok or text(body, "error") is not None:
        raise oauth_error(reply, http.clock.now())
    return body
