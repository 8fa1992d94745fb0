"""Which platforms there are. Adding one is a line in `bootstrap`."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from socialseed.connectors.http import Http
from socialseed.connectors.protocol import Connector
from socialseed.connectors.quotas import QuotaBook
from socialseed.core.errors import invalid


@dataclass(frozen=True, slots=True)
class Connectors:
    """The connectors by platform word, what platforms told of remaining calls, and the client."""

    by_platform: Mapping[str, Connector]
    quotas: QuotaBook = field(default_factory=QuotaBook)
    http: Http | None = None  # None: the connectors are a script's

    def get(self, platform: str) -> Connector:
        """The platform's connector. Raises INVALID for an unknown word."""
        try:
            return self.by_platform[platform]
        except KeyError:
            known = ", ".join(sorted(self.by_platform))
            raise invalid("unknown_platform", f"Use one of: {known}.", "/platform") from None
