"""The sandbox's front door: sends a request to control, to a page or through the API pipeline.

An API call is authenticated, limited, performed and journaled in one transaction; the journal's
line is on disk before anything is answered, whatever a fault then does to the answer.
"""

import hashlib
import secrets
import traceback
from urllib.parse import urlsplit

from socialseed.core.clock import iso as iso_of
from socialseed.sandbox import control, grants, happenings, hook_desk, hook_routes
from socialseed.sandbox.call import ApiError, Call, Route
from socialseed.sandbox.clock import hold, instant, iso, wall
from socialseed.sandbox.enforcement.profile import StepName
from socialseed.sandbox.faults import BROKEN, REFUSING, SILENT, Faults, Rule, spoil
from socialseed.sandbox.guard import Guard
from socialseed.sandbox.http import Answer, Request, html_answer, json_answer
from socialseed.sandbox.limits import Limits
from socialseed.sandbox.platforms import ERRORS, HOSTS, LIMITERS, ROUTES
from socialseed.sandbox.state import State
from socialseed.sandbox.web import pages
from socialseed.sandbox.web.render import render
from socialseed.sandbox.webhooks import Hooks
from socialseed.sandbox.world.world import World

NOW = "sandbox-now"  # the header by which a caller moves a manual clock along with his own


class App:
    """Answers every request of one sandbox. `hosts` may be called with webhooks besides this one.

    An order of the desk, an act or the clock may leave webhooks to deliver: they are told so.
    """

    def __init__(self, world: World, hosts: frozenset[str] = frozenset()) -> None:
        faults = Faults()
        self.state = State(world, faults, Limits(), Guard(world), Hooks(world, faults, hosts))
        happenings.watch(world.db)

    async def __call__(self, request: Request) -> Answer:
        """The answer to `request`."""
        told = request.headers.get(NOW)
        if told is not None and self.state.world.clock.mode == "manual":
            try:
                self.state.world.clock.move_to(instant(told))
            except ValueError:
                return json_answer({"error": f"{NOW} is not an ISO 8601 instant"}, 422)
        self.state.world.catch_up()
        try:
            return await self._answer(request)
        finally:
            self.state.guard.flush()
            self.state.hooks.kick()

    async def _answer(self, request: Request) -> Answer:
        first, _, rest = request.path.lstrip("/").partition("/")
        path = "/" + rest
        if first == "_control":
            told = await hook_desk.answer(self.state, request, path)
            return told or control.answer(self.state, request, path)
        if first == "_media":
            return pages.media(self.state, path)
        if first == "_trap":
            self.state.faults.trapped += 1
            return json_answer({"data": {"id": "1"}, "id": "1"})
        if first in HOSTS:
            return await self._platform(first, path, request)
        return pages.home(self.state) if not first else json_answer({"error": "unknown host"}, 404)

    async def _platform(self, host: str, path: str, request: Request) -> Answer:
        route, params = _match(host, request.method, path)
        call = self._call(host, path, request, params)
        if route is not None:
            await hook_routes.challenge(self.state.hooks, call, route)
            return await self._perform(call, route)
        if host in pages.HOSTS:
            return await self._page(call)
        call.outcome = "error"
        return await self._journaled(call, ERRORS[HOSTS[host]].unknown_path(call))

    def _call(self, host: str, path: str, request: Request, params: dict[str, str]) -> Call:
        return Call(
            self.state.world, request, HOSTS[host], host, path, params,
            self.state.tier_of(HOSTS[host]),
            request_id=secrets.token_hex(12),
        )  # fmt: skip

    async def _page(self, call: Call) -> Answer:
        """A page, or a press on one of its buttons, which the journal notes."""
        if call.request.method == "GET":
            return pages.show(call)
        call.via = "web"
        db = self.state.world.db
        db.execute("BEGIN")
        db.execute("SAVEPOINT press")
        try:
            answer = pages.press(call)
            step = self.state.guard.step(call)
            if step is not None:
                db.execute("ROLLBACK TO press")
                call.outcome = "refused"
                answer = _barred_page(step)
            self.state.guard.saw(call, defied=step)
        except BaseException:
            db.execute("ROLLBACK")
            raise
        return await self._journaled(call, answer, begun=True)

    async def _perform(self, call: Call, route: Route) -> Answer:
        db = self.state.world.db
        db.execute("BEGIN")
        rule: Rule | None = None
        step: StepName | None = None
        headers: dict[str, str] = {}
        db.execute("SAVEPOINT act")
        try:
            call.verb = _verb(call, route)
            if route.auth is not None:
                route.auth(call, route)
                call.verb = _verb(call, route)
                step = self.state.guard.step(call)
                if step is not None:
                    raise _barred(call, step)
            rule = self.state.faults.take(call.platform, call.verb, _handle(call))
            if rule is not None and rule.mode in REFUSING:
                raise _fault_error(call, rule)
            headers = self._limit(call, route)
            answer = route.handler(call)
            if rule is not None and rule.mode == SILENT and call.outcome == "performed":
                db.execute("ROLLBACK TO act")
                call.outcome = "acknowledged"
        except ApiError as error:
            db.execute("ROLLBACK TO act")
            answer = self._refused(call, rule, error)
        except Exception:  # noqa: BLE001  the edge: a bug becomes a 500 that the journal shows
            traceback.print_exc()
            db.execute("ROLLBACK TO act")
            call.outcome = "error"
            answer = ERRORS[call.platform].broken(call, 500).answer
        if rule is None or rule.mode not in REFUSING:
            self.state.guard.saw(call, defied=step)
        answer.headers.update(headers)
        await self._journaled(call, answer, begun=True)
        return await _deliver(rule, answer, call.outcome)

    def _refused(self, call: Call, rule: Rule | None, error: ApiError) -> Answer:
        """The refusal; a revoked grant is gone for good."""
        call.outcome = "error" if error.answer.status >= 500 else "refused"
        if rule is not None and rule.mode in ("ok_with_error_body", "redirect_loopback"):
            call.outcome = "error"
        if rule is not None and rule.mode == "token_revoked" and call.actor is not None:
            client = call.token.client_id if call.token is not None else ""
            grants.remove_app(self.state.world, call.platform, call.actor.id, client)
        return error.answer

    def _limit(self, call: Call, route: Route) -> dict[str, str]:
        return LIMITERS[call.platform](self.state.limits, call, route)

    async def _journaled(self, call: Call, answer: Answer, *, begun: bool = False) -> Answer:
        """Commits the change with its entry, then the entry is on disk. The first to let go."""
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
        await world.journal.keep()
        return answer


