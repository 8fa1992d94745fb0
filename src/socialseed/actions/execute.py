"""One sending: record the intent, call the platform once, hand the outcome to `settle`.

The access token is fetched, and renewed if it is time, before anything is recorded: whatever goes
wrong there leaves the action scheduled. The protocol's transaction B stands in `_begin`. After its
commit the call is all that is left; it happens at most once and never again for the same attempt.
"""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text

from socialseed.accounts import tokens
from socialseed.actions import holds, platforms, reconcile, settle
from socialseed.actions.content import Content, checked
from socialseed.actions.counters import RAISE, Claim, claim_of
from socialseed.actions.events import tell
from socialseed.actions.ground import Ground, gather
from socialseed.actions.intent import Intent
from socialseed.actions.orders import KEPT, order_of, request_hash
from socialseed.actions.schedule import subject_of
from socialseed.actions.states import move_sql, move_values
from socialseed.actions.stops import stop_key
from socialseed.actions.verdicts import VERDICT_INTO, judge, verdict_values
from socialseed.connectors.types import Grant, Receipt
from socialseed.core.errors import AppError, Remedy, UpstreamError
from socialseed.jobs.port import Payload
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.steps import reach
from socialseed.runtime.tx import Tx

# What is executing from earlier comes first: it must be cleared up before anything else is sent.
_LANE = text(f"""
SELECT l.account_id, l.workspace_id, l.last_sent_at, x.id, x.status, x.platform, x.action_type,
  x.target_account, x.target_data, x.content_hash, x.approved_hash, x.approved_by, x.light,
  x.autonomy_id,
  x.scheduled_at, x.fence AS begun_under, a.username, a.tier,
  (SELECT count(*) FROM attempts t WHERE t.action_id = x.id)::int AS tried, {KEPT}
FROM lanes l JOIN social_accounts a ON a.id = l.account_id
LEFT JOIN LATERAL (SELECT * FROM actions y WHERE y.account_id = l.account_id
  AND y.status IN ('executing', 'scheduled')
  ORDER BY y.status = 'executing' DESC, y.scheduled_at, y.id LIMIT 1) x ON true
WHERE l.account_id = :account_id AND l.fence = :fence FOR UPDATE OF l
""")
_STOP_LOCK = text("SELECT pg_advisory_xact_lock_shared(:key)")
# Accounts of one app are counted together, so that two of them cannot both be the last.
_POSTERS_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:platform, 5))")
# A grant is locked as it is honoured: whoever takes it back waits, or is seen here.
_START = text(
    f"WITH used AS ({RAISE}), granted AS (SELECT id FROM autonomy_grants"
    " WHERE id = CAST(:autonomy_id AS uuid) AND revoked_at IS NULL FOR SHARE),"
    " lane AS (UPDATE lanes SET leased_until = :lease,"
    " last_sent_at = :now, next_due = CASE WHEN more.at IS NULL THEN NULL"
    " ELSE GREATEST(more.at, :rested_at) END FROM (SELECT min(scheduled_at) AS at FROM actions"
    " WHERE account_id = :account_id AND status = 'scheduled' AND id <> :action_id) more"
    " WHERE account_id = :account_id AND fence = :fence RETURNING account_id), moved AS ("
    + move_sql(
        "fence = :fence, executed_at = :now",
        "content_hash = :content_hash AND approved_hash = :content_hash"
        " AND (SELECT count(*) FROM lane) = 1"
        " AND (autonomy_id IS NULL OR autonomy_id IN (SELECT id FROM granted))",
    )
    + f" RETURNING id), judged AS ({VERDICT_INTO} FROM moved),"
    " tried AS (INSERT INTO attempts (id, workspace_id, action_id, account_id, platform, n, fence,"
    " request_hash, started_at) SELECT :attempt_id, :workspace_id, id, :account_id, :platform, :n,"
    " :fence, :request_hash, :now FROM moved)"
    " SELECT (SELECT count(*) FROM used) AS used, (SELECT count(*) FROM moved) AS moved"
)


class _LimitHolds(Exception):
    """A counter was full: the transaction is rolled back and nothing is sent."""


class _NoLongerOurs(Exception):
    """The action was undone, cancelled or edited while we waited, or what the account had earned
    was taken back: nothing is sent.
    """


async def send(runtime: Runtime, payload: Payload) -> None:
    """One wake-up of one lane: at most one action is sent, and its outcome is recorded.

    A stale wake-up (another fence) does nothing. What an earlier holder left executing becomes
    outcome_unknown and is read back; it is never sent again.
    """
    account_id, workspace_id = UUID(str(payload["account_id"])), UUID(str(payload["workspace_id"]))
    fence = int(str(payload["fence"]))
    grant = await _grant(runtime, workspace_id, account_id)
    reach("send.before_begin")
    try:
        begun = await _begin(runtime, workspace_id, account_id, fence, grant)
    except _LimitHolds:
        await holds.limit_reached(runtime, workspace_id, account_id, fence)
        return
    except _NoLongerOurs:
        await holds.let_go(runtime, workspace_id, account_id, fence)
        return
    if begun is None:
        return
    outcome = await _call(runtime, begun)
    ended = settle.Ended(outcome, runtime.clock.now())
    reach("call.after")
    await settle.record(runtime, begun, ended)


async def _grant(
    runtime: Runtime, workspace_id: UUID, account_id: UUID
) -> Grant | UpstreamError | AppError:
    """What the account lets us act with until the lease ends, or why there is nothing."""
    lease = timedelta(seconds=runtime.settings.lease_seconds)
    try:
        return await tokens.grant(runtime, workspace_id, account_id, lasting=lease)
    except (UpstreamError, AppError) as error:
        return error


