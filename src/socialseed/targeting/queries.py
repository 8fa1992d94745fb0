"""Every read of rules and candidates, one statement each, made into JSON by PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson
from sqlalchemy import RowMapping, text

from socialseed.core.errors import not_found
from socialseed.core.pagination import decode_position, encode_cursor
from socialseed.runtime.tx import Tx

# Actions are read for a rule's numbers only; nothing is decided by them.
_STATS = """json_build_object(
    'candidates', (SELECT count(*) FROM candidates c WHERE c.rule_id = r.id),
    'proposed', a.proposed, 'succeeded', a.succeeded, 'followed_back', a.followed_back,
    'followed_back_unknown', a.unknown)"""
_RULE = f"""json_build_object('id', r.id, 'account_id', r.account_id, 'platform', r.platform,
    'name', r.name, 'keywords', r.keywords, 'handles', r.handles, 'action_types', r.action_types,
    'daily_budget', r.daily_budget, 'min_followers', r.min_followers,
    'max_followers', r.max_followers, 'text_template', r.text_template, 'is_active', r.is_active,
    'discovered_at', r.discovered_at, 'created_at', r.created_at, 'stats', {_STATS})"""
_COUNTED = """LEFT JOIN LATERAL (
    SELECT count(*) AS proposed,
        count(*) FILTER (WHERE x.status = 'succeeded') AS succeeded,
        count(*) FILTER (WHERE x.status = 'succeeded' AND x.action_type = 'follow'
            AND x.followed_back) AS followed_back,
        count(*) FILTER (WHERE x.status = 'succeeded' AND x.action_type = 'follow'
            AND x.followed_back IS NULL) AS unknown
    FROM actions x WHERE x.rule_id = r.id) a ON true"""
_ONE = text(f"SELECT {_RULE}::text FROM targeting_criteria r {_COUNTED} WHERE r.id = :id")
_LIST = text(
    f"SELECT {_RULE} AS body, r.created_at, r.id FROM (SELECT * FROM targeting_criteria"
    " WHERE workspace_id = :workspace AND (created_at, id) < (:at, :before)"
    f" ORDER BY created_at DESC, id DESC LIMIT :limit) r {_COUNTED}"
    " ORDER BY r.created_at DESC, r.id DESC"
)
_CANDIDATES = text(
    "SELECT json_build_object('id', c.id, 'person', json_build_object('id', p.remote_id,"
    " 'handle', p.handle, 'display_name', p.display_name, 'bio', p.bio, 'url', p.url,"
    " 'followers', p.followers, 'following', p.following, 'posts', p.posts,"
    " 'interests', p.interests, 'observed_at', p.observed_at), 'post', c.post, 'score', c.score,"
    " 'found_at', c.found_at, 'used_at', c.used_at, 'state', c.state) AS body, c.found_at, c.id"
    " FROM candidates c JOIN profiles p ON p.id = c.profile_id"
    " WHERE c.rule_id = :rule AND (c.found_at, c.id) < (:at, :before)"
    " ORDER BY c.found_at DESC, c.id DESC LIMIT :limit"
)
_BEHIND_ALL = datetime.fromisoformat("9999-12-31T00:00:00+00:00")
_LAST_ID = UUID(int=2**128 - 1)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as discovery and planning need it."""

    id: UUID
    workspace_id: UUID
    account_id: UUID | None
    platform: str
    name: str
    keywords: Sequence[str]
    handles: Sequence[str]
    action_types: Sequence[str]
    daily_budget: int
    min_followers: int | None
    max_followers: int | None
    text_template: str | None
    is_active: bool


RULE_COLUMNS = (
    "r.id, r.workspace_id, r.account_id, r.platform, r.name, r.keywords, r.handles, r.action_types,"
    " r.daily_budget, r.min_followers, r.max_followers, r.text_template, r.is_active"
)
_PLAIN = text(f"SELECT {RULE_COLUMNS} FROM targeting_criteria r WHERE r.id = :id")


async def get_rule(tx: Tx, rule_id: UUID) -> Rule:
    """The rule. Raises NOT_FOUND."""
    row = (await tx.session.execute(_PLAIN, {"id": rule_id})).mappings().one_or_none()
    if row is None:
        raise not_found("targeting rule")
    return Rule(**row)


async def rule_json(tx: Tx, rule_id: UUID) -> bytes:
    """The rule with its numbers, as JSON. Raises NOT_FOUND."""
    body: str | None = await tx.session.scalar(_ONE, {"id": rule_id})
    if body is None:
        raise not_found("targeting rule")
    return body.encode()


async def list_rules(tx: Tx, limit: int, cursor: str | None) -> bytes:
    """A page of rules with their numbers, newest first, as JSON."""
    at, before = _position(cursor)
    values = {"workspace": tx.tenant, "at": at, "before": before, "limit": limit + 1}
    rows = (await tx.session.execute(_LIST, values)).mappings().all()
    return _page(rows, limit, "created_at")


async def list_candidates(tx: Tx, rule_id: UUID, limit: int, cursor: str | None) -> bytes:
    """A page of the rule's candidates, newest first, as JSON. Raises NOT_FOUND."""
    await get_rule(tx, rule_id)
    at, before = _position(cursor)
    values = {"rule": rule_id, "at": at, "before": before, "limit": limit + 1}
    rows = (await tx.session.execute(_CANDIDATES, values)).mappings().all()
    return _page(rows, limit, "found_at")


def _position(cursor: str | None) -> tuple[datetime, UUID]:
    return (_BEHIND_ALL, _LAST_ID) if cursor is None else decode_position(cursor)


def _page(rows: Sequence[RowMapping], limit: int, key: str) -> bytes:
    shown = rows[:limit]
    last = shown[-1] if len(rows) > limit else None
    cursor = None if last is None else encode_cursor(last[key].isoformat(), str(last["id"]))
    return orjson.dumps({"items": [row["body"] for row in shown], "next_cursor": cursor})
