"""What is read of other people's profiles, always within one workspace."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from socialseed.profiles.models import Profile
from socialseed.runtime.tx import Tx

FRESH = timedelta(days=30)


async def by_handle(tx: Tx, platform: str, handle: str) -> Profile | None:
    """The profile with this handle, or None."""
    found: Profile | None = await tx.session.scalar(
        select(Profile).where(
            Profile.workspace_id == tx.tenant,
            Profile.platform == platform,
            Profile.handle_key == handle.strip().lstrip("@").lower(),
        )
    )
    return found


async def left_alone(tx: Tx, platform: str) -> frozenset[str]:
    """The handles, in lower case, of everybody on the do-not-contact list."""
    rows = await tx.session.scalars(
        select(Profile.handle_key).where(
            Profile.workspace_id == tx.tenant,
            Profile.platform == platform,
            Profile.do_not_contact_at.is_not(None),
        )
    )
    return frozenset(rows)


async def observed_lately(tx: Tx, platform: str, handles: Sequence[str]) -> frozenset[str]:
    """Those of `handles`, in lower case, whose profile was observed within 30 days."""
    rows = await tx.session.scalars(
        select(Profile.handle_key).where(
            Profile.workspace_id == tx.tenant,
            Profile.platform == platform,
            Profile.handle_key.in_([handle.lower() for handle in handles]),
            Profile.observed_at > tx.now - FRESH,
        )
    )
    return frozenset(rows)
