"""The sandbox's front door: sends a request to control, to a page or through the API pipeline.

An API call is authenticated, limited, performed and journaled in one transaction; the journal's
line is on disk before anything is answered, whatever a fault then does to the answer.
"""

import hashlib
import secrets
import traceback
from urllib.parse import urlsplit

from socialseed.core.clock import iso as iso_of
from socialseed.sandbox import control
from socialseed.sandbox.call import ApiError, Call, Route
from socialseed.sandbox.clock import hold, instant, iso, wall
from socialseed.sandbox.faults import REFUSING, Faults, Rule, spoil
from socialseed.sandbox.http import Answer, Request, json_answer
from socialseed.sandbox.limits import Limits
from socialseed.sandbox.platforms import ERRORS, HOSTS, LIMITERS, ROUTES
from socialseed.sandbox.state import State
from socialseed.sandbox.web import pages
from socialseed.sandbox.world.world import World

NOW = "sandbox-now"  # the header by which a caller moves a manual clock along with his own


class App:
    """Answers every request of one sandbox."""

    def __init__(self, world: World) -> None:
        self.state = State(world, Faults(), Limits())

    async def __call__(self, request: Request) -> Answer:
        """The answer to `request`."""
        told = request.headers.get(NOW)
        if told is not None and self.state.world.clock.mode == "manual":
            try:
                self.state.world.clock.move_to(instant(told))
            except ValueError:
                return json_answer({"error": f"{NOW} is not an ISO 8601 instant"}, 422)
        self.state.world.catch_up()
        first, _, rest = request.path.lstrip("/").partition("/")
        path = "/" + rest
        if first == "_control":
            return control.answer(self.state, request, path)
        if first == "_media":
            return pages.media(self.state, path)
        if first in HOSTS:
            route, params = _match(first, request.method, path)
            if route is not None:
                call = self._call(first, path, request, params)
                return await self._perform(call, route)
            if first in pages.HOSTS:
                return self._page(first, path, request)
            call = self._call(first, path, request, {})
            call.outcome = "error"
            return self._journaled(call, ERRORS[HOSTS[first]].unknown_path(call))
        return pages.home(self.state) if not first else json_answer({"error": "unknown host"}, 404)

    def _call(self, host: str, path: str, request: Request, params: dict[str, str]) -> Call:
        return Call(
            self.state.world, request, HOSTS[host], host, path, params,
            self.state.tier_of(HOSTS[host]),
            request_id=secrets.token_hex(12),
        )  # fmt: skip

    def _page(self, host: str, path: str, request: Request) -> Answer:
        """A page, or a press on one of its buttons, which the journal notes."""
        call = self._call(host, path, request, {})
        if request.method == "GET":
            return pages.show(call)
        call.via = "web"
        self.state.world.db.execute("BEGIN")
        try:
            answer = pages.press(call)
        except BaseException:
            self.state.world.db.execute("ROLLBACK")
            raise
        return self._journaled(call, answer, begun=True)

    async def _perform(self, call: Call, route: Route) -> Answer:
        db = self.state.world.db
        db.execute("BEGIN")
        rule: Rule | None = None
        headers: dict[str, str] = {}
        db.execute("SAVEPOINT act")
        try:
            call.verb = _verb(call, route)
            if route.auth is not None:
                route.auth(call, route)
                call.verb = _verb(call, route)
            rule = self.state.faults.take(call.platform, call.verb, _handle(call))
            if rule is not None and rule.mode in REFUSING:
                raise _fault_error(call, rule)
            headers = self._limit(call, route)
            answer = route.handler(call)
        except ApiError as error:
            db.execute("ROLLBACK TO act")
            call.outcome = "error" if error.answer.status >= 500 else "refused"
            if rule is not None and rule.mode == "ok_with_error_body":
                call.outcome = "error"
            answer = error.answer
        except Exception:  # noqa: BLE001  the edge: a bug becomes a 500 that the journal shows
            traceback.print_exc()
            db.execute("ROLLBACK TO act")
            call.outcome = "error"
            answer = ERRORS[call.platform].broken(call, 500).answer
        answer.headers.update(headers)
        self._journaled(call, answer, begun=True)
        return await _deliver(rule, answer, call.outcome)

    def _limit(self, call: Call, route: Route) -> dict[str, str]:
        return LIMITERS[call.platform](self.state.limits, call, route)

    def _journaled(self, call: Call, answer: Answer, *, begun: bool = False) -> Answer:
        """Commits the change with its entry, then the entry is on disk."""
        world = self.state.world
        if not begun:
            world.db.execute("BEGIN")
        try:
            line = world.journal.record(_entry(call, answer))
            world.db.execute("COMMIT")
        except BaseException:
            world.db.execute("ROLLBACK")
            raise
        world.journal.write(line)
        return answer


def _match(host: str, method: str, path: str) -> tuple[Route | None, dict[str, str]]:
    for route in ROUTES[host]:
        if route.method == method:
            found = route.pattern.match(path)
            if found is not None:
                return route, found.groupdict()
    return None, {}


def _verb(call: Call, route: Route) -> str:
    return route.verb if isinstance(route.verb, str) else route.verb(call)


def _handle(call: Call) -> str | None:
    return call.actor.handle if call.actor is not None else None


def _entry(call: Call, answer: Answer) -> dict[str, object]:
    request = call.request
    key = request.headers.get("idempotency-key") or request.headers.get("x-client-request-id")
    entry: dict[str, object] = {
        "at": iso(call.now),
        "wall": iso_of(wall()),
        "platform": call.platform,
        "account": _handle(call),
        "verb": call.verb,
        "target": call.target,
        "idempotency_key": key,
        "body_hash": hashlib.sha256(request.body).hexdigest(),
        "outcome": call.outcome,
        "status": answer.status,
        "request_id": call.request_id,
        "path": f"{request.method} {urlsplit(call.path).path}",
    }
    if call.text is not None:
        digest = hashlib.sha256(call.text.encode("utf-8", "surrogatepass")).hexdigest()
        entry |= {"text": call.text, "text_sha256": digest, "text_hash": digest}
    if call.via is not None:
        entry["via"] = call.via
    return entry


def _fault_error(call: Call, rule: Rule) -> ApiError:
    errors = ERRORS[call.platform]
    if rule.mode == "429":
        error = errors.limited(call)
        if rule.retry_after is not None:
            error.answer.headers["retry-after"] = rule.retry_after
    elif rule.mode == "token_expired":
        error = errors.expired(call)
    elif rule.mode == "ok_with_error_body":
        error = errors.broken(call, 500)
        error.answer.status = 200
    else:
        error = errors.broken(call, int(rule.mode))
        if rule.retry_after is not None:
            error.answer.headers["retry-after"] = rule.retry_after
    return error


async def _deliver(rule: Rule | None, answer: Answer, outcome: str) -> Answer:
    if rule is None or rule.mode in REFUSING:
        return answer
    delay = rule.delay_ms or (60_000 if rule.mode == "performed_then_timeout" else 0)
    if delay:
        await hold(delay / 1000)
    return spoil(rule, answer) if outcome in ("performed", "read") else answer
