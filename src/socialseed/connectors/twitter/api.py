"""X's HTTP, one function per endpoint. Knows paths and bodies; decides nothing."""

from collections.abc import Mapping
from datetime import datetime

from socialseed.connectors.http import Call, Http, Upload, lost
from socialseed.connectors.media import Image
from socialseed.connectors.reading import dig, segment, text
from socialseed.connectors.twitter.manifest import API
from socialseed.connectors.twitter.mapping import item_refusal, refusal
from socialseed.connectors.types import Grant

USER_FIELDS = "id,name,username,description,public_metrics"
TWEET_FIELDS = (
    "id,text,author_id,created_at,conversation_id,in_reply_to_user_id,referenced_tweets,"
    "public_metrics,entities,attachments"
)
_LIST = {
    "tweet.fields": TWEET_FIELDS,
    "user.fields": USER_FIELDS,
    "expansions": "author_id",
}


async def _answer(http: Http, call: Call) -> object:
    reply = await http.call(call)
    if not reply.ok:
        raise refusal(reply, http.clock.now())
    body = reply.json()
    refused = item_refusal(body, call.effect)
    if refused is not None:
        raise refused
    return body


async def get(
    http: Http, grant: Grant, path: str, query: Mapping[str, str], by: float | None = None
) -> object:
    """The body of a successful read."""
    return await _answer(http, Call("GET", API, path, headers=_auth(grant), query=query, by=by))


async def _write(
    http: Http,
    grant: Grant,
    path: str,
    body: object | None,
    key: str,
    by: float,
    *,
    delete: bool = False,
) -> object:
    headers = {**_auth(grant), "idempotency-key": key}
    call = Call("DELETE" if delete else "POST", API, path, True, headers=headers, json=body, by=by)
    return await _answer(http, call)


def _auth(grant: Grant) -> Mapping[str, str]:
    return {"authorization": f"Bearer {grant.access_token}"}


async def users_me(http: Http, grant: Grant, by: float | None = None) -> object:
    """The own user object."""
    body = await get(http, grant, "/2/users/me", {"user.fields": USER_FIELDS}, by)
    return dig(body, "data")


async def user_by_name(
    http: Http, grant: Grant, handle: str, by: float | None = None, extra: str = ""
) -> object:
    """The user object of `handle`."""
    path = f"/2/users/by/username/{segment(handle, 'handle')}"
    body = await get(http, grant, path, {"user.fields": USER_FIELDS + extra}, by)
    return dig(body, "data")


async def user_by_id(http: Http, grant: Grant, user_id: str, by: float, extra: str) -> object:
    """The user object of `user_id`."""
    path = f"/2/users/{segment(user_id, 'person id')}"
    return dig(await get(http, grant, path, {"user.fields": USER_FIELDS + extra}, by), "data")


async def tweets_of(
    http: Http,
    grant: Grant,
    user_id: str,
    limit: int,
    *,
    since: datetime | None = None,
    page: str | None = None,
    by: float | None = None,
) -> object:
    """One page of a user's posts, newest first, with `meta`."""
    query = {**_LIST, "max_results": str(min(max(limit, 5), 100))}
    if since is not None:
        query["start_time"] = since.strftime("%Y-%m-%dT%H:%M:%SZ")
    if page is not None:
        query["pagination_token"] = page
    return await get(http, grant, f"/2/users/{segment(user_id, 'account')}/tweets", query, by)


async def mentions_of(http: Http, grant: Grant, user_id: str, limit: int) -> object:
    """The newest posts that mention a user."""
    query = {**_LIST, "max_results": str(min(max(limit, 5), 100))}
    return await get(http, grant, f"/2/users/{segment(user_id, 'account')}/mentions", query)


async def search_recent(http: Http, grant: Grant, query: str, limit: int) -> object:
    """Posts of the last 7 days for a query of at most 512 characters."""
    asked = {**_LIST, "query": query[:512], "max_results": str(min(max(limit, 10), 100))}
    return await get(http, grant, "/2/tweets/search/recent", asked)


