"""The platforms' own endpoints for webhooks: X registration and subscriptions, Instagram's
`subscribed_apps`, TikTok for Business callbacks. A challenge is answered before the call runs.
"""

import base64
from collections.abc import Awaitable, Callable

from socialseed.sandbox import happenings, webhooks
from socialseed.sandbox.call import ApiError, Call, Json, Route, object_of, path_pattern, row_id
from socialseed.sandbox.call import text_of as text
from socialseed.sandbox.clock import iso
from socialseed.sandbox.draw import number
from socialseed.sandbox.http import Answer, json_answer
from socialseed.sandbox.notices import X_EVENTS
from socialseed.sandbox.platforms import x_oauth
from socialseed.sandbox.platforms.instagram_errors import bad_parameter, graph_error
from socialseed.sandbox.platforms.instagram_oauth import authenticate as instagram_token
from socialseed.sandbox.platforms.instagram_oauth import page_id
from socialseed.sandbox.platforms.tiktok_errors import business_error, business_ok
from socialseed.sandbox.platforms.x_errors import invalid, missing, problem
from socialseed.sandbox.webhooks import Hooks, Unproved, Wish, drop, keep
from socialseed.sandbox.world import people

X_LIMIT = 5  # webhooks of one app; X's own number depends on the plan
_BUSINESS_KINDS = {
    "COMMENT": "comment.update",
    "VIDEO": "post.publish.complete post.publish.publicly_available post.publish.failed",
    "BRAND_MENTION": "brand.mention", "DIRECT_MESSAGE": "direct.message",
}  # fmt: skip


def app_token(call: Call) -> Answer:
    """X's app-only bearer; the secret of the Basic header is what its webhooks are signed with."""
    answer = x_oauth.app_token(call)
    client, secret = _basic(call)
    if client and secret:
        call.world.db.execute("INSERT OR REPLACE INTO hook_apps VALUES (?, ?)", (client, secret))
    return answer


def _basic(call: Call) -> tuple[str, str]:
    header = call.request.headers.get("authorization", "")
    try:
        client, _, secret = base64.b64decode(header[6:]).decode().partition(":")
    except ValueError:
        return "", ""
    return client, secret


def _client(call: Call) -> str:
    return call.token.client_id if call.token is not None else ""


def _secret_of(call: Call) -> str:
    row = call.world.db.execute(
        "SELECT secret FROM hook_apps WHERE client = ?", (_client(call),)
    ).fetchone()
    return str(row[0]) if row else ""


def _x_hook(call: Call, hook: str) -> Json:
    row = call.world.db.execute(
        "SELECT * FROM hooks WHERE id = ? AND platform = 'twitter' AND client = ?",
        (row_id(hook), _client(call)),
    ).fetchone()
    call.target = hook
    if row is None:
        raise ApiError(404, {"errors": [missing("webhook", "id", hook)]})
    return dict(row)


def _shown(row: Json) -> Json:
    return {"id": str(row["id"]), "url": row["url"], "valid": bool(row["valid"]),
            "created_at": iso(int(str(row["created"])))}  # fmt: skip


def x_register(call: Call) -> Answer:
    """The address proved itself and is registered."""
    url, db = text(call.body.get("url")), call.world.db
    mine = db.execute(
        "SELECT url FROM hooks WHERE platform = 'twitter' AND client = ?", (_client(call),)
    ).fetchall()
    if any(row[0] == url for row in mine):
        raise invalid("url", url, "DuplicateUrlFailed")
    if len(mine) >= X_LIMIT:
        raise invalid("url", url, "WebhookLimitExceeded")
    if call.unproved is not None:
        raise invalid("url", url, call.unproved)
    wish = Wish("twitter", url, _secret_of(call), _client(call), everybody=False)
    hook = keep(db, wish, call.now)
    happenings.watch(db)
    call.target = str(hook)
    call.acted(True)
    return json_answer({"data": _shown(_x_hook(call, str(hook)))})


