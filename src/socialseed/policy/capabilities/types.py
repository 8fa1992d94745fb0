"""What the capability ledger is made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

Mode = Literal["api", "human", "forbidden"]
Condition = Literal["summoned", "own_post"]
Proof = Literal["fresh", "expired"]
Visibility = Literal["public", "private"]


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
    visibility: Visibility = "public"  # private: only the account itself sees what is published
    accounts_a_day: int | None = None  # of the whole app, in any 24 hours

    def proof(self, on: date) -> Proof:
        """`expired` after `recheck_on`: it allows nothing by itself until somebody looked again."""
        return "fresh" if on <= self.recheck_on else "expired"


@dataclass(frozen=True, slots=True)
class Daily:
    """How many of a kind a platform says that one account may do in a day, and where it says so."""

    most: int
    source: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger: the capability, and what there is to know of its call.

    `gate`: what stands before it beside an ordinary developer app. `most_media`: how many it
    takes at once, None for one at most. `call` None: there is no official one.
    """

    capability: Capability
    call: str | None = None
    quota: str | None = None
    gate: str | None = None
    scopes: Sequence[str] = ()
    most_media: int | None = None
    cover: bool = False

    def lacks(self, granted: Sequence[str]) -> tuple[str, ...]:
        """The scopes that the call needs and the owner is known not to have granted.

        `granted` empty: the platform does not tell, or nothing was granted yet.
        """
        return tuple(one for one in self.scopes if one not in granted) if granted else ()
