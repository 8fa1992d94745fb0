"""Pure translation: Instagram's JSON to our types. Errors are in `refusals`, usage in `usage`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from socialseed.connectors.instagram.manifest import WEB
from socialseed.connectors.reading import dig, instant, items, number, page_url, text
from socialseed.connectors.types import Measures, Person, Post


def person(user: object, web: str) -> Person | None:
    """A user object as a Person; `user_id` before the app-scoped `id`."""
    remote_id, handle = text(user, "user_id") or text(user, "id"), text(user, "username")
    if remote_id is None or handle is None:
        return None
    return Person(
        remote_id=remote_id,
        handle=handle,
        display_name=text(user, "name"),
        bio=text(user, "biography"),
        url=f"{web}/{handle}/",
        followers=number(user, "followers_count"),
        following=number(user, "follows_count"),
        posts=number(user, "media_count"),
    )


def posts(entries: Sequence[object], web: str) -> list[Post]:
    """Media or comments of a list answer."""
    made = (post(entry, web) for entry in entries)
    return [found for found in made if found is not None]


def threads(entries: Sequence[object], web: str) -> list[Post]:
    """Comments, each followed by the replies that came with it."""
    return list(_threads(entries, web))


def _threads(entries: Sequence[object], web: str) -> Iterator[Post]:
    for entry in entries:
        comment = post(entry, web)
        if comment is None:
            continue
        yield comment
        for reply in posts(items(entry, "replies", "data"), web):
            yield reply if reply.parent_id else replace(reply, parent_id=comment.remote_id)


def post(entry: object, web: str) -> Post | None:
    """One media or comment object; the author is known by handle where Instagram tells it."""
    remote_id = text(entry, "id")
    if remote_id is None:
        return None
    handle = text(entry, "from", "username") or text(entry, "username")
    author_id = text(entry, "from", "id") or text(entry, "user", "id") or ""
    author = Person(author_id, handle, url=f"{web}/{handle}/") if handle else None
    words = text(entry, "text")
    return Post(
        remote_id=remote_id,
        text=words if words is not None else text(entry, "caption") or "",
        url=page_url(dig(entry, "permalink"), WEB, web),
        author=author,
        created_at=instant(entry, "timestamp"),
        likes=number(entry, "like_count"),
        comments=number(entry, "comments_count"),
        parent_id=text(entry, "parent_id"),
    )


def measures(body: object) -> Measures:
    """The figures of an insights answer: a total, else the newest value of a series."""
    found: dict[str, int] = {}
    for entry in items(body, "data"):
        name, value = text(entry, "name"), _figure(entry)
        if name is not None and value is not None:
            found[name] = value
    return Measures(found)


def _figure(entry: object) -> int | None:
    total = number(entry, "total_value", "value")
    if total is not None:
        return total
    series = items(entry, "values")
    return number(series[-1], "value") if series else None


def quota(body: object) -> Measures:
    """Posts published through the API in the window, and the most that are taken."""
    entry = dig(body, "data", 0)
    told: Mapping[str, int | None] = {
        "used": number(entry, "quota_usage"),
        "limit": number(entry, "config", "quota_total"),
    }
    return Measures({name: value for name, value in told.items() if value is not None})
