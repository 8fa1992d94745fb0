"""TikTok's open API: the own profile, own videos and posting with its checks and states."""

import json
import re
import sqlite3

from socialseed.sandbox.call import ApiError, Call, Json, list_of, object_of, row_id, text_of
from socialseed.sandbox.clock import DAY_MS
from socialseed.sandbox.draw import number
from socialseed.sandbox.http import Answer
from socialseed.sandbox.platforms.tiktok_errors import open_error, open_ok
from socialseed.sandbox.platforms.x_shape import origin
from socialseed.sandbox.world import people, posts
from socialseed.sandbox.world.posts import Draft, Post

UPLOADS = "open-upload.tiktokapis.com"
_PRIVACY = ("PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY")
_WORK_MS = {"video": 30_000, "photo": 8_000}
_POSTS_A_DAY = 15
_FIRST = 7_100_000_000_000_000


def _bad(call: Call, message: str) -> ApiError:
    return open_error(call, 400, "invalid_param", message)


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
    limit = call.number("max_count", 10, 1, 20)
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
    own = [post for post in found if post is not None and post.author == call.me.id]
    data: Json = {"videos": [video(call, post, _asked(call)) for post in own]}
    return open_ok(call, data)


def creator_info(call: Call) -> Answer:
    """What the creator may choose before posting."""
    data: Json = {
        "creator_avatar_url": f"{origin(call)}/_media/avatar/tiktok/{call.me.handle}.svg",
        "creator_username": call.me.handle,
        "creator_nickname": call.me.name,
        "privacy_level_options": list(_PRIVACY),
        "comment_disabled": False,
        "duet_disabled": False,
        "stitch_disabled": False,
        "max_video_post_duration_sec": 600,
    }
    return open_ok(call, data)


def photo_verb(call: Call) -> str:
    """One photo is an image, several are a carousel."""
    photos = list_of(object_of(call.body.get("source_info")).get("photo_images"))
    return "publish_carousel" if len(photos) > 1 else "publish_image"


def _check_post(call: Call, info: Json) -> str:
    privacy = text_of(info.get("privacy_level"))
    if not privacy:
        raise _bad(call, "privacy_level is required.")
    if privacy not in _PRIVACY:
        message = "Please choose one of the options of creator_info."
        raise open_error(call, 403, "privacy_level_option_mismatch", message)
    made = call.world.db.execute(
        "SELECT count(*) FROM media WHERE person = ? AND kind IN ('video', 'photo')"
        " AND created > ?",
        (call.me.id, call.now - DAY_MS),
    ).fetchone()
    if made[0] >= _POSTS_A_DAY:
        message = "The daily post cap of the creator is reached."
        raise open_error(call, 403, "spam_risk_too_many_posts", message)
    return privacy


def photo_init(call: Call) -> Answer:
    """Posts photos that TikTok fetches itself."""
    info, source = object_of(call.body.get("post_info")), object_of(call.body.get("source_info"))
    title, text = text_of(info.get("title")), text_of(info.get("description"))
    call.text = text or title
    if call.body.get("media_type") != "PHOTO" or source.get("source") != "PULL_FROM_URL":
        raise _bad(call, "media_type PHOTO and source PULL_FROM_URL are needed.")
    photos = [text_of(one) for one in list_of(source.get("photo_images"))]
    if not 1 <= len(photos) <= 35 or len(title) > 90 or len(text) > 4000:
        raise _bad(call, "1 to 35 photos, a title up to 90 and a description up to 4000.")
    _check_urls(call, photos)
    draft = call.body.get("post_mode") == "MEDIA_UPLOAD"
    privacy = "" if draft else _check_post(call, info)
    media = "carousel" if len(photos) > 1 else "image"
    spec: Json = {"text": text or title, "urls": photos, "privacy": privacy, "media": media}
    task = _task(call, "photo", "inbox" if draft else "work", spec)
    if not draft:
        _go_live(call, task, spec, "photo")
    return _started(call, f"p_pub_url~v2.{task}", {})


