"""X's search language, turned into one SQL condition with bound parameters."""

import re
import sqlite3

from socialseed.sandbox.world import people
from socialseed.sandbox.world.posts import Reach

_TOKEN = re.compile(r'-\(|\(|\)|-?"[^"]*"|-?[^\s()]+')

_KINDS = {
    ("is", "reply"): "s.parent IS NOT NULL",
    ("is", "retweet"): "s.kind = 'repost'",
    ("is", "quote"): "s.quoted IS NOT NULL",
    ("has", "hashtags"): "s.text LIKE '%#%'",
    ("has", "mentions"): "s.text LIKE '%@%'",
    ("has", "media"): "s.media <> 'text'",
    ("has", "images"): "s.media = 'image'",
    ("has", "videos"): "s.media = 'video'",
    ("has", "links"): "s.text LIKE '%http%://%'",
    ("is", "verified"): "s.author IN (SELECT id FROM people WHERE kind = 'brand')",
}
_WITHIN = {"conversation_id": "s.id IN (WITH w (v) AS (SELECT ?) SELECT v FROM w"
                              " UNION SELECT id FROM posts, w WHERE root = v)",
           "in_reply_to_tweet_id": "s.parent = ?",
           "quotes_of_tweet_id": "(s.quoted = ? AND s.kind = 'post')",
           "retweets_of_tweet_id": "(s.quoted = ? AND s.kind = 'repost')"}  # fmt: skip
_NEVER = ("list", "place", "context", "point_radius", "bounding_box", "place_country")
_COUNTERS = {"min_likes": "likes", "min_replies": "comments", "min_reposts": "shares"}


class Search:
    """Reads a query once; `where` and `args` select posts `s` of X.

    `problem` says what X would refuse: operators that do not exist or need a companion.
    """

    def __init__(self, db: sqlite3.Connection, query: str, reach: Reach) -> None:
        self._db = db
        self._reach = reach
        self._tokens = _TOKEN.findall(query)
        self.args: list[object] = []
        self.problem = ""
        self._alone = False  # whether something stands that may stand alone
        self._found = False
        self.where = self._any_of() if self._tokens else "0"
        if self._found and not self._alone and not self.problem:
            self.problem = "There must be at least one standalone operator in the query."

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
            elif token == "-(":  # noqa: S105
                parts.append(f"NOT {self._any_of()}")
                if self._tokens:
                    self._tokens.pop(0)
            elif token.startswith("-") and len(token) > 1:
                stood, self._alone = self._alone, True
                parts.append(f"NOT {self._term(token[1:])}")
                self._alone = stood
            elif token != "AND":  # noqa: S105
                parts.append(self._term(token))
        if self._tokens and self._tokens[0] == ")" and not parts:
            self._tokens.pop(0)
        return f"({' AND '.join(parts)})" if parts else "1"

    def _term(self, token: str) -> str:
        self._found = True
        name, colon, value = token.partition(":")
        if colon and not token.startswith('"') and value:
            return self._operator(name, value.strip('"'))
        self._alone = True
        if token.startswith("#"):
            clause = self._words(token[1:])
            self.args.append(f"%{token}%")
            return f"({clause} AND s.text LIKE ?)"
        if token.startswith("@"):
            return self._mentions(token[1:])
        return self._words(token.strip('"'))

    def _words(self, text: str) -> str:
        reach = self._reach
        self.args += ['"' + text.replace('"', " ") + '"', reach.low, reach.ahead, reach.past]
        # Keywords find no reposts since May 2026.
        return (
            "(s.kind <> 'repost' AND s.id IN"
            " (SELECT rowid FROM posts_fts WHERE posts_fts MATCH ? AND rowid >= ?"
            " AND rowid NOT BETWEEN ? AND ?))"
        )

    def _operator(self, name: str, value: str) -> str:
        if name not in ("is", "has", "lang"):
            self._alone = True
        if name in ("from", "to"):
            return self._person(name, value)
        if name in _WITHIN:
            self.args.append(self._inner(value))
            return _WITHIN[name]
        if name in ("is", "has"):
            if (name, value) not in _KINDS:
                self.problem = f"Reference to invalid field '{name}:{value}'"
            return _KINDS.get((name, value), "0")
        if name == "lang":
            self.args.append(value)
            return "s.lang = ?"
        if name in _COUNTERS and value.isdigit():
            self.args.append(int(value))
            return f"s.{_COUNTERS[name]} >= ?"
        if name == "url":
            self.args.append(f"%http%{value}%")
            return "s.text LIKE ?"
        if name in _NEVER:
            return "0"
        self.problem = f"Reference to invalid operator '{name}'"
        return "0"

    def _person(self, name: str, value: str) -> str:
        found = people.by_handle(self._db, "twitter", value) or people.by_uid(
            self._db, "twitter", value
        )
        self.args.append(found.id if found else -1)
        if name == "from":
            return "s.author = ?"
        return "EXISTS (SELECT 1 FROM posts t WHERE t.id = s.parent AND t.author = ?)"

    def _inner(self, pid: str) -> int:
        row = self._db.execute(
            "SELECT id FROM posts WHERE platform = 'twitter' AND pid = ?", (pid,)
        ).fetchone()
        return int(row[0]) if row else -1

    def _mentions(self, handle: str) -> str:
        person = people.by_handle(self._db, "twitter", handle)
        self.args.append(person.id if person else -1)
        return "EXISTS (SELECT 1 FROM mentions m WHERE m.person = ? AND m.post = s.id)"
