"""TikTok: login with hex PKCE and comma scopes, 24-hour tokens, and the business token calls."""

import hashlib
import hmac
import sqlite3

from socialseed.sandbox import grants
from socialseed.sandbox.call import Call, Json, Route
from socialseed.sandbox.draw import Draw
from socialseed.sandbox.grants import Code, Grant, Lifetimes
from socialseed.sandbox.http import Answer, json_answer
from socialseed.sandbox.platforms.tiktok_errors import (
    BUSINESS,
    TikTokErrors,
    business_error,
    business_ok,
    oauth_error,
    open_error,
)
from socialseed.sandbox.web import consent
from socialseed.sandbox.world import people
from socialseed.sandbox.world.people import Person
from socialseed.sandbox.world.world import World

SCOPES = (
    "user.info.basic,user.info.profile,user.info.stats,video.list,video.upload,video.publish,"
    "user.info.username,user.insights,video.insights,comment.list,comment.list.manage"
)
CODE_MS = 600_000
_APP_MS = 7_200_000
LIFE = Lifetimes(grants.DAY, 365 * grants.DAY)


def authorize(call: Call) -> Answer:
    """Shows the consent form."""
    query = call.request.query
    for name in ("client_key", "redirect_uri", "scope", "state"):
        if not query.get(name):
            return consent.broken(call, f"The app's request lacks {name}.")
    if query.get("response_type") != "code":
        return consent.broken(call, "The app's request is not valid.")
    return consent.form(call, query["scope"].split(","))


def decide(call: Call) -> Answer:
    """Sends the person back with a code, or with a refusal."""
    query = call.request.query
    target, state = query.get("redirect_uri", ""), query.get("state", "")
    person = consent.chosen(call)
    if person is None:
        call.outcome = "refused"
        denied = {"error": "access_denied", "error_description": "User denied", "state": state}
        return consent.back(target, denied)
    scopes = ",".join(consent.granted(call, query.get("scope", "").split(",")))
    asked = Code(
        "tiktok", person.id, query.get("client_key", ""), target, scopes,
        query.get("code_challenge", ""), query.get("code_challenge_method", ""),
    )  # fmt: skip
    code = grants.issue_code(call.world, asked, CODE_MS)
    call.acted(True)
    return consent.back(target, {"code": code, "scopes": scopes, "state": state})


def _proves(code: Code, verifier: str) -> bool:
    """TikTok's challenge is the lower-case hex digest of the verifier."""
    if not code.challenge:
        return True
    digest = hashlib.sha256(verifier.encode()).hexdigest()
    return hmac.compare_digest(code.challenge.encode(), digest.encode())


def _issue(world: World, person: int, client: str, scopes: str) -> Grant:
    return grants.issue(world, "tiktok", person, client, scopes, LIFE, prefix="act.")


def _body(world: World, grant: Grant, person: Person, *, business: bool = False) -> Json:
    row = grants.find(world, grant.access)
    left = (row["refresh_expires"] - world.now()) // 1000 if row is not None else 0
    lasting = "refresh_token_expires_in" if business else "refresh_expires_in"
    return {
        "access_token": grant.access,
        "expires_in": LIFE.access // 1000,
        "open_id": person.uid,
        lasting: left,
        "refresh_token": grant.refresh,
        "scope": grant.scopes,
        "token_type": "Bearer",
    }


def mint(world: World, person: Person, client: str, scopes: str) -> Json:
    """A grant without the form, for tests."""
    named = scopes.replace(" ", ",") or SCOPES
    return _body(world, _issue(world, person.id, client, named), person)


def _exchanged(call: Call, client: str, text: str) -> tuple[Grant, Person] | None:
    code = grants.take_code(call.world, "tiktok", text)
    if code is None or code.client_id != client:
        return None
    if code.redirect_uri != call.arg("redirect_uri"):
        return None
    if not _proves(code, call.arg("code_verifier")):
        return None
    person = people.by_id(call.world.db, code.person)
    return _issue(call.world, person.id, client, code.scopes), person


