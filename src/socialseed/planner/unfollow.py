"""Who did not follow back after a set time becomes an unfollow proposal, limited and spread.

Only where an official read tells who follows: what is not known is kept.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from socialseed.accounts import tokens
from socialseed.actions.propose import Proposal, submit
from socialseed.connectors.types import Followers, FollowsBack
from socialseed.core.errors import AppError, Kind, Remedy, UpstreamError
from socialseed.jobs.port import Payload
from socialseed.planner.queries import LISTENS
from socialseed.policy.capabilities.ledger import mode_for
from socialseed.policy.numbers import Policy, policy_of
from socialseed.policy.phases import is_open
from socialseed.runtime.actor import PLANNER
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx

CHURN = timedelta(days=14)  # nobody is unfollowed sooner (X's rule against follow churn)
FIRST_LOOK = timedelta(days=7)  # after following
LOOK_AGAIN = timedelta(days=7)  # at who did not follow back yet, or of whom nothing was told
FRESH = timedelta(days=8)  # how old a look may be that a proposal stands on
ENGAGED = timedelta(days=30)
BATCH = 100  # people in one read
ACCOUNTS_A_ROUND = 25

_TO_LOOK_AT = """x.action_type = 'follow' AND x.status = 'succeeded'
  AND x.followed_back IS NOT TRUE AND x.settled_at <= :followed_before
  AND (x.followed_back_at IS NULL OR x.followed_back_at <= :looked_before)
  AND x.target_account IS NOT NULL"""
_LOOKING = text(f"""
SELECT a.workspace_id, a.id, a.platform FROM social_accounts a
WHERE {LISTENS} AND a.platform = ANY(CAST(:platforms AS text[]))
  AND EXISTS (SELECT 1 FROM actions x WHERE x.account_id = a.id AND {_TO_LOOK_AT})
ORDER BY md5(a.id::text || :turn) LIMIT :limit
""")
_UNSEEN = text(f"""
SELECT x.target_handle FROM actions x WHERE x.account_id = :account AND {_TO_LOOK_AT}
ORDER BY x.settled_at, x.id LIMIT :batch
""")
_SEEN = text("""
UPDATE actions x SET followed_back_at = :now, followed_back = coalesce(n.follows, x.followed_back)
FROM unnest(CAST(:handles AS text[]), CAST(:follows AS boolean[])) AS n(handle, follows)
WHERE x.account_id = :account AND x.action_type = 'follow' AND x.status = 'succeeded'
  AND x.followed_back IS NOT TRUE AND x.target_handle = n.handle
""")
_LATE = """x.action_type = 'follow' AND x.status = 'succeeded' AND x.followed_back IS NOT TRUE
  AND x.followed_back IS FALSE AND x.followed_back_at >= :fresh AND x.settled_at <= :churn"""
_PROPOSING = text(f"""
SELECT a.workspace_id, a.id FROM social_accounts a
WHERE {LISTENS} AND EXISTS (SELECT 1 FROM actions x WHERE x.account_id = a.id AND {_LATE})
  AND NOT EXISTS (SELECT 1 FROM stops s WHERE s.workspace_id = a.workspace_id
    AND s.lifted_at IS NULL AND (s.scope = 'workspace'
    OR (s.scope = 'platform' AND s.scope_id = a.platform)
    OR (s.scope = 'account' AND s.scope_id = a.id::text)))
ORDER BY md5(a.id::text || :turn) LIMIT :limit
""")
_ROOM = text("""
SELECT a.platform, a.tier, a.phase, q.version, q.numbers,
  (SELECT count(*) FROM actions x WHERE x.account_id = a.id AND x.action_type = 'unfollow'
    AND (x.created_at >= date_trunc('day', CAST(:now AS timestamptz) AT TIME ZONE a.timezone)
        AT TIME ZONE a.timezone
      OR x.status IN ('awaiting_approval', 'awaiting_human'))) AS used
FROM social_accounts a LEFT JOIN LATERAL (SELECT version, numbers FROM policies p
  WHERE p.workspace_id = a.workspace_id ORDER BY version DESC LIMIT 1) q ON true
WHERE a.id = :account
""")
# Kept for good: who ever spoke to the account, and whom a person decided to keep. Kept for a while:
# who spoke to another account of the workspace. An unfollow that came to nothing may come again.
_CANDIDATES = text(f"""
SELECT x.target_account FROM actions x WHERE x.account_id = :account AND {_LATE}
  AND x.settled_at <= :followed_before
  AND NOT EXISTS (SELECT 1 FROM actions y WHERE y.account_id = x.account_id
    AND y.action_type = 'unfollow' AND y.target_key = x.target_key
    AND (y.status NOT IN ('expired', 'failed') OR y.created_at > :churn))
  AND NOT EXISTS (SELECT 1 FROM actions y WHERE y.workspace_id = x.workspace_id
    AND y.platform = x.platform AND y.target_handle = x.target_handle AND y.action_type = 'reply'
    AND (y.account_id = x.account_id OR y.created_at > :engaged))
  AND NOT EXISTS (SELECT 1 FROM profiles p WHERE p.workspace_id = x.workspace_id
    AND p.platform = x.platform AND p.handle_key = x.target_handle
    AND p.do_not_contact_at IS NOT NULL)
