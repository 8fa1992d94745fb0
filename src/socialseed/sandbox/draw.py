"""Chance from stable keys. The same key always draws the same numbers; nothing global is used."""

import hashlib
import math

_MASK = (1 << 64) - 1


def number(*key: object) -> int:
    """A 64-bit number that depends on `key` and on nothing else."""
    text = "\x1f".join(map(str, key)).encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big")


class Keys:
    """Streams whose keys differ in their last part alone: `Keys(*key).draw(last)` is
    `Draw(*key, last)`, sooner."""

    __slots__ = ("_stem",)

    def __init__(self, *key: object) -> None:
        text = "".join(f"{part}\x1f" for part in key)
        self._stem = hashlib.blake2b(text.encode(), digest_size=8)

    def draw(self, last: int) -> "Draw":
        """The stream of the key that ends with `last`."""
        whole = self._stem.copy()
        whole.update(b"%d" % last)
        draw = Draw.__new__(Draw)
        draw._state = int.from_bytes(whole.digest(), "big")
        return draw


class Draw:
    """A stream of numbers from one key (splitmix64)."""

    __slots__ = ("_state",)

    def __init__(self, *key: object) -> None:
        self._state = number(*key)

    def bits(self) -> int:
        """The next 64 bits."""
        self._state = state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & _MASK
        return state ^ (state >> 31)

    def unit(self) -> float:
        """Uniform in [0, 1)."""
        self._state = state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & _MASK
        return ((state ^ (state >> 31)) >> 11) / 9007199254740992

    def below(self, limit: int) -> int:
        """Uniform in 0 .. limit-1."""
        return self.bits() % limit

    def pick(self, items: tuple[str, ...]) -> str:
        """One of `items`."""
        return items[self.bits() % len(items)]

    def chance(self, probability: float) -> bool:
        """True with `probability`."""
        return self.unit() < probability

    def normal(self) -> float:
        """Standard normal (Box-Muller)."""
        first = max(self.unit(), 1e-12)
        return math.sqrt(-2.0 * math.log(first)) * math.cos(2 * math.pi * self.unit())

    def lognormal(self, median: float, spread: float) -> float:
        """Log-normal around `median`; `spread` is the sigma of the logarithm."""
        return median * math.exp(spread * self.normal())
