"""X's media upload: images in one shot; everything in initialize, append, finalize and status."""

import base64
import json
import sqlite3

from socialseed.sandbox.call import Call, Json, object_of, row_id, text_of
from socialseed.sandbox.http import Answer, json_answer
from socialseed.sandbox.platforms.files import film_kind, picture_kind, picture_size
from socialseed.sandbox.platforms.x_errors import invalid

_MIB = 1024 * 1024
_DAY_S = 86_400
_MOST = {"image": 5 * _MIB, "gif": 15 * _MIB, "video": 512 * _MIB, "subtitles": _MIB}
_CATEGORIES = {
    "tweet_image": "image", "tweet_gif": "gif", "tweet_video": "video", "amplify_video": "video",
    "dm_image": "image", "dm_gif": "gif", "dm_video": "video", "subtitles": "subtitles",
}  # fmt: skip
_TYPES = {
    "image": ("image/jpeg", "image/png", "image/gif", "image/webp", "image/bmp", "image/tiff",
              "image/pjpeg"),
    "gif": ("image/gif",),
    "video": ("video/mp4", "video/quicktime", "video/webm", "video/mp2t"),
    "subtitles": ("text/srt", "text/vtt"),
}  # fmt: skip
_WORK_MS = 2000  # of sandbox time for a video; half of it `pending`


def _kind(category: str) -> str:
    kind = _CATEGORIES.get(category)
    if kind is None:
        raise invalid("media_category", category, "The media category is not one of the known.")
    return kind


def _new(call: Call, kind: str, state: str, content: bytes, spec: Json) -> int:
    row = call.world.db.execute(
        "INSERT INTO media (person, kind, state, created, spec, content) VALUES (?, ?, ?, ?, ?, ?)",
        (call.me.id, kind, state, call.now, json.dumps(spec), content),
    )
    # X's media ids are long; ours begin where nobody confuses them with row numbers.
    made = int(row.lastrowid or 0)
    if made < 10**15:
        wide = 1_880_028_106_020_000 + made
        call.world.db.execute("UPDATE media SET id = ? WHERE id = ?", (wide, made))
        return wide
    return made


def upload(call: Call) -> Answer:
    """An image in one request, as multipart or with base64 in JSON."""
    if call.arg("command"):
        message = "Use the initialize, append and finalize endpoints instead of command."
        raise invalid("command", call.arg("command"), message)
    content = call.files.get("media") or _decoded(call)
    kind = _kind(call.arg("media_category", "tweet_image"))
    if not content:
        raise invalid("media", "", "The media field is missing.")
    if kind == "video" or len(content) > _MOST[kind]:
        raise invalid("media", "", "The media is too large or of a kind that needs chunks.")
    type_ = picture_kind(content)
    if type_ is None or type_ not in _TYPES[kind]:
        raise invalid("media", "", "The media type is not recognised.")
    wide, high = picture_size(content)
    media = _new(call, kind, "succeeded", content, {"type": type_, "w": wide, "h": high})
    call.target = str(media)
    call.acted(True)
    data = {
        "id": str(media),
        "media_key": _key(kind, media),
        "size": len(content),
        "expires_after_secs": _DAY_S,
        "image": {"image_type": type_, "w": wide, "h": high},
    }
    return json_answer({"data": data})


def _key(kind: str, media: int) -> str:
    return f"{'13' if kind == 'video' else '3'}_{media}"


def _decoded(call: Call) -> bytes:
    try:
        return base64.b64decode(text_of(call.body.get("media")), validate=True)
    except ValueError:
        return b""


def initialize(call: Call) -> Answer:
    """Opens an upload in parts."""
    kind = _kind(text_of(call.body.get("media_category")) or "tweet_image")
    type_ = text_of(call.body.get("media_type"))
    if type_ not in _TYPES[kind]:
        raise invalid("media_type", type_, "The media type does not fit the media category.")
    total = row_id(text_of(call.body.get("total_bytes")))
    if not 0 < total <= _MOST[kind]:
        message = f"total_bytes is 1 to {_MOST[kind]} for this media category."
        raise invalid("total_bytes", call.arg("total_bytes"), message)
    spec: Json = {"type": type_, "total": total, "size": 0, "parts": [], "head": ""}
    media = _new(call, kind, "pending", b"", spec)
    call.target = str(media)
    call.acted(True)
    data = {"id": str(media), "media_key": _key(kind, media), "expires_after_secs": _DAY_S}
    return json_answer({"data": data})


def _row(call: Call, media: str) -> sqlite3.Row:
    call.target = media
    row: sqlite3.Row | None = call.world.db.execute(
        "SELECT * FROM media WHERE id = ? AND person = ?", (row_id(media), call.me.id)
    ).fetchone()
    if row is None or call.now - row["created"] > _DAY_S * 1000:
        raise invalid("media_id", media, "The media id does not exist or has expired.")
    return row


