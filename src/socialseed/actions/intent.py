"""What one sending carries from its recorded beginning, over the call, to its recorded end."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from socialseed.actions.counters import Claim
from socialseed.actions.events import Subject
from socialseed.connectors.types import Grant, Order


@dataclass(frozen=True, slots=True)
class Intent:
    """An action that is executing under `fence`; the platform may be called once before `lease`."""

    workspace_id: UUID
    subject: Subject
    attempt_id: UUID
    n: int
    fence: int
    order: Order
    grant: Grant  # fetched before anything was recorded; good until the lease ends
    claim: Claim
    began_at: datetime
    lease: datetime
    reads_back: bool = False  # an official read can tell whether it was done
    troubled: bool = False  # the account was refused something within a week
