"""X's objects in tweet names: users, posts and what `expansions` adds."""

import json
import re

from socialseed.sandbox.call import Call, Json, object_of, row_id
from socialseed.sandbox.clock import iso
from socialseed.sandbox.draw import number
from socialseed.sandbox.platforms.x_errors import field_denied
from socialseed.sandbox.world import graph, people, posts, standing
from socialseed.sandbox.world.people import Person
from socialseed.sandbox.world.posts import Post

_DAY_MS = 86_400_000


def asked(call: Call, *names: str) -> set[str]:
    """The fields asked for under any of the accepted query names."""
    found: set[str] = set()
    for name in names:
        found |= {part.strip() for part in call.request.query.get(name, "").split(",") if part}
    return found


def user(call: Call, person: Person) -> Json:
    """A user with the asked `user.fields`."""
    wanted = asked(call, "user.fields") | {"id", "name", "username"}
    whole: Json = {
        "id": person.uid,
        "name": person.name,
        "username": person.handle,
        "description": person.bio,
        "created_at": iso(person.created),
        "location": person.tz.rpartition("/")[2].replace("_", " "),
        "url": "",
        "profile_image_url": f"{origin(call)}/_media/avatar/twitter/{person.handle}.svg",
        "protected": standing.of(call.world.db, person.id) == "protected",
        "verified": person.kind == "brand",
        "verified_type": "business" if person.kind == "brand" else "none",
        "subscription_type": "None",
        "public_metrics": {
            "followers_count": person.followers,
            "following_count": person.following,
            "tweet_count": person.posts,
            "listed_count": person.followers // 90,
            "like_count": number("likes", person.uid) % 9000,
            "media_count": person.posts // 4,
        },
    }
    if "connection_status" in wanted and call.actor is not None:
        whole["connection_status"] = _connection(call, person)
    return {name: value for name, value in whole.items() if name in wanted}


def _connection(call: Call, person: Person) -> list[str]:
    status = []
    if graph.follows(call.world.db, call.me.id, person.id):
        status.append("following")
    if graph.follows(call.world.db, person.id, call.me.id):
        status.append("followed_by")
    if graph.requested(call.world.db, call.me.id, person.id):
        status.append("follow_request_sent")
    return status or ["none"]


def origin(call: Call) -> str:
    """The sandbox's own address as the client sees it."""
    return f"http://{call.request.headers.get('host', '127.0.0.1')}"


def tweet(call: Call, post: Post) -> Json:
    """A post with the asked `tweet.fields` (or `post.fields`)."""
    wanted = asked(call, "tweet.fields", "post.fields") | {"id", "text", "edit_history_tweet_ids"}
    db = call.world.db
    parent = posts.by_id(db, post.parent) if post.parent is not None else None
    root = posts.by_id(db, post.root) if post.root is not None else None
    author = people.by_id(db, post.author)
    whole: Json = {
        "id": post.pid,
        "text": post.text,
        "edit_history_tweet_ids": [post.pid],
        "author_id": author.uid,
        "created_at": iso(post.created),
        "conversation_id": root.pid if root else post.pid,
        "lang": post.lang,
        "possibly_sensitive": False,
        "reply_settings": "everyone",
        "public_metrics": _metrics(call, post),
    }
    if parent is not None:
        whole["in_reply_to_user_id"] = people.by_id(db, parent.author).uid
    referenced = _references(call, post, parent)
    if referenced:
        whole["referenced_tweets"] = referenced
    if "entities" in wanted:
        whole["entities"] = entities(call, post.text)
    if post.urls:
        whole["attachments"] = {"media_keys": [_media_key(post, k) for k in post.urls.split("\n")]}
    if call.actor is not None and call.actor.id == post.author:
        _own_metrics(call, post, whole)
    return {name: value for name, value in whole.items() if name in wanted}


def _media_key(post: Post, media: str) -> str:
    return f"{'13' if post.media == 'video' else '3'}_{media}"


def _metrics(call: Call, post: Post) -> Json:
    quotes = call.world.db.execute(
        "SELECT count(*) FROM posts WHERE quoted = ? AND kind = 'post' AND deleted = 0", (post.id,)
    ).fetchone()
    return {
        "retweet_count": post.shares,
        "reply_count": post.comments,
        "like_count": post.likes,
        "quote_count": int(quotes[0]),
        "bookmark_count": post.likes // 12,
        "impression_count": max(post.views, post.likes),
    }


