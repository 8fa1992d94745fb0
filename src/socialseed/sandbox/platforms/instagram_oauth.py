"""Instagram: login, short and long tokens, refresh; and Facebook Login for the other host."""

import sqlite3

from socialseed.sandbox import grants
from socialseed.sandbox.call import ApiError, Call, Json, Route
from socialseed.sandbox.grants import Code, Lifetimes
from socialseed.sandbox.http import Answer, json_answer
from socialseed.sandbox.platforms.instagram_errors import (
    InstagramErrors,
    bad_parameter,
    graph_error,
)
from socialseed.sandbox.store import get_meta
from socialseed.sandbox.web import consent
from socialseed.sandbox.world import people
from socialseed.sandbox.world.people import Person
from socialseed.sandbox.world.world import World

SCOPES = (
    "instagram_business_basic,instagram_business_content_publish,"
    "instagram_business_manage_comments,instagram_business_manage_messages,"
    "instagram_business_manage_insights,instagram_basic,instagram_content_publish,"
    "instagram_manage_comments,instagram_manage_insights,instagram_manage_contents,"
    "instagram_manage_engagement,pages_show_list,pages_read_engagement"
)
HOUR_MS = 3_600_000
LONG_MS = 60 * grants.DAY
_FOR_EVER = 36_500 * grants.DAY
INSTAGRAM, FACEBOOK, PAGE, ANY = "IGAA", "EAAC", "EAAP", "IGQT"  # how tokens of each kind begin
_FACEBOOK_HOSTS = ("graph.facebook.com", "rupload.facebook.com")
_FACEBOOK_NAMES = frozenset(("instagram_basic", "pages_show_list", "instagram_content_publish"))


def authorize(call: Call) -> Answer:
    """Shows the consent form."""
    query = call.request.query
    for name in ("client_id", "redirect_uri", "scope"):
        if not query.get(name):
            return consent.broken(call, f"The app's request lacks {name}.")
    return consent.form(call, query["scope"].replace(",", " ").split())


def decide(call: Call) -> Answer:
    """Sends the person back with a code, or with a refusal."""
    query = call.request.query
    target = query.get("redirect_uri", "")
    state = {"state": query["state"]} if query.get("state") else {}
    person = consent.chosen(call)
    if person is None:
        call.outcome = "refused"
        denied = {
            "error": "access_denied",
            "error_reason": "user_denied",
            "error_description": "The user denied your request",
        }
        return consent.back(target, denied | state)
    asked_for = query.get("scope", "").replace(",", " ").split()
    scopes = ",".join(consent.granted(call, asked_for))
    asked = Code("instagram", person.id, query.get("client_id", ""), target, scopes, "", "")
    code = grants.issue_code(call.world, asked, HOUR_MS)
    call.acted(True)
    # Instagram appends #_ to the address; the product strips it.
    return consent.back(target, {"code": code} | state, "#_")


def _taken(call: Call) -> Code | None:
    code = grants.take_code(call.world, "instagram", call.arg("code").removesuffix("#_"))
    if code is None or code.client_id != call.arg("client_id"):
        return None
    return code if code.redirect_uri == call.arg("redirect_uri") else None


def short_token(call: Call) -> Answer:
    """A code for a token of one hour."""
    code = _taken(call)
    if code is None or not call.arg("client_secret"):
        message = "Matching code was not found or was already used"
        body = {"error_type": "OAuthException", "code": 400, "error_message": message}
        raise ApiError(400, body)
    person = people.by_id(call.world.db, code.person)
    call.actor = person
    call.acted(True)
    return json_answer(_short(call.world, person, code.client_id, code.scopes))


def _short(world: World, person: Person, client: str, scopes: str) -> Json:
    grant = grants.issue(
        world, "instagram", person.id, client, scopes, Lifetimes(HOUR_MS), prefix=INSTAGRAM,
        long=False,
    )  # fmt: skip
    item = {"access_token": grant.access, "user_id": person.uid, "permissions": scopes}
    return {"data": [item]}


