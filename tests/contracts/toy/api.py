"""Toy's HTTP, one function per endpoint."""

from collections.abc import Mapping
from typing import Literal

from socialseed.connectors.http import Call, Http, lost
from socialseed.connectors.reading import segment, text
from socialseed.connectors.types import Egress, Grant
from tests.contracts.toy.manifest import API
from tests.contracts.toy.mapping import refusal


async def _answer(http: Http, call: Call) -> object:
    reply = await http.call(call)
    if not reply.ok:
        raise refusal(reply, http.clock.now())
    return reply.json()


def _call(
    grant: Grant,
    method: Literal["GET", "POST", "DELETE"],
    path: str,
    key: str | None = None,
    body: Mapping[str, str] | None = None,
) -> Call:
    headers = {"authorization": f"Bearer {grant.access_token}"}
    if key is not None:
        headers["idempotency-key"] = key
    effect = key is not None
    return Call(method, API, path, effect, headers=headers, json=body, egress=grant.egress)


async def token(http: Http, code: str, egress: Egress | None) -> object:
    """The answer to a sign-in's code."""
    call = Call("POST", API, "/token", True, json={"code": code}, egress=egress)
    return await _answer(http, call)


async def me(http: Http, grant: Grant) -> object:
    """The own profile."""
    return await _answer(http, _call(grant, "GET", "/me"))


async def posts(http: Http, grant: Grant) -> object:
    """The own posts, newest first, at most 50."""
    return await _answer(http, _call(grant, "GET", "/posts"))


async def publish(http: Http, grant: Grant, words: str, key: str) -> str:
    """The new post's id."""
    body = await _answer(http, _call(grant, "POST", "/posts", key, {"text": words}))
    post_id = text(body, "id")
    if not post_id:
        raise lost(True, "no_receipt", "Toy gave no id.")
    return post_id


async def delete(http: Http, grant: Grant, post_id: str | None, key: str) -> str:
    """The id of the post that is gone."""
    body = await _answer(http, _call(grant, "DELETE", f"/posts/{segment(post_id, 'post')}", key))
    gone = text(body, "deleted")
    if not gone:
        raise lost(True, "no_receipt", "Toy did not say what it deleted.")
    return gone
