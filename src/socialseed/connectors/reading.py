"""Reading foreign JSON without trusting it: every step may be missing or of another type."""

import html
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from socialseed.core.errors import Remedy, UpstreamError

_SEGMENT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._~-]{0,255}")


def dig(value: object, *path: str | int) -> object:
    """What stands at `path`, or None."""
    for step in path:
        if isinstance(step, str) and isinstance(value, dict):
            value = value.get(step)
        elif isinstance(step, int) and isinstance(value, list) and len(value) > step:
            value = value[step]
        else:
            return None
    return value


def text(value: object, *path: str | int) -> str | None:
    """A text (a number becomes its digits), or None."""
    found = dig(value, *path)
    if isinstance(found, str):
        return found
    if isinstance(found, int) and not isinstance(found, bool):
        return str(found)
    return None


def number(value: object, *path: str | int) -> int | None:
    """A whole number (also one written as text), or None."""
    found = dig(value, *path)
    if isinstance(found, bool):
        return None
    if isinstance(found, int):
        return found
    if isinstance(found, str) and found.isascii() and found.isdigit() and len(found) <= 19:
        return int(found)
    return None


def items(value: object, *path: str | int) -> list[object]:
    """A list, or an empty one."""
    found = dig(value, *path)
    return found if isinstance(found, list) else []


def record(value: object, *path: str | int) -> Mapping[str, object]:
    """An object, or an empty one."""
    found = dig(value, *path)
    return found if isinstance(found, dict) else {}


def instant(value: object, *path: str | int) -> datetime | None:
    """An ISO 8601 instant or seconds since 1970, or None."""
    found = dig(value, *path)
    seconds = number(found)
    try:
        if seconds is not None:
            return datetime.fromtimestamp(seconds, UTC)
        if isinstance(found, str):
            told = datetime.fromisoformat(found)
            return told if told.tzinfo else told.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def segment(value: str | None, what: str) -> str:
    """`value` as one safe part of a path. Raises REJECT unless it is a plain id or handle."""
    if value is None or not _SEGMENT.fullmatch(value):
        raise UpstreamError(Remedy.REJECT, "bad_target", f"The order names no usable {what}.")
    return value


def page_url(value: object, host: str, web: str) -> str | None:
    """A page's address, moved to `web` if it is one of `host`: the sandbox tells real ones."""
    address = value if isinstance(value, str) else None
    real = f"https://{host}/"
    if address is not None and address.startswith(real):
        return f"{web}/{address.removeprefix(real)}"
    return address


def same_text(ours: str | None, theirs: str | None) -> bool:
    """True when two texts are the same up to entities, line ends and outer blanks."""
    return _plain(ours) == _plain(theirs)


def _plain(value: str | None) -> str:
    return html.unescape(value or "").replace("\r\n", "\n").strip()


def first(values: Sequence[object]) -> object:
    """The first of `values`, or None."""
    return values[0] if values else None
