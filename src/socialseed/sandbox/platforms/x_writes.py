"""X's write endpoints, with the summon rule and the tier's bounds."""

import re

from socialseed.sandbox.call import ApiError, Call, Json, list_of, object_of, row_id, text_of
from socialseed.sandbox.http import Answer, json_answer
from socialseed.sandbox.platforms.x_errors import client_forbidden, forbidden, invalid, missing
from socialseed.sandbox.world import graph, people, posts, standing
from socialseed.sandbox.world.people import Person
from socialseed.sandbox.world.posts import Draft, Post

_KNOWN = {
    "text", "media", "poll", "reply", "quote_tweet_id", "reply_settings", "community_id", "geo",
    "for_super_followers_only", "nullcast", "made_with_ai", "paid_partnership", "edit_options",
}  # fmt: skip
_URL = re.compile(r"https?://\S+")
_CASHTAG = re.compile(r"(?<!\w)\$[A-Za-z]{1,6}\b")
_DAY_MS = 86_400_000
_SETTINGS = ("following", "mentionedUsers", "subscribers", "verified")
_GONE = "You attempted to reply to a Tweet that is deleted or not visible to you."


def create_verb(call: Call) -> str:
    """What a POST to /2/tweets does."""
    if object_of(call.body.get("reply")).get("in_reply_to_tweet_id"):
        return "reply"
    media = _media(call)
    if not media:
        return "publish_text"
    row = call.world.db.execute(
        "SELECT kind FROM media WHERE id = ?", (row_id(media[0]),)
    ).fetchone()
    return "publish_video" if row is not None and row[0] == "video" else "publish_image"


def _media(call: Call) -> list[str]:
    return [text_of(i) for i in list_of(object_of(call.body.get("media")).get("media_ids"))]


def weight(text: str) -> int:
    """The length X counts: an address is 23, wide characters are 2."""
    plain = _URL.sub("x" * 23, text)
    return sum(1 if ord(c) < 0x1100 or 0x2000 <= ord(c) <= 0x201F else 2 for c in plain)


def create(call: Call) -> Answer:
    """Publishes a post or a reply."""
    text = text_of(call.body.get("text"))
    call.text = text
    _check_body(call)
    media = _checked_media(call)
    if not text and not media and "poll" not in call.body:
        raise invalid("text", "", "A Tweet needs text or media.")
    if weight(text) > 280:
        raise forbidden("Your Tweet text is too long.")
    if call.tier == "self_serve" and len(_CASHTAG.findall(text)) > 1:
        raise forbidden("You are not permitted to perform this action.")
    parent = _parent(call)
    quoted = _quoted(call)
    _refuse_duplicate(call, text)
    shape = {"publish_image": "image", "publish_video": "video"}.get(call.verb, "text")
    draft = Draft(
        "twitter", call.me.id, text, kind="comment" if parent is not None else "post", media=shape,
        parent=parent, quoted=quoted.id if quoted else None, urls="\n".join(media),
    )  # fmt: skip
    post = posts.create(call.world.db, draft, call.now)
    call.acted(True)
    _spread(call, post, parent)
    shown = {"id": post.pid, "text": text, "edit_history_tweet_ids": [post.pid]}
    return json_answer({"data": shown}, 201)


def _spread(call: Call, post: Post, parent: Post | None) -> None:
    if parent is None:
        call.target = post.pid
        call.world.reactor.published(call.me, post, call.now)
    else:
        person = people.by_id(call.world.db, parent.author)
        call.world.reactor.commented(call.me, person, post, call.now)


def _check_body(call: Call) -> None:
    """Refuses what the specification does not know or allow."""
    body = call.body
    unknown = sorted(set(body) - _KNOWN)
    if unknown:
        raise invalid(unknown[0], "", f"The field {unknown[0]} is not allowed.")
    told = body.get("reply_settings")
    if told is not None and told not in _SETTINGS:
        raise invalid("reply_settings", text_of(told), f"reply_settings is one of {_SETTINGS}")
    if body.get("edit_options") is not None:
        raise forbidden("You are not permitted to perform this action.")  # Premium accounts only
    poll = object_of(body.get("poll"))
    if poll:
        _check_poll(call, poll)


def _check_poll(call: Call, poll: Json) -> None:
    options = [text_of(one) for one in list_of(poll.get("options"))]
    minutes = poll.get("duration_minutes")
    if not 2 <= len(options) <= 4 or not all(1 <= len(one) <= 25 for one in options):
        raise invalid("poll.options", "", "A poll has 2 to 4 options of 1 to 25 characters.")
    if not isinstance(minutes, int) or not 5 <= minutes <= 10_080:
        raise invalid("poll.duration_minutes", text_of(minutes), "It is 5 to 10080.")
    if _media(call) or call.body.get("quote_tweet_id"):
        raise invalid("poll", "", "A poll, media and a quote exclude each other.")


