"""The five members that every platform's connector has, for ever."""

from typing import Protocol

from socialseed.connectors.manifest import Manifest
from socialseed.connectors.types import (
    Answer,
    Ask,
    Authorization,
    Grant,
    Order,
    Receipt,
    Step,
)


class Connector(Protocol):
    """One platform. All calls raise UpstreamError by remedy; none keeps state between calls."""

    @property
    def manifest(self) -> Manifest:
        """What the platform can do, as data."""
        ...

    async def authorize(self, step: Step) -> Authorization:
        """Begin → Redirect (no call); Finish, Renew → Tokens; Revoke → Revoked."""
        ...

    async def read(self, ask: Ask, grant: Grant) -> Answer:
        """Official reads only. Raises REJECT `not_offered` for an ask that the manifest lacks."""
        ...

    async def perform(self, order: Order, grant: Grant) -> Receipt:
        """Calls the platform once. A Receipt is proof; RECONCILE means that nobody knows."""
        ...

    async def find(self, order: Order, grant: Grant) -> Receipt | None:
        """Reads back whether the order was performed. None: provably not found.

        Raises REJECT `not_verifiable` where no official read can tell.
        """
        ...
