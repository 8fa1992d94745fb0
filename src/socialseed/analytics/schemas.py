"""The shapes that analytics and the feed answer with, for the OpenAPI document."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, JsonValue


class ActorRef(BaseModel):
    """Who did it."""

    kind: str
    id: str | None
    name: str


class EventOut(BaseModel):
    """One line of the log."""

    seq: int
    at: datetime
    type: str
    actor: ActorRef
    account_id: UUID | None
    action_id: UUID | None
    sentence: str
    data: dict[str, JsonValue]


class ActivityPage(BaseModel):
    """Newest first."""

    items: list[EventOut]
    next_cursor: str | None


class DayValue(BaseModel):
    """One day's figure."""

    on: date
    value: float


class Followers(BaseModel):
    """`change` is the share over the days, of accounts measured at both ends."""

    value: int | None
    change: float | None
    series: list[DayValue]


class Engagements(BaseModel):
    """`previous` holds the days before, in order, under their own dates."""

    value: int
    change: float | None
    series: list[DayValue]
    previous: list[DayValue]


class ActionsToday(BaseModel):
    """Sent today over all active accounts, each in its own local day."""

    used: int
    limit: int


class WithoutEdits(BaseModel):
    """The share of approvals that needed no edit; null where nothing was approved."""

    share: float | None
    change: float | None
    series: list[DayValue]


class FleetHealth(BaseModel):
    """The mean score of active accounts, and how many of all need somebody."""

    score: int | None
    need_attention: int


class Waiting(BaseModel):
    """What waits for a decision, by light."""

    green: int
    yellow: int
    red: int
    oldest_at: datetime | None


class Overview(BaseModel):
    """The figures of the first page."""

    days: int
    followers: Followers
    engagements: Engagements
    actions_today: ActionsToday
    approved_without_edits: WithoutEdits
    fleet_health: FleetHealth
    waiting: Waiting


class GrowthDay(BaseModel):
    """One local day of one account. `followers` is null where nothing was measured yet."""

    on: date
    followers: int | None
    gained: int
    lost: int
    actions: int
    verified: int


class GrowthTotals(BaseModel):
    """`actions` = `claimed` + `verified`: somebody's word, and what the platform showed."""

    gained: int
    lost: int
    net: int
    actions: int
    claimed: int
    verified: int


class Growth(BaseModel):
    """One account's days, oldest first, with the same number of days before as totals."""

    account_id: UUID
    days: int
    series: list[GrowthDay]
    totals: GrowthTotals
    previous: GrowthTotals


class Totals(BaseModel):
    """Actions proposed in the window and their fate. `succeeded` = `claimed` + `verified`."""

    proposed: int
    approved: int
    approved_without_edits: int
    rejected: int
    succeeded: int
    claimed: int
    verified: int
    failed: int
    unknown: int
    followed_back: int


class AccountTotals(Totals):
    """Of one account."""

    account_id: UUID
    platform: str
    username: str


class KindTotals(Totals):
    """Of one action type."""

    action_type: str


class RuleTotals(Totals):
    """Of one targeting rule."""

    rule_id: UUID
    name: str


class Performance(BaseModel):
    """What came of what was proposed."""

    days: int
    totals: Totals
    by_account: list[AccountTotals]
    by_kind: list[KindTotals]
    by_rule: list[RuleTotals]
