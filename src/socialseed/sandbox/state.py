"""What the parts of one running sandbox share."""

from dataclasses import dataclass

from socialseed.sandbox.faults import Faults
from socialseed.sandbox.limits import Limits
from socialseed.sandbox.store import get_meta, set_meta
from socialseed.sandbox.world.world import World


@dataclass(slots=True)
class State:
    """The world and the settings that control may change."""

    world: World
    faults: Faults
    limits: Limits

    @property
    def tier(self) -> str:
        """The access tier of X: self_serve or enterprise."""
        return get_meta(self.world.db, "tier", "self_serve")

    @tier.setter
    def tier(self, value: str) -> None:
        set_meta(self.world.db, "tier", value)
