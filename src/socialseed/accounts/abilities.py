"""What may be done of each kind on a platform by this product: the ledger and the connector."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from socialseed.connectors.manifest import AskKind, Manifest
from socialseed.policy.capabilities.ledger import READS, Ledger
from socialseed.policy.capabilities.types import Capability, Entry

# The ledger's reads by what a connector is asked.
_ASKS: Mapping[str, frozenset[AskKind]] = {
    "search": frozenset({"search", "hashtag"}),
    "insights": frozenset({"insights"}),
    "mentions": frozenset({"mentions"}),
}


@dataclass(frozen=True, slots=True)
class Ability:
    """One line of the ledger, and the capability as it holds for what the connector can do."""

    entry: Entry
    holds: Capability

    @property
    def is_read(self) -> bool:
        """Whether it only reads."""
        return self.holds.action_type in READS


def abilities(
    ledger: Ledger, platform: str, manifest: Manifest | None, tier: str | None = None
) -> Iterator[Ability]:
    """Every kind under every tier, or under one. `manifest` None: there is no connector."""
    can = None if manifest is None else manifest.performs | reads(manifest)
    for entry in ledger.lines(platform):
        row = entry.capability
        if tier is not None and row.tier != tier:
            continue
        holds = ledger.holding(platform, row.action_type, row.tier, can)
        yield Ability(entry, holds or row)


def reads(manifest: Manifest) -> frozenset[str]:
    """The ledger's reads that the connector can answer."""
    return frozenset(kind for kind, asks in _ASKS.items() if asks & manifest.reads)
