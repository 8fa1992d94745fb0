"""X's media upload: images in one shot, videos in initialize, append, finalize and status."""

import base64
import json
import sqlite3

from socialseed.sandbox.call import Call, Json, row_id, text_of
from socialseed.sandbox.http import Answer, json_answer
from socialseed.sandbox.platforms.x_errors import invalid

_MIB = 1024 * 1024
_DAY_S = 86_400
_KINDS = {b"\xff\xd8\xff": "image/jpeg", b"\x89PN": "image/png", b"GIF": "image/gif",
          b"RIF": "image/webp"}  # fmt: skip


def _kind(category: str) -> str:
    return "video" if "video" in category else "gif" if "gif" in category else "image"


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
    category = call.arg("media_category", "tweet_image")
    content = call.files.get("media") or _decoded(call)
    if not content:
        raise invalid("media", "", "The media field is missing.")
    kind = _kind(category)
    if kind == "video" or len(content) > (15 if kind == "gif" else 5) * _MIB:
        raise invalid("media", "", "The media is too large or of a kind that needs chunks.")
    type_ = _KINDS.get(content[:3])
    if type_ is None:
        raise invalid("media", "", "The media type is not recognised.")
    media = _new(call, kind, "succeeded", content, {"type": type_})
    call.target = str(media)
    call.acted(True)
    data = {
        "id": str(media),
        "media_key": f"3_{media}",
        "size": len(content),
        "expires_after_secs": _DAY_S,
        "image": {"image_type": type_, "w": 1200, "h": 675},
    }
    return json_answer({"data": data})


def _decoded(call: Call) -> bytes:
    try:
        return base64.b64decode(text_of(call.body.get("media")), validate=True)
    except ValueError:
        return b""


def initialize(call: Call) -> Answer:
    """Opens an upload in parts."""
    category = text_of(call.body.get("media_category")) or "tweet_image"
    kind = _kind(category)
    total = call.number("total_bytes", 0, 0, 17_179_869_184)
    if total <= 0:
        raise invalid("total_bytes", call.arg("total_bytes"), "total_bytes must be positive.")
    spec: Json = {"type": text_of(call.body.get("media_type")), "total": total, "size": 0}
    media = _new(call, kind, "pending", b"", spec)
    call.target = str(media)
    call.acted(True)
    key = f"{'13' if kind == 'video' else '3'}_{media}"
    data = {"id": str(media), "media_key": key, "expires_after_secs": _DAY_S}
    return json_answer({"data": data})


def _row(call: Call, media: str) -> sqlite3.Row:
    call.target = media
    row: sqlite3.Row | None = call.world.db.execute(
        "SELECT * FROM media WHERE id = ? AND person = ?", (row_id(media), call.me.id)
    ).fetchone()
    if row is None:
        raise invalid("media_id", media, "The media id does not exist.")
    return row


def append(call: Call) -> Answer:
    """One part, at most 5 MB. Only images are kept; a video's bytes are counted."""
    row = _row(call, call.params["id"])
    call.body.get("segment_index")
    part = call.files.get("media") or _decoded(call)
    if not part or len(part) > 5 * _MIB:
        raise invalid("media", "", "A segment is 1 byte to 5 MB.")
    spec = json.loads(row["spec"])
    spec["size"] += len(part)
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
    if spec["size"] != spec["total"]:
        raise invalid("media_id", call.params["id"], "The uploaded size is not total_bytes.")
    state = f"ready:{call.now + 2000}" if row["kind"] == "video" else "succeeded"
    call.world.db.execute("UPDATE media SET state = ? WHERE id = ?", (state, row["id"]))
    call.acted(True)
    data: Json = {
        "id": str(row["id"]),
        "media_key": f"{'13' if row['kind'] == 'video' else '3'}_{row['id']}",
        "size": spec["size"],
        "expires_after_secs": _DAY_S,
    }
    if row["kind"] == "video":
        data["processing_info"] = {"state": "pending", "check_after_secs": 1}
    return json_answer({"data": data})


def status(call: Call) -> Answer:
    """Where the work on an upload stands."""
    row = _row(call, call.arg("media_id"))
    state = str(row["state"])
    if state.startswith("ready:") and call.now >= int(state[6:]):
        state = "succeeded"
        call.world.db.execute("UPDATE media SET state = ? WHERE id = ?", (state, row["id"]))
    shown: Json = {"state": "succeeded", "progress_percent": 100}
    if state != "succeeded":
        shown = {"state": "in_progress", "check_after_secs": 1, "progress_percent": 50}
    return json_answer({"data": {"id": str(row["id"]), "processing_info": shown}})


def metadata(call: Call) -> Answer:
    """Notes the alternative text of an image."""
    media = text_of(call.body.get("id"))
    row = _row(call, media)
    spec = json.loads(row["spec"]) | {"metadata": call.body.get("metadata")}
    call.world.db.execute("UPDATE media SET spec = ? WHERE id = ?", (json.dumps(spec), row["id"]))
    call.acted(True)
    return json_answer({"data": {"id": media, "associated_metadata": spec["metadata"]}})
