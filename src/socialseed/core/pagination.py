"""Keyset paging: an opaque cursor over the sort key, never an offset, never a count."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar
from uuid import UUID

import orjson

from socialseed.core.errors import AppError, invalid

T = TypeVar("T")
MAX_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows and the cursor behind the last of them, None at the end."""

    items: Sequence[T]
    next_cursor: str | None


def encode_cursor(*key: str | int) -> str:
    """An opaque, URL-safe text of a sort key."""
    return base64.urlsafe_b64encode(orjson.dumps(list(key))).rstrip(b"=").decode()


def decode_cursor(cursor: str, *kinds: type) -> list[str | int]:
    """The sort key in `cursor`, checked against `kinds`. Raises INVALID for anything else."""
    try:
        raw = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        key = orjson.loads(raw)
    except (ValueError, binascii.Error, UnicodeEncodeError):
        key = None
    if (
        not isinstance(key, list)
        or len(key) != len(kinds)
        or not all(type(part) is kind for part, kind in zip(key, kinds, strict=True))
    ):
        raise _bad()
    return key


def decode_position(cursor: str) -> tuple[datetime, UUID]:
    """The instant and the id in `cursor`. Raises INVALID for anything else."""
    at, row_id = decode_cursor(cursor, str, str)
    try:
        return datetime.fromisoformat(str(at)).astimezone(UTC), UUID(str(row_id))
    except (ValueError, OverflowError):
        raise _bad() from None


def _bad() -> AppError:
    return invalid("bad_cursor", "Use next_cursor of the page before, unchanged.", "/cursor")
