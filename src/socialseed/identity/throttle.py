"""Slows guessing: failed sign-ins per account and per address, kept in PostgreSQL.

After 5 failures in an hour an account waits 15 s, doubling to 15 minutes; an address after 50.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from socialseed.core.errors import AppError, Kind
from socialseed.identity.tokens import keyed_fingerprint
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx

ACCOUNT_FREE_FAILURES = 5
ADDRESS_FREE_FAILURES = 50

_BLOCKED = text("SELECT max(blocked_until) FROM login_failures WHERE key_hash = ANY(:keys)")
_COUNT = text(
    "INSERT INTO login_failures AS f (key_hash, failures, first_at) VALUES (:key, 1, :now)"
    " ON CONFLICT (key_hash) DO UPDATE SET"
    " failures = CASE WHEN f.first_at < CAST(:now AS timestamptz) - interval '1 hour'"
    "   THEN 1 ELSE f.failures + 1 END,"
    " first_at = CASE WHEN f.first_at < CAST(:now AS timestamptz) - interval '1 hour'"
    "   THEN CAST(:now AS timestamptz) ELSE f.first_at END,"
    " blocked_until = CASE WHEN f.failures + 1 >= :free"
    "   AND f.first_at >= CAST(:now AS timestamptz) - interval '1 hour'"
    "   THEN CAST(:now AS timestamptz) + interval '1 second'"
    "     * least(900, 15 * power(2, least(f.failures + 1 - :free, 10))) END"
)


@dataclass(frozen=True, slots=True)
class Keys:
    """Under which two keys an attempt counts. Digests: neither email nor address is stored."""

    account: bytes
    address: bytes


def keys_of(runtime: Runtime, email: str, address: str) -> Keys:
    """The keys of a sign-in as `email` from `address`."""
    return Keys(
        keyed_fingerprint(runtime, "login throttle account", email),
        keyed_fingerprint(runtime, "login throttle address", address),
    )


async def refuse_blocked(tx: Tx, keys: Keys) -> None:
    """Returns when neither key is blocked. Raises LIMITED `throttled` with the seconds to wait."""
    until: datetime | None = await tx.session.scalar(
        _BLOCKED, {"keys": [keys.account, keys.address]}
    )
    if until is not None and until > tx.now:
        raise AppError(
            Kind.LIMITED,
            "throttled",
            "Too many failed sign-ins. Wait before you try again.",
            retry_after=(until - tx.now).total_seconds(),
        )


async def count_failure(tx: Tx, keys: Keys) -> None:
    """One more failure counts against the account and the address."""
    pairs: Sequence[tuple[bytes, int]] = (
        (keys.account, ACCOUNT_FREE_FAILURES),
        (keys.address, ADDRESS_FREE_FAILURES),
    )
    for key, free in pairs:
        await tx.session.execute(_COUNT, {"key": key, "now": tx.now, "free": free})


async def forgive(tx: Tx, keys: Keys) -> None:
    """The account's failures are forgotten after a sign-in. The address's are not."""
    await tx.session.execute(
        text("DELETE FROM login_failures WHERE key_hash = :key"), {"key": keys.account}
    )
