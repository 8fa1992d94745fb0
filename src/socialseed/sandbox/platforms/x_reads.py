"""X's read endpoints."""

from datetime import datetime

from socialseed.sandbox.call import ApiError, Call, Json
from socialseed.sandbox.clock import DAY_MS, to_ms
from socialseed.sandbox.http import Answer, json_answer
from socialseed.sandbox.platforms import x_shape
from socialseed.sandbox.platforms.x_errors import invalid, missing
from socialseed.sandbox.platforms.x_search import Search, first_post_since
from socialseed.sandbox.world import people, posts
from socialseed.sandbox.world.people import Person
from socialseed.sandbox.world.posts import Post


def me(call: Call) -> Answer:
    """The acting account."""
    return json_answer({"data": x_shape.user(call, call.me)})


def _one_user(call: Call, person: Person | None, field: str, value: str) -> Answer:
    if person is None:
        return json_answer({"errors": [missing("user", field, value)]})
    call.target = person.handle
    return json_answer({"data": x_shape.user(call, person)})


def user_by_name(call: Call) -> Answer:
    """A user by handle; 200 with only `errors` if there is none."""
    name = call.params["username"]
    call.target = name
    return _one_user(call, people.by_handle(call.world.db, "twitter", name), "username", name)


def user_by_id(call: Call) -> Answer:
    """A user by id."""
    uid = call.params["id"]
    return _one_user(call, people.by_uid(call.world.db, "twitter", uid), "id", uid)


def users_by(call: Call) -> Answer:
    """Up to 100 users by handle, or by id; the missing ones are listed as errors."""
    by_name = call.path.endswith("/by")
    field = "usernames" if by_name else "ids"
    values = [v.strip() for v in call.arg(field).split(",") if v.strip()]
    if not 1 <= len(values) <= 100:
        raise invalid(field, call.arg(field), f"The number of values in {field} is not 1 to 100.")
    find = people.by_handle if by_name else people.by_uid
    found, errors = [], []
    for value in values:
        person = find(call.world.db, "twitter", value)
        if person is None:
            errors.append(missing("user", field, value))
        else:
            found.append(x_shape.user(call, person))
    body: Json = {"data": found} if found else {}
    return json_answer(body | ({"errors": errors} if errors else {}))


def search_users(call: Call) -> Answer:
    """Users whose handle or name holds the query."""
    text = call.arg("query").strip()
    if not 1 <= len(text) <= 50:
        raise invalid("query", text, "The query is not 1 to 50 characters long.")
    call.target = text
    rows = call.world.db.execute(
        f"SELECT {people.COLUMNS} FROM people WHERE platform = 'twitter'"
        " AND (handle LIKE ?1 OR name LIKE ?1 OR bio LIKE ?1) ORDER BY followers DESC LIMIT ?2",
        (f"%{text}%", call.number("max_results", 100, 1, 1000)),
    )
    found = [x_shape.user(call, people.of_row(row)) for row in rows]
    return json_answer(_listed(found))


def _listed(found: list[Json], next_token: str = "") -> Json:
    meta: Json = {"result_count": len(found)}
    if next_token:
        meta["next_token"] = next_token
    return {"data": found, "meta": meta} if found else {"meta": meta}


def _tweets(call: Call, found: list[Post], next_token: str) -> Answer:
    body = _listed([x_shape.tweet(call, p) for p in found], next_token)
    if found:
        meta = body["meta"]
        assert isinstance(meta, dict)
        meta |= {"newest_id": found[0].pid, "oldest_id": found[-1].pid}
        extra = x_shape.includes(call, found)
        if extra:
            body["includes"] = extra
    return json_answer(body)


def _window(call: Call) -> tuple[str, list[object]]:
    """The asked stretch of time as a condition; nothing from the future."""
    where = "s.created <= ?"
    args: list[object] = [call.now]
    for name, sign in (("start_time", ">="), ("end_time", "<")):
        text = call.arg(name)
        if text:
            try:
                at = to_ms(datetime.fromisoformat(text.replace("Z", "+00:00")))
            except ValueError:
                raise invalid(name, text, f"The `{name}` is not a valid time.") from None
            where += f" AND s.created {sign} ?"
            args.append(at)
    for name, sign in (("since_id", ">"), ("until_id", "<")):
        text = call.arg(name)
        if text:
            if not (text.isascii() and text.isdigit() and len(text) <= 19):
                raise invalid(name, text, f"The `{name}` query parameter value is not valid.")
            where += f" AND CAST(s.pid AS INTEGER) {sign} ?"
            args.append(min(int(text), 2**63 - 1))
    return where, args


def _page(call: Call, where: str, args: list[object], limit: int) -> Answer:
    window, more = _window(call)
    token = call.arg("pagination_token") or call.arg("next_token")
    found, following = posts.page(
        call.world.db, f"{window} AND {where}", (*more, *args), token, limit
    )
    return _tweets(call, found, following)


