"""Instagram's write endpoints: containers, publishing, comments, and likes on the other host."""

import json

from socialseed.sandbox.call import Call, Json, row_id
from socialseed.sandbox.clock import DAY_MS
from socialseed.sandbox.http import Answer, json_answer
from socialseed.sandbox.platforms.instagram_errors import bad_parameter, graph_error, not_there
from socialseed.sandbox.platforms.instagram_reads import FACEBOOK, medium, own, published_today
from socialseed.sandbox.world import graph, people, posts
from socialseed.sandbox.world.posts import Draft, Post

_FIRST_CONTAINER = 17_880_000_000_000_000
_VIDEO_MS = 20_000


def create_container(call: Call) -> Answer:
    """A container for later publishing; videos take a while to be ready."""
    person = own(call)
    made = call.world.db.execute(
        "SELECT count(*) FROM media WHERE person = ? AND created > ?",
        (person.id, call.now - DAY_MS),
    ).fetchone()
    if made[0] >= 400:
        raise graph_error(403, 9, "(#9) Too many containers in 24 hours", 2207042)
    caption = call.arg("caption")
    if len(caption) > 2200:
        raise graph_error(400, 36004, "The caption is too long", 2207010)
    if caption.count("#") > 30:
        raise graph_error(400, 100, "Too many hashtags", 2207040)
    kind, urls = _content(call)
    state = f"IN_PROGRESS:{call.now + _VIDEO_MS}" if kind in ("video", "story") else "FINISHED"
    spec: Json = {"caption": caption, "urls": urls, "child": call.arg("is_carousel_item")}
    container = _store(call, kind, state, spec)
    call.target, call.text = str(container), caption or None
    call.acted(True)
    return json_answer({"id": str(container)})


def _store(call: Call, kind: str, state: str, spec: Json) -> int:
    row = call.world.db.execute(
        "SELECT max(id) FROM media WHERE id >= ? AND id < ?",
        (_FIRST_CONTAINER, _FIRST_CONTAINER + 10**13),
    ).fetchone()
    container = int(row[0] or _FIRST_CONTAINER) + 1
    call.world.db.execute(
        "INSERT INTO media (id, person, kind, state, created, spec) VALUES (?, ?, ?, ?, ?, ?)",
        (container, call.me.id, kind, state, call.now, json.dumps(spec)),
    )
    return container


def _content(call: Call) -> tuple[str, list[str]]:
    kind = call.arg("media_type").upper()
    if kind == "CAROUSEL":
        return "carousel", _children(call)
    if kind in ("REELS", "VIDEO", "STORIES") and call.arg("video_url"):
        return "story" if kind == "STORIES" else "video", [_address(call.arg("video_url"))]
    if call.arg("image_url") and kind in ("", "IMAGE", "STORIES"):
        return "story" if kind == "STORIES" else "image", [_address(call.arg("image_url"))]
    raise bad_parameter("image_url or video_url")


