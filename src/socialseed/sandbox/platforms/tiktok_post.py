"""TikTok's content posting: inits with their checks, pulled media, states and cancelling.

Media addresses are not fetched. What the last part of an address says stands for what TikTok would
find there: `missing`, `broken`, `huge`, `long`, `jerky`. A host that begins with `unverified` is
not the app's.
"""

import json
import sqlite3
from urllib.parse import urlsplit

from socialseed.sandbox.call import ApiError, Call, Json, list_of, object_of, row_id, text_of
from socialseed.sandbox.clock import DAY_MS
from socialseed.sandbox.draw import number
from socialseed.sandbox.http import Answer
from socialseed.sandbox.platforms.tiktok_errors import open_error, open_ok
from socialseed.sandbox.platforms.x_shape import origin
from socialseed.sandbox.world import posts
from socialseed.sandbox.world.posts import Draft

UPLOADS = "open-upload.tiktokapis.com"
MIB = 1024 * 1024
_PRIVACY = ("PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY")
_WORK_MS = {"video": 10_000, "photo": 6_000}
_POSTS_A_DAY, _DRAFTS, _UNAUDITED_USERS = 15, 5, 5
_FIRST = 7_100_000_000_000_000
_FAULTS = {
    "broken": "file_format_check_failed", "huge": "picture_size_check_failed",
    "long": "duration_check_failed", "jerky": "frame_rate_check_failed",
}  # fmt: skip
_NO_PHOTO = (".png", ".gif", ".bmp")


def bad(call: Call, message: str) -> ApiError:
    """A parameter that cannot be used."""
    return open_error(call, 400, "invalid_param", message)


def need(call: Call, *scopes: str) -> None:
    """The token has one of the scopes, or the call is refused."""
    granted = call.token.scopes if call.token is not None else frozenset()
    if not granted & set(scopes):
        message = "The user did not authorize the scope required for completing this request."
        raise open_error(call, 401, "scope_not_authorized", message)


def creator_info(call: Call) -> Answer:
    """What the creator may choose before posting, unless nothing may be posted just now."""
    _check_caps(call)
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
    photos = photos or list_of(call.body.get("photo_images"))
    return "publish_carousel" if len(photos) > 1 else "publish_image"


def _check_caps(call: Call) -> None:
    """The creator's posts of 24 hours, and the creators an unaudited app may have in them."""
    db, since = call.world.db, call.now - DAY_MS
    made = db.execute(
        "SELECT count(*) FROM media WHERE person = ? AND kind IN ('video', 'photo')"
        " AND created > ? AND state NOT IN ('inbox', 'cancelled') AND state NOT LIKE 'fail:%'",
        (call.me.id, since),
    ).fetchone()
    if made[0] >= _POSTS_A_DAY:
        message = "The daily post cap of the creator is reached."
        raise open_error(call, 403, "spam_risk_too_many_posts", message)
    if call.tier != "unaudited":
        return
    others = db.execute(
        "SELECT count(DISTINCT person) FROM media WHERE id >= ? AND id < ? AND created > ?"
        " AND person <> ?",
        (_FIRST, _FIRST + 10**13, since, call.me.id),
    ).fetchone()
    if others[0] >= _UNAUDITED_USERS:
        message = "The daily quota of active users of the app is reached."
        raise open_error(call, 403, "reached_active_user_cap", message)


def _check_post(call: Call, info: Json) -> str:
    privacy = text_of(info.get("privacy_level"))
    if not privacy:
        raise bad(call, "privacy_level is required.")
    if privacy not in _PRIVACY:
        message = "Please choose one of the options of creator_info."
        raise open_error(call, 403, "privacy_level_option_mismatch", message)
    if info.get("brand_content_toggle") is True and privacy == "SELF_ONLY":
        raise bad(call, "Branded content cannot be private.")
    if call.tier == "unaudited" and privacy != "SELF_ONLY":
        message = "Unaudited clients can only post to private accounts."
        code = "unaudited_client_can_only_post_to_private_accounts"
        raise open_error(call, 403, code, message)
    _check_caps(call)
    return privacy


def _check_drafts(call: Call) -> None:
    waiting = call.world.db.execute(
        "SELECT count(*) FROM media WHERE person = ? AND state = 'inbox' AND created > ?",
        (call.me.id, call.now - DAY_MS),
    ).fetchone()
    if waiting[0] >= _DRAFTS:
        message = "The creator has too many pending drafts."
        raise open_error(call, 403, "spam_risk_too_many_pending_share", message)