ORDER BY x.settled_at, x.id LIMIT :limit
""")


@dataclass(frozen=True, slots=True)
class _Room:
    """How many more may be proposed now, and how long ago the follows must be."""

    left: int
    followed_before: datetime


async def look_round(runtime: Runtime, payload: Payload) -> None:
    """For at most 25 accounts, it is stored who of up to 100 followed people follows back.

    Each follow is looked at a week after it, then weekly until they do. Only where the platform
    has an official read for it.
    """
    platforms = [
        name
        for name, connector in runtime.connectors.by_platform.items()
        if "follows_back" in connector.manifest.reads
    ]
    async with runtime.begin(None, PLANNER) as tx:
        values = {**_looks(tx), **_turn(tx), "platforms": platforms}
        accounts = (await tx.session.execute(_LOOKING, values)).all()
    for row in accounts:
        await look(runtime, row.workspace_id, row.id, row.platform)


async def look(runtime: Runtime, workspace_id: UUID, account_id: UUID, platform: str) -> None:
    """One read of the account's oldest follows that are due for a look.

    A refused read is not asked again for a week; one that must wait is left to the next round.
    """
    async with runtime.begin(workspace_id, PLANNER) as tx:
        values = {**_looks(tx), "account": account_id, "batch": BATCH}
        handles = list(dict.fromkeys((await tx.session.scalars(_UNSEEN, values)).all()))
    if not handles:
        return
    try:
        grant = await tokens.grant(runtime, workspace_id, account_id)
        asked = FollowsBack([handle.lstrip("@") for handle in handles])
        answer = await runtime.connectors.get(platform).read(asked, grant)
    except UpstreamError as error:
        if error.remedy is not Remedy.REJECT:
            return
        answer = None
    except AppError:
        return  # not connected (any more): its health shows it
    known = answer.known if isinstance(answer, Followers) else {}
    follows = [known.get(handle.lstrip("@")) for handle in handles]
    async with runtime.begin(workspace_id, PLANNER, key=("looked", account_id)) as tx:
        seen = {"now": tx.now, "account": account_id, "handles": handles, "follows": follows}
        await tx.session.execute(_SEEN, seen)


async def unfollow_round(runtime: Runtime, payload: Payload) -> None:
    """At most 25 accounts have today's unfollow proposals, each by its own transaction."""
    async with runtime.begin(None, PLANNER) as tx:
        rows = (await tx.session.execute(_PROPOSING, {**_late(tx), **_turn(tx)})).all()
    for row in rows:
        async with runtime.begin(row.workspace_id, PLANNER, key=("unfollow", row.id)) as tx:
            await propose_unfollows(tx, runtime, row.id)


async def propose_unfollows(tx: Tx, runtime: Runtime, account_id: UUID) -> list[UUID]:
    """The ids of new proposals, the oldest follows first: what the policy allows in a day, less
    what was proposed today or still waits for a person.

    None where the ledger forbids it, or for whoever spoke to the account.
    """
    room = await _room(tx, runtime, account_id)
    if room is None or room.left <= 0:
        return []
    values = {
        **_late(tx),
        "account": account_id,
        "followed_before": room.followed_before,
        "engaged": tx.now - ENGAGED,
        "limit": room.left,
    }
    made = []
    for handle in (await tx.session.scalars(_CANDIDATES, values)).all():
        proposal = Proposal(account_id, "unfollow", handle, {})
        try:
            made.append((await submit(tx, runtime, proposal)).action_id)
        except AppError as error:
            if error.kind not in (Kind.CONFLICT, Kind.INVALID):
                raise
    return made


async def _room(tx: Tx, runtime: Runtime, account_id: UUID) -> _Room | None:
    row = (await tx.session.execute(_ROOM, {"account": account_id, "now": tx.now})).first()
    if row is None or not is_open(row.platform, row.phase):
        return None
    performs = runtime.connectors.get(row.platform).manifest.performs
    held = runtime.ledger.holding(row.platform, "unfollow", row.tier, performs)
    if mode_for(held, False, False) == "forbidden":
        return None
    policy: Policy = policy_of(row.numbers, row.version or 0)
    waits = max(policy.days("unfollow.after_days"), CHURN)
    return _Room(policy.count("unfollow.a_day") - row.used, tx.now - waits)


def _looks(tx: Tx) -> dict[str, object]:
    return {
        "now": tx.now,
        "followed_before": tx.now - FIRST_LOOK,
        "looked_before": tx.now - LOOK_AGAIN,
    }


def _late(tx: Tx) -> dict[str, object]:
    return {"fresh": tx.now - FRESH, "churn": tx.now - CHURN}


def _turn(tx: Tx) -> dict[str, object]:
    turn = tx.now.strftime("%Y-%m-%dT%H")
    return {"now": tx.now, "turn": turn, "limit": ACCOUNTS_A_ROUND}