def _address(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        message = "The media could not be fetched from this uri"
        raise graph_error(400, 9004, message, 2207052)
    return url


def _children(call: Call) -> list[str]:
    named = call.body.get("children", call.arg("children"))
    ids = [str(one) for one in named] if isinstance(named, list) else str(named).split(",")
    ids = [one.strip() for one in ids if one.strip()]
    if not 2 <= len(ids) <= 10:
        raise graph_error(400, 100, "A carousel has 2 to 10 items", 2207028)
    urls: list[str] = []
    for one in ids:
        row = call.world.db.execute(
            "SELECT spec FROM media WHERE id = ? AND person = ?",
            (row_id(one), call.me.id),
        ).fetchone()
        if row is None or json.loads(row[0])["child"] != "true":
            raise _gone()
        urls += json.loads(row[0])["urls"]
    return urls


def _gone() -> Exception:
    message = "The media builder with creation id does not exist or has been expired"
    return graph_error(400, 24, message, 2207008)


def publish_verb(call: Call) -> str:
    """What publishing this container publishes."""
    named = call.arg("creation_id")
    row = call.world.db.execute("SELECT kind FROM media WHERE id = ?", (row_id(named),)).fetchone()
    kinds = {"video": "publish_video", "carousel": "publish_carousel"}
    return kinds.get(str(row[0]) if row else "", "publish_image")


def publish(call: Call) -> Answer:
    """Publishes a finished container, once."""
    person = own(call)
    named = call.arg("creation_id")
    call.target = named
    row = call.world.db.execute(
        "SELECT * FROM media WHERE id = ? AND person = ?",
        (row_id(named), person.id),
    ).fetchone()
    if row is None or call.now - row["created"] > DAY_MS or row["state"] == "PUBLISHED":
        raise _gone()
    spec = json.loads(row["spec"])
    call.text = spec["caption"]
    state, _, ready = str(row["state"]).partition(":")
    if state == "IN_PROGRESS" and call.now < int(ready):
        message = "The media is not ready for publishing, please wait for a moment"
        raise graph_error(400, 9007, message, 2207027)
    if published_today(call, person) >= 50:
        message = "You reached maximum number of posts allowed by Content Publishing API"
        raise graph_error(403, 9, message, 2207042)
    media = "image" if row["kind"] == "story" else row["kind"]
    urls = "\n".join(spec["urls"])
    draft = Draft("instagram", person.id, spec["caption"], media=media, urls=urls)
    post = posts.create(call.world.db, draft, call.now)
    call.world.db.execute(
        "UPDATE media SET state = 'PUBLISHED', post = ? WHERE id = ?", (post.id, row["id"])
    )
    call.target = post.pid
    call.acted(True)
    call.world.reactor.published(person, post, call.now)
    return json_answer({"id": post.pid})


def _speak(call: Call, parent: Post) -> Answer:
    text = call.arg("message")
    call.target, call.text = parent.pid, text
    if not text.strip():
        raise bad_parameter("message")
    if len(text) > 2200:
        raise bad_parameter("message is too long")
    draft = Draft("instagram", call.me.id, text, kind="comment", parent=parent)
    comment = posts.create(call.world.db, draft, call.now)
    person = people.by_id(call.world.db, parent.author)
    call.world.reactor.commented(call.me, person, comment, call.now)
    call.acted(True)
    return json_answer({"id": comment.pid})


def comment(call: Call) -> Answer:
    """A comment on an own medium; strangers' media cannot be commented."""
    call.target, call.text = call.params["id"], call.arg("message")
    return _speak(call, medium(call, call.params["id"], mine=True))


def reply(call: Call) -> Answer:
    """An answer to a comment under an own medium."""
    call.target, call.text = call.params["id"], call.arg("message")
    parent = medium(call, call.params["id"])
    root = posts.by_id(call.world.db, parent.root or 0)
    if parent.kind != "comment" or root is None or root.author != call.me.id:
        raise not_there(parent.pid, "post")
    return _speak(call, parent)


def answer_mention(call: Call) -> Answer:
    """A comment on the medium, or under the comment, that names the account."""
    own(call)
    named = call.arg("comment_id") or call.arg("media_id")
    call.target, call.text = named, call.arg("message")
    target = medium(call, named)
    if not graph.summoned(call.world.db, call.me, target):
        raise not_there(named, "post")
    return _speak(call, target)


def _likeable(call: Call) -> Post:
    own(call)
    ids = [call.arg(name) for name in ("media_id", "comment_id") if call.arg(name)]
    if len(ids) != 1:
        raise bad_parameter("exactly one of media_id, comment_id")
    call.target = ids[0]
    return medium(call, ids[0])


def like(call: Call) -> Answer:
    """Likes a medium or a comment; repeating it changes nothing."""
    post = _likeable(call)
    changed = graph.mark(call.world.db, "like", call.me.id, post.id, call.now)
    if changed:
        call.world.reactor.liked(call.me, people.by_id(call.world.db, post.author), post, call.now)
    call.acted(changed)
    return json_answer({"success": True})


def unlike(call: Call) -> Answer:
    """Takes a like back."""
    post = _likeable(call)
    call.acted(graph.unmark(call.world.db, "like", call.me.id, post.id))
    return json_answer({"success": True})


def update_node(call: Call) -> Answer:
    """Hides or shows a comment, or opens and closes an own medium for comments."""
    call.target = call.params["id"]
    post = medium(call, call.params["id"])
    root = posts.by_id(call.world.db, post.root or post.id)
    if root is None or root.author != call.me.id:
        raise not_there(post.pid, "post")
    if post.kind == "comment":
        hidden = call.arg("hide") == "true"
        call.world.db.execute("UPDATE posts SET hidden = ? WHERE id = ?", (int(hidden), post.id))
        call.acted(bool(post.hidden) != hidden)
    return json_answer({"success": True})


def delete(call: Call) -> Answer:
    """Deletes a comment; an own medium only on the host that offers it."""
    call.target = call.params["id"]
    post = medium(call, call.params["id"])
    root = posts.by_id(call.world.db, post.root or post.id)
    mine = post.author == call.me.id
    under_mine = post.kind == "comment" and root is not None and root.author == call.me.id
    if not (mine or under_mine) or (post.kind == "post" and call.host != FACEBOOK):
        raise not_there(post.pid, "delete")
    posts.delete(call.world.db, post)
    call.acted(True)
    return json_answer({"success": True, "deleted_id": post.pid})