def x_list(call: Call) -> Answer:
    """The app's webhooks."""
    rows = call.world.db.execute(
        "SELECT * FROM hooks WHERE platform = 'twitter' AND client = ? ORDER BY id",
        (_client(call),),
    ).fetchall()
    return json_answer(
        {"data": [_shown(dict(row)) for row in rows], "meta": {"result_count": len(rows)}}
    )


def x_prove(call: Call) -> Answer:
    """The challenge was run again."""
    row = _x_hook(call, call.params["id"])
    good = call.unproved is None
    call.world.db.execute(
        "UPDATE hooks SET valid = ?, proved = CASE ? WHEN 1 THEN ? ELSE proved END, tried = ?"
        " WHERE id = ?",
        (int(good), int(good), call.now, call.now, row["id"]),
    )
    if not good:
        raise invalid("url", str(row["url"]), call.unproved or "")
    call.acted(True)
    return json_answer({"data": {"valid": True}})


def x_remove(call: Call) -> Answer:
    """The webhook is gone."""
    call.acted(drop(call.world.db, int(str(_x_hook(call, call.params["id"])["id"]))))
    happenings.watch(call.world.db)
    return json_answer({"data": {"deleted": True}})


def x_replay(call: Call) -> Answer:
    """What was delivered within the last 24 hours is due again."""
    hook = _x_hook(call, text(call.body.get("webhook_id")))
    found = call.world.db.execute(
        "UPDATE deliveries SET state = 'waiting', due = ? WHERE hook = ? AND state <> 'waiting'"
        " AND created >= ? AND kind NOT IN ('forged', 'replayed', 'large')",
        (call.now, hook["id"], call.now - 24 * webhooks.HOUR_MS),
    )
    call.acted(found.rowcount > 0)
    job = str(number("replay", hook["id"], call.now))
    return json_answer({"data": {"job_id": job, "created_at": iso(call.now)}})


def x_subscribe(call: Call) -> Answer:
    """Events of one kind about one account go to the webhook."""
    kind, db = text(call.body.get("event_type")), call.world.db
    uid = text(object_of(call.body.get("filter")).get("user_id"))
    person = people.by_uid(db, "twitter", uid)
    if kind not in X_EVENTS.values():
        raise invalid("event_type", kind, "The event type is not known.")
    if person is None or (kind != "profile.update" and not _authorised(call, person.id)):
        raise problem(403, "Forbidden", "The user has not authorized this app.")
    hook = _x_hook(call, text(call.body.get("webhook_id")))
    found = db.execute(
        "INSERT INTO hook_subscriptions (hook, platform, person, kind, tag, login, created)"
        " VALUES (?, 'twitter', ?, ?, ?, '', ?)",
        (hook["id"], person.id, kind, text(call.body.get("tag")), call.now),
    )
    call.target = person.handle
    call.acted(True)
    return json_answer({"data": _subscription(call, int(found.lastrowid or 0))})


def _authorised(call: Call, person: int) -> bool:
    row = call.world.db.execute(
        "SELECT 1 FROM tokens WHERE person = ? AND client_id = ? LIMIT 1",
        (person, _client(call)),
    ).fetchone()
    return row is not None


def _subscription(call: Call, number_: int) -> Json:
    row = call.world.db.execute(
        "SELECT s.*, p.uid FROM hook_subscriptions s JOIN people p ON p.id = s.person"
        " WHERE s.id = ?",
        (number_,),
    ).fetchone()
    return {
        "subscription_id": str(row["id"]),
        "event_type": row["kind"],
        "filter": {"user_id": row["uid"]},
        "tag": row["tag"],
        "webhook_id": str(row["hook"]),
        "created_at": iso(row["created"]),
        "updated_at": iso(row["created"]),
    }


