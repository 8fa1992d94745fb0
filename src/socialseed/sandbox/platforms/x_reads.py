"""X's read endpoints."""

import re
from collections.abc import Callable
from datetime import datetime

from socialseed.sandbox.call import ApiError, Call, Json
from socialseed.sandbox.clock import DAY_MS, to_ms
from socialseed.sandbox.http import Answer, json_answer
from socialseed.sandbox.platforms import x_shape
from socialseed.sandbox.platforms.x_errors import (
    forbidden,
    invalid,
    missing,
    not_authorized,
    suspended_user,
)
from socialseed.sandbox.platforms.x_search import Search
from socialseed.sandbox.world import people, posts, standing
from socialseed.sandbox.world.people import Person
from socialseed.sandbox.world.posts import Post

_TOKEN = re.compile(r"[0-9a-z]{1,12}\.[0-9a-z]{1,12}")


def me(call: Call) -> Answer:
    """The acting account."""
    return json_answer({"data": x_shape.user(call, call.me)})


def _lacks(call: Call, person: Person | None, field: str, value: str) -> Json | None:
    """Why a user is not shown; None for one who is."""
    if person is None:
        return missing("user", field, value)
    if standing.of(call.world.db, person.id) == "suspended":
        return suspended_user(field, value)
    return None


def _one_user(call: Call, person: Person | None, field: str, value: str) -> Answer:
    lack = _lacks(call, person, field, value)
    if person is None or lack is not None:
        return json_answer({"errors": [lack]})
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
        lack = _lacks(call, person, field, value)
        if person is None or lack is not None:
            errors.append(lack)
        else:
            found.append(x_shape.user(call, person))
    body: Json = {"data": found} if found else {}
    return json_answer(body | ({"errors": errors} if errors else {}))