def _own_metrics(call: Call, post: Post, whole: Json) -> None:
    if call.now - post.created < 30 * _DAY_MS:
        seen = max(post.views, post.likes)
        whole["non_public_metrics"] = {
            "url_link_clicks": seen // 90,
            "user_profile_clicks": seen // 60,
            "engagements": post.likes + post.comments + post.shares,
            "impression_count": seen,
        }
        whole["organic_metrics"] = {**_metrics(call, post), "user_profile_clicks": seen // 60}


_PRIVATE = ("non_public_metrics", "organic_metrics", "promoted_metrics")


def denied(call: Call, found: list[Post]) -> list[Json]:
    """An error item for each asked metric that only an owner may read, and only for 30 days."""
    wanted = [name for name in _PRIVATE if name in asked(call, "tweet.fields", "post.fields")]
    me = call.actor.id if call.actor is not None else None
    return [
        field_denied(post.pid, name)
        for post in found
        for name in wanted
        if post.author != me or call.now - post.created >= 30 * _DAY_MS or name == _PRIVATE[2]
    ]


def _references(call: Call, post: Post, parent: Post | None) -> list[Json]:
    found: list[Json] = []
    if parent is not None:
        found.append({"type": "replied_to", "id": parent.pid})
    quoted = posts.by_id(call.world.db, post.quoted) if post.quoted is not None else None
    if quoted is not None:
        kind = "retweeted" if post.kind == "repost" else "quoted"
        found.append({"type": kind, "id": quoted.pid})
    return found


def entities(call: Call, text: str) -> Json:
    """Hashtags and mentions with their places in the text."""
    found: Json = {}
    tags: list[Json] = [
        {"start": m.start(), "end": m.end(), "tag": m.group(1)}
        for m in re.finditer(r"#(\w+)", text)
    ]
    mentions: list[Json] = []
    for m in re.finditer(r"@(\w+)", text):
        person = people.by_handle(call.world.db, "twitter", m.group(1))
        if person is not None:
            place = {"start": m.start(), "end": m.end()}
            mentions.append({**place, "username": person.handle, "id": person.uid})
    urls: list[Json] = [
        {"start": m.start(), "end": m.end(), "url": m.group(), "expanded_url": m.group(),
         "display_url": m.group().partition("://")[2]}
        for m in re.finditer(r"https?://\S+", text)
    ]  # fmt: skip
    if urls:
        found["urls"] = urls
    if tags:
        found["hashtags"] = tags
    if mentions:
        found["mentions"] = mentions
    return found


def includes(call: Call, found: list[Post]) -> Json:
    """What the asked expansions add."""
    wanted = asked(call, "expansions")
    db, extra = call.world.db, {}
    persons: dict[int, Person] = {}
    if "author_id" in wanted:
        persons |= {p.author: people.by_id(db, p.author) for p in found}
    parents = [posts.by_id(db, p.parent) for p in found if p.parent is not None]
    known = [parent for parent in parents if parent is not None]
    if "in_reply_to_user_id" in wanted:
        persons |= {p.author: people.by_id(db, p.author) for p in known}
    if persons:
        extra["users"] = [user(call, person) for person in persons.values()]
    if "referenced_tweets.id" in wanted or "referenced_posts.id" in wanted:
        quoted = [posts.by_id(db, p.quoted) for p in found if p.quoted is not None]
        every = {p.id: p for p in [*known, *(q for q in quoted if q is not None)]}
        if every:
            extra["tweets"] = [tweet(call, p) for p in every.values()]
    if "attachments.media_keys" in wanted:
        media = [_media(call, p, key) for p in found if p.urls for key in p.urls.split("\n")]
        if media:
            extra["media"] = media
    return dict(extra)


def _media(call: Call, post: Post, media: str) -> Json:
    """One attached medium with the asked `media.fields`."""
    row = call.world.db.execute(
        "SELECT kind, spec FROM media WHERE id = ?", (row_id(media),)
    ).fetchone()
    kind, spec = (str(row[0]), json.loads(row[1])) if row else ("image", {})
    address = f"{origin(call)}/_media/upload/{media}"
    alt = object_of(object_of(spec.get("metadata")).get("alt_text")).get("text")
    whole: Json = {
        "media_key": _media_key(post, media),
        "type": {"video": "video", "gif": "animated_gif"}.get(kind, "photo"),
        "width": spec.get("w", 1280),
        "height": spec.get("h", 720),
    }
    whole |= {"duration_ms": 12_000, "preview_image_url": address} if kind == "video" else {}
    whole |= {"url": address} if kind != "video" else {}
    whole |= {"alt_text": alt} if alt else {}
    wanted = asked(call, "media.fields") | {"media_key", "type"}
    # Clients that name no fields are shown the address as well.
    wanted |= set() if "media.fields" in call.request.query else {"url"}
    return {name: value for name, value in whole.items() if name in wanted}
