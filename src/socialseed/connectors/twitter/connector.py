"""X's connector: the five members, and where each is done."""

from dataclasses import dataclass
from typing import assert_never

from socialseed.connectors.http import Http
from socialseed.connectors.manifest import Manifest
from socialseed.connectors.twitter import api, auth, finding, mapping, performing
from socialseed.connectors.twitter.manifest import MANIFEST, WEB
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
class TwitterConnector:
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
                return mapping.person(await api.users_me(self.http, grant), web)
            case Look():
                return await _look(self.http, grant, ask.handle, web)
            case OwnPosts():
                me = await self._me(grant)
                body = await api.tweets_of(self.http, grant, me, ask.limit)
            case Mentions():
                me = await self._me(grant)
                body = await api.mentions_of(self.http, grant, me, ask.limit)
            case Search():
                query = f"{ask.keyword} -is:retweet -is:reply"
                body = await api.search_recent(self.http, grant, query, ask.limit)
            case Comments():
                query = f"conversation_id:{ask.post_id}"
                body = await api.search_recent(self.http, grant, query, ask.limit)
            case Hashtag() | Insights() | PublishingQuota():
                raise UpstreamError(Remedy.REJECT, "not_offered", "This is not offered.")
            case _:
                assert_never(ask)
        return mapping.posts(body, web)[: ask.limit]

    async def perform(self, order: Order, grant: Grant) -> Receipt:
        return await performing.perform(self.http, order, grant)

    async def find(self, order: Order, grant: Grant) -> Receipt | None:
        return await finding.find(self.http, order, grant)

    async def _me(self, grant: Grant) -> str:
        return await performing.own_id(self.http, grant, self.http.deadline())


async def _look(http: Http, grant: Grant, handle: str, web: str) -> Answer:
    try:
        return mapping.person(await api.user_by_name(http, grant, handle.lstrip("@")), web)
    except UpstreamError as error:
        if error.code in ("target_gone", "bad_target"):
            return None
        raise
