"""What a request runs on."""

from typing import cast

from fastapi import Request

from socialseed.runtime.runtime import Runtime


def runtime_of(request: Request) -> Runtime:
    """The runtime that the application was made with."""
    return cast(Runtime, request.app.state.runtime)
