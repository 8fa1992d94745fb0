"""The world's database: one SQLite file that survives the death of the process."""

import sqlite3
from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS people (
  id INTEGER PRIMARY KEY, platform TEXT NOT NULL, uid TEXT NOT NULL,
  handle TEXT NOT NULL COLLATE NOCASE, name TEXT NOT NULL, bio TEXT NOT NULL,
  lang TEXT NOT NULL, tz TEXT NOT NULL, kind TEXT NOT NULL,
  followers INTEGER NOT NULL, following INTEGER NOT NULL, posts INTEGER NOT NULL,
  interests INTEGER NOT NULL, activity REAL NOT NULL, warmth REAL NOT NULL,
  created INTEGER NOT NULL, UNIQUE (platform, handle), UNIQUE (platform, uid));
CREATE INDEX IF NOT EXISTS people_owned ON people (platform, handle) WHERE kind = 'owned';
CREATE INDEX IF NOT EXISTS people_known ON people (followers DESC, handle, name, bio)
  WHERE platform = 'twitter';
CREATE TABLE IF NOT EXISTS person_interest (
  platform TEXT NOT NULL, interest INTEGER NOT NULL, person INTEGER NOT NULL,
  PRIMARY KEY (platform, interest, person)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS posts (
  id INTEGER PRIMARY KEY, platform TEXT NOT NULL, pid TEXT NOT NULL, code TEXT NOT NULL,
  author INTEGER NOT NULL, kind TEXT NOT NULL, media TEXT NOT NULL, text TEXT NOT NULL,
  lang TEXT NOT NULL, created INTEGER NOT NULL, parent INTEGER, root INTEGER, quoted INTEGER,
  likes INTEGER NOT NULL, comments INTEGER NOT NULL, shares INTEGER NOT NULL,
  views INTEGER NOT NULL, urls TEXT NOT NULL DEFAULT '', hidden INTEGER NOT NULL DEFAULT 0,
  deleted INTEGER NOT NULL DEFAULT 0, UNIQUE (platform, pid));
CREATE INDEX IF NOT EXISTS posts_author ON posts (author, created);
CREATE INDEX IF NOT EXISTS posts_parent ON posts (parent, created) WHERE parent IS NOT NULL;
CREATE INDEX IF NOT EXISTS posts_root ON posts (root, created) WHERE root IS NOT NULL;
CREATE INDEX IF NOT EXISTS posts_code ON posts (platform, code);
CREATE VIRTUAL TABLE IF NOT EXISTS posts_fts USING fts5(
  text, content='posts', content_rowid='id', detail='full');
CREATE TABLE IF NOT EXISTS days (day INTEGER PRIMARY KEY, first_post INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS hours (at INTEGER PRIMARY KEY, first_post INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS mentions (
  person INTEGER NOT NULL, post INTEGER NOT NULL, created INTEGER NOT NULL,
  PRIMARY KEY (person, created, post)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS follows (
  src INTEGER NOT NULL, dst INTEGER NOT NULL, at INTEGER NOT NULL, seeded INTEGER NOT NULL,
  PRIMARY KEY (src, dst)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS follows_dst ON follows (dst, src);
CREATE TABLE IF NOT EXISTS marks (
  person INTEGER NOT NULL, kind TEXT NOT NULL, post INTEGER NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (person, kind, post)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS marks_post ON marks (post, kind, at);
CREATE TABLE IF NOT EXISTS seen (
  post INTEGER NOT NULL, at INTEGER NOT NULL, views INTEGER NOT NULL, likes INTEGER NOT NULL,
  PRIMARY KEY (post, at)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS hidden_people (
  person INTEGER PRIMARY KEY, state TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS follow_requests (
  src INTEGER NOT NULL, dst INTEGER NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (src, dst)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS posts_quoted ON posts (quoted, kind) WHERE quoted IS NOT NULL;
CREATE TABLE IF NOT EXISTS reactions (
  id INTEGER PRIMARY KEY, due INTEGER NOT NULL, kind TEXT NOT NULL, actor INTEGER NOT NULL,
  account INTEGER NOT NULL, post INTEGER, note TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS reactions_due ON reactions (due, id);
CREATE TABLE IF NOT EXISTS codes (
  code TEXT PRIMARY KEY, platform TEXT NOT NULL, person INTEGER NOT NULL, client_id TEXT NOT NULL,
  redirect_uri TEXT NOT NULL, scopes TEXT NOT NULL, challenge TEXT NOT NULL, method TEXT NOT NULL,
  expires INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tokens (
  access TEXT PRIMARY KEY, refresh TEXT, platform TEXT NOT NULL, person INTEGER NOT NULL,
  client_id TEXT NOT NULL, scopes TEXT NOT NULL, created INTEGER NOT NULL,
  expires INTEGER NOT NULL, refresh_expires INTEGER NOT NULL, long INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS tokens_refresh ON tokens (refresh);
CREATE INDEX IF NOT EXISTS tokens_person ON tokens (person);
CREATE TABLE IF NOT EXISTS ended_tokens (
  access TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS media (
  id INTEGER PRIMARY KEY, person INTEGER NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL,
  created INTEGER NOT NULL, spec TEXT NOT NULL, content BLOB, post INTEGER);
CREATE INDEX IF NOT EXISTS media_person ON media (person, created);
CREATE TABLE IF NOT EXISTS hashtags (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS hashtag_uses (
  person INTEGER NOT NULL, hashtag INTEGER NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (person, hashtag)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS journal (n INTEGER PRIMARY KEY, line TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS observed (n INTEGER PRIMARY KEY, line TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS happenings (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, kind TEXT NOT NULL,
  account INTEGER NOT NULL, actor INTEGER NOT NULL, post INTEGER, note TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS happenings_at ON happenings (at, id);
CREATE TABLE IF NOT EXISTS hook_apps (client TEXT PRIMARY KEY, secret TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS hooks (
  id INTEGER PRIMARY KEY AUTOINCREMENT, platform TEXT NOT NULL, client TEXT NOT NULL,
  url TEXT NOT NULL, secret TEXT NOT NULL, verify_token TEXT NOT NULL, login TEXT NOT NULL,
  kinds TEXT NOT NULL, everybody INTEGER NOT NULL, valid INTEGER NOT NULL, created INTEGER NOT NULL,
  proved INTEGER NOT NULL, tried INTEGER NOT NULL, dropped INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS hook_subscriptions (
  id INTEGER PRIMARY KEY AUTOINCREMENT, hook INTEGER, platform TEXT NOT NULL,
  person INTEGER NOT NULL, kind TEXT NOT NULL, tag TEXT NOT NULL, login TEXT NOT NULL,
  created INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS hook_subscriptions_person ON hook_subscriptions (person);
CREATE TABLE IF NOT EXISTS deliveries (
  id INTEGER PRIMARY KEY AUTOINCREMENT, hook INTEGER NOT NULL, created INTEGER NOT NULL,
  due INTEGER NOT NULL, tries INTEGER NOT NULL, state TEXT NOT NULL, kind TEXT NOT NULL,
  body TEXT NOT NULL, status INTEGER, note TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (due, id) WHERE state = 'waiting';
CREATE INDEX IF NOT EXISTS deliveries_hook ON deliveries (hook, state, id);
"""
# Left to itself the word index merges in one go, now and then for 70 ms: `posts` does it in steps.
_INDEX = (("automerge", 0), ("crisismerge", 1000))


def open_db(path: Path) -> sqlite3.Connection:
    """The open database with its tables. WAL without fsync: it survives a killed process."""
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    db.row_factory = sqlite3.Row
    for pragma in ("journal_mode=WAL", "synchronous=OFF", "temp_store=MEMORY", "cache_size=-65536"):
        db.execute(f"PRAGMA {pragma}")
    db.executescript(_SCHEMA)
    db.executemany("INSERT INTO posts_fts (posts_fts, rank) VALUES (?, ?)", _INDEX)
    return db


def get_meta(db: sqlite3.Connection, key: str, default: str = "") -> str:
    """One remembered setting."""
    row = db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return str(row[0]) if row else default


def set_meta(db: sqlite3.Connection, key: str, value: str) -> None:
    """Remembers one setting."""
    db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))
