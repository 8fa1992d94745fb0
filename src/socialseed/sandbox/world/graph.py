"""Follows, likes and reposts: who did what to whom, and the counters that show it."""

import sqlite3

from socialseed.sandbox.world.people import Person
from socialseed.sandbox.world.posts import Post

MARKS = {"like": "likes", "repost": "shares"}


def follows(db: sqlite3.Connection, src: int, dst: int) -> bool:
    """Whether `src` follows `dst`."""
    row = db.execute("SELECT 1 FROM follows WHERE src = ? AND dst = ?", (src, dst)).fetchone()
    return row is not None


def follow(db: sqlite3.Connection, src: int, dst: int, now: int) -> bool:
    """`src` follows `dst` afterwards; False if it did before or both are one."""
    if src == dst:
        return False
    done = db.execute("INSERT OR IGNORE INTO follows VALUES (?, ?, ?, 0)", (src, dst, now)).rowcount
    if done:
        db.execute("UPDATE people SET following = following + 1 WHERE id = ?", (src,))
        db.execute("UPDATE people SET followers = followers + 1 WHERE id = ?", (dst,))
    return bool(done)


def request(db: sqlite3.Connection, src: int, dst: int, now: int) -> bool:
    """`src` has asked to follow `dst` afterwards; False if it had before or follows already."""
    if src == dst or follows(db, src, dst):
        return False
    return bool(
        db.execute("INSERT OR IGNORE INTO follow_requests VALUES (?, ?, ?)", (src, dst, now))
        .rowcount
    )  # fmt: skip


def requested(db: sqlite3.Connection, src: int, dst: int) -> bool:
    """Whether `src` waits for `dst` to let it follow."""
    row = db.execute(
        "SELECT 1 FROM follow_requests WHERE src = ? AND dst = ?", (src, dst)
    ).fetchone()
    return row is not None


def withdraw(db: sqlite3.Connection, src: int, dst: int) -> bool:
    """`src` no longer asks to follow `dst`; False if it did not."""
    return bool(
        db.execute("DELETE FROM follow_requests WHERE src = ? AND dst = ?", (src, dst)).rowcount
    )


def accept(db: sqlite3.Connection, src: int, dst: int, now: int) -> bool:
    """`dst` lets `src` follow, if it still asks for that."""
    return withdraw(db, src, dst) and follow(db, src, dst, now)


def unfollow(db: sqlite3.Connection, src: int, dst: int) -> bool:
    """`src` does not follow `dst` afterwards; False if it did not before."""
    done = db.execute("DELETE FROM follows WHERE src = ? AND dst = ?", (src, dst)).rowcount
    if done:
        db.execute("UPDATE people SET following = max(0, following - 1) WHERE id = ?", (src,))
        db.execute("UPDATE people SET followers = max(0, followers - 1) WHERE id = ?", (dst,))
    return bool(done)


def marked(db: sqlite3.Connection, kind: str, person: int, post: int) -> bool:
    """Whether `person` liked or reposted the post."""
    row = db.execute(
        "SELECT 1 FROM marks WHERE person = ? AND kind = ? AND post = ?", (person, kind, post)
    ).fetchone()
    return row is not None


def mark(db: sqlite3.Connection, kind: str, person: int, post: int, now: int) -> bool:
    """`person` likes or reposts the post afterwards; False if it did before."""
    done = db.execute(
        "INSERT OR IGNORE INTO marks VALUES (?, ?, ?, ?)", (person, kind, post, now)
    ).rowcount
    if done:
        column = MARKS[kind]
        db.execute(f"UPDATE posts SET {column} = {column} + 1 WHERE id = ?", (post,))
    return bool(done)


def unmark(db: sqlite3.Connection, kind: str, person: int, post: int) -> bool:
    """The mark is gone afterwards; False if there was none."""
    done = db.execute(
        "DELETE FROM marks WHERE person = ? AND kind = ? AND post = ?", (person, kind, post)
    ).rowcount
    if done:
        column = MARKS[kind]
        db.execute(f"UPDATE posts SET {column} = max(0, {column} - 1) WHERE id = ?", (post,))
    return bool(done)


def summoned(db: sqlite3.Connection, replier: Person, target: Post) -> bool:
    """Whether the author of `target` named the replier in it or quoted one of its posts in it.

    Answering oneself is always allowed.
    """
    if target.author == replier.id:
        return True
    named = db.execute(
        "SELECT 1 FROM mentions WHERE person = ? AND created = ? AND post = ?",
        (replier.id, target.created, target.id),
    ).fetchone()
    if named is not None:
        return True
    if target.quoted is None:
        return False
    quoted = db.execute("SELECT author FROM posts WHERE id = ?", (target.quoted,)).fetchone()
    return quoted is not None and int(quoted[0]) == replier.id
