"""Measuring one account: its own profile and posts as the platform tells them, and what follows.

Reads first, without a transaction; then one transaction writes the day, the health and the phase.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, select, text

from socialseed.accounts import egress, events, incidents, record, service, tokens
from socialseed.accounts.health import Health, Signals, assess
from socialseed.accounts.models import SocialAccount
from socialseed.connectors.egress import EGRESS_DOWN
from socialseed.connectors.types import Grant, Me, OwnPosts, Person, Post
from socialseed.core.clock import local
from socialseed.core.errors import Remedy, UpstreamError
from socialseed.core.events import Event, Plain
from socialseed.identity import policies
from socialseed.identity.replans import replan
from socialseed.policy.phases import phase_of
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx

POSTS_READ = 20
WEEK = timedelta(days=7)

_LAST = text(
    "SELECT measured_on, measured_at, followers, detail FROM performance_stats"
    " WHERE account_id = :id ORDER BY measured_on DESC LIMIT 1"
)
_BEFORE = text(
    "SELECT followers FROM performance_stats WHERE account_id = :id AND measured_on >= :since"
    " AND measured_on < :today ORDER BY measured_on LIMIT 1"
)
_DAY = text(
    "INSERT INTO performance_stats (account_id, measured_on, workspace_id, followers, following,"
    " posts, gained, lost, engagements, detail, measured_at) VALUES (:id, :today, :workspace,"
    " :followers, :following, :posts, :gained, :lost, :engagements, CAST(:detail AS jsonb), :now)"
    " ON CONFLICT (account_id, measured_on) DO UPDATE SET followers = excluded.followers,"
    " following = excluded.following, posts = excluded.posts,"
    " gained = performance_stats.gained + excluded.gained,"
    " lost = performance_stats.lost + excluded.lost,"
    " engagements = performance_stats.engagements + excluded.engagements,"
    " detail = excluded.detail, measured_at = excluded.measured_at"
)
_HEALTH_DAY = text(
    "INSERT INTO health_metrics (account_id, measured_on, workspace_id, score, light, parts,"
    " measured_at) VALUES (:id, :today, :workspace, :score, :light, CAST(:parts AS jsonb), :now)"
    " ON CONFLICT (account_id, measured_on) DO UPDATE SET score = excluded.score,"
    " light = excluded.light, parts = excluded.parts, measured_at = excluded.measured_at"
    " RETURNING (xmax = 0) AS first_today"
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the platform told. `posts` None where it does not list them."""

    me: Person | None
    posts: Sequence[Post] | None


async def measure(runtime: Runtime, workspace_id: UUID, account_id: UUID) -> None:
    """The account was read and its day written. Without a working connection only its health is.

    Raises NOT_FOUND for an account that is gone.
    """
    seen = Seen(None, None)
    try:
        grant = await tokens.grant(runtime, workspace_id, account_id)
        seen = await _look(runtime, workspace_id, account_id, grant)
    except UpstreamError:
        # The health below shows a lost connection; a platform that is down is monitoring's matter.
        pass
    async with runtime.begin(workspace_id) as tx:
        row = await tx.session.scalar(
            select(SocialAccount).where(SocialAccount.id == account_id).with_for_update()
        )
        if row is None:
            return
        if seen.me is not None:
            await _write_day(tx, row, seen.me, seen.posts)
        await _write_health(tx, row)
        if row.frozen_until is None or row.frozen_until <= tx.now:
            await incidents.close(tx, account_id, "warning")
        row.updated_at = tx.now
        await tx.session.flush()


async def _look(runtime: Runtime, workspace_id: UUID, account_id: UUID, grant: Grant) -> Seen:
    async with runtime.begin(workspace_id) as tx:
        platform = (await service.get(tx, account_id)).platform
    connector = runtime.connectors.get(platform)
    try:
        me = await connector.read(Me(), grant)
        posts = None
        if "own_posts" in connector.manifest.reads:
            posts = await connector.read(OwnPosts(POSTS_READ), grant)
    except UpstreamError as error:
        async with runtime.begin(workspace_id) as tx:
            if error.remedy is Remedy.REAUTHORIZE:
                await tokens.refused(tx, account_id)
            if error.code == EGRESS_DOWN:
                await egress.stopped(tx, account_id, error.detail)
        raise
    own = me if isinstance(me, Person) else None
    return Seen(own, posts if isinstance(posts, list) else None)