async def tweet(http: Http, grant: Grant, tweet_id: str, by: float) -> object:
    """One post, or a REJECT target_gone."""
    path = f"/2/tweets/{segment(tweet_id, 'post')}"
    return dig(await get(http, grant, path, {"tweet.fields": TWEET_FIELDS}, by), "data")


async def liked_tweets(
    http: Http, grant: Grant, user_id: str, page: str | None, by: float
) -> object:
    """One page of what a user liked, newest first."""
    query = {"max_results": "100", "tweet.fields": "id"}
    if page is not None:
        query["pagination_token"] = page
    path = f"/2/users/{segment(user_id, 'account')}/liked_tweets"
    return await get(http, grant, path, query, by)


async def retweeted_by(
    http: Http, grant: Grant, tweet_id: str, page: str | None, by: float
) -> object:
    """One page of who reposted a post."""
    query = {"max_results": "100", "user.fields": "id,username"}
    if page is not None:
        query["pagination_token"] = page
    return await get(http, grant, f"/2/tweets/{segment(tweet_id, 'post')}/retweeted_by", query, by)


async def following(http: Http, grant: Grant, user_id: str, page: str | None, by: float) -> object:
    """One page of whom a user follows."""
    query = {"max_results": "1000", "user.fields": "id,username"}
    if page is not None:
        query["pagination_token"] = page
    path = f"/2/users/{segment(user_id, 'account')}/following"
    return await get(http, grant, path, query, by)


async def create_tweet(
    http: Http, grant: Grant, body: Mapping[str, object], key: str, by: float
) -> str:
    """The id of the new post."""
    made = await _write(http, grant, "/2/tweets", dict(body), key, by)
    tweet_id = text(made, "data", "id")
    if not tweet_id:
        raise lost(True, "no_receipt", "X accepted the post but gave no id.")
    return tweet_id


async def delete_tweet(http: Http, grant: Grant, tweet_id: str, key: str, by: float) -> object:
    """The answer to deleting an own post."""
    path = f"/2/tweets/{segment(tweet_id, 'post')}"
    return await _write(http, grant, path, None, key, by, delete=True)


async def relate(
    http: Http, grant: Grant, me: str, edge: str, field: str, target: str, key: str, by: float
) -> object:
    """The answer to adding `target` to one of the account's edges: likes, retweets, following."""
    path = f"/2/users/{segment(me, 'account')}/{edge}"
    return await _write(http, grant, path, {field: segment(target, "target")}, key, by)


async def unrelate(
    http: Http, grant: Grant, me: str, edge: str, target: str, key: str, by: float
) -> object:
    """The answer to taking `target` off one of the account's edges."""
    path = f"/2/users/{segment(me, 'account')}/{edge}/{segment(target, 'target')}"
    return await _write(http, grant, path, None, key, by, delete=True)


async def upload_image(http: Http, grant: Grant, image: Image, by: float) -> str:
    """The id of an uploaded picture. Nothing is visible until a post carries it."""
    file = Upload("media", "picture", image.content, image.media_type)
    kind = "tweet_gif" if image.media_type == "image/gif" else "tweet_image"
    call = Call(
        "POST",
        API,
        "/2/media/upload",
        headers=_auth(grant),
        form={"media_category": kind},
        upload=file,
        by=by,
    )
    media_id = text(await _answer(http, call), "data", "id")
    if not media_id:
        raise lost(False, "no_media_id", "X took the picture but gave no id for it.")
    return media_id


async def describe_image(http: Http, grant: Grant, media_id: str, alt_text: str, by: float) -> None:
    """The picture has a text for those who do not see it."""
    body = {"id": media_id, "metadata": {"alt_text": {"text": alt_text[:1000]}}}
    call = Call("POST", API, "/2/media/metadata", headers=_auth(grant), json=body, by=by)
    await _answer(http, call)
