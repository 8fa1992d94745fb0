"""What the Instagram Platform offers, as data. Sources: README.md."""

from typing import Final

from socialseed.connectors.manifest import Manifest, TextLimit

WEB: Final = "www.instagram.com"
LOGIN: Final = "api.instagram.com"
FACEBOOK: Final = "www.facebook.com"
GRAPH: Final = "graph.instagram.com"
FACEBOOK_GRAPH: Final = "graph.facebook.com"
VERSION: Final = "/v25.0"
INSTAGRAM_LOGIN: Final = "instagram_login"
FACEBOOK_LOGIN: Final = "facebook_login"
FACEBOOK_ONLY: Final = frozenset({"like", "unlike", "delete"})
FACEBOOK_SCOPES: Final = (
    "instagram_basic",
    "instagram_content_publish",
    "instagram_manage_comments",
    "instagram_manage_insights",
    "instagram_manage_contents",
    "instagram_manage_engagement",
    "pages_show_list",
    "pages_read_engagement",
)

_CAPTION = TextLimit(2200, "Instagram content publishing guide, 2026-09: caption")
_COMMENT = TextLimit(2200, "No length is documented for comments; the caption's is used (2026-09)")

MANIFEST: Final = Manifest(
    platform="instagram",
    name="Instagram",
    hosts={"api": GRAPH, "web": WEB, "login": LOGIN, "facebook": FACEBOOK_GRAPH},
    performs=frozenset({"publish_image", "comment", "reply", "like", "unlike", "delete"}),
    verifies=frozenset({"publish_image", "comment", "reply", "delete"}),
    reads=frozenset({"me", "look", "own_posts", "search", "mentions", "comments"}),
    scopes=(
        "instagram_business_basic",
        "instagram_business_content_publish",
        "instagram_business_manage_comments",
        "instagram_business_manage_insights",
    ),
    text_limits={"publish_image": _CAPTION, "comment": _COMMENT, "reply": _COMMENT},
    profile_url="{base}/{handle}/",
    post_url="{base}/p/{id}/",
    tiers=(INSTAGRAM_LOGIN, FACEBOOK_LOGIN),
    sources=("Instagram Platform documentation and changelog, copies 2026-03 to 2026-09",),
)
