"""What happens to the owned accounts, noted by the database itself while somebody listens.

Triggers write it down in the transaction of the change, whoever made the change: a call, a press on
a page or a person's reaction. Nothing is noted while no webhook is registered.
"""

import sqlite3
from dataclasses import dataclass

from socialseed.sandbox.world import people, posts
from socialseed.sandbox.world.people import Person
from socialseed.sandbox.world.posts import Post


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened to `account` by `actor`. `at` in milliseconds.

    Kinds: post delete mention reply quote comment comment_deleted comment_hidden comment_shown like
    repost follow following unfollow published publish_failed inbox revoked. `note` is the upload's
    id, the client's id, or a reason.
    """

    id: int
    at: int
    kind: str
    account: Person
    actor: Person
    post: Post | None
    note: str


_OWNED = "EXISTS (SELECT 1 FROM people WHERE id = {} AND kind = 'owned')"
_NOTE = "INSERT INTO happenings (at, kind, account, actor, post, note)"
_REVOKED = 0  # a removed token carries no instant; it is told when it is collected


def _trigger(name: str, event: str, when: str, *bodies: str) -> str:
    body = " ".join(f"{one};" for one in bodies)
    return f"CREATE TEMP TRIGGER IF NOT EXISTS watch_{name} {event} WHEN {when} BEGIN {body} END"


_UPLOAD = "(SELECT created FROM posts WHERE id = NEW.post)"
_TRIGGERS: dict[str, str] = {
    "said": _trigger(
        "said", "AFTER INSERT ON main.posts",
        f"NEW.parent IS NOT NULL OR NEW.quoted IS NOT NULL OR {_OWNED.format('NEW.author')}",
        f"{_NOTE} SELECT NEW.created, 'post', NEW.author, NEW.author, NEW.id, ''"
        f" WHERE {_OWNED.format('NEW.author')} AND NEW.kind <> 'repost'",
        f"{_NOTE} SELECT NEW.created, CASE NEW.platform WHEN 'twitter' THEN 'reply' ELSE 'comment'"
        " END, p.id, NEW.author, NEW.id, '' FROM posts above JOIN people p ON p.id = above.author"
        " WHERE above.id = CASE NEW.platform WHEN 'twitter' THEN NEW.parent ELSE NEW.root END"
        " AND p.kind = 'owned' AND p.id <> NEW.author",
        f"{_NOTE} SELECT NEW.created, 'quote', p.id, NEW.author, NEW.id, '' FROM posts above"
        " JOIN people p ON p.id = above.author WHERE above.id = NEW.quoted AND p.kind = 'owned'"
        " AND p.id <> NEW.author",
    ),
    "gone": _trigger(
        "gone", "AFTER UPDATE OF deleted ON main.posts", "NEW.deleted = 1 AND OLD.deleted = 0",
        f"{_NOTE} SELECT {_REVOKED}, 'delete', NEW.author, NEW.author, NEW.id, NEW.pid"
        f" WHERE {_OWNED.format('NEW.author')}",
        f"{_NOTE} SELECT {_REVOKED}, 'comment_deleted', top.author, NEW.author, NEW.id, ''"
        f" FROM posts top WHERE top.id = NEW.root AND {_OWNED.format('top.author')}",
    ),
    "hidden": _trigger(
        "hidden", "AFTER UPDATE OF hidden ON main.posts",
        "NEW.hidden <> OLD.hidden AND NEW.root IS NOT NULL",
        f"{_NOTE} SELECT {_REVOKED}, CASE NEW.hidden WHEN 1 THEN 'comment_hidden' ELSE"
        " 'comment_shown' END, top.author, NEW.author, NEW.id, '' FROM posts top"
        f" WHERE top.id = NEW.root AND {_OWNED.format('top.author')}",
    ),
    "named": _trigger(
        "named", "AFTER INSERT ON main.mentions", _OWNED.format("NEW.person"),
        f"{_NOTE} SELECT NEW.created, 'mention', NEW.person, s.author, s.id, '' FROM posts s"
        " LEFT JOIN posts top ON top.id = s.root WHERE s.id = NEW.post"
        " AND (s.platform = 'twitter' OR coalesce(top.author, 0) <> NEW.person)",
    ),
    "marked": _trigger(
        "marked", "AFTER INSERT ON main.marks",
        f"(SELECT {_OWNED.format('author')} FROM posts WHERE id = NEW.post)",
        f"{_NOTE} SELECT NEW.at, NEW.kind, s.author, NEW.person, s.id, '' FROM posts s"
        " WHERE s.id = NEW.post AND s.author <> NEW.person",
    ),
    "followed": _trigger(
        "followed", "AFTER INSERT ON main.follows", "NEW.seeded = 0",
        f"{_NOTE} SELECT NEW.at, 'follow', NEW.dst, NEW.src, NULL, ''"
        f" WHERE {_OWNED.format('NEW.dst')}",
        f"{_NOTE} SELECT NEW.at, 'following', NEW.src, NEW.dst, NULL, ''"
        f" WHERE {_OWNED.format('NEW.src')}",
    ),
    "left": _trigger(
        "left", "AFTER DELETE ON main.follows", _OWNED.format("OLD.dst"),
        f"{_NOTE} VALUES ({_REVOKED}, 'unfollow', OLD.dst, OLD.src, NULL, '')",
    ),
    "published": _trigger(
        "published", "AFTER UPDATE OF post ON main.media", "OLD.post IS NULL AND NEW.post NOT NULL",
        f"{_NOTE} SELECT {_UPLOAD}, 'published', NEW.person, NEW.person, NEW.post, NEW.id",
    ),
    "stated": _trigger(
        "stated", "AFTER UPDATE OF state ON main.media",
        "NEW.state <> OLD.state"
        " AND (NEW.state IN ('cancelled', 'inbox') OR NEW.state LIKE 'failed%')",
        f"{_NOTE} SELECT {_REVOKED}, CASE NEW.state WHEN 'inbox' THEN 'inbox' ELSE 'publish_failed'"
        " END, NEW.person, NEW.person, NULL, NEW.id",
    ),
    "drafted": _trigger(
        "drafted", "AFTER INSERT ON main.media", "NEW.state = 'inbox'",
        f"{_NOTE} VALUES ({_REVOKED}, 'inbox', NEW.person, NEW.person, NULL, NEW.id)",
    ),
    "revoked": _trigger(
        "revoked", "AFTER DELETE ON main.tokens", "OLD.person > 0",
        f"{_NOTE} VALUES ({_REVOKED}, 'revoked', OLD.person, OLD.person, NULL, OLD.client_id)",
    ),
}  # fmt: skip


def watch(db: sqlite3.Connection) -> None:
    """From now on everything is noted, if there is a webhook; otherwise nothing is."""
    listening = db.execute("SELECT 1 FROM hooks LIMIT 1").fetchone() is not None
    for name, order in _TRIGGERS.items():
        db.execute(order if listening else f"DROP TRIGGER IF EXISTS watch_{name}")
    if not listening:
        db.execute("DELETE FROM happenings")


def take(db: sqlite3.Connection, now: int, limit: int) -> list[Happening]:
    """The oldest happenings up to `now`, at most `limit`; they are not noted any more."""
    rows = db.execute(
        "SELECT id, at, kind, account, actor, post, note FROM happenings WHERE at <= ?"
        " ORDER BY at, id LIMIT ?",
        (now, limit),
    ).fetchall()
    db.executemany("DELETE FROM happenings WHERE id = ?", [(row["id"],) for row in rows])
    found = [_happening(db, row, now) for row in rows]
    return [one for one in found if one is not None]


def _happening(db: sqlite3.Connection, row: sqlite3.Row, now: int) -> Happening | None:
    if row["kind"] == "revoked" and _still_granted(db, row["account"], row["note"]):
        return None
    post = _post(db, row["post"]) if row["post"] is not None else None
    gone = row["kind"] in ("delete", "comment_deleted")
    if row["post"] is not None and (post is None or (post.deleted and not gone)):
        return None
    return Happening(
        row["id"], row["at"] or now, row["kind"], people.by_id(db, row["account"]),
        people.by_id(db, row["actor"]), post, row["note"],
    )  # fmt: skip


def _still_granted(db: sqlite3.Connection, person: int, client: str) -> bool:
    """A refreshed grant loses its old token and gains a new one: nothing was taken back."""
    found = db.execute(
        "SELECT 1 FROM tokens WHERE person = ? AND client_id = ? LIMIT 1", (person, client)
    ).fetchone()
    return found is not None


def _post(db: sqlite3.Connection, row_id: int) -> Post | None:
    row = db.execute(f"SELECT {posts.COLUMNS} FROM posts WHERE id = ?", (row_id,)).fetchone()
    return posts.of_row(row) if row else None


def next_at(db: sqlite3.Connection) -> int | None:
    """When the next noted happening is due, in milliseconds; None if there is none."""
    row = db.execute("SELECT min(at) FROM happenings").fetchone()
    return int(row[0]) if row[0] is not None else None
