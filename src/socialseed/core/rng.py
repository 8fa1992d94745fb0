"""Randomness that depends on what is decided, never on the order of workers."""

import hashlib
import random  # noqa: TID251

Rng = random.Random


def derive(seed: str, *key: object) -> Rng:
    """A generator that is the same for the same seed and key, in any process, in any order."""
    text = "\x1f".join((seed, *(str(part) for part in key)))
    return random.Random(int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "big"))  # noqa: S311
