"""The facts about one content, assembled from what was gathered. Reads nothing itself."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from socialseed.actions.content import Content
from socialseed.actions.ground import KNOWN_FOR, Ground, plain, post_text
from socialseed.actions.similarity import nearest
from socialseed.connectors.manifest import Manifest
from socialseed.policy.capabilities.ledger import mode_for
from socialseed.policy.capabilities.types import Capability
from socialseed.policy.phases import opens_on_day
from socialseed.policy.risk.types import Contact, Facts


def facts_of(
    ground: Ground,
    content: Content,
    mode: str,
    manifest: Manifest,
    *,
    text_room: tuple[int | None, int | None],
    expected_at: datetime | None,
) -> Facts:
    """The facts about this content on this ground. `expected_at` None means: now."""
    row = ground.row
    errors, warnings = plain(row.troubles) or (0, 0)
    likeness, whose = (
        nearest(content.text, plain(row.texts) or ()) if content.text else (None, None)
    )
    found = Facts(
        now=ground.now,
        platform=row.platform,
        action_type=content.action_type,
        capability=capability_of(ground, content.action_type, manifest.performs),
        mode=mode,
        phase=row.phase,
        programme_day=ground.programme_day,
        timezone=row.timezone,
        waking_start=row.waking_start,
        waking_end=row.waking_end,
        connected=row.connected,
        needs_reconnect=row.needs_reconnect,
        is_active=row.is_active,
        account_light=row.light,
        platform_light=ground.platform_light,
        health_score=row.health_score,
        frozen_until=row.frozen_until,
        uses=tuple(u for u in ground.uses if u.kind in ("all", content.action_type)),
        last_action_at=row.last_sent_at,
        actions_last_7_days=row.week,
        errors_last_24h=errors + ground.barred,
        warnings_last_7_days=warnings,
        rejection_share=_share(*(plain(row.answers) or (0, 0))),
        consent=row.consent,
        target_handle=content.target_account,
        target_known=row.observed_at is not None and row.observed_at > ground.now - KNOWN_FOR,
        target_followers=row.target_followers,
        target_following=row.target_following,
        target_posts=row.target_posts,
        do_not_contact=row.do_not_contact_at is not None,
        contacts=_contacts(plain(row.contacts) or ()),
        text=content.text,
        text_limit=text_room[1],
        text_length=text_room[0],
        text_similarity=likeness,
        similar_account=None if whose == row.username else whose,
        media_url=next(iter(content.media), None),
        summoned=_flag(content, "summoned"),
        expected_at=expected_at,
        own_post=own_post(ground, content),
        posters=row.posters,
        platform_name=manifest.name,
    )
    return _with_history(found, ground, content.action_type)


def _with_history(found: Facts, ground: Ground, action_type: str) -> Facts:
    row = ground.row
    active_days, usual, spread = plain(row.history) or (0, None, None)
    return replace(
        found,
        missing_scopes=ground.lacks(action_type),
        active_days=active_days,
        usual_day=usual,
        usual_spread=spread,
        running_since=row.running_since,
        silent=row.silent,
        opens_on_day=opens_on_day(row.platform, ground.policy),
        mentions_left_alone=tuple(plain(row.left_alone) or ()),
        contact_again_days=ground.policy.count("contact.again_after_days"),
        contact_crowd=ground.policy.count("contact.crowd"),
        contact_others_days=ground.policy.count("contact.others_within_days"),
    )


def capability_of(ground: Ground, action_type: str, performs: frozenset[str]) -> Capability | None:
    """The ledger's row for this account's platform and tier, as it holds for what we can do."""
    return ground.ledger.holding(ground.row.platform, action_type, ground.row.tier, performs)


def mode_of(ground: Ground, content: Content, performs: frozenset[str]) -> str:
    """`api` or `human`. What the ledger forbids is `api`: it is blocked before anything is sent."""
    capability = capability_of(ground, content.action_type, performs)
    mode = mode_for(capability, _flag(content, "summoned"), own_post(ground, content))
    return "human" if mode == "human" else "api"


def own_post(ground: Ground, content: Content) -> bool | None:
    """Whether the target is a post of the account itself; None when its author is not known."""
    author = post_text(content, "author")
    if author is None:
        return True if ground.row.posted_by_us else None
    return author.lstrip("@").lower() == str(ground.row.username).lower()


def _contacts(found: Sequence[Sequence[Any]]) -> Sequence[Contact]:
    return tuple(
        Contact(same, account, kind, status, datetime.fromisoformat(at))
        for same, account, kind, status, at in found
    )


def _share(answers: int, rejected: int) -> float | None:
    return None if answers < 10 else round(rejected / answers, 3)


def _flag(content: Content, key: str) -> bool | None:
    value = content.target_data.get(key)
    return value if isinstance(value, bool) else None
