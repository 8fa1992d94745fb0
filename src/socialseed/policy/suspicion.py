"""Whether what a platform acknowledges really happens: a sequential probability ratio test. Pure.

Each read-back confirms or contradicts one acknowledged step of an account. After each the evidence
moves; when it reaches the upper bound the kind is suspect, and it stays so until a person looked.
When it reaches the lower bound all is well and the test begins anew (Wald, 1945).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Literal

State = Literal["clear", "watching", "suspect"]


@dataclass(frozen=True, slots=True)
class Number:
    """A number of the test and why it is what it is."""

    value: float
    because: str


NUMBERS: Mapping[str, Number] = {
    "well": Number(0.02, "share contradicted when all is well: owners delete, platforms show late"),
    "ill": Number(
        0.25, "share that must be found out: a quarter without effect wastes the account"
    ),
    "alpha": Number(0.01, "chance of a false alarm: it costs a person one look at the account"),
    "beta": Number(0.05, "chance of passing an ill kind in one round; the next round looks again"),
    "first": Number(10, "first read-backs of a kind: with these all confirmed it is nearly clear"),
    "then": Number(0.1, "share read back afterwards: an ill kind is found within some 100 steps"),
    "most": Number(60, "latest read-backs that are looked at: four times what a round takes"),
}
WELL, ILL = NUMBERS["well"].value, NUMBERS["ill"].value
ALPHA, BETA = NUMBERS["alpha"].value, NUMBERS["beta"].value
FIRST, THEN, MOST = int(NUMBERS["first"].value), NUMBERS["then"].value, int(NUMBERS["most"].value)
UPPER = log((1 - BETA) / ALPHA)
LOWER = log(BETA / (1 - ALPHA))
CONTRADICTED = log(ILL / WELL)
CONFIRMED = log((1 - ILL) / (1 - WELL))


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What the read-backs of one kind add up to. `evidence`: the log of the likelihood ratio."""

    state: State
    checked: int
    contradicted: int
    evidence: float

    @property
    def sentence(self) -> str:
        """The state in words."""
        if not self.checked:
            return "Nothing was read back yet."
        shown = self.checked - self.contradicted
        told = f"{shown} of {self.checked} read back {'is' if shown == 1 else 'are'} really there."
        if self.state == "suspect":
            return f"{told} That is too few to be chance: this kind pauses until you looked."
        return f"{told} A few more are needed to tell." if self.state == "watching" else told


def suspicion(confirmed: Sequence[bool]) -> Suspicion:
    """The suspicion after these read-backs, oldest first; false is contradicted."""
    evidence = 0.0
    state: State = "clear"
    for one in confirmed:
        evidence += CONFIRMED if one else CONTRADICTED
        if evidence >= UPPER:
            state = "suspect"
            break
        if evidence <= LOWER:
            evidence = 0.0
        state = "watching" if evidence > 0 else "clear"
    wrong = sum(not one for one in confirmed)
    return Suspicion(state, len(confirmed), wrong, evidence)