def _person(call: Call) -> Person:
    person = people.by_uid(call.world.db, "twitter", call.params["id"])
    if person is None:
        raise ApiError(200, {"errors": [missing("user", "id", call.params["id"])]})
    call.target = person.handle
    return person


def user_tweets(call: Call) -> Answer:
    """A user's posts, newest first."""
    person = _person(call)
    excluded = call.arg("exclude").split(",")
    where = "s.platform = 'twitter' AND s.author = ?"
    if "replies" in excluded:
        where += " AND s.parent IS NULL"
    if "retweets" in excluded:
        where += " AND s.kind <> 'repost'"
    return _page(call, where, [person.id], call.number("max_results", 10, 5, 100))


def mentions(call: Call) -> Answer:
    """Posts that name the user."""
    person = _person(call)
    where = "s.id IN (SELECT post FROM mentions WHERE person = ?)"
    return _page(call, where, [person.id], call.number("max_results", 10, 5, 100))


def tweet(call: Call) -> Answer:
    """One post; 200 with only `errors` if there is none."""
    call.target = call.params["id"]
    post = posts.by_pid(call.world.db, "twitter", call.params["id"], call.now)
    if post is None:
        return json_answer({"errors": [missing("tweet", "id", call.params["id"])]})
    body: Json = {"data": x_shape.tweet(call, post)}
    extra = x_shape.includes(call, [post])
    return json_answer(body | ({"includes": extra} if extra else {}))


def tweets(call: Call) -> Answer:
    """Up to 100 posts by id."""
    ids = [i.strip() for i in call.arg("ids").split(",") if i.strip()]
    if not 1 <= len(ids) <= 100:
        raise invalid("ids", call.arg("ids"), "The number of values in ids is not 1 to 100.")
    found = [posts.by_pid(call.world.db, "twitter", i, call.now) for i in ids]
    known = [post for post in found if post is not None]
    errors = [missing("tweet", "ids", i) for i, post in zip(ids, found, strict=True) if not post]
    body: Json = {"data": [x_shape.tweet(call, p) for p in known]} if known else {}
    extra = x_shape.includes(call, known)
    body |= {"includes": extra} if extra else {}
    return json_answer(body | ({"errors": errors} if errors else {}))


def search(call: Call) -> Answer:
    """Posts of the last seven days that match the query."""
    query = call.arg("query").strip()
    most = 512 if call.tier == "self_serve" else 4096
    if not 1 <= len(query) <= most:
        raise invalid("query", query, f"The query is not 1 to {most} characters long.")
    call.target = query
    since = call.now - 7 * DAY_MS
    found = Search(call.world.db, query, first_post_since(call.world.db, since))
    where = f"s.platform = 'twitter' AND s.created >= {since} AND {found.where}"
    return _page(call, where, found.args, call.number("max_results", 10, 10, 100))


def liked_tweets(call: Call) -> Answer:
    """Posts the user liked."""
    person = _person(call)
    where = "s.id IN (SELECT post FROM marks WHERE person = ? AND kind = 'like')"
    return _page(call, where, [person.id], call.number("max_results", 100, 5, 100))


def liking_users(call: Call) -> Answer:
    """Up to 100 users who liked, or reposted, the post."""
    kind = "like" if call.path.rstrip("/").endswith("liking_users") else "repost"
    post = posts.by_pid(call.world.db, "twitter", call.params["id"], call.now)
    call.target = call.params["id"]
    if post is None:
        return json_answer({"errors": [missing("tweet", "id", call.params["id"])]})
    rows = call.world.db.execute(
        f"SELECT {people.P_COLUMNS} FROM marks m JOIN people p ON p.id = m.person"
        " WHERE m.post = ? AND m.kind = ? ORDER BY m.at DESC LIMIT 100",
        (post.id, kind),
    )
    return json_answer(_listed([x_shape.user(call, people.of_row(row)) for row in rows]))


def _related(call: Call, mine: str, theirs: str) -> Answer:
    person = _person(call)
    limit = call.number("max_results", 100, 1, 1000)
    token = call.arg("pagination_token")
    start = int(token, 36) if token.isascii() and token.isalnum() and len(token) < 8 else 0
    rows = call.world.db.execute(
        f"SELECT {people.P_COLUMNS} FROM follows f JOIN people p ON p.id = f.{theirs}"
        f" WHERE f.{mine} = ? ORDER BY f.at DESC, p.id LIMIT ? OFFSET ?",
        (person.id, limit + 1, start),
    ).fetchall()
    found = [x_shape.user(call, people.of_row(row)) for row in rows[:limit]]
    return json_answer(_listed(found, _base36(start + limit) if len(rows) > limit else ""))


def _base36(value: int) -> str:
    text = ""
    while value:
        value, rest = divmod(value, 36)
        text = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + text
    return text or "0"


def following(call: Call) -> Answer:
    """Whom the user follows, newest first."""
    return _related(call, "src", "dst")


def followers(call: Call) -> Answer:
    """Who follows the user, newest first."""
    return _related(call, "dst", "src")
