"""Instagram's HTTP, one function per endpoint. Knows hosts, paths and fields; decides nothing."""

from collections.abc import Mapping
from dataclasses import dataclass

from socialseed.connectors.http import Call, Http, Reply, lost
from socialseed.connectors.instagram.manifest import (
    FACEBOOK_GRAPH,
    FACEBOOK_LOGIN,
    GRAPH,
    MANIFEST,
    UPLOAD,
    VERSION,
)
from socialseed.connectors.instagram.memory import Memory
from socialseed.connectors.instagram.refusals import refusal, upload_refusal
from socialseed.connectors.instagram.usage import quotas
from socialseed.connectors.reading import dig, items, record, segment, text
from socialseed.connectors.types import Grant
from socialseed.core.errors import Remedy, UpstreamError

ME_FIELDS = "id,user_id,username,name,account_type,followers_count,follows_count,media_count"
USER_FIELDS = "id,username,name,biography,followers_count,follows_count,media_count"
MEDIA_FIELDS = (
    "id,caption,media_type,media_product_type,permalink,timestamp,like_count,comments_count"
)
TAG_FIELDS = "id,caption,media_type,permalink,timestamp,like_count,comments_count"
TAGGED_FIELDS = "id,username,caption,permalink,timestamp,like_count,comments_count"
REPLY_FIELDS = "id,text,timestamp,username,like_count,from,parent_id"
COMMENT_FIELDS = f"{REPLY_FIELDS},replies{{{REPLY_FIELDS}}}"
MENTIONED_COMMENT_FIELDS = "id,text,timestamp,username,like_count"
MENTIONED_MEDIA_FIELDS = "id,caption,media_type,timestamp,username,like_count,comments_count"
MOST_PAGES = 10  # of one read
_LOOKUPS = ("/ig_hashtag_search", "/recent_media", "/top_media")


@dataclass(frozen=True, slots=True)
class Line:
    """One account's way to Instagram for one piece of work, which ends at the loop instant `by`."""

    http: Http
    grant: Grant
    memory: Memory
    by: float

    @property
    def facebook(self) -> bool:
        """True for an account that is connected with Facebook's login."""
        return self.grant.tier == FACEBOOK_LOGIN


def open_line(http: Http, grant: Grant, memory: Memory) -> Line:
    """A line whose work begins now."""
    return Line(http, grant, memory, http.deadline())


def _host(line: Line) -> str:
    return FACEBOOK_GRAPH if line.facebook else GRAPH


def _auth(line: Line) -> Mapping[str, str]:
    return {"authorization": f"Bearer {line.grant.access_token}"}


def note_usage(http: Http, account_id: str, reply: Reply) -> None:
    """What the answer tells of used calls is known."""
    found = quotas(reply.headers, http.clock.now())
    if found:
        http.quotas.note(MANIFEST.platform, account_id, found)


async def _answer(line: Line, call: Call) -> object:
    budget, now = _budget(line.grant, call), line.http.clock.now()
    until = line.memory.blocks.until(budget, now)
    if until is not None:
        detail = "Instagram asked us to wait; a call made before would make it longer."
        raise UpstreamError(Remedy.WAIT, "rate_limited", detail, until=until)
    reply = await line.http.call(call)
    note_usage(line.http, line.grant.account_id, reply)
    if not reply.ok or dig(reply.json_or_none(), "error") is not None:
        error = refusal(reply, line.http.clock.now())
        if error.code == "rate_limited" and error.until is not None and line.grant.account_id:
            line.memory.blocks.block(budget, error.until)
        raise error
    return reply.json()


def _budget(grant: Grant, call: Call) -> str:
    """Looking at others is counted apart from the rest of an account's calls."""
    lookup = call.path.endswith(_LOOKUPS) or "business_discovery" in call.query.get("fields", "")
    return f"{grant.account_id}:{'lookups' if lookup else 'account'}"


async def get(line: Line, path: str, query: Mapping[str, str]) -> object:
    """The body of a successful read."""
    call = Call(
        "GET", _host(line), VERSION + path, headers=_auth(line), query=query, by=line.by,
        egress=line.grant.egress,
    )  # fmt: skip
    return await _answer(line, call)


async def post(
    line: Line, path: str, body: Mapping[str, str], *, key: str, effect: bool = True
) -> object:
    """The body of a successful write; without `effect` it only prepares one."""
    headers = {**_auth(line), "idempotency-key": key}
    call = Call(
        "POST", _host(line), VERSION + path, effect, headers=headers, json=dict(body), by=line.by,
        egress=line.grant.egress,
    )  # fmt: skip
    return await _answer(line, call)


async def delete(line: Line, path: str, query: Mapping[str, str], *, key: str) -> object:
    """The body of a successful removal."""
    headers = {**_auth(line), "idempotency-key": key}
    call = Call(
        "DELETE", _host(line), VERSION + path, True, headers=headers, query=query, by=line.by,
        egress=line.grant.egress,
    )  # fmt: skip
    return await _answer(line, call)


