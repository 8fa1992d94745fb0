"""What X's API v2 offers, as data. Sources: README.md."""

from collections.abc import Mapping
from typing import Final

from socialseed.connectors.manifest import Manifest, TextLimit
from socialseed.connectors.twitter import words
from socialseed.connectors.twitter.webhooks import XWebhooks
from socialseed.connectors.types import ActionType

API: Final = "api.x.com"
WEB: Final = "x.com"
SELF_SERVE: Final = "self_serve"
ENTERPRISE: Final = "enterprise"
ENTERPRISE_ONLY: Final = frozenset({"like", "unlike", "follow", "unfollow", "quote"})

_READ = ("tweet.read", "users.read")
_WRITE = ("tweet.read", "tweet.write", "users.read")
_MEDIA = (*_WRITE, "media.write")
_LIKE = ("like.write", *_READ)
_FOLLOW = ("follows.write", *_READ)

# action type → scopes of every call that performing it makes (X docs, endpoint pages)
PERFORM_SCOPES: Final[Mapping[ActionType, tuple[str, ...]]] = {
    "publish_text": _WRITE,
    "publish_image": _MEDIA,
    "publish_video": _MEDIA,
    "reply": _WRITE,
    "comment": _WRITE,
    "quote": _WRITE,
    "repost": _WRITE,
    "like": _LIKE,
    "unlike": _LIKE,
    "follow": _FOLLOW,
    "unfollow": _FOLLOW,
    "delete": _WRITE,
}
# action type → scopes of the reads by which it is found again
FIND_SCOPES: Final[Mapping[ActionType, tuple[str, ...]]] = {
    **dict.fromkeys(PERFORM_SCOPES, _READ),
    "like": ("like.read", *_READ),
    "unlike": ("like.read", *_READ),
}
READ_SCOPES: Final = _READ

_TEXTS = ("publish_text", "publish_image", "publish_video", "reply", "comment", "quote")
_TEXT = TextLimit(
    280, "X docs, counting characters, 2026-08: 280 weighted characters", words.weight
)
_SCOPES = (*_MEDIA, "follows.read", "like.read", "offline.access")
# The writes that only enterprise apps may call are asked of their accounts alone.
TIER_SCOPES: Final[Mapping[str, tuple[str, ...]]] = {
    SELF_SERVE: _SCOPES,
    ENTERPRISE: (*_SCOPES, "follows.write", "like.write"),
}

MANIFEST: Final = Manifest(
    platform="twitter",
    name="X",
    hosts={"api": API, "web": WEB},
    performs=frozenset(PERFORM_SCOPES),
    verifies=frozenset(FIND_SCOPES),
    reads=frozenset(
        {
            "me",
            "look",
            "own_posts",
            "search",
            "mentions",
            "comments",
            "hashtag",
            "insights",
            "follows_back",
        }
    ),
    scopes=_SCOPES,
    text_limits=dict.fromkeys(_TEXTS, _TEXT),
    profile_url="{base}/{handle}",
    post_url="{base}/{handle}/status/{id}",
    tiers=(SELF_SERVE, ENTERPRISE),
    sources=(
        "xdevplatform/docs, snapshot 2026-08-22, openapi 2.167",
        "X developer guidelines and automation rules, 2026-08",
    ),
    webhooks=XWebhooks(),
)
