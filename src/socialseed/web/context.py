"""What a request can reach: the runtime and the process's live hub."""

from typing import cast

from starlette.requests import HTTPConnection

from socialseed.runtime.runtime import Runtime
from socialseed.web.stream import Hub


def runtime_of(request: HTTPConnection) -> Runtime:
    """The runtime that `create_app` was given."""
    return cast(Runtime, request.app.state.runtime)


def hub_of(request: HTTPConnection) -> Hub:
    """The hub that feeds every live stream of this process."""
    return cast(Hub, request.app.state.hub)
