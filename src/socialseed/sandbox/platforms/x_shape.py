"""X's objects in tweet names: users, posts and what `expansions` adds."""

import re

from socialseed.sandbox.call import Call, Json
from socialseed.sandbox.clock import iso
from socialseed.sandbox.draw import number
from socialseed.sandbox.world import graph, people, posts
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
        "protected": False,
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
        "public_metrics": _metrics(post),
    }
    if parent is not None:
        whole["in_reply_to_user_id"] = people.by_id(db, parent.author).uid
    referenced = _references(call, post, parent)
    if referenced:
        whole["referenced_tweets"] = referenced
    if "entities" in wanted:
        whole["entities"] = entities(call, post.text)
    if post.urls:
        whole["attachments"] = {"media_keys": [f"3_{key}" for key in post.urls.split("\n")]}
    if call.actor is not None and call.actor.id == post.author:
        _own_metrics(call, post, whole)
    return {name: value for name, value in whole.items() if name in wanted}


def _metrics(post: Post) -> Json:
    return {
        "retweet_count": post.shares,
        "reply_count": post.comments,
        "like_count": post.likes,
        "quote_count": 0,
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
        whole["organic_metrics"] = {**_metrics(post), "user_profile_clicks": seen // 60}


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
        keys = [key for p in found if p.urls for key in p.urls.split("\n")]
        if keys:
            extra["media"] = [
                {"media_key": f"3_{k}", "type": "photo", "url": f"{origin(call)}/_media/upload/{k}"}
                for k in keys
            ]
    return dict(extra)
