"""Tells a restored database from the one that sent. On a mismatch nothing is sent until confirmed.

The file `epoch` in the home folder holds the database's epoch and its latest beat. A database
whose beat is behind the file was rewound; one with another epoch is another one; one that was used
but has no file here was brought here. In each case "already sent" cannot be trusted.
"""

import os
import secrets
from datetime import datetime, timedelta
from pathlib import Path

import orjson
from sqlalchemy import text

from socialseed.actions.states import move, move_sql
from socialseed.actions.verdicts import reasons_json
from socialseed.core import log
from socialseed.core.events import Event
from socialseed.policy.risk.types import Finding
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx

EPOCH_BYTES = 16
LIVES = timedelta(hours=72)
_log = log.get(__name__)

_FIRST = text(
    "INSERT INTO installation (one, epoch, started_at, confirmed_at)"
    " VALUES (1, :epoch, :now, :now) ON CONFLICT DO NOTHING RETURNING one"
)
_STATE = text(
    "SELECT epoch, started_at, confirmed_at, EXISTS (SELECT 1 FROM attempts) AS used"
    " FROM installation FOR UPDATE"
)
# The beat only ever grows, whatever the machine's clock does.
_BEAT = text(
    "UPDATE installation SET started_at = GREATEST(started_at + interval '1 microsecond', :now)"
    " RETURNING epoch, started_at, confirmed_at"
)
_DOUBT = text("UPDATE installation SET confirmed_at = NULL")
_CONFIRM = text(
    "UPDATE installation SET confirmed_at = :now, epoch = :epoch WHERE confirmed_at IS NULL"
    " RETURNING one"
)
_CONCERNED = text(
    "SELECT DISTINCT workspace_id FROM actions WHERE status = 'scheduled' AND scheduled_at <= :now"
    " ORDER BY workspace_id"
)
_DUE = text(
    "SELECT id, workspace_id, account_id FROM actions"
    " WHERE status = 'scheduled' AND scheduled_at <= :now ORDER BY id FOR UPDATE"
)
_TO_PERSON = text(
    move_sql(
        "approved_at = NULL, approved_hash = NULL, approved_by = NULL, scheduled_at = NULL,"
        " held_until = NULL, requires_approval = true, expires_at = :expires_at,"
        " light = 'red', reasons = reasons || CAST(:reasons AS jsonb)"
    )
    + " RETURNING id"
)
_DOUBTFUL = Finding(
    "restored",
    "raise",
    100,
    "The database was restored: this may have been sent already. Look on the platform first.",
)


async def check(runtime: Runtime) -> bool:
    """Whether sending may go on; called when a worker starts.

    On a mismatch the installation is unconfirmed, which every sending looks at, until
    `confirm_restore`.
    """
    kept = _read(runtime.settings.home)
    async with runtime.begin(None) as tx:
        made = await tx.session.scalar(
            _FIRST, {"epoch": secrets.token_bytes(EPOCH_BYTES), "now": tx.now}
        )
        row = (await tx.session.execute(_STATE)).one()
        doubt = made is None and _doubtful(kept, row.epoch, row.started_at, row.used)
        if doubt:
            await tx.session.execute(_DOUBT)
    if doubt:
        _log.error("guard.restored", detail="Nothing is sent until an admin confirms.")
        return False
    await beat(runtime)
    return row.confirmed_at is not None


async def beat(runtime: Runtime) -> bool:
    """The database and the file agree on a newer beat. False while a restore is unconfirmed."""
    async with runtime.begin(None) as tx:
        row = (await tx.session.execute(_BEAT, {"now": tx.now})).first()
    if row is None or row.confirmed_at is None:
        return False
    _write(runtime.settings.home, bytes(row.epoch), row.started_at)
    return True


async def confirm_restore(runtime: Runtime) -> int:
    """Sending goes on. What was due by now waits for a person first. Returns how many that is."""
    async with runtime.begin(None) as tx:
        workspaces = (await tx.session.scalars(_CONCERNED, {"now": tx.now})).all()
    handed = 0
    for workspace_id in workspaces:
        async with runtime.begin(workspace_id) as tx:
            handed += await hand_over(tx)
    async with runtime.begin(None) as tx:
        await tx.session.execute(
            _CONFIRM, {"now": tx.now, "epoch": secrets.token_bytes(EPOCH_BYTES)}
        )
    return handed


async def hand_over(tx: Tx) -> int:
    """What was due is pending again, red, with the reason. Returns how many actions that is."""
    rows = (await tx.session.execute(_DUE, {"now": tx.now})).all()
    for row in rows:
        await move(
            tx,
            _TO_PERSON,
            row.id,
            ["scheduled"],
            "awaiting_approval",
            deadline_at=tx.now + LIVES,
            expires_at=tx.now + LIVES,
            reasons=reasons_json([_DOUBTFUL]),
        )
        data = {"status": "awaiting_approval", "light": "red"}
        tx.emit(Event("action.held", _DOUBTFUL.sentence, row.account_id, row.id, data))
    return len(rows)


def _doubtful(
    kept: tuple[bytes, datetime] | None, epoch: bytes, beat_at: datetime, used: bool
) -> bool:
    if kept is None:
        return used
    return kept[0] != bytes(epoch) or beat_at < kept[1]


def _path(home: Path) -> Path:
    return home / "epoch"


def _read(home: Path) -> tuple[bytes, datetime] | None:
    try:
        kept = orjson.loads(_path(home).read_bytes())
        return bytes.fromhex(kept["epoch"]), datetime.fromisoformat(kept["beat_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write(home: Path, epoch: bytes, beat_at: datetime) -> None:
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = home / f"epoch.{os.getpid()}"
    with draft.open("wb") as file:
        file.write(orjson.dumps({"epoch": epoch.hex(), "beat_at": beat_at.isoformat()}))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(_path(home))
