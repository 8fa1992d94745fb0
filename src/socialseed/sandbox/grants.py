"""Codes and tokens of all three platforms: issued, exchanged, rotated, revoked. Times in ms."""

import secrets
import sqlite3
from dataclasses import dataclass

from socialseed.sandbox.call import Token
from socialseed.sandbox.world.world import World

DAY = 86_400_000


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


def issue_code(world: World, code: Code, lifetime: int) -> str:
    """A fresh single-use code."""
    text = secrets.token_urlsafe(32)
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
    access = f"{prefix}{secrets.token_urlsafe(40)}"
    refresh = f"{prefix.replace('act', 'rft')}{secrets.token_urlsafe(40)}" if life.refresh else ""
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


def take_refresh(world: World, platform: str, refresh: str) -> sqlite3.Row | None:
    """The grant behind a living refresh token, removed with its access token."""
    row: sqlite3.Row | None = world.db.execute(
        "DELETE FROM tokens WHERE refresh = ? AND platform = ? AND refresh_expires > ? RETURNING *",
        (refresh, platform, world.now()),
    ).fetchone()
    return row


def revoke(world: World, platform: str, token: str) -> int:
    """Removes the grants that hold this access or refresh token; how many there were."""
    return world.db.execute(
        "DELETE FROM tokens WHERE platform = ? AND (access = ? OR refresh = ?)",
        (platform, token, token),
    ).rowcount
