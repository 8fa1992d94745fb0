"""The journal of received calls. A row is committed with the change it describes, then its line is
written to `journal.jsonl` and fsynced; only then is the call answered. After a crash between the
two, the next start writes the missing lines. Calls that wait at the same time share an fsync.
"""

import asyncio
import json
import os
import sqlite3
from pathlib import Path

Entry = dict[str, object]


class Journal:
    """Appends entries and reads them back."""

    def __init__(self, db: sqlite3.Connection, path: Path) -> None:
        self._db = db
        self.lazy = False  # on a manual clock: lines reach the disk when the clock is let go
        self._next = int(db.execute("SELECT coalesce(max(n), 0) + 1 FROM journal").fetchone()[0])
        written = _repair(path)
        self._file = path.open("ab")
        self._lines = self._kept = 0  # written by this process, and how many of them are on disk
        self._syncing: asyncio.Task[None] | None = None
        for row in db.execute("SELECT line FROM journal WHERE n > ? ORDER BY n", (written,)):
            self._file.write(str(row[0]).encode() + b"\n")
        self.flush()

    def record(self, entry: Entry) -> bytes:
        """Inside the transaction: numbers and keeps the entry; `write` its line afterwards."""
        line = json.dumps({"n": self._next, **entry}, ensure_ascii=False, separators=(",", ":"))
        line = line.encode("utf-8", "backslashreplace").decode()
        self._db.execute("INSERT INTO journal VALUES (?, ?)", (self._next, line))
        self._next += 1
        return line.encode() + b"\n"

    def write(self, line: bytes) -> None:
        """The line is out of this process, in the order of the calls; see `keep`."""
        self._file.write(line)
        self._file.flush()
        self._lines += 1

    async def keep(self) -> None:
        """Everything written so far is on disk afterwards, unless `lazy`.

        Whoever comes while a sync runs waits for the next one, together with all others.
        """
        wanted = self._lines
        while self._kept < wanted and not self.lazy:
            if self._syncing is None:
                self._syncing = asyncio.create_task(self._sync())
            await asyncio.shield(self._syncing)

    async def _sync(self) -> None:
        """What is written at the beginning is on disk at the end; the loop goes on meanwhile."""
        try:
            written = self._lines
            await asyncio.to_thread(os.fsync, self._file.fileno())
            self._kept = max(self._kept, written)
        finally:
            self._syncing = None

    def flush(self) -> None:
        """Everything written so far is on disk afterwards."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._kept = self._lines

    def read(self, after: int, limit: int) -> list[Entry]:
        """Up to `limit` entries with a number above `after`, oldest first."""
        rows = self._db.execute(
            "SELECT line FROM journal WHERE n > ? ORDER BY n LIMIT ?", (after, limit)
        )
        return [json.loads(row[0]) for row in rows]

    def close(self) -> None:
        """Closes the file."""
        self._file.close()


def _repair(path: Path) -> int:
    """Cuts a half-written last line off and tells the number of the last whole one."""
    if not path.exists():
        return 0
    content = path.read_bytes()
    end = content.rfind(b"\n") + 1
    if end != len(content):
        with path.open("r+b") as file:
            file.truncate(end)
    if end == 0:
        return 0
    start = content.rfind(b"\n", 0, end - 1) + 1
    return int(json.loads(content[start:end])["n"])
