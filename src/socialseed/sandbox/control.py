"""The control desk under `/_control`: clock, accounts, tokens, faults, tier, journal, enforcement.

No auth. Orders about webhooks are in `hook_desk`.
"""

import json
import re
from collections.abc import Callable

from socialseed.sandbox.call import Json, object_of
from socialseed.sandbox.clock import DAY_MS, instant, iso
from socialseed.sandbox.faults import MODES, Rule
from socialseed.sandbox.guard import chosen
from socialseed.sandbox.http import Answer, Request, json_answer
from socialseed.sandbox.platforms import mint, x_billing
from socialseed.sandbox.state import State
from socialseed.sandbox.store import get_meta
from socialseed.sandbox.world import people, standing, words
from socialseed.sandbox.world.people import Person


class Refused(Exception):
    """The order cannot be carried out; the text says why."""


def answer(state: State, request: Request, path: str) -> Answer:
    """Carries out one order."""
    for method, pattern, handler in _ORDERS:
        found = re.fullmatch(pattern, path.rstrip("/"))
        if found and method == request.method:
            try:
                body = json.loads(request.body or b"{}")
                with _transaction(state):
                    return json_answer(handler(state, request, body, *found.groups()))
            except Refused as error:
                return json_answer({"error": str(error)}, 422)
            except (KeyError, ValueError, TypeError) as error:
                return json_answer({"error": f"{type(error).__name__}: {error}"}, 422)
    return json_answer({"error": "no such control endpoint"}, 404)


class _transaction:
    """One transaction around an order, unless the order makes its own."""

    def __init__(self, state: State) -> None:
        self._db = state.world.db

    def __enter__(self) -> None:
        self._db.execute("BEGIN")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._db.in_transaction:
            self._db.execute("COMMIT" if kind is None else "ROLLBACK")


def _health(state: State, request: Request, body: Json) -> Json:
    count = int(get_meta(state.world.db, "people", "0"))
    return {"status": "ok", "clock": iso(state.world.now()), "people": count}


def _clock(state: State, request: Request, body: Json) -> Json:
    if request.method == "POST":
        mode = str(body["mode"])
        if mode not in ("real", "manual"):
            raise Refused("mode is real or manual")
        state.world.clock.set_mode(mode, instant(body["now"]) if body.get("now") else None)
        state.world.journal.lazy = mode == "manual"
        state.world.journal.flush()
        _catch_up(state)
    return {"mode": state.world.clock.mode, "now": iso(state.world.now())}


def _advance(state: State, request: Request, body: Json) -> Json:
    state.world.clock.move_to(instant(body["to"]))
    done = _catch_up(state)
    return {"mode": "manual", "now": iso(state.world.now()), "applied": done}


def _catch_up(state: State) -> int:
    state.world.db.execute("COMMIT")
    return state.world.catch_up()


def _summary(state: State, person: Person) -> Json:
    rows = state.world.db.execute(
        "SELECT p.handle FROM follows f JOIN people p ON p.id = f.dst"
        " WHERE f.src = ? AND f.seeded = 0 ORDER BY f.at, p.handle",
        (person.id,),
    )
    return {
        "platform": person.platform,
        "id": person.uid,
        "handle": person.handle,
        "display_name": person.name,
        "bio": person.bio,
        "interests": words.names_of(person.interests),
        "followers": person.followers,
        "following": person.following,
        "posts": person.posts,
        "timezone": person.tz,
        "followed": [row[0] for row in rows],
    }


def _add_account(state: State, request: Request, body: Json) -> Json:
    if body.get("platform") not in people.PLATFORMS or not str(body.get("handle") or "").strip(
        "@ "
    ):
        raise Refused("platform is twitter, instagram or tiktok, and a handle is needed")
    person = people.create_owned(state.world.db, state.world.seed, state.world.now(), body)
    if person.kind != "owned":
        raise Refused("this handle belongs to somebody of the world")
    if body.get("tier"):
        state.set_tier(person.platform, str(body["tier"]))
    if body.get("age_days") is not None:
        created = state.world.now() - int(float(str(body["age_days"])) * DAY_MS)
        state.world.db.execute("UPDATE people SET created = ? WHERE id = ?", (created, person.id))
    return {"platform": person.platform, "id": person.uid, "handle": person.handle}


def _accounts(state: State, request: Request, body: Json) -> Json:
    return {"accounts": [_summary(state, p) for p in people.owned(state.world.db)]}


def _account(state: State, request: Request, body: Json, platform: str, handle: str) -> Json:
    return _summary(state, _owned(state, platform, handle))


def _owned(state: State, platform: object, handle: object) -> Person:
    person = people.by_handle(state.world.db, str(platform), str(handle))
    if person is None:
        raise Refused("no such account")
    return person


def _token(state: State, request: Request, body: Json) -> Json:
    person = _owned(state, body["platform"], body["handle"])
    scopes = body.get("scopes")
    named = " ".join(map(str, scopes)) if isinstance(scopes, list) else str(scopes or "")
    return mint(state.world, person, str(body.get("client_id") or "client"), named)


def _add_fault(state: State, request: Request, body: Json) -> Json:
    mode = str(body["mode"])
    if mode not in MODES:
        raise Refused(f"mode is one of {', '.join(MODES)}")
    times, retry = body.get("times"), body.get("retry_after")
    state.faults.rules.append(
        Rule(
            mode=mode,
            platform=_optional(body.get("platform")),
            verb=_optional(body.get("verb")),
            account=_optional(body.get("account")),
            times=int(str(times)) if times is not None else None,
            retry_after=str(retry) if retry is not None else None,
            delay_ms=int(str(body.get("delay_ms") or 0)),
            headers={str(k).lower(): str(v) for k, v in object_of(body.get("headers")).items()},
        )
    )
    return _faults(state, request, body)