def search_users(call: Call) -> Answer:
    """Users whose handle or name holds the query."""
    text = call.arg("query").strip()
    if not re.fullmatch(r"[A-Za-z0-9_' ]{1,50}", text):
        raise invalid("query", text, "The query is not 1 to 50 characters long.")
    call.target = text
    # The inner select reads its own index from the top and stops when it has enough.
    rows = call.world.db.execute(
        f"SELECT {people.COLUMNS} FROM people WHERE id IN (SELECT id FROM people INDEXED BY"
        " people_known WHERE platform = 'twitter' AND (handle LIKE ?1 OR name LIKE ?1 OR bio"
        " LIKE ?1) ORDER BY followers DESC, handle LIMIT ?2) ORDER BY followers DESC, handle",
        (f"%{text}%", count(call, 100, 1, 1000)),
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
        denied = x_shape.denied(call, found)
        if denied:
            body["errors"] = denied
    return json_answer(body)


def count(call: Call, default: int, low: int, high: int) -> int:
    """`max_results`, which X refuses outside its bounds."""
    text = call.arg("max_results")
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        message = (
            f"The `max_results` query parameter value [{text}] is not between {low} and {high}"
        )
        raise invalid("max_results", text, message)
    return int(text)


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
    return _tweets(call, *_posts(call, where, args, limit))


def _newest(
    call: Call, oldest: int, limit: int, asked: Callable[[int], tuple[str, list[object]]]
) -> Answer:
    """The newest page of what `asked` makes a condition of, given the instant to look back to."""
    for since in posts.stretches(_token(call), call.now, oldest):
        found, following = _posts(call, *asked(since), limit)
        if following:
            break
    return _tweets(call, found, following)


def _token(call: Call) -> str:
    """The mark at which the asked page begins; '' for the first page."""
    token = call.arg("pagination_token") or call.arg("next_token")
    if token and not _TOKEN.fullmatch(token):
        message = f"The `pagination_token` query parameter value [{token}] is not valid"
        raise invalid("pagination_token", token, message)
    return token


def _posts(call: Call, where: str, args: list[object], limit: int) -> tuple[list[Post], str]:
    """One page of what is asked for, and the mark of the next one."""
    window, more = _window(call)
    return posts.page(call.world.db, f"{window} AND {where}", (*more, *args), _token(call), limit)


def _person(call: Call) -> Person:
    uid = call.params["id"]
    person = people.by_uid(call.world.db, "twitter", uid)
    lack = _lacks(call, person, "id", uid)
    if person is None or lack is not None:
        raise ApiError(200, {"errors": [lack]})
    call.target = person.handle
    return person


def _open_person(call: Call) -> Person:
    """The user of the path, if the caller may see what they post."""
    person = _person(call)
    if standing.hides(call.world.db, _viewer(call), person.id) is not None:
        raise ApiError(200, {"errors": [not_authorized("user", "id", call.params["id"])]})
    return person


def _viewer(call: Call) -> int | None:
    return call.actor.id if call.actor is not None else None


def _own_path(call: Call) -> Person:
    if call.params["id"] != call.me.uid:
        raise forbidden("You are not permitted to perform this action.")
    return call.me


def _excluded(call: Call) -> str:
    excluded = call.arg("exclude").split(",")
    where = " AND s.parent IS NULL" if "replies" in excluded else ""
    return where + (" AND s.kind <> 'repost'" if "retweets" in excluded else "")


def user_tweets(call: Call) -> Answer:
    """A user's posts, newest first."""
    person = _open_person(call)
    where = f"s.platform = 'twitter' AND s.author = ?{_excluded(call)}"
    return _page(call, where, [person.id], count(call, 10, 5, 100))


def home(call: Call) -> Answer:
    """What the account and those it follows posted, newest first."""
    person = _own_path(call)
    where = (
        "s.created >= ? AND s.author IN (SELECT dst FROM follows WHERE src = ? UNION ALL SELECT ?)"
        f"{_excluded(call)}"
    )
    return _newest(
        call, 0, count(call, 100, 1, 100), lambda since: (where, [since, person.id, person.id])
    )


_NOT_HIDDEN = "s.author NOT IN (SELECT person FROM hidden_people)"


def mentions(call: Call) -> Answer:
    """Posts that name the user."""
    person = _person(call)
    where = f"s.id IN (SELECT post FROM mentions WHERE person = ?) AND {_NOT_HIDDEN}"
    return _page(call, where, [person.id], count(call, 10, 5, 100))


def quotes(call: Call) -> Answer:
    """Posts that quote the post."""
    post = _seen_post(call, call.params["id"], "id")
    where = f"s.quoted = ? AND s.kind = 'post' AND {_NOT_HIDDEN}"
    return _page(call, where, [post.id], count(call, 10, 10, 100))


def reposts_of_me(call: Call) -> Answer:
    """Own posts that somebody reposted."""
    where = "s.author = ? AND s.shares > 0 AND s.kind <> 'repost'"
    return _page(call, where, [call.me.id], count(call, 10, 1, 100))


def _lacks_post(call: Call, post: Post | None, pid: str, field: str) -> Json | None:
    if post is None:
        return missing("tweet", field, pid)
    why = standing.hides(call.world.db, _viewer(call), post.author)
    if why == "suspended":
        return missing("tweet", field, pid)
    return not_authorized("tweet", field, pid) if why is not None else None


def _seen_post(call: Call, pid: str, field: str) -> Post:
    """The post, if it is there and the caller may see it; else the answer with only `errors`."""
    call.target = pid
    post = posts.by_pid(call.world.db, "twitter", pid, call.now)
    lack = _lacks_post(call, post, pid, field)
    if post is None or lack is not None:
        raise ApiError(200, {"errors": [lack]})
    return post


def tweet(call: Call) -> Answer:
    """One post; 200 with only `errors` if there is none."""
    post = _seen_post(call, call.params["id"], "id")
    body: Json = {"data": x_shape.tweet(call, post)}
    extra, denied = x_shape.includes(call, [post]), x_shape.denied(call, [post])
    body |= {"includes": extra} if extra else {}
    return json_answer(body | ({"errors": denied} if denied else {}))


def tweets(call: Call) -> Answer:
    """Up to 100 posts by id."""
    ids = [i.strip() for i in call.arg("ids").split(",") if i.strip()]
    if not 1 <= len(ids) <= 100:
        raise invalid("ids", call.arg("ids"), "The number of values in ids is not 1 to 100.")
    known: list[Post] = []
    errors: list[Json] = []
    for pid in ids:
        post = posts.by_pid(call.world.db, "twitter", pid, call.now)
        lack = _lacks_post(call, post, pid, "ids")
        if post is None or lack is not None:
            errors.append(lack or {})
        else:
            known.append(post)
    errors += x_shape.denied(call, known)
    body: Json = {"data": [x_shape.tweet(call, p) for p in known]} if known else {}
    extra = x_shape.includes(call, known)
    body |= {"includes": extra} if extra else {}
    return json_answer(body | ({"errors": errors} if errors else {}))


def asked_search(call: Call, since: int) -> tuple[str, list[object]]:
    """The query as a condition on posts made after `since` (ms)."""
    query = call.arg("query").strip()
    most = 512 if call.tier == "self_serve" else 4096
    if not 1 <= len(query) <= most:
        raise invalid("query", query, f"The query is not 1 to {most} characters long.")
    call.target = query
    found = Search(call.world.db, query, posts.reach(call.world.db, since, call.now))
    if found.problem:
        message = f"There were errors processing your request: {found.problem}"
        raise invalid("query", query, message)
    # The plus signs keep the planner from walking all of X instead of the words' own index.
    where = f"+s.platform = 'twitter' AND +s.created >= {since} AND {_NOT_HIDDEN} AND {found.where}"
    return where, found.args


def search(call: Call) -> Answer:
    """Posts of the last seven days, or of all time, that match the query."""
    everything = call.path.rstrip("/").endswith("/all")
    limit = count(call, 10, 10, 500 if everything else 100)
    oldest = 0 if everything else call.now - 7 * DAY_MS
    return _newest(call, oldest, limit, lambda since: asked_search(call, since))


def liked_tweets(call: Call) -> Answer:
    """Posts the user liked."""
    person = _person(call)
    where = "s.id IN (SELECT post FROM marks WHERE person = ? AND kind = 'like')"
    return _page(call, where, [person.id], count(call, 100, 5, 100))


def liking_users(call: Call) -> Answer:
    """Up to 100 users who liked, or reposted, the post."""
    kind = "like" if call.path.rstrip("/").endswith("liking_users") else "repost"
    post = _seen_post(call, call.params["id"], "id")
    rows = call.world.db.execute(
        f"SELECT {people.P_COLUMNS} FROM marks m JOIN people p ON p.id = m.person"
        " WHERE m.post = ? AND m.kind = ? ORDER BY m.at DESC LIMIT 100",
        (post.id, kind),
    )
    return json_answer(_listed([x_shape.user(call, people.of_row(row)) for row in rows]))


def _related(call: Call, mine: str, theirs: str) -> Answer:
    person = _person(call)
    limit = count(call, 100, 1, 1000)
    token = call.arg("pagination_token")
    if token and not re.fullmatch("[0-9a-z]{1,7}", token):
        message = f"The `pagination_token` query parameter value [{token}] is not valid"
        raise invalid("pagination_token", token, message)
    start = int(token, 36) if token else 0
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