def units(text: str) -> int:
    """Length in UTF-16 units, as TikTok counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def photo_init(call: Call) -> Answer:
    """Posts photos that TikTok fetches itself."""
    info, source = object_of(call.body.get("post_info")), object_of(call.body.get("source_info"))
    title, text = text_of(info.get("title")), text_of(info.get("description"))
    call.text = text or title
    draft = call.body.get("post_mode") == "MEDIA_UPLOAD"
    need(call, "video.upload" if draft else "video.publish")
    if call.body.get("media_type") != "PHOTO" or source.get("source") != "PULL_FROM_URL":
        raise bad(call, "media_type PHOTO and source PULL_FROM_URL are needed.")
    if not draft and call.body.get("post_mode") != "DIRECT_POST":
        raise bad(call, "post_mode is DIRECT_POST or MEDIA_UPLOAD.")
    photos = [text_of(one) for one in list_of(source.get("photo_images"))]
    if not 1 <= len(photos) <= 35 or units(title) > 90 or units(text) > 4000:
        raise bad(call, "1 to 35 photos, a title up to 90 and a description up to 4000.")
    cover = source.get("photo_cover_index", 0)
    if not isinstance(cover, int) or not 0 <= cover < len(photos):
        raise bad(call, "photo_cover_index is not one of the photos.")
    check_urls(call, photos)
    spec: Json = {"text": text or title, "urls": photos, "pull": True,
                  "privacy": "" if draft else _check_post(call, info),
                  "media": "carousel" if len(photos) > 1 else "image"}  # fmt: skip
    return _started(call, f"p_pub_url~v2.{start_pull(call, 'photo', spec, draft=draft)}", {})


def check_urls(call: Call, urls: list[str]) -> None:
    """Every address is https on a verified domain; loopback counts as verified."""
    for url in urls:
        parts = urlsplit(url)
        host = parts.hostname or ""
        known = parts.scheme == "https" or (parts.scheme == "http" and host == "127.0.0.1")
        if not known or not host or host.startswith("unverified"):
            message = "The address must be https on a verified domain."
            raise open_error(call, 403, "url_ownership_unverified", message)


def video_init(call: Call) -> Answer:
    """Begins a video post, by upload or by pulling it."""
    info, source = object_of(call.body.get("post_info")), object_of(call.body.get("source_info"))
    text = text_of(info.get("title"))
    call.text = text
    if units(text) > 2200:
        raise bad(call, "title is longer than 2200.")
    inbox = "/inbox/" in call.path
    spec: Json = {"text": text, "privacy": "" if inbox else _check_post(call, info),
                  "media": "video", "urls": []}  # fmt: skip
    if source.get("source") == "PULL_FROM_URL":
        url = text_of(source.get("video_url"))
        check_urls(call, [url])
        spec |= {"urls": [url], "pull": True}
        return _started(call, f"v_pub_url~v2.{start_pull(call, 'video', spec, draft=inbox)}", {})
    if inbox:
        _check_drafts(call)
    spec |= _chunks(call, source) | {"sent": 0, "inbox": inbox}
    task = _task(call, "video", "upload", spec)
    address = f"{origin(call)}/{UPLOADS}/video/?upload_id={task}&upload_token={proof(task)}"
    return _started(call, f"v_pub_file~v2-1.{task}", {"upload_url": address})


def _chunks(call: Call, source: Json) -> Json:
    """The plan of an upload: parts of 5 to 64 MB, a smaller film as one part."""
    size, chunk, count = (
        row_id(text_of(source.get(name)))
        for name in ("video_size", "chunk_size", "total_chunk_count")
    )
    if source.get("source") != "FILE_UPLOAD" or size <= 0 or chunk <= 0:
        raise bad(call, "source_info is not complete.")
    if size > 4 * 1024 * MIB:
        raise bad(call, "The video is larger than 4 GB.")
    whole = chunk == size and chunk <= 64 * MIB
    if not whole and not 5_000_000 <= chunk <= 64 * MIB:
        raise bad(call, "The chunk size is invalid.")
    if count != (1 if whole else size // chunk) or not 1 <= count <= 1000:
        raise bad(call, "The total chunk count is invalid.")
    return {"size": size, "chunk": chunk, "count": count}


def proof(task: int) -> str:
    """The token in an upload's address."""
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


