"""X's figures: analytics of own posts over time, and how many posts match a query."""

from datetime import datetime

from socialseed.sandbox.call import Call, Json
from socialseed.sandbox.clock import DAY_MS, iso, to_ms
from socialseed.sandbox.http import Answer, json_answer
from socialseed.sandbox.platforms.x_errors import invalid, not_authorized
from socialseed.sandbox.platforms.x_reads import asked_search
from socialseed.sandbox.world import measures, posts
from socialseed.sandbox.world.posts import Post

_STEPS = {"minute": 60_000, "hour": 3_600_000, "hourly": 3_600_000, "day": DAY_MS, "daily": DAY_MS,
          "weekly": 7 * DAY_MS}  # fmt: skip
_MOST_STEPS = 750  # a month of hours


def _instant(call: Call, name: str, default: int) -> int:
    text = call.arg(name)
    if not text:
        return default
    try:
        return to_ms(datetime.fromisoformat(text.replace("Z", "+00:00")))
    except ValueError:
        raise invalid(name, text, f"The `{name}` is not a valid time.") from None


def _spans(call: Call, since: int, until: int, step: int) -> list[tuple[int, int]]:
    if until <= since:
        raise invalid("end_time", call.arg("end_time"), "end_time must be after start_time")
    if (until - since) // step > _MOST_STEPS:
        raise invalid("granularity", call.arg("granularity"), "The time range is too long for it")
    return [(at, min(at + step, until)) for at in range(since, until, step)]


def analytics(call: Call) -> Answer:
    """What became of own posts: one entry per stretch of time, from what people did."""
    ids = [i.strip() for i in call.arg("ids").split(",") if i.strip()]
    if not 1 <= len(ids) <= 100:
        raise invalid("ids", call.arg("ids"), "The number of values in ids is not 1 to 100.")
    word = call.arg("granularity", "total")
    if word not in ("hourly", "daily", "weekly", "total"):
        raise invalid("granularity", word, "granularity is hourly, daily, weekly or total")
    since = _instant(call, "start_time", call.now - 7 * DAY_MS)
    until = min(_instant(call, "end_time", call.now), call.now)
    spans = _spans(call, since, until, _STEPS.get(word, max(1, until - since)))
    found: list[Json] = []
    errors: list[Json] = []
    for pid in ids:
        post = posts.by_pid(call.world.db, "twitter", pid, call.now)
        if post is None or call.actor is None or post.author != call.me.id:
            errors.append(not_authorized("tweet", "ids", pid))
        else:
            found.append({"id": pid, "timestamped_metrics": _series(call, post, spans)})
    body: Json = {"data": found} if found else {}
    return json_answer(body | ({"errors": errors} if errors else {}))


def _series(call: Call, post: Post, spans: list[tuple[int, int]]) -> list[Json]:
    wanted = {name for name in call.arg("analytics.fields").split(",") if name}
    shown: list[Json] = []
    for low, high in spans:
        if high <= post.created:
            continue
        seen = measures.of_post(call.world.db, post.id, low, high)
        whole: Json = {
            "impressions": seen.views,
            "engagements": seen.engaged,
            "likes": seen.likes,
            "replies": seen.comments,
            "retweets": seen.shares,
            "quote_tweets": seen.quotes,
            "bookmarks": seen.likes // 12,
            "url_clicks": seen.views // 90,
            "user_profile_clicks": seen.views // 60,
            "detail_expands": seen.views // 25,
            "follows": seen.follows,
            "media_views": seen.views if post.media == "video" else 0,
            "shares": seen.shares,
        }
        metrics = {name: value for name, value in whole.items() if not wanted or name in wanted}
        shown.append({"timestamp": iso(low), "metrics": metrics})
    return shown


def counts(call: Call) -> Answer:
    """How many posts of the last seven days, or of all time, match the query."""
    everything = call.path.rstrip("/").endswith("/all")
    oldest = call.now - (30 if everything else 7) * DAY_MS
    word = call.arg("granularity", "hour")
    if word not in ("minute", "hour", "day"):
        raise invalid("granularity", word, "granularity is minute, hour or day")
    since = max(_instant(call, "start_time", oldest), oldest)
    until = min(_instant(call, "end_time", call.now), call.now)
    where, args = asked_search(call, since)
    rows = call.world.db.execute(
        f"SELECT s.created FROM posts s WHERE s.deleted = 0 AND s.created < ? AND {where}",
        (until, *args),
    )
    made = sorted(int(row[0]) for row in rows)
    step = _STEPS[word]
    first = since // step * step
    data: list[Json] = []
    for low in range(max(first, until - 10_080 * step), until, step):
        high = min(low + step, until)
        data.append({"start": iso(max(low, since)), "end": iso(high),
                     "tweet_count": sum(1 for at in made if low <= at < high)})  # fmt: skip
    return json_answer({"data": data, "meta": {"total_tweet_count": len(made)}})
