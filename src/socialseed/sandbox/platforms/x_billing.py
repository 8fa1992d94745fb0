"""X's pay-per-use: what calls cost, credits that run out, and the month's cap of posts read.

Off until control sets credits or a cap. Amounts in millionths of a dollar (pricing page, 2026-08).
"""

import json
import re
import sqlite3

from socialseed.sandbox.call import ApiError, Call, Handler, Json, object_of, text_of
from socialseed.sandbox.clock import from_ms
from socialseed.sandbox.http import Answer, json_answer
from socialseed.sandbox.platforms.x_errors import problem
from socialseed.sandbox.store import get_meta, set_meta

CAP = 3_000_000  # posts read in a month
_POST, _LINK_POST, _REPLY = 15_000, 200_000, 10_000
_READS = {"tweets": 5_000, "users": 10_000}
_WRITES = {
    "like": 15_000, "follow": 15_000, "repost": 15_000, "unlike": 10_000, "unfollow": 10_000,
    "unrepost": 10_000, "delete": 10_000,
}  # fmt: skip
_URL = re.compile(r"https?://\S+")


def settings(db: sqlite3.Connection) -> Json:
    """Credits left in dollars and the cap of posts; None where none is set."""
    credits, cap = get_meta(db, "x.credits"), get_meta(db, "x.cap")
    return {"credits": int(credits) / 1e6 if credits else None, "cap": int(cap) if cap else None}


def choose(db: sqlite3.Connection, credits: float | None, cap: int | None) -> None:
    """From now on the app has these credits (dollars) and this cap; None: without end."""
    set_meta(db, "x.credits", "" if credits is None else str(round(credits * 1e6)))
    set_meta(db, "x.cap", "" if cap is None else str(cap))


def priced(handler: Handler) -> Handler:
    """The handler, refused when credits or cap are used up, and paid for when it succeeds."""

    def paid(call: Call) -> Answer:
        db = call.world.db
        credits, cap = get_meta(db, "x.credits"), get_meta(db, "x.cap")
        if not credits and not cap:
            return handler(call)
        if credits and int(credits) <= 0:
            raise _depleted(call)
        if cap and call.request.method == "GET" and _read(call) >= int(cap):
            raise _capped()
        answer = handler(call)
        _pay(call, answer, credits)
        return answer

    return paid


def _pay(call: Call, answer: Answer, credits: str) -> None:
    db = call.world.db
    posts, users = _resources(answer) if call.request.method == "GET" else (0, 0)
    if posts:
        set_meta(db, f"x.read.{_month(call)}", str(_read(call) + posts))
    cost = posts * _READS["tweets"] + users * _READS["users"]
    if call.outcome == "performed":
        cost += _WRITES.get(call.verb, 0)
        if call.path.rstrip("/") == "/2/tweets":
            cost += _post_price(call)
    if credits:
        set_meta(db, "x.credits", str(int(credits) - cost))


def _post_price(call: Call) -> int:
    if _URL.search(text_of(call.body.get("text"))):
        return _LINK_POST
    return _REPLY if object_of(call.body.get("reply")) and call.tier == "self_serve" else _POST


def _resources(answer: Answer) -> tuple[int, int]:
    """How many posts and users an answer holds."""
    body = object_of(json.loads(answer.body or b"{}"))
    data = body.get("data")
    found = data if isinstance(data, list) else [data] if data else []
    posts = sum(1 for one in found if "text" in object_of(one))
    users = sum(1 for one in found if "username" in object_of(one))
    more = object_of(body.get("includes"))
    extra = more.get("users")
    return posts, users + (len(extra) if isinstance(extra, list) else 0)


def _month(call: Call) -> str:
    return from_ms(call.now).strftime("%Y-%m")


def _read(call: Call) -> int:
    return int(get_meta(call.world.db, f"x.read.{_month(call)}", "0"))


def _depleted(call: Call) -> ApiError:
    detail = "Your enrolled account does not have any credits to fulfill this request."
    error = problem(402, "CreditsDepleted", detail, "credits")
    body = object_of(json.loads(error.answer.body))
    error.answer.body = json.dumps(body | {"account_id": 123}).encode()
    return error


def _capped() -> ApiError:
    error = problem(
        429, "UsageCapExceeded", "Usage cap exceeded: Monthly product cap", "usage-capped"
    )
    body = object_of(json.loads(error.answer.body))
    error.answer.body = json.dumps(body | {"period": "Monthly", "scope": "Product"}).encode()
    return error


def usage(call: Call) -> Answer:
    """Posts read this month and the cap."""
    told = settings(call.world.db)["cap"]
    data: Json = {
        "project_id": "1", "project_usage": str(_read(call)), "project_cap": str(told or CAP),
        "cap_reset_day": 1,
    }  # fmt: skip
    return json_answer({"data": data})
