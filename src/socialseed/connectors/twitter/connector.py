"""X's connector: the five members, and where each is done."""

from dataclasses import dataclass

from socialseed.connectors.http import Http
from socialseed.connectors.manifest import Manifest
from socialseed.connectors.twitter import asking, auth, finding, performing
from socialseed.connectors.twitter.manifest import MANIFEST
from socialseed.connectors.types import Answer, Ask, Authorization, Grant, Order, Receipt, Step
from socialseed.core.settings import Settings


@dataclass(frozen=True, slots=True)
class TwitterConnector:
    """See the Protocol."""

    http: Http
    app: auth.App

    @classmethod
    def of(cls, http: Http, settings: Settings) -> "TwitterConnector":
        """The connector, acting as the app that the settings name."""
        secret = settings.twitter_client_secret.get_secret_value()
        return cls(http, auth.App(settings.twitter_client_id, secret))

    @property
    def manifest(self) -> Manifest:
        return MANIFEST

    async def authorize(self, step: Step) -> Authorization:
        return await auth.authorize(self.http, self.app, step)

    async def read(self, ask: Ask, grant: Grant) -> Answer:
        return await asking.read(self.http, ask, grant)

    async def perform(self, order: Order, grant: Grant) -> Receipt:
        return await performing.perform(self.http, order, grant)

    async def find(self, order: Order, grant: Grant) -> Receipt | None:
        return await finding.find(self.http, order, grant)
