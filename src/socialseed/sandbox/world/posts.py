"""Posts and comments: making them, finding them, and what the people post each day."""

import sqlite3
from bisect import bisect_left
from dataclasses import dataclass, fields
from operator import attrgetter

from socialseed.sandbox.draw import Draw, Keys
from socialseed.sandbox.world import words

DAY_MS = 86_400_000
HOUR_MS = 3_600_000
_MERGED = 4  # pages of the word index merged with each new post: a part of a millisecond
_X_EPOCH = 1_288_834_974_657
_B64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@dataclass(frozen=True, slots=True)
class Post:
    """A post, or a comment when `parent` is set. `kind` is post, comment or repost."""

    id: int
    platform: str
    pid: str
    code: str
    author: int
    kind: str
    media: str
    text: str
    lang: str
    created: int
    parent: int | None
    root: int | None
    quoted: int | None
    likes: int
    comments: int
    shares: int
    views: int
    urls: str
    hidden: int
    deleted: int


_WIDTH = len(fields(Post))
COLUMNS = ", ".join(f.name for f in fields(Post))
S_COLUMNS = ", ".join(f"s.{f.name}" for f in fields(Post))
_values = attrgetter(*(f.name for f in fields(Post)))
_INSERT = f"INSERT INTO posts ({COLUMNS}) VALUES ({', '.join('?' * len(fields(Post)))})"


def of_row(row: sqlite3.Row) -> Post:
    """A post from the columns in `COLUMNS`."""
    return Post(*tuple(row)[:_WIDTH])


