"""X: authorization code with PKCE, rotating refresh tokens, revocation."""

import base64
import hashlib
import hmac

from socialseed.sandbox import grants
from socialseed.sandbox.call import ApiError, Call, Json, Route
from socialseed.sandbox.grants import Code, Grant, Lifetimes
from socialseed.sandbox.http import Answer, json_answer
from socialseed.sandbox.platforms.x_errors import XErrors, forbidden, wrong_auth
from socialseed.sandbox.web import consent
from socialseed.sandbox.world import people
from socialseed.sandbox.world.world import World

SCOPES = (
    "tweet.read tweet.write tweet.moderate.write users.read follows.read follows.write like.read"
    " like.write media.write timeline.read offline.access"
)
CODE_MS = 30_000
ACCESS_MS = 7_200_000
REFRESH_MS = 182 * grants.DAY
_FOR_EVER = 36_500 * grants.DAY


def authorize(call: Call) -> Answer:
    """Shows the consent form."""
    query = call.request.query
    for name in ("client_id", "redirect_uri", "state", "code_challenge", "scope"):
        if not query.get(name):
            return consent.broken(call, f"The app's request lacks {name}.")
    if query.get("response_type") != "code" or len(query["state"]) > 500:
        return consent.broken(call, "The app's request is not valid.")
    return consent.form(call, query["scope"].split())


def decide(call: Call) -> Answer:
    """Sends the person back with a code, or with a refusal."""
    query = call.request.query
    target, state = query.get("redirect_uri", ""), query.get("state", "")
    person = consent.chosen(call)
    if person is None:
        call.outcome = "refused"
        return consent.back(target, {"error": "access_denied", "state": state})
    scopes = " ".join(consent.granted(call, query.get("scope", "").split()))
    asked = Code(
        "twitter", person.id, query.get("client_id", ""), target, scopes,
        query.get("code_challenge", ""), query.get("code_challenge_method", "plain"),
    )  # fmt: skip
    call.acted(True)
    return consent.back(
        target, {"state": state, "code": grants.issue_code(call.world, asked, CODE_MS)}
    )


def _client(call: Call) -> str:
    header = call.request.headers.get("authorization", "")
    if header.lower().startswith("basic "):
        try:
            return base64.b64decode(header[6:]).decode().partition(":")[0]
        except ValueError:
            return ""
    return call.arg("client_id")


def _known_client(call: Call) -> str:
    client = _client(call)
    if not client:
        text = "Missing valid authorization header"
        raise ApiError(401, {"error": "invalid_client", "error_description": text})
    return client


def _refused(what: str) -> ApiError:
    text = f"Value passed for the {what} was invalid."
    return ApiError(400, {"error": "invalid_request", "error_description": text})


def token(call: Call) -> Answer:
    """Exchanges a code or a refresh token."""
    client = _client(call)
    if not client:
        body = {"error": "invalid_client", "error_description": "Missing valid authorization"}
        raise ApiError(401, body)
    kind = call.arg("grant_type")
    if kind == "refresh_token":
        return json_answer(_refresh(call, client))
    if kind != "authorization_code":
        raise _refused("grant_type")
    code = grants.take_code(call.world, "twitter", call.arg("code"))
    if code is None or code.client_id != client:
        raise _refused("authorization code")
    if code.redirect_uri != call.arg("redirect_uri"):
        raise _refused("redirect uri")
    if not _proves(code, call.arg("code_verifier")):
        raise _refused("code verifier")
    call.actor = people.by_id(call.world.db, code.person)
    call.acted(True)
    return json_answer(_body(_issue(call.world, code.person, client, code.scopes)))


def _proves(code: Code, verifier: str) -> bool:
    if code.method == "S256":
        digest = hashlib.sha256(verifier.encode()).digest()
        verifier = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    return hmac.compare_digest(code.challenge.encode(), verifier.encode())


def _refresh(call: Call, client: str) -> Json:
    row = grants.take_refresh(call.world, "twitter", call.arg("refresh_token"), client)
    if row is None:
        raise _refused("token")
    call.actor = people.by_id(call.world.db, row["person"])
    call.acted(True)
    return _body(_issue(call.world, row["person"], client, row["scopes"]))


def _issue(world: World, person: int, client: str, scopes: str) -> Grant:
    lasting = REFRESH_MS if "offline.access" in scopes.split() else 0
    return grants.issue(world, "twitter", person, client, scopes, Lifetimes(ACCESS_MS, lasting))


def _body(grant: Grant) -> Json:
    body: Json = {
        "token_type": "bearer",
        "expires_in": ACCESS_MS // 1000,
        "access_token": grant.access,
        "scope": grant.scopes,
    }
    return body | ({"refresh_token": grant.refresh} if grant.refresh else {})


def mint(world: World, person: people.Person, client: str, scopes: str) -> Json:
    """A grant without the form, for tests."""
    return _body(_issue(world, person.id, client, scopes or SCOPES))


def revoke(call: Call) -> Answer:
    """The token is dead afterwards."""
    _known_client(call)
    call.acted(grants.revoke(call.world, "twitter", call.arg("token")) > 0)
    return json_answer({"revoked": True})


def app_token(call: Call) -> Answer:
    """A bearer token for the app by itself: the same one until it is invalidated."""
    client = _known_client(call)
    if call.arg("grant_type") != "client_credentials":
        text = "Missing required parameter: grant_type"
        raise ApiError(400, {"errors": [{"code": 170, "message": text}]})
    row = call.world.db.execute(
        "SELECT access FROM tokens WHERE platform = 'twitter' AND person = ? AND client_id = ?",
        (grants.NOBODY, client),
    ).fetchone()
    access = str(row[0]) if row else _issue_app(call.world, client)
    return json_answer({"token_type": "bearer", "access_token": access})


def _issue_app(world: World, client: str) -> str:
    life = Lifetimes(_FOR_EVER)
    named = grants.issue(world, "twitter", grants.NOBODY, client, SCOPES, life, prefix="AAAA")
    return named.access


def authenticate(call: Call, route: Route) -> None:
    """Sets the acting account from the bearer token; an app's own token has none."""
    row = grants.find(call.world, call.bearer())
    if row is None or row["platform"] != "twitter" or row["expires"] <= call.now:
        raise XErrors().expired(call)
    call.token = grants.as_token(row)
    if row["person"] == grants.NOBODY:
        if not route.app_limit:
            raise wrong_auth("OAuth 2.0 Application-Only", "OAuth 2.0 User Context")
        return
    call.actor = people.by_id(call.world.db, row["person"])
    if not route.limit:
        raise wrong_auth("OAuth 2.0 User Context", "OAuth 2.0 Application-Only")
    if not set(route.scopes) <= call.token.scopes:
        raise forbidden("You are not permitted to perform this action.")
