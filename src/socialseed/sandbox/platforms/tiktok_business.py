"""TikTok's business API: insights, comments on own videos and hashtag suggestions."""

import json

from socialseed.sandbox.call import Call, Json, text_of
from socialseed.sandbox.clock import DAY_MS, from_ms
from socialseed.sandbox.http import Answer
from socialseed.sandbox.platforms.tiktok_errors import business_error, business_ok
from socialseed.sandbox.platforms.x_shape import origin
from socialseed.sandbox.world import graph, people, posts, words
from socialseed.sandbox.world.posts import Draft, Post


def _fields(call: Call, default: tuple[str, ...]) -> list[str]:
    text = call.arg("fields")
    if not text:
        return list(default)
    try:
        found = json.loads(text)
    except ValueError:
        found = text.split(",")
    if not isinstance(found, list):
        raise business_error(call, 40002, "fields must be a list.")
    return [str(name).strip() for name in found]


def get(call: Call) -> Answer:
    """Profile and daily numbers."""
    person = call.me
    whole: Json = {
        "username": person.handle,
        "display_name": person.name,
        "profile_image": f"{origin(call)}/_media/avatar/tiktok/{person.handle}.svg",
        "bio_description": person.bio,
        "is_business_account": True,
        "followers_count": person.followers,
        "following_count": person.following,
        "videos_count": person.posts,
        "metrics": _daily(call),
    }
    names = _fields(call, ("username", "display_name", "profile_image", "followers_count"))
    return business_ok(call, {name: whole[name] for name in names if name in whole})


def _daily(call: Call) -> list[Json]:
    found: list[Json] = []
    today = call.now // DAY_MS
    for day in range(today - 7, today):
        low, high = day * DAY_MS, (day + 1) * DAY_MS
        row = call.world.db.execute(
            "SELECT coalesce(sum(likes), 0), coalesce(sum(comments), 0), coalesce(sum(shares), 0),"
            " coalesce(sum(views), 0) FROM posts WHERE author = ? AND kind = 'post'"
            " AND created >= ? AND created < ?",
            (call.me.id, low, high),
        ).fetchone()
        likes, comments, shares, views = (int(value) for value in row)
        gained = call.world.db.execute(
            "SELECT count(*) FROM follows WHERE dst = ? AND at >= ? AND at < ?",
            (call.me.id, low, high),
        ).fetchone()
        found.append(
            {"date": from_ms(low).date().isoformat(), "likes": likes, "comments": comments,
             "shares": shares, "video_views": views, "profile_views": views // 40,
             "followers_count": int(gained[0])}
        )  # fmt: skip
    return found


def video_list(call: Call) -> Answer:
    """Own posts with insights."""
    names = _fields(call, ("item_id", "caption", "likes", "comments", "shares", "video_views"))
    limit = call.number("max_count", 20, 1, 20)
    before = call.number("cursor", call.now + 1, 0, call.now + 1) or call.now + 1
    found, following = posts.page(
        call.world.db, "s.author = ? AND s.kind = 'post' AND s.created < ?",
        (call.me.id, before), "", limit,
    )  # fmt: skip
    data: Json = {
        "videos": [_insights(call, post, names) for post in found],
        "cursor": found[-1].created if found else before,
        "has_more": bool(following),
    }
    return business_ok(call, data)


