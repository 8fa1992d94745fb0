"""What the parts of one running sandbox share."""

from dataclasses import dataclass

from socialseed.sandbox.faults import Faults
from socialseed.sandbox.guard import Guard
from socialseed.sandbox.limits import Limits
from socialseed.sandbox.store import get_meta, set_meta
from socialseed.sandbox.webhooks import Hooks
from socialseed.sandbox.world.world import World

# Instagram has no tier of its own: the word says which login control's tokens come from.
TIERS: dict[str, tuple[str, ...]] = {
    "twitter": ("self_serve", "enterprise"),
    "instagram": ("any_login", "instagram_login", "facebook_login"),
    "tiktok": ("audited", "unaudited"),
}


@dataclass(slots=True)
class State:
    """The world and the settings that control may change."""

    world: World
    faults: Faults
    limits: Limits
    guard: Guard
    hooks: Hooks

    def tier_of(self, platform: str) -> str:
        """The access tier in force on a platform; the first of `TIERS` until control sets one."""
        return get_meta(self.world.db, _key(platform), TIERS[platform][0])

    def set_tier(self, platform: str, tier: str) -> None:
        """The platform's tier is `tier` from now on. Raises ValueError for one it does not have."""
        if tier not in TIERS.get(platform, ()):
            raise ValueError(f"{platform} has the tiers {', '.join(TIERS.get(platform, ()))}")
        set_meta(self.world.db, _key(platform), tier)


def _key(platform: str) -> str:
    return "tier" if platform == "twitter" else f"tier.{platform}"
