"""What a platform sends by itself: how its signature is checked and what its notices say. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from socialseed.connectors.types import Post
from socialseed.core.events import Plain

NoticeKind = Literal[
    "mention", "comment", "reply", "like", "follow", "published", "publish_failed", "revoked",
    "deleted", "other",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that happened, as told. `key` is the same for every delivery of it.

    `recipient` is the platform's id of the account that it is about. `post` is what somebody said
    (`mention`, `comment`, `reply`), with its author; `own_post_id` the account's post under it;
    `deleted_id` the post or comment that is gone (`deleted`).
    """

    key: str
    kind: NoticeKind
    recipient: str
    at: datetime | None = None
    post: Post | None = None
    own_post_id: str | None = None
    data: Mapping[str, Plain] = field(default_factory=dict)
    deleted_id: str | None = None


class Webhooks(Protocol):
    """One platform's rules for what it sends to us. Implementations hold no state."""

    def handshake(self, query: Mapping[str, str], secret: str, verify_token: str) -> str | None:
        """The body that proves the address is ours; None when the query is no valid challenge."""
        ...

    def is_genuine(
        self, headers: Mapping[str, str], body: bytes, secret: str, now: datetime
    ) -> bool:
        """Whether the platform itself signed exactly these bytes, lately. Constant time.

        `headers` have lower-case names.
        """
        ...

    def notices(self, body: bytes) -> Sequence[Notice]:
        """What the body tells, unknown kinds as `other`. Raises ValueError for a foreign body."""
        ...
