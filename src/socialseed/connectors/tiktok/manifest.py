"""What TikTok's two products offer, as data. Sources: README.md."""

from typing import Final

from socialseed.connectors.manifest import Manifest, TextLimit
from socialseed.connectors.tiktok.webhooks import TikTokWebhooks

API: Final = "open.tiktokapis.com"
WEB: Final = "www.tiktok.com"
UPLOAD: Final = "open-upload.tiktokapis.com"
BUSINESS_API: Final = "business-api.tiktok.com"
UNAUDITED: Final = "unaudited"
AUDITED: Final = "audited"
BUSINESS: Final = "business"  # the account signed in to API for Business instead of Login Kit

SCOPES: Final = (
    "user.info.basic",
    "user.info.profile",
    "user.info.stats",
    "video.list",
    "video.publish",
)
BUSINESS_SCOPES: Final = (
    "user.info.basic",
    "user.info.username",
    "user.info.stats",
    "user.account.type",
    "user.insights",
    "video.list",
    "video.insights",
    "comment.list",
    "comment.list.manage",
    "video.publish",
)

_TITLE = TextLimit(2200, "TikTok Content Posting API, 2026-09: 2,200 UTF-16 units")
_DESCRIPTION = TextLimit(4000, "TikTok Content Posting API, 2026-09: photo description")
_COMMENT = TextLimit(150, "TikTok API for Business v1.3, 2026-07: 150 characters")
_PERFORMS: Final = frozenset(
    {
        "publish_image",
        "publish_video",
        "publish_carousel",
        "comment",
        "reply",
        "like",
        "unlike",
        "delete",
    }
)

MANIFEST: Final = Manifest(
    platform="tiktok",
    name="TikTok",
    hosts={"api": API, "web": WEB, "business": BUSINESS_API, "upload": UPLOAD},
    performs=_PERFORMS,
    verifies=_PERFORMS,
    reads=frozenset({"me", "own_posts", "comments", "insights"}),
    scopes=SCOPES,
    text_limits={
        "publish_image": _DESCRIPTION,
        "publish_carousel": _DESCRIPTION,
        "publish_video": _TITLE,
        "comment": _COMMENT,
        "reply": _COMMENT,
    },
    profile_url="{base}/@{handle}",
    post_url="{base}/@{handle}/video/{id}",
    tiers=(UNAUDITED, AUDITED, BUSINESS),
    sources=(
        "developers.tiktok.com, archived copies of 2026-09",
        "TikTok API for Business v1.3, Go SDK of 2026-07",
    ),
    webhooks=TikTokWebhooks(),
)