def _match(host: str, method: str, path: str) -> tuple[Route | None, dict[str, str]]:
    for route in (*hook_routes.ROUTES.get(host, ()), *ROUTES[host]):
        if route.method == method:
            found = route.pattern.match(path)
            if found is not None:
                return route, found.groupdict()
    return None, {}


def _barred(call: Call, step: StepName) -> ApiError:
    """What the account's step on the ladder answers, in the platform's words."""
    errors = ERRORS[call.platform]
    by_step = {"challenge": errors.locked, "suspend": errors.suspended}
    return by_step.get(step, errors.restricted)(call)


def _barred_page(step: StepName) -> Answer:
    texts = {
        "challenge": "This account is locked. Log in to go on.",
        "suspend": "This account is suspended.",
    }
    text = texts.get(step, "This account may not do this for now. Try again later.")
    return html_answer(render("message.html", title="Not now", text=text), 403)


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
    errors, mode = ERRORS[call.platform], rule.mode
    if mode == "429":
        error = errors.limited(call)
    elif mode == "token_expired":
        error = errors.expired(call)
    elif mode == "token_revoked":
        error = errors.revoked(call)
    elif mode == "redirect_loopback":
        host = call.request.headers.get("host", "127.0.0.1")
        error = ApiError(302, {}, {"location": f"http://{host}/_trap"})
    else:
        error = errors.broken(call, int(mode) if mode in BROKEN else 500)
        error.answer.status = 200 if mode == "ok_with_error_body" else error.answer.status
    wait = rule.told_wait(call.now)
    if wait is not None:
        error.answer.headers["retry-after"] = wait
    error.answer.headers.update(rule.headers)
    return error


async def _deliver(rule: Rule | None, answer: Answer, outcome: str) -> Answer:
    if rule is None or rule.mode in REFUSING:
        return answer
    delay = rule.delay_ms or (60_000 if rule.mode == "performed_then_timeout" else 0)
    if delay:
        await hold(delay / 1000)
    return spoil(rule, answer) if outcome in ("performed", "read") else answer