async def _begin(
    runtime: Runtime,
    workspace_id: UUID,
    account_id: UUID,
    fence: int,
    grant: Grant | UpstreamError | AppError,
) -> Intent | None:
    async with runtime.begin(workspace_id, key=("send", account_id, fence)) as tx:
        bound = {"account_id": account_id, "fence": fence}
        row = (await tx.session.execute(_LANE, bound)).first()
        if row is None:
            return None
        if row.status == "executing" and row.begun_under == fence:
            return None  # a repeated wake-up: whoever had the first one is at it, or its lease ends
        if row.status == "executing":
            await reconcile.recover(tx, row, fence)
            reach("recover.before_commit")
            return None
        if row.id is None or row.scheduled_at > tx.now:
            await holds.release(tx, account_id, fence)
            return None
        return await _prepare(tx, runtime, row, fence, grant)


async def _prepare(
    tx: Tx,
    runtime: Runtime,
    row: Row[tuple[Any, ...]],
    fence: int,
    grant: Grant | UpstreamError | AppError,
) -> Intent | None:
    # Two statements: a flag read in the statement that takes the lock is older than the lock.
    await tx.session.execute(_STOP_LOCK, {"key": stop_key(row.workspace_id)})
    content = _content(row)
    if f"{row.platform}/{row.tier}" in runtime.ledger.capped(row.action_type):
        await tx.session.execute(_POSTERS_LOCK, {"platform": row.platform})
    if content is None:
        await holds.unreadable(tx, row, fence)
        return None
    ground = await gather(
        tx,
        row.account_id,
        content,
        action_id=row.id,
        pace=runtime.settings.pace,
        ledger=runtime.ledger,
    )
    until = holds.held_until(runtime, ground, row.last_sent_at, tx.now)
    if until is not None:
        await holds.release(tx, row.account_id, fence, until=until)
        return None
    if not isinstance(grant, Grant):
        await holds.no_grant(tx, row, fence, grant)
        return None
    if await holds.too_late(tx, runtime, row, fence):
        return None
    kind = content.action_type
    pause = await holds.paused(tx, runtime, ground, kind) or holds.not_granted(ground, kind)
    if pause is not None:
        await holds.put_off(tx, runtime, row, fence, ground, pause)
        return None
    found, verdict = judge(runtime, ground, content, "api", None)
    if await holds.sent_back(tx, row, fence, ground, found, verdict):
        return None
    values = verdict_values(tx, found, verdict, "send")
    intent = await _start(tx, runtime, row, fence, ground, grant, values)
    reach("send.before_commit")
    return intent


async def _start(
    tx: Tx,
    runtime: Runtime,
    row: Row[tuple[Any, ...]],
    fence: int,
    ground: Ground,
    grant: Grant,
    values: Mapping[str, object],
) -> Intent | None:
    claim = claim_of(ground.limits, row.action_type, tx.now, ground.row.timezone)
    lease = tx.now + timedelta(seconds=runtime.settings.lease_seconds)
    order = order_of(row.id, row.action_type, row.target_account, _data(row), tx.now, row.kept)
    attempt_id, n = tx.new_id(), row.tried + 1
    watch = lease + timedelta(seconds=30)
    done = (
        await tx.session.execute(
            _START,
            {
                **values,
                **claim.values(),
                **move_values(row.id, ["scheduled"], "executing", tx.now, watch),
                "account_id": row.account_id,
                "workspace_id": row.workspace_id,
                "platform": row.platform,
                "fence": fence,
                "lease": lease,
                "rested_at": holds.rested_at(runtime, ground, tx.now),
                "now": tx.now,
                "content_hash": row.content_hash,
                "autonomy_id": row.autonomy_id,
                "attempt_id": attempt_id,
                "n": n,
                "request_hash": request_hash(order),
            },
        )
    ).one()
    _check(done.used, done.moved, claim)
    subject = subject_of(row.id, row)
    tell(tx, "started", subject, "executing", f"Started to {subject.phrase}.", attempt=n)
    return Intent(
        row.workspace_id,
        subject,
        attempt_id,
        n,
        fence,
        order,
        grant,
        claim,
        tx.now,
        lease,
        reads_back=row.action_type in platforms.manifest(runtime, row.platform).verifies,
        troubled=ground.troubled,
    )


def _check(used: int, moved: int, claim: Claim) -> None:
    if used < len(claim.kinds):
        raise _LimitHolds
    if moved == 0:
        raise _NoLongerOurs


async def _call(runtime: Runtime, intent: Intent) -> Receipt | UpstreamError:
    """The platform's receipt, or why there is none."""
    reach("send.after_commit")
    deadline = runtime.settings.call_deadline_seconds
    if runtime.clock.now() + timedelta(seconds=deadline) > intent.lease:
        return UpstreamError(Remedy.RETRY, "lease_short", "The lease would end during the call.")
    connector = runtime.connectors.get(intent.subject.platform)
    reach("call.before")
    try:
        async with asyncio.timeout(deadline):
            return await connector.perform(intent.order, intent.grant)
    except UpstreamError as error:
        return error
    except TimeoutError:
        return UpstreamError(Remedy.RECONCILE, "time_out", "The platform did not answer in time.")


def _data(row: Row[tuple[Any, ...]]) -> dict[str, Any]:
    data = row.target_data
    found: dict[str, Any] = orjson.loads(data) if isinstance(data, str | bytes) else data
    return found


def _content(row: Row[tuple[Any, ...]]) -> Content | None:
    """The content, if it is what was approved and what this version can carry out."""
    try:
        content = checked(row.account_id, row.action_type, row.target_account, _data(row))
    except AppError:
        return None
    same = content.content_hash == row.content_hash == row.approved_hash
    return content if same else None
