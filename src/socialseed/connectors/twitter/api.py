"""X's endpoints, one function each. Knows paths and bodies; decides nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from socialseed.connectors.http import Upload, lost
from socialseed.connectors.media import Image
from socialseed.connectors.reading import dig, number, segment, text
from socialseed.connectors.twitter.line import Line, Said
from socialseed.connectors.twitter.mapping import moment

USER_FIELDS = "id,name,username,description,public_metrics"
TWEET_FIELDS = (
    "id,text,author_id,created_at,conversation_id,in_reply_to_user_id,referenced_tweets,"
    "public_metrics,entities,attachments"
)
ANALYTICS_FIELDS = (
    "impressions,engagements,likes,replies,retweets,quote_tweets,bookmarks,shares,follows,"
    "url_clicks,user_profile_clicks,media_views"
)
ALT_TEXT_MOST = 1000
_LIST = {
    "tweet.fields": TWEET_FIELDS,
    "user.fields": USER_FIELDS,
    "expansions": "author_id",
}


def _page(lowest: int, limit: int, page: str | None) -> dict[str, str]:
    query = {"max_results": str(min(max(limit, lowest), 100))}
    return query | ({"pagination_token": page} if page is not None else {})


# --- reads ---------------------------------------------------------------------------------------


async def users_me(line: Line) -> object:
    """The own user object."""
    said = Said(query={"user.fields": USER_FIELDS})
    return dig(await line.ask("GET", "/2/users/me", "/2/users/me", said), "data")


async def user_by_name(line: Line, handle: str, extra: str = "") -> object:
    """The user object of `handle`."""
    path = f"/2/users/by/username/{segment(handle, 'handle')}"
    said = Said(query={"user.fields": USER_FIELDS + extra})
    return dig(await line.ask("GET", "/2/users/by/username/:username", path, said), "data")


async def users_by_name(line: Line, handles: Sequence[str]) -> object:
    """Up to 100 users with how they stand to the account; those who are not shown are errors.

    Raises nothing when none of them is shown: that is an answer too.
    """
    query = {"usernames": ",".join(handles), "user.fields": "id,username,connection_status"}
    reply = await line.send("GET", "/2/users/by", "/2/users/by", Said(query=query))
    return reply.json()


async def user_by_id(line: Line, user_id: str, extra: str = "") -> object:
    """The user object of `user_id`."""
    path = f"/2/users/{segment(user_id, 'person id')}"
    said = Said(query={"user.fields": USER_FIELDS + extra})
    return dig(await line.ask("GET", "/2/users/:id", path, said), "data")


async def tweets_of(
    line: Line,
    user_id: str,
    limit: int,
    page: str | None = None,
    *,
    since: datetime | None = None,
    reposts: bool = True,
) -> object:
    """One page of a user's posts, newest first, with `meta`."""
    query = {**_LIST, **_page(5, limit, page)}
    if since is not None:
        query["start_time"] = moment(since)
    if not reposts:
        query["exclude"] = "retweets"
    path = f"/2/users/{segment(user_id, 'account')}/tweets"
    return await line.ask("GET", "/2/users/:id/tweets", path, Said(query=query))


async def mentions_of(line: Line, user_id: str, limit: int, page: str | None = None) -> object:
    """One page of the newest posts that mention a user."""
    path = f"/2/users/{segment(user_id, 'account')}/mentions"
    said = Said(query={**_LIST, **_page(5, limit, page)})
    return await line.ask("GET", "/2/users/:id/mentions", path, said)


async def search_recent(line: Line, query: str, limit: int, page: str | None = None) -> object:
    """One page of the posts of the last 7 days for a query."""
    path = "/2/tweets/search/recent"
    said = Said(query={**_LIST, "query": query, **_page(10, limit, page)})
    return await line.ask("GET", path, path, said)


async def tweet(line: Line, tweet_id: str, fields: str = TWEET_FIELDS) -> object:
    """One post, or a REJECT target_gone."""
    path = f"/2/tweets/{segment(tweet_id, 'post')}"
    body = await line.ask("GET", "/2/tweets/:id", path, Said(query={"tweet.fields": fields}))
    return dig(body, "data")


async def analytics(line: Line, ids: Sequence[str], since: datetime, until: datetime) -> object:
    """What at most 100 own posts earned in a stretch of time, one total each."""
    query = {
        "ids": ",".join(ids),
        "start_time": moment(since),
        "end_time": moment(until),
        "granularity": "total",
        "analytics.fields": ANALYTICS_FIELDS,
    }
    path = "/2/tweets/analytics"
    return await line.ask("GET", path, path, Said(query=query))


async def liked_tweets(line: Line, user_id: str, page: str | None) -> object:
    """One page of what a user liked, newest first."""
    query = {"tweet.fields": "id", **_page(5, 100, page)}
    path = f"/2/users/{segment(user_id, 'account')}/liked_tweets"
    return await line.ask("GET", "/2/users/:id/liked_tweets", path, Said(query=query))


