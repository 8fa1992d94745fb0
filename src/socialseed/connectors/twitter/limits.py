"""X's rate-limit headers as quotas. Pure.

`x-rate-limit-*` tell the quarter of an hour of one endpoint. Posting also tells a day's count, of
the account and of the whole app: `x-user-limit-24hour-*`, `x-app-limit-24hour-*` (developer
reports, not documented).
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Literal

from socialseed.connectors.quotas import Quota

_LONGEST = timedelta(days=2)
# prefix of the headers, what is added to the endpoint's name, whose calls they count
_WINDOWS: tuple[tuple[str, str, Literal["user", "app"]], ...] = (
    ("x-rate-limit", "", "user"),
    ("x-user-limit-24hour", " 24h", "user"),
    ("x-app-limit-24hour", " 24h", "app"),
)


def told(endpoint: str, headers: Mapping[str, str], now: datetime) -> list[Quota]:
    """The windows that an answer of `endpoint` tells, as of `now`."""
    found = []
    for prefix, suffix, scope in _WINDOWS:
        limit = _number(headers.get(f"{prefix}-limit"))
        left = _number(headers.get(f"{prefix}-remaining"))
        resets = _instant(headers.get(f"{prefix}-reset"))
        if limit is not None or left is not None:
            found.append(Quota(endpoint + suffix, scope, limit, left, resets, now))
    return found


def exhausted_until(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """When the last of the windows with nothing left opens again; None when none is told."""
    ends = [
        quota.resets_at
        for quota in told("", headers, now)
        if quota.remaining == 0 and quota.resets_at is not None
    ]
    sane = [end for end in ends if now < end <= now + _LONGEST]
    return max(sane, default=None)


def _number(value: str | None, most_digits: int = 9) -> int | None:
    digits = (value or "").strip()
    plain = digits.isascii() and digits.isdigit() and len(digits) <= most_digits
    return int(digits) if plain else None


def _instant(value: str | None) -> datetime | None:
    seconds = _number(value, most_digits=10)
    return datetime.fromtimestamp(seconds, UTC) if seconds is not None else None
