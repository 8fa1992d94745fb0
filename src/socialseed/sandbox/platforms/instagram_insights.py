"""Instagram's insights, from what the world's people really did."""

from socialseed.sandbox.call import Call, Json, row_id
from socialseed.sandbox.clock import DAY_MS
from socialseed.sandbox.http import Answer, json_answer
from socialseed.sandbox.platforms import instagram_shape as shape
from socialseed.sandbox.platforms.instagram_errors import bad_parameter, graph_error
from socialseed.sandbox.platforms.instagram_reads import FACEBOOK, medium
from socialseed.sandbox.platforms.x_shape import origin
from socialseed.sandbox.world import measures
from socialseed.sandbox.world.posts import Post

_SHARED = ("views", "reach", "shares", "follows", "profile_visits", "reposts")
_FEED = (*_SHARED, "likes", "comments", "saved", "total_interactions", "profile_activity")
_REELS = (
    "views", "reach", "likes", "comments", "saved", "shares", "total_interactions", "reposts",
    "ig_reels_avg_watch_time", "ig_reels_video_view_total_time", "reels_skip_rate",
    "crossposted_views", "facebook_views",
)  # fmt: skip
_STORY = (*_SHARED, "replies", "navigation", "link_clicks")
_TOTALS = (
    "reach", "views", "accounts_engaged", "total_interactions", "likes", "comments", "saves",
    "shares", "replies", "reposts", "follows_and_unfollows", "profile_links_taps",
)  # fmt: skip
_SERIES = ("reach", "follower_count")
_PEOPLE = ("follower_demographics", "engaged_audience_demographics", "online_followers")
_BREAKDOWNS = ("age", "city", "country", "gender")
_MOST_MS = 30 * DAY_MS
_STORY_VIEWERS = 5  # below it, a story shows no figures


def insights(call: Call) -> Answer:
    """Figures of an own medium, or of the account."""
    call.target = call.params["id"]
    if call.params["id"] in ("me", call.me.uid, shape.app_id(call.me)):
        return _account(call)
    return _medium(call, medium(call, call.params["id"], mine=True))


def _asked(call: Call, known: tuple[str, ...]) -> list[str]:
    names = [name.strip() for name in call.arg("metric").split(",") if name.strip()]
    for place, name in enumerate(names):
        if name not in known:
            told = ", ".join(known)
            raise bad_parameter(f"metric[{place}] must be one of the following values: {told}")
    if not names:
        raise bad_parameter("metric is required")
    return names


def _medium(call: Call, post: Post) -> Answer:
    """Lifetime figures; one metric that its product lacks fails the whole call."""
    seen = max(post.views, post.likes)
    if post.kind == "story":
        if call.host != FACEBOOK:
            raise bad_parameter("metric")
        if seen < _STORY_VIEWERS:
            message = "(#10) Not enough viewers for the media to show insights"
            raise graph_error(400, 10, message)
    known = _STORY if post.kind == "story" else _REELS if post.media == "video" else _FEED
    values = _of_medium(post, seen)
    found = [
        {"name": name, "period": "lifetime", "values": [{"value": values[name]}],
         "title": _title(name), "description": "", "id": f"{post.pid}/insights/{name}/lifetime"}
        for name in _asked(call, known)
    ]  # fmt: skip
    return json_answer({"data": found})


def _of_medium(post: Post, seen: int) -> dict[str, int]:
    saved = post.likes // 15
    return {
        "views": seen, "reach": int(seen * 0.8), "likes": post.likes, "comments": post.comments,
        "saved": saved, "shares": post.shares, "reposts": 0, "replies": post.comments,
        "total_interactions": post.likes + post.comments + post.shares + saved,
        "follows": post.likes // 60, "profile_visits": seen // 50, "profile_activity": seen // 200,
        "navigation": seen // 3, "link_clicks": seen // 120, "ig_reels_avg_watch_time": 6500,
        "ig_reels_video_view_total_time": seen * 6500, "reels_skip_rate": 42,
        "crossposted_views": 0, "facebook_views": 0,
    }  # fmt: skip


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _account(call: Call) -> Answer:
    names = _asked(call, tuple(dict.fromkeys((*_TOTALS, *_SERIES, *_PEOPLE))))
    if any(name in _PEOPLE for name in names):
        return _audience(call, names)
    if call.arg("period") != "day":
        raise bad_parameter("period must be one of the following values: day")
    until = _instant(call.arg("until"), call.now)
    since = _instant(call.arg("since"), until - DAY_MS)
    if not 0 < until - since <= _MOST_MS:
        message = "(#100) There cannot be more than 30 days (2592000 s) between since and until"
        raise graph_error(400, 100, message)
    if call.arg("metric_type") == "total_value":
        found = _totals(call, names, since, until)
    else:
        found = _series(call, names, since, until)
    return json_answer({"data": found, "paging": _paging(call, since, until)})


