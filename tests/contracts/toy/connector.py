"""Toy's connector: the five members."""

from dataclasses import dataclass
from typing import assert_never
from urllib.parse import urlencode

from socialseed.connectors.http import Http, lost
from socialseed.connectors.manifest import Manifest
from socialseed.connectors.reading import same_text, text
from socialseed.connectors.types import (
    Answer,
    Ask,
    Authorization,
    Begin,
    Finish,
    Grant,
    Me,
    Order,
    OwnPosts,
    Post,
    Receipt,
    Redirect,
    Renew,
    Revoke,
    Revoked,
    Step,
    Tokens,
)
from socialseed.core.errors import Remedy, UpstreamError
from socialseed.core.settings import Settings
from tests.contracts.toy import api, mapping
from tests.contracts.toy.manifest import MANIFEST, WEB


@dataclass(frozen=True, slots=True)
class ToyConnector:
    """See the Protocol."""

    http: Http

    @classmethod
    def of(cls, http: Http, settings: Settings) -> "ToyConnector":
        """The connector. Toy wants no developer app."""
        return cls(http)

    @property
    def manifest(self) -> Manifest:
        return MANIFEST

    async def authorize(self, step: Step) -> Authorization:
        match step:
            case Begin():
                query = urlencode({"state": step.state, "redirect_uri": step.redirect_uri})
                return Redirect(f"{self.http.gateway.base(WEB)}/authorize?{query}")
            case Finish():
                body = await api.token(self.http, step.code, step.egress)
                access = text(body, "access_token")
                if not access:
                    raise lost(True, "no_token", "Toy gave no token.")
                return Tokens(access, None, MANIFEST.scopes, None, None)
            case Renew():
                detail = "Toy's tokens are not renewed: connect the account again."
                raise UpstreamError(Remedy.REAUTHORIZE, "no_refresh_token", detail)
            case Revoke():
                return Revoked()
            case _:
                assert_never(step)

    async def read(self, ask: Ask, grant: Grant) -> Answer:
        match ask:
            case Me():
                return mapping.person(await api.me(self.http, grant))
            case OwnPosts():
                return (await self._own(grant))[: ask.limit]
            case _:
                raise UpstreamError(Remedy.REJECT, "not_offered", "Toy does not offer this.")

    async def perform(self, order: Order, grant: Grant) -> Receipt:
        if grant.scopes and not set(MANIFEST.scopes) <= set(grant.scopes):
            raise UpstreamError(Remedy.REJECT, "scope_missing", "The owner did not grant this.")
        match order.action_type:
            case "publish_text":
                post_id = await api.publish(self.http, grant, order.text or "", order.key)
            case "delete":
                post_id = await api.delete(self.http, grant, order.post_id, order.key)
            case _:
                raise UpstreamError(Remedy.REJECT, "not_offered", "Toy does not offer this.")
        base = self.http.gateway.base(WEB)
        return Receipt(post_id, f"{base}/{grant.account}/{post_id}")

    async def find(self, order: Order, grant: Grant) -> Receipt | None:
        match order.action_type:
            case "publish_text":
                for post in await self._own(grant):
                    young = (
                        order.since is None or not post.created_at or post.created_at >= order.since
                    )
                    if young and same_text(order.text, post.text):
                        return Receipt(post.remote_id)
                return None
            case "delete":
                there = any(post.remote_id == order.post_id for post in await self._own(grant))
                return None if there else Receipt(order.post_id)
            case _:
                detail = "Toy offers no read that could tell."
                raise UpstreamError(Remedy.REJECT, "not_verifiable", detail)

    async def _own(self, grant: Grant) -> list[Post]:
        return mapping.posts(await api.posts(self.http, grant))
