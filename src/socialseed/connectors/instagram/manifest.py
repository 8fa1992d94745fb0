"""What the Instagram Platform offers, as data. Sources: README.md."""

from typing import Final

from socialseed.connectors.instagram.webhooks import InstagramWebhooks
from socialseed.connectors.manifest import Manifest, TextLimit

WEB: Final = "www.instagram.com"
LOGIN: Final = "api.instagram.com"
FACEBOOK: Final = "www.facebook.com"
GRAPH: Final = "graph.instagram.com"
FACEBOOK_GRAPH: Final = "graph.facebook.com"
UPLOAD: Final = "rupload.facebook.com"
VERSION: Final = "/v25.0"
INSTAGRAM_LOGIN: Final = "instagram_login"
FACEBOOK_LOGIN: Final = "facebook_login"
INSTAGRAM_SCOPES: Final = (
    "instagram_business_basic",
    "instagram_business_content_publish",
    "instagram_business_manage_comments",
    "instagram_business_manage_insights",
)
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

CAPTION_LENGTH: Final = 2200
_CAPTION = TextLimit(CAPTION_LENGTH, "Instagram content publishing guide, 2026-09: caption")
_COMMENT = TextLimit(2200, "No length is documented for comments; the caption's is used (2026-09)")
_PUBLISHING = ("publish_image", "publish_video", "publish_carousel")

MANIFEST: Final = Manifest(
    platform="instagram",
    name="Instagram",
    hosts={
        "api": GRAPH,
        "web": WEB,
        "login": LOGIN,
        "facebook": FACEBOOK_GRAPH,
        "upload": UPLOAD,
    },
    performs=frozenset({*_PUBLISHING, "comment", "reply", "like", "unlike", "delete"}),
    verifies=frozenset({*_PUBLISHING, "comment", "reply", "delete"}),
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
            "publishing_quota",
        }
    ),
    scopes=INSTAGRAM_SCOPES,
    text_limits={**dict.fromkeys(_PUBLISHING, _CAPTION), "comment": _COMMENT, "reply": _COMMENT},
    profile_url="{base}/{handle}/",
    post_url="{base}/p/{id}/",
    tiers=(INSTAGRAM_LOGIN, FACEBOOK_LOGIN),
    sources=("Instagram Platform documentation and changelog, copies 2026-03 to 2026-09",),
    webhooks=InstagramWebhooks(),
)
