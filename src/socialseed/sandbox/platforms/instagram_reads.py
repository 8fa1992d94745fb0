"""Instagram's read endpoints on both hosts."""

from socialseed.sandbox.call import Call, Json, row_id
from socialseed.sandbox.clock import DAY_MS
from socialseed.sandbox.http import Answer, json_answer
from socialseed.sandbox.platforms import instagram_shape as shape
from socialseed.sandbox.platforms.instagram_errors import bad_parameter, graph_error, not_there
from socialseed.sandbox.platforms.x_search import first_post_since
from socialseed.sandbox.world import people, posts
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


def node(call: Call) -> Answer:
    """Whatever the id names: the account, a medium, a comment or a container."""
    named = call.params["id"]
    if named in (call.me.uid, shape.app_id(call.me)):
        return _account(call)
    row = call.world.db.execute(
        "SELECT id, state, kind FROM media WHERE id = ? AND person = ?",
        (row_id(named), call.me.id),
    ).fetchone()
    if row is not None:
        call.verb, call.target = "status", named
        return json_answer(_container(call, named, str(row["state"])))
    post = medium(call, named)
    call.verb, call.target = "post_lookup", named
    if post.kind == "comment":
        return json_answer(shape.comment(call, post, shape.asked(call, "id,text,timestamp")))
    if post.author != call.me.id:
        raise not_there(named)
    return json_answer(shape.media(call, post, shape.asked(call, "id")))


def node_verb(call: Call) -> str:
    """What a GET of one node is, as far as the path tells."""
    named = call.params["id"]
    discovers = "business_discovery" in call.arg("fields")
    mine = call.actor is not None and named in (call.me.uid, shape.app_id(call.me))
    return "user_lookup" if discovers else "me" if mine else "post_lookup"


def _container(call: Call, container: str, state: str) -> Json:
    ready = state.partition(":")
    code = ready[0]
    if code == "IN_PROGRESS" and call.now >= int(ready[2] or 0):
        code = "FINISHED"
    messages = {
        "FINISHED": "Finished: Media has been uploaded and it is ready to be published.",
        "IN_PROGRESS": "In Progress: Media is still being processed.",
        "PUBLISHED": "Published: Media has been successfully published.",
    }
    return {"id": container, "status_code": code, "status": messages.get(code, code)}


def _account(call: Call) -> Answer:
    fields = shape.asked(call, "id,username")
    found = [one for one in fields if one.name == "business_discovery"]
    rest = [one for one in fields if one.name != "business_discovery"]
    shown = shape.user(call, call.me, rest)
    if found:
        if call.host != FACEBOOK:
            raise bad_parameter("Tried accessing nonexisting field (business_discovery)")
        shown["business_discovery"] = _discover(call, found[0])
    return json_answer(shown)


def _discover(call: Call, one: shape.Field) -> Json:
    handle = one.args.get("username", "")
    call.target = handle
    person = people.by_handle(call.world.db, "instagram", handle)
    # Personal accounts are invisible to discovery; here everybody active counts as professional.
    if person is None or (person.kind == "person" and person.followers < 40):
        message = f"The user with username: {handle} cannot be found"
        raise graph_error(400, 110, message, 2207013)
    return shape.user(call, person, one.inner or [shape.Field("id")])


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


def publishing_limit(call: Call) -> Answer:
    """How much of the daily publishing quota is used."""
    person = own(call)
    used = published_today(call, person)
    config = {"quota_total": 50, "quota_duration": 86_400}
    return json_answer({"data": [{"quota_usage": used, "config": config}]})


def published_today(call: Call, person: Person) -> int:
    """Media published through the API in the last 24 hours."""
    row = call.world.db.execute(
        "SELECT count(*) FROM media WHERE person = ? AND state = 'PUBLISHED' AND created > ?",
        (person.id, call.now - DAY_MS),
    ).fetchone()
    return int(row[0])