def _check_urls(call: Call, urls: list[str]) -> None:
    for url in urls:
        if not url.startswith(("https://", "http://127.0.0.1")):
            message = "The address must be https on a verified domain."
            raise open_error(call, 403, "url_ownership_unverified", message)


def video_init(call: Call) -> Answer:
    """Begins a video post, by upload or by pulling it."""
    info, source = object_of(call.body.get("post_info")), object_of(call.body.get("source_info"))
    text = text_of(info.get("title"))
    call.text = text
    if len(text.encode("utf-16-le", "surrogatepass")) // 2 > 2200:
        raise _bad(call, "title is longer than 2200.")
    inbox = "/inbox/" in call.path
    spec: Json = {"text": text, "privacy": "" if inbox else _check_post(call, info),
                  "media": "video", "urls": []}  # fmt: skip
    if source.get("source") == "PULL_FROM_URL":
        _check_urls(call, [text_of(source.get("video_url"))])
        task = _task(call, "video", "inbox" if inbox else "work", spec)
        if not inbox:
            _go_live(call, task, spec, "video")
        return _started(call, f"v_pub_url~v2.{task}", {})
    spec |= _chunks(call, source) | {"sent": 0, "inbox": inbox}
    task = _task(call, "video", "upload", spec)
    address = f"{origin(call)}/{UPLOADS}/video/?upload_id={task}&upload_token={_proof(task)}"
    return _started(call, f"v_pub_file~v2-1.{task}", {"upload_url": address})