def x_subscriptions(call: Call) -> Answer:
    """The app's subscriptions."""
    rows = call.world.db.execute(
        "SELECT s.id FROM hook_subscriptions s JOIN hooks h ON h.id = s.hook WHERE h.client = ?"
        " AND h.platform = 'twitter' ORDER BY s.id",
        (_client(call),),
    ).fetchall()
    shown = [_subscription(call, int(row[0])) for row in rows]
    return json_answer({"data": shown, "meta": {"result_count": len(shown)}})


def x_unsubscribe(call: Call) -> Answer:
    """The subscription is gone."""
    call.target = call.params["id"]
    found = call.world.db.execute(
        "DELETE FROM hook_subscriptions WHERE id = ? AND hook IN"
        " (SELECT id FROM hooks WHERE client = ?)",
        (row_id(call.params["id"]), _client(call)),
    )
    if not found.rowcount:
        raise ApiError(404, {"errors": [missing("subscription", "id", call.params["id"])]})
    call.acted(True)
    return json_answer({"data": {"deleted": True}})


_KNOWN_FIELDS = {"comments", "live_comments", "mentions", "messages", "message_reactions",
                 "messaging_postbacks", "messaging_seen", "story_insights"}  # fmt: skip
_PAGE_FIELDS = {"feed", "mention", "name", "picture"}  # a page's own, as far as the sandbox knows


def subscribed_apps(call: Call) -> Answer:
    """The account's comments and mentions go to the app's webhook from now on, or no longer.

    Facebook Login asks for them on the account's page, by any of the page's own fields.
    """
    page = call.host == "graph.facebook.com" and call.params["id"] == page_id(call)
    if call.params["id"] not in (call.me.uid, "me") and not page:
        raise graph_error(403, 10, "(#10) Application does not have permission for this action")
    db = call.world.db
    if call.request.method == "GET":
        rows = db.execute(
            "SELECT kind FROM hook_subscriptions WHERE platform = 'instagram' AND person = ?",
            (call.me.id,),
        )
        return json_answer({"data": [{"subscribed_fields": row[0].split()} for row in rows]})
    fields = [one.strip() for one in call.arg("subscribed_fields").split(",") if one.strip()]
    known = _KNOWN_FIELDS | (_PAGE_FIELDS if page else set())
    if call.request.method == "POST" and (not fields or set(fields) - known):
        raise bad_parameter("subscribed_fields")
    removed = db.execute(
        "DELETE FROM hook_subscriptions WHERE platform = 'instagram' AND person = ?",
        (call.me.id,),
    ).rowcount
    if call.request.method == "POST":
        login = "facebook" if call.host == "graph.facebook.com" else "instagram"
        db.execute(
            "INSERT INTO hook_subscriptions (hook, platform, person, kind, tag, login, created)"
            " VALUES (NULL, 'instagram', ?, ?, '', ?, ?)",
            (call.me.id, "" if page else " ".join(fields), login, call.now),
        )
    call.acted(call.request.method == "POST" or removed > 0)
    return json_answer({"success": True})


def business_update(call: Call) -> Answer:
    """The app's callback for one kind of event."""
    kind, url = text(call.body.get("event_type")), text(call.body.get("callback_url"))
    app, secret = text(call.body.get("app_id")), text(call.body.get("secret"))
    if kind not in _BUSINESS_KINDS or not app or not secret or call.unproved is not None:
        raise business_error(call, 40002, call.unproved or "app_id, secret or event_type.")
    _forget(call, app, kind)
    kinds = tuple(_BUSINESS_KINDS[kind].split())
    keep(call.world.db, Wish("tiktok", url, secret, app, login=kind, kinds=kinds), call.now)
    happenings.watch(call.world.db)
    call.acted(True)
    data: Json = {"app_id": app, "event_type": kind, "callback_url": url}
    return business_ok(call, data)


def _forget(call: Call, app: str, kind: str) -> int:
    rows = call.world.db.execute(
        "SELECT id FROM hooks WHERE platform = 'tiktok' AND client = ? AND login = ?", (app, kind)
    ).fetchall()
    return sum(drop(call.world.db, int(row[0])) for row in rows)