def _optional(value: object) -> str | None:
    return str(value) if value else None


def _faults(state: State, request: Request, body: Json) -> Json:
    names = ("platform", "verb", "account", "mode", "times", "retry_after", "delay_ms", "headers",
             "hits")  # fmt: skip
    rules = [{n: getattr(rule, n) for n in names} for rule in state.faults.rules]
    return {"faults": rules, "trapped": state.faults.trapped}


def _drop_faults(state: State, request: Request, body: Json) -> Json:
    shown = _faults(state, request, body)
    state.faults.rules.clear()
    state.faults.trapped = 0
    return {"removed": shown["faults"]}


def _tier(state: State, request: Request, body: Json) -> Json:
    platform = str(body.get("platform") or request.query.get("platform") or "twitter")
    if platform not in people.PLATFORMS:
        raise Refused("platform is twitter, instagram or tiktok")
    if request.method == "POST":
        state.set_tier(platform, str(body.get("tier")))
    return {"platform": platform, "tier": state.tier_of(platform)}


def _billing(state: State, request: Request, body: Json) -> Json:
    if request.method == "POST":
        credits, cap = body.get("credits"), body.get("cap")
        x_billing.choose(
            state.world.db,
            float(str(credits)) if credits is not None else None,
            int(str(cap)) if cap is not None else None,
        )
    return x_billing.settings(state.world.db)


def _limits(state: State, request: Request, body: Json) -> Json:
    if request.method == "POST":
        state.limits.enforced = bool(body["enforced"])
    return {"enforced": state.limits.enforced}


def _people(state: State, request: Request, body: Json) -> Json:
    query = request.query
    limit = min(int(query.get("limit") or 50), 500)
    mask = words.mask_of([query["interest"]]) if query.get("interest") else 0
    join, args = "", [int(query.get("cursor") or 0), query.get("platform") or None]
    if query.get("interest"):
        join = " JOIN person_interest i ON i.person = p.id AND i.interest = ?3"
        args.append(mask.bit_length() - 1)
    rows = state.world.db.execute(
        f"SELECT {people.P_COLUMNS} FROM people p{join} WHERE p.id > ?1 AND p.kind <> 'owned'"
        f" AND (?2 IS NULL OR p.platform = ?2) ORDER BY p.id LIMIT {limit}",
        args,
    )
    found = [people.of_row(row) for row in rows]
    items = [
        {
            "platform": p.platform,
            "id": p.uid,
            "handle": p.handle,
            "display_name": p.name,
            "bio": p.bio,
            "kind": p.kind,
            "language": p.lang,
            "timezone": p.tz,
            "followers": p.followers,
            "interests": words.names_of(p.interests),
            "state": standing.of(state.world.db, p.id),
        }
        for p in found
    ]
    return {"people": items, "next_cursor": str(found[-1].id) if len(found) == limit else None}


def _person(state: State, request: Request, body: Json) -> Json:
    person = _owned(state, body["platform"], body["handle"])
    standing.put(state.world.db, person.id, str(body["state"]))
    return {"handle": person.handle, "state": standing.of(state.world.db, person.id)}


def _journal(state: State, request: Request, body: Json) -> Json:
    after, limit = int(request.query.get("after") or 0), int(request.query.get("limit") or 1000)
    return {"entries": state.world.journal.read(after, min(limit, 100_000))}


def _enforcement(state: State, request: Request, body: Json) -> Json:
    if request.method == "POST":
        state.guard.choose(chosen(body["profile"]))
    return state.guard.overview()


def _standing(state: State, request: Request, body: Json, platform: str, handle: str) -> Json:
    person = _owned(state, platform, handle)
    if request.method == "DELETE":
        state.guard.reset(person)
    elif request.method == "POST":
        if body.get("do") not in ("login", "reset"):
            raise Refused("do is login or reset")
        (state.guard.login if body["do"] == "login" else state.guard.reset)(person)
    return state.guard.explain(person)


_Order = Callable[..., Json]
_ORDERS: tuple[tuple[str, str, _Order], ...] = (
    ("GET", "/health", _health),
    ("GET", "/clock", _clock),
    ("POST", "/clock", _clock),
    ("POST", "/clock/advance", _advance),
    ("GET", "/accounts", _accounts),
    ("POST", "/accounts", _add_account),
    ("GET", "/accounts/([^/]+)/([^/]+)", _account),
    ("POST", "/tokens", _token),
    ("GET", "/faults", _faults),
    ("POST", "/faults", _add_fault),
    ("DELETE", "/faults", _drop_faults),
    ("GET", "/tier", _tier),
    ("POST", "/tier", _tier),
    ("GET", "/billing", _billing),
    ("POST", "/billing", _billing),
    ("GET", "/limits", _limits),
    ("POST", "/limits", _limits),
    ("GET", "/enforcement", _enforcement),
    ("POST", "/enforcement", _enforcement),
    ("GET", "/enforcement/([^/]+)/([^/]+)", _standing),
    ("POST", "/enforcement/([^/]+)/([^/]+)", _standing),
    ("DELETE", "/enforcement/([^/]+)/([^/]+)", _standing),
    ("GET", "/people", _people),
    ("POST", "/people", _person),
    ("GET", "/journal", _journal),
)
