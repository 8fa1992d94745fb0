"""Which texts say the same: word groups compared, and an index that finds near-copies fast.

Handles, addresses, digits, punctuation and case do not count. Bounded in time and in number.
"""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from zlib import crc32

_NOISE = re.compile(r"https?://\S+|@[\w.]+|[^\w\s]|[\d_]+")
_MASK = (1 << 61) - 1
_MIXES = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x27D4EB2F165667C5,
          0x85EBCA77C2B2AE63, 0xD6E8FEB86659FD93)  # fmt: skip
_KEPT = 200_000

Groups = frozenset[int]


def groups_of(text: str) -> Groups:
    """The text as numbers of its neighbouring words: pairs, or its single words if it is short."""
    words = _NOISE.sub(" ", text.lower()).split()
    size = 2 if len(words) > 3 else 1
    return frozenset(
        crc32(" ".join(words[i : i + size]).encode("utf-8", "surrogatepass"))
        for i in range(len(words) - size + 1)
    )


def likeness(one: Groups, other: Groups) -> float:
    """The share of word groups that two texts have in common, 0 to 1; 0 for an empty text."""
    union = len(one | other)
    return len(one & other) / union if union else 0.0


@dataclass(frozen=True, slots=True)
class _Said:
    at: float
    account: str
    groups: Groups


class Texts:
    """What was said lately by everybody. Instants in seconds, never falling."""

    def __init__(self) -> None:
        self._by_key: dict[int, deque[_Said]] = {}
        self._kept: deque[tuple[_Said, tuple[int, ...]]] = deque()

    def add(self, account: str, groups: Groups, at: float, keep: float) -> None:
        """`account` said this; what is older than `keep` seconds is forgotten."""
        while self._kept and (self._kept[0][0].at < at - keep or len(self._kept) >= _KEPT):
            said, keys = self._kept.popleft()
            for key in keys:
                self._by_key[key].popleft()
                if not self._by_key[key]:
                    del self._by_key[key]
        if groups:
            said, keys = _Said(at, account, groups), tuple(_keys(groups))
            self._kept.append((said, keys))
            for key in keys:
                self._by_key.setdefault(key, deque()).append(said)

    def near(self, groups: Groups, since: float, likest: float) -> list[str]:
        """Who said nearly this since then, one entry for each time."""
        found: dict[int, str] = {}
        for key in _keys(groups) if groups else ():
            for said in self._by_key.get(key, ()):
                fresh = said.at >= since and id(said) not in found
                if fresh and likeness(groups, said.groups) >= likest:
                    found[id(said)] = said.account
        return list(found.values())


def _keys(groups: Groups) -> Iterator[int]:
    """Smallest of six mixes: near-copies share one almost surely (1 - 0.2**6 at 0.8 likeness)."""
    for place, mix in enumerate(_MIXES):
        yield min((group * mix) & _MASK for group in groups) * len(_MIXES) + place
