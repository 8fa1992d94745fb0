"""The control desk's orders for webhooks: what a developer portal does, and delivery on demand."""

import json

from socialseed.sandbox import happenings
from socialseed.sandbox.call import Json
from socialseed.sandbox.clock import iso
from socialseed.sandbox.http import Answer, Request, json_answer
from socialseed.sandbox.state import State
from socialseed.sandbox.webhooks import Unproved, Wish, drop, keep
from socialseed.sandbox.world.people import PLATFORMS


async def answer(state: State, request: Request, path: str) -> Answer | None:
    """Carries out an order about webhooks; None if it is none."""
    order = (request.method, path.rstrip("/"))
    if order == ("POST", "/webhooks"):
        return await _register(state, request)
    if order == ("POST", "/webhooks/deliver"):
        return json_answer(await state.hooks.deliver())
    if order == ("GET", "/webhooks"):
        return json_answer({"webhooks": _hooks(state)})
    if order == ("GET", "/webhooks/deliveries"):
        return json_answer(_deliveries(state, request))
    if order == ("DELETE", "/webhooks"):
        return _remove(state, request)
    return None


async def _register(state: State, request: Request) -> Answer:
    try:
        body = json.loads(request.body)
        wish = _wish(body)
        await state.hooks.prove(wish)
    except Unproved as error:
        return json_answer({"error": str(error)}, 422)
    except (KeyError, ValueError, TypeError) as error:
        return json_answer({"error": f"{type(error).__name__}: {error}"}, 422)
    db = state.world.db
    db.execute("BEGIN")
    for row in db.execute(
        "SELECT id FROM hooks WHERE platform = ? AND url = ?", (wish.platform, wish.url)
    ).fetchall():
        drop(db, int(row[0]))
    hook = keep(db, wish, state.world.now())
    happenings.watch(db)
    db.execute("COMMIT")
    (shown,) = [one for one in _hooks(state) if one["id"] == str(hook)]
    return json_answer(shown)


def _wish(body: Json) -> Wish:
    platform = str(body["platform"])
    if platform not in PLATFORMS:
        raise ValueError("platform is twitter, instagram or tiktok")
    kinds = body.get("kinds")
    return Wish(
        platform=platform,
        url=str(body["url"]),
        secret=str(body["secret"]),
        client=str(body.get("client_id") or "app"),
        verify_token=str(body.get("verify_token") or ""),
        login=str(body.get("login") or "facebook"),
        kinds=tuple(map(str, kinds)) if isinstance(kinds, list) else (),
        everybody=not body.get("subscribed_only"),
    )


def _hooks(state: State) -> list[Json]:
    rows = state.world.db.execute(
        "SELECT h.*, count(d.id) FILTER (WHERE d.state = 'waiting') AS waiting,"
        " count(d.id) FILTER (WHERE d.state = 'sent') AS sent,"
        " count(d.id) FILTER (WHERE d.state = 'gave_up') AS gave_up"
        " FROM hooks h LEFT JOIN deliveries d ON d.hook = h.id GROUP BY h.id ORDER BY h.id"
    )
    return [
        {"id": str(row["id"]), "platform": row["platform"], "url": row["url"],
         "client_id": row["client"], "valid": bool(row["valid"]), "kinds": row["kinds"].split(),
         "subscribed_only": not row["everybody"], "waiting": row["waiting"], "sent": row["sent"],
         "gave_up": row["gave_up"], "dropped": row["dropped"]}
        for row in rows
    ]  # fmt: skip


def _deliveries(state: State, request: Request) -> Json:
    after, limit = int(request.query.get("after") or 0), int(request.query.get("limit") or 200)
    rows = state.world.db.execute(
        "SELECT * FROM deliveries WHERE id > ? ORDER BY id LIMIT ?", (after, min(limit, 5000))
    )
    items = [
        {"id": row["id"], "webhook": str(row["hook"]), "event": row["kind"], "state": row["state"],
         "tries": row["tries"], "status": row["status"], "due": iso(row["due"]),
         "body": row["body"] if len(row["body"]) < 65_536 else None}
        for row in rows
    ]  # fmt: skip
    return {"deliveries": items}


def _remove(state: State, request: Request) -> Answer:
    """Removes the webhook named by `?id=`, or all of them."""
    db, named = state.world.db, request.query.get("id")
    db.execute("BEGIN")
    rows = db.execute("SELECT id FROM hooks WHERE ?1 IS NULL OR id = ?1", (named,)).fetchall()
    for row in rows:
        drop(db, int(row[0]))
    happenings.watch(db)
    db.execute("COMMIT")
    return json_answer({"removed": [str(row[0]) for row in rows]})