def media_insights(call: Call) -> Answer:
    """Lifetime numbers of an own medium; an unknown metric fails the whole call."""
    call.target = call.params["id"]
    if call.params["id"] in ("me", call.me.uid, shape.app_id(call.me)):
        return _account_insights(call)
    post = medium(call, call.params["id"], mine=True)
    seen = max(post.views, post.likes)
    values = {
        "views": seen,
        "reach": int(seen * 0.8),
        "likes": post.likes,
        "comments": post.comments,
        "saved": post.likes // 15,
        "shares": post.shares,
        "total_interactions": post.likes + post.comments + post.shares + post.likes // 15,
        "follows": post.likes // 60,
        "profile_visits": seen // 50,
        "profile_activity": seen // 200,
        "reposts": 0,
    }
    found = [
        {"name": name, "period": "lifetime", "values": [{"value": values[name]}],
         "title": name.replace("_", " ").title(), "description": "",
         "id": f"{post.pid}/insights/{name}/lifetime"}
        for name in _metrics(call, values)
    ]  # fmt: skip
    return json_answer({"data": found})


def _metrics(call: Call, known: dict[str, int]) -> list[str]:
    names = [name.strip() for name in call.arg("metric").split(",") if name.strip()]
    if not names or any(name not in known for name in names):
        raise bad_parameter(f"metric must be one of {', '.join(known)}")
    return names


def _account_insights(call: Call) -> Answer:
    since = _seconds(call.arg("since"), call.now // 1000 - 86_400) * 1000
    until = _seconds(call.arg("until"), call.now // 1000) * 1000
    row = call.world.db.execute(
        "SELECT coalesce(sum(likes), 0), coalesce(sum(comments), 0), coalesce(sum(shares), 0),"
        " coalesce(sum(views), 0) FROM posts WHERE author = ? AND kind = 'post' AND created"
        " BETWEEN ? AND ? AND deleted = 0",
        (call.me.id, since, until),
    ).fetchone()
    likes, comments_, shares, views = (int(value) for value in row)
    gained = call.world.db.execute(
        "SELECT count(*) FROM follows WHERE dst = ? AND at BETWEEN ? AND ?",
        (call.me.id, since, until),
    ).fetchone()
    values = {
        "views": views, "reach": int(views * 0.8), "likes": likes, "comments": comments_,
        "shares": shares, "saves": likes // 15, "replies": 0, "reposts": 0,
        "accounts_engaged": likes + comments_, "total_interactions": likes + comments_ + shares,
        "follows_and_unfollows": int(gained[0]), "profile_links_taps": views // 300,
        "follower_count": int(gained[0]),
    }  # fmt: skip
    found = [
        {"name": name, "period": "day", "title": name.replace("_", " ").title(),
         "description": "", "total_value": {"value": values[name]},
         "id": f"{call.me.uid}/insights/{name}/day"}
        for name in _metrics(call, values)
    ]  # fmt: skip
    return json_answer({"data": found})


def _seconds(text: str, default: int) -> int:
    return row_id(text) if 0 <= row_id(text) < 10**12 else default


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
    since = call.now - (1 if recent else 7) * DAY_MS
    where = (
        "s.platform = 'instagram' AND s.kind = 'post' AND s.created > ? AND s.id IN (SELECT rowid"
        " FROM posts_fts WHERE posts_fts MATCH ? AND rowid >= ?) AND s.text LIKE ?"
    )
    first = first_post_since(call.world.db, since)
    args: list[object] = [since, f'"{row[0]}"', first, f"%#{row[0]}%"]
    if not recent:
        where += " AND s.likes >= 3"
    fields = [one for one in shape.asked(call, "id") if one.name not in ("username", "owner")]
    page = shape.media_page(
        call, where, tuple(args), fields, call.arg("after"), call.number("limit", 25, 1, 50)
    )
    return json_answer(page)


def recent_hashtags(call: Call) -> Answer:
    """The hashtags asked for in the last seven days."""
    own(call)
    rows = call.world.db.execute(
        "SELECT hashtag FROM hashtag_uses WHERE person = ? AND at > ? ORDER BY at DESC LIMIT 30",
        (call.me.id, call.now - 7 * DAY_MS),
    )
    return json_answer({"data": [{"id": str(_TAG_BASE + int(row[0]))} for row in rows]})
