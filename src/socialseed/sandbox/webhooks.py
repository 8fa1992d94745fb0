"""Outgoing webhooks: what happened is signed, queued, delivered and tried again.

At least once, in no promised order. Waiting is a row due on the sandbox's clock; a receiver has ten
seconds of real time to answer with 2xx. The queue of one webhook is bounded; what does not fit is
counted as dropped.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import sqlite3
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from socialseed.sandbox.call import Json
from socialseed.sandbox.draw import Draw, number
from socialseed.sandbox.faults import Faults
from socialseed.sandbox.happenings import Happening, next_at, take
from socialseed.sandbox.notices import (
    COMPOSERS,
    DEAUTHORIZE,
    Notice,
    Reader,
    signature,
    signed_request,
)
from socialseed.sandbox.outward import LOOPBACK, Answered, NoAnswer, ask
from socialseed.sandbox.world.world import World

SECONDS = 10.0  # X gives a receiver ten seconds; the others say "at once"
MAX_WAITING = 10_000
BATCH = 500
HOUR_MS = 3_600_000
FIRST_RETRY_MS, LONGEST_RETRY_MS = 15_000, HOUR_MS
# How long it is tried: Instagram says 36 hours, TikTok's 72 are unverified, X replays up to 24.
GIVE_UP_MS = {"twitter": 24 * HOUR_MS, "instagram": 36 * HOUR_MS, "tiktok": 72 * HOUR_MS}
CRC_AFTER_MS, CRC_EVERY_MS, CRC_DEAD_MS = 24 * HOUR_MS, HOUR_MS // 2, 28 * HOUR_MS
_EXTRA = ("forged", "replayed", "large")


class Unproved(Exception):
    """The address did not prove itself; the text is X's failure reason or a sentence."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A webhook to register. `kinds` empty means all; `everybody` needs no subscriptions."""

    platform: str
    url: str
    secret: str
    client: str = "app"
    verify_token: str = ""
    login: str = "facebook"
    kinds: tuple[str, ...] = ()
    everybody: bool = True


def crc(secret: str, token: str) -> str:
    """X's proof of the shared secret."""
    digest = hmac.new(secret.encode(), token.encode(), hashlib.sha256).digest()
    return f"sha256={base64.b64encode(digest).decode()}"


def keep(db: sqlite3.Connection, wish: Wish, now: int) -> int:
    """The webhook is registered; its number."""
    found = db.execute(
        "INSERT INTO hooks (platform, client, url, secret, verify_token, login, kinds, everybody,"
        " valid, created, proved, tried) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?)",
        (wish.platform, wish.client, wish.url, wish.secret, wish.verify_token, wish.login,
         " ".join(wish.kinds), int(wish.everybody), now, now, now),
    )  # fmt: skip
    return int(found.lastrowid or 0)


def drop(db: sqlite3.Connection, hook: int) -> bool:
    """The webhook, its subscriptions and its queue are gone; False if there was none."""
    for table in ("deliveries", "hook_subscriptions"):
        db.execute(f"DELETE FROM {table} WHERE hook = ?", (hook,))
    return bool(db.execute("DELETE FROM hooks WHERE id = ?", (hook,)).rowcount)


