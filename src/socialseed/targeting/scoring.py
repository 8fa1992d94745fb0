"""How well a person fits a rule: plain arithmetic on official facts, 0..1."""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

from socialseed.connectors.types import Person, Post

SWEET_SPOT = 800  # followers: large enough to matter, small enough to answer
FRESH = timedelta(days=7)


def within_range(person: Person, low: int | None, high: int | None) -> bool:
    """False when the followers are known and outside; an unknown number passes."""
    if person.followers is None:
        return True
    return (low is None or person.followers >= low) and (high is None or person.followers <= high)


def relevance(keywords: Sequence[str], person: Person, post: Post | None, now: datetime) -> float:
    """Half for the words, a quarter for a sensible audience, a quarter for a fresh post."""
    words = " ".join(filter(None, (person.bio, person.display_name, post.text if post else None)))
    hits = sum(keyword.lower().lstrip("#") in words.lower() for keyword in keywords)
    by_words = hits / len(keywords) if keywords else 0.5
    return round(
        0.5 * min(1.0, 2 * by_words) + 0.25 * _audience(person) + 0.25 * _fresh(post, now), 4
    )


def _audience(person: Person) -> float:
    if person.followers is None:
        return 0.3
    distance = abs(math.log10(person.followers + 1) - math.log10(SWEET_SPOT))
    return max(0.0, 1.0 - distance / 3)


def _fresh(post: Post | None, now: datetime) -> float:
    if post is None or post.created_at is None:
        return 0.3
    return max(0.0, 1.0 - (now - post.created_at) / FRESH)
