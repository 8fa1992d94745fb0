"""How alike two texts are, by the letter triples they share. Pure."""

from collections.abc import Sequence
from functools import lru_cache


def nearest(text: str, others: Sequence[tuple[str, str]]) -> tuple[float | None, str | None]:
    """The highest likeness (0..1) to any of `others` (text, account) and whose it is; their order
    does not matter.

    (None, None) for a text without a letter; 0 when there is nothing yet that it could repeat.
    """
    mine = _triples(text)
    if not mine:
        return None, None
    best, whose = 0.0, None
    for other, account in others:
        theirs = _triples(other)
        if not theirs:
            continue
        shared = len(mine & theirs)
        likeness = shared / (len(mine) + len(theirs) - shared)
        if likeness > best or whose is None or (likeness == best and account < whose):
            best, whose = likeness, account
    return round(best, 3), whose


@lru_cache(maxsize=4096)  # the same recent texts are compared with every new one
def _triples(text: str) -> frozenset[str]:
    plain = " ".join(text.lower().split())[:600]
    if not plain:
        return frozenset()
    padded = f" {plain} "
    return frozenset(padded[i : i + 3] for i in range(len(padded) - 2))