def mint(world: World, person: Person, client: str, scopes: str) -> Json:
    """A long-lived grant without the form, for tests; both documented forms in one body.

    It is of the login that the scopes or control's tier name; otherwise both hosts take it.
    """
    named = scopes.replace(" ", ",") or SCOPES
    grant = grants.issue(
        world, "instagram", person.id, client, named, Lifetimes(LONG_MS),
        prefix=_prefix(world, scopes.replace(",", " ").split()),
    )  # fmt: skip
    return {
        "access_token": grant.access,
        "token_type": "bearer",
        "expires_in": LONG_MS // 1000,
        "user_id": person.uid,
        "permissions": named,
    }


def _prefix(world: World, scopes: list[str]) -> str:
    told = get_meta(world.db, "tier.instagram", "any_login")
    if told != "any_login":
        return FACEBOOK if told == "facebook_login" else INSTAGRAM
    own = any(scope.startswith("instagram_business_") for scope in scopes)
    facebook = any(scope in _FACEBOOK_NAMES for scope in scopes)
    return ANY if own == facebook else INSTAGRAM if own else FACEBOOK


def long_token(call: Call) -> Answer:
    """A short token for one of 60 days."""
    if call.arg("grant_type") != "ig_exchange_token" or not call.arg("client_secret"):
        raise bad_parameter("grant_type")
    row = _living(call, call.arg("access_token"), (INSTAGRAM, ANY))
    if row["long"] and row["access"].startswith(INSTAGRAM):
        message = "Session key invalid. This could be because the session key has an incorrect"
        raise graph_error(400, 452, f"{message} format, or because the user has revoked this")
    return _long(call, row, INSTAGRAM)


def _living(call: Call, access: str, kinds: tuple[str, ...]) -> sqlite3.Row:
    """The stored token, of one of these kinds. Sets the actor; raises 190 when it is dead."""
    row = grants.find(call.world, access)
    if row is None and grants.was_revoked(call.world, access):
        raise InstagramErrors().revoked(call)
    if row is None or row["platform"] != "instagram" or not access.startswith(kinds):
        raise graph_error(400, 190, "Invalid OAuth access token - Cannot parse access token")
    if row["expires"] <= call.now:
        raise InstagramErrors().expired(call)
    call.actor = people.by_id(call.world.db, row["person"])
    return row