def _chunks(call: Call, source: Json) -> Json:
    size, chunk, count = (
        row_id(text_of(source.get(name)))
        for name in ("video_size", "chunk_size", "total_chunk_count")
    )
    if source.get("source") != "FILE_UPLOAD" or size <= 0 or chunk <= 0:
        raise _bad(call, "source_info is not complete.")
    if count != max(1, size // chunk) or count > 1000:
        raise _bad(call, "total_chunk_count does not fit video_size and chunk_size.")
    return {"size": size}


def _proof(task: int) -> str:
    return f"{number('upload', task):x}"


def _task(call: Call, kind: str, state: str, spec: Json) -> int:
    row = call.world.db.execute(
        "SELECT max(id) FROM media WHERE id >= ? AND id < ?", (_FIRST, _FIRST + 10**13)
    ).fetchone()
    task = int(row[0] or _FIRST) + 1
    call.world.db.execute(
        "INSERT INTO media (id, person, kind, state, created, spec) VALUES (?, ?, ?, ?, ?, ?)",
        (task, call.me.id, kind, state, call.now, json.dumps(spec)),
    )
    return task


def _go_live(call: Call, task: int, spec: Json, kind: str) -> None:
    """The post appears when the work on it is done."""
    urls = "\n".join(text_of(one) for one in list_of(spec["urls"]))
    draft = Draft(
        "tiktok", call.me.id, text_of(spec["text"]), media=text_of(spec["media"]), urls=urls
    )
    at = call.now + _WORK_MS[kind]
    post = posts.create(call.world.db, draft, at)
    if spec["privacy"] == "SELF_ONLY":
        call.world.db.execute("UPDATE posts SET hidden = 1 WHERE id = ?", (post.id,))
    else:
        call.world.reactor.published(call.me, post, at)
    call.world.db.execute(
        "UPDATE media SET state = ?, post = ? WHERE id = ?", (f"live:{at}", post.id, task)
    )


def _started(call: Call, publish_id: str, more: Json) -> Answer:
    call.target = publish_id
    call.acted(True)
    return open_ok(call, {"publish_id": publish_id, **more})


def _row(call: Call, task: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = call.world.db.execute(
        "SELECT * FROM media WHERE id = ?", (row_id(task),)
    ).fetchone()
    return row


def upload(call: Call) -> Answer:
    """One part of a video: 206 while more is missing, 201 at the end. No token, no JSON."""
    task = call.request.query.get("upload_id", "")
    row = _row(call, task)
    call.target = task
    if row is None or call.request.query.get("upload_token") != _proof(int(task)):
        return _plain(call, 404)
    call.actor = None
    if call.now - row["created"] > 3_600_000:
        return _plain(call, 403)
    spec = json.loads(row["spec"])
    found = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", call.request.headers.get("content-range", ""))
    if found is None or int(found[3]) != spec["size"]:
        return _plain(call, 400)
    first, last = int(found[1]), int(found[2])
    if first != spec["sent"] or last - first + 1 != len(call.request.body):
        answer = _plain(call, 416)
        answer.headers["content-range"] = f"bytes 0-{max(0, spec['sent'] - 1)}/{spec['size']}"
        return answer
    spec["sent"] = last + 1
    call.world.db.execute("UPDATE media SET spec = ? WHERE id = ?", (json.dumps(spec), row["id"]))
    call.acted(True)
    if spec["sent"] < spec["size"]:
        return Answer(206, b"", headers={"content-range": f"bytes 0-{last}/{spec['size']}"})
    _finish(call, row, spec)
    return Answer(201, b"")


def _plain(call: Call, status: int) -> Answer:
    call.outcome = "refused"
    return Answer(status, b"")


def _finish(call: Call, row: sqlite3.Row, spec: Json) -> None:
    call.actor = None
    if spec["inbox"]:
        call.world.db.execute("UPDATE media SET state = 'inbox' WHERE id = ?", (row["id"],))
        return
    call.actor = people.by_id(call.world.db, row["person"])
    _go_live(call, row["id"], spec, "video")


def status(call: Call) -> Answer:
    """Where a post stands; ids appear only for public ones."""
    publish_id = text_of(call.body.get("publish_id"))
    call.target = publish_id
    row = _row(call, publish_id.rpartition(".")[2])
    if row is None:
        raise open_error(call, 400, "invalid_publish_id", "The publish_id does not exist.")
    if row["person"] != call.me.id:
        code = "token_not_authorized_for_specified_publish_id"
        raise open_error(call, 400, code, "The publish_id belongs to somebody else.")
    return open_ok(call, _status(call, row))


def _status(call: Call, row: sqlite3.Row) -> Json:
    spec, state = json.loads(row["spec"]), str(row["state"])
    if state == "upload":
        return {"status": "PROCESSING_UPLOAD", "uploaded_bytes": spec["sent"]}
    if state == "inbox":
        return {"status": "SEND_TO_USER_INBOX"}
    if state == "cancelled":
        return {"status": "FAILED", "fail_reason": "publish_cancelled"}
    if call.now < int(state.partition(":")[2] or 0):
        return {"status": "PROCESSING_DOWNLOAD"}
    shown: Json = {"status": "PUBLISH_COMPLETE"}
    if spec["privacy"] == "PUBLIC_TO_EVERYONE":
        pid = call.world.db.execute("SELECT pid FROM posts WHERE id = ?", (row["post"],)).fetchone()
        shown["publicaly_available_post_id"] = [int(pid[0])]
    return shown


def cancel(call: Call) -> Answer:
    """Stops a post that is not out yet."""
    publish_id = text_of(call.body.get("publish_id"))
    call.target = publish_id
    row = _row(call, publish_id.rpartition(".")[2])
    if row is None or row["person"] != call.me.id:
        raise open_error(call, 400, "invalid_publish_id", "The publish_id does not exist.")
    state = str(row["state"])
    if state.startswith("live") and call.now >= int(state.partition(":")[2]):
        raise open_error(call, 400, "publish_not_cancellable", "The post is out already.")
    call.world.db.execute("UPDATE media SET state = 'cancelled' WHERE id = ?", (row["id"],))
    call.world.db.execute("UPDATE posts SET deleted = 1 WHERE id = ?", (row["post"],))
    call.acted(True)
    return open_ok(call, {})
