"""What people do in answer to an account: decided at once from stable keys, done when it is due."""

import sqlite3
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from socialseed.sandbox.clock import from_ms
from socialseed.sandbox.draw import Draw
from socialseed.sandbox.world import people, words
from socialseed.sandbox.world.people import Person
from socialseed.sandbox.world.posts import Post

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
# The share of its readers that is awake and looking, by local hour; the evening is the best time.
_HOURS = (
    0.45, 0.35, 0.3, 0.3, 0.35, 0.5, 0.7, 0.9, 1.0, 0.95, 0.9, 1.0, 1.15, 1.05, 0.9, 0.9, 1.0, 1.15,
    1.35, 1.45, 1.4, 1.2, 0.9, 0.6,
)  # fmt: skip


class Reactor:
    """Schedules the reactions to one act."""

    def __init__(self, db: sqlite3.Connection, seed: int) -> None:
        self._db = db
        self._seed = seed

    def plan(
        self, due: int, kind: str, actor: int, account: int, post: int | None = None, note: str = ""
    ) -> None:
        """`actor` will do `kind` to the owned account when the clock reaches `due`."""
        self._db.execute(
            "INSERT INTO reactions (due, kind, actor, account, post, note)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (due, kind, actor, account, post, note),
        )

    def draw(self, verb: str, actor: Person, account: Person, *more: object) -> Draw:
        """The chance of one meeting: seed, actor, target and verb decide it."""
        return Draw(self._seed, verb, actor.uid, account.uid, *more)

    def followed(self, account: Person, person: Person, now: int) -> None:
        """The account followed the person: it may follow back, and may leave again later."""
        if person.kind == "owned":
            return
        draw = self.draw("follow", person, account)
        shared = min(people.overlap(account.interests, person.interests), 3)
        base = {"person": 0.10 + 0.13 * shared, "brand": 0.04 + 0.03 * shared, "bot": 0.55}
        probability = base[person.kind] * people.closeness(person.followers)
        probability *= 0.7 + 0.6 * person.warmth
        back, delay = draw.chance(probability), _delay(draw, 6.0, 1.3, 6 * 24)
        leaves, stay = draw.chance(0.35 if person.kind == "bot" else 0.09), 4 + 21 * draw.unit()
        likes, like_delay = draw.chance(0.12 * person.warmth * shared), _delay(draw, 9.0, 1.0, 96)
        if back:
            self.plan(now + delay, "follow", person.id, account.id)
            if leaves:
                self.plan(now + delay + int(stay * DAY_MS), "unfollow", person.id, account.id)
        if likes:
            self.plan(now + like_delay, "like_latest", person.id, account.id)

    def requested(self, account: Person, person: Person, now: int) -> None:
        """The account asked a protected person to let it follow: most who share an interest do."""
        draw = self.draw("request", person, account)
        shared = min(people.overlap(account.interests, person.interests), 3)
        if draw.chance(0.35 + 0.15 * shared):
            self.plan(now + _delay(draw, 8, 1.1, 96), "accept", person.id, account.id)

    def unfollowed(self, account: Person, person: Person, now: int) -> None:
        """The account left the person: it may leave too."""
        if person.kind == "owned":
            return
        draw = self.draw("unfollow", person, account)
        if draw.chance(0.3):
            self.plan(now + _delay(draw, 40, 0.8, 240), "unfollow", person.id, account.id)

    def liked(self, account: Person, person: Person, post: Post, now: int) -> None:
        """The account liked the person's post: it may like back or follow."""
        if person.kind == "owned":
            return
        draw = self.draw("like", person, account)
        shared = min(people.overlap(account.interests, person.interests), 3)
        near = people.closeness(person.followers)
        if draw.chance((0.03 + 0.05 * shared) * near * person.warmth):
            self.plan(now + _delay(draw, 8, 1.1, 120), "follow", person.id, account.id)
        if draw.chance((0.08 + 0.06 * shared) * near * person.warmth):
            self.plan(now + _delay(draw, 5, 1.1, 96), "like_latest", person.id, account.id)

    def commented(self, account: Person, person: Person, comment: Post, now: int) -> None:
        """The account commented on the person's post: it may like that, answer or follow."""
        if person.kind == "owned":
            return
        draw = self.draw("comment", person, account, comment.text)
        near = people.closeness(person.followers) * (0.5 + person.warmth)
        if draw.chance(0.45 * near):
            self.plan(now + _delay(draw, 3, 1.0, 72), "like", person.id, account.id, comment.id)
        if draw.chance(0.28 * near):
            answer = draw.pick(words.ANSWERS)
            at = now + _delay(draw, 4, 1.0, 72)
            self.plan(at, "answer", person.id, account.id, comment.id, answer)
        if draw.chance(0.1 * near):
            self.plan(now + _delay(draw, 10, 1.0, 120), "follow", person.id, account.id)

    def published(self, account: Person, post: Post, now: int) -> None:
        """The account posted: its followers and some strangers like, comment, mention or follow."""
        topics = words.mask_in(post.text)
        draw = Draw(self._seed, "publish", account.uid, post.text)
        quality = (0.6 + 0.9 * draw.unit()) * _hour_factor(account.tz, now)
        quality *= 1.25 if topics & account.interests else 0.8
        quality *= {"text": 0.9, "image": 1.0, "video": 1.2, "carousel": 1.15}.get(post.media, 1.0)
        for person in self._followers(account.id):
            self._reader(account, person, post, topics, quality, now, follows=True)
        for person in self._strangers(account, topics or account.interests, draw):
            self._reader(account, person, post, topics, quality * 0.22, now, follows=False)
        self._crowd(account, post, quality, now)

    def _reader(
        self, account: Person, person: Person, post: Post, topics: int, quality: float, now: int,
        *, follows: bool,
    ) -> None:  # fmt: skip
        draw = self.draw("read", person, account, post.text)
        fit = 1.4 if topics & person.interests else 0.7
        likes = 0.22 * person.warmth * quality * fit * (1.5 if person.kind == "bot" else 1.0)
        if draw.chance(likes):
            self.plan(now + _delay(draw, 3.5, 1.3, 120), "like", person.id, account.id, post.id)
        if draw.chance(likes * 0.14):
            note, at = draw.pick(words.ANSWERS), now + _delay(draw, 5, 1.2, 120)
            self.plan(at, "answer", person.id, account.id, post.id, note)
        if draw.chance(likes * 0.02):
            at = now + _delay(draw, 20, 0.9, 168)
            self.plan(at, "mention", person.id, account.id, None, _mention(draw, account))
        if not follows and draw.chance(likes * 0.35):
            self.plan(now + _delay(draw, 8, 1.2, 168), "follow", person.id, account.id)

    def _crowd(self, account: Person, post: Post, quality: float, now: int) -> None:
        """The followers without a face: they only show in the counters, in five steps."""
        draw = Draw(self._seed, "crowd", account.uid, post.text)
        views = account.followers * 0.28 * quality * draw.lognormal(1.0, 0.4) + 20 * draw.unit()
        likes = max(0, account.followers - 100) * 0.018 * quality
        for hours, share in ((1, 0.2), (3, 0.25), (9, 0.25), (26, 0.2), (60, 0.1)):
            note = f"{round(likes * share)},{round(views * share)}"
            self.plan(now + hours * HOUR_MS, "crowd", 0, account.id, post.id, note)

    def _followers(self, account: int) -> list[Person]:
        rows = self._db.execute(
            f"SELECT {people.P_COLUMNS} FROM follows f JOIN people p ON p.id = f.src"
            " WHERE f.dst = ? AND p.kind <> 'owned' LIMIT 400",
            (account,),
        )
        return [people.of_row(row) for row in rows]

    def _strangers(self, account: Person, topics: int, draw: Draw) -> list[Person]:
        names = [i for i in range(len(words.INTERESTS)) if topics >> i & 1]
        if not names:
            return []
        topic = names[draw.below(len(names))]
        top = int(self._db.execute("SELECT max(id) FROM people").fetchone()[0])
        pivot = draw.below(top)
        found: list[Person] = []
        for low, high in ((pivot, top + 1), (0, pivot)):
            rows = self._db.execute(
                f"SELECT {people.P_COLUMNS} FROM person_interest i JOIN people p ON p.id = i.person"
                " WHERE i.platform = ? AND i.interest = ? AND i.person >= ? AND i.person < ?"
                " AND p.kind <> 'owned' AND NOT EXISTS"
                " (SELECT 1 FROM follows f WHERE f.src = p.id AND f.dst = ?) LIMIT ?",
                (account.platform, topic, low, high, account.id, 40 - len(found)),
            )
            found += [people.of_row(row) for row in rows]
        return found

    def new_day(self, day: int) -> None:
        """Unprompted life around each owned account: a mention, a comment, a new follower."""
        for account in people.owned(self._db):
            draw = Draw(self._seed, "day", account.uid, day)
            start = day * DAY_MS
            for stranger in self._strangers(account, account.interests or 0xFFF, draw)[:3]:
                at = start + int(draw.unit() * DAY_MS)
                self._visit(draw, account, stranger, at)

    def _visit(self, draw: Draw, account: Person, person: Person, at: int) -> None:
        fame = min(0.25, 0.06 + account.followers / 40_000)
        choice = draw.unit()
        if choice < fame:
            self.plan(at, "mention", person.id, account.id, None, _mention(draw, account))
        elif choice < fame + 0.12:
            answer = draw.pick(words.ANSWERS)
            self.plan(at, "comment_latest", person.id, account.id, None, answer)
        elif choice < fame + 0.26:
            self.plan(at, "follow", person.id, account.id)


def _mention(draw: Draw, account: Person) -> str:
    names = [i for i in range(len(words.INTERESTS)) if account.interests >> i & 1] or [0]
    topic = names[draw.below(len(names))]
    line = draw.pick(words.MENTIONS)
    tag = f"#{words.TAGS[topic]}"
    return line.format(handle=account.handle, topic=words.INTERESTS[topic], tag=tag)


def _delay(draw: Draw, median_hours: float, spread: float, most_hours: float) -> int:
    """Milliseconds: log-normal, at least three minutes, at most `most_hours`."""
    hours = min(max(draw.lognormal(median_hours, spread), 0.05), most_hours)
    return int(hours * HOUR_MS)


def _hour_factor(timezone: str, now: int) -> float:
    try:
        local = from_ms(now).astimezone(ZoneInfo(timezone))
    except (ZoneInfoNotFoundError, ValueError):
        local = from_ms(now)
    return _HOURS[local.hour]
