"""Facts in, verdict out. A fact that is None is missing, and a missing fact never allows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from socialseed.policy.capabilities.types import Capability

Light = Literal["green", "yellow", "red"]
Effect = Literal["forbid", "raise", "info"]


@dataclass(frozen=True, slots=True)
class Use:
    """How much of one limit is used. `window`: hour or day; `source`: who set the number."""

    kind: str
    window: str
    used: int
    limit: int
    source: str


@dataclass(frozen=True, slots=True)
class Contact:
    """An earlier action towards the same person by any account of the workspace."""

    same_account: bool
    account: str
    action_type: str
    status: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a verdict may depend on. Plain values only, so it can be stored and replayed."""

    now: datetime
    platform: str
    action_type: str
    capability: Capability | None
    mode: str
    phase: str
    programme_day: int
    timezone: str
    waking_start: int
    waking_end: int
    connected: bool
    needs_reconnect: bool
    is_active: bool
    account_light: str
    platform_light: str
    health_score: int | None
    frozen_until: datetime | None
    uses: Sequence[Use]
    last_action_at: datetime | None
    actions_last_7_days: int
    errors_last_24h: int
    warnings_last_7_days: int
    rejection_share: float | None  # of the last 50 decisions on this account, None below 10
    consent: bool | None  # the workspace's consent for this kind of automation
    target_handle: str | None
    target_known: bool  # the profile was observed within 30 days
    target_followers: int | None
    target_following: int | None
    target_posts: int | None
    do_not_contact: bool
    contacts: Sequence[Contact]
    text: str | None
    text_limit: int | None
    text_similarity: float | None  # to the nearest text of the workspace in 30 days, 0..1
    similar_account: str | None
    media_url: str | None
    summoned: bool | None
    expected_at: datetime | None = None  # when pacing would send it
    own_post: bool | None = None  # the target is a post of the account, or a comment under one
    text_length: int | None = None  # as the platform counts; None: by characters
    missing_scopes: Sequence[str] = ()  # the call needs them, the owner did not grant them
    platform_name: str = ""  # what people call it; empty in facts stored before it was one
    posters: int | None = None  # other accounts of the app that posted in 24 hours, if it matters
    # The account's own days of the last 28 on which it did anything, without today.
    active_days: int = 0
    usual_day: float | None = None  # actions on such a day, on average
    usual_spread: float | None = None  # and their standard deviation
    running_since: datetime | None = None  # the first step since its last pause of half an hour
    silent: bool = False  # an incident says that this kind of step shows no effect
    opens_on_day: int | None = None  # when the workspace's policy opens the platform
    mentions_left_alone: Sequence[str] = ()  # people named in the text who want no contact
    # The workspace's own numbers, as they were when this was assessed.
    contact_again_days: int = 30
    contact_crowd: int = 3
    contact_others_days: int = 7


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule has to say."""

    code: str
    effect: Effect
    weight: int  # 0..100, added to the score
    sentence: str
    evidence: str | None = None
    clears: str | None = None  # what would make this finding go away


Rule = Callable[[Facts], Finding | None]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The light, its score and all findings, with what they were made from."""

    light: Light
    score: int
    forbidden: bool
    findings: Sequence[Finding]
    to_green: Sequence[str]
    rule_set: str
    facts_digest: str
