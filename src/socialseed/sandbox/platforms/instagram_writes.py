"""Instagram's write endpoints: comments, messages, and likes and deletions on the other host."""

from socialseed.sandbox.call import Call, object_of, text_of
from socialseed.sandbox.clock import DAY_MS
from socialseed.sandbox.http import Answer, json_answer
from socialseed.sandbox.platforms.instagram_errors import bad_parameter, graph_error, not_there
from socialseed.sandbox.platforms.instagram_reads import FACEBOOK, medium, own
from socialseed.sandbox.world import graph, people, posts, standing
from socialseed.sandbox.world.posts import Draft, Post

_REMOVE = frozenset(("instagram_manage_contents",))
_MODERATE = frozenset(("instagram_business_manage_comments", "instagram_manage_comments"))


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
    post = medium(call, ids[0])
    if post.kind == "story" or standing.hides(call.world.db, call.me.id, post.author):
        raise not_there(ids[0], "post")
    return post


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
    elif call.arg("comment_enabled"):
        _open_comments(call, post, call.arg("comment_enabled") == "true")
    return json_answer({"success": True})


def _open_comments(call: Call, post: Post, wanted: bool) -> None:
    db = call.world.db
    closed = db.execute(
        "SELECT 1 FROM marks WHERE person = 0 AND kind = 'closed' AND post = ?", (post.id,)
    ).fetchone()
    if wanted:
        db.execute(
            "DELETE FROM marks WHERE person = 0 AND kind = 'closed' AND post = ?", (post.id,)
        )
    else:
        db.execute(
            "INSERT OR IGNORE INTO marks VALUES (0, 'closed', ?, ?)", (post.id, call.now)
        )  # fmt: skip
    call.acted((closed is None) != wanted)


def message(call: Call) -> Answer:
    """A private answer to a comment: once for each, within seven days."""
    own(call)
    named = text_of(object_of(call.body.get("recipient")).get("comment_id"))
    call.target, call.text = named, text_of(object_of(call.body.get("message")).get("text"))
    if not named or not call.text.strip():
        raise bad_parameter("recipient or message")
    post = medium(call, named)
    root = posts.by_id(call.world.db, post.root or 0)
    if root is None or root.author != call.me.id or call.now - post.created > 7 * DAY_MS:
        raise not_there(named, "post")
    done = call.world.db.execute(
        "INSERT OR IGNORE INTO marks VALUES (?, 'private', ?, ?)", (call.me.id, post.id, call.now)
    ).rowcount
    if not done:
        raise graph_error(400, 10900, "(#10900) Activity already replied to")
    call.acted(True)
    person = people.by_id(call.world.db, post.author)
    return json_answer({"recipient_id": person.uid, "message_id": f"aWdfZAG{post.pid}"})


def delete(call: Call) -> Answer:
    """Deletes a comment; an own medium only on the host that offers it."""
    call.target = call.params["id"]
    post = medium(call, call.params["id"])
    root = posts.by_id(call.world.db, post.root or post.id)
    mine = post.author == call.me.id
    under_mine = post.kind == "comment" and root is not None and root.author == call.me.id
    if not (mine or under_mine) or (post.kind != "comment" and call.host != FACEBOOK):
        raise not_there(post.pid, "delete")
    granted = call.token.scopes if call.token is not None else frozenset()
    needed = _REMOVE if post.kind != "comment" else _MODERATE
    if not needed & granted:
        raise graph_error(403, 10, "(#10) Application does not have permission for this action")
    posts.delete(call.world.db, post)
    call.acted(True)
    return json_answer({"success": True, "deleted_id": post.pid})
