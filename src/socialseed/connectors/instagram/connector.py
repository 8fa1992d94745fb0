"""Instagram's connector: the five members, and where each is done."""

from dataclasses import dataclass, field
from typing import assert_never

from socialseed.connectors.http import Http
from socialseed.connectors.instagram import auth, finding, performing, reads
from socialseed.connectors.instagram.api import open_line
from socialseed.connectors.instagram.manifest import MANIFEST
from socialseed.connectors.instagram.memory import Memory
from socialseed.connectors.manifest import Manifest
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
class InstagramConnector:
    """See the Protocol."""

    http: Http
    app: auth.App
    memory: Memory = field(default_factory=Memory)

    @classmethod
    def of(cls, http: Http, settings: Settings) -> "InstagramConnector":
        """The connector, acting as the app that the settings name."""
        secret = settings.instagram_client_secret.get_secret_value()
        return cls(http, auth.App(settings.instagram_client_id, secret))

    @property
    def manifest(self) -> Manifest:
        return MANIFEST

    async def authorize(self, step: Step) -> Authorization:
        return await auth.authorize(self.http, self.app, step)

    async def read(self, ask: Ask, grant: Grant) -> Answer:
        line = open_line(self.http, grant, self.memory)
        match ask:
            case Me():
                return await reads.me(line)
            case Look():
                return await reads.look(line, ask.handle)
            case OwnPosts():
                return await reads.own_posts(line, ask.limit)
            case Search(words, limit) | Hashtag(words, limit):
                return await reads.hashtag(line, words, limit)
            case Mentions():
                return await reads.mentions(line, ask)
            case Comments():
                return await reads.comments(line, ask.post_id, ask.limit)
            case Insights():
                return await reads.insights(line, ask)
            case PublishingQuota():
                return await reads.publishing_quota(line)
            case FollowsBack():
                detail = "Instagram does not tell who follows an account."
                raise UpstreamError(Remedy.REJECT, "not_offered", detail)
            case _:
                assert_never(ask)

    async def perform(self, order: Order, grant: Grant) -> Receipt:
        return await performing.perform(open_line(self.http, grant, self.memory), order)

    async def find(self, order: Order, grant: Grant) -> Receipt | None:
        return await finding.find(open_line(self.http, grant, self.memory), order)
