"""Breakers as attempts and tasks tell them: read before a step, told when one trips or closes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from socialseed.accounts import incidents
from socialseed.actions.events import Subject, phrase_of
from socialseed.core.events import Event
from socialseed.policy.breaker import LOOK_BACK, Breaker, Try, breaker
from socialseed.runtime.tx import Tx

KIND = "breaker"
LATELY = timedelta(hours=25)  # the longest cool-off and an hour
# Answers of the target, of a limit that has its own way or of a proxy say nothing of the account.
_IGNORED = "('wait','reauthorize','stop')"
_TARGETS = (
    "('target_gone','bad_target','duplicate','not_summoned','blocked_by_target','egress_down')"
)
_COUNTS = (
    f" t.outcome IS NOT NULL AND coalesce(t.evidence->>'remedy','') NOT IN {_IGNORED}"
    f" AND coalesce(t.evidence->>'code','') NOT IN {_TARGETS}"
)
# What a person did or tried by hand counts like a call.
_TRIED = (
    "SELECT coalesce(t.ended_at, t.started_at) AS at, t.outcome = 'performed' AS ok,"
    " false AS by_hand FROM attempts t JOIN actions x ON x.id = t.action_id"
    " WHERE t.account_id = {account}"
    f" AND x.action_type = {{kind}} AND t.started_at > :since AND {_COUNTS}"
    f" UNION ALL SELECT h.settled_at, h.task_outcome = 'done', true FROM actions h"
    " WHERE h.account_id = {account} AND h.action_type = {kind} AND h.settled_at > :since"
    " AND h.mode = 'human' AND h.task_outcome IN ('done', 'blocked')"
)
_TRIES = text(
    "SELECT at, ok, by_hand FROM ("
    + _TRIED.format(account=":account_id", kind=":kind")
    + " ORDER BY 1 DESC LIMIT 60) latest ORDER BY at"
)
_TROUBLED = text(
    "SELECT a.id AS account_id, a.platform, a.username, p.action_type, (SELECT"
    " json_agg(json_build_array(at, ok, by_hand) ORDER BY at) FROM ("
    + _TRIED.format(account="p.account_id", kind="p.action_type")
    + ") tried) AS tries FROM (SELECT f.account_id, y.action_type FROM attempts f"
    "  JOIN actions y ON y.id = f.action_id WHERE f.workspace_id = :workspace"
    "  AND f.outcome <> 'performed' AND f.started_at > :lately"
    "  UNION SELECT account_id, action_type FROM actions WHERE workspace_id = :workspace"
    "  AND task_outcome = 'blocked' AND settled_at > :lately) p"
    " JOIN social_accounts a ON a.id = p.account_id ORDER BY 2, 3, 4 LIMIT 200"
)


@dataclass(frozen=True, slots=True)
class Tripped:
    """A breaker that is not closed, and whose it is."""

    account_id: UUID
    platform: str
    username: str
    action_type: str
    breaker: Breaker


async def read(tx: Tx, account_id: UUID, action_type: str) -> Breaker:
    """The breaker of this account and kind now."""
    values = {"account_id": account_id, "kind": action_type, "since": tx.now - LOOK_BACK}
    rows = (await tx.session.execute(_TRIES, values)).all()
    return breaker([Try(row.at, row.ok, row.by_hand) for row in rows], tx.now)


async def list_tripped(tx: Tx) -> Sequence[Tripped]:
    """Every breaker of the workspace that is open or waits for its probe, at most 200."""
    values = {"workspace": tx.tenant, "lately": tx.now - LATELY, "since": tx.now - LOOK_BACK}
    rows = (await tx.session.execute(_TROUBLED, values)).all()
    found = [
        Tripped(
            row.account_id,
            row.platform,
            row.username,
            row.action_type,
            breaker(
                [Try(datetime.fromisoformat(at), *more) for at, *more in row.tries or ()], tx.now
            ),
        )
        for row in rows
    ]
    return [one for one in found if one.breaker.state != "closed"]


def sentence_of(state: Breaker, action_type: str) -> str:
    """What is paused and why, for people."""
    told = f"{state.failures} tries to {phrase_of(action_type)} failed in a row. "
    if state.state == "half_open":
        return told + "The next try decides: if it works, the pause is over."
    return told + "This kind pauses, then it is tried once. Other kinds go on."


async def note(
    tx: Tx, subject: Subject, *, performed: bool, troubled: bool, ended_at: datetime
) -> None:
    """A breaker that the call, or the try by hand, that ended then tripped or closed is told, with
    its incident. `troubled`: there were failures before.
    """
    if performed and not troubled:
        return
    account_id, kind, name = subject.account_id, subject.action_type, f"@{subject.username}"
    state = await read(tx, account_id, kind)
    data: Mapping[str, str | int | None] = {"action_type": kind, "level": state.level}
    if state.state == "closed":
        if performed and await incidents.close(tx, account_id, KIND, kind):
            told = f"{name}: a call to {phrase_of(kind)} went through; the pause has ended."
            tx.emit(Event("account.breaker_closed", told, account_id, data=data))
        return
    if performed or state.opened_at != ended_at or state.until is None:
        return
    told = f"{name}: {sentence_of(state, kind)}"
    until = state.until.isoformat()
    tx.emit(
        Event(
            "account.breaker_opened",
            told,
            account_id,
            subject.action_id,
            {**data, "until": until, "alert": "warning"},
        )
    )
    await incidents.open_(tx, account_id, KIND, told, action_type=kind, detail={"until": until})
