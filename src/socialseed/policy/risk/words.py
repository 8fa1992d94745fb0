"""How findings speak of time and numbers."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from socialseed.policy.risk.types import Facts

_OLD_NAMES = {"tiktok": "TikTok", "instagram": "Instagram", "twitter": "X"}
NOUNS = {
    "all": ("action", "actions"),
    "follow": ("follow", "follows"),
    "unfollow": ("unfollow", "unfollows"),
    "like": ("like", "likes"),
    "unlike": ("unlike", "unlikes"),
    "comment": ("comment", "comments"),
    "reply": ("reply", "replies"),
    "repost": ("repost", "reposts"),
    "quote": ("quote", "quotes"),
    "publish_text": ("text post", "text posts"),
    "publish_image": ("image post", "image posts"),
    "publish_video": ("video post", "video posts"),
    "publish_carousel": ("carousel", "carousels"),
    "delete": ("deletion", "deletions"),
}


def platform_name(facts: Facts) -> str:
    """As people call it. Facts that were stored without the name get the one of then."""
    return facts.platform_name or _OLD_NAMES.get(facts.platform, facts.platform)


def count_of(number: int, kind: str) -> str:
    """1 follow, 2 follows."""
    one, many = NOUNS.get(kind, (kind, kind))
    return f"{number} {one if number == 1 else many}"


def for_how_long(span: timedelta) -> str:
    """3 h 10 m; 12 m; 2 days. Never less than a minute."""
    minutes = max(1, -(-int(span.total_seconds()) // 60))
    if minutes < 60:
        return f"{minutes} m"
    hours, rest = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {rest} m" if rest else f"{hours} h"
    return f"{round(hours / 24)} days"


def at_least(span: timedelta) -> str:
    """As `for_how_long`, but days are rounded up: whoever waits so long has waited enough."""
    if span < timedelta(hours=48):
        return for_how_long(span)
    return f"{-(-span // timedelta(days=1))} days"


def ago(span: timedelta) -> str:
    """12 m ago; yesterday's deed is 24 h ago."""
    return f"{for_how_long(span)} ago"


def wall_time(at: datetime, timezone: str) -> str:
    """08:30 on the account's wall."""
    return at.astimezone(ZoneInfo(timezone)).strftime("%H:%M")
