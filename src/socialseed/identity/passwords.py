"""Passwords: Argon2id in a bounded pool of threads, at least 15 characters, nothing guessable.

Numbers: OWASP's password storage sheet (46 MiB, one pass, one lane); one hash takes about 53 ms of
one core, so half of the cores hash at a time and a flood is refused instead of queued.
"""

import asyncio
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from socialseed.core.errors import AppError, Kind, invalid

T = TypeVar("T")
MIN_LENGTH = 15
MAX_LENGTH = 1024
PRODUCT = "socialseed"
# Fewer guesses than 10^8 by zxcvbn's lists are within reach of an online attack.
_GUESSABLE_LOG10 = 8.0
_ZXCVBN_READS = 72
_THREADS = max(1, (os.cpu_count() or 2) // 2)
_MAX_WAITING = 24
_HASHER = PasswordHasher(time_cost=1, memory_cost=46 * 1024, parallelism=1)
# Verified for unknown users, so that they take the time of known ones. Nobody has this password.
_NOBODY = (
    "$argon2id$v=19$m=47104,t=1,p=1$byuRU/5/sMQEPmUmAzvmTA"
    "$Wii8HcdK0jQ7GwR9MJvngJ/HHeub4Gc3Nfoe9xrTeWI"
)
_pool = ThreadPoolExecutor(max_workers=_THREADS, thread_name_prefix="argon2")
_places = threading.BoundedSemaphore(_THREADS + _MAX_WAITING)


@contextmanager
def place_in_pool() -> Iterator[None]:
    """Holds one of the process's few places for password work. Raises LIMITED if none is free."""
    if not _places.acquire(blocking=False):
        raise AppError(
            Kind.LIMITED, "busy", "Too many sign-ins at this moment. Try again.", retry_after=1.0
        )
    try:
        yield
    finally:
        _places.release()


async def _in_pool(work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(_pool, work)


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")


async def hashed(password: str) -> str:
    """The Argon2id text to store. Call it inside `place_in_pool`."""
    return await _in_pool(lambda: _HASHER.hash(_bytes(password)))


async def matches(stored: str | None, password: str) -> bool:
    """Whether `password` belongs to `stored`; None (nobody) takes the same time and is False."""

    def verify() -> bool:
        try:
            return _HASHER.verify(stored or _NOBODY, _bytes(password)) and stored is not None
        except (VerificationError, InvalidHashError):
            return False

    return await _in_pool(verify)


async def refuse_weak(password: str, context: Sequence[str]) -> None:
    """Returns for a good password. Raises INVALID `weak_password`.

    `context` are words that an attacker tries first: email, names. No composition rules.
    """
    if len(password) < MIN_LENGTH:
        raise _weak(f"Use at least {MIN_LENGTH} characters, for instance four unrelated words.")
    words = [PRODUCT, *(word for entry in context for word in _words(entry))]
    if await _in_pool(lambda: _guesses_log10(password, words)) < _GUESSABLE_LOG10:
        raise _weak("This password is easy to guess. Use four or more unrelated words.")


def _weak(detail: str) -> AppError:
    return invalid("weak_password", detail, "/password")


def _words(entry: str) -> list[str]:
    parts = entry.replace("@", " ").replace(".", " ").split()
    return [entry, entry.replace(" ", ""), *(part for part in parts if len(part) > 2)]


def _guesses_log10(password: str, words: Sequence[str]) -> float:
    return float(zxcvbn(password[:_ZXCVBN_READS], user_inputs=list(words))["guesses_log10"])