def _checked_media(call: Call) -> list[str]:
    """The media ids: the caller's own, ready, a day old at most; 4 photos, a GIF or a video."""
    ids = _media(call)
    if len(ids) > 4:
        raise invalid("media.media_ids", ",".join(ids), "At most 4 media ids are allowed.")
    kinds = []
    for media in ids:
        row = call.world.db.execute(
            "SELECT person, state, created, kind FROM media WHERE id = ?", (row_id(media),)
        ).fetchone()
        if row is None or row["person"] != call.me.id or not _ready(call, str(row["state"])):
            raise invalid("media.media_ids", media, "Your media IDs are invalid.")
        if call.now - row["created"] > _DAY_MS:
            raise invalid("media.media_ids", media, "Your media IDs are invalid.")
        kinds.append(row["kind"])
    if len(kinds) > 1 and set(kinds) != {"image"}:
        raise invalid("media.media_ids", ",".join(ids), "Only photos can be combined.")
    return ids


def _ready(call: Call, state: str) -> bool:
    name, _, at = state.partition(":")
    return name == "succeeded" or (name == "ready" and call.now >= int(at))


def _hidden(call: Call, author: int) -> bool:
    return standing.hides(call.world.db, call.me.id, author) is not None


def _parent(call: Call) -> Post | None:
    pid = text_of(object_of(call.body.get("reply")).get("in_reply_to_tweet_id"))
    if not pid:
        return None
    call.target = pid
    parent = posts.by_pid(call.world.db, "twitter", pid, call.now)
    if parent is None or _hidden(call, parent.author):
        raise forbidden(_GONE)
    if call.tier == "self_serve" and not graph.summoned(call.world.db, call.me, parent):
        raise forbidden(
            "Reply to this conversation is not allowed because you have not been mentioned or"
            " otherwise engaged by the author of the post you are replying to."
        )
    return parent


def _quoted(call: Call) -> Post | None:
    pid = text_of(call.body.get("quote_tweet_id"))
    if not pid:
        return None
    call.target = pid
    if call.tier == "self_serve":
        raise forbidden(
            "Quoting this post is not allowed because you have not been mentioned or otherwise"
            " engaged by the author of the post you are quoting."
        )
    quoted = posts.by_pid(call.world.db, "twitter", pid, call.now)
    if quoted is None or _hidden(call, quoted.author):
        raise invalid("quote_tweet_id", pid, "The quoted Tweet does not exist.")
    return quoted


def _refuse_duplicate(call: Call, text: str) -> None:
    """The same text twice within a day is a duplicate."""
    row = call.world.db.execute(
        "SELECT 1 FROM posts WHERE author = ? AND created > ? AND text = ? AND deleted = 0"
        " AND kind <> 'repost'",
        (call.me.id, call.now - _DAY_MS, text),
    ).fetchone()
    if row is not None and text:
        raise forbidden("You are not allowed to create a Tweet with duplicate content.")


def delete(call: Call) -> Answer:
    """Deletes an own post."""
    call.target = call.params["id"]
    post = posts.by_pid(call.world.db, "twitter", call.params["id"], call.now)
    if post is None:
        raise ApiError(404, {"errors": [missing("tweet", "id", call.params["id"])]})
    if post.author != call.me.id:
        raise forbidden("You are not permitted to perform this action.")
    posts.delete(call.world.db, post)
    if post.kind == "repost" and post.quoted is not None:
        graph.unmark(call.world.db, "repost", call.me.id, post.quoted)
    call.acted(True)
    return json_answer({"data": {"deleted": True}})


def _own_path(call: Call) -> None:
    if call.params["id"] != call.me.uid:
        raise forbidden("You are not permitted to perform this action.")


def _enterprise(call: Call) -> None:
    if call.tier != "enterprise":
        raise client_forbidden()


def _post(call: Call, pid: str) -> Post:
    call.target = pid
    post = posts.by_pid(call.world.db, "twitter", pid, call.now)
    if post is None or standing.hides(call.world.db, call.me.id, post.author) == "suspended":
        raise invalid("tweet_id", pid, "The Tweet does not exist.")
    return post


def _touchable(call: Call, pid: str) -> Post:
    """The post, unless its author hides it from the account or blocks it."""
    post = _post(call, pid)
    if _hidden(call, post.author):
        raise forbidden("You are not permitted to perform this action.")
    return post


