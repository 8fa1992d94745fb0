"""The HTTP application: routers under /api/v1, probes at the root, the dashboard elsewhere."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.responses import HTMLResponse
from starlette.types import Receive, Scope, Send

from socialseed.analytics import events
from socialseed.app.schema import ROOT, newest_revision
from socialseed.monitoring import probes
from socialseed.monitoring.metrics import Metrics
from socialseed.runtime.runtime import Runtime
from socialseed.web import problems
from socialseed.web.edge import Edge
from socialseed.web.problem_docs import render_problem_docs
from socialseed.web.static import Dashboard
from socialseed.web.stream import Hub

API = "/api/v1"
# More than the pool holds: a request is only in the database for a part of its time.
RUNNING_PER_CONNECTION = 4
_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "code": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "detail"],
                "properties": {
                    "pointer": {"type": "string"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}
_REFERENCE = {
    problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}},
}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    "4XX": {"description": "Refused: `code` and `detail` say what to do.", "content": _REFERENCE},
    "5XX": {"description": "Not done: wait for Retry-After if given.", "content": _REFERENCE},
}


class Application(FastAPI):
    """FastAPI whose document knows the one error shape."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document, made once."""
        if self.openapi_schema is None:
            document = super().openapi()
            document.setdefault("components", {}).setdefault("schemas", {})["Problem"] = _PROBLEM
            self.openapi_schema = document
        return self.openapi_schema


def create_app(runtime: Runtime, routers: Sequence[APIRouter]) -> FastAPI:
    """The application over `runtime`. Its lifespan runs the live hub; it owns nothing else."""
    hub = Hub(runtime, events.SOURCE)
    metrics = Metrics()
    app = Application(
        title="SocialSeed",
        version="1",
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
        responses=_RESPONSES,
        generate_unique_id_function=_operation_id,
    )
    app.state.runtime = runtime
    app.state.hub = hub
    app.state.metrics = metrics
    app.state.schema_revision = newest_revision()
    problems.install(app)
    for router in routers:
        app.include_router(router, prefix=API)
    app.include_router(probes.router)
    app.add_api_route(problems.DOCS, _problem_page(), include_in_schema=False)
    app.router.default = _Fallback(Dashboard(runtime.settings.dashboard_dir))
    app.add_middleware(
        Edge,
        running=runtime.settings.pool_size * RUNNING_PER_CONNECTION,
        secure=runtime.settings.origin.startswith("https://"),
        observe=metrics.observe,
    )
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    hub: Hub = app.state.hub
    await hub.start()
    try:
        yield
    finally:
        await hub.stop()


def _operation_id(route: APIRoute) -> str:
    return route.name


def _problem_page() -> Callable[[], Awaitable[HTMLResponse]]:
    path = ROOT / "docs" / "problems.md"
    page = render_problem_docs(path.read_text()) if path.is_file() else "See docs/problems.md."

    async def show_problems() -> HTMLResponse:
        return HTMLResponse(page)

    return show_problems


class _Fallback:
    """What no route answers: a JSON 404 under /api, else a file of the dashboard."""

    def __init__(self, dashboard: Dashboard) -> None:
        self._dashboard = dashboard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1000})
        elif scope["path"] == "/api" or scope["path"].startswith("/api/"):
            await problems.from_status(404, scope["path"])(scope, receive, send)
        else:
            await self._dashboard(scope, receive, send)
