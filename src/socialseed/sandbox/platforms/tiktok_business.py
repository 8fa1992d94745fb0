"""TikTok's business API: profile, insights, publishing, mentions and hashtag suggestions."""

import json

from socialseed.sandbox.call import ApiError, Call, Json, list_of, object_of, text_of
from socialseed.sandbox.clock import DAY_MS, from_ms, instant
from socialseed.sandbox.http import Answer
from socialseed.sandbox.platforms.tiktok_errors import business_error, business_ok
from socialseed.sandbox.platforms.tiktok_post import check_urls, progress, start_pull, task_of
from socialseed.sandbox.platforms.tiktok_post import units as post_units
from socialseed.sandbox.platforms.x_shape import origin
from socialseed.sandbox.world import measures, people, posts, words
from socialseed.sandbox.world.posts import Post


def _fields(call: Call, default: tuple[str, ...]) -> list[str]:
    text = call.arg("fields")
    if not text:
        return list(default)
    try:
        found = json.loads(text)
    except ValueError:
        found = text.split(",")
    if not isinstance(found, list):
        raise business_error(call, 40002, "fields must be a list.")
    return [str(name).strip() for name in found]


_PROFILE = {
    "username": "user.info.username", "display_name": "user.info.basic",
    "profile_image": "user.info.basic", "bio_description": "user.info.basic",
    "is_business_account": "user.info.basic", "followers_count": "user.info.stats",
    "following_count": "user.info.stats", "videos_count": "user.info.stats",
    "total_likes": "user.info.stats",
}  # fmt: skip
_DAILY = ("video_views", "profile_views", "likes", "comments", "shares", "followers_count",
          "unique_video_views", "engaged_audience")  # fmt: skip
_MOST_DAYS = 60


def _granted(call: Call, scope: str) -> bool:
    return call.token is not None and scope in call.token.scopes


def get(call: Call) -> Answer:
    """Profile fields, and the daily figures of the asked days; today is not told yet."""
    person = call.me
    whole: Json = {
        "username": person.handle,
        "display_name": person.name,
        "profile_image": f"{origin(call)}/_media/avatar/tiktok/{person.handle}.svg",
        "bio_description": person.bio,
        "is_business_account": True,
        "followers_count": person.followers,
        "following_count": person.following,
        "videos_count": person.posts,
        "total_likes": measures.of_account(call.world.db, person.id, 0, call.now).likes,
    }
    names = _fields(call, ("display_name", "profile_image"))
    for name in names:
        if name not in whole and name not in (*_DAILY, "metrics"):
            raise business_error(call, 40002, f"fields: {name} is not one of the known.")
        _check_field(call, name)
    shown: Json = {name: whole[name] for name in names if name in whole}
    wants = [name for name in names if name in _DAILY]
    if "metrics" in names or any(name not in whole for name in wants) or call.arg("start_date"):
        if not _granted(call, "user.insights"):
            raise business_error(call, 40001, "The token lacks user.insights.")
        shown["metrics"] = _daily(call, wants or list(_DAILY))
    return business_ok(call, shown)


def _check_field(call: Call, name: str) -> None:
    scope = _PROFILE.get(name, "user.insights")
    daily = name in _DAILY and _granted(call, "user.insights")
    if not daily and not _granted(call, scope):
        raise business_error(call, 40001, f"The token lacks {scope}.")


def _days(call: Call) -> range:
    """The asked days, as numbers since 1970; the last seven where none are named."""
    yesterday = call.now // DAY_MS - 1
    try:
        first = _day(call.arg("start_date"), yesterday - 6)
        last = _day(call.arg("end_date"), yesterday)
    except ValueError:
        raise business_error(call, 40002, "start_date and end_date are YYYY-MM-DD.") from None
    if not 0 <= last - first < _MOST_DAYS:
        raise business_error(call, 40002, f"The range is 1 to {_MOST_DAYS} days.")
    return range(first, min(last, yesterday) + 1)


def _day(text: str, default: int) -> int:
    return instant(text) // DAY_MS if text else default


def _daily(call: Call, names: list[str]) -> list[Json]:
    found: list[Json] = []
    db, me = call.world.db, call.me
    for day in _days(call):
        low, high = day * DAY_MS, (day + 1) * DAY_MS
        seen = measures.of_account(db, me.id, low, high)
        whole: Json = {
            "video_views": seen.views,
            "unique_video_views": int(seen.views * 0.8),
            "profile_views": seen.views // 40,
            "likes": seen.likes,
            "comments": seen.comments,
            "shares": seen.shares,
            "engaged_audience": seen.engaged,
            "followers_count": max(0, me.followers - measures.gained(db, me.id, high, call.now)),
        }
        date = from_ms(low).date().isoformat()
        found.append({"date": date} | {name: whole[name] for name in names})
    return found


_DEEP = ("reach", "average_time_watched", "full_video_watched_rate", "favorites")


def video_list(call: Call) -> Answer:
    """Own posts with insights."""
    names = _fields(call, ("item_id", "caption", "likes", "comments", "shares", "video_views"))
    if not _granted(call, "video.insights") and set(names) & set(_DEEP):
        raise business_error(call, 40001, "The token lacks video.insights.")
    limit = call.number("max_count", 20, 1, 20)
    before = call.number("cursor", call.now + 1, 0, call.now + 1) or call.now + 1
    found, following = posts.page(
        call.world.db, "s.author = ? AND s.kind = 'post' AND s.created < ?",
        (call.me.id, before), "", limit,
    )  # fmt: skip
    data: Json = {
        "videos": [_insights(call, post, names) for post in found],
        "cursor": found[-1].created if found else before,
        "has_more": bool(following),
    }
    return business_ok(call, data)


