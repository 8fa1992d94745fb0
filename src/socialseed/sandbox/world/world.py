"""The world as one thing: its database, clock and seed, and the passing of time in it."""

import sqlite3
from pathlib import Path

from socialseed.sandbox.clock import DAY_MS, SandboxClock
from socialseed.sandbox.journal import Journal
from socialseed.sandbox.store import get_meta, open_db, set_meta
from socialseed.sandbox.world import graph, people, posts, standing
from socialseed.sandbox.world.posts import Draft
from socialseed.sandbox.world.reactions import Reactor

# Recent search looks back 7 days; a few more give profiles something to show on the first day.
_HISTORY_DAYS = 12
_CROWD, _CROWD_DAYS = 20_000, 7  # a bigger world begins with no more than search can find


class World:
    """Everything a call may touch. One thread, one connection, one transaction at a time."""

    def __init__(
        self, home: Path, seed: int, count: int, clock_mode: str, begins: int | None = None
    ) -> None:
        """A new home's manual clock begins at `begins` (ms since 1970), else at the present."""
        home.mkdir(parents=True, exist_ok=True)
        self.home = home
        self.db: sqlite3.Connection = open_db(home / "world.db")
        self.seed = int(get_meta(self.db, "seed", str(seed)))
        self.clock = SandboxClock(self.db)
        self.reactor = Reactor(self.db, self.seed)
        if not get_meta(self.db, "seed"):
            self._begin(seed, count, clock_mode, begins)
        self.journal = Journal(self.db, home / "journal.jsonl")

    def _begin(self, seed: int, count: int, clock_mode: str, begins: int | None) -> None:
        self.db.execute("BEGIN")
        self.clock.set_mode(clock_mode, begins)
        now = self.clock.now_ms()
        people.seed_people(self.db, seed, count, now)
        standing.seed_some(self.db, seed)
        history = _HISTORY_DAYS if count <= _CROWD else _CROWD_DAYS
        for day in range(now // DAY_MS - history, now // DAY_MS + 1):
            posts.generate_day(self.db, seed, day)
        self.db.execute("INSERT INTO posts_fts (posts_fts) VALUES ('optimize')")
        set_meta(self.db, "day", str(now // DAY_MS))
        set_meta(self.db, "seed", str(seed))
        set_meta(self.db, "people", str(count))
        self.db.execute("COMMIT")

    def now(self) -> int:
        """The sandbox's present in milliseconds."""
        return self.clock.now_ms()

    def catch_up(self) -> int:
        """Applies everything that is due by now, in order of its time. How many reactions ran."""
        now = self.now()
        day = int(get_meta(self.db, "day"))
        due = self.db.execute("SELECT 1 FROM reactions WHERE due <= ? LIMIT 1", (now,)).fetchone()
        if due is None and day >= now // DAY_MS:
            return 0
        self.db.execute("BEGIN")
        try:
            done = 0
            while day < now // DAY_MS:
                done += self._apply_until((day + 1) * DAY_MS - 1)
                day += 1
                posts.generate_day(self.db, self.seed, day)
                self.reactor.new_day(day)
                set_meta(self.db, "day", str(day))
            done += self._apply_until(now)
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")
        return done

    def _apply_until(self, until: int) -> int:
        done = 0
        while True:
            row = self.db.execute(
                "SELECT id, due, kind, actor, account, post, note FROM reactions"
                " WHERE due <= ? ORDER BY due, id LIMIT 1",
                (until,),
            ).fetchone()
            if row is None:
                return done
            self.db.execute("DELETE FROM reactions WHERE id = ?", (row["id"],))
            self._apply(row)
            done += 1

    def _apply(self, row: sqlite3.Row) -> None:
        kind, actor, account, due = row["kind"], row["actor"], row["account"], row["due"]
        if kind == "follow":
            graph.follow(self.db, actor, account, due)
        elif kind == "accept":
            graph.accept(self.db, account, actor, due)
        elif kind == "unfollow":
            graph.unfollow(self.db, actor, account)
        elif kind == "mention":
            self._speak(actor, None, row["note"], due)
        elif kind == "crowd":
            likes, views = row["note"].split(",")
            self.db.execute(
                "UPDATE posts SET likes = likes + ?, views = views + ? WHERE id = ?",
                (int(likes), int(views), row["post"]),
            )
            self.db.execute(
                "INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?)",
                (row["post"], due, int(views), int(likes)),
            )
        else:
            self._apply_to_post(row)

    def _apply_to_post(self, row: sqlite3.Row) -> None:
        kind, due = row["kind"], row["due"]
        if row["post"] is not None:
            post = posts.by_id(self.db, row["post"])
        else:
            found, _ = posts.page(self.db, "s.author = ? AND s.kind = 'post'",
                                  (row["account"],), "", 1)  # fmt: skip
            post = found[0] if found else None
        if post is None:
            return
        if kind in ("like", "like_latest"):
            graph.mark(self.db, "like", row["actor"], post.id, due)
        else:
            self._speak(row["actor"], post, row["note"], due)

    def _speak(self, actor: int, parent: posts.Post | None, text: str, at: int) -> None:
        """A person posts or comments; on X an answer opens with the handle it answers."""
        person = people.by_id(self.db, actor)
        if parent is not None and person.platform == "twitter":
            text = f"@{people.by_id(self.db, parent.author).handle} {text}"
        kind = "post" if parent is None else "comment"
        media = "text"
        if parent is None:
            media = {"instagram": "image", "tiktok": "video"}.get(person.platform, "text")
        draft = Draft(person.platform, actor, text, kind=kind, media=media, parent=parent)
        posts.create(self.db, draft, at)

    def close(self) -> None:
        """Closes the files."""
        self.journal.close()
        self.db.close()
