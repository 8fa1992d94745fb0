"""X's OAuth 2.0: PKCE with S256, codes of 30 seconds, refresh tokens that die when used."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import assert_never
from urllib.parse import urlencode

from socialseed.connectors.gateway import Gateway
from socialseed.connectors.http import Call, Http, basic
from socialseed.connectors.reading import number, text
from socialseed.connectors.twitter.manifest import API, MANIFEST, TIER_SCOPES, WEB
from socialseed.connectors.twitter.mapping import oauth_error
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

REFRESH_LIFE = timedelta(days=182)  # developer reports; the documentation gives no number


@dataclass(frozen=True, slots=True)
class App:
    """The developer app that the product acts as. Without a secret it is a public client."""

    client_id: str
    client_secret: str


async def authorize(http: Http, app: App, step: Step) -> Authorization:
    """Does one step of the authorization."""
    match step:
        case Begin():
            return Redirect(_address(http.gateway, app, step))
        case Finish():
            form = {
                "grant_type": "authorization_code",
                "code": step.code,
                "redirect_uri": step.redirect_uri,
                "code_verifier": step.verifier,
            }
            return await _tokens(http, app, form, step)
        case Renew():
            if step.refresh_token is None:
                detail = "X gave no refresh token: connect the account again."
                raise UpstreamError(Remedy.REAUTHORIZE, "no_refresh_token", detail)
            form = {"grant_type": "refresh_token", "refresh_token": step.refresh_token}
            return await _tokens(http, app, form, step)
        case Revoke():
            return await _revoke(http, app, step)
        case _:
            assert_never(step)


def _asked(tier: str | None) -> tuple[str, ...]:
    return TIER_SCOPES.get(tier or MANIFEST.tiers[0], MANIFEST.scopes)


def _address(gateway: Gateway, app: App, step: Begin) -> str:
    digest = hashlib.sha256(step.verifier.encode()).digest()
    query = {
        "response_type": "code",
        "client_id": app.client_id,
        "redirect_uri": step.redirect_uri,
        "scope": " ".join(_asked(step.tier)),
        "state": step.state,
        "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
        "code_challenge_method": "S256",
    }
    return f"{gateway.base(WEB)}/i/oauth2/authorize?{urlencode(query)}"


async def _revoke(http: Http, app: App, step: Revoke) -> Revoked:
    """A token that X does not know (any more) is as good as revoked."""
    form = {"token": step.access_token, "client_id": app.client_id}
    try:
        await _post(http, app, "/2/oauth2/revoke", form, step.egress, effect=False)
    except UpstreamError as error:
        if error.code != "authorization_refused":
            raise
    return Revoked()


async def _tokens(http: Http, app: App, form: Mapping[str, str], step: Finish | Renew) -> Tokens:
    # A lost answer may have spent the code or the refresh token: unknown, never repeated blindly.
    answer = await _post(http, app, "/2/oauth2/token", form, step.egress, effect=True)
    access = text(answer, "access_token")
    if not access:
        detail = "X's answer held no access token."
        raise UpstreamError(Remedy.RECONCILE, "no_token", detail)
    seconds = number(answer, "expires_in")
    refresh = text(answer, "refresh_token") or None
    granted = text(answer, "scope")
    return Tokens(
        access_token=access,
        refresh_token=refresh,
        # RFC 6749, 5.1: no scope in the answer means that all that was asked for was granted.
        scopes=granted.split() if granted else _asked(step.tier),
        expires_in=timedelta(seconds=seconds) if seconds else None,
        refresh_expires_in=REFRESH_LIFE if refresh else None,
    )


async def _post(
    http: Http,
    app: App,
    path: str,
    form: Mapping[str, str],
    egress: Egress | None,
    *,
    effect: bool,
) -> object:
    body, headers = dict(form), {}
    if app.client_secret:
        headers["authorization"] = basic(app.client_id, app.client_secret)
    else:
        body["client_id"] = app.client_id
    reply = await http.call(
        Call("POST", API, path, effect, headers=headers, form=body, egress=egress)
    )
    body_told = reply.json() if effect and reply.ok else None
    if not reply.ok or text(body_told, "error") is not None:
        raise oauth_error(reply, http.clock.now())
    return body_told