def start_pull(call: Call, kind: str, spec: Json, *, draft: bool) -> int:
    """TikTok fetches the media; what it finds wrong with them is told by the status."""
    if draft:
        _check_drafts(call)
        return _task(call, kind, "inbox", spec)
    task = _task(call, kind, "work", spec)
    fault = _found_fault(kind, [text_of(url) for url in list_of(spec["urls"])])
    if fault is not None:
        fail(call, task, spec | {"fault": fault}, _WORK_MS[kind])
    else:
        go_live(call, task, spec, kind)
    return task


def _found_fault(kind: str, urls: list[str]) -> str | None:
    for url in urls:
        name = urlsplit(url).path.rpartition("/")[2].lower()
        if "missing" in name:
            return "video_pull_failed" if kind == "video" else "photo_pull_failed"
        if kind == "photo" and name.endswith(_NO_PHOTO):
            return "file_format_check_failed"
        for word, reason in _FAULTS.items():
            if word in name:
                return reason
    return None


def fail(call: Call, task: int, spec: Json, after: int) -> None:
    """The task fails `after` milliseconds from now, for the reason in `spec`."""
    call.world.db.execute(
        "UPDATE media SET state = ?, spec = ? WHERE id = ?",
        (f"fail:{call.now + after}", json.dumps(spec), task),
    )


def go_live(call: Call, task: int, spec: Json, kind: str) -> None:
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


def task_of(call: Call, publish_id: str) -> sqlite3.Row | None:
    """The task behind a publish id."""
    row: sqlite3.Row | None = call.world.db.execute(
        "SELECT * FROM media WHERE id = ? AND kind IN ('video', 'photo')",
        (row_id(publish_id.rpartition(".")[2]),),
    ).fetchone()
    return row


def _own_task(call: Call) -> sqlite3.Row:
    publish_id = text_of(call.body.get("publish_id"))
    call.target = publish_id
    row = task_of(call, publish_id)
    if row is None or "." not in publish_id:
        raise open_error(call, 400, "invalid_publish_id", "The publish_id does not exist.")
    if row["person"] != call.me.id:
        code = "token_not_authorized_for_specified_publish_id"
        raise open_error(call, 400, code, "The publish_id belongs to somebody else.")
    return row


def status(call: Call) -> Answer:
    """Where a post stands; ids appear only for public ones."""
    need(call, "video.publish", "video.upload")
    return open_ok(call, progress(call, _own_task(call)))


def progress(call: Call, row: sqlite3.Row) -> Json:
    """A task's status, by the sandbox's clock."""
    spec, state = json.loads(row["spec"]), str(row["state"])
    if state == "upload":
        return {"status": "PROCESSING_UPLOAD", "uploaded_bytes": spec["sent"]}
    if state == "inbox":
        return {"status": "SEND_TO_USER_INBOX"}
    if state == "cancelled":
        return {"status": "FAILED", "fail_reason": "publish_cancelled"}
    word, _, at = state.partition(":")
    size = {"uploaded_bytes": spec["size"]} if "size" in spec else {}
    if call.now < int(at or 0):
        return {"status": "PROCESSING_DOWNLOAD" if spec.get("pull") else "PROCESSING_UPLOAD"} | size
    if word == "fail":
        return {"status": "FAILED", "fail_reason": spec["fault"]}
    shown: Json = {"status": "PUBLISH_COMPLETE", **size}
    if spec["privacy"] == "PUBLIC_TO_EVERYONE":
        pid = call.world.db.execute("SELECT pid FROM posts WHERE id = ?", (row["post"],)).fetchone()
        shown["publicaly_available_post_id"] = [int(pid[0])]
    return shown


def cancel(call: Call) -> Answer:
    """Stops a pull that is not out yet."""
    row = _own_task(call)
    state, _, at = str(row["state"]).partition(":")
    pulled = bool(json.loads(row["spec"]).get("pull"))
    if not pulled or state not in ("live", "fail") or call.now >= int(at or 0):
        raise open_error(call, 400, "publish_not_cancellable", "The post cannot be stopped now.")
    call.world.db.execute("UPDATE media SET state = 'cancelled' WHERE id = ?", (row["id"],))
    call.world.db.execute("UPDATE posts SET deleted = 1 WHERE id = ?", (row["post"],))
    call.acted(True)
    return open_ok(call, {})