async def retweeted_by(line: Line, tweet_id: str, page: str | None) -> object:
    """One page of who reposted a post."""
    query = {"user.fields": "id,username", **_page(1, 100, page)}
    path = f"/2/tweets/{segment(tweet_id, 'post')}/retweeted_by"
    return await line.ask("GET", "/2/tweets/:id/retweeted_by", path, Said(query=query))


async def following(line: Line, user_id: str, page: str | None) -> object:
    """One page of whom a user follows."""
    query = {"user.fields": "id,username", **_page(1, 100, page), "max_results": "1000"}
    path = f"/2/users/{segment(user_id, 'account')}/following"
    return await line.ask("GET", "/2/users/:id/following", path, Said(query=query))


# --- writes --------------------------------------------------------------------------------------


async def create_tweet(line: Line, body: Mapping[str, object], key: str) -> str:
    """The id of the new post."""
    made = await line.ask("POST", "/2/tweets", "/2/tweets", Said(json=dict(body), key=key))
    tweet_id = text(made, "data", "id")
    if not tweet_id:
        raise lost(True, "no_receipt", "X accepted the post but gave no id.")
    return tweet_id


async def delete_tweet(line: Line, tweet_id: str, key: str) -> object:
    """The answer to deleting an own post."""
    path = f"/2/tweets/{segment(tweet_id, 'post')}"
    return await line.ask("DELETE", "/2/tweets/:id", path, Said(key=key))


async def relate(line: Line, me: str, edge: str, field: str, target: str, key: str) -> object:
    """The answer to adding `target` to one of the account's edges: likes, retweets, following."""
    path = f"/2/users/{segment(me, 'account')}/{edge}"
    said = Said(json={field: segment(target, "target")}, key=key)
    return await line.ask("POST", f"/2/users/:id/{edge}", path, said)


async def unrelate(line: Line, me: str, edge: str, target: str, key: str) -> object:
    """The answer to taking `target` off one of the account's edges."""
    path = f"/2/users/{segment(me, 'account')}/{edge}/{segment(target, 'target')}"
    return await line.ask("DELETE", f"/2/users/:id/{edge}/:target", path, Said(key=key))


# --- media: nothing is visible until a post carries it -------------------------------------------


async def upload_image(line: Line, image: Image) -> str:
    """The id of a picture uploaded in one request."""
    kind = "tweet_gif" if image.media_type == "image/gif" else "tweet_image"
    file = Upload("media", "picture", image.content, image.media_type)
    said = Said(form={"media_category": kind}, upload=file)
    path = "/2/media/upload"
    return _media_id(await line.ask("POST", path, path, said))


async def describe(line: Line, media_id: str, alt_text: str) -> None:
    """The picture has a text for those who do not see it."""
    body = {"id": media_id, "metadata": {"alt_text": {"text": alt_text[:ALT_TEXT_MOST]}}}
    await line.send("POST", "/2/media/metadata", "/2/media/metadata", Said(json=body))


async def initialize(line: Line, media_type: str, size: int) -> str:
    """The id of a film whose bytes are to follow."""
    body = {"media_type": media_type, "total_bytes": size, "media_category": "tweet_video"}
    path = "/2/media/upload/initialize"
    return _media_id(await line.ask("POST", path, path, Said(json=body)))


async def append(line: Line, media_id: str, index: int, piece: bytes) -> None:
    """The `index`-th piece, from 0, has arrived."""
    path = f"/2/media/upload/{segment(media_id, 'media id')}/append"
    file = Upload("media", "piece", piece, "application/octet-stream")
    said = Said(form={"segment_index": str(index)}, upload=file)
    await line.send("POST", "/2/media/upload/:id/append", path, said)


async def finalize(line: Line, media_id: str) -> object:
    """All pieces are there; how far X's work on them is. None: ready."""
    path = f"/2/media/upload/{segment(media_id, 'media id')}/finalize"
    body = await line.ask("POST", "/2/media/upload/:id/finalize", path)
    return dig(body, "data", "processing_info")


async def upload_status(line: Line, media_id: str) -> object:
    """How far X's work on a film is. None: ready."""
    said = Said(query={"command": "STATUS", "media_id": media_id})
    body = await line.ask("GET", "/2/media/upload", "/2/media/upload", said)
    return dig(body, "data", "processing_info")


def seconds_to_wait(processing: object) -> int:
    """What X asks to wait before the next look at a film, at least 1 s and at most 10 s."""
    return min(max(number(processing, "check_after_secs") or 1, 1), 10)


def _media_id(body: object) -> str:
    media_id = text(body, "data", "id")
    if not media_id:
        raise lost(False, "no_media_id", "X took the media but gave no id for it.")
    return media_id
