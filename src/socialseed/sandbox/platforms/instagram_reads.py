"""Instagram's read endpoints on both hosts."""

from socialseed.sandbox.call import Call, Json, object_of, row_id
from socialseed.sandbox.clock import DAY_MS
from socialseed.sandbox.http import Answer, json_answer
from socialseed.sandbox.platforms import instagram_shape as shape
from socialseed.sandbox.platforms.instagram_errors import bad_parameter, graph_error, not_there
from socialseed.sandbox.world import posts
from socialseed.sandbox.world.people import Person
from socialseed.sandbox.world.posts import Post

FACEBOOK = "graph.facebook.com"


def own(call: Call) -> Person:
    """The acting account, if the path names it: `me`, its id or its id for this app."""
    named = call.params["id"]
    if named not in ("me", call.me.uid, shape.app_id(call.me)):
        raise not_there(named)
    return call.me


def medium(call: Call, pid: str, *, mine: bool = False) -> Post:
    """The medium or comment with this id; with `mine`, only an own medium."""
    post = posts.by_pid(call.world.db, "instagram", pid, call.now)
    if post is None or (mine and post.author != call.me.id):
        raise not_there(pid)
    return post


def me(call: Call) -> Answer:
    """The acting account; `id` is the app's own id for it."""
    shown = shape.user(call, call.me, shape.asked(call, "id,username"))
    return json_answer(shown | {"id": shape.app_id(call.me)})


def media_list(call: Call) -> Answer:
    """Own media, newest first."""
    person = own(call)
    where, args = "s.author = ? AND s.kind = 'post'", [person.id]
    for name, sign in (("since", ">="), ("until", "<=")):
        at = row_id(call.arg(name))
        if 0 <= at < 10**12:
            where += f" AND s.created {sign} ?"
            args.append(at * 1000)
    page = shape.media_page(
        call, where, tuple(args), shape.asked(call, "id"), call.arg("after"),
        call.number("limit", 25, 1, 100),
    )  # fmt: skip
    return json_answer(page)


def comments(call: Call) -> Answer:
    """Top comments of an own medium."""
    call.target = call.params["id"]
    post = medium(call, call.params["id"], mine=True)
    fields = shape.asked(call, "id,text,timestamp")
    return json_answer(shape.comment_page(call, "s.parent = ?", (post.id,), fields))


def replies(call: Call) -> Answer:
    """Answers to a comment under an own medium."""
    call.target = call.params["id"]
    post = medium(call, call.params["id"])
    fields = shape.asked(call, "id,text,timestamp")
    return json_answer(shape.comment_page(call, "s.parent = ?", (post.id,), fields))


def tags(call: Call) -> Answer:
    """Media of others that name the account."""
    person = own(call)
    where = "s.kind = 'post' AND s.id IN (SELECT post FROM mentions WHERE person = ?)"
    page = shape.media_page(
        call, where, (person.id,), shape.asked(call, "id"), call.arg("after"),
        call.number("limit", 25, 1, 50),
    )  # fmt: skip
    return json_answer(page)


def stories(call: Call) -> Answer:
    """Own stories of the last 24 hours."""
    person = own(call)
    page = shape.media_page(
        call, "s.author = ? AND s.kind = 'story' AND s.created > ?",
        (person.id, call.now - DAY_MS), shape.asked(call, "id"), call.arg("after"),
        call.number("limit", 25, 1, 100),
    )  # fmt: skip
    return json_answer(page)


def publishing_limit(call: Call) -> Answer:
    """How much of the daily publishing quota is used; the quota itself where asked for."""
    person = own(call)
    whole: Json = {
        "quota_usage": published_today(call, person),
        "config": {"quota_total": 50, "quota_duration": 86_400},
    }
    names = [one.name for one in shape.asked(call, "quota_usage")]
    return json_answer({"data": [{name: whole[name] for name in names if name in whole}]})