def _long(call: Call, row: sqlite3.Row | Code, prefix: str, *, life: int = LONG_MS) -> Answer:
    if isinstance(row, Code):
        person, client, scopes = row.person, row.client_id, row.scopes
    else:
        person, client, scopes = row["person"], row["client_id"], row["scopes"]
    grant = grants.issue(
        call.world, "instagram", person, client, scopes, Lifetimes(life), prefix=prefix,
        long=life == LONG_MS,
    )  # fmt: skip
    call.acted(True)
    body = {"access_token": grant.access, "token_type": "bearer", "expires_in": life // 1000}
    return json_answer(body)


def refresh(call: Call) -> Answer:
    """Another 60 days for a long token that is at least a day old and still alive."""
    if call.arg("grant_type") != "ig_refresh_token":
        raise bad_parameter("grant_type")
    row = _living(call, call.arg("access_token"), (INSTAGRAM, ANY))
    if not row["long"] or call.now - row["created"] < grants.DAY:
        raise graph_error(400, 10, "(#10) The access token is too young to be refreshed.")
    return _long(call, row, INSTAGRAM)


def facebook_token(call: Call) -> Answer:
    """Facebook Login: a code for a token of an hour, or that one for one of 60 days."""
    if call.arg("grant_type") == "fb_exchange_token":
        row = _living(call, call.arg("fb_exchange_token"), (FACEBOOK, ANY))
        return _long(call, row, FACEBOOK)
    code = _taken(call)
    if code is None:
        raise graph_error(400, 100, "This authorization code has been used.", 36009)
    call.actor = people.by_id(call.world.db, code.person)
    return _long(call, code, FACEBOOK, life=HOUR_MS)


def facebook_me(call: Call) -> Answer:
    """Facebook Login: the Facebook user, or the page whose token this is; never an Instagram id."""
    access = call.token.access if call.token is not None else ""
    shown = {"id": page_id(call), "name": call.me.name}
    if not access.startswith(PAGE):
        shown["id"] = f"12{call.me.uid[4:]}"
    names = [name.strip() for name in call.arg("fields", "id,name").split(",") if name.strip()]
    for name in names:
        if name not in shown:
            kind = "Page" if access.startswith(PAGE) else "User"
            message = f"(#100) Tried accessing nonexisting field ({name}) on node type ({kind})"
            raise graph_error(400, 100, message)
    return json_answer({name: shown[name] for name in {"id": 1} | dict.fromkeys(names)})


def page_id(call: Call) -> str:
    """The page behind the acting account."""
    return f"10{call.me.uid[4:]}"


def my_pages(call: Call) -> Answer:
    """Facebook Login: the page behind the account, with a token of its own.

    Empty where the person did not let the app see its pages.
    """
    granted = call.token.scopes if call.token is not None else frozenset()
    if "pages_show_list" not in granted:
        return json_answer({"data": []})
    page: Json = {"id": page_id(call), "name": call.me.name, "access_token": _page_token(call)}
    if "instagram_basic" in granted:
        page["instagram_business_account"] = {"id": call.me.uid}
    asked = [name.partition("{")[0].strip() for name in call.arg("fields").split(",")]
    if any(asked):
        page = {name: value for name, value in page.items() if name in (*asked, "id")}
    return json_answer({"data": [page], "paging": {"cursors": {"before": "QQ", "after": "QQ"}}})


def _page_token(call: Call) -> str:
    """The page's token: one from a long user token does not expire."""
    token = call.token
    assert token is not None
    scopes = ",".join(sorted(token.scopes))
    row = call.world.db.execute(
        "SELECT access FROM tokens WHERE person = ? AND client_id = ? AND scopes = ? AND long = 1"
        " AND substr(access, 1, 4) = ? AND expires > ?",
        (call.me.id, token.client_id, scopes, PAGE, call.now),
    ).fetchone()
    if row is not None:
        return str(row[0])
    long = token.expires - token.created == LONG_MS
    made = grants.issue(
        call.world, "instagram", call.me.id, token.client_id, scopes,
        Lifetimes(_FOR_EVER if long else token.expires - call.now), prefix=PAGE, long=long,
    )  # fmt: skip
    return made.access


def permissions(call: Call) -> Answer:
    """Facebook Login: what the person granted; what was declined is simply not there."""
    granted = call.token.scopes if call.token is not None else frozenset()
    told = [{"permission": scope, "status": "granted"} for scope in sorted(granted)]
    return json_answer({"data": told})


def revoke(call: Call) -> Answer:
    """Facebook Login: the app loses all its permissions, and every token of it is dead."""
    if call.token is not None:
        grants.remove_app(call.world, "instagram", call.me.id, call.token.client_id)
    call.acted(True)
    return json_answer({"success": True})


def authenticate(call: Call, route: Route) -> None:
    """Sets the acting account from the token in the query, the body or the header."""
    header = call.request.headers.get("authorization", "")
    spoken = header[6:].strip() if header.lower().startswith("oauth ") else call.bearer()
    access = spoken or call.arg("access_token")
    if not access:
        message = "An access token is required to request this resource."
        raise graph_error(400, 104, message)
    facebook = call.host in _FACEBOOK_HOSTS
    row = _living(call, access, (FACEBOOK, PAGE, ANY) if facebook else (INSTAGRAM, ANY))
    call.token = grants.as_token(row)
    # Either product's name of the permission is enough.
    if route.scopes and not call.token.scopes & set(route.scopes):
        message = "(#10) Application does not have permission for this action"
        raise graph_error(403, 10, message)
