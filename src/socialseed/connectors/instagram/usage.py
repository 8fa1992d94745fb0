"""What Instagram's headers tell of used calls, in percent. Pure.

`x-app-usage` counts all calls of the app in a rolling hour, `x-business-use-case-usage` those of
one account in rolling 24 hours. They are sent only after enough traffic. Throttled at 100; calls
made then extend the block. Source: Graph API rate-limiting page, 2026-09.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import orjson

from socialseed.connectors.quotas import Quota
from socialseed.connectors.reading import items, number, record, text

APP = "x-app-usage"
BUSINESS = "x-business-use-case-usage"
PERCENT = 100
APP_WINDOW = timedelta(hours=1)
BUSINESS_WINDOW = timedelta(hours=24)
_COUNTS = ("call_count", "total_time", "total_cputime")


def quotas(headers: Mapping[str, str], now: datetime) -> list[Quota]:
    """The windows that these headers tell; `limit` is 100, for the figures are percentages.

    A window rolls: `resets_at` is when none of the calls counts any more, or, once throttled, when
    calls are taken again.
    """
    found = []
    app = _used(_decoded(headers, APP))
    if app is not None:
        found.append(Quota("calls", "app", PERCENT, _left(app), now + APP_WINDOW, now))
    by_type: dict[str, Quota] = {}
    for entry in _entries(headers):
        used = _used(entry)
        if used is None:
            continue
        name = text(entry, "type") or "instagram"
        minutes = number(entry, "estimated_time_to_regain_access") or 0
        resets = now + (timedelta(minutes=minutes) if minutes else BUSINESS_WINDOW)
        left = 0 if minutes else _left(used)
        known = by_type.get(name)
        if known is None or left < (known.remaining or 0):
            by_type[name] = Quota(name, "user", PERCENT, left, resets, now)
    return [*found, *by_type.values()]


def regain_minutes(headers: Mapping[str, str]) -> int:
    """Minutes until calls are taken again, 0 when not told."""
    told = (number(entry, "estimated_time_to_regain_access") or 0 for entry in _entries(headers))
    return max(told, default=0)


def _entries(headers: Mapping[str, str]) -> Iterator[object]:
    for entries in _decoded(headers, BUSINESS).values():
        yield from items(entries)


def _decoded(headers: Mapping[str, str], name: str) -> Mapping[str, object]:
    try:
        return record(orjson.loads(headers.get(name, "")))
    except orjson.JSONDecodeError:
        return {}


def _used(entry: object) -> int | None:
    told = [number(entry, name) for name in _COUNTS]
    known = [value for value in told if value is not None]
    return max(known) if known else None


def _left(used: int) -> int:
    return max(0, PERCENT - used)
