"""Codes and tokens of all three platforms: issued, exchanged, rotated, revoked. Times in ms."""

import base64
import hashlib
import sqlite3
from dataclasses import dataclass

from socialseed.sandbox.call import Token
from socialseed.sandbox.store import get_meta, set_meta
from socialseed.sandbox.world.world import World

DAY = 86_400_000
NOBODY = 0  # whom a token of an app by itself speaks for


@dataclass(frozen=True, slots=True)
class Code:
    """An authorization code as asked for."""

    platform: str
    person: int
    client_id: str
    redirect_uri: str
    scopes: str
    challenge: str
    method: str


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long a grant lasts; `refresh` 0 means that no refresh token is given."""

    access: int
    refresh: int = 0


def secret(world: World, what: str) -> str:
    """A text that is given out once in this world; the same seed and history give the same."""
    count = int(get_meta(world.db, "secrets", "0")) + 1
    set_meta(world.db, "secrets", str(count))
    digest = hashlib.blake2b(f"{world.seed} {what} {count}".encode(), digest_size=30).digest()
    return base64.urlsafe_b64encode(digest).decode()


def issue_code(world: World, code: Code, lifetime: int) -> str:
    """A fresh single-use code."""
    text = secret(world, "code")
    world.db.execute(
        "INSERT INTO codes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (text, code.platform, code.person, code.client_id, code.redirect_uri, code.scopes,
         code.challenge, code.method, world.now() + lifetime),
    )  # fmt: skip
    return text


def take_code(world: World, platform: str, text: str) -> Code | None:
    """The code, used up; None if it is unknown, used or too old."""
    row = world.db.execute(
        "DELETE FROM codes WHERE code = ? AND platform = ? RETURNING platform, person, client_id,"
        " redirect_uri, scopes, challenge, method, expires",
        (text, platform),
    ).fetchone()
    if row is None or row["expires"] <= world.now():
        return None
    return Code(*tuple(row)[:7])


@dataclass(frozen=True, slots=True)
class Grant:
    """A new pair of tokens."""

    access: str
    refresh: str
    scopes: str


def issue(
    world: World, platform: str, person: int, client_id: str, scopes: str, life: Lifetimes,
    *, prefix: str = "", long: bool = True,
) -> Grant:  # fmt: skip
    """A stored grant; the refresh token is '' when none is given."""
    access = f"{prefix}{secret(world, 'access')}"
    refresh = f"{prefix.replace('act', 'rft')}{secret(world, 'refresh')}" if life.refresh else ""
    now = world.now()
    world.db.execute(
        "INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (access, refresh or None, platform, person, client_id, scopes, now, now + life.access,
         now + life.refresh, int(long)),
    )  # fmt: skip
    return Grant(access, refresh, scopes)


def find(world: World, access: str) -> sqlite3.Row | None:
    """The stored token, expired or not."""
    row: sqlite3.Row | None = world.db.execute(
        "SELECT * FROM tokens WHERE access = ?", (access,)
    ).fetchone()
    return row


def as_token(row: sqlite3.Row) -> Token:
    """A stored token as handlers see it."""
    scopes = frozenset(row["scopes"].replace(",", " ").split())
    return Token(
        row["access"], row["platform"], row["person"], row["client_id"], scopes, row["created"],
        row["expires"],
    )  # fmt: skip


def take_refresh(world: World, platform: str, refresh: str, client_id: str) -> sqlite3.Row | None:
    """The grant behind an app's living refresh token, removed with its access token."""
    row: sqlite3.Row | None = world.db.execute(
        "DELETE FROM tokens WHERE refresh = ? AND platform = ? AND client_id = ?"
        " AND refresh_expires > ? RETURNING *",
        (refresh, platform, client_id, world.now()),
    ).fetchone()
    return row


def keep_refresh(world: World, grant: Grant, row: sqlite3.Row) -> Grant:
    """The new grant goes on with the refresh token of the one in `row`, which still ends then."""
    world.db.execute(
        "UPDATE tokens SET refresh = ?, refresh_expires = ? WHERE access = ?",
        (row["refresh"], row["refresh_expires"], grant.access),
    )
    return Grant(grant.access, row["refresh"], grant.scopes)


def revoke(world: World, platform: str, token: str) -> int:
    """Removes the grants that hold this access or refresh token; how many there were."""
    return _end(world, "platform = ?1 AND (access = ?2 OR refresh = ?2)", platform, token)


def remove_app(world: World, platform: str, person: int, client_id: str) -> int:
    """The person removed the app: all its tokens for the account are dead. How many there were."""
    return _end(world, "platform = ? AND person = ? AND client_id = ?", platform, person, client_id)


def _end(world: World, where: str, *args: object) -> int:
    ended = world.db.execute(f"DELETE FROM tokens WHERE {where} RETURNING access", args).fetchall()
    world.db.executemany(
        "INSERT OR REPLACE INTO ended_tokens VALUES (?, ?)",
        [(row[0], world.now()) for row in ended],
    )
    return len(ended)


def was_revoked(world: World, access: str) -> bool:
    """Whether this was a token until somebody took it back."""
    row = world.db.execute("SELECT 1 FROM ended_tokens WHERE access = ?", (access,)).fetchone()
    return row is not None
