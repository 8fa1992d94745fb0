"""Whom a rule found, in order of fitness, and what has become of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import orjson
from sqlalchemy import func, select, text, update

from socialseed.accounts.models import SocialAccount
from socialseed.connectors.types import Person
from socialseed.core.events import Plain
from socialseed.profiles import service as profiles
from socialseed.runtime.tx import Tx
from socialseed.targeting.models import Candidate, TargetingRule
from socialseed.targeting.queries import Rule

_KEEP = text(
    "INSERT INTO candidates (id, workspace_id, rule_id, profile_id, post, post_key, score,"
    " state, found_at) SELECT id, :workspace, :rule, profile_id, post, post_key, score, 'new', :now"
    " FROM jsonb_to_recordset(CAST(:finds AS jsonb)) AS given (id uuid, profile_id uuid,"
    " post jsonb, post_key text, score float8)"
    " ON CONFLICT (rule_id, profile_id, post_key) DO UPDATE SET score = excluded.score"
    " RETURNING (xmax = 0)"
)
# Whoever any account of the workspace turned to within two days is left for later, not skipped.
_WAITING = text(
    "SELECT c.id, c.rule_id, c.post, c.score, p.handle, p.remote_id, p.display_name, p.bio, p.url,"
    " p.followers, p.following, p.posts, p.interests, p.observed_at IS NOT NULL AS observed"
    " FROM candidates c JOIN profiles p ON p.id = c.profile_id"
    " WHERE c.rule_id = ANY(:rules) AND c.state = 'new' AND p.do_not_contact_at IS NULL"
    " AND NOT EXISTS (SELECT 1 FROM actions a WHERE a.workspace_id = c.workspace_id"
    "  AND a.platform = p.platform AND a.target_handle = p.handle_key"
    "  AND a.created_at > CAST(:now AS timestamptz) - interval '2 days')"
    " ORDER BY c.score DESC, c.id LIMIT :limit"
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A candidate to propose something for."""

    id: UUID
    rule_id: UUID
    post: Mapping[str, Plain] | None
    score: float
    handle: str
    remote_id: str | None
    display_name: str | None
    bio: str | None
    url: str | None
    followers: int | None
    following: int | None
    posts: int | None
    interests: Sequence[str]
    observed: bool


@dataclass(frozen=True, slots=True)
class Find:
    """One person whom a search came upon, with the post that led to him, if any."""

    person: Person
    observed: bool
    post: Mapping[str, Plain] | None
    score: float

    @property
    def post_key(self) -> str:
        """What tells two finds of one person apart."""
        return "" if self.post is None else str(self.post["id"])

    @property
    def seen(self) -> profiles.Seen:
        """What it adds to the person's profile."""
        keyword = self.post.get("keyword") if self.post else None
        return profiles.Seen(self.person, self.observed, [str(keyword)] if keyword else [])


async def keep(tx: Tx, rule: Rule, finds: Sequence[Find]) -> int:
    """How many of the finds are new candidates; the score of each is the present one either way."""
    if not finds:
        return 0
    ids = await profiles.observe_many(tx, rule.platform, [find.seen for find in finds])
    given = {}
    for find in finds:
        profile_id = ids[profiles.bare(find.person.handle)]
        given[profile_id, find.post_key] = {
            "id": tx.new_id(),
            "profile_id": str(profile_id),
            "post": find.post,
            "post_key": find.post_key,
            "score": find.score,
        }
    values = {
        "workspace": rule.workspace_id,
        "rule": rule.id,
        "now": tx.now,
        "finds": orjson.dumps(list(given.values())).decode(),
    }
    return sum((await tx.session.scalars(_KEEP, values)).all())


async def list_waiting(tx: Tx, rule_ids: Sequence[UUID], limit: int) -> Sequence[Waiting]:
    """The best new candidates of these rules whom nobody turned to within two days."""
    values = {"rules": list(rule_ids), "now": tx.now, "limit": limit}
    rows = (await tx.session.execute(_WAITING, values)).mappings().all()
    return [Waiting(**row) for row in rows]


async def mark(tx: Tx, candidate_ids: Sequence[UUID], state: str) -> None:
    """The candidates are `proposed` or `skipped` from now on."""
    if candidate_ids:
        await tx.session.execute(
            update(Candidate)
            .where(Candidate.id.in_(candidate_ids))
            .values(state=state, used_at=tx.now)
        )


async def searching_account(tx: Tx, rule: Rule) -> UUID | None:
    """The connected account that may look for this rule: its own, else any, else None."""
    wanted = select(SocialAccount.id).where(
        SocialAccount.platform == rule.platform,
        SocialAccount.workspace_id == rule.workspace_id,
        SocialAccount.is_active,
        SocialAccount.connected_at.is_not(None),
        SocialAccount.needs_reconnect.is_(False),
    )
    if rule.account_id is not None:
        wanted = wanted.where(SocialAccount.id == rule.account_id)
    found: UUID | None = await tx.session.scalar(wanted.order_by(SocialAccount.id).limit(1))
    return found


async def own_handles(tx: Tx, platform: str) -> frozenset[str]:
    """Our own accounts' handles on the platform, in lower case: nobody courts himself."""
    rows = await tx.session.scalars(
        select(func.lower(SocialAccount.username)).where(
            SocialAccount.platform == platform, SocialAccount.workspace_id == tx.tenant
        )
    )
    return frozenset(rows)


async def note_discovery(tx: Tx, rule_id: UUID) -> None:
    """The rule was searched for now."""
    await tx.session.execute(
        update(TargetingRule).where(TargetingRule.id == rule_id).values(discovered_at=tx.now)
    )
