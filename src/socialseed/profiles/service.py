"""What is known of other people, and their wish to be left alone.

A missing fact never erases a known one. Facts come from official reads or from the owner only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

import orjson
from sqlalchemy import text

from socialseed.connectors.types import Person
from socialseed.core.errors import conflict, not_found
from socialseed.profiles import queries
from socialseed.profiles.models import Profile
from socialseed.runtime.tx import Tx

Because = Literal["their_wish", "our_choice"]

_OBSERVE = text(
    "INSERT INTO profiles (id, workspace_id, platform, handle, remote_id, display_name, bio, url,"
    " followers, following, posts, interests, observed_at)"
    " SELECT DISTINCT ON (lower(handle)) id, :workspace, :platform, handle, remote_id,"
    " display_name, bio, url, followers, following, posts, interests, observed_at"
    " FROM jsonb_to_recordset(CAST(:people AS jsonb)) AS given (id uuid, handle text,"
    " remote_id text, display_name text, bio text, url text, followers bigint, following bigint,"
    " posts bigint, interests jsonb, observed_at timestamptz) ORDER BY lower(handle)"
    " ON CONFLICT (workspace_id, platform, handle_key) DO UPDATE SET"
    " remote_id = coalesce(excluded.remote_id, profiles.remote_id),"
    " display_name = coalesce(excluded.display_name, profiles.display_name),"
    " bio = coalesce(excluded.bio, profiles.bio),"
    " url = coalesce(excluded.url, profiles.url),"
    " followers = coalesce(excluded.followers, profiles.followers),"
    " following = coalesce(excluded.following, profiles.following),"
    " posts = coalesce(excluded.posts, profiles.posts),"
    " interests = CASE WHEN excluded.interests = '[]'::jsonb THEN profiles.interests"
    "  ELSE (SELECT jsonb_agg(DISTINCT word) FROM jsonb_array_elements("
    "   profiles.interests || excluded.interests) word) END,"
    " observed_at = coalesce(excluded.observed_at, profiles.observed_at)"
    # Who wants to be left alone is not profiled any further; erased facts must not come back.
    " WHERE profiles.do_not_contact_at IS NULL"
)
_IDS = text(
    "SELECT given.handle, p.id FROM unnest(CAST(:handles AS text[])) AS given (handle)"
    " JOIN profiles p ON p.handle_key = lower(given.handle)"
    " WHERE p.workspace_id = :workspace AND p.platform = :platform"
)
# Their own wish outlives what the workspace chooses later.
_LEAVE_ALONE = text(
    "UPDATE profiles SET do_not_contact_at = coalesce(do_not_contact_at, :at),"
    " do_not_contact_because = CASE WHEN do_not_contact_at IS NOT NULL"
    "  AND do_not_contact_because IS DISTINCT FROM 'our_choice' THEN 'their_wish'"
    "  ELSE :because END WHERE id = :id"
)
_CONTACT_AGAIN = text(
    "UPDATE profiles SET do_not_contact_at = NULL, do_not_contact_because = NULL"
    " WHERE workspace_id = :workspace AND platform = :platform AND handle_key = :handle"
    " AND do_not_contact_because = 'our_choice' RETURNING id"
)
_FOLLOWS_BACK = text(
    "UPDATE profiles SET follows_back_at = coalesce(follows_back_at, :now)"
    " WHERE workspace_id = :workspace AND platform = :platform AND handle_key = lower(:handle)"
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of one person. `observed`: a platform told it just now."""

    person: Person
    observed: bool = True
    interests: Sequence[str] = ()


async def observe(tx: Tx, platform: str, person: Person, interests: Sequence[str] = ()) -> UUID:
    """The profile's id; it holds what the platform told just now, and the `interests`."""
    seen = Seen(person, interests=interests)
    return (await observe_many(tx, platform, [seen]))[bare(person.handle)]


async def name(tx: Tx, platform: str, handle: str) -> UUID:
    """The id of a profile of which perhaps nothing but the handle is known."""
    seen = Seen(Person("", handle), observed=False)
    return (await observe_many(tx, platform, [seen]))[bare(handle)]


async def observe_many(tx: Tx, platform: str, people: Sequence[Seen]) -> Mapping[str, UUID]:
    """The profiles' ids by bare handle, as it was given; they hold what is known now.

    Of several entries with one handle the last tells the facts; the interests of all count.
    """
    told: dict[str, Seen] = {}
    for one in people:
        key = bare(one.person.handle).lower()
        earlier = told[key].interests if key in told else ()
        told[key] = replace(one, interests=[*earlier, *one.interests])
    given = orjson.dumps([_row(tx, one) for one in told.values()]).decode()
    place = {"workspace": tx.tenant, "platform": platform}
    await tx.session.execute(_OBSERVE, {**place, "people": given})
    handles = [bare(one.person.handle) for one in people]
    rows = await tx.session.execute(_IDS, {**place, "handles": handles})
    return {row.handle: row.id for row in rows}


async def find(tx: Tx, platform: str, handle: str) -> Profile | None:
    """The profile with this handle (capitals and a leading @ do not matter), or None."""
    return await queries.by_handle(tx, platform, handle)


async def leave_alone(tx: Tx, platform: str, handle: str, because: Because = "their_wish") -> UUID:
    """Nobody of this workspace may turn to this person from now on."""
    profile_id = await name(tx, platform, handle)
    bound = {"at": tx.now, "id": profile_id, "because": because}
    await tx.session.execute(_LEAVE_ALONE, bound)
    return profile_id


async def may_contact_again(tx: Tx, platform: str, handle: str) -> None:
    """The person is no longer on the do-not-contact list.

    Raises not_found for who is not on it, and CONFLICT `their_wish` for who asked for it.
    """
    place = {"workspace": tx.tenant, "platform": platform, "handle": bare(handle).lower()}
    if await tx.session.scalar(_CONTACT_AGAIN, place) is not None:
        return
    profile = await queries.by_handle(tx, platform, handle)
    if profile is None or profile.do_not_contact_at is None:
        raise not_found("person on the list")
    raise conflict("their_wish", "This person asked to be left alone. That is for good.")


def bare(handle: str) -> str:
    """A handle without its @ and the spaces around it."""
    return handle.strip().lstrip("@")


def _row(tx: Tx, one: Seen) -> dict[str, object]:
    person = one.person
    return {
        "id": tx.new_id(),
        "handle": bare(person.handle),
        "remote_id": person.remote_id or None,
        "display_name": person.display_name,
        "bio": person.bio,
        "url": person.url,
        "followers": person.followers,
        "following": person.following,
        "posts": person.posts,
        "interests": sorted(set(one.interests)),
        "observed_at": tx.now if one.observed else None,
    }
