"""What an event is: a past-tense name, ids and plain values, written in its own transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

Plain = str | int | float | bool | None | list["Plain"] | dict[str, "Plain"]


@dataclass(frozen=True, slots=True)
class Event:
    """One fact. `type` reads `action.approved`; `sentence` is what a person is shown."""

    type: str
    sentence: str
    account_id: UUID | None = None
    action_id: UUID | None = None
    data: Mapping[str, Plain] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event as it stands in the log: `seq` counts without gaps within its workspace."""

    workspace_id: UUID
    seq: int
    at: datetime
    actor_kind: str
    actor_id: str | None
    actor_name: str
    event: Event
