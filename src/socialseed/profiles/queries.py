"""What is read of other people's profiles, always within one workspace."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select, tuple_

from socialseed.core.pagination import Page, decode_position, encode_cursor
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


async def list_left_alone(
    tx: Tx, platform: str | None, q: str | None, limit: int, cursor: str | None
) -> Page[Profile]:
    """Everybody on the do-not-contact list, the newest first. `q` looks in handles."""
    wanted = select(Profile).where(
        Profile.workspace_id == tx.tenant, Profile.do_not_contact_at.is_not(None)
    )
    if platform is not None:
        wanted = wanted.where(Profile.platform == platform)
    if q is not None:
        wanted = wanted.where(Profile.handle_key.contains(q.lower(), autoescape=True))
    if cursor is not None:
        wanted = wanted.where(
            tuple_(Profile.do_not_contact_at, Profile.id) < tuple_(*decode_position(cursor))
        )
    order = (Profile.do_not_contact_at.desc(), Profile.id.desc())
    rows = (await tx.session.scalars(wanted.order_by(*order).limit(limit + 1))).all()
    shown, last = rows[:limit], rows[limit - 1] if len(rows) > limit else None
    if last is None or last.do_not_contact_at is None:
        return Page(shown, None)
    return Page(shown, encode_cursor(last.do_not_contact_at.isoformat(), str(last.id)))
