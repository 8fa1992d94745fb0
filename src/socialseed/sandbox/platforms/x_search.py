"""X's search language, turned into one SQL condition with bound parameters."""

import re
import sqlite3

from socialseed.sandbox.world import people, posts

_TOKEN = re.compile(r'\(|\)|-?"[^"]*"|-?[^\s()]+')

_KINDS = {
    ("is", "reply"): "s.parent IS NOT NULL",
    ("is", "retweet"): "s.kind = 'repost'",
    ("is", "quote"): "s.quoted IS NOT NULL",
    ("has", "hashtags"): "s.text LIKE '%#%'",
    ("has", "mentions"): "s.text LIKE '%@%'",
    ("has", "media"): "s.media <> 'text'",
    ("has", "images"): "s.media = 'image'",
}
_COUNTERS = {"min_likes": "likes", "min_replies": "comments", "min_reposts": "shares"}


class Search:
    """Reads a query once; `where` and `args` select posts `s` of X."""

    def __init__(self, db: sqlite3.Connection, query: str, first_post: int) -> None:
        self._db = db
        self._first = first_post
        self._tokens = _TOKEN.findall(query)
        self.args: list[object] = []
        self.where = self._any_of() if self._tokens else "0"

    def _any_of(self) -> str:
        parts = [self._all_of()]
        while self._tokens and self._tokens[0] == "OR":
            self._tokens.pop(0)
            parts.append(self._all_of())
        return f"({' OR '.join(parts)})"

    def _all_of(self) -> str:
        parts = []
        while self._tokens and self._tokens[0] not in ("OR", ")"):
            token = self._tokens.pop(0)
            if token == "(":  # noqa: S105
                parts.append(self._any_of())
                if self._tokens:
                    self._tokens.pop(0)
            elif token.startswith("-") and len(token) > 1:
                parts.append(f"NOT {self._term(token[1:])}")
            elif token != "AND":  # noqa: S105
                parts.append(self._term(token))
        if self._tokens and self._tokens[0] == ")" and not parts:
            self._tokens.pop(0)
        return f"({' AND '.join(parts)})" if parts else "1"

    def _term(self, token: str) -> str:
        name, colon, value = token.partition(":")
        if colon and not token.startswith('"') and value:
            return self._operator(name, value.strip('"'))
        if token.startswith("#"):
            clause = self._words(token[1:])
            self.args.append(f"%{token}%")
            return f"({clause} AND s.text LIKE ?)"
        if token.startswith("@"):
            return self._mentions(token[1:])
        return self._words(token.strip('"'))

    def _words(self, text: str) -> str:
        self.args += ['"' + text.replace('"', " ") + '"', self._first]
        return "s.id IN (SELECT rowid FROM posts_fts WHERE posts_fts MATCH ? AND rowid >= ?)"

    def _operator(self, name: str, value: str) -> str:
        if name in ("from", "to"):
            person = people.by_handle(self._db, "twitter", value)
            self.args.append(person.id if person else -1)
            if name == "from":
                return "s.author = ?"
            return "EXISTS (SELECT 1 FROM posts t WHERE t.id = s.parent AND t.author = ?)"
        if name in ("conversation_id", "in_reply_to_tweet_id"):
            self.args.append(self._inner(value))
            return "s.root = ?" if name == "conversation_id" else "s.parent = ?"
        if name in ("is", "has"):
            return _KINDS.get((name, value), "0")
        if name == "lang":
            self.args.append(value)
            return "s.lang = ?"
        if name in _COUNTERS and value.isdigit():
            self.args.append(int(value))
            return f"s.{_COUNTERS[name]} >= ?"
        return self._words(f"{name} {value}")

    def _inner(self, pid: str) -> int:
        row = self._db.execute(
            "SELECT id FROM posts WHERE platform = 'twitter' AND pid = ?", (pid,)
        ).fetchone()
        return int(row[0]) if row else -1

    def _mentions(self, handle: str) -> str:
        person = people.by_handle(self._db, "twitter", handle)
        self.args.append(person.id if person else -1)
        return "EXISTS (SELECT 1 FROM mentions m WHERE m.person = ? AND m.post = s.id)"


def first_post_since(db: sqlite3.Connection, since: int) -> int:
    """The lowest inner number a post made after `since` (ms) can have."""
    row = db.execute(
        "SELECT first_post FROM days WHERE day <= ? ORDER BY day DESC LIMIT 1",
        (since // posts.DAY_MS,),
    ).fetchone()
    return int(row[0]) if row else 0