def _instant(text: str, default: int) -> int:
    at = row_id(text)
    return at * 1000 if 0 <= at < 10**12 else default


def _values(call: Call, since: int, until: int) -> dict[str, int]:
    seen = measures.of_account(call.world.db, call.me.id, since, until)
    saves = seen.likes // 15
    return {
        "views": seen.views, "reach": int(seen.views * 0.8), "likes": seen.likes, "saves": saves,
        "comments": seen.comments, "shares": seen.shares, "replies": 0, "reposts": 0,
        "accounts_engaged": seen.likes + seen.comments,
        "total_interactions": seen.engaged + saves, "follows_and_unfollows": seen.follows,
        "profile_links_taps": seen.views // 300, "follower_count": seen.follows,
    }  # fmt: skip


def _totals(call: Call, names: list[str], since: int, until: int) -> list[Json]:
    """One number each; nothing at all where there is nothing to tell, as the real one does."""
    values = _values(call, since, until)
    if not any(values[name] for name in names):
        return []
    broken = call.arg("breakdown") == "media_product_type"
    found: list[Json] = []
    for name in names:
        told: Json = {"value": values[name]}
        if broken:
            part = {"dimension_values": ["POST"], "value": values[name]}
            told["breakdowns"] = [{"dimension_keys": ["media_product_type"], "results": [part]}]
        found.append(_entry(call, name, "day") | {"total_value": told})
    return found


def _entry(call: Call, name: str, period: str) -> Json:
    return {
        "name": name, "period": period, "title": _title(name), "description": "",
        "id": f"{call.me.uid}/insights/{name}/{period}",
    }  # fmt: skip


def _series(call: Call, names: list[str], since: int, until: int) -> list[Json]:
    """A number for each day, with the instant at which the day ended."""
    odd = [name for name in names if name not in _SERIES]
    if odd:
        message = f"metrics ({', '.join(odd)}) should be specified with metric_type=total_value"
        raise bad_parameter(f"The following {message}")
    if "follower_count" in names and call.me.followers < 100:
        names = [name for name in names if name != "follower_count"]
    days = [(at, min(at + DAY_MS, until)) for at in range(since, until, DAY_MS)]
    told = [(high, _values(call, low, high)) for low, high in days]
    return [
        _entry(call, name, "day")
        | {"values": [{"value": one[name], "end_time": shape.when(high)} for high, one in told]}
        for name in names
    ]


def _audience(call: Call, names: list[str]) -> Answer:
    """Who follows; empty for an account with fewer than 100 followers."""
    if call.arg("period") != "lifetime":
        raise bad_parameter("period must be one of the following values: lifetime")
    breakdown = call.arg("breakdown")
    if breakdown not in _BREAKDOWNS and names != ["online_followers"]:
        raise bad_parameter(f"breakdown must be one of {', '.join(_BREAKDOWNS)}")
    if call.me.followers < 100:
        return json_answer({"data": []})
    found: list[Json] = []
    for name in names:
        entry: Json
        if name == "online_followers":
            hours = {str(hour): call.me.followers * (6 + hour % 12) // 40 for hour in range(24)}
            entry = {"values": [{"value": hours, "end_time": shape.when(call.now)}]}
        else:
            results = [
                {"dimension_values": [value], "value": count}
                for value, count in _followers_by(call, breakdown)
            ]
            broken = [{"dimension_keys": [breakdown], "results": results}]
            entry = {"total_value": {"breakdowns": broken}}
        found.append(_entry(call, name, "lifetime") | entry)
    return json_answer({"data": found})


def _followers_by(call: Call, breakdown: str) -> list[tuple[str, int]]:
    """Followers with a face, counted by place; ages and genders by fixed shares."""
    shares = {"age": (("18-24", 3), ("25-34", 4), ("35-44", 2), ("45-54", 1)),
              "gender": (("F", 5), ("M", 4), ("U", 1))}  # fmt: skip
    if breakdown in shares:
        return [(name, call.me.followers * part // 10) for name, part in shares[breakdown]]
    column = "p.tz" if breakdown == "city" else "upper(p.lang)"
    rows = call.world.db.execute(
        f"SELECT {column}, count(*) FROM follows f JOIN people p ON p.id = f.src"
        " WHERE f.dst = ? GROUP BY 1 ORDER BY 2 DESC, 1",
        (call.me.id,),
    )
    return [(str(row[0]).rpartition("/")[2].replace("_", " "), int(row[1])) for row in rows]


def _paging(call: Call, since: int, until: int) -> Json:
    span = until - since
    asked = {k: v for k, v in call.request.query.items() if k not in ("since", "until")}
    rest = "".join(f"&{k}={v}" for k, v in asked.items() if k != "access_token")

    def link(low: int, high: int) -> str:
        path = f"{origin(call)}/{call.host}{call.path}"
        return f"{path}?since={low // 1000}&until={high // 1000}{rest}"

    return {"previous": link(since - span, since), "next": link(until, until + span)}
