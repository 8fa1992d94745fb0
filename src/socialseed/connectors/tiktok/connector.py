"""TikTok's connector: the five members, and where each is done."""

from dataclasses import dataclass
from typing import assert_never

from socialseed.connectors.http import Http
from socialseed.connectors.manifest import Manifest
from socialseed.connectors.reading import dig
from socialseed.connectors.tiktok import api, auth, finding, mapping, performing
from socialseed.connectors.tiktok.manifest import MANIFEST, WEB
from socialseed.connectors.types import (
    Answer,
    Ask,
    Authorization,
    Comments,
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


@dataclass(frozen=True, slots=True)
class TikTokConnector:
    """See the Protocol."""

    http: Http
    app: auth.App

    @property
    def manifest(self) -> Manifest:
        return MANIFEST

    async def authorize(self, step: Step) -> Authorization:
        return await auth.authorize(self.http, self.app, step)

    async def read(self, ask: Ask, grant: Grant) -> Answer:
        web = self.http.gateway.base(WEB)
        match ask:
            case Me():
                body = await api.user_info(self.http, grant)
                return mapping.person(dig(body, "data", "user"), web)
            case OwnPosts():
                body = await api.video_list(self.http, grant, ask.limit)
                return mapping.videos(body, web)[: ask.limit]
            case Comments():
                body = await api.comment_list(self.http, grant, ask.post_id, ask.limit)
                return mapping.comments(body, web)[: ask.limit]
            case Look() | Search() | Mentions():
                detail = "TikTok offers no official read of other people or their posts."
                raise UpstreamError(Remedy.REJECT, "not_offered", detail)
            case Hashtag() | Insights() | PublishingQuota():
                raise UpstreamError(Remedy.REJECT, "not_offered", "This is not offered.")
            case _:
                assert_never(ask)

    async def perform(self, order: Order, grant: Grant) -> Receipt:
        return await performing.perform(self.http, order, grant)

    async def find(self, order: Order, grant: Grant) -> Receipt | None:
        return await finding.find(self.http, order, grant)
