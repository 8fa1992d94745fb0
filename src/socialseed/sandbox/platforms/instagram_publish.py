"""Instagram's publishing: containers that are made, worked on by the clock, and published once.

Media addresses are not fetched. What the last part of an address says stands for what Instagram
would find there: `missing`, `slow`, `huge`, `wide`, `broken`, or an ending that is no JPEG.
"""

import json
import sqlite3
from urllib.parse import urlsplit

from socialseed.sandbox.call import ApiError, Call, Json, row_id
from socialseed.sandbox.clock import DAY_MS
from socialseed.sandbox.http import Answer, json_answer
from socialseed.sandbox.platforms.files import film_kind
from socialseed.sandbox.platforms.instagram_errors import bad_parameter, graph_error, not_there
from socialseed.sandbox.platforms.instagram_reads import FACEBOOK, own, published_today
from socialseed.sandbox.world import posts
from socialseed.sandbox.world.posts import Draft

QUOTA = 50  # the reference pages' number; the guide says 100
_CONTAINERS_A_DAY = 400
_FIRST_CONTAINER = 17_880_000_000_000_000
_WORK_MS = {"image": 800, "video": 4_000, "carousel": 800}
_UPLOADS = "https://rupload.facebook.com/ig-api-upload/v25.0"
_NO_JPEG = (".png", ".gif", ".webp", ".bmp", ".tiff")
_FETCH = {
    "missing": (9004, 2207052, "The media could not be fetched from this uri"),
    "slow": (-2, 2207003, "It takes too long to download the media"),
}
_PICTURE = {
    "huge": (36000, 2207004, "The image is too large to download"),
    "wide": (36003, 2207009, "The submitted image has an aspect ratio that cannot be published"),
}
_FORMAT = (36001, 2207005, "The image format is not supported")
_BROKEN = (352, 2207026, "The video format is not supported")
_TOLD = {
    "FINISHED": "Finished: Media has been uploaded and it is ready to be published.",
    "IN_PROGRESS": "In Progress: Media is still being processed.",
    "PUBLISHED": "Published: Media has been successfully published.",
    "EXPIRED": "Expired: Media has not been published within 24 hours.",
}


def create_container(call: Call) -> Answer:
    """A container for later publishing; it takes a while to be ready."""
    person = own(call)
    made = call.world.db.execute(
        "SELECT count(*) FROM media WHERE person = ? AND created > ?",
        (person.id, call.now - DAY_MS),
    ).fetchone()
    if made[0] >= _CONTAINERS_A_DAY:
        raise graph_error(403, 9, "(#9) Too many containers in 24 hours", 2207042)
    caption = call.arg("caption")
    call.text = caption or None
    _check_texts(call, caption)
    spec = _content(call) | {"caption": caption, "child": call.arg("is_carousel_item") == "true"}
    container = _store(call, spec)
    call.target = str(container)
    call.acted(True)
    body: Json = {"id": str(container)}
    return json_answer(body | ({"uri": f"{_UPLOADS}/{container}"} if "sent" in spec else {}))


def _check_texts(call: Call, caption: str) -> None:
    if len(caption) > 2200:
        raise graph_error(400, 36004, "The caption is too long", 2207010)
    if caption.count("#") > 30 or caption.count("@") > 20:
        raise graph_error(400, 100, "The post has too many tags", 2207040)
    if row_id(call.arg("thumb_offset", "0")) < 0:
        raise graph_error(400, 1, "The thumbnail offset is not within the video", 2207057)
    if len([one for one in call.arg("collaborators").split(",") if one]) > 3:
        raise bad_parameter("collaborators")


def _store(call: Call, spec: Json) -> int:
    db, kind = call.world.db, str(spec["kind"])
    row = db.execute(
        "SELECT max(id) FROM media WHERE id >= ? AND id < ?",
        (_FIRST_CONTAINER, _FIRST_CONTAINER + 10**13),
    ).fetchone()
    container = int(row[0] or _FIRST_CONTAINER) + 1
    ready = spec.pop("ready", call.now)
    assert isinstance(ready, int)
    state = "UPLOAD" if "sent" in spec else f"IN_PROGRESS:{ready + _WORK_MS[kind]}"
    db.execute(
        "INSERT INTO media (id, person, kind, state, created, spec) VALUES (?, ?, ?, ?, ?, ?)",
        (container, call.me.id, kind, state, call.now, json.dumps(spec)),
    )
    return container