def _renewed(call: Call, client: str) -> tuple[Grant, Person] | None:
    row = grants.take_refresh(call.world, "tiktok", call.arg("refresh_token"), client)
    if row is None:
        return None
    person = people.by_id(call.world.db, row["person"])
    grant = _issue(call.world, person.id, client, row["scopes"])
    # Some refreshes bring a new refresh token, some go on with the old one.
    if Draw(call.world.seed, "rotate", grant.access).chance(0.5):
        grant = grants.keep_refresh(call.world, grant, row)
    return grant, person


def token(call: Call) -> Answer:
    """The open API's exchange and refresh; a refresh replaces both tokens."""
    client = call.arg("client_key")
    if not client or not call.arg("client_secret"):
        raise oauth_error(call, "invalid_client", "Client key or secret is incorrect.", 401)
    kind = call.arg("grant_type")
    if kind == "client_credentials":
        return json_answer(_app_body(call.world, client))
    if kind == "refresh_token":
        made = _renewed(call, client)
        wrong = "Refresh token is invalid or expired."
    elif kind == "authorization_code":
        made = _exchanged(call, client, call.arg("code"))
        wrong = "Authorization code is expired or does not fit."
    else:
        raise oauth_error(call, "unsupported_grant_type", "Grant type is not supported.")
    if made is None:
        raise oauth_error(call, "invalid_grant", wrong)
    call.actor = made[1]
    call.acted(True)
    return json_answer(_body(call.world, *made))


def _app_body(world: World, client: str) -> Json:
    life = Lifetimes(_APP_MS)
    grant = grants.issue(world, "tiktok", grants.NOBODY, client, "", life, prefix="clt.")
    return {"access_token": grant.access, "expires_in": _APP_MS // 1000, "token_type": "Bearer"}


def revoke(call: Call) -> Answer:
    """The grant is dead afterwards; the answer is empty."""
    if not call.arg("client_key") or not call.arg("client_secret"):
        raise oauth_error(call, "invalid_client", "Client key or secret is incorrect.", 401)
    call.acted(grants.revoke(call.world, "tiktok", call.arg("token")) > 0)
    return Answer(200, b"")


def business_token(call: Call) -> Answer:
    """The business API's exchange and refresh."""
    client = call.arg("client_id")
    if call.path.rstrip("/").endswith("refresh_token"):
        made = _renewed(call, client)
    else:
        made = _exchanged(call, client, call.arg("auth_code"))
    if made is None or not call.arg("client_secret"):
        raise business_error(call, 40110, "The auth_code or refresh_token is invalid.")
    call.actor = made[1]
    call.acted(True)
    return business_ok(call, _body(call.world, *made, business=True))


def business_revoke(call: Call) -> Answer:
    """The grant is dead afterwards."""
    call.acted(grants.revoke(call.world, "tiktok", call.arg("access_token")) > 0)
    return business_ok(call, {})


def token_info(call: Call) -> Answer:
    """Whom a token speaks for."""
    row = grants.find(call.world, call.arg("access_token"))
    if row is None or not _speaks(call, row):
        raise TikTokErrors().expired(call)
    person = people.by_id(call.world.db, row["person"])
    call.actor = person
    data: Json = {
        "app_id": row["client_id"], "creator_id": person.uid, "scope": row["scopes"]
    }  # fmt: skip
    return business_ok(call, data)


def _speaks(call: Call, row: sqlite3.Row) -> bool:
    """Whether the token is alive and an account's."""
    alive = row["platform"] == "tiktok" and row["expires"] > call.now
    return bool(alive and row["person"] != grants.NOBODY)


def authenticate(call: Call, route: Route) -> None:
    """Sets the acting account: a bearer token, or the business API's own header."""
    business = call.host == BUSINESS
    access = call.request.headers.get("access-token", "") if business else call.bearer()
    row: sqlite3.Row | None = grants.find(call.world, access)
    if row is None or not _speaks(call, row):
        raise TikTokErrors().expired(call)
    call.token = grants.as_token(row)
    call.actor = people.by_id(call.world.db, row["person"])
    if not set(route.scopes) <= call.token.scopes:
        if business:
            raise business_error(call, 40001, "The token lacks the permission of this endpoint.")
        message = "The user did not authorize the scope required for completing this request."
        raise open_error(call, 401, "scope_not_authorized", message)
    if business and call.arg("business_id") != call.me.uid:
        raise business_error(call, 40001, "business_id does not belong to this token.")
