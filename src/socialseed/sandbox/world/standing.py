"""People who are not open to everybody: protected, suspended, or blocking the owned accounts."""

import sqlite3

from socialseed.sandbox.draw import number
from socialseed.sandbox.world import graph

OPEN = "open"
STATES = (OPEN, "protected", "suspended", "blocks")
_PROTECTED, _SUSPENDED = 30, 5  # of a thousand people of X with few followers


def of(db: sqlite3.Connection, person: int) -> str:
    """How the person stands; almost everybody is open."""
    row = db.execute("SELECT state FROM hidden_people WHERE person = ?", (person,)).fetchone()
    return str(row[0]) if row else OPEN


def put(db: sqlite3.Connection, person: int, state: str) -> None:
    """The person stands like that afterwards. Raises ValueError for an unknown state."""
    if state not in STATES:
        raise ValueError(f"state is one of {', '.join(STATES)}")
    if state == OPEN:
        db.execute("DELETE FROM hidden_people WHERE person = ?", (person,))
    else:
        db.execute("INSERT OR REPLACE INTO hidden_people VALUES (?, ?)", (person, state))


def hides(db: sqlite3.Connection, viewer: int | None, person: int) -> str | None:
    """Why the viewer does not see this person's posts; None when they are seen."""
    state = of(db, person)
    if state == OPEN or viewer == person:
        return None
    if state == "protected" and viewer is not None and graph.follows(db, viewer, person):
        return None
    return state


def seed_some(db: sqlite3.Connection, seed: int) -> None:
    """A few little-known people of X are protected or suspended; the same for the same seed."""
    rows = db.execute(
        "SELECT id, uid FROM people WHERE platform = 'twitter' AND kind = 'person'"
        " AND followers < 300"
    ).fetchall()
    for person, uid in rows:
        share = number(seed, "standing", uid) % 1000
        if share < _PROTECTED + _SUSPENDED:
            put(db, person, "protected" if share < _PROTECTED else "suspended")
