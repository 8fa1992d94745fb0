"""TikTok's connector: the five members, and where each is done."""

from dataclasses import dataclass
from typing import assert_never

from socialseed.connectors.http import Http
from socialseed.connectors.manifest import Manifest
from socialseed.connectors.tiktok import auth, finding, performing, reads
from socialseed.connectors.tiktok.manifest import MANIFEST
from socialseed.connectors.types import (
    Answer,
    Ask,
    Authorization,
    Comments,
    FollowsBack,
    Grant,
    Hashtag,
    Insights,
    Look,
    Me,
    Mentions,
    Order,
    OwnPosts,
    PublishingQuota,
    Receipt,
    Search,
    Step,
)
from socialseed.core.errors import Remedy, UpstreamError
from socialseed.core.settings import Settings


@dataclass(frozen=True, slots=True)
class TikTokConnector:
    """See the Protocol."""

    http: Http
    app: auth.App

    @classmethod
    def of(cls, http: Http, settings: Settings) -> "TikTokConnector":
        """The connector, acting as the apps that the settings name."""
        prefixes = (one.strip() for one in settings.tiktok_verified_media.split(","))
        app = auth.App(
            settings.tiktok_client_id,
            settings.tiktok_client_secret.get_secret_value(),
            settings.tiktok_business_client_id,
            settings.tiktok_business_client_secret.get_secret_value(),
            tuple(one for one in prefixes if one),
        )
        return cls(http, app)

    @property
    def manifest(self) -> Manifest:
        return MANIFEST

    async def authorize(self, step: Step) -> Authorization:
        return await auth.authorize(self.http, self.app, step)

    async def read(self, ask: Ask, grant: Grant) -> Answer:
        match ask:
            case Me():
                return await reads.me(self.http, grant)
            case OwnPosts():
                return await reads.own_posts(self.http, ask, grant)
            case Comments():
                return await reads.comments(self.http, ask, grant)
            case Insights():
                return await reads.insights(self.http, ask, grant)
            case Look() | Search() | Hashtag() | FollowsBack():
                raise _not_offered("TikTok offers no official read of other people or their posts.")
            case Mentions():
                raise _not_offered("TikTok tells mentions by its webhook only.")
            case PublishingQuota():
                raise _not_offered("TikTok does not tell how many posts are left for today.")
            case _:
                assert_never(ask)

    async def perform(self, order: Order, grant: Grant) -> Receipt:
        return await performing.perform(self.http, self.app, order, grant)

    async def find(self, order: Order, grant: Grant) -> Receipt | None:
        return await finding.find(self.http, order, grant)


def _not_offered(detail: str) -> UpstreamError:
    return UpstreamError(Remedy.REJECT, "not_offered", detail)
