"""What a platform can do and where its pages are, as data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from socialseed.connectors.webhooks import Webhooks

AskKind = Literal[
    "me",
    "look",
    "own_posts",
    "search",
    "mentions",
    "comments",
    "hashtag",
    "insights",
    "publishing_quota",
    "follows_back",
]


@dataclass(frozen=True, slots=True)
class TextLimit:
    """How long a text of this kind may be, in the platform's own count of characters."""

    characters: int
    source: str
    count: Callable[[str], int] = len  # how the platform counts


@dataclass(frozen=True, slots=True)
class Manifest:
    """`performs`: action types with a call. `verifies`: action types that `find` can read back.

    `profile_url` and `post_url` are templates with {base}, {handle}, {id} for a human task's deep
    link, where {base} is the gateway's address of hosts["web"]. `hosts`: hosts by use (api, …).
    `tiers` are the access tiers, the usual one first.
    """

    platform: str
    name: str
    hosts: Mapping[str, str]
    performs: frozenset[str]
    verifies: frozenset[str]
    reads: frozenset[AskKind]
    scopes: tuple[str, ...]
    text_limits: Mapping[str, TextLimit]
    profile_url: str
    post_url: str
    tiers: tuple[str, ...]
    sources: tuple[str, ...]
    sheet: str = ""  # its rows for the capability ledger in TOML, where ledger.toml has none
    webhooks: Webhooks | None = None  # None: the platform sends none
