"""TikTok's open API: the own profile and the own public videos."""

from socialseed.sandbox.call import Call, Json, list_of, object_of, row_id, text_of
from socialseed.sandbox.draw import number
from socialseed.sandbox.http import Answer
from socialseed.sandbox.platforms.tiktok_errors import open_error, open_ok
from socialseed.sandbox.platforms.x_shape import origin
from socialseed.sandbox.world import posts
from socialseed.sandbox.world.posts import Post

_PROFILE_SCOPE = {
    "username": "user.info.profile", "bio_description": "user.info.profile",
    "profile_deep_link": "user.info.profile", "profile_web_link": "user.info.profile",
    "is_verified": "user.info.profile", "follower_count": "user.info.stats",
    "following_count": "user.info.stats", "likes_count": "user.info.stats",
    "video_count": "user.info.stats",
}  # fmt: skip


def _asked(call: Call) -> list[str]:
    return [name.strip() for name in call.arg("fields").split(",") if name.strip()]


def user_info(call: Call) -> Answer:
    """The own profile; every field needs its scope."""
    person, fields = call.me, _asked(call)
    likes = call.world.db.execute(
        "SELECT coalesce(sum(likes), 0) FROM posts WHERE author = ? AND kind = 'post'", (person.id,)
    ).fetchone()
    picture = f"{origin(call)}/_media/avatar/tiktok/{person.handle}.svg"
    whole: Json = {
        "open_id": person.uid,
        "union_id": f"u-{person.uid}",
        "avatar_url": picture,
        "avatar_url_100": picture,
        "avatar_large_url": picture,
        "display_name": person.name,
        "username": person.handle,
        "bio_description": person.bio,
        "profile_deep_link": f"https://www.tiktok.com/@{person.handle}",
        "profile_web_link": f"https://www.tiktok.com/@{person.handle}",
        "is_verified": False,
        "follower_count": person.followers,
        "following_count": person.following,
        "likes_count": int(likes[0]),
        "video_count": person.posts,
    }
    if not fields or any(name not in whole for name in fields):
        raise open_error(call, 400, "invalid_params", "fields is missing or has unknown names.")
    granted = call.token.scopes if call.token is not None else frozenset()
    for name in fields:
        if _PROFILE_SCOPE.get(name, "user.info.basic") not in granted:
            message = "The user did not authorize the scope required for completing this request."
            raise open_error(call, 401, "scope_not_authorized", message)
    return open_ok(call, {"user": {name: whole[name] for name in fields}})


def video(call: Call, post: Post, fields: list[str]) -> Json:
    """A video's asked fields."""
    share = f"https://www.tiktok.com/@{call.me.handle}/video/{post.pid}"
    whole: Json = {
        "id": post.pid,
        "title": post.text,
        "video_description": post.text,
        "create_time": post.created // 1000,
        "duration": 8 + number("duration", post.pid) % 50,
        "height": 1024,
        "width": 576,
        "cover_image_url": f"{origin(call)}/_media/post/tiktok/{post.pid}.svg",
        "share_url": share,
        "embed_link": share,
        "embed_html": "",
        "like_count": post.likes,
        "comment_count": post.comments,
        "share_count": post.shares,
        "view_count": max(post.views, post.likes),
    }
    return {name: whole[name] for name in fields if name in whole}


def video_list(call: Call) -> Answer:
    """Own public videos, newest first; the cursor is a time in milliseconds."""
    fields = _asked(call)
    if not fields:
        raise open_error(call, 400, "invalid_params", "fields is missing.")
    limit = row_id(call.arg("max_count", "10"))
    if not 1 <= limit <= 20:
        raise open_error(call, 400, "invalid_params", "max_count is 1 to 20.")
    before = call.number("cursor", call.now + 1, 0, call.now + 1) or call.now + 1
    found, following = posts.page(
        call.world.db, "s.author = ? AND s.kind = 'post' AND s.hidden = 0 AND s.created < ?",
        (call.me.id, before), "", limit,
    )  # fmt: skip
    data: Json = {
        "videos": [video(call, post, fields) for post in found],
        "cursor": found[-1].created if found else before,
        "has_more": bool(following),
    }
    return open_ok(call, data)


def video_query(call: Call) -> Answer:
    """Own videos by id, at most 20."""
    ids = [text_of(i) for i in list_of(object_of(call.body.get("filters")).get("video_ids"))]
    if not 1 <= len(ids) <= 20 or not _asked(call):
        raise open_error(call, 400, "invalid_params", "1 to 20 video_ids and fields are needed.")
    found = [posts.by_pid(call.world.db, "tiktok", i, call.now) for i in ids]
    own = [p for p in found if p is not None and p.author == call.me.id and not p.hidden]
    data: Json = {"videos": [video(call, post, _asked(call)) for post in own]}
    return open_ok(call, data)