def _person(call: Call, uid: str) -> Person:
    person = people.by_uid(call.world.db, "twitter", uid)
    call.target = person.handle if person is not None else uid
    if person is None:
        raise invalid("target_user_id", uid, "The user does not exist.")
    return person


def like(call: Call) -> Answer:
    """Likes a post; enterprise only."""
    _own_path(call)
    pid = text_of(call.body.get("tweet_id"))
    call.target = pid
    _enterprise(call)
    post = _touchable(call, pid)
    changed = graph.mark(call.world.db, "like", call.me.id, post.id, call.now)
    if changed:
        call.world.reactor.liked(call.me, people.by_id(call.world.db, post.author), post, call.now)
    call.acted(changed)
    return json_answer({"data": {"liked": True}})


def unlike(call: Call) -> Answer:
    """Takes a like back; enterprise only."""
    _own_path(call)
    call.target = call.params["tweet_id"]
    _enterprise(call)
    post = _post(call, call.params["tweet_id"])
    call.acted(graph.unmark(call.world.db, "like", call.me.id, post.id))
    return json_answer({"data": {"liked": False}})


def follow(call: Call) -> Answer:
    """Follows a user, or asks a protected one for it; enterprise only."""
    _own_path(call)
    uid = text_of(call.body.get("target_user_id"))
    call.target = uid
    _enterprise(call)
    person = _person(call, uid)
    if person.id == call.me.id:
        raise invalid("target_user_id", uid, "You cannot follow yourself.")
    state = standing.of(call.world.db, person.id)
    if state in ("suspended", "blocks"):
        raise forbidden("You are not permitted to perform this action.")
    if state == "protected" and not graph.follows(call.world.db, call.me.id, person.id):
        asked = graph.request(call.world.db, call.me.id, person.id, call.now)
        if asked:
            call.world.reactor.requested(call.me, person, call.now)
        call.acted(asked)
        return json_answer({"data": {"following": False, "pending_follow": True}})
    changed = graph.follow(call.world.db, call.me.id, person.id, call.now)
    if changed:
        call.world.reactor.followed(call.me, person, call.now)
    call.acted(changed)
    return json_answer({"data": {"following": True, "pending_follow": False}})


def unfollow(call: Call) -> Answer:
    """Stops following a user, or asking for it; enterprise only."""
    _own_path(call)
    call.target = call.params["target"]
    _enterprise(call)
    person = _person(call, call.params["target"])
    changed = graph.unfollow(call.world.db, call.me.id, person.id)
    if changed:
        call.world.reactor.unfollowed(call.me, person, call.now)
    asked = graph.withdraw(call.world.db, call.me.id, person.id)
    call.acted(changed or asked)
    return json_answer({"data": {"following": False}})


def repost(call: Call) -> Answer:
    """Reposts a post: it is marked, and stands in the account's own timeline."""
    _own_path(call)
    post = _touchable(call, text_of(call.body.get("tweet_id")))
    changed = graph.mark(call.world.db, "repost", call.me.id, post.id, call.now)
    if changed:
        author = people.by_id(call.world.db, post.author)
        text = f"RT @{author.handle}: {post.text}"
        draft = Draft(
            "twitter", call.me.id, text if len(text) <= 140 else text[:139] + "…", kind="repost",
            lang=post.lang, quoted=post.id,
        )  # fmt: skip
        posts.create(call.world.db, draft, call.now)
    call.acted(changed)
    return json_answer({"data": {"rest_id": post.pid, "retweeted": True}})


def unrepost(call: Call) -> Answer:
    """Takes a repost back."""
    _own_path(call)
    post = _post(call, call.params["tweet_id"])
    found, _ = posts.page(
        call.world.db, "s.author = ? AND s.kind = 'repost' AND s.quoted = ?",
        (call.me.id, post.id), "", 1,
    )  # fmt: skip
    for copy in found:
        posts.delete(call.world.db, copy)
    call.acted(graph.unmark(call.world.db, "repost", call.me.id, post.id))
    return json_answer({"data": {"retweeted": False}})


def hide(call: Call) -> Answer:
    """Hides or shows a reply under an own post."""
    post = _post(call, call.params["id"])
    root = posts.by_id(call.world.db, post.root) if post.root is not None else None
    if root is None or root.author != call.me.id:
        raise forbidden("You are not permitted to perform this action.")
    hidden = call.body.get("hidden") is True
    call.world.db.execute("UPDATE posts SET hidden = ? WHERE id = ?", (int(hidden), post.id))
    call.acted(bool(post.hidden) != hidden)
    body: Json = {"data": {"hidden": hidden}}
    return json_answer(body)
