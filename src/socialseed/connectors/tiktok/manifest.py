"""What TikTok's APIs offer, as data. Sources: README.md."""

from typing import Final

from socialseed.connectors.manifest import Manifest, TextLimit

API: Final = "open.tiktokapis.com"
WEB: Final = "www.tiktok.com"
BUSINESS: Final = "business-api.tiktok.com"
UNAUDITED: Final = "unaudited"
AUDITED: Final = "audited"

_TITLE = TextLimit(2200, "TikTok Content Posting API, 2026-09: 2,200 UTF-16 units")
_DESCRIPTION = TextLimit(4000, "TikTok Content Posting API, 2026-09: photo description")
_COMMENT = TextLimit(150, "TikTok API for Business v1.3, 2026-07: 150 characters")

MANIFEST: Final = Manifest(
    platform="tiktok",
    name="TikTok",
    hosts={"api": API, "web": WEB, "business": BUSINESS},
    performs=frozenset({"publish_image", "publish_video", "comment", "reply"}),
    verifies=frozenset({"publish_image", "publish_video", "comment", "reply"}),
    reads=frozenset({"me", "own_posts", "comments"}),
    scopes=(
        "user.info.basic",
        "user.info.profile",
        "user.info.stats",
        "video.list",
        "video.publish",
        "comment.list",
        "comment.list.manage",
    ),
    text_limits={
        "publish_image": _DESCRIPTION,
        "publish_video": _TITLE,
        "comment": _COMMENT,
        "reply": _COMMENT,
    },
    profile_url="{base}/@{handle}",
    post_url="{base}/@{handle}/video/{id}",
    tiers=(UNAUDITED, AUDITED),
    sources=(
        "developers.tiktok.com, archived copies of 2026-09",
        "TikTok API for Business v1.3, Go SDK of 2026-07",
    ),
)
