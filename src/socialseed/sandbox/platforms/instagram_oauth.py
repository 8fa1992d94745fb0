"""Instagram: login, short and long tokens, refresh; and Facebook Login for the other host."""

from socialseed.sandbox import grants
from socialseed.sandbox.call import ApiError, Call, Json, Route
from socialseed.sandbox.grants import Code, Lifetimes
from socialseed.sandbox.http import Answer, json_answer
from socialseed.sandbox.platforms.instagram_errors import (
    InstagramErrors,
    bad_parameter,
    graph_error,
)
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
    scopes = query.get("scope", "").replace(" ", ",")
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
        world, "instagram", person.id, client, scopes, Lifetimes(HOUR_MS), prefix="IGAA", long=False
    )
    item = {"access_token": grant.access, "user_id": person.uid, "permissions": scopes}
    return {"data": [item]}


def mint(world: World, person: Person, client: str, scopes: str) -> Json:
    """A long-lived grant without the form, for tests; both documented forms in one body."""
    named = scopes.replace(" ", ",") or SCOPES
    grant = grants.issue(
        world, "instagram", person.id, client, named, Lifetimes(LONG_MS), prefix="IGAA"
    )
    return {
        "access_token": grant.access,
        "token_type": "bearer",
        "expires_in": LONG_MS // 1000,
        "user_id": person.uid,
        "permissions": named,
    }


def long_token(call: Call) -> Answer:
    """A short token for one of 60 days."""
    if call.arg("grant_type") != "ig_exchange_token" or not call.arg("client_secret"):
        raise bad_parameter("grant_type")
    row = grants.find(call.world, call.arg("access_token"))
    if row is None or row["platform"] != "instagram" or row["expires"] <= call.now:
        raise InstagramErrors().expired(call)
    call.actor = people.by_id(call.world.db, row["person"])
    return _long(call, row["person"], row["client_id"], row["scopes"])


def _long(call: Call, person: int, client: str, scopes: str) -> Answer:
    grant = grants.issue(
        call.world, "instagram", person, client, scopes, Lifetimes(LONG_MS), prefix="IGAA"
    )
    call.acted(True)
    body = {"access_token": grant.access, "token_type": "bearer", "expires_in": LONG_MS // 1000}
    return json_answer(body)


def refresh(call: Call) -> Answer:
    """Another 60 days for a long token that is at least a day old and still alive."""
    if call.arg("grant_type") != "ig_refresh_token":
        raise bad_parameter("grant_type")
    row = grants.find(call.world, call.arg("access_token"))
    if row is None or row["platform"] != "instagram" or row["expires"] <= call.now:
        raise InstagramErrors().expired(call)
    call.actor = people.by_id(call.world.db, row["person"])
    if not row["long"] or call.now - row["created"] < grants.DAY:
        raise graph_error(400, 10, "(#10) The access token is too young to be refreshed.")
    return _long(call, row["person"], row["client_id"], row["scopes"])


def facebook_token(call: Call) -> Answer:
    """Facebook Login: a code, or a short token, for a long one."""
    if call.arg("grant_type") == "fb_exchange_token":
        row = grants.find(call.world, call.arg("fb_exchange_token"))
        if row is None or row["expires"] <= call.now:
            raise InstagramErrors().expired(call)
        call.actor = people.by_id(call.world.db, row["person"])
        return _long(call, row["person"], row["client_id"], row["scopes"])
    code = _taken(call)
    if code is None:
        raise graph_error(400, 100, "This authorization code has been used.", 36009)
    call.actor = people.by_id(call.world.db, code.person)
    return _long(call, code.person, code.client_id, code.scopes)


def my_pages(call: Call) -> Answer:
    """Facebook Login: the page behind the account, with a token of its own."""
    access = call.token.access if call.token is not None else ""
    page = {
        "id": f"10{call.me.uid[4:]}",
        "name": call.me.name,
        "access_token": access,
        "instagram_business_account": {"id": call.me.uid},
    }
    return json_answer({"data": [page], "paging": {"cursors": {"before": "QQ", "after": "QQ"}}})


def revoke(call: Call) -> Answer:
    """Facebook Login: the app loses its permissions."""
    if call.token is not None:
        grants.revoke(call.world, "instagram", call.token.access)
    call.acted(True)
    return json_answer({"success": True})


def authenticate(call: Call, route: Route) -> None:
    """Sets the acting account from the token in the query, the body or the header."""
    access = call.arg("access_token") or call.bearer()
    if not access:
        message = "An access token is required to request this resource."
        raise graph_error(400, 104, message)
    row = grants.find(call.world, access)
    if row is None or row["platform"] != "instagram":
        raise graph_error(400, 190, "Invalid OAuth access token - Cannot parse access token")
    if row["expires"] <= call.now:
        raise InstagramErrors().expired(call)
    call.token = grants.as_token(row)
    call.actor = people.by_id(call.world.db, row["person"])
    # Either product's name of the permission is enough.
    if route.scopes and not call.token.scopes & set(route.scopes):
        message = "(#10) Application does not have permission for this action"
        raise graph_error(403, 10, message)