def published_today(call: Call, person: Person) -> int:
    """Media published through the API in the last 24 hours."""
    row = call.world.db.execute(
        "SELECT count(*) FROM media m JOIN posts p ON p.id = m.post"
        " WHERE m.person = ? AND m.state = 'PUBLISHED' AND p.created > ?",
        (person.id, call.now - DAY_MS),
    ).fetchone()
    return int(row[0])


def _facebook_only(call: Call) -> None:
    if call.arg("user_id") not in (call.me.uid, shape.app_id(call.me)):
        raise bad_parameter("user_id")


def hashtag_search(call: Call) -> Answer:
    """The id of a hashtag; an account may ask for 30 different ones in 7 days."""
    _facebook_only(call)
    name = call.arg("q").lstrip("#").lower()
    call.target = name
    if not name or not name.replace("_", "").isalnum():
        raise bad_parameter("q")
    db = call.world.db
    db.execute("INSERT OR IGNORE INTO hashtags (name) VALUES (?)", (name,))
    tag = int(db.execute("SELECT id FROM hashtags WHERE name = ?", (name,)).fetchone()[0])
    since = call.now - 7 * DAY_MS
    used = db.execute(
        "SELECT count(*) FROM hashtag_uses WHERE person = ? AND at > ? AND hashtag <> ?",
        (call.me.id, since, tag),
    ).fetchone()
    if used[0] >= 30:
        message = "(#18) This user has exceeded the limit of unique hashtags per 7 days"
        raise graph_error(400, 18, message, 2207034)
    db.execute("INSERT OR REPLACE INTO hashtag_uses VALUES (?, ?, ?)", (call.me.id, tag, call.now))
    return json_answer({"data": [{"id": str(_TAG_BASE + tag)}]})


# What is told of media found by a hashtag; never who made it.
_TAGGED = ("id", "caption", "children", "comments_count", "like_count", "media_type", "media_url",
           "permalink", "timestamp")  # fmt: skip
_TAG_BASE = 17_843_000_000_000_000


def hashtag_media(call: Call) -> Answer:
    """Public media with a hashtag: of the last 24 hours, or the best of the last week."""
    _facebook_only(call)
    named = call.params["id"]
    row = call.world.db.execute(
        "SELECT name FROM hashtags WHERE id = ?",
        (row_id(named) - _TAG_BASE,),
    ).fetchone()
    if row is None:
        raise not_there(named)
    call.target = str(row[0])
    recent = call.path.rstrip("/").endswith("recent_media")
    where = (
        "+s.platform = 'instagram' AND s.kind = 'post' AND +s.created > ? AND s.id IN (SELECT rowid"
        " FROM posts_fts WHERE posts_fts MATCH ? AND rowid >= ? AND rowid NOT BETWEEN ? AND ?)"
        " AND s.text LIKE ?"
    )
    if not recent:
        where += " AND s.likes >= 3"
    fields = shape.asked(call, "id")
    odd = [one.name for one in fields if one.name not in _TAGGED]
    if odd:
        raise bad_parameter(f"Tried accessing nonexisting field ({odd[0]}) on a hashtag's media")
    after, limit, page = call.arg("after"), call.number("limit", 25, 1, 50), {}
    for since in posts.stretches("", call.now, call.now - (1 if recent else 7) * DAY_MS):
        reach = posts.reach(call.world.db, since, call.now)
        args = (since, f'"{row[0]}"', reach.low, reach.ahead, reach.past, f"%#{row[0]}%")
        page = shape.media_page(call, where, args, fields, after, limit)
        if "next" in object_of(page.get("paging")):
            break
    return json_answer(page)


def recent_hashtags(call: Call) -> Answer:
    """The hashtags asked for in the last seven days."""
    own(call)
    rows = call.world.db.execute(
        "SELECT hashtag FROM hashtag_uses WHERE person = ? AND at > ? ORDER BY at DESC LIMIT 30",
        (call.me.id, call.now - 7 * DAY_MS),
    )
    return json_answer({"data": [{"id": str(_TAG_BASE + int(row[0]))} for row in rows]})