async def page(
    line: Line, path: str, query: Mapping[str, str], limit: int, after: str | None = None
) -> object:
    """One page of a list."""
    asked = {**query, "limit": str(limit)} | ({"after": after} if after else {})
    return await get(line, path, asked)


def following(body: object) -> str | None:
    """The cursor of the page after this one; None at the end of the list."""
    after = text(body, "paging", "cursors", "after")
    return after if text(body, "paging", "next") is not None else None


async def listed(
    line: Line, path: str, query: Mapping[str, str], limit: int, a_page: int
) -> list[object]:
    """The first `limit` entries of a list, read in at most 10 pages of at most `a_page`."""
    found: list[object] = []
    after: str | None = None
    for _ in range(MOST_PAGES):
        body = await page(line, path, query, min(limit - len(found), a_page), after)
        found += items(body, "data")
        after = following(body)
        if after is None or len(found) >= limit:
            break
    return found[:limit]


async def me(line: Line) -> Mapping[str, object]:
    """The own user object, unwrapped from either documented form."""
    if line.facebook:
        if not line.grant.remote_id:
            return await _behind_a_page(line)
        path = f"/{segment(line.grant.remote_id, 'account')}"
        return record(await get(line, path, {"fields": USER_FIELDS}))
    body = await get(line, "/me", {"fields": ME_FIELDS})
    return record(body, "data", 0) or record(body)


async def _behind_a_page(line: Line) -> Mapping[str, object]:
    fields = f"instagram_business_account{{{USER_FIELDS}}}"
    pages = await listed(line, "/me/accounts", {"fields": fields}, 500, 100)
    users = [record(one, "instagram_business_account") for one in pages]
    wanted = line.grant.account.casefold()
    named = [user for user in users if (text(user, "username") or "").casefold() == wanted]
    return next(iter(named or [user for user in users if user]), {})


async def discover(line: Line, me_id: str, handle: str) -> object:
    """Another professional account by handle."""
    name = segment(handle, "handle")
    fields = f"business_discovery.username({name}){{{USER_FIELDS}}}"
    body = await get(line, f"/{segment(me_id, 'account')}", {"fields": fields})
    return dig(body, "business_discovery")


async def mentioned(line: Line, me_id: str, media_id: str | None, comment_id: str | None) -> object:
    """The comment, or else the media, in which the account is mentioned."""
    edge, inner = (
        (
            f"mentioned_comment.comment_id({segment(comment_id, 'comment')})",
            MENTIONED_COMMENT_FIELDS,
        )
        if comment_id
        else (f"mentioned_media.media_id({segment(media_id, 'post')})", MENTIONED_MEDIA_FIELDS)
    )
    body = await get(line, f"/{segment(me_id, 'account')}", {"fields": f"{edge}{{{inner}}}"})
    return dig(body, edge.partition(".")[0])


async def hashtag_id(line: Line, me_id: str, word: str) -> str | None:
    """Instagram's id of a hashtag."""
    body = await get(line, "/ig_hashtag_search", {"user_id": me_id, "q": word})
    return text(body, "data", 0, "id")


async def hashtag_media(line: Line, me_id: str, tag: str, edge: str, limit: int) -> list[object]:
    """Recent or top media under a hashtag, without authors."""
    query = {"user_id": me_id, "fields": TAG_FIELDS}
    return await listed(line, f"/{segment(tag, 'hashtag')}/{edge}", query, limit, 50)


async def one(line: Line, object_id: str, fields: str) -> object:
    """One object by id."""
    return await get(line, f"/{segment(object_id, 'object')}", {"fields": fields})


async def upload(line: Line, uri: str | None, container: str, headers: Mapping[str, str],
                 content: bytes | None) -> None:  # fmt: skip
    """The container's video is with Instagram: `content`, or what the header `file_url` names."""
    start = f"https://{UPLOAD}"
    told = uri.removeprefix(start) if uri is not None and uri.startswith(f"{start}/") else None
    path = told or f"/ig-api-upload{VERSION}/{segment(container, 'container')}"
    auth = {"authorization": f"OAuth {line.grant.access_token}"}
    call = Call(
        "POST", UPLOAD, path, headers={**auth, **headers}, content=content, by=line.by,
        egress=line.grant.egress,
    )  # fmt: skip
    reply = await line.http.call(call)
    if not reply.ok or dig(reply.json_or_none(), "success") is not True:
        raise upload_refusal(reply, line.http.clock.now())


def made_id(body: object, effect: bool = True) -> str:
    """The id in an answer to a creation. Raises when it is missing: unknown after an effect."""
    found = text(body, "id")
    if not found:
        raise lost(effect, "no_receipt", "Instagram accepted the request but gave no id.")
    return found
