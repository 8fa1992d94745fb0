"""What platforms, their tests and an account's setup look like over HTTP."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

Mode = Literal["api", "human", "forbidden"]
Proof = Literal["fresh", "expired"]


class CapabilityOut(BaseModel):
    """`mode` is what holds for this product; `allowed` what the platform allows an app."""

    action_type: str
    tier: str
    mode: Mode
    allowed: Mode
    performs: bool
    verifies: bool
    needs_approval: bool
    condition: Literal["summoned", "own_post"] | None
    visibility: Literal["public", "private"]
    accounts_a_day: int | None
    sentence: str
    call: str | None
    quota: str | None
    gate: str | None
    scopes: list[str]
    most_media: int | None
    cover: bool
    source: str
    as_of: date
    recheck_on: date
    proof: Proof


class PlatformOut(BaseModel):
    platform: str
    name: str
    connector: bool
    state: Literal["ready", "no connector yet"]
    tier: str
    tiers: list[str]
    proof: Proof
    recheck_on: date
    redirect_address: str | None
    webhook_address: str | None
    capabilities: list[CapabilityOut]
    reads: list[CapabilityOut]


class PlatformsOut(BaseModel):
    items: list[PlatformOut]


class CheckOut(BaseModel):
    name: str
    ok: bool
    detail: str
    next_step: str | None


class KindOut(BaseModel):
    """What may be done now of one kind, and what is missing."""

    kind: str
    mode: Mode
    ready: bool
    needs_approval: bool
    proof: Proof
    sentence: str
    scopes: list[str]
    missing_scopes: list[str]
    missing: list[str]
    next_step: str | None
    opens_with: str | None


class TierOut(BaseModel):
    tier: str
    current: bool
    api: list[str]
    human: list[str]
    forbidden: list[str]


class TokenOut(BaseModel):
    connected: bool
    issued_at: datetime | None
    expires_at: datetime | None
    works_until: datetime | None
    renews_itself: bool


class ScopesOut(BaseModel):
    """`told` false: the platform did not say what was granted."""

    told: bool
    granted: list[str]
    needed: list[str]
    missing: list[str]


class RedirectOut(BaseModel):
    address: str
    https_needed: bool


class WebhooksOut(BaseModel):
    offered: bool
    address: str | None
    last_delivery_at: datetime | None


class MediaOut(BaseModel):
    """`rule` says where media may stand; of what waits, `unreachable` stands elsewhere."""

    rule: str
    addresses: list[str]
    unreachable: list[str]


class SetupOut(BaseModel):
    account_id: UUID
    platform: str
    name: str
    username: str
    platform_mode: Literal["sandbox", "live"]
    as_of: datetime
    ok: bool
    checks: list[CheckOut]
    token: TokenOut
    scopes: ScopesOut
    tier: str
    tiers: list[TierOut]
    redirect: RedirectOut
    webhooks: WebhooksOut
    media: MediaOut
    kinds: list[KindOut]


class ChecksOut(BaseModel):
    """`setup` is there when an account was named."""

    ok: bool
    checks: list[CheckOut]
    setup: SetupOut | None = None
