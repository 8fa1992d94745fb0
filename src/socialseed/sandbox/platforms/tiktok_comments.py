"""TikTok's business API: comments under own videos, answers, likes and where others name one."""

import json

from socialseed.sandbox.call import Call, Json, text_of
from socialseed.sandbox.http import Answer
from socialseed.sandbox.platforms.tiktok_errors import business_error, business_ok
from socialseed.sandbox.platforms.x_shape import origin
from socialseed.sandbox.world import graph, people, posts
from socialseed.sandbox.world.posts import Draft, Post


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
    where += _only(call)
    found, following = posts.page(call.world.db, where, tuple(args), "", limit)
    replies = call.arg("include_replies").lower() == "true"
    data: Json = {
        "comments": [_comment(call, post, replies) for post in found],
        "cursor": found[-1].created if found else before,
        "has_more": bool(following),
    }
    return business_ok(call, data)


def _only(call: Call) -> str:
    """The condition that `comment_ids` adds; ids may be any comment under the video."""
    try:
        ids = json.loads(call.arg("comment_ids") or "[]")
    except ValueError:
        ids = None
    if not isinstance(ids, list) or not all(str(one).isdigit() for one in ids):
        raise business_error(call, 40002, "comment_ids must be a list of ids.")
    return f" AND s.pid IN ({','.join(repr(str(one)) for one in ids)})" if ids else ""


def _named(call: Call) -> Post:
    pid = call.arg("comment_id")
    call.target = pid
    post = posts.by_pid(call.world.db, "tiktok", pid, call.now)
    root = posts.by_id(call.world.db, post.root or 0) if post is not None else None
    if post is None or root is None or root.author != call.me.id:
        raise business_error(call, 40007, "The comment does not exist under your videos.")
    return post


_SAME, _SPAM_MS = 3, 600_000


def _speak(call: Call, parent: Post) -> Answer:
    text = text_of(call.body.get("text"))
    if not text.strip() or len(text) > 150:
        raise business_error(call, 40002, "text must have 1 to 150 characters.")
    draft = Draft("tiktok", call.me.id, text, kind="comment", parent=parent)
    said = call.world.db.execute(
        "SELECT count(*) FROM posts WHERE author = ? AND kind = 'comment' AND text = ?"
        " AND created > ?",
        (call.me.id, text, call.now - _SPAM_MS),
    ).fetchone()
    comment = posts.create(call.world.db, draft, call.now)
    if said[0] >= _SAME:  # hidden without a word
        call.world.db.execute("UPDATE posts SET hidden = 1 WHERE id = ?", (comment.id,))
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


def mentioned_comments(call: Call) -> Answer:
    """Comments of others that name the account, newest first."""
    before = call.number("cursor", call.now + 1, 0, call.now + 1) or call.now + 1
    found, following = posts.page(
        call.world.db, "s.id IN (SELECT post FROM mentions WHERE person = ?)"
        " AND s.kind = 'comment' AND s.created < ?", (call.me.id, before), "",
        call.number("max_count", 20, 1, 100),
    )  # fmt: skip
    data: Json = {
        "comments": [_comment(call, post, False) for post in found],
        "cursor": found[-1].created if found else before,
        "has_more": bool(following),
    }
    return business_ok(call, data)
