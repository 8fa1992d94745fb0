"""What became of an account's posts in a stretch of time, counted from what people really did."""

import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measures:
    """Sums over `[since, until)`. `views` are people who saw it, `follows` who came."""

    views: int
    likes: int
    comments: int
    shares: int
    follows: int = 0
    quotes: int = 0

    @property
    def engaged(self) -> int:
        """Everything that people did with the posts."""
        return self.likes + self.comments + self.shares + self.quotes


def _one(db: sqlite3.Connection, sql: str, *args: object) -> tuple[int, ...]:
    row = db.execute(sql, args).fetchone()
    return tuple(int(value or 0) for value in row)


def of_account(db: sqlite3.Connection, person: int, since: int, until: int) -> Measures:
    """What people did to all posts of the account between two instants (ms)."""
    return _measure(
        db, "SELECT id FROM posts WHERE author = ? AND deleted = 0", person, since, until, person
    )


def of_post(db: sqlite3.Connection, post: int, since: int, until: int) -> Measures:
    """What people did to one post between two instants (ms)."""
    row = db.execute("SELECT author FROM posts WHERE id = ?", (post,)).fetchone()
    author = int(row[0]) if row else -1
    return _measure(db, "SELECT ?", post, since, until, author)


def _measure(
    db: sqlite3.Connection, chosen: str, key: int, since: int, until: int, author: int
) -> Measures:
    views, crowd = _one(
        db,
        "SELECT sum(views), sum(likes) FROM seen WHERE at >= ? AND at < ?"
        f" AND post IN ({chosen})",
        since, until, key,
    )  # fmt: skip
    likes, shares = _one(
        db,
        "SELECT sum(kind = 'like'), sum(kind = 'repost') FROM marks WHERE at >= ? AND at < ?"
        f" AND post IN ({chosen})",
        since, until, key,
    )  # fmt: skip
    (comments,) = _one(
        db,
        "SELECT count(*) FROM posts WHERE kind = 'comment' AND deleted = 0 AND created >= ?"
        f" AND created < ? AND author <> ? AND parent IN ({chosen})",
        since, until, author, key,
    )  # fmt: skip
    (quotes,) = _one(
        db,
        "SELECT count(*) FROM posts WHERE kind = 'post' AND deleted = 0 AND created >= ?"
        f" AND created < ? AND quoted IN ({chosen})",
        since, until, key,
    )  # fmt: skip
    return Measures(
        max(views, likes + crowd), likes + crowd, comments, shares,
        gained(db, author, since, until), quotes,
    )  # fmt: skip


def gained(db: sqlite3.Connection, person: int, since: int, until: int) -> int:
    """How many follow the account who began between two instants (ms)."""
    return _one(
        db,
        "SELECT count(*) FROM follows WHERE dst = ? AND seeded = 0 AND at >= ? AND at < ?",
        person, since, until,
    )[0]  # fmt: skip


def impressions(db: sqlite3.Connection, person: int, since: int) -> int:
    """How often the account's posts were seen since then (ms)."""
    return _one(
        db,
        "SELECT sum(views) FROM seen WHERE at >= ?"
        " AND post IN (SELECT id FROM posts WHERE author = ? AND deleted = 0)",
        since, person,
    )[0]  # fmt: skip