class Hooks:
    """Collects, delivers and tries again. One at a time, in one task."""

    def __init__(self, world: World, faults: Faults, hosts: frozenset[str] = frozenset()) -> None:
        self._world = world
        self._db = world.db
        self._faults = faults
        self._hosts = LOOPBACK | hosts
        self._due = asyncio.Event()
        self._one = asyncio.Lock()

    def kick(self) -> None:
        """Something may be due, if anybody listens."""
        if self._any():
            self._due.set()

    async def prove(self, wish: Wish) -> None:
        """The address answers the platform's challenge. Raises Unproved."""
        parts = urlsplit(wish.url)
        if parts.scheme not in ("http", "https") or parts.hostname not in self._hosts:
            raise Unproved("UrlValidationFailed")
        if wish.platform == "tiktok":
            return
        token = f"{number('challenge', wish.url, self._world.now()):x}"
        if wish.platform == "twitter":
            await self._expect(wish, {"crc_token": token}, crc(wish.secret, token))
        else:
            query = {"hub.mode": "subscribe", "hub.challenge": str(int(token, 16)),
                     "hub.verify_token": wish.verify_token}  # fmt: skip
            await self._expect(wish, query, query["hub.challenge"])

    async def _expect(self, wish: Wish, query: dict[str, str], wanted: str) -> None:
        joint = "&" if urlsplit(wish.url).query else "?"
        try:
            answer = await ask("GET", f"{wish.url}{joint}{urlencode(query)}", {}, b"", SECONDS)
        except NoAnswer as error:
            raise Unproved("CrcValidationFailed") from error
        told = answer.body.decode("utf-8", "replace").strip()
        if wish.platform == "twitter":
            told = _response_token(told)
        if answer.status != 200 or not hmac.compare_digest(told.encode(), wanted.encode()):
            raise Unproved("CrcValidationFailed")

    async def run(self) -> None:
        """Delivers for as long as the sandbox runs."""
        while True:
            try:
                async with asyncio.timeout(self._pause()):
                    await self._due.wait()
            except TimeoutError:
                pass
            self._due.clear()
            await self.deliver()

    def _pause(self) -> float | None:
        """Seconds until something is due; None: only a kick can change that."""
        if self._world.clock.mode == "manual" or not self._any():
            return None
        row = self._db.execute("SELECT min(due) FROM deliveries WHERE state = 'waiting'").fetchone()
        known = [at for at in (row[0], next_at(self._db)) if at is not None]
        wait = (min(known) - self._world.now()) / 1000 if known else 5.0
        return min(max(wait, 0.05), 5.0)

    def _any(self) -> bool:
        return self._db.execute("SELECT 1 FROM hooks LIMIT 1").fetchone() is not None

    async def deliver(self) -> Json:
        """Everything that is due was tried once; how many were sent and how many failed."""
        told = {"sent": 0, "failed": 0}
        async with self._one:
            while self._any():
                self._world.catch_up()
                self._collect()
                await self._prove_again()
                rows = self._db.execute(
                    "SELECT d.*, h.platform, h.url, h.secret FROM deliveries d JOIN hooks h"
                    " ON h.id = d.hook WHERE d.state = 'waiting' AND d.due <= ? AND h.valid = 1"
                    " ORDER BY d.due, d.id LIMIT ?",
                    (self._world.now(), BATCH),
                ).fetchall()
                if not rows:
                    break
                by_hook: dict[int, list[sqlite3.Row]] = {}
                for row in rows:
                    by_hook.setdefault(row["hook"], []).append(row)
                done = await asyncio.gather(*(self._send_all(some) for some in by_hook.values()))
                for sent, failed in done:
                    told["sent"] += sent
                    told["failed"] += failed
        row = self._db.execute("SELECT count(*) FROM deliveries WHERE state = 'waiting'").fetchone()
        return {**told, "waiting": int(row[0])}

    def _collect(self) -> None:
        """What happened is in the queues of those who listen."""
        now = self._world.now()
        self._db.execute("BEGIN")
        try:
            while True:
                found = take(self._db, now, BATCH)
                for what in found:
                    self._queue(what, now)
                if len(found) < BATCH and (next_at(self._db) or now + 1) > now:
                    break
            self._db.execute(
                "DELETE FROM deliveries WHERE state <> 'waiting' AND created < ?",
                (now - max(GIVE_UP_MS.values()),),
            )
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def _queue(self, what: Happening, now: int) -> None:
        platform = what.account.platform
        for hook in self._db.execute("SELECT * FROM hooks WHERE platform = ?", (platform,)):
            for reader, kinds in self._readers(hook, what):
                for notice in COMPOSERS[platform](self._db, what, reader):
                    if not kinds or notice.kind in kinds:
                        self._enqueue(hook, what, notice, now)

    def _readers(self, hook: sqlite3.Row, what: Happening) -> list[tuple[Reader, tuple[str, ...]]]:
        """For whom this webhook hears of the account, and which kinds (none named: all)."""
        if hook["everybody"]:
            return [(Reader(hook["client"], "all", hook["login"]), tuple(hook["kinds"].split()))]
        rows = self._db.execute(
            "SELECT * FROM hook_subscriptions WHERE platform = ? AND person = ?"
            " AND coalesce(hook, ?) = ?",
            (hook["platform"], what.account.id, hook["id"], hook["id"]),
        )
        return [
            (Reader(hook["client"], row["tag"], row["login"]), tuple(row["kind"].split()))
            for row in rows
        ]

    def _enqueue(self, hook: sqlite3.Row, what: Happening, notice: Notice, now: int) -> None:
        waiting = self._db.execute(
            "SELECT count(*) FROM deliveries WHERE hook = ? AND state = 'waiting'", (hook["id"],)
        ).fetchone()
        if waiting[0] >= MAX_WAITING:
            self._db.execute("UPDATE hooks SET dropped = dropped + 1 WHERE id = ?", (hook["id"],))
            return
        body = json.dumps(notice.body, ensure_ascii=False, separators=(",", ":"))
        who, due, copies = what.account.handle, now, 1
        platform = hook["platform"]
        if rule := self._faults.take_webhook("webhook_delayed", platform, who):
            due += rule.delay_ms or 60_000
        if self._faults.take_webhook("webhook_reordered", platform, who):
            due += Draw(self._world.seed, "reorder", what.id, notice.kind).below(60_000)
        if self._faults.take_webhook("webhook_duplicated", platform, who):
            copies = 5
        for _ in range(copies):
            self._put(hook["id"], now, due, notice.kind, body)
        for extra in _EXTRA:
            if self._faults.take_webhook(f"webhook_{extra}", platform, who):
                self._put(hook["id"], now, due, extra, _extra_body(extra, body))

    def _put(self, hook: int, now: int, due: int, kind: str, body: str) -> None:
        self._db.execute(
            "INSERT INTO deliveries (hook, created, due, tries, state, kind, body)"
            " VALUES (?, ?, ?, 0, 'waiting', ?, ?)",
            (hook, now, due, kind, body),
        )

    async def _send_all(self, rows: list[sqlite3.Row]) -> tuple[int, int]:
        """One webhook's due deliveries, one after the other; silence postpones the rest."""
        sent = 0
        for place, row in enumerate(rows):
            try:
                good = await self._send(row)
            except NoAnswer as error:
                self._again(row, None, str(error))
                later = self._world.now() + FIRST_RETRY_MS
                for other in rows[place + 1 :]:
                    self._db.execute(
                        "UPDATE deliveries SET due = ? WHERE id = ?", (later, other["id"])
                    )
                return sent, len(rows) - sent
            sent += good
        return sent, len(rows) - sent

    async def _send(self, row: sqlite3.Row) -> bool:
        body = row["body"].encode("utf-8", "backslashreplace")
        headers: dict[str, str] = {}
        if row["kind"] == "replayed":
            body, headers = self._earlier(row, body)
        if not headers:
            secret = f"not {row['secret']}" if row["kind"] == "forged" else row["secret"]
            headers = signature(row["platform"], secret, body, self._world.now())
        kind = "application/json"
        if row["kind"] == DEAUTHORIZE:
            kind, headers = "application/x-www-form-urlencoded", {}
            body = signed_request(row["secret"], body)
        headers = {"content-type": kind, **headers}
        answer: Answered = await ask("POST", row["url"], headers, body, SECONDS)
        good = 200 <= answer.status < 300
        if good or row["kind"] in _EXTRA:
            self._db.execute(
                "UPDATE deliveries SET state = 'sent', tries = tries + 1, status = ?, note = ?"
                " WHERE id = ?",
                (answer.status, json.dumps(headers), row["id"]),
            )
        else:
            self._again(row, answer.status, "")
        return good

    def _earlier(self, row: sqlite3.Row, body: bytes) -> tuple[bytes, dict[str, str]]:
        """The oldest delivered body with the headers it had; the row's own if there is none."""
        old = self._db.execute(
            "SELECT body, note FROM deliveries WHERE hook = ? AND state = 'sent'"
            " AND kind NOT IN ('forged', 'replayed', 'large') ORDER BY id LIMIT 1",
            (row["hook"],),
        ).fetchone()
        if old is None:
            return body, {}
        return old["body"].encode("utf-8", "backslashreplace"), dict(json.loads(old["note"]))

    def _again(self, row: sqlite3.Row, status: int | None, note: str) -> None:
        """Due again later and later; given up when the platform would."""
        now, tries = self._world.now(), row["tries"] + 1
        pause = min(FIRST_RETRY_MS * 2 ** min(tries - 1, 20), LONGEST_RETRY_MS)
        over = now + pause > row["created"] + GIVE_UP_MS[row["platform"]]
        state = "gave_up" if over or row["kind"] in _EXTRA else "waiting"
        self._db.execute(
            "UPDATE deliveries SET state = ?, tries = ?, due = ?, status = ?, note = ?"
            " WHERE id = ?",
            (state, tries, now + pause, status, note, row["id"]),
        )

    async def _prove_again(self) -> None:
        """X asks for the proof again after a day, and stops sending after 28 hours without."""
        now = self._world.now()
        rows = self._db.execute(
            "SELECT * FROM hooks WHERE platform = 'twitter' AND valid = 1 AND proved < ?"
            " AND tried < ?",
            (now - CRC_AFTER_MS, now - CRC_EVERY_MS),
        ).fetchall()
        for row in rows:
            wish = Wish("twitter", row["url"], row["secret"])
            try:
                await self.prove(wish)
                proved = now
            except Unproved:
                proved = row["proved"]
            valid = int(proved > now - CRC_DEAD_MS)
            self._db.execute(
                "UPDATE hooks SET proved = ?, tried = ?, valid = ? WHERE id = ?",
                (proved, now, valid, row["id"]),
            )


def _extra_body(kind: str, body: str) -> str:
    """A forged body tells something else; a large one is a megabyte of an unknown event."""
    if kind == "large":
        return json.dumps({"object": "unknown", "event": "unknown", "filler": "0" * 1024 * 1024})
    if kind == "forged":
        return json.dumps({**json.loads(body), "forged": True}, separators=(",", ":"))
    return body


def _response_token(text: str) -> str:
    try:
        told = json.loads(text)
    except ValueError:
        return ""
    return str(told.get("response_token", "")) if isinstance(told, dict) else ""
