"""The closed vocabulary between the pipeline and the platforms: asks, orders, receipts, grants."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from socialseed.core.events import Plain

ActionType = Literal[
    "follow",
    "unfollow",
    "like",
    "unlike",
    "comment",
    "reply",
    "repost",
    "quote",
    "publish_text",
    "publish_image",
    "publish_video",
    "publish_carousel",
    "delete",
]


@dataclass(frozen=True, slots=True)
class Egress:
    """The proxy through which an account's calls leave. `url` carries credentials: never shown."""

    id: str
    name: str
    url: str = field(repr=False)  # http://, https:// or socks5://, with user and password


@dataclass(frozen=True, slots=True)
class Grant:
    """What an account lets us act with. Held in memory for one call; never logged."""

    account: str  # handle
    remote_id: str | None
    access_token: str = field(repr=False)
    scopes: Sequence[str]
    tier: str
    account_id: str = ""  # our own id, under which quotas are kept
    egress: Egress | None = None  # None: straight out


# --- authorize -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Begin:
    """Step one: where to send the owner's browser."""

    state: str
    verifier: str
    redirect_uri: str
    tier: str | None = None  # None: the platform's first


@dataclass(frozen=True, slots=True)
class Finish:
    """Step two: the code that came back."""

    code: str
    verifier: str
    redirect_uri: str
    tier: str | None = None
    egress: Egress | None = None
    account: str | None = None  # the handle to connect, where one login has several


@dataclass(frozen=True, slots=True)
class Renew:
    """Ahead of expiry. `refresh_token` is None where a platform renews the access token itself."""

    access_token: str
    refresh_token: str | None
    tier: str | None = None
    egress: Egress | None = None


@dataclass(frozen=True, slots=True)
class Revoke:
    """The owner disconnects."""

    access_token: str
    tier: str | None = None
    egress: Egress | None = None


Step = Begin | Finish | Renew | Revoke


@dataclass(frozen=True, slots=True)
class Redirect:
    """Answer to Begin."""

    url: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """Answer to Finish and Renew. `refresh_token` None means: keep the one you have."""

    access_token: str
    refresh_token: str | None
    scopes: Sequence[str]
    expires_in: timedelta | None
    refresh_expires_in: timedelta | None
    remote_id: str | None = None


@dataclass(frozen=True, slots=True)
class Revoked:
    """Answer to Revoke."""


Authorization = Redirect | Tokens | Revoked

# --- read ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Me:
    """The account's own profile. Answer: Person."""


@dataclass(frozen=True, slots=True)
class Look:
    """Another person's profile by handle. Answer: Person, or None if there is no such person."""

    handle: str


@dataclass(frozen=True, slots=True)
class OwnPosts:
    """The account's newest posts. Answer: list of Post."""

    limit: int = 20


@dataclass(frozen=True, slots=True)
class Search:
    """Posts about a keyword. Answer: list of Post with authors where the platform tells them."""

    keyword: str
    limit: int = 20


@dataclass(frozen=True, slots=True)
class Mentions:
    """Who spoke to the account, or only what a notice named by its ids. Answer: list of Post."""

    limit: int = 20
    media_id: str | None = None
    comment_id: str | None = None


@dataclass(frozen=True, slots=True)
class Comments:
    """Comments on one own post. Answer: list of Post."""

    post_id: str
    limit: int = 20


@dataclass(frozen=True, slots=True)
class Hashtag:
    """Public posts under a hashtag (without #). Answer: list of Post, authors where told."""

    tag: str
    limit: int = 20


@dataclass(frozen=True, slots=True)
class Insights:
    """How a post (or, without an id, the account over `days`) did. Answer: Measures."""

    post_id: str | None = None
    days: int = 1


@dataclass(frozen=True, slots=True)
class PublishingQuota:
    """How many more posts the platform accepts now. Answer: Measures `used`, `limit`."""


@dataclass(frozen=True, slots=True)
class FollowsBack:
    """Who of these people, 1 to 100 by handle, follows the account. Answer: Followers."""

    handles: Sequence[str]


Ask = (
    Me
    | Look
    | OwnPosts
    | Search
    | Mentions
    | Comments
    | Hashtag
    | Insights
    | PublishingQuota
    | FollowsBack
)


@dataclass(frozen=True, slots=True)
class Person:
    """A profile as a platform tells it. Missing is None, never 0."""

    remote_id: str
    handle: str
    display_name: str | None = None
    bio: str | None = None
    url: str | None = None
    followers: int | None = None
    following: int | None = None
    posts: int | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """A post, comment or mention as a platform tells it."""

    remote_id: str
    text: str
    url: str | None
    author: Person | None
    created_at: datetime | None
    likes: int | None = None
    comments: int | None = None
    parent_id: str | None = None


@dataclass(frozen=True, slots=True)
class Measures:
    """Figures by the platform's own metric names. A metric that was not told is absent, never 0."""

    values: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Followers:
    """Who follows the account and who does not, by handle in lower case. Absent: not told."""

    known: Mapping[str, bool]


Answer = Person | list[Post] | Measures | Followers | None

# --- perform -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Order:
    """One action exactly as approved. `key` is our own id for it, sent as an idempotency hint."""

    key: str
    action_type: ActionType
    target_handle: str | None = None
    target_id: str | None = None  # the person's id
    post_id: str | None = None
    comment_id: str | None = None
    text: str | None = None
    media_url: str | None = None
    media_urls: Sequence[str] = ()  # publish_carousel: 2 and more, in order
    cover_url: str | None = None  # publish_video, where the ledger says that a cover is taken
    alt_text: str | None = None
    since: datetime | None = None  # `find` looks no further back
    kept: Mapping[str, str] = field(default_factory=dict)  # see `UpstreamError.kept`


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that the platform performed an order."""

    remote_id: str | None
    remote_url: str | None = None
    evidence: Mapping[str, Plain] = field(default_factory=dict)
