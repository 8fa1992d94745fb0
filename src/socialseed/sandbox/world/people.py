"""People: who they are, how they are found, and the accounts the owner of the product controls."""

import math
import sqlite3
from dataclasses import dataclass, fields, replace
from operator import attrgetter

from socialseed.sandbox.draw import Draw, number
from socialseed.sandbox.world import words

PLATFORMS: tuple[str, ...] = ("twitter", "instagram", "tiktok")
_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Person:
    """One profile on one platform. `kind` is person, brand, bot or owned."""

    id: int
    platform: str
    uid: str
    handle: str
    name: str
    bio: str
    lang: str
    tz: str
    kind: str
    followers: int
    following: int
    posts: int
    interests: int
    activity: float
    warmth: float
    created: int


_WIDTH = len(fields(Person))
COLUMNS = ", ".join(f.name for f in fields(Person))
P_COLUMNS = ", ".join(f"p.{f.name}" for f in fields(Person))
_values = attrgetter(*(f.name for f in fields(Person)))


def of_row(row: sqlite3.Row) -> Person:
    """A person from the columns in `COLUMNS`."""
    return Person(*tuple(row)[:_WIDTH])


def by_id(db: sqlite3.Connection, person_id: int) -> Person:
    """The person with this inner id; KeyError if nobody has it."""
    row = db.execute(f"SELECT {COLUMNS} FROM people WHERE id = ?", (person_id,)).fetchone()
    if row is None:
        raise KeyError(person_id)
    return of_row(row)


def by_handle(db: sqlite3.Connection, platform: str, handle: str) -> Person | None:
    """The person with this handle, whatever the case of its letters."""
    row = db.execute(
        f"SELECT {COLUMNS} FROM people WHERE platform = ? AND handle = ?",
        (platform, handle.lstrip("@")),
    ).fetchone()
    return of_row(row) if row else None


def by_uid(db: sqlite3.Connection, platform: str, uid: str) -> Person | None:
    """The person with this id of the platform."""
    row = db.execute(
        f"SELECT {COLUMNS} FROM people WHERE platform = ? AND uid = ?", (platform, uid)
    ).fetchone()
    return of_row(row) if row else None


def owned(db: sqlite3.Connection, platform: str | None = None) -> list[Person]:
    """The owned accounts, of one platform or of all."""
    rows = db.execute(
        f"SELECT {COLUMNS} FROM people WHERE kind = 'owned' AND (?1 IS NULL OR platform = ?1)"
        " ORDER BY platform, handle",
        (platform,),
    )
    return [of_row(row) for row in rows]


def make_uid(platform: str, index: int, salt: int) -> str:
    """An id in the platform's form. Unique per (index, salt) on purpose, not by luck."""
    if platform == "twitter":
        return str(1_100_000_000_000_000_000 + index * 1_000_003 + salt % 1_000_000)
    if platform == "instagram":
        return str(17_841_400_000_000_000 + index * 1_000 + salt % 1_000)
    digits = f"{index:08x}{salt & 0xFFFFFFFFFFFF:012x}{(salt >> 16) & 0xFFFFFFFFFFFF:012x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:32]}"


Account = dict[str, object]


def create_owned(db: sqlite3.Connection, seed: int, now: int, spec: Account) -> Person:
    """The owned account of `spec`; the one that is there already if the handle is taken by one."""
    platform, handle = str(spec["platform"]), str(spec["handle"]).lstrip("@").strip()
    found = by_handle(db, platform, handle)
    if found is not None:
        return found
    bio = str(spec.get("bio") or "")
    named = spec.get("interests")
    mask = words.mask_of([str(n) for n in named]) if isinstance(named, list) else 0
    mask = mask or words.mask_in(bio)
    salt = number(seed, "owned", platform, handle.lower())
    top = int(db.execute("SELECT coalesce(max(id), 0) FROM people").fetchone()[0])
    person = Person(
        id=top + 1, platform=platform, uid=make_uid(platform, top + 1, salt), handle=handle,
        name=str(spec.get("display_name") or handle), bio=bio, lang="en",
        tz=str(spec.get("timezone") or "UTC"), kind="owned",
        followers=_count(spec.get("followers")), following=_count(spec.get("following")),
        posts=_count(spec.get("posts")), interests=mask, activity=0.0, warmth=0.0,
        created=now - 400 * _DAY_MS,
    )  # fmt: skip
    insert_people(db, [person])
    _befriend(db, seed, person, now)
    return person


def _count(value: object) -> int:
    return max(0, int(value)) if isinstance(value, int | float | str) and value != "" else 0


