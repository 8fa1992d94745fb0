"""Erasure for people who were discovered: what was observed goes, the wish to be left alone stays.

Kept on purpose: platform and handle with `do_not_contact_at`, without which the person would be
found and addressed again; and the append-only log, whose sentences may name the handle until the
workspace is deleted, for they prove what was done to whom and who approved it.
"""

import re
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import orjson
from sqlalchemy import Row, text

from socialseed.actions import states
from socialseed.core.events import Event, Plain
from socialseed.profiles import service as profiles
from socialseed.runtime.tx import Tx

JOB = "privacy.erase_person"
ERASED = "[erased]"
AGAIN_AFTER = timedelta(hours=1)
_CANCELLABLE = ("proposed", "awaiting_approval", "approved", "scheduled", "awaiting_human")
_FACTS = ("target_followers", "target_following", "target_posts", "target_handle", "text")

_ACTIONS = text(
    "SELECT id, account_id, status, action_type, target_data, reasons, to_green, failure"
    " FROM actions WHERE workspace_id = :workspace AND platform = :platform"
    " AND (target_handle = :handle OR lower(target_data #>> '{person,handle}') = :handle"
    "   OR lower(target_data #>> '{post,author}') = :handle) FOR UPDATE"
)
_BLANK = text(
    "UPDATE actions SET target_account = NULL, target_data = CAST(:target_data AS jsonb),"
    " reasons = CAST(:reasons AS jsonb), to_green = CAST(:to_green AS jsonb),"
    " failure = CAST(:failure AS jsonb), deep_link = NULL, target_key = 'erased:' || id"
    " WHERE id = :id"
)
_FORGET = text(
    "UPDATE profiles SET remote_id = NULL, display_name = NULL, bio = NULL, url = NULL,"
    " followers = NULL, following = NULL, posts = NULL, interests = '[]'::jsonb,"
    " observed_at = NULL, follows_back_at = NULL WHERE id = :id"
)
# Rows that hang on an action, and their columns in which words about the person may stand.
_ATTACHED = (("verdicts", "findings"), ("verdicts", "facts"), ("attempts", "evidence"))


async def erase(tx: Tx, platform: str, handle: str) -> bool:
    """What was observed of the person is gone and they will not be addressed again.

    Open actions towards them are cancelled. False when one is being sent or its outcome is unknown:
    it needs its target to be settled, so `erase` must run again after AGAIN_AFTER.
    """
    bare = handle.strip().lstrip("@")
    profile_id = await profiles.leave_alone(tx, platform, bare)
    await tx.session.execute(_FORGET, {"id": profile_id})
    await tx.session.execute(
        text("DELETE FROM candidates WHERE profile_id = :id"), {"id": profile_id}
    )
    rows = await tx.session.execute(
        _ACTIONS, {"workspace": tx.tenant, "platform": platform, "handle": bare.lower()}
    )
    word = re.compile(rf"@?(?<![\w.]){re.escape(bare)}(?![\w])", re.IGNORECASE)
    done = True
    for row in rows.all():
        done = await _erase_action(tx, row, word) and done
    return done


async def erase_or_repeat(tx: Tx, platform: str, handle: str) -> None:
    """As `erase`, and a job repeats it as long as an action towards the person is under way."""
    if not await erase(tx, platform, handle):
        payload: dict[str, Plain] = {
            "workspace_id": str(tx.tenant),
            "platform": platform,
            "handle": handle,
        }
        await tx.defer(JOB, payload, run_at=tx.now + AGAIN_AFTER)


async def _erase_action(tx: Tx, row: Row[tuple[object, ...]], word: re.Pattern[str]) -> bool:
    if row.status in _CANCELLABLE:
        await _cancel(tx, row)
    elif row.status not in states.FINAL:
        return False
    own_words = {key: row.target_data[key] for key in ("text", "rule_id") if key in row.target_data}
    await tx.session.execute(
        _BLANK,
        {
            "id": row.id,
            "target_data": _json(masked(own_words, word)),
            "reasons": _json(masked(row.reasons, word)),
            "to_green": _json(masked(row.to_green, word)),
            "failure": None if row.failure is None else _json(masked(row.failure, word)),
        },
    )
    for table, column in _ATTACHED:
        await _mask_attached(tx, table, column, row.id, word)
    await _mask_notes(tx, row.id, word)
    return True


async def _cancel(tx: Tx, row: Row[tuple[object, ...]]) -> None:
    moved = await states.move(tx, states.PLAIN_MOVE, row.id, (row.status,), "cancelled")
    if moved is not None:
        tx.emit(
            Event(
                "action.cancelled",
                "Cancelled: the person asked for their data to be erased.",
                account_id=row.account_id,
                action_id=row.id,
                data={"status": "cancelled", "action_type": row.action_type},
            )
        )


async def _mask_attached(
    tx: Tx, table: str, column: str, action_id: UUID, word: re.Pattern[str]
) -> None:
    rows = await tx.session.execute(
        text(f"SELECT id, {column} AS value FROM {table} WHERE action_id = :id"), {"id": action_id}
    )
    update = text(f"UPDATE {table} SET {column} = CAST(:value AS jsonb) WHERE id = :id")
    for row in rows.all():
        value = masked(row.value, word)
        if column == "facts" and isinstance(value, dict):
            value |= {key: None for key in _FACTS if key in value}
        await tx.session.execute(update, {"id": row.id, "value": _json(value)})


async def _mask_notes(tx: Tx, action_id: UUID, word: re.Pattern[str]) -> None:
    rows = await tx.session.execute(
        text("SELECT id, note FROM decisions WHERE action_id = :id AND note IS NOT NULL"),
        {"id": action_id},
    )
    update = text("UPDATE decisions SET note = :note WHERE id = :id")
    for row in rows.all():
        await tx.session.execute(update, {"id": row.id, "note": word.sub(ERASED, row.note)})


def masked(value: Plain, word: re.Pattern[str]) -> Plain:
    """`value` with `word` erased in every text of it; keys stay as they are."""
    if isinstance(value, str):
        return word.sub(ERASED, value)
    if isinstance(value, dict):
        return {key: masked(part, word) for key, part in value.items()}
    if isinstance(value, list):
        return _masked_list(value, word)
    return value


def _masked_list(parts: Sequence[Plain], word: re.Pattern[str]) -> list[Plain]:
    return [masked(part, word) for part in parts]


def _json(value: Plain) -> str:
    return orjson.dumps(value).decode()
