"""Which platforms there are. Adding one is a line in `bootstrap`."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from socialseed.connectors.http import Http
from socialseed.connectors.protocol import Connector
from socialseed.connectors.quotas import QuotaBook
from socialseed.core.errors import invalid

WORD = r"^[a-z][a-z0-9_]{0,31}$"  # what a platform's word may be made of


@dataclass(frozen=True, slots=True)
class Connectors:
    """The connectors by platform word, what platforms told of remaining calls, and the client."""

    by_platform: Mapping[str, Connector]
    quotas: QuotaBook = field(default_factory=QuotaBook)
    http: Http | None = None  # None: the connectors are a script's

    def get(self, platform: str, pointer: str = "/platform") -> Connector:
        """The platform's connector. Raises INVALID at `pointer` for an unknown word."""
        try:
            return self.by_platform[platform]
        except KeyError:
            known = ", ".join(sorted(self.by_platform))
            raise invalid("unknown_platform", f"Use one of: {known}.", pointer) from None

    def known(self, platform: str | None) -> None:
        """Returns for the word of a connector, and for none. Raises INVALID as `get` does."""
        if platform is not None:
            self.get(platform)

    def name_of(self, platform: str) -> str:
        """What people call the platform; the word itself where there is no connector (any more)."""
        found = self.by_platform.get(platform)
        return found.manifest.name if found is not None else platform