def _insights(call: Call, post: Post, names: list[str]) -> Json:
    seen = max(post.views, post.likes)
    whole: Json = {
        "item_id": post.pid,
        "caption": post.text,
        "create_time": str(post.created // 1000),
        "share_url": f"https://www.tiktok.com/@{call.me.handle}/video/{post.pid}",
        "thumbnail_url": f"{origin(call)}/_media/post/tiktok/{post.pid}.svg",
        "likes": post.likes,
        "comments": post.comments,
        "shares": post.shares,
        "favorites": post.likes // 10,
        "video_views": seen,
        "reach": int(seen * 0.8),
        "average_time_watched": 6.5,
        "full_video_watched_rate": 0.31,
    }
    return {name: whole[name] for name in names if name in whole}


def _own_video(call: Call) -> Post:
    pid = call.arg("video_id")
    call.target = pid
    post = posts.by_pid(call.world.db, "tiktok", pid, call.now)
    if post is None or post.author != call.me.id or post.kind != "post":
        raise business_error(call, 40007, "The video does not exist or is not yours.")
    return post


def _comment(call: Call, post: Post, replies: bool) -> Json:
    db = call.world.db
    author = people.by_id(db, post.author)
    parent = posts.by_id(db, post.parent or 0)
    root = posts.by_id(db, post.root or 0)
    shown: Json = {
        "comment_id": post.pid,
        "video_id": root.pid if root else "",
        "user_id": author.uid,
        "unique_identifier": author.uid,
        "username": author.handle,
        "display_name": author.name,
        "profile_image": f"{origin(call)}/_media/avatar/tiktok/{author.handle}.svg",
        "text": post.text,
        "create_time": str(post.created // 1000),
        "likes": post.likes,
        "replies": post.comments,
        "liked": graph.marked(db, "like", call.me.id, post.id),
        "pinned": False,
        "owner": author.id == call.me.id,
        "status": "HIDDEN" if post.hidden else "PUBLIC",
        "parent_comment_id": parent.pid if parent is not None and parent.kind == "comment" else "",
    }
    if replies:
        found, _ = posts.page(db, "s.parent = ? AND s.created <= ?", (post.id, call.now), "", 30)
        shown["reply_list"] = [_comment(call, one, False) for one in found]
    return shown


def comment_list(call: Call) -> Answer:
    """Comments under an own video, or answers to one of them."""
    video = _own_video(call)
    above = video.id
    if call.arg("comment_id"):
        above = _named(call).id
    limit = call.number("max_count", 20, 1, 30)
    before = call.number("cursor", call.now + 1, 0, call.now + 1) or call.now + 1
    where, args = "s.parent = ? AND s.created < ?", [above, before]
    if call.arg("status") == "PUBLIC":
        where += " AND s.hidden = 0"
    found, following = posts.page(call.world.db, where, tuple(args), "", limit)
    replies = call.arg("include_replies").lower() == "true"
    data: Json = {
        "comments": [_comment(call, post, replies) for post in found],
        "cursor": found[-1].created if found else before,
        "has_more": bool(following),
    }
    return business_ok(call, data)


def _named(call: Call) -> Post:
    pid = call.arg("comment_id")
    call.target = pid
    post = posts.by_pid(call.world.db, "tiktok", pid, call.now)
    root = posts.by_id(call.world.db, post.root or 0) if post is not None else None
    if post is None or root is None or root.author != call.me.id:
        raise business_error(call, 40007, "The comment does not exist under your videos.")
    return post


def _speak(call: Call, parent: Post) -> Answer:
    text = text_of(call.body.get("text"))
    if not text.strip() or len(text) > 150:
        raise business_error(call, 40002, "text must have 1 to 150 characters.")
    draft = Draft("tiktok", call.me.id, text, kind="comment", parent=parent)
    comment = posts.create(call.world.db, draft, call.now)
    person = people.by_id(call.world.db, parent.author)
    call.world.reactor.commented(call.me, person, comment, call.now)
    call.acted(True)
    return business_ok(call, _comment(call, comment, False))


def comment_create(call: Call) -> Answer:
    """A comment on an own video."""
    call.text = text_of(call.body.get("text"))
    return _speak(call, _own_video(call))


def comment_reply(call: Call) -> Answer:
    """An answer to a comment under an own video."""
    call.text = text_of(call.body.get("text"))
    _own_video(call)
    return _speak(call, _named(call))


def comment_like(call: Call) -> Answer:
    """Likes or unlikes a comment under an own video."""
    post = _named(call)
    if call.arg("action") == "UNLIKE":
        call.acted(graph.unmark(call.world.db, "like", call.me.id, post.id))
        return business_ok(call, {})
    changed = graph.mark(call.world.db, "like", call.me.id, post.id, call.now)
    if changed:
        call.world.reactor.liked(call.me, people.by_id(call.world.db, post.author), post, call.now)
    call.acted(changed)
    return business_ok(call, {})


def like_verb(call: Call) -> str:
    """Which way the like goes."""
    return "unlike" if call.arg("action") == "UNLIKE" else "like"


def comment_hide(call: Call) -> Answer:
    """Hides or shows a comment under an own video."""
    post = _named(call)
    hidden = call.arg("action") == "HIDE"
    call.world.db.execute("UPDATE posts SET hidden = ? WHERE id = ?", (int(hidden), post.id))
    call.acted(bool(post.hidden) != hidden)
    return business_ok(call, {})


def comment_delete(call: Call) -> Answer:
    """Deletes an own comment."""
    pid = call.arg("comment_id")
    call.target = pid
    post = posts.by_pid(call.world.db, "tiktok", pid, call.now)
    if post is None or post.author != call.me.id or post.kind != "comment":
        raise business_error(call, 40007, "The comment does not exist or is not yours.")
    posts.delete(call.world.db, post)
    call.acted(True)
    return business_ok(call, {})


def hashtags(call: Call) -> Answer:
    """Up to ten hashtags near a keyword; an unknown one comes back as itself."""
    keyword = call.arg("keyword").lower().replace(" ", "").lstrip("#")
    call.target = keyword
    if not keyword:
        raise business_error(call, 40002, "keyword is required.")
    near = [tag for tag in words.TAGS if keyword in tag or tag in keyword]
    near.sort(key=lambda tag: (tag != keyword, -_views(tag)))
    found: list[Json] = [{"name": tag, "view_count": _views(tag)} for tag in near[:10]]
    if keyword not in near:
        found.insert(0, {"name": keyword, "view_count": 0})
    return business_ok(call, {"suggestions": found[:10]})


def _views(tag: str) -> int:
    return 1_000_000 + sum(map(ord, tag)) * 91_733