def _insights(call: Call, post: Post, names: list[str]) -> Json:
    seen = max(post.views, post.likes)
    whole: Json = {
        "item_id": post.pid,
        "caption": post.text,
        "create_time": str(post.created // 1000),
        "share_url": f"https://www.tiktok.com/@{call.me.handle}/video/{post.pid}",
        "thumbnail_url": f"{origin(call)}/_media/post/tiktok/{post.pid}.svg",
        "likes": post.likes,
        "comments": post.comments,
        "shares": post.shares,
        "favorites": post.likes // 10,
        "video_views": seen,
        "reach": int(seen * 0.8),
        "average_time_watched": 6.5,
        "full_video_watched_rate": 0.31,
    }
    return {name: whole[name] for name in names if name in whole}


def mentioned_videos(call: Call) -> Answer:
    """Posts of others that name the account, newest first."""
    limit = call.number("max_count", 20, 1, 100)
    before = call.number("cursor", call.now + 1, 0, call.now + 1) or call.now + 1
    found, following = posts.page(
        call.world.db, "s.id IN (SELECT post FROM mentions WHERE person = ?) AND s.kind = 'post'"
        " AND s.created < ?", (call.me.id, before), "", limit,
    )  # fmt: skip
    data: Json = {
        "videos": [_mentioning(call, post) for post in found],
        "cursor": found[-1].created if found else before,
        "has_more": bool(following),
    }
    return business_ok(call, data)


def _mentioning(call: Call, post: Post) -> Json:
    author = people.by_id(call.world.db, post.author)
    return {
        "item_id": post.pid,
        "video_link": f"https://www.tiktok.com/@{author.handle}/video/{post.pid}",
        "caption": post.text,
        "create_time": str(post.created // 1000),
        "handle_name": author.handle,
        "display_name": author.name,
        "video_likes": post.likes,
        "video_comments": post.comments,
        "video_shares": post.shares,
        "video_views": max(post.views, post.likes),
        "thumbnail_url": f"{origin(call)}/_media/post/tiktok/{post.pid}.svg",
    }


def settings(call: Call) -> Answer:
    """What may be chosen for a post."""
    data: Json = {
        "privacy_level_options": ["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"],
        "comment_disabled": False,
        "duet_disabled": False,
        "stitch_disabled": False,
        "max_video_post_duration_sec": 600,
    }
    return business_ok(call, data)


def publish(call: Call) -> Answer:
    """Publishes a video or photos that TikTok fetches itself."""
    info = object_of(call.body.get("post_info"))
    photo = "/photo/" in call.path
    text = text_of(info.get("caption")) or text_of(info.get("title"))
    call.text = text
    urls = [text_of(call.body.get("video_url"))]
    if photo:
        urls = [text_of(one) for one in list_of(call.body.get("photo_images"))]
    if not 1 <= len(urls) <= 35 or not all(urls) or post_units(text) > 2200:
        raise business_error(call, 40002, "The media addresses or the caption are not valid.")
    try:
        check_urls(call, urls)
    except ApiError:
        raise business_error(call, 40002, "The address is not on a verified domain.") from None
    media = "video" if not photo else "carousel" if len(urls) > 1 else "image"
    privacy = text_of(info.get("privacy_level")) or "PUBLIC_TO_EVERYONE"
    spec: Json = {"text": text, "urls": urls, "pull": True, "privacy": privacy, "media": media}
    draft = call.body.get("is_draft") is True
    task = start_pull(call, "photo" if photo else "video", spec, draft=draft)
    share = f"{'p' if photo else 'v'}_pub_url~v2.{task}"
    call.target = share
    call.acted(True)
    return business_ok(call, {"share_id": share})


def publish_status(call: Call) -> Answer:
    """Where a post stands."""
    publish_id = call.arg("publish_id")
    call.target = publish_id
    row = task_of(call, publish_id)
    if row is None or row["person"] != call.me.id:
        raise business_error(call, 40007, "The publish_id does not exist.")
    told = progress(call, row)
    data: Json = {"status": told["status"], "reason": told.get("fail_reason", "")}
    ids = list_of(told.get("publicaly_available_post_id"))
    return business_ok(call, data | {"post_ids": [str(one) for one in ids]})


def hashtags(call: Call) -> Answer:
    """Up to ten hashtags near a keyword; an unknown one comes back as itself."""
    keyword = call.arg("keyword").lower().replace(" ", "").lstrip("#")
    call.target = keyword
    if not keyword:
        raise business_error(call, 40002, "keyword is required.")
    near = [tag for tag in words.TAGS if keyword in tag or tag in keyword]
    near.sort(key=lambda tag: (tag != keyword, -_views(tag)))
    found: list[Json] = [{"name": tag, "view_count": _views(tag)} for tag in near[:10]]
    if keyword not in near:
        found.insert(0, {"name": keyword, "view_count": 0})
    return business_ok(call, {"suggestions": found[:10]})


def _views(tag: str) -> int:
    return 1_000_000 + sum(map(ord, tag)) * 91_733