async def _write_day(tx: Tx, row: SocialAccount, me: Person, posts: Sequence[Post] | None) -> None:
    today = local(tx.now, row.timezone).date()
    last = (await tx.session.execute(_LAST, {"id": row.id})).one_or_none()
    before = last.followers if last is not None else row.followers
    followers = me.followers if me.followers is not None else before
    row.followers = followers
    row.following = me.following if me.following is not None else row.following
    row.posts = me.posts if me.posts is not None else row.posts
    row.remote_id = row.remote_id or me.remote_id
    if followers is None:
        return
    moved = followers - before if before is not None else 0
    totals, engagements = _engagements(
        last, posts, local(tx.now, row.timezone).date(), row.timezone
    )
    values = {
        "id": row.id,
        "today": today,
        "workspace": row.workspace_id,
        "followers": followers,
        "following": row.following or 0,
        "posts": row.posts or 0,
        "gained": max(0, moved),
        "lost": max(0, -moved),
        "engagements": engagements,
        "detail": orjson.dumps({"engagements_by_post": totals}).decode(),
        "now": tx.now,
    }
    await tx.session.execute(_DAY, values)


def _engagements(
    last: Row[Any] | None, posts: Sequence[Post] | None, today: date, timezone: str
) -> tuple[Mapping[str, int], int]:
    """Likes and comments by post now, and how many came since the last measurement.

    Those of a post that was not seen before count only when it was made today.
    """
    known: Mapping[str, int] = (last.detail if last is not None else {}).get(
        "engagements_by_post", {}
    )
    if posts is None:
        return known, 0
    totals = {p.remote_id: (p.likes or 0) + (p.comments or 0) for p in posts}
    fresh = {p.remote_id for p in posts if _made_on(p.created_at, timezone) == today}
    more = 0
    for post_id, total in totals.items():
        base = known.get(post_id, 0 if post_id in fresh else total)
        more += max(0, total - base)
    return totals, more


def _made_on(at: datetime | None, timezone: str) -> date | None:
    return local(at, timezone).date() if at is not None else None


async def _write_health(tx: Tx, row: SocialAccount) -> None:
    today = local(tx.now, row.timezone).date()
    kept = await record.read(tx, row.id)
    since = {"id": row.id, "since": today - WEEK, "today": today}
    before = await tx.session.scalar(_BEFORE, since)
    health = assess(Signals(kept, _works_for(row, tx.now), before, row.followers))
    values = {
        "id": row.id,
        "today": today,
        "workspace": row.workspace_id,
        "score": health.score,
        "light": health.light,
        "parts": orjson.dumps([part.plain() for part in health.parts]).decode(),
        "now": tx.now,
    }
    first_today = await tx.session.scalar(_HEALTH_DAY, values)
    await _tell_health(tx, row, health, await egress.is_failing(tx, row.egress_id))
    # A promotion comes once a day; what takes the account down does so at once.
    if first_today or kept.incidents:
        await _move_phase(tx, row, kept)


async def _move_phase(tx: Tx, row: SocialAccount, kept: record.Record) -> None:
    verdict = phase_of(record.phase_facts(row, kept, tx.now), await policies.current(tx))
    if verdict.phase != row.phase:
        await service.change_phase(tx, row, verdict.phase, list(verdict.reasons))
        await incidents.review_autonomy(tx, row.id)


def _works_for(row: SocialAccount, now: datetime) -> float | None:
    if row.needs_reconnect:
        return 0.0
    return (row.works_until - now) / timedelta(days=1) if row.works_until is not None else None


async def _tell_health(tx: Tx, row: SocialAccount, health: Health, waits: bool) -> None:
    before, row.health_score = row.health_score, health.score
    light = "red" if row.needs_reconnect else health.light
    light = "yellow" if waits and light == "green" else light
    was, row.light = row.light, light
    row.light_reasons = [*health.reasons, *([egress.REASON] if waits else [])]
    more: dict[str, Plain] = {"score": health.score, "light": light, "followers": row.followers}
    if before != health.score:
        told = f"{events.label(tx, row.platform, row.username)} has a health of {health.score}."
        data = {"platform": row.platform, "username": row.username, **more}
        tx.emit(Event("health.measured", told, account_id=row.id, data=data))
    if was != light:
        why = row.light_reasons[0] if row.light_reasons else "Nothing stands against it any more."
        told = f"went from {was} to {light}. {why}"
        events.emit(tx, "light_changed", row.id, row.platform, row.username, told, **more)
        await replan(tx, f"its light went from {was} to {light}.", row.id)
