"""The one shape in which an error leaves the server, and the one table from errors to statuses.

Owns `application/problem+json`. Knows no domain: the family that `type` links to is the kind.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import asyncpg
import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ExceptionHandler

from socialseed.core.errors import AppError, FieldError, Kind, Remedy, UpstreamError
from socialseed.web.database_errors import classify

MEDIA_TYPE = "application/problem+json"
DOCS = "/problems"


@dataclass(frozen=True, slots=True)
class Family:
    """A heading of docs/problems.md: its anchor, its title, and the status of what is under it."""

    anchor: str
    title: str
    status: int


FAMILIES: Mapping[Kind, Family] = {
    Kind.INVALID: Family("invalid", "Something in the request cannot be taken", 422),
    Kind.UNAUTHENTICATED: Family("unauthenticated", "Sign in first", 401),
    Kind.FORBIDDEN: Family("forbidden", "You may not do this", 403),
    Kind.NOT_FOUND: Family("not-found", "There is no such thing", 404),
    Kind.GONE: Family("gone", "It is no longer there", 410),
    Kind.CONFLICT: Family("conflict", "The thing has changed meanwhile", 409),
    Kind.LIMITED: Family("limited", "Too many requests", 429),
    Kind.UNAVAILABLE: Family("unavailable", "Not available right now", 503),
}
UPSTREAM = Family("upstream", "The platform did not do it", 502)
PROTOCOL = Family("protocol", "The request does not fit the address", 400)
INTERNAL = Family("internal", "Something broke on our side", 500)
EVERY_FAMILY = (*FAMILIES.values(), UPSTREAM, PROTOCOL, INTERNAL)

_PROTOCOL_CODES = {
    404: ("no_such_address", "There is nothing at this address. See /api/v1/openapi.json."),
    405: ("method_not_allowed", "Use one of the methods in the Allow header."),
    408: ("too_slow_body", "Send the whole request body within ten seconds."),
    413: ("body_too_large", "Send at most one megabyte."),
    415: ("unsupported_media_type", "Send JSON with Content-Type: application/json."),
}
_PYDANTIC_CODES = {"missing": "required", "json_invalid": "bad_json", "extra_forbidden": "unknown"}


def problem(
    family: Family,
    code: str,
    detail: str,
    instance: str,
    *,
    status: int | None = None,
    errors: Sequence[FieldError] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A response whose `type` is the heading of the family and whose `code` is stable."""
    body: dict[str, object] = {
        "type": f"{DOCS}#{family.anchor}",
        "title": family.title,
        "status": status or family.status,
        "detail": detail,
        "instance": instance,
        "code": code,
    }
    if errors:
        body["errors"] = [
            {"pointer": e.pointer, "code": e.code, "detail": e.detail} for e in errors
        ]
    return Response(
        orjson.dumps(body, default=str),
        status_code=status or family.status,
        media_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def from_app_error(error: AppError, instance: str) -> Response:
    """Our own refusal, with Retry-After in whole seconds where waiting helps."""
    headers: dict[str, str] = {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(max(1, round(error.retry_after)))
    if error.kind is Kind.UNAUTHENTICATED:
        headers["WWW-Authenticate"] = "Bearer"
    return problem(
        FAMILIES[error.kind],
        error.code,
        error.detail,
        instance,
        errors=error.errors,
        headers=headers,
    )


def from_status(status: int, instance: str, headers: Mapping[str, str] | None = None) -> Response:
    """A refusal by the router or the edge, before any of our code ran."""
    default = ("bad_request", "The request could not be read.")
    code, detail = _PROTOCOL_CODES.get(status, default)
    return problem(PROTOCOL, code, detail, instance, status=status, headers=headers)


def internal(instance: str, request_id: str) -> Response:
    """The last resort. Says nothing of the cause; the log has it under the request's id."""
    detail = f"Try again. If it stays, look for request {request_id} in the log."
    return problem(INTERNAL, "internal", detail, instance)


def unavailable(code: str, detail: str, instance: str, retry_after: float = 1.0) -> Response:
    """503 with Retry-After."""
    error = AppError(Kind.UNAVAILABLE, code, detail, retry_after=retry_after)
    return from_app_error(error, instance)


def _pointer(location: Sequence[str | int]) -> str:
    parts = [str(part).replace("~", "~0").replace("/", "~1") for part in location[1:]]
    return "/" + "/".join(parts) if parts else ""


def _field_error(error: Mapping[str, object]) -> FieldError:
    kind = str(error.get("type", "invalid"))
    location = error.get("loc")
    return FieldError(
        "" if kind == "json_invalid" else _pointer(location if isinstance(location, tuple) else ()),
        _PYDANTIC_CODES.get(kind, kind),
        str(error.get("msg", "Not valid.")),
    )


async def _validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = [_field_error(entry) for entry in error.errors()]
    return problem(
        FAMILIES[Kind.INVALID],
        "invalid_request",
        "Correct the fields named in errors and send the request again.",
        request.url.path,
        errors=errors,
    )


async def _app_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, AppError)
    return from_app_error(error, request.url.path)


async def _upstream(request: Request, error: Exception) -> Response:
    assert isinstance(error, UpstreamError)
    status = 503 if error.remedy in (Remedy.WAIT, Remedy.RETRY) else 502
    headers = {"Retry-After": "60"} if status == 503 else {}
    return problem(
        UPSTREAM, error.code, error.detail, request.url.path, status=status, headers=headers
    )


async def _router(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return from_status(error.status_code, request.url.path, error.headers)


async def _database(request: Request, error: Exception) -> Response:
    refusal = classify(error)
    if refusal is None:
        raise error
    return from_app_error(refusal, request.url.path)


HANDLERS: Mapping[type[Exception], ExceptionHandler] = {
    AppError: _app_error,
    UpstreamError: _upstream,
    RequestValidationError: _validation,
    HTTPException: _router,
    IntegrityError: _database,
    DBAPIError: _database,
    PoolTimeout: _database,
    asyncpg.PostgresError: _database,
    asyncpg.InterfaceError: _database,
    ConnectionError: _database,
    TimeoutError: _database,
}


def install(app: FastAPI) -> None:
    """Every error of `app` leaves as a problem from now on; the edge catches what is a bug."""
    for kind, handler in HANDLERS.items():
        app.add_exception_handler(kind, handler)