def business_list(call: Call) -> Answer:
    """The app's callback for a kind of event."""
    app, kind = call.arg("app_id"), call.arg("event_type")
    row = call.world.db.execute(
        "SELECT url FROM hooks WHERE platform = 'tiktok' AND client = ? AND login = ?", (app, kind)
    ).fetchone()
    data: Json = {"app_id": app, "event_type": kind, "callback_url": row[0] if row else ""}
    return business_ok(call, data)


def business_delete(call: Call) -> Answer:
    """The callback is gone."""
    app, kind = text(call.body.get("app_id")), text(call.body.get("event_type"))
    call.acted(_forget(call, app, kind) > 0)
    happenings.watch(call.world.db)
    return business_ok(call, {"app_id": app, "event_type": kind})


def _x(method: str, path: str, handler: Callable[[Call], Answer], *, user: bool = False) -> Route:
    limits = (500, 900, f"{method} {path}", 500) if user else (0, 900, f"{method} {path}", 450)
    return Route(method, path_pattern(path), handler, "webhooks", x_oauth.authenticate, (), *limits)


def _graph(method: str) -> Route:
    pattern = path_pattern("(?:/v[0-9]+\\.[0-9]+)?/{id}/subscribed_apps")
    return Route(method, pattern, subscribed_apps, "webhooks", instagram_token, (), 200, 3600,
                 "subscribed_apps")  # fmt: skip


_GRAPH = (_graph("POST"), _graph("DELETE"), _graph("GET"))
_TIKTOK = "/open_api/v1.3/business/webhook"
ROUTES: dict[str, tuple[Route, ...]] = {
    "api.x.com": (
        Route("POST", path_pattern("/oauth2/token"), app_token, "token"),
        _x("POST", "/2/webhooks", x_register),
        _x("GET", "/2/webhooks", x_list),
        _x("POST", "/2/webhooks/replay", x_replay),
        _x("PUT", "/2/webhooks/{id}", x_prove),
        _x("DELETE", "/2/webhooks/{id}", x_remove),
        _x("POST", "/2/activity/subscriptions", x_subscribe, user=True),
        _x("GET", "/2/activity/subscriptions", x_subscriptions, user=True),
        _x("DELETE", "/2/activity/subscriptions/{id}", x_unsubscribe, user=True),
    ),
    "graph.instagram.com": _GRAPH,
    "graph.facebook.com": _GRAPH,
    "business-api.tiktok.com": (
        Route("POST", path_pattern(f"{_TIKTOK}/update"), business_update, "webhooks"),
        Route("GET", path_pattern(f"{_TIKTOK}/list"), business_list, "webhooks"),
        Route("POST", path_pattern(f"{_TIKTOK}/delete"), business_delete, "webhooks"),
    ),
}


async def challenge(hooks: Hooks, call: Call, route: Route) -> None:
    """Runs the challenge that this call asks for; `unproved` tells why it failed."""
    before = _CHALLENGES.get((route.method, route.handler))
    if before is not None:
        await before(hooks, call, route)


async def _challenge_x(hooks: Hooks, call: Call, route: Route) -> None:
    try:
        x_oauth.authenticate(call, route)
        url = text(call.body.get("url"))
        if "id" in call.params:
            url = str(_x_hook(call, call.params["id"])["url"])
        await hooks.prove(Wish("twitter", url, _secret_of(call)))
    except ApiError:
        return  # the call itself says so
    except Unproved as error:
        call.unproved = str(error)


async def _challenge_business(hooks: Hooks, call: Call, route: Route) -> None:
    try:
        await hooks.prove(Wish("tiktok", text(call.body.get("callback_url")), ""))
    except Unproved as error:
        call.unproved = str(error)


_Before = Callable[[Hooks, Call, Route], Awaitable[None]]
_CHALLENGES: dict[tuple[str, Callable[[Call], Answer]], _Before] = {
    ("POST", x_register): _challenge_x,
    ("PUT", x_prove): _challenge_x,
    ("POST", business_update): _challenge_business,
}