def _befriend(db: sqlite3.Connection, seed: int, account: Person, now: int) -> None:
    """Some of the account's followers and followed people get a face: those who share interests."""
    wanted = [i for i in range(len(words.INTERESTS)) if account.interests >> i & 1]
    places = ",".join(map(str, wanted)) or "0,1,2,3"
    salt = number(seed, "befriend", account.platform, account.handle.lower()) % 9973
    ids = [
        int(row[0])
        for row in db.execute(
            "SELECT DISTINCT i.person FROM person_interest i JOIN people p ON p.id = i.person"
            f" WHERE i.platform = ? AND i.interest IN ({places}) AND p.kind <> 'owned'"
            " AND p.followers < 50000 ORDER BY (i.person * 7919 + ?) % 104729, i.person LIMIT 160",
            (account.platform, salt),
        )
    ]
    followers = ids[: min(100, account.followers // 4)]
    following = ids[-min(12, account.following) :] if account.following else []
    old = now - 90 * _DAY_MS
    db.executemany(
        "INSERT OR IGNORE INTO follows VALUES (?, ?, ?, 1)",
        [(i, account.id, old) for i in followers] + [(account.id, i, old) for i in following],
    )


def insert_people(db: sqlite3.Connection, people: list[Person]) -> None:
    """All of `people` are in the world, with the index of their interests."""
    marks = ", ".join("?" * len(fields(Person)))
    db.executemany(
        f"INSERT INTO people ({COLUMNS}) VALUES ({marks})",
        map(_values, people),
    )
    db.executemany(
        "INSERT OR IGNORE INTO person_interest VALUES (?, ?, ?)",
        [
            (p.platform, i, p.id)
            for p in people
            for i in range(len(words.INTERESTS))
            if p.interests >> i & 1
        ],
    )


def seed_people(db: sqlite3.Connection, seed: int, count: int, now: int) -> None:
    """`count` people, a third on each platform; the same for the same seed."""
    taken: set[tuple[str, str]] = set()
    people: list[Person] = []
    for index in range(1, count + 1):
        person = _invent(seed, index, now)
        key = (person.platform, person.handle.lower())
        if key in taken:
            handle = f"{person.handle}{index}"
            person = replace(person, handle=handle)
            key = (person.platform, handle.lower())
        taken.add(key)
        people.append(person)
    insert_people(db, people)


def _invent(seed: int, index: int, now: int) -> Person:
    draw = Draw(seed, "person", index)
    platform = PLATFORMS[index % 3]
    share = draw.unit()
    kind = "bot" if share < 0.06 else "brand" if share < 0.16 else "person"
    mask = 0
    for _ in range(1 + draw.below(4)):
        mask |= 1 << draw.below(len(words.INTERESTS))
    topics = words.names_of(mask)
    place, tz, lang = words.PLACES[draw.below(len(words.PLACES))]
    first, last = draw.pick(words.FIRST_NAMES), draw.pick(words.LAST_NAMES)
    name, handle, bio = _face(draw, kind, first, last, topics, place)
    median, spread = {"person": (320, 1.5), "brand": (2600, 1.6), "bot": (60, 1.0)}[kind]
    followers = min(int(draw.lognormal(median, spread)), 9_000_000)
    following = int(draw.lognormal(2400 if kind == "bot" else 380, 0.8))
    return Person(
        id=index, platform=platform, uid=make_uid(platform, index, draw.bits()), handle=handle,
        name=name, bio=bio, lang=lang, tz=tz, kind=kind, followers=followers,
        following=min(following, 7400), posts=5 + int(draw.lognormal(140, 1.1)), interests=mask,
        activity=min(1.0, draw.lognormal(0.22, 0.9)), warmth=0.15 + 0.85 * draw.unit(),
        created=now - int(draw.lognormal(900, 0.7) * _DAY_MS),
    )  # fmt: skip


def _face(
    draw: Draw, kind: str, first: str, last: str, topics: list[str], place: str
) -> tuple[str, str, str]:
    """Name, handle and bio. TikTok, X and Instagram all allow letters, digits and underscores."""
    one, two = topics[0], topics[-1]
    tag = one.replace(" ", "")
    if kind == "brand":
        bio = draw.pick(words.BRAND_BIOS).format(topic=one, topic_up=one.capitalize())
        return f"{last} {one.title()}", f"{last.lower()}{tag}"[:15], bio
    if kind == "bot":
        bio = draw.pick(words.BOT_BIOS).format(topic=one)
        return f"{first}{draw.below(90000) + 10000}", f"{first.lower()}{draw.below(899999)}", bio
    line = draw.pick(words.BIOS)
    bio = line.format(one=one, one_up=one.capitalize(), two=two, place=place)
    forms = (
        f"{first}_{last}", f"{first}{last}", f"{first}.{tag}".replace(".", "_"), f"{tag}_{first}",
        f"{first}{draw.below(99)}",
    )  # fmt: skip
    return f"{first} {last}", draw.pick(forms).lower()[:15], bio


def overlap(one: int, other: int) -> int:
    """How many interests two people share."""
    return (one & other).bit_count()


def closeness(followers: int) -> float:
    """How likely a person of this fame is to notice somebody, from 1.0 down."""
    return 1.0 / (1.0 + max(0.0, math.log10(max(followers, 1) / 800)))
