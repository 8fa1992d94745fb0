"""What X's API v2 offers, as data. Sources: README.md."""

from typing import Final

from socialseed.connectors.manifest import Manifest, TextLimit

API: Final = "api.x.com"
WEB: Final = "x.com"
SELF_SERVE: Final = "self_serve"
ENTERPRISE: Final = "enterprise"
ENTERPRISE_ONLY: Final = frozenset({"like", "unlike", "follow", "unfollow", "quote"})

_OFFERED = frozenset(
    {
        "publish_text",
        "publish_image",
        "reply",
        "comment",
        "quote",
        "repost",
        "like",
        "unlike",
        "follow",
        "unfollow",
        "delete",
    }
)
_TEXTS = ("publish_text", "publish_image", "reply", "comment", "quote")
_TEXT = TextLimit(280, "X docs, counting characters, 2026-08: 280 weighted characters")

MANIFEST: Final = Manifest(
    platform="twitter",
    name="X",
    hosts={"api": API, "web": WEB},
    performs=_OFFERED,
    verifies=_OFFERED,
    reads=frozenset({"me", "look", "own_posts", "search", "mentions", "comments"}),
    scopes=(
        "tweet.read",
        "tweet.write",
        "users.read",
        "follows.read",
        "follows.write",
        "like.read",
        "like.write",
        "media.write",
        "offline.access",
    ),
    text_limits=dict.fromkeys(_TEXTS, _TEXT),
    profile_url="{base}/{handle}",
    post_url="{base}/{handle}/status/{id}",
    tiers=(SELF_SERVE, ENTERPRISE),
    sources=(
        "xdevplatform/docs, snapshot 2026-08-22, openapi 2.167",
        "X developer guidelines and automation rules, 2026-08",
    ),
)
