"""Instagram's HTTP, one function per endpoint. Knows hosts, paths and fields; decides nothing."""

from collections.abc import Mapping

from socialseed.connectors.http import Call, Http, lost
from socialseed.connectors.instagram.manifest import (
    FACEBOOK_GRAPH,
    FACEBOOK_LOGIN,
    GRAPH,
    VERSION,
)
from socialseed.connectors.instagram.mapping import refusal
from socialseed.connectors.reading import dig, record, segment, text
from socialseed.connectors.types import Grant

ME_FIELDS = "id,user_id,username,name,account_type,followers_count,follows_count,media_count"
USER_FIELDS = "id,username,name,biography,followers_count,follows_count,media_count"
MEDIA_FIELDS = "id,caption,media_type,permalink,timestamp,like_count,comments_count"
COMMENT_FIELDS = "id,text,timestamp,username,like_count,from,parent_id"


def _host(grant: Grant) -> str:
    return FACEBOOK_GRAPH if grant.tier == FACEBOOK_LOGIN else GRAPH


def _auth(grant: Grant) -> Mapping[str, str]:
    return {"authorization": f"Bearer {grant.access_token}"}


async def _answer(http: Http, call: Call) -> object:
    reply = await http.call(call)
    body = reply.json_or_none()
    if not reply.ok or dig(body, "error") is not None:
        raise refusal(reply, http.clock.now())
    return reply.json()


async def get(
    http: Http, grant: Grant, path: str, query: Mapping[str, str], by: float | None = None
) -> object:
    """The body of a successful read."""
    call = Call("GET", _host(grant), VERSION + path, headers=_auth(grant), query=query, by=by)
    return await _answer(http, call)


async def post(
    http: Http,
    grant: Grant,
    path: str,
    body: Mapping[str, str],
    by: float,
    *,
    key: str,
    effect: bool = True,
) -> object:
    """The body of a successful write; without `effect` it only prepares one."""
    headers = {**_auth(grant), "idempotency-key": key}
    call = Call(
        "POST", _host(grant), VERSION + path, effect, headers=headers, json=dict(body), by=by
    )
    return await _answer(http, call)


async def delete(
    http: Http, grant: Grant, path: str, query: Mapping[str, str], by: float, *, key: str
) -> object:
    """The body of a successful removal."""
    headers = {**_auth(grant), "idempotency-key": key}
    call = Call("DELETE", _host(grant), VERSION + path, True, headers=headers, query=query, by=by)
    return await _answer(http, call)


async def me(http: Http, grant: Grant) -> Mapping[str, object]:
    """The own user object, unwrapped from either documented form."""
    if grant.tier == FACEBOOK_LOGIN and grant.remote_id:
        path = f"/{segment(grant.remote_id, 'account')}"
        return record(await get(http, grant, path, {"fields": USER_FIELDS}))
    body = await get(http, grant, "/me", {"fields": ME_FIELDS})
    return record(body, "data", 0) or record(body)


async def discover(http: Http, grant: Grant, me_id: str, handle: str) -> object:
    """Another professional account by handle."""
    name = segment(handle, "handle")
    fields = f"business_discovery.username({name}){{{USER_FIELDS}}}"
    body = await get(http, grant, f"/{segment(me_id, 'account')}", {"fields": fields})
    return dig(body, "business_discovery")


async def media_of(
    http: Http, grant: Grant, me_id: str, limit: int, after: str | None = None,
    by: float | None = None,
) -> object:  # fmt: skip
    """One page of own media, newest first."""
    query = {"fields": MEDIA_FIELDS, "limit": str(limit)} | ({"after": after} if after else {})
    return await get(http, grant, f"/{segment(me_id, 'account')}/media", query, by)


async def tagged(http: Http, grant: Grant, me_id: str, limit: int) -> object:
    """Media in which the account is tagged."""
    query = {"fields": "id,username,caption,permalink,timestamp", "limit": str(limit)}
    return await get(http, grant, f"/{segment(me_id, 'account')}/tags", query)


async def comments_on(
    http: Http, grant: Grant, parent: str, edge: str, limit: int, after: str | None = None,
    by: float | None = None,
) -> object:  # fmt: skip
    """One page of a media's comments, or of a comment's replies, newest first."""
    query = {"fields": COMMENT_FIELDS, "limit": str(limit)} | ({"after": after} if after else {})
    return await get(http, grant, f"/{segment(parent, 'post')}/{edge}", query, by)


async def hashtag_id(http: Http, grant: Grant, me_id: str, word: str) -> str | None:
    """Instagram's id of a hashtag."""
    body = await get(http, grant, "/ig_hashtag_search", {"user_id": me_id, "q": word})
    return text(body, "data", 0, "id")


async def hashtag_media(
    http: Http, grant: Grant, me_id: str, tag: str, edge: str, limit: int
) -> object:
    """Recent or top media under a hashtag, without authors."""
    query = {"user_id": me_id, "fields": MEDIA_FIELDS, "limit": str(min(limit, 50))}
    return await get(http, grant, f"/{segment(tag, 'hashtag')}/{edge}", query)


async def one(http: Http, grant: Grant, object_id: str, fields: str, by: float) -> object:
    """One object by id."""
    return await get(http, grant, f"/{segment(object_id, 'object')}", {"fields": fields}, by)


def made_id(body: object, effect: bool = True) -> str:
    """The id in an answer to a creation. Raises when it is missing: unknown after an effect."""
    found = text(body, "id")
    if not found:
        raise lost(effect, "no_receipt", "Instagram accepted the request but gave no id.")
    return found
