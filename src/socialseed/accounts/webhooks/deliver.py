"""One delivery read: its notices become jobs for the accounts that they are about, each once.

Whatever follows is left as a job in the transaction that ends the delivery. What fails is tried
again later and, after the last try, parked and told.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Row, text

from socialseed.accounts.webhooks.gone import remember
from socialseed.accounts.webhooks.said import pack, place_of
from socialseed.connectors.manifest import AskKind
from socialseed.connectors.webhooks import Notice
from socialseed.core import log
from socialseed.core.events import Plain
from socialseed.jobs.port import Entry, Payload
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx

# Jobs of rooms above, by name.
HEARD = "planner.heard"
LISTEN = "planner.listen"
TOLD = "actions.told"
GONE = "actions.gone"
REVOKED = "accounts.revoked"
PARKED = "accounts.webhook_parked"

MAX_ATTEMPTS = 5
FIRST_PAUSE = timedelta(seconds=30)  # then four times as long each time
KEEP = timedelta(days=30)
A_JOB = 20  # things said in one job at most
LISTEN_AFTER = timedelta(seconds=10)  # several notices that only say "look" are one look
ALERT_EVERY = timedelta(hours=1)
READS_A_DELIVERY = 10
WORKSPACES_TOLD = 200
_SPEAKING = frozenset({"mention", "comment", "reply"})
_PUBLISHING = frozenset({"published", "publish_failed"})
_MAX_KEY = 500
_MAX_ID = 200
_log: structlog.stdlib.BoundLogger = log.get("accounts.webhooks")

_CLAIM = text(
    "UPDATE webhook_deliveries SET attempts = attempts + 1, next_at = CAST(:now AS timestamptz)"
    " + CAST(:pause AS interval) * power(4, attempts) WHERE id = :id AND state = 'waiting'"
    " AND next_at <= :now RETURNING id, platform, body, attempts"
)
_DONE = text(
    "UPDATE webhook_deliveries SET state = 'done', body = NULL, processed_at = :now"
    " WHERE id = :id AND state = 'waiting' AND attempts = :attempts RETURNING 1"
)
_PARK = text(
    "UPDATE webhook_deliveries SET state = 'parked', processed_at = :now, trouble = :trouble"
    " WHERE id = :id AND state = 'waiting' RETURNING 1"
)
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
_TOLD_LATELY = text(
    "SELECT 1 FROM webhook_deliveries WHERE platform = :platform AND state = 'parked'"
    " AND id <> :id AND processed_at > :since LIMIT 1"
)
_WORKSPACES = text(
    "SELECT DISTINCT workspace_id FROM social_accounts WHERE platform = :platform"
    " AND connected_at IS NOT NULL ORDER BY workspace_id LIMIT :limit"
)
_HELD = text(
    "SELECT id, workspace_id, remote_id FROM social_accounts WHERE platform = :platform"
    " AND remote_id = ANY(CAST(:recipients AS text[])) AND connected_at IS NOT NULL"
)
# In one order everywhere, so that two deliveries of the same notices do not wait for each other.
_TAKE = text(
    "INSERT INTO webhook_notices (platform, key, taken_at)"
    " SELECT :platform, key, :now FROM unnest(CAST(:keys AS text[])) AS given (key) ORDER BY key"
    " ON CONFLICT DO NOTHING RETURNING key"
)


@dataclass(frozen=True, slots=True)
class _Addressed:
    """One notice and an account of ours that it is about."""

    notice: Notice
    workspace_id: UUID
    account_id: UUID


async def deliver(runtime: Runtime, payload: Payload) -> None:
    """The delivery is done and what follows is queued, or it is parked, or tried again later.

    Nothing happens to one that is done, parked, or in another worker's hands.
    """
    delivery_id = UUID(str(payload["delivery_id"]))
    async with runtime.begin(None) as tx:
        values = {"id": delivery_id, "now": tx.now, "pause": FIRST_PAUSE}
        row = (await tx.session.execute(_CLAIM, values)).one_or_none()
    if row is None:
        return
    try:
        notices = _read(runtime, row)
    except ValueError as error:
        await park(runtime, row.id, row.platform, f"It cannot be read: {type(error).__name__}.")
        return
    async with runtime.begin(None) as tx:
        ours = {"id": row.id, "attempts": row.attempts, "now": tx.now}
        if await tx.session.scalar(_DONE, ours) is None:
            return
        taken = await _take(tx, row.platform, notices)
        await remember(tx, row.platform, _deleted([one.notice for one in taken]), tx.now)
        reads = runtime.connectors.get(row.platform).manifest.reads
        await _pass_on(tx, row.id, taken, reads)


def _read(runtime: Runtime, row: Row[Any]) -> Sequence[Notice]:
    connector = runtime.connectors.by_platform.get(row.platform)
    webhooks = connector.manifest.webhooks if connector is not None else None
    if webhooks is None:
        raise ValueError(f"{row.platform} sends none.")
    return webhooks.notices(bytes(row.body))


async def _take(tx: Tx, platform: str, notices: Sequence[Notice]) -> Sequence[_Addressed]:
    """The notices that are new, each with every account of ours that it is about."""
    young = {
        notice.key: notice
        for notice in notices
        if 0 < len(notice.key) <= _MAX_KEY
        and "\x00" not in notice.key
        # What is older than we remember could have been taken before.
        and (notice.at is None or notice.at > tx.now - KEEP)
    }
    recipients = sorted({n.recipient for n in young.values() if "\x00" not in n.recipient})
    values = {"platform": platform, "recipients": recipients}
    held: dict[str, list[tuple[UUID, UUID]]] = defaultdict(list)
    for row in (await tx.session.execute(_HELD, values)).all():
        held[row.remote_id].append((row.workspace_id, row.id))
    keys = sorted(key for key, notice in young.items() if notice.recipient in held)
    if not keys:
        return ()
    bound = {"platform": platform, "keys": keys, "now": tx.now}
    fresh = sorted((await tx.session.scalars(_TAKE, bound)).all())
    return [
        _Addressed(young[key], workspace_id, account_id)
        for key in fresh
        for workspace_id, account_id in held[young[key].recipient]
    ]


async def _pass_on(
    tx: Tx, delivery_id: UUID, taken: Sequence[_Addressed], reads: frozenset[AskKind]
) -> None:
    by_account: dict[tuple[UUID, UUID], list[Notice]] = defaultdict(list)
    for one in taken:
        by_account[one.workspace_id, one.account_id].append(one.notice)
    entries: dict[str, list[Entry]] = defaultdict(list)
    for (workspace_id, account_id), notices in by_account.items():
        whose: dict[str, Plain] = {
            "workspace_id": str(workspace_id),
            "account_id": str(account_id),
        }
        for job, number, more in _follows(notices):
            key = f"{job}:{account_id}:{delivery_id}:{number}"
            entries[job].append(Entry({**whose, **more}, key))
        for name, about in _to_read(notices, reads).items():
            soon, key = tx.now + LISTEN_AFTER, f"{LISTEN}:{account_id}:{name}"
            await tx.defer(LISTEN, {**whose, "about": about}, run_at=soon, dedupe_key=key)
    for job, several in entries.items():
        await tx.jobs.enqueue_many(tx.session, job, several, now=tx.now)


def _follows(notices: Sequence[Notice]) -> Sequence[tuple[str, int, Mapping[str, Plain]]]:
    """The jobs that follow from what one account was told: name, number, and what they are given.

    Likes, follows and the rest are only counted by the measurements.
    """
    found: list[tuple[str, int, Mapping[str, Plain]]] = []
    spoken = [pack(notice) for notice in notices if notice.kind in _SPEAKING]
    said: list[Plain] = [one for one in spoken if one is not None]
    found += [(HEARD, at, {"said": said[at : at + A_JOB]}) for at in range(0, len(said), A_JOB)]
    if any(notice.kind in _PUBLISHING for notice in notices):
        found.append((TOLD, 0, {}))
    deleted: list[Plain] = [*_deleted(notices)]
    found += [(GONE, at, {"ids": deleted[at : at + A_JOB]}) for at in range(0, len(deleted), A_JOB)]
    revoked = [notice.at for notice in notices if notice.kind == "revoked"]
    if revoked:
        at = None if None in revoked else max(one for one in revoked if one is not None)
        found.append((REVOKED, 0, {"at": at.isoformat() if at else None}))
    return found


def _deleted(notices: Sequence[Notice]) -> Sequence[str]:
    found = (notice.deleted_id for notice in notices if notice.kind == "deleted")
    return sorted({one for one in found if one and len(one) <= _MAX_ID and one.isprintable()})


def _to_read(
    notices: Sequence[Notice], reads: frozenset[AskKind]
) -> Mapping[str, dict[str, Plain]]:
    """What has to be read because it was told without its words, by a name for it.

    An own post or the ids of a mention; nothing more exact than `all` where there are too many.
    """
    found: dict[str, dict[str, Plain]] = {}
    for notice in notices:
        if notice.kind in _SPEAKING and pack(notice) is None:
            about = place_of(notice, reads)
            found[":".join(str(part) for part in about.values() if part) or "all"] = about
    return found if len(found) <= READS_A_DELIVERY else {"all": {}}


async def park(runtime: Runtime, delivery_id: UUID, platform: str, trouble: str) -> None:
    """The delivery is not tried again; it is told to each workspace with an account there.

    At most once an hour for a platform: many of them have one cause.
    """
    async with runtime.begin(None) as tx:
        values = {"id": delivery_id, "platform": platform, "now": tx.now, "trouble": trouble}
        if await tx.session.scalar(_PARK, values) is None:
            return
        _log.warning("webhook.parked", platform=platform, trouble=trouble)
        await tx.session.execute(_ONE_AT_A_TIME, {"name": f"{PARKED}:{platform}"})
        since = {"id": delivery_id, "platform": platform, "since": tx.now - ALERT_EVERY}
        if await tx.session.scalar(_TOLD_LATELY, since) is not None:
            return
        limit = {"platform": platform, "limit": WORKSPACES_TOLD}
        entries = [
            Entry(
                {"workspace_id": str(workspace_id), "platform": platform, "trouble": trouble},
                f"{PARKED}:{delivery_id}:{workspace_id}",
            )
            for workspace_id in (await tx.session.scalars(_WORKSPACES, limit)).all()
        ]
        if entries:
            await tx.jobs.enqueue_many(tx.session, PARKED, entries, now=tx.now)
