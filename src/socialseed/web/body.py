"""What a request may carry: at most a megabyte, soon, and text that a database can hold."""

import asyncio
from urllib.parse import unquote_to_bytes

import orjson
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope

from socialseed.core.errors import AppError, invalid

MAX_BYTES = 1_000_000
READ_SECONDS = 10.0
MAX_DEPTH = 32
_BODY_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class BodyTooLarge(Exception):
    """More than MAX_BYTES, announced or sent."""

    status = 413


class BodyTooSlow(Exception):
    """Not whole after READ_SECONDS."""

    status = 408


async def read_body(scope: Scope, receive: Receive) -> tuple[bytes, Receive]:
    """The whole body, and a `receive` that gives it once more.

    Raises BodyTooLarge and BodyTooSlow. Requests that carry none are passed through.
    """
    headers = Headers(scope=scope)
    length = headers.get("content-length", "")
    if length and (not length.isdecimal() or len(length) > 9 or int(length) > MAX_BYTES):
        raise BodyTooLarge
    if length == "0" or (not length and scope["method"] not in _BODY_METHODS):
        return b"", receive
    try:
        async with asyncio.timeout(READ_SECONDS):
            body, last = await _drain(receive)
    except TimeoutError:
        raise BodyTooSlow from None
    return body, _replay({**last, "body": body}, receive)


async def _drain(receive: Receive) -> tuple[bytes, Message]:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b"", dict(message)
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > MAX_BYTES:
            raise BodyTooLarge
        if not message.get("more_body", False):
            return b"".join(chunks), {"type": "http.request", "more_body": False}


def _replay(first: Message, receive: Receive) -> Receive:
    waiting = [first]

    async def replayed() -> Message:
        return waiting.pop() if waiting else await receive()

    return replayed


def check_path(scope: Scope) -> AppError | None:
    """Refuses NUL and bytes that are not UTF-8 in the path and the query."""
    query = unquote_to_bytes(scope.get("query_string", b"").replace(b"+", b" "))
    try:
        text = query.decode("utf-8")
    except UnicodeDecodeError:
        return invalid("bad_text", "The address must be UTF-8.", "/query")
    if "\x00" in text or "\x00" in scope["path"]:
        return invalid("bad_text", "The address must not contain NUL.", "/query")
    return None


def check_body(scope: Scope, body: bytes) -> AppError | None:
    """Refuses what is not JSON by the letter (NaN, lone surrogates), too deep, or holds NUL."""
    if not body or not _is_json(Headers(scope=scope).get("content-type", "")):
        return None
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return invalid("bad_json", "Send one JSON value in UTF-8, with whole characters.", "/")
    return _check_value(value)


def _is_json(content_type: str) -> bool:
    kind = content_type.split(";")[0].strip().lower()
    return kind == "application/json" or kind.endswith("+json")


def _check_value(value: object) -> AppError | None:
    layer: list[object] = [value]
    for _ in range(MAX_DEPTH):
        texts = [item for item in layer if isinstance(item, str)]
        if any("\x00" in text for text in texts):
            return invalid("bad_text", "Text must not contain NUL.", "/")
        layer = [part for item in layer for part in _parts(item)]
        if not layer:
            return None
    return invalid("too_deep", f"Nest at most {MAX_DEPTH} levels deep.", "/")


def _parts(item: object) -> list[object]:
    if isinstance(item, dict):
        return [*item.keys(), *item.values()]
    return item if isinstance(item, list) else []