def make_pid(platform: str, row_id: int, created: int) -> str:
    """A public id in the platform's form; unique because it carries the row's number."""
    if platform == "twitter":
        return str((created - _X_EPOCH) << 22 | row_id & 0x3FFFFF)
    if platform == "instagram":
        return str(17_900_000_000_000_000 + row_id)
    return str((created // 1000) << 32 | row_id & 0xFFFFFFFF)


def _shortcode(row_id: int) -> str:
    number, code = row_id * 2_654_435_761 + (1 << 58), ""
    while number:
        number, rest = divmod(number, 64)
        code = _B64[rest] + code
    return code


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants to post."""

    platform: str
    author: int
    text: str
    kind: str = "post"
    media: str = "text"
    lang: str = "en"
    parent: Post | None = None
    quoted: int | None = None
    urls: str = ""


def _next_id(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT coalesce(max(id), 0) + 1 FROM posts").fetchone()[0])


def create(db: sqlite3.Connection, draft: Draft, now: int) -> Post:
    """The post is public; its parent, author and the people it names know of it."""
    row_id = _next_id(db)
    parent = draft.parent
    post = Post(
        id=row_id, platform=draft.platform, pid=make_pid(draft.platform, row_id, now),
        code=_shortcode(row_id), author=draft.author, kind=draft.kind, media=draft.media,
        text=draft.text, lang=draft.lang, created=now, parent=parent.id if parent else None,
        root=(parent.root or parent.id) if parent else None, quoted=draft.quoted,
        likes=0, comments=0, shares=0, views=0, urls=draft.urls, hidden=0, deleted=0,
    )  # fmt: skip
    _insert(db, [post])
    db.execute("INSERT INTO posts_fts (posts_fts, rank) VALUES ('merge', ?)", (_MERGED,))
    if parent is not None:
        db.execute("UPDATE posts SET comments = comments + 1 WHERE id = ?", (parent.id,))
    if draft.kind != "comment" or draft.platform == "twitter":
        db.execute("UPDATE people SET posts = posts + 1 WHERE id = ?", (draft.author,))
    if draft.kind != "repost":
        _note_mentions(db, post)
    return post


def _insert(db: sqlite3.Connection, posts: list[Post]) -> None:
    db.executemany(_INSERT, map(_values, posts))
    db.executemany(
        "INSERT INTO posts_fts (rowid, text) VALUES (?, ?)", [(p.id, p.text) for p in posts]
    )


def mentioned_handles(text: str) -> list[str]:
    """The handles written with @ in `text`, in order, without the sign."""
    found = []
    for part in text.split("@")[1:]:
        handle = ""
        for char in part:
            if not (char.isalnum() or char in "_."):
                break
            handle += char
        if handle.strip("."):
            found.append(handle.strip("."))
    return found


def _note_mentions(db: sqlite3.Connection, post: Post) -> None:
    for handle in mentioned_handles(post.text):
        db.execute(
            "INSERT OR IGNORE INTO mentions SELECT id, ?, ? FROM people"
            " WHERE platform = ? AND handle = ? AND id <> ?",
            (post.id, post.created, post.platform, handle, post.author),
        )


def by_id(db: sqlite3.Connection, row_id: int) -> Post | None:
    """The post with this inner id, if it was not deleted."""
    row = db.execute(
        f"SELECT {COLUMNS} FROM posts WHERE id = ? AND deleted = 0", (row_id,)
    ).fetchone()
    return of_row(row) if row else None


def by_pid(db: sqlite3.Connection, platform: str, pid: str, now: int) -> Post | None:
    """The post with this public id, if it is out and was not deleted."""
    row = db.execute(
        f"SELECT {COLUMNS} FROM posts WHERE platform = ? AND pid = ? AND deleted = 0"
        " AND created <= ?",
        (platform, pid, now),
    ).fetchone()
    return of_row(row) if row else None


def by_code(db: sqlite3.Connection, platform: str, code: str, now: int) -> Post | None:
    """The post with this short code of its web address."""
    row = db.execute(
        f"SELECT {COLUMNS} FROM posts WHERE platform = ? AND code = ? AND deleted = 0"
        " AND created <= ?",
        (platform, code, now),
    ).fetchone()
    return of_row(row) if row else None


def page(
    db: sqlite3.Connection, where: str, args: tuple[object, ...], before: str, limit: int
) -> tuple[list[Post], str]:
    """Posts `where` newest first, and the mark to pass as `before` for the next page ('' = end)."""
    clause = ""
    extra: tuple[int, ...] = ()
    if before:
        at, _, row_id = before.partition(".")
        try:
            extra = (int(at, 36), int(row_id, 36))
        except ValueError:
            return [], ""
        clause = " AND (s.created, s.id) < (?, ?)"
    rows = db.execute(
        f"SELECT {S_COLUMNS} FROM posts s WHERE s.deleted = 0 AND {where}{clause}"
        " ORDER BY s.created DESC, s.id DESC LIMIT ?",
        (*args, *extra, limit + 1),
    ).fetchall()
    found = [of_row(row) for row in rows[:limit]]
    more = len(rows) > limit
    return found, (f"{_base36(found[-1].created)}.{_base36(found[-1].id)}" if more else "")


@dataclass(frozen=True, slots=True)
class Reach:
    """Inner numbers of posts: from `low` on, without those from `ahead` to `past`, both included.

    What the people will post later today is made already: `ahead` to `past` are such posts.
    """

    low: int
    ahead: int
    past: int


def reach(db: sqlite3.Connection, since: int, now: int) -> Reach:
    """All posts made between the two instants (ms), and few others.

    A post's number is above those of all that people post on the days before and on its own day.
    """
    row = db.execute(
        "SELECT max(coalesce((SELECT first_post FROM days WHERE day <= ?1 ORDER BY day DESC"
        " LIMIT 1), 0), coalesce((SELECT first_post FROM hours WHERE at <= ?2 ORDER BY at DESC"
        " LIMIT 1), 0))",
        (since // DAY_MS, since),
    ).fetchone()
    ahead, end = db.execute(
        "SELECT (SELECT first_post FROM hours WHERE at > ?1 AND at <= ?2 ORDER BY at LIMIT 1),"
        " (SELECT first_post FROM hours WHERE at = ?2)",
        (now, _end_of(now // DAY_MS)),
    ).fetchone()
    return Reach(int(row[0]), ahead or 0, (end or 0) - 1)


def stretches(before: str, now: int, oldest: int) -> list[int]:
    """From when (ms) to look for a page that begins at the mark `before`, one after the other.

    The newest posts come first, so the last hours often hold a whole page of them.
    """
    latest = now
    if before:
        latest = min(now, int(before.partition(".")[0], 36))
    return [at for at in (latest - DAY_MS // 8, latest - DAY_MS) if at > oldest] + [oldest]


def _base36(number: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    text = ""
    while number:
        number, rest = divmod(number, 36)
        text = digits[rest] + text
    return text or "0"


def delete(db: sqlite3.Connection, post: Post) -> None:
    """The post is gone for every reader."""
    db.execute("UPDATE posts SET deleted = 1 WHERE id = ?", (post.id,))
    db.execute("DELETE FROM mentions WHERE post = ?", (post.id,))
    if post.parent is not None:
        db.execute("UPDATE posts SET comments = max(0, comments - 1) WHERE id = ?", (post.parent,))
    db.execute("UPDATE people SET posts = max(0, posts - 1) WHERE id = ?", (post.author,))


def line_about(draw: Draw, interest: int, lang: str, other: int) -> str:
    """A sentence about an interest, with hashtags."""
    thing = draw.pick(words.THINGS[interest])
    return draw.pick(words.LINES[lang]).format(
        thing=thing, thing_up=thing[0].upper() + thing[1:], topic=words.INTERESTS[interest],
        tag=f"#{words.TAGS[interest]}", other=f"#{words.TAGS[other]}", n=1 + draw.below(40),
    )  # fmt: skip


_MEDIA = {
    "twitter": ("text", "text", "text", "image"),
    "instagram": ("image", "image", "video", "carousel"),
    "tiktok": ("video",),
}


def generate_day(db: sqlite3.Connection, seed: int, day: int) -> None:
    """What the people post on this day (days since 1970), hour by hour. Once per day only."""
    if db.execute("SELECT 1 FROM days WHERE day = ?", (day,)).fetchone():
        return
    made = []
    rows = db.execute(
        "SELECT id, platform, lang, interests, activity, followers FROM people"
        " WHERE kind <> 'owned'"
    )
    keys = Keys(seed, "day", day)
    for person, platform, lang, interests, activity, followers in rows:
        draw = keys.draw(person)
        if draw.unit() < activity:
            text_lang = lang if draw.chance(0.4) else "en"
            made.append(_daily(draw, day, person, platform, text_lang, interests, followers))
    made.sort()
    first = _next_id(db)
    _insert(db, [_of_daily(first + i, one) for i, one in enumerate(made)])
    db.execute("INSERT INTO days VALUES (?, ?)", (day, first))
    hours = (*range(day * DAY_MS, (day + 1) * DAY_MS, HOUR_MS), _end_of(day))
    places = [(at, first + bisect_left(made, (at,))) for at in hours]
    db.executemany("INSERT INTO hours VALUES (?, ?)", places)


def _end_of(day: int) -> int:
    """The day's last millisecond; nobody posts in it any more."""
    return (day + 1) * DAY_MS - 1


_Daily = tuple[int, int, str, str, str, str, int, int, int, int]


def _of_daily(row_id: int, made: _Daily) -> Post:
    at, person, platform, media, text, lang, likes, comments, shares, views = made
    return Post(
        row_id, platform, make_pid(platform, row_id, at), _shortcode(row_id), person, "post", media,
        text, lang, at, None, None, None, likes, comments, shares, views, "", 0, 0,
    )  # fmt: skip


def _daily(
    draw: Draw, day: int, person: int, platform: str, lang: str, interests: int, followers: int
) -> _Daily:
    owned = [i for i in range(len(words.INTERESTS)) if interests >> i & 1]
    topic, other = owned[draw.below(len(owned))], owned[draw.below(len(owned))]
    at = day * DAY_MS + int((6 + 17.9 * draw.unit()) * 3_600_000)
    likes = min(int(followers * 0.02 * draw.lognormal(1.0, 0.8)), 400_000)
    comments = int(likes * 0.08 * draw.unit())
    text = line_about(draw, topic, lang, other).strip()
    media = draw.pick(_MEDIA[platform])
    return (
        at, person, platform, media, text, lang, likes, comments, int(likes * 0.05),
        likes * (8 + draw.below(20)),
    )  # fmt: skip
