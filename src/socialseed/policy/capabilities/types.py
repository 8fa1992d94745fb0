"""One row of the capability ledger."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Mode = Literal["api", "human", "forbidden"]
Condition = Literal["summoned", "own_post"]


@dataclass(frozen=True, slots=True)
class Capability:
    """Whether and how an action may be done on a platform under a tier, who says so, and since
    when.
    """

    platform: str
    action_type: str
    tier: str
    mode: Mode
    needs_approval: bool  # a person must agree to each one, in every phase
    sentence: str
    source: str
    as_of: date
    recheck_on: date
    condition: Condition | None = None  # api only when true of the target, else human