def append(call: Call) -> Answer:
    """One part, at most 5 MB, each index once. Of a video only the beginning is kept."""
    row = _row(call, call.params["id"])
    text = call.arg("segment_index")
    part = call.files.get("media") or _decoded(call)
    if not text.isascii() or not text.isdigit() or int(text) > 999:
        raise invalid("segment_index", text, "segment_index is 0 to 999.")
    if not part or len(part) > 5 * _MIB:
        raise invalid("media", "", "A segment is 1 byte to 5 MB.")
    spec = json.loads(row["spec"])
    if row["state"] != "pending" or int(text) in spec["parts"]:
        raise invalid("segment_index", text, "The segment was uploaded already.")
    spec["size"] += len(part)
    spec["parts"].append(int(text))
    if int(text) == 0:
        spec["head"] = part[:16].hex()
    kept = (row["content"] or b"") + part if row["kind"] != "video" else b""
    call.world.db.execute(
        "UPDATE media SET spec = ?, content = ? WHERE id = ?", (json.dumps(spec), kept, row["id"])
    )
    call.acted(True)
    return json_answer({"data": {"expires_at": call.now // 1000 + _DAY_S}})


def finalize(call: Call) -> Answer:
    """Closes the upload; a video is then worked on for two seconds of sandbox time."""
    row = _row(call, call.params["id"])
    spec = json.loads(row["spec"])
    if spec.get("size") != spec.get("total") or row["state"] != "pending":
        raise invalid("media_id", call.params["id"], "The uploaded size is not total_bytes.")
    if sorted(spec["parts"]) != list(range(len(spec["parts"]))):
        raise invalid("media_id", call.params["id"], "A segment is missing.")
    _finish(call, row, spec)
    call.acted(True)
    data: Json = {
        "id": str(row["id"]),
        "media_key": _key(row["kind"], row["id"]),
        "size": spec["size"],
        "expires_after_secs": _DAY_S,
    }
    if row["kind"] == "video":
        data["processing_info"] = {"state": "pending", "check_after_secs": 1}
    return json_answer({"data": data})


def _finish(call: Call, row: sqlite3.Row, spec: Json) -> None:
    state = "succeeded"
    if row["kind"] == "video":
        word = "ready" if film_kind(bytes.fromhex(str(spec["head"]))) else "broken"
        state = f"{word}:{call.now + _WORK_MS}"
    elif row["kind"] != "subtitles" and picture_kind(row["content"] or b"") is None:
        raise invalid("media_id", call.params["id"], "The media type is not recognised.")
    call.world.db.execute("UPDATE media SET state = ? WHERE id = ?", (state, row["id"]))


def status(call: Call) -> Answer:
    """Where the work on an upload stands; no `processing_info` where there was none to do."""
    if call.arg("command", "STATUS") != "STATUS":
        raise invalid("command", call.arg("command"), "command is STATUS.")
    row = _row(call, call.arg("media_id"))
    data: Json = {
        "id": str(row["id"]),
        "media_key": _key(row["kind"], row["id"]),
        "expires_after_secs": max(0, _DAY_S - (call.now - row["created"]) // 1000),
    }
    if row["kind"] == "video":
        data["processing_info"] = _progress(call, str(row["state"]))
    return json_answer({"data": data})


def _progress(call: Call, state: str) -> Json:
    word, _, at = state.partition(":")
    left = int(at or 0) - call.now if at else 0
    if word == "pending" or left > _WORK_MS // 2:
        return {"state": "pending", "check_after_secs": 1}
    if left > 0:
        percent = 100 - left * 100 // _WORK_MS
        return {"state": "in_progress", "check_after_secs": 1, "progress_percent": percent}
    if word == "broken":
        error = {"code": 1, "name": "InvalidMedia", "message": "Unsupported video format"}
        return {"state": "failed", "error": error}
    return {"state": "succeeded", "progress_percent": 100}


def metadata(call: Call) -> Answer:
    """Notes the alternative text of an image, at most 1,000 characters."""
    media = text_of(call.body.get("id"))
    alt = object_of(object_of(call.body.get("metadata")).get("alt_text")).get("text")
    if alt is not None and len(text_of(alt)) > 1000:
        raise invalid("metadata.alt_text.text", "", "The alt text has at most 1000 characters.")
    row = _row(call, media)
    spec = json.loads(row["spec"]) | {"metadata": call.body.get("metadata")}
    call.world.db.execute("UPDATE media SET spec = ? WHERE id = ?", (json.dumps(spec), row["id"]))
    call.acted(True)
    return json_answer({"data": {"id": media, "associated_metadata": spec["metadata"]}})
