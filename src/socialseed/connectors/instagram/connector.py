"""Instagram's connector: the five members, and where each is done."""

import re
from dataclasses import dataclass
from typing import assert_never

from socialseed.connectors.http import Http
from socialseed.connectors.instagram import api, auth, finding, mapping, performing
from socialseed.connectors.instagram.manifest import FACEBOOK_LOGIN, MANIFEST, WEB
from socialseed.connectors.manifest import Manifest
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
    Post,
    PublishingQuota,
    Receipt,
    Search,
    Step,
)
from socialseed.core.errors import Remedy, UpstreamError

_NOT_IN_A_TAG = re.compile(r"[^\w]", re.UNICODE)


@dataclass(frozen=True, slots=True)
class InstagramConnector:
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
                return mapping.person(await api.me(self.http, grant), web)
            case Look():
                return await _look(self.http, grant, ask.handle, web)
            case Search():
                return await _search(self.http, grant, ask, web)
            case OwnPosts():
                me_id = await performing.own_id(self.http, grant)
                body = await api.media_of(self.http, grant, me_id, min(ask.limit, 100))
            case Mentions():
                me_id = await performing.own_id(self.http, grant)
                body = await api.tagged(self.http, grant, me_id, min(ask.limit, 50))
            case Comments():
                limit = min(ask.limit, 50)
                body = await api.comments_on(self.http, grant, ask.post_id, "comments", limit)
            case Hashtag() | Insights() | PublishingQuota():
                raise UpstreamError(Remedy.REJECT, "not_offered", "This is not offered.")
            case _:
                assert_never(ask)
        return mapping.posts(body, web)[: ask.limit]

    async def perform(self, order: Order, grant: Grant) -> Receipt:
        return await performing.perform(self.http, order, grant)

    async def find(self, order: Order, grant: Grant) -> Receipt | None:
        return await finding.find(self.http, order, grant)


async def _look(http: Http, grant: Grant, handle: str, web: str) -> Answer:
    _facebook_only(grant)
    me_id = await performing.own_id(http, grant)
    try:
        return mapping.person(await api.discover(http, grant, me_id, handle.lstrip("@")), web)
    except UpstreamError as error:
        if error.code in ("target_gone", "bad_target"):
            return None
        raise


async def _search(http: Http, grant: Grant, ask: Search, web: str) -> list[Post]:
    """Posts under the keyword as a hashtag: of the last 24 hours, else the top ones."""
    _facebook_only(grant)
    me_id = await performing.own_id(http, grant)
    tag = await api.hashtag_id(http, grant, me_id, _NOT_IN_A_TAG.sub("", ask.keyword).lower())
    if tag is None:
        return []
    for edge in ("recent_media", "top_media"):
        body = await api.hashtag_media(http, grant, me_id, tag, edge, ask.limit)
        found = mapping.posts(body, web)
        if found:
            return found[: ask.limit]
    return []


def _facebook_only(grant: Grant) -> None:
    if grant.tier != FACEBOOK_LOGIN:
        detail = "Instagram lets only apps with Facebook login look at others."
        raise UpstreamError(Remedy.REJECT, "not_offered", detail)