def _content(call: Call) -> Json:
    """Kind and addresses of what is to be published; `fault` is found while it is worked on."""
    word = call.arg("media_type").upper()
    story = word == "STORIES"
    if word == "CAROUSEL":
        return {"kind": "carousel", "story": False, **_children(call)}
    if word in ("REELS", "VIDEO", "STORIES") and call.arg("upload_type") == "resumable":
        if call.host != FACEBOOK:
            raise bad_parameter("upload_type")
        return {"kind": "video", "urls": [], "story": story, "sent": 0, "size": None}
    if word in ("REELS", "VIDEO", "STORIES") and call.arg("video_url"):
        url = call.arg("video_url")
        fault = _fault(url, _FETCH | {"broken": _BROKEN})
        return {"kind": "video", "urls": [_address(url)], "story": story, "fault": fault}
    if call.arg("image_url") and word in ("", "IMAGE", "STORIES"):
        url = _address(call.arg("image_url"))
        fault = _fault(url, _FETCH | _PICTURE | dict.fromkeys(_NO_JPEG, _FORMAT))
        if fault is not None:
            raise graph_error(400, fault[0], fault[2], fault[1])
        return {"kind": "image", "urls": [url], "story": story}
    raise bad_parameter("image_url or video_url")


def _fault(url: str, faults: dict[str, tuple[int, int, str]]) -> tuple[int, int, str] | None:
    name = urlsplit(url).path.rpartition("/")[2].lower()
    for word, fault in faults.items():
        if name.endswith(word) if word.startswith(".") else word in name:
            return fault
    return None


