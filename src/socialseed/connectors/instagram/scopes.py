"""Which permission a piece of work needs with each login, checked before anything is asked."""

from collections.abc import Mapping
from typing import Final, Literal

from socialseed.connectors.instagram.manifest import FACEBOOK_LOGIN
from socialseed.connectors.types import Grant
from socialseed.core.errors import Remedy, UpstreamError

Work = Literal[
    "basic", "publish", "comments", "insights", "engage", "remove", "discover", "hashtags"
]

_INSTAGRAM: Final[Mapping[Work, tuple[str, ...]]] = {
    "basic": ("instagram_business_basic",),
    "publish": ("instagram_business_basic", "instagram_business_content_publish"),
    "comments": ("instagram_business_basic", "instagram_business_manage_comments"),
    "insights": ("instagram_business_basic", "instagram_business_manage_insights"),
}
_FACEBOOK: Final[Mapping[Work, tuple[str, ...]]] = {
    "basic": ("instagram_basic",),
    "publish": ("instagram_basic", "instagram_content_publish"),
    "comments": ("instagram_basic", "instagram_manage_comments"),
    "insights": ("instagram_basic", "instagram_manage_insights"),
    "engage": ("instagram_basic", "instagram_manage_engagement"),
    "remove": ("instagram_basic", "instagram_manage_contents"),
    "discover": ("instagram_basic", "instagram_manage_insights", "pages_read_engagement"),
    "hashtags": ("instagram_basic",),
}
_TO: Final[Mapping[Work, str]] = {
    "basic": "read the account",
    "publish": "publish",
    "comments": "read and write comments",
    "insights": "read insights",
    "engage": "like",
    "remove": "delete posts",
    "discover": "look at other accounts",
    "hashtags": "search hashtags",
}


def need(grant: Grant, work: Work) -> None:
    """Raises REJECT `tier_lacks_it` or `scope_missing`; a grant without scopes told none."""
    facebook = grant.tier == FACEBOOK_LOGIN
    wanted = (_FACEBOOK if facebook else _INSTAGRAM).get(work)
    if wanted is None:
        detail = f"Instagram lets only apps with Facebook login {_TO[work]}."
        raise UpstreamError(Remedy.REJECT, "tier_lacks_it", detail)
    missing = [scope for scope in wanted if grant.scopes and scope not in grant.scopes]
    if missing:
        detail = (
            f"The owner did not allow us to {_TO[work]} on Instagram ({', '.join(missing)}):"
            " connect the account again and allow it."
        )
        raise UpstreamError(Remedy.REJECT, "scope_missing", detail)
