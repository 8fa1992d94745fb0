"""What actions, approvals, tasks and stops take and give over HTTP."""

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, JsonValue

from socialseed.actions.models import Status
from socialseed.connectors.types import ActionType

Light = Literal["green", "yellow", "red"]
RejectReason = Literal["off_topic", "wrong_person", "bad_text", "too_risky", "bad_timing", "other"]
TaskOutcome = Literal["done", "target_gone", "blocked", "changed_mind", "skipped"]


def _reasonable(at: datetime) -> datetime:
    if not 2000 <= at.year <= 2200:
        raise ValueError("Use an instant between the years 2000 and 2200.")
    return at.astimezone(UTC)


def _storable(value: str) -> str:
    if "\x00" in value:
        raise ValueError("Leave out the NUL character.")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError("The text has half a character in it.") from None
    return value


Instant = Annotated[AwareDatetime, AfterValidator(_reasonable)]
Words = Annotated[str, Field(max_length=1000), AfterValidator(_storable)]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ActionIn(_In):
    """A proposal."""

    account_id: UUID
    action_type: ActionType
    target_account: str | None = Field(default=None, max_length=101)
    target_data: dict[str, JsonValue] = Field(default_factory=dict)
    not_before: Instant | None = None


class ExecuteIn(_In):
    action_id: UUID


class CancelIn(_In):
    reason: Words | None = None


class CompleteIn(_In):
    outcome: TaskOutcome
    reason: Words | None = None
    note: Words | None = None


class ResolveIn(_In):
    outcome: Literal["succeeded", "failed"]
    note: Words


class EditsIn(_In):
    text: str | None = Field(default=None, max_length=10_000)
    media_url: str | None = Field(default=None, max_length=2_048)
    alt_text: str | None = Field(default=None, max_length=10_000)


class ApproveIn(_In):
    content_hash: str | None = Field(default=None, max_length=64)
    edits: EditsIn | None = None


class RejectIn(_In):
    reason: RejectReason
    note: Words | None = None


class SnoozeIn(_In):
    """Either `minutes` (an hour by default) or `until`."""

    minutes: int | None = Field(default=None, ge=1, le=20_160)
    until: Instant | None = None


class BulkIn(_In):
    ids: list[UUID] = Field(min_length=1, max_length=200)
    decision: Literal["approve", "reject"]
    reason: RejectReason | None = None


class LaterIn(_In):
    minutes: int = Field(default=60, ge=1, le=10_080)


class StopIn(_In):
    scope: Literal["workspace", "platform", "account"]
    id: str | None = Field(default=None, max_length=64)
    reason: Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_storable)]


# --- out -----------------------------------------------------------------------------------------


class Reason(BaseModel):
    code: str
    effect: Literal["forbid", "raise", "info"]
    weight: int
    sentence: str
    evidence: str | None
    clears: str | None


class AccountOfAction(BaseModel):
    id: UUID
    platform: str
    username: str
    light: Light
    phase: str


class Proposer(BaseModel):
    kind: str
    id: UUID | None
    name: str


class Failure(BaseModel):
    code: str
    sentence: str
    next_step: str | None


class ActionOut(BaseModel):
    id: UUID
    account_id: UUID
    account: AccountOfAction
    action_type: ActionType
    target_account: str | None
    target_data: dict[str, JsonValue]
    content_hash: str
    status: Status
    light: Light
    risk_score: int
    reasons: list[Reason]
    to_green: list[str]
    mode: Literal["api", "human"]
    requires_approval: bool
    proposed_by: Proposer
    created_at: datetime
    expires_at: datetime | None
    snoozed_until: datetime | None
    held_until: datetime | None
    scheduled_at: datetime | None
    executed_at: datetime | None
    settled_at: datetime | None
    remote_id: str | None
    remote_url: str | None
    verified: bool | None
    failure: Failure | None
    replaces: UUID | None
    worth: float
    minutes: float
    deferred_until: datetime | None
    deferred_because: str | None
    autonomy_id: UUID | None
    audit_sample: bool


class TimelineActor(BaseModel):
    kind: str
    id: str | None
    name: str


class TimelineItem(BaseModel):
    seq: int
    at: datetime
    type: str
    actor: TimelineActor
    sentence: str
    data: dict[str, JsonValue]


class VerdictOut(BaseModel):
    light: Light
    score: int
    rule_set: str
    facts_digest: str
    assessed_at: datetime
    stage: str


class ReplayOut(BaseModel):
    """What today's rules say of the same facts."""

    light: Light
    score: int
    rule_set: str
    same: bool


class StoredVerdictOut(VerdictOut):
    """`replay` is null when the facts were erased."""

    id: UUID
    findings: list[Reason]
    facts: dict[str, JsonValue]
    replay: ReplayOut | None


class StoredVerdictPage(BaseModel):
    items: list[StoredVerdictOut]
    next_cursor: str | None


class AttemptOut(BaseModel):
    n: int
    started_at: datetime
    ended_at: datetime | None
    outcome: Literal["performed", "not_performed", "unknown"] | None
    evidence: dict[str, JsonValue]


class WithPerson(BaseModel):
    action_id: UUID
    at: datetime
    action_type: str
    status: Status
    account: str
    text: str | None


class ActionDetailOut(ActionOut):
    deep_link: str | None
    waits_for: str | None
    timeline: list[TimelineItem]
    verdict: VerdictOut | None
    attempts: list[AttemptOut]
    with_person: list[WithPerson]


class TaskOut(ActionOut):
    deep_link: str | None
    prepared_text: str | None
    unlocks_at: datetime | None
    unlocked: bool


class ActionPage(BaseModel):
    items: list[ActionOut]
    next_cursor: str | None


class TaskPage(BaseModel):
    items: list[TaskOut]
    next_cursor: str | None


class NextTaskOut(BaseModel):
    task: TaskOut | None
    next_unlock_at: datetime | None
    open: int


class SummaryOut(BaseModel):
    green: int
    yellow: int
    red: int
    total: int
    deferred: int
    oldest_at: datetime | None
    decided_today: int
    median_decision_seconds: int | None
    tasks_open: int


class SecondsEach(BaseModel):
    """How long a decision of one kind and light takes; `measured` False: assumed so far."""

    action_type: ActionType
    light: Light
    median_seconds: float
    measured: bool


class AttentionOut(BaseModel):
    """The queue in minutes. `minutes_a_day` 0: no budget, nothing is deferred."""

    minutes_a_day: int
    minutes_used: float
    minutes_planned: float
    planned: int
    deferred: int
    seconds_each: list[SecondsEach]


class BulkProblem(BaseModel):
    code: str
    detail: str


class BulkResultOut(BaseModel):
    id: UUID
    ok: bool
    status: Status | None
    problem: BulkProblem | None


class BulkOut(BaseModel):
    results: list[BulkResultOut]


class StopOut(BaseModel):
    id: UUID
    scope: Literal["workspace", "platform", "account"]
    scope_id: str | None
    reason: str
    created_at: datetime
    created_by: str


class StopsOut(BaseModel):
    active: list[StopOut]