def _address(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise graph_error(400, 9004, _FETCH["missing"][2], 2207052)
    return url


def _children(call: Call) -> Json:
    """Addresses of all items, when the last of them is ready, and what is wrong with one."""
    named = call.body.get("children", call.arg("children"))
    ids = [str(one) for one in named] if isinstance(named, list) else str(named).split(",")
    ids = [one.strip() for one in ids if one.strip()]
    if not 2 <= len(ids) <= 10:
        raise graph_error(400, 100, "A carousel has 2 to 10 items", 2207028)
    urls: list[str] = []
    ready, fault = call.now, None
    for one in ids:
        row = row_of(call, one)
        spec = json.loads(row["spec"]) if row is not None else {}
        if row is None or not spec.get("child"):
            raise _gone(one)
        word = _status(call, row)[0]
        at = str(row["state"]).partition(":")[2]
        if word in ("EXPIRED", "PUBLISHED") or not at:
            raise _not_ready() if word == "IN_PROGRESS" else _gone(one)
        ready, fault = max(ready, int(at)), fault or spec.get("fault")
        urls += spec["urls"]
    return {"urls": urls, "ready": ready, "fault": fault}


def _gone(container: str) -> ApiError:
    message = f"The media builder with creation id = {container} does not exist or has been expired"
    return graph_error(400, 24, message, 2207008)


def _not_ready() -> ApiError:
    message = "The media is not ready for publishing, please wait for a moment"
    return graph_error(400, 9007, message, 2207027)


def row_of(call: Call, container: str) -> sqlite3.Row | None:
    """The caller's own container."""
    row: sqlite3.Row | None = call.world.db.execute(
        "SELECT * FROM media WHERE id = ? AND person = ?", (row_id(container), call.me.id)
    ).fetchone()
    return row


def _status(call: Call, row: sqlite3.Row) -> tuple[str, str]:
    """The status code and what is said with it, by the sandbox's clock."""
    word, _, at = str(row["state"]).partition(":")
    if word == "PUBLISHED":
        return word, _TOLD[word]
    if call.now - row["created"] > DAY_MS:
        return "EXPIRED", _TOLD["EXPIRED"]
    if word == "UPLOAD" or call.now < int(at or 0):
        return "IN_PROGRESS", _TOLD["IN_PROGRESS"]
    fault = json.loads(row["spec"]).get("fault")
    if fault:
        return "ERROR", f"Error: Media upload has failed with error code {fault[1]}"
    return "FINISHED", _TOLD["FINISHED"]


def container(call: Call, row: sqlite3.Row) -> Json:
    """What a read of a container shows: `status_code` and `status` where asked for."""
    code, told = _status(call, row)
    whole: Json = {"id": str(row["id"]), "status_code": code, "status": told}
    names = [name.strip() for name in call.arg("fields", "id").split(",")]
    unknown = [name for name in names if name not in whole and name != "video_status"]
    if unknown:
        raise bad_parameter(f"Tried accessing nonexisting field ({unknown[0]})")
    return {name: value for name, value in whole.items() if name in (*names, "id")}


def publish_verb(call: Call) -> str:
    """What publishing this container publishes."""
    named = call.arg("creation_id")
    row = call.world.db.execute("SELECT kind FROM media WHERE id = ?", (row_id(named),)).fetchone()
    kinds = {"video": "publish_video", "carousel": "publish_carousel"}
    return kinds.get(str(row[0]) if row else "", "publish_image")


def publish(call: Call) -> Answer:
    """Publishes a finished container, once."""
    person = own(call)
    named = call.arg("creation_id")
    call.target = named
    row = row_of(call, named)
    if row is None:
        raise _gone(named)
    spec = json.loads(row["spec"])
    call.text = spec["caption"]
    code, _ = _status(call, row)
    if code == "ERROR":
        raise graph_error(400, spec["fault"][0], spec["fault"][2], spec["fault"][1])
    if code == "IN_PROGRESS":
        raise _not_ready()
    if code != "FINISHED" or spec["child"]:
        raise _gone(named)
    if published_today(call, person) >= QUOTA:
        message = "You reached maximum number of posts allowed by Content Publishing API"
        raise graph_error(403, 9, message, 2207042)
    draft = Draft(
        "instagram", person.id, spec["caption"], kind="story" if spec["story"] else "post",
        media=row["kind"], urls="\n".join(spec["urls"]),
    )  # fmt: skip
    post = posts.create(call.world.db, draft, call.now)
    call.world.db.execute(
        "UPDATE media SET state = 'PUBLISHED', post = ? WHERE id = ?", (post.id, row["id"])
    )
    call.target = post.pid
    call.acted(True)
    call.world.reactor.published(person, post, call.now)
    return json_answer({"id": post.pid})


def _upload_failed(kind: str, message: str, *, retriable: bool = False) -> ApiError:
    told = {"retriable": retriable, "type": kind, "message": message}
    return ApiError(400, {"debug_info": told})


def upload(call: Call) -> Answer:
    """Bytes of a resumable video from `offset` on, or the address it is to be fetched from."""
    named = call.params["id"]
    call.target = named
    row = row_of(call, named)
    if row is None:
        raise not_there(named, "post")
    spec, headers = json.loads(row["spec"]), call.request.headers
    if row["state"] != "UPLOAD":
        raise _upload_failed("NotAuthorizedError", "The container takes no upload any more.")
    if headers.get("file_url"):
        url = _address(headers["file_url"])
        spec |= {"urls": [url], "fault": _fault(url, _FETCH | {"broken": _BROKEN})}
        return _uploaded(call, row, spec, done=True)
    size, offset = row_id(headers.get("file_size", "")), row_id(headers.get("offset", ""))
    if size <= 0 or offset != spec["sent"] or spec["size"] not in (None, size):
        raise _upload_failed("OffsetInvalidError", f"The offset is {spec['sent']}.", retriable=True)
    if offset + len(call.request.body) > size or size > 300 * 1024 * 1024:
        raise _upload_failed("PartialRequestError", "The body does not fit file_size.")
    if offset == 0 and call.request.body:
        spec["fault"] = None if film_kind(call.request.body[:16]) else _BROKEN
    spec |= {"size": size, "sent": offset + len(call.request.body)}
    return _uploaded(call, row, spec, done=spec["sent"] == size)


def _uploaded(call: Call, row: sqlite3.Row, spec: Json, *, done: bool) -> Answer:
    state = f"IN_PROGRESS:{call.now + _WORK_MS['video']}" if done else "UPLOAD"
    call.world.db.execute(
        "UPDATE media SET state = ?, spec = ? WHERE id = ?", (state, json.dumps(spec), row["id"])
    )
    call.acted(True)
    return json_answer({"success": True, "message": "Upload successful."})
