"""Pure translation of what TikTok tells: people, posts, comments and figures. Ids stay text."""

from collections.abc import Iterator, Mapping
from itertools import chain

from socialseed.connectors.reading import dig, instant, items, number, page_url, record, text
from socialseed.connectors.tiktok.manifest import WEB
from socialseed.connectors.types import Person, Post

_COUNTERS = ("view_count", "like_count", "comment_count", "share_count")
_TOTALS = ("follower_count", "following_count", "likes_count", "video_count")
_STANDS = frozenset({"followers_count"})  # a daily figure that is a level, not a flow


def person(user: object, web: str) -> Person | None:
    """A user object of Login Kit as a Person."""
    remote_id, handle = text(user, "open_id"), text(user, "username")
    if remote_id is None or handle is None:
        return None
    return Person(
        remote_id=remote_id,
        handle=handle,
        display_name=text(user, "display_name"),
        bio=text(user, "bio_description"),
        url=f"{web}/@{handle}",
        followers=number(user, "follower_count"),
        following=number(user, "following_count"),
        posts=number(user, "video_count"),
    )


def business_person(data: object, remote_id: str, web: str) -> Person | None:
    """A profile of API for Business as a Person."""
    handle = text(data, "username")
    if handle is None:
        return None
    return Person(
        remote_id=remote_id,
        handle=handle,
        display_name=text(data, "display_name"),
        bio=text(data, "bio_description"),
        url=f"{web}/@{handle}",
        followers=number(data, "followers_count"),
        following=number(data, "following_count"),
        posts=number(data, "videos_count"),
    )


def videos(body: object, web: str) -> list[Post]:
    """The account's own posts, as either product tells them."""
    return [_video(entry, web) for entry in items(body, "data", "videos")]


def _video(entry: object, web: str) -> Post:
    return Post(
        remote_id=video_id(entry) or "",
        text=next(captions(entry), ""),
        url=page_url(dig(entry, "share_url"), WEB, web),
        author=None,
        created_at=instant(entry, "create_time"),
        likes=_first(entry, "like_count", "likes"),
        comments=_first(entry, "comment_count", "comments"),
    )


def video_id(entry: object) -> str | None:
    """A post's id: `id` in one product, `item_id` in the other."""
    return text(entry, "id") or text(entry, "item_id")


def captions(entry: object) -> Iterator[str]:
    """What may be a post's text: pictures have a title and a description, films one text."""
    for name in ("title", "video_description", "caption"):
        told = text(entry, name)
        if told:
            yield told


def _first(entry: object, *names: str) -> int | None:
    return next((n for n in (number(entry, name) for name in names) if n is not None), None)


def comments(body: object, web: str) -> list[Post]:
    """Comments with the replies below them."""
    return [_comment(entry, web) for entry in comment_entries(body)]


def comment_entries(body: object) -> Iterator[object]:
    """Every comment object of a page, replies after the comment they answer."""
    for entry in items(body, "data", "comments"):
        yield from chain((entry,), items(entry, "reply_list"))


def _comment(entry: object, web: str) -> Post:
    handle = text(entry, "username")
    author_id = text(entry, "unique_identifier") or text(entry, "user_id") or ""
    name, parent = text(entry, "display_name"), text(entry, "parent_comment_id")
    author = Person(author_id, handle, name, url=f"{web}/@{handle}") if handle else None
    return Post(
        remote_id=text(entry, "comment_id") or "",
        text=text(entry, "text") or "",
        url=None,
        author=author,
        created_at=instant(entry, "create_time"),
        likes=number(entry, "likes"),
        comments=number(entry, "replies"),
        parent_id=parent if parent not in ("", "0") else None,
    )


def next_cursor(body: object) -> int | None:
    """Where the next page begins; None when there is none."""
    return number(body, "data", "cursor") if dig(body, "data", "has_more") is True else None


def counters(entry: object) -> Mapping[str, int]:
    """A post's public figures."""
    return _told(entry, _COUNTERS)


def totals(user: object) -> Mapping[str, int]:
    """An account's public figures."""
    return _told(user, _TOTALS)


def _told(entry: object, names: tuple[str, ...]) -> Mapping[str, int]:
    found = ((name, number(entry, name)) for name in names)
    return {name: value for name, value in found if value is not None}


def post_figures(entry: object) -> Mapping[str, int]:
    """Every whole figure of a post; ids, times and fractions are left out."""
    return {
        name: value
        for name, value in record(entry).items()
        if isinstance(value, int) and not isinstance(value, bool) and name != "create_time"
    }


def daily_figures(body: object) -> Mapping[str, int]:
    """The days' figures added up; of a level the newest day's."""
    found: dict[str, int] = {}
    days = sorted(items(body, "data", "metrics"), key=lambda day: text(day, "date") or "")
    for day in days:
        for name, value in post_figures(day).items():
            found[name] = value if name in _STANDS else found.get(name, 0) + value
    return found
