"""What platforms told was deleted, remembered for as long as notices are: it is not answered."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import text

from socialseed.runtime.tx import Tx

# Beside the notices' own keys, in one order everywhere.
_REMEMBER = text(
    "INSERT INTO webhook_notices (platform, key, taken_at)"
    " SELECT :platform, 'gone:' || id, :now FROM unnest(CAST(:ids AS text[])) AS given (id)"
    " ORDER BY id ON CONFLICT DO NOTHING"
)
_GONE = text(
    "SELECT id FROM unnest(CAST(:ids AS text[])) AS given (id) JOIN webhook_notices n"
    " ON n.platform = :platform AND n.key = 'gone:' || id"
)


async def remember(tx: Tx, platform: str, ids: Iterable[str], at: datetime) -> None:
    """These posts and comments of the platform are known to be gone."""
    await tx.session.execute(_REMEMBER, {"platform": platform, "ids": sorted(set(ids)), "now": at})


async def list_gone(tx: Tx, platform: str, ids: Iterable[str]) -> frozenset[str]:
    """Those of `ids` that are known to be gone."""
    bound = {"platform": platform, "ids": sorted(set(ids))}
    return frozenset((await tx.session.scalars(_GONE, bound)).all())
