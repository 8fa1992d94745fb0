"""TikTok's upload host: one part of a video after the other, told by status codes alone."""

import json
import re
import sqlite3

from socialseed.sandbox.call import Call, Json
from socialseed.sandbox.http import Answer
from socialseed.sandbox.platforms.files import film_kind
from socialseed.sandbox.platforms.tiktok_post import fail, go_live, proof, task_of
from socialseed.sandbox.world import people

_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")
_TYPES = ("video/mp4", "video/quicktime", "video/webm")
_LIFE_MS = 3_600_000
_CHECK_MS = 4_000


def upload(call: Call) -> Answer:
    """One part: 206 while more is missing, 201 at the end. No token, no JSON."""
    task = call.request.query.get("upload_id", "")
    row = task_of(call, task)
    call.target = task
    if row is None or call.request.query.get("upload_token") != proof(row["id"]):
        return _plain(call, 404)
    if call.now - row["created"] > _LIFE_MS:
        return _plain(call, 403)
    spec = json.loads(row["spec"])
    found = _RANGE.fullmatch(call.request.headers.get("content-range", ""))
    if found is None or int(found[3]) != spec["size"]:
        return _plain(call, 400)
    if call.request.headers.get("content-type", "") not in _TYPES:
        return _plain(call, 400)
    first, last = int(found[1]), int(found[2])
    if last - first + 1 != len(call.request.body):
        return _plain(call, 400)
    if first != spec["sent"] or last != _last(spec):
        answer = _plain(call, 416)
        answer.headers["content-range"] = f"bytes 0-{max(0, spec['sent'] - 1)}/{spec['size']}"
        return answer
    return _taken(call, row, spec, last)


def _last(spec: Json) -> int:
    """The last byte of the part that is due: the last part takes what is left."""
    sent, size, chunk, count = (int(str(spec[name])) for name in ("sent", "size", "chunk", "count"))
    return (size if sent // chunk >= count - 1 else sent + chunk) - 1


def _taken(call: Call, row: sqlite3.Row, spec: Json, last: int) -> Answer:
    if spec["sent"] == 0:
        spec["film"] = film_kind(call.request.body[:16]) is not None
    spec["sent"] = last + 1
    call.world.db.execute("UPDATE media SET spec = ? WHERE id = ?", (json.dumps(spec), row["id"]))
    call.acted(True)
    headers = {"content-range": f"bytes 0-{last}/{spec['size']}"}
    if spec["sent"] != spec["size"]:
        return Answer(206, b"", headers=headers)
    _finish(call, row, spec)
    return Answer(201, b"", headers=headers)


def _plain(call: Call, status: int) -> Answer:
    call.outcome = "refused"
    return Answer(status, b"")


def _finish(call: Call, row: sqlite3.Row, spec: Json) -> None:
    """The film is whole: a draft waits in the inbox, a post goes out or fails its check."""
    if spec["inbox"]:
        call.world.db.execute("UPDATE media SET state = 'inbox' WHERE id = ?", (row["id"],))
        return
    call.actor = people.by_id(call.world.db, row["person"])
    if not spec["film"]:
        fail(call, row["id"], spec | {"fault": "file_format_check_failed"}, _CHECK_MS)
    else:
        go_live(call, row["id"], spec, "video")
